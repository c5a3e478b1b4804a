"""Attributions that a few characters tell: credits, the turns of a transcript, headlines, "No," says one.

The learned reader sees few of these, for the articles it learned from hardly have them. `marks` are an article's
outermost marked spans; offsets are code points of its text, end-exclusive.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import regex

from quotes.attribution.calibration import RULED
from quotes.attribution.words import load_words
from quotes.types import Attribution, Document, MarkedSpan, Range

__all__ = ["credits", "ellipted", "handed_over", "headlines", "named", "turns"]

_BLANK = r"[^\S\r\n]"
_CREDIT = regex.compile(
    rf"[.,]?{_BLANK}*+([―—–]|--?){_BLANK}*+(\p{{Lu}}[^\r\n\"“”:;]{{1,60}}?)(?:{_BLANK}|\.)*(?=[\r\n]|\Z)"
)


def credits(text: str, marks: Sequence[MarkedSpan]) -> list[Attribution]:
    """“It failed.” — Ana Roy: a dash and a name behind the marks, up to the end of the line."""
    found = ((mark, _CREDIT.match(text, mark.end)) for mark in marks)
    return [
        Attribution(content=((mark.start, mark.end),), source=credit.span(2), cue=credit.span(1), confidence=RULED)
        for mark, credit in found
        if credit and len(credit[2].split()) <= 6
    ]


_ONE = r"(one|another|(?:the\s|a\s)(?:first|second|third|fourth|last|other|former|latter))"
_ONE_SAID = regex.compile(rf"\s(said|says|added|adds|asked|asks|replied|replies)\s{_ONE}(?=[.,;:])")
_ONE_THEN = regex.compile(rf"(?:\A|[.;,\n]\s*|\band\s){_ONE}(:)\s\Z", regex.I)


def ellipted(text: str, marks: Sequence[MarkedSpan]) -> list[Attribution]:
    """“No,” says one; another: “Yes.” The noun is left out, so a reader sees no speaker there."""
    found: list[Attribution] = []
    for mark in marks:
        said = _ONE_SAID.match(text, mark.end)
        then = _ONE_THEN.search(text[max(0, mark.start - 20) : mark.start])
        if said:
            found.append(Attribution(((mark.start, mark.end),), source=said.span(2), cue=said.span(1)))
        elif then:
            shift = max(0, mark.start - 20)
            source, cue = ((a + shift, b + shift) for a, b in (then.span(1), then.span(2)))
            found.append(Attribution(((mark.start, mark.end),), source=source, cue=cue))
    return found


_SPEAKING = r"(?:speaks?|spoke|talks?|talked|warns?|warned|complains?|complained|boasts?|boasted)\sof"
_SPOKE_OF = regex.compile(
    rf"(?:\A|[\r\n]|[.!?]\s)(?P<who>\p{{Lu}}[^.!?\r\n\"“”;:]{{1,80}}?),?\s(?P<cue>{_SPEAKING})\s(?:(?:an?|the)\s)?\Z"
)
NEAR = 120  # characters before the marks
YIELDING = 0.3  # confidence of what yields to any reading
UNSURE = 0.6  # the raw confidence of a rule that can be wrong


def named(text: str, marks: Sequence[MarkedSpan]) -> list[Attribution]:
    """Ana Roy, the engineer, spoke of “weeks”: a few words in marks that are all she is quoted with."""
    found: list[Attribution] = []
    for mark in marks:
        shift = max(0, mark.start - NEAR)
        spoke = _SPOKE_OF.search(text[shift : mark.start])
        if spoke:
            source, cue = ((a + shift, b + shift) for a, b in (spoke.span("who"), spoke.span("cue")))
            found.append(Attribution(((mark.start, mark.end),), source=source, cue=cue, confidence=YIELDING))
    return found


_HANDS_OVER = regex.compile(
    r"(?P<who>\p{Lu}[^.!?:\r\n\"“”]{0,80}?)\s"
    rf"(?P<cue>(?:(?:also|later|then)\s)?(?:{'|'.join(sorted(load_words('handing')))}))"
    r"(?:\s[^.!?:\r\n\"“”]{0,60})?:\s*"
)
SHORTEST = 40  # characters of a block


def handed_over(text: str, paragraphs: Sequence[Range]) -> list[Attribution]:
    """Roy added: a paragraph that says no more, and the next one, printed as a block, without marks."""
    found: list[Attribution] = []
    for (start, end), (below, last) in pairwise(paragraphs):
        hands = _HANDS_OVER.fullmatch(text, start, end)
        said = text[below:last].rstrip() if hands else ""
        if hands and said[:1].isupper() and len(said) >= SHORTEST:
            content = ((below, below + len(said)),)
            found.append(Attribution(content, source=hands.span("who"), cue=hands.span("cue"), confidence=UNSURE))
    return found


_TURN = regex.compile(
    rf"^(?:{_BLANK}|[\"“])*+"
    rf"(?:(?P<who>(?:\p{{Lu}}[\p{{Lu}}.'’-]*+{_BLANK}?){{1,4}}+)(?P<cue>:)|(?P<who>[QA])(?P<cue>\.))"
    rf"{_BLANK}+(?P<said>\S[^\r\n]*)",
    flags=regex.MULTILINE | regex.VERSION1,
)


def turns(text: str) -> list[Attribution]:
    """The turns of a transcript, SMITH: It failed. One line that looks like a turn is a label, two are a talk.

    "Q. Why?" and "A. Rust." are turns where there are both: "A." alone may number a list.
    """
    found = list(_TURN.finditer(text))
    dotted = {turn["who"] for turn in found if turn["cue"] == "."}
    found = [turn for turn in found if turn["cue"] == ":" or len(dotted) == 2]
    return [
        Attribution(content=(turn.span("said"),), source=turn.span("who"), cue=turn.span("cue"), confidence=RULED)
        for turn in found
        if len(found) > 1
    ]


LONGEST = 300  # characters of a headline
_WHO = r"(?P<who>[^\s,:;“”\"‘’]+?(?:\s[^\s,:;“”\"‘’]+?){0,4}?)"
_SAYS = rf"(?P<says>{'|'.join(sorted(load_words('headline_verbs')))})"
_LABEL = regex.compile(rf"{_WHO}(?P<says>:)\s")
_BEHIND = regex.compile(
    rf",?\s(?:{_SAYS}\s{_WHO}|{_WHO}\s{_SAYS})\.?|(?P<says>:)\s{_WHO}['’]s?\s.*|\s(?P<says>[–—-])\s{_WHO}"
)


def headlines(document: Document, marks: Sequence[MarkedSpan]) -> list[Attribution]:
    """Dam ‘failing for years’, says Roy. Roy: ‘It failed.’ ‘It failed’: Roy's fury at the dam. ‘It failed’ – Roy."""
    start = document.text.find(document.title) if document.title else -1
    end = start + min(len(document.title or ""), LONGEST)
    inside = [mark for mark in marks if start <= mark.start and mark.end <= end] if start >= 0 else []
    return [found for mark in inside if (found := _headline(document.text, mark, start, end))]


def _headline(text: str, mark: MarkedSpan, start: int, end: int) -> Attribution | None:
    if label := _LABEL.fullmatch(text, start, mark.start):
        return _unsure((mark.start, mark.end), label.span("who"), label.span("says"))
    if said := _BEHIND.fullmatch(text, mark.end, end):
        return _unsure((start, mark.end), said.span("who"), said.span("says"))
    return None


def _unsure(content: Range, source: Range, cue: Range) -> Attribution:
    return Attribution((content,), source=source, cue=cue, confidence=UNSURE)
