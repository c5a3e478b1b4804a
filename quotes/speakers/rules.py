"""Every rule by which names are found and joined, in its order. Who is meant by them is learned: see `antecedent`.

An example is a text and the name that must come of it; names in ⟨…⟩ are what the recogniser has found there. In a
neighbour that name must not come.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["RULES", "Rule"]

Example = tuple[str, str]


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: why it is there, two texts in which it acts, and one in which it does not."""

    id: str
    reason: str
    acts: tuple[Example, Example]
    spares: Example


RULES = (
    Rule(
        "titled",
        "A title stands before a name; of a lord, a pope, a duchess it is part of the name.",
        (("We met Dr. Ana Roy.", "Ana Roy"), ("Then Lady Roy rose.", "Lady Roy")),
        ("A doctor Ana liked came.", "Ana"),
    ),
    Rule(
        "transcript",
        "The same capitals open several lines, with a colon: a speaker's tag.",
        (("ROY: No.\nLEE: Yes.\nROY: No.\nLEE: Yes.", "ROY"), ("Q. KIM: Why?\nQ. KIM: So?", "Q. KIM")),
        ("NOTE: No trains ran.", "NOTE"),
    ),
    Rule(
        "companies",
        "Only a company's name ends so.",
        (("He left Damco Ltd for good.", "Damco Ltd"), ("Blue Weir Holdings paid.", "Blue Weir Holdings")),
        ("The Ltd was gone.", "Ltd"),
    ),
    Rule(
        "recognised",
        "What the recogniser has found, made whole: words with a capital that run on, trades cut off, no bare office.",
        (("Then paramedic ⟨Ana⟩ Roy ran to the weir.", "Ana Roy"), ("⟨Cameraman Bo Lee⟩ ran home again.", "Bo Lee")),
        ("The ⟨Minister for Ports⟩ ran home again.", "Minister for Ports"),
    ),
    Rule(
        "roled",
        "A trade stands before a name, or somebody is called so.",
        (("She beat goalkeeper Ana Roy twice.", "Ana Roy"), ("It was the skipper, Bo Lee, who ran.", "Bo Lee")),
        ("The skipper, Left Home, is a song that was left at home.", "Left Home"),
    ),
    Rule(
        "source",
        "Who is said to speak has a name where capitals end the phrase.",
        (("[Zed Ovo] ran.", "Zed Ovo"), ("[the young Zed Ovo, 9,] ran.", "Zed Ovo")),
        ("[The Prime Minister] ran.", "Prime Minister"),
    ),
    Rule(
        "headline",
        "A headline gives every word a capital: common words belong to no name there.",
        (("⟨Ana Roy⟩ Wins Again In Town\n\nThe town sang.", "Ana Roy"), ("⟨Bo Lee⟩ Says The Weir Leaks", "Bo Lee")),
        ("⟨Old Bridge⟩ Closed For Repairs Today\n\nAn old bridge shut. The bridge leaks.", "Old Bridge"),
    ),
    Rule(
        "kind",
        "One string is of one kind: what most of its mentions, a title, a trade or a given name say.",
        (("Her wife, ⟨Zed⟩, ran.", "Zed"), ("⟨Ana Roy⟩ ran. Later ⟨Roy⟩ sat.", "Ana Roy")),
        ("The ⟨RSPB⟩ ran.", "Rspb"),
    ),
    Rule(
        "everywhere",
        "A surname or a single name that is seen once is found wherever it stands.",
        (("⟨Ana Roy⟩ ran. Then Roy sat.", "Ana Roy"), ("⟨Damco⟩ ran. So Damco sat.", "Damco")),
        ("⟨Ana Roy⟩ ran. Then Royal sat.", "Royal"),
    ),
    Rule(
        "couple",
        "Two given names before one surname share it.",
        (("⟨John⟩ and ⟨Mary Reed⟩ ran.", "John Reed"), ("⟨Marta⟩ and ⟨Adam Wilk⟩ ran.", "Marta Wilk")),
        ("⟨Reed⟩ and ⟨Mary Hale⟩ ran, and ⟨Ann Reed⟩ sat.", "Reed Hale"),
    ),
    Rule(
        "short form",
        "A body is named by its initials, a part of its name, or with its words turned round.",
        (
            ("The ⟨Weir Repair Board⟩ met. The ⟨WRB⟩ sat.", "Weir Repair Board"),
            ("The ⟨Department of Ports⟩ met. The ⟨Ports Department⟩ sat.", "Department of Ports"),
        ),
        ("⟨Damco⟩ met the ⟨WRB⟩.", "Weir Repair Board"),
    ),
    Rule(
        "camp",
        "A body is called after a person or a people: Roy's campaign, the French ministry.",
        (
            ("⟨Ana Roy⟩ rested. ⟨Roy⟩'s campaign went on.", "Ana Roy's campaign"),
            ("The ⟨Dutch⟩ army sat.", "Dutch army"),
        ),
        ("⟨Ana Roy⟩'s shoes leak.", "Ana Roy's shoes"),
    ),
    Rule(
        "author",
        "Outside of all quotation marks “I” is who wrote the article.",
        (("[I] ran.", "The Author"), ("So [I] ran.", "The Author")),
        ("[It] ran.", "The Author"),
    ),
)
