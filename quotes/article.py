"""An article worked out once, read by all: its paragraphs, the turns of its talk, the tree of its marked spans."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

import regex

from quotes.marks import paragraphs
from quotes.types import Document, MarkedSpan, Range

__all__ = ["Article", "Paragraphs", "Tree", "Turn", "holds_word"]


class Article:
    """`marks` has the marked spans of the prose; all ranges are code points of `text`, end-exclusive."""

    def __init__(self, document: Document, marks: Sequence[MarkedSpan]):
        self.document, self.text = document, document.text
        self.paragraphs = Paragraphs(document.text)
        self.turns = find_turns(document.text)
        prose = [mark for mark in marks if not self.in_furniture(mark.start)]
        self.marks = Tree(_unlabelled(prose, self.turns))

    def in_furniture(self, place: int) -> bool:
        """Whether the character at `place` stands in a byline, a date line, a caption …"""
        ranges = self.document.furniture
        at = bisect_left(ranges, (place + 1, 0))
        return any(place < end for _, end in ranges[max(at - 2, 0) : at])


@dataclass(frozen=True, slots=True)
class Turn:
    """A turn of a transcript, SMITH: It failed."""

    who: Range
    cue: Range
    said: Range


_BLANK = r"[^\S\r\n]"
_TURN = regex.compile(
    rf"^(?:{_BLANK}|[\"“])*+"
    rf"(?:(?P<who>(?:\p{{Lu}}[\p{{Lu}}.'’-]*+{_BLANK}?){{1,4}}+)(?P<cue>:)|(?P<who>[QA])(?P<cue>\.))"
    rf"{_BLANK}+(?P<said>\S[^\r\n]*)",
    flags=regex.MULTILINE | regex.VERSION1,
)


def find_turns(text: str) -> list[Turn]:
    """The turns of a transcript, in text order. One line that looks like a turn is a label, two are a talk.

    "Q. Why?" and "A. Rust." are turns where there are both: "A." alone may number a list.
    """
    found = list(_TURN.finditer(text))
    dotted = {turn["who"] for turn in found if turn["cue"] == "."}
    found = [turn for turn in found if turn["cue"] == ":" or len(dotted) == 2]
    return [Turn(turn.span("who"), turn.span("cue"), turn.span("said")) for turn in found] if len(found) > 1 else []


def _unlabelled(marks: Iterable[MarkedSpan], turns: Iterable[Turn]) -> list[MarkedSpan]:
    """The marks of “SMITH: It failed.” begin with what is said: the label before it is the writer's."""
    said = {turn.who[0]: turn.said[0] for turn in turns}
    starts = ((mark, said.get(mark.inner_start, mark.inner_end)) for mark in marks)
    return [replace(mark, start=start, inner_start=start) if start < mark.inner_end else mark for mark, start in starts]


class Paragraphs:
    """The paragraphs of a text, looked up by offset."""

    def __init__(self, text: str):
        self.ranges = paragraphs(text)
        self.starts = [start for start, _ in self.ranges]

    def hold(self, *places: Range) -> bool:
        """Whether one paragraph holds all the places."""
        first, last = min(start for start, _ in places), max(end for _, end in places)
        return bisect_right(self.starts, first) == bisect_left(self.starts, last)

    def parts(self, start: int, end: int) -> Iterable[Range]:
        """What each paragraph has of a range."""
        first, last = max(bisect_right(self.starts, start) - 1, 0), bisect_left(self.starts, end)
        clipped = ((max(a, start), min(b, end)) for a, b in self.ranges[first:last])
        return ((a, b) for a, b in clipped if a < b)


class Tree:
    """Marked spans, sorted, with the span around each, and the innermost span at any place of the text."""

    def __init__(self, marks: Sequence[MarkedSpan]):
        self.spans = sorted(marks, key=lambda m: (m.start, -m.end))
        self.starts = [m.start for m in self.spans]
        self.parents: list[int | None] = []
        for k, mark in enumerate(self.spans):
            parent = k - 1 if k else None
            while parent is not None and self.spans[parent].end < mark.end:
                parent = self.parents[parent]
            self.parents.append(parent)

    def around(self, place: int) -> int | None:
        """The innermost marked span that holds the character at `place`."""
        k: int | None = bisect_right(self.starts, place) - 1
        while k is not None and k >= 0 and self.spans[k].end <= place:
            k = self.parents[k]
        return k if k is not None and k >= 0 else None

    def outermost(self) -> list[int]:
        """The numbers of the outermost spans."""
        return [k for k, mark in enumerate(self.spans) if mark.depth == 0]

    def within(self, piece: Range, parent: int | None) -> list[int]:
        """The marked spans right inside `parent` that meet `piece`."""
        lo = bisect_left(self.starts, piece[0])
        before = [self.around(piece[0])]
        while before[-1] is not None and self.parents[before[-1]] != parent:
            before.append(self.parents[before[-1]])
        first = [before[-1]] if before[-1] is not None and before[-1] < lo else []
        hi = bisect_left(self.starts, piece[1])
        return [*first, *(k for k in range(lo, hi) if self.parents[k] == parent)]

    def chains(self) -> list[list[int]]:
        """The outermost spans, those together that are one quotation over paragraphs, each opened by a mark."""
        found: list[list[int]] = []
        for k in self.outermost():
            if found and self.spans[k].continues:
                found[-1].append(k)
            else:
                found.append([k])
        return found


def holds_word(text: str, start: int, end: int) -> bool:
    """Whether more than punctuation stands in a range."""
    return _WORD.search(text, start, end) is not None


_WORD = regex.compile(r"[\p{L}\p{N}]")
