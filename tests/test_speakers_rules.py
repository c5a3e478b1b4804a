"""Every rule of `quotes.speakers.rules` on its own examples, with names as a recogniser would have found them."""

from __future__ import annotations

from dataclasses import replace

import pytest
import regex

from quotes.nlp import split_sentences
from quotes.speakers import resolve
from quotes.speakers.article import Article
from quotes.speakers.entities import find_entities
from quotes.speakers.features import Query, candidates
from quotes.speakers.lexicon import kind_of_noun
from quotes.speakers.mentions import FINDERS
from quotes.speakers.phrases import read_phrase
from quotes.speakers.rules import NAME_RULES
from quotes.types import Attribution, Document, Name, Range

Example = tuple[str, str | None]
EXAMPLES: dict[str, tuple[tuple[Example, Example], Example]] = {
    "certain": (
        (("They rang Channel 10 at once.", "Channel 10"), ("Then @weir_watch wrote home.", "@weir_watch")),
        ("They rang ida@holm.org at once.", "@holm"),
    ),
    "titled": (
        (("We met Dr. Ana Roy.", "Ana Roy"), ("Then Lady Roy rose.", "Lady Roy")),
        ("A doctor Ana liked came.", "Ana"),
    ),
    "recognised": (
        (("Then paramedic ⟨Ana⟩ Roy ran to the weir.", "Ana Roy"), ("⟨Cameraman Bo Lee⟩ ran home again.", "Bo Lee")),
        ("The ⟨Minister for Ports⟩ ran home again.", "Minister for Ports"),
    ),
    "source": (
        (("[Zed Ovo] ran.", "Zed Ovo"), ("[the young Zed Ovo, 9,] ran.", "Zed Ovo")),
        ("[The Prime Minister] ran.", "Prime Minister"),
    ),
    "kind": (
        (("Her wife, ⟨Zed⟩, ran.", "Zed"), ("⟨Ana Roy⟩ ran. Later ⟨Roy⟩ sat.", "Ana Roy")),
        ("The ⟨RSPB⟩ ran.", "Rspb"),
    ),
    "alone": (
        (("[⟨Mitivo⟩] ran.", "Mitivo"), ("[⟨Mitivo⟩, which fell,] ran.", "Mitivo")),
        ("[The striker ⟨Mitivo⟩] ran.", "striker Mitivo"),
    ),
    "couple": (
        (("⟨John⟩ and ⟨Mary Reed⟩ ran.", "John Reed"), ("⟨Marta⟩ and ⟨Adam Wilk⟩ ran.", "Marta Wilk")),
        ("⟨Reed⟩ and ⟨Mary Hale⟩ ran, and ⟨Ann Reed⟩ sat.", "Reed Hale"),
    ),
    "short-form": (
        (
            ("The ⟨Weir Repair Board⟩ met. The ⟨WRB⟩ sat.", "Weir Repair Board"),
            ("The ⟨Department of Ports⟩ met. The ⟨Ports Department⟩ sat.", "Department of Ports"),
        ),
        ("⟨Damco⟩ met the ⟨WRB⟩.", "Weir Repair Board"),
    ),
    "camp": (
        (
            ("⟨Ana Roy⟩ rested. ⟨Roy⟩'s campaign went on.", "Ana Roy's campaign"),
            ("The ⟨Dutch⟩ army sat.", "Dutch army"),
        ),
        ("⟨Ana Roy⟩'s shoes leak.", "Ana Roy's shoes"),
    ),
    "barred": (
        (("⟨Ana Roy⟩ ran. [⟨Roy⟩'s lawyer] sat.", None), ("[A friend of ⟨Bo Lee⟩] ran.", None)),
        ("[The mayor, ⟨Ana Roy⟩,] ran.", None),
    ),
    "author": ((("[I] ran.", "The Author"), ("So [I] ran.", "The Author")), ("[It] ran.", "The Author")),
}
"""For each rule two texts with the name that must come of each, and a neighbour in which its name must not come; names
in ⟨…⟩ are what the recogniser has found there, sources stand in […]."""
BRACKETS = regex.compile(r"[⟨⟩\[\]]")


def read(marked: str) -> tuple[str, list[Name], list[Range]]:
    """A text with names in ⟨…⟩ and sources in […] → the text, the names and the sources."""
    text, done, places = "", 0, {"⟨": [], "[": []}
    for bracket in BRACKETS.finditer(marked):
        text += marked[done : bracket.start()]
        done = bracket.end()
        places["⟨" if bracket[0] in "⟨⟩" else "["].append(len(text))
    text += marked[done:]
    spans = {key: list(zip(found[::2], found[1::2], strict=True)) for key, found in places.items()}
    kinds = {a: "person" if text[a:b].istitle() and " " in text[a:b] else "organization" for a, b in spans["⟨"]}
    kinds |= {a: "group" for a, b in spans["⟨"] if text[a:b] == "Dutch"}
    kinds |= {
        a: "person" for a, b in spans["⟨"] if text[a:b] in ("Ana", "AR", "John", "Marta", "Mitivo", "Reed", "Roy")
    }
    return text, [Name(a, b, kinds[a]) for a, b in spans["⟨"]], spans["["]


def told(marked: str, *without: str) -> list[tuple[str | None, str, int]]:
    """Names, kinds and places of the mentions, and those of the speakers."""
    text, names, sources = read(marked)
    sentences = list(split_sentences(text))
    found = find_entities(text, sentences, names, sources, leave_out=without)
    said = [Attribution(content=((len(text), len(text)),), source=source) for source in sources]
    who = resolve(Document("x", text, author="The Author"), sentences, names, said, without)
    spoken = [(one.speaker.name, one.speaker.kind, -1) for one in who if one.speaker]
    return [*((owner.name, owner.kind, mention.start) for mention, owner in found.pairs), *spoken]


def names_in(marked: str) -> set[str | None]:
    return {name for name, _, _ in told(marked)}


@pytest.mark.parametrize("id", EXAMPLES)
def test_examples(id: str) -> None:
    acts, (text, name) = EXAMPLES[id]
    for where, expected in acts:
        assert expected in names_in(where), where
    assert name not in names_in(text), text


@pytest.mark.parametrize("id", EXAMPLES)
def test_without_a_rule_something_else_is_told(id: str) -> None:
    acts, spares = EXAMPLES[id]
    assert any(told(text) != told(text, id) for text, _ in (*acts, spares))


@pytest.mark.parametrize(
    ("marked", "who"),
    [
        ("⟨Ana Roy⟩ ran. ⟨AR⟩ sat.", "Ana Roy"),
        ("⟨Ana Roy⟩ met ⟨Ada Reed⟩. ⟨AR⟩ sat.", "AR"),
        ("⟨Bo Lee⟩ ran. ⟨AR⟩ sat.", "AR"),
    ],
)
def test_initials_are_hers_who_alone_has_them(marked: str, who: str) -> None:
    assert told(marked)[-1][0] == who


@pytest.mark.parametrize(
    ("marked", "who"),
    [
        ("⟨Damco⟩ ran. ⟨Damco Ports Board⟩ sat.", "Damco Ports Board"),
        ("⟨Damco⟩ ran. ⟨Damco⟩ fell. ⟨Damco⟩ sued. ⟨Damco Ports Board⟩ sat.", "Damco"),
        ("⟨Damco Ports Board⟩ sat. ⟨Damco⟩ ran. ⟨Damco⟩ fell. ⟨Damco⟩ sued.", "Damco Ports Board"),
    ],
)
def test_a_body_that_was_named_often_is_none_whose_name_begins_so(marked: str, who: str) -> None:
    assert told(marked)[0][0] == who


@pytest.mark.parametrize(
    ("marked", "who"),
    [
        ("⟨Ana Roy⟩ sat. [The couple] ran.", None),
        ("⟨Ana Roy⟩ sat. [The painter] ran.", "Ana Roy"),
    ],
)
def test_of_a_couple_nobody_speaks_alone(marked: str, who: str | None) -> None:
    assert told(marked)[-1][0] == who


@pytest.mark.parametrize(
    ("phrase", "sex"),
    [
        ("the daughter's solicitor, Ben Holm", ""),
        ("the waitress", "f"),
        ("the pregnant widow's brother", "m"),
        ("the woman driver", "f"),
        ("the lawyer for the widow", ""),
        ("the mum-to-be", "f"),
        ("her great-grandson", "m"),
    ],
)
def test_whose_somebody_is_does_not_tell_the_sex(phrase: str, sex: str) -> None:
    text = f"Then {phrase} said no."
    assert read_phrase(text, 5, 5 + len(phrase), find_entities(text, [(0, len(text))], [])).sex == sex


@pytest.mark.parametrize(
    ("noun", "kind"),
    [
        ("MP", "person"),
        ("brunette", "person"),
        ("mother-of-two", "person"),
        ("director-general", "person"),
        ("co-stars", "group"),
        ("cops", "group"),
        ("sub-committee", "organization"),
        ("co-operative", "organization"),
        ("pop-up", "unknown"),
        ("start-up", "unknown"),
    ],
)
def test_a_noun_tells_of_which_kind_a_speaker_is(noun: str, kind: str) -> None:
    assert kind_of_noun(noun) == kind


@pytest.mark.parametrize(
    ("marked", "name"),
    [
        ("[The co-founder and ex-CEO ⟨Ana Roy⟩] left.", "Ana Roy"),
        ("[Chairman and chief executive ⟨Ana Roy⟩] left.", "Ana Roy"),
        ("[The mayor and Prime Minister ⟨Ana Roy⟩] left.", None),
        ("[The police and bishop ⟨Ana Roy⟩] left.", None),
        ("[The lawyer and ⟨Ana Roy⟩] left.", None),
        ("[The founder and his wife ⟨Ana Roy⟩] left.", None),
    ],
)
def test_two_roles_before_one_name_are_one_person(marked: str, name: str | None) -> None:
    text, names, (source,) = read(marked)
    named = read_phrase(text, *source, find_entities(text, [(0, len(text))], names)).named
    assert (named.name if named else None) == name


@pytest.mark.parametrize(("who", "both"), [("It", False), ("The company", False), ("They", True), ("Both", True)])
def test_one_body_is_not_two(who: str, both: bool) -> None:
    text, names, (source,) = read(f"⟨Salt Board⟩ and ⟨Weir Board⟩ sat. [{who}] sued.")
    article = Article(Document("x", text), list(split_sentences(text)), names, [])
    found = candidates(article, Query(read_phrase(text, *source, article.entities)), [])
    assert ("Salt Board and Weir Board" in {entity.name for entity in found}) is both


@pytest.mark.parametrize(
    ("marked", "both"),
    [("⟨Ana Roy⟩ and ⟨Ports⟩ Secretary ⟨Bo Lee⟩ sat.", []), ("⟨Ana Roy⟩ and ⟨Ports⟩ sat.", ["Ana Roy and Ports"])],
)
def test_what_an_office_is_for_is_not_joined_to_who_stands_before(marked: str, both: list[str]) -> None:
    text, names, _ = read(marked)
    groups = Article(Document("x", text), list(split_sentences(text)), names, []).groups
    assert [group.name for group in groups] == both


@pytest.mark.parametrize(
    ("marked", "kind"),
    [
        ("⟨Mitivo⟩ lost money.", "organization"),
        ("⟨Mitivo⟩ lost money. He wept.", "person"),
        ("Ms ⟨Mitivo⟩ lost money.", "person"),
        ("The striker ⟨Mitivo⟩ lost money.", "person"),
        ("⟨Ida⟩ lost money.", "person"),
        ("⟨Ida Mitivo⟩ lost money. ⟨Mitivo⟩ wept.", "person"),
    ],
)
def test_one_word_of_which_nothing_tells_that_it_is_somebodys_is_a_body(marked: str, kind: str) -> None:
    text, names, _ = read(marked)
    names = [replace(name, kind="person") for name in names]
    sights = Article(Document("x", text), list(split_sentences(text)), names, []).sights
    assert [entity.kind for entity in sights] == [kind]


def test_few_and_told_apart() -> None:
    ids = [rule.id for rule in NAME_RULES]
    assert list(EXAMPLES) == ids
    assert len(set(ids)) == len(ids) <= 15
    assert set(FINDERS) <= set(ids)
