"""Paragraphs, marked spans and pieces of content, looked up by their place in the text."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence

import regex

from quotes.marks import paragraphs
from quotes.types import Attribution, MarkedSpan, Range

__all__ = ["Paragraphs", "Tree", "holds_word", "merged", "nested", "owners_of", "without"]


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
    """Marked spans with the span around each, and the innermost span at any place of the text."""

    def __init__(self, marks: Sequence[MarkedSpan]):
        self.marks = sorted(marks, key=lambda m: (m.start, -m.end))
        self.starts = [m.start for m in self.marks]
        self.parents: list[int | None] = []
        for k, mark in enumerate(self.marks):
            parent = k - 1 if k else None
            while parent is not None and self.marks[parent].end < mark.end:
                parent = self.parents[parent]
            self.parents.append(parent)

    def around(self, place: int) -> int | None:
        """The innermost marked span that holds the character at `place`."""
        k: int | None = bisect_right(self.starts, place) - 1
        while k is not None and k >= 0 and self.marks[k].end <= place:
            k = self.parents[k]
        return k if k is not None and k >= 0 else None

    def outermost(self) -> list[int]:
        return [k for k, mark in enumerate(self.marks) if mark.depth == 0]

    def outer(self) -> list[MarkedSpan]:
        return [self.marks[k] for k in self.outermost()]

    def inner(self) -> Iterable[tuple[MarkedSpan, MarkedSpan]]:
        """Each marked span inside another, with that one."""
        pairs = zip(self.marks, self.parents, strict=True)
        return ((mark, self.marks[parent]) for mark, parent in pairs if parent is not None)

    def within(self, piece: Range, parent: int | None) -> list[int]:
        """The marked spans right inside `parent` that meet `piece`."""
        lo = bisect_left(self.starts, piece[0])
        before = [self.around(piece[0])]
        while before[-1] is not None and self.parents[before[-1]] != parent:
            before.append(self.parents[before[-1]])
        first = [before[-1]] if before[-1] is not None and before[-1] < lo else []
        hi = bisect_left(self.starts, piece[1])
        return [*first, *(k for k in range(lo, hi) if self.parents[k] == parent)]


def holds_word(text: str, start: int, end: int) -> bool:
    """Whether more than punctuation stands in a range."""
    return _WORD.search(text, start, end) is not None


_WORD = regex.compile(r"[\p{L}\p{N}]")


def without(pieces: Iterable[Range], taken: Iterable[Range]) -> list[Range]:
    left = list(pieces)
    for start, end in taken:
        around = (side for a, b in left for side in ((a, min(b, start)), (max(a, end), b)))
        left = [(a, b) for a, b in around if a < b]
    return left


def merged(pieces: Iterable[Range]) -> tuple[Range, ...]:
    merged: list[Range] = []
    for a, b in sorted(pieces):
        if merged and a <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(b, merged[-1][1])
        else:
            merged.append((a, b))
    return tuple(merged)


def owners_of(attributions: Sequence[Attribution], tree: Tree) -> dict[int, int]:
    """Marked span → the attribution it belongs to: the one with the shortest content that holds it."""
    owners: dict[int, int] = {}
    length = [sum(b - a for a, b in attribution.content) for attribution in attributions]
    for n, attribution in enumerate(attributions):
        parent = tree.around(attribution.cue[0]) if attribution.cue else None
        for piece in attribution.content:
            for k in tree.within(piece, parent):
                mark = tree.marks[k]
                held = piece[0] <= mark.inner_start and mark.inner_end <= piece[1]
                if held and (k not in owners or length[n] < length[owners[k]]):
                    owners[k] = n
    return owners


def nested(a: Attribution, b: Attribution) -> bool:
    """Whether one tells of the other: its content holds the other's cue."""

    def inside(x: Attribution, y: Attribution) -> bool:
        return x.cue is not None and any(start <= x.cue[0] and x.cue[1] <= end for start, end in y.content)

    return inside(a, b) or inside(b, a)
