"""Every case of `tests/cases`, run through the whole program but for the network: see `cases_format` for the gold.

The reader is frozen: it has read just what the case says. So a case tests what becomes of a right reading in steps,
choice, flags, speakers and record, and other weights neither break nor mend one.
"""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence
from pathlib import Path

import pytest
import regex
from cases_format import ANY, Case, Expected, Range, read_cases, strip_edges
from frozen_reader import FrozenReader

from quotes import Options
from quotes.pipeline import Extractor
from quotes.types import Mention, Quote, Span

CASES = read_cases(Path(__file__).parent / "cases")

_WORD = regex.compile(r"[\p{L}\p{M}\p{N}]+(?:['’-][\p{L}\p{M}\p{N}]+)*")
_JOINT = regex.compile(r",? (?:and|&) |, ")


@pytest.fixture(scope="module")
def extractor() -> Extractor:
    return Extractor(Options(types="all"), FrozenReader(CASES))


def _param(case: Case) -> object:
    marks = [pytest.mark.xfail(reason=case.xfail)] if case.xfail else []
    return pytest.param(case, id=case.id, marks=marks)


@pytest.mark.parametrize("case", [_param(case) for case in CASES])
def test_case(case: Case, extractor: Extractor) -> None:
    quotes = extractor.extract(case.text)
    matched = match(case, quotes)
    faults = {e.number: differences(case, e, matched) for e in case.expected}
    stray = [q for q in quotes if q not in matched.values()]
    if stray or any(faults.values()):
        pytest.fail(report(case, faults, matched, stray), pytrace=False)


def match(case: Case, quotes: Sequence[Quote]) -> dict[int, Quote]:
    """Expectation → the record that shares the most words with it; each record once."""
    pairs = [
        (dice(case.text, _wanted(e), _ranges(q.spans if e.quoted else q.content)), -e.number, -k)
        for e in case.expected
        for k, q in enumerate(quotes)
    ]
    matched: dict[int, Quote] = {}
    for share, number, k in sorted(pairs, reverse=True):
        if share and -number not in matched and quotes[-k] not in matched.values():
            matched[-number] = quotes[-k]
    return matched


def _wanted(expected: Expected) -> Sequence[Range]:
    return expected.quoted or expected.content


def _ranges(spans: Iterable[Span]) -> list[Range]:
    return [(span.start, span.end) for span in spans]


def dice(text: str, one: Iterable[Range], other: Iterable[Range]) -> float:
    """The agreement of two sets of words, each told by its place: 0.0 to 1.0."""
    a, b = (
        {m.start() for m in _WORD.finditer(text) if any(s <= m.start() < e for s, e in part)} for part in (one, other)
    )
    return 2 * len(a & b) / (len(a) + len(b)) if a and b else 0.0


# --- one expectation against its record ------------------------------------------------------------------------------


def differences(case: Case, expected: Expected, matched: dict[int, Quote]) -> list[str]:
    """What is wrong with the record of an expectation, one line each."""
    quote = matched.get(expected.number)
    if quote is None:
        return ["not found"]
    return [
        *_words(case.text, expected, quote),
        *_speaker(case.text, expected, quote),
        *_facts(expected, quote, matched),
    ]


def _words(text: str, expected: Expected, quote: Quote) -> list[str]:
    faults = []
    if expected.type not in ("nobody", quote.type):
        faults.append(f"type is {quote.type}, not {expected.type}")
    if expected.quoted:
        want, got = (
            [text[slice(*strip_edges(text, r))] for r in part] for part in (expected.quoted, _ranges(quote.spans))
        )
        if want != got:
            faults.append(f"quoted words are {got}, not {want}")
    if expected.type != "direct" and dice(text, expected.content, _ranges(quote.content)) < 1:
        faults.append(f"content is {[s.text for s in quote.content]}, not {_cut(text, expected.content)}")
    return faults


def _speaker(text: str, expected: Expected, quote: Quote) -> list[str]:
    speaker = quote.speaker
    if expected.type == "nobody":
        return [f"speaker is {show(speaker)}, but nobody says this"] if speaker else []
    faults = []
    head, mention = expected.head, speaker.mention if speaker else None
    if head and not (mention and mention.start < head[1] and head[0] < mention.end):
        faults.append(f"speaker's mention is {mention and mention.text!r}, not {_cut(text, expected.source)}")
    return faults


def _facts(expected: Expected, quote: Quote, matched: dict[int, Quote]) -> list[str]:
    """What follows from the reading; who is meant, and what they are, is learned, and judged by its share
    (`test_speakers_cases.py`)."""
    faults = []
    for key in ("flags", "act", "within"):
        if key in expected.facts:
            got, right = _fact(key, expected.facts[key], quote, matched)
            if not right:
                faults.append(f"{key} is {got}, not {expected.facts[key]}")
    for key, place, mention in (
        ("addressee", expected.addressee, quote.addressee),
        ("relay", expected.via, quote.via),
    ):
        if place and not (mention and mention.mention.start < place[-1][1] and place[0][0] < mention.mention.end):
            faults.append(f"{key} is {mention and mention.mention.text}")
    return faults


def _fact(key: str, want: str, quote: Quote, matched: dict[int, Quote]) -> tuple[object, bool]:
    """What a record says of one fact, and whether that is what is wanted."""
    if key == "flags":
        return quote.flags, not quote.flags if want == "none" else all(
            set(flag.split("|")) & set(quote.flags) for flag in want.split(",")
        )
    if key == "within":
        outer = matched.get(int(want))
        return quote.within, outer is not None and quote.within == outer.id
    return quote.act, quote.act == want


def same_name(got: str | None, want: str | None) -> bool:
    """The same name, case and article aside, in whatever order joint speakers are named; `null` is no name."""
    wanted = want.split(" / ") if want else ["null"]
    return "null" in wanted if got is None else any(_joint(got) == _joint(one) for one in wanted)


def _joint(name: str) -> set[str]:
    return {part.removeprefix("the ").replace("’", "'") for part in _JOINT.split(" ".join(name.casefold().split()))}


# --- what a failure shows --------------------------------------------------------------------------------------------


def report(case: Case, faults: dict[int, list[str]], matched: dict[int, Quote], stray: Sequence[Quote]) -> str:
    """The article, each expectation with what came out for it, and what nobody expected."""
    lines = [
        case.id,
        "",
        *(textwrap.fill(p, 100, initial_indent="  | ", subsequent_indent="  | ") for p in case.text.split("\n")),
        "",
    ]
    for e in case.expected:
        name = "nobody" if e.type == "nobody" else "anyone" if e.name == ANY else e.name
        lines.append(f"  {'✗' if faults[e.number] else '✓'} {e.number} {e.type}, {name}: {_cut(case.text, _wanted(e))}")
        if faults[e.number] and e.number in matched:
            lines.append(f"      found {_line(matched[e.number])}")
        lines += [f"      - {fault}" for fault in faults[e.number]]
    lines += [f"  ✗ not expected: {_line(quote)}" for quote in stray]
    return "\n".join(lines)


def _line(quote: Quote) -> str:
    within = f" in {[s.text for s in quote.content]}" if quote.type == "mixed" else ""
    return f"{quote.type}, {show(quote.speaker)}: {[s.text for s in quote.spans]}{within} {' '.join(quote.flags)}"


def show(mention: Mention | None) -> str:
    """A speaker as name and words: `Ana Roy (“she”)`."""
    return f"{mention.name} (“{mention.mention.text}”)" if mention else "nobody"


def _cut(text: str, ranges: Iterable[Range]) -> list[str]:
    return [text[start:end] for start, end in ranges]
