"""Names on frozen readings: the gold of `tests/cases` as attributions, so that no other reading changes what comes out.

The ranker is judged by its share, not by each text: one that is better on the whole may lose a case.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from cases_format import ANY, Case, Expected, Range, read_cases
from test_cases import same_name

from quotes.attribution import Reader, load_reader
from quotes.marks import find_marks
from quotes.nlp import split_sentences
from quotes.reading import to_document
from quotes.speakers import resolve
from quotes.types import Attribution, Mention, Resolved

CASES = read_cases(Path(__file__).parent / "cases")
LEAST = 0.88
"""The share of names that must come out as any reader of the text would give them."""
LEAST_BESIDE = 0.85
"""The same of kinds, forms, and the names of addressees and relays."""

LEAST_ROLES = 0.85
SAME = 0.6
"""The least agreement (Dice over words) of roles, whose edges are a matter of taste."""


@pytest.fixture(scope="module")
def answers() -> list[tuple[Case, Expected, Resolved]]:
    """What is found for every speaker of the cases."""
    reader = load_reader()
    return [(case, *answer) for case in CASES for answer in _answers(case, reader)]


def _answers(case: Case, reader: Reader) -> Iterator[tuple[Expected, Resolved]]:
    spoken = [e for e in case.expected if e.type != "nobody" and e.source]
    document = to_document(case.text)
    if document.text != case.text or not spoken:
        return
    marks = find_marks(case.text)
    number = {e.number: n for n, e in enumerate(spoken)}
    said = [
        Attribution(
            content=e.content,
            quoted=tuple(m for m in marks if m.depth == 0 and any(a <= m.start < b for a, b in e.content)),
            source=_hull(e.source),
            cue=_hull(e.cue),
            addressee=_hull(e.addressee),
            via=_hull(e.via),
            within=number.get(int(e.facts["within"])) if "within" in e.facts else None,
        )
        for e in spoken
    ]
    names = reader.read(case.text, marks).names()
    yield from zip(spoken, resolve(document, list(split_sentences(case.text)), names, said), strict=True)


def _hull(ranges: tuple[Range, ...]) -> Range | None:
    return (ranges[0][0], ranges[-1][1]) if ranges else None


def test_names(answers: list[tuple[Case, Expected, Resolved]]) -> None:
    asked = [(case, e, who.speaker) for case, e, who in answers if e.name != ANY]
    wrong = [f"{case.id} {e.number}: {_name(who)}, not {e.name}" for case, e, who in asked if not _right(who, e.name)]
    assert len(asked) > 200
    assert len(wrong) <= (1 - LEAST) * len(asked), "\n".join(wrong)


def test_what_else_is_told(answers: list[tuple[Case, Expected, Resolved]]) -> None:
    asked, wrong = 0, []
    for case, e, who in answers:
        for fact in ("kind", "form", "via", "addressee"):
            if fact not in e.facts:
                continue
            asked += 1
            mention = who.speaker if fact in ("kind", "form") else getattr(who, fact)
            told = (
                getattr(mention, fact, None)
                if fact in ("kind", "form")
                else mention and (mention.name or mention.mention.text)
            )
            if not (told in e.facts[fact].split(" / ") or same_name(told, e.facts[fact])):
                wrong.append(f"{case.id} {e.number}: {fact} {told}, not {e.facts[fact]}")
    assert len(wrong) <= (1 - LEAST_BESIDE) * asked, "\n".join(wrong)


def test_roles_and_affiliations(answers: list[tuple[Case, Expected, Resolved]]) -> None:
    asked, wrong = 0, []
    for case, e, who in answers:
        for fact in ("role", "affiliation"):
            if fact in e.facts:
                asked += 1
                span = getattr(who.speaker, fact) if who.speaker else None
                if not any(_shared(span.text if span else "", one) >= SAME for one in e.facts[fact].split(" / ")):
                    wrong.append(f"{case.id} {e.number}: {fact} {span and span.text}, not {e.facts[fact]}")
    assert asked > 15
    assert len(wrong) <= (1 - LEAST_ROLES) * asked, f"{len(wrong)} of {asked}\n" + "\n".join(wrong)


def _shared(one: str, other: str) -> float:
    """The agreement of two phrases as sets of words: 0.0 to 1.0."""
    a, b = ({word.strip(".,").casefold() for word in part.split()} for part in (one, other))
    return 2 * len(a & b) / (len(a) + len(b)) if a and b else 0.0


def test_a_name_stands_where_the_record_says(answers: list[tuple[Case, Expected, Resolved]]) -> None:
    for case, _, who in answers:
        for mention in (who.speaker, who.addressee, who.via):
            for one in (mention, *mention.members) if mention else ():
                assert (one.name is None) == (one.name_at is None) or one.name == to_document(case.text).author
                assert one.name_at is None or case.text[one.name_at.start : one.name_at.end] == one.name_at.text
                assert 0 <= one.confidence <= 1


def _name(mention: Mention | None) -> str | None:
    return mention.name if mention else None


def _right(mention: Mention | None, name: str | None) -> bool:
    return same_name(_name(mention), name)
