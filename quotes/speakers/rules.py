"""Every rule by which names are found and joined, in its order. Who is meant by them is learned: see `antecedent`.

`Options(without=(id,))` leaves a rule out; `tests/test_speakers_rules.py` has texts in which each acts, and a
neighbour in which it must not; `benchmarks/ablate.py` prints what it is worth.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = ["NAME_RULES", "Rule"]


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule, and why it is there."""

    id: str
    why: str


NAME_RULES: tuple[Rule, ...] = (
    Rule("certain", "Channel 10, @handles, and a source that is nothing but a body's name: Police Scotland."),
    Rule("titled", "A title stands before a name; of a lord, a pope, a duchess it is part of the name."),
    Rule(
        "recognised",
        "What the recogniser has found, made whole: words with a capital that run on, trades cut off, no bare office.",
    ),
    Rule("source", "Who is said to speak has a name where capitals end the phrase."),
    Rule("kind", "One string is of one kind: what most of its mentions, a title, a trade or a given name say."),
    Rule("alone", "What one word names, and has nothing that people have, is a body: Rightmove."),
    Rule("couple", "Two given names before one surname share it."),
    Rule(
        "short-form",
        "A body is named by its initials, a part of its name, or with its words turned round; a person by initials.",
    ),
    Rule("camp", "A body is called after a person or a people: Roy's campaign, the French ministry."),
    Rule(
        "barred",
        "Nobody tells himself, “she” is no man, “the couple” no single one, “the 58-year-old” no club, neither Roy's "
        "lawyer nor a spokesman for Roy is Roy, and a name and no more is nobody without its words.",
    ),
    Rule("author", "Outside of all quotation marks “I” is who wrote the article."),
)
