"""What the reader found + the quotation marks → the attributions of an article, every marked span in exactly one.

The reader sees words; marks are hard evidence. A marked span stands inside one attribution's content or outside all, it
belongs to the innermost speaker, a quotation that goes on over paragraphs stays with the speaker who began it, and one
that is nobody's speech comes out too, with a flag that says why.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import replace

from quotes.attribution.signals import signals, why_unattributed
from quotes.types import Attribution, Document, MarkedSpan, Range

__all__ = ["join_marks"]


def join_marks(document: Document, marks: Sequence[MarkedSpan], found: Iterable[Attribution]) -> list[Attribution]:
    """The article's attributions in text order; offsets are code points of `document.text`, end-exclusive."""
    tree = _Tree(marks)
    kept = [_settle(a, tree) for a in found if not _in_furniture(document, a)]
    kept = [a for a in kept if a.content]
    owners = _owners(kept, tree)
    _carry_on(owners, tree)
    owned: dict[int, list[MarkedSpan]] = {}
    for span, owner in owners.items():
        owned.setdefault(owner, []).append(tree.marks[span])
    spoken = [_with_marks(a, owned.get(k, [])) for k, a in enumerate(kept)]
    spoken = [replace(a, flags=signals(document, a)) for a in spoken]
    unspoken = [
        Attribution(content=((m.start, m.end),), quoted=(m,), flags=why_unattributed(document, m))
        for k, m in enumerate(tree.marks)
        if m.depth == 0 and k not in owners and m.inner_end > m.inner_start and not _touches(document.furniture, m)
    ]
    return sorted(spoken + unspoken, key=lambda a: (a.content[0][0], -a.content[-1][1], a.cue or (0, 0)))


class _Tree:
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

    def within(self, piece: Range, parent: int | None) -> list[int]:
        """The marked spans right inside `parent` that meet `piece`."""
        lo = bisect_left(self.starts, piece[0])
        before = [self.around(piece[0])]
        while before[-1] is not None and self.parents[before[-1]] != parent:
            before.append(self.parents[before[-1]])
        first = [before[-1]] if before[-1] is not None and before[-1] < lo else []
        hi = bisect_left(self.starts, piece[1])
        return [*first, *(k for k in range(lo, hi) if self.parents[k] == parent)]


def _in_furniture(document: Document, attribution: Attribution) -> bool:
    return any(a <= attribution.content[0][0] < b for a, b in document.furniture)


def _touches(furniture: Iterable[Range], mark: MarkedSpan) -> bool:
    return any(a < mark.end and mark.start < b for a, b in furniture)


def _settle(attribution: Attribution, tree: _Tree) -> Attribution:
    """Grow or trim each piece of content so that every marked span is inside or outside, as most of it is."""
    parent = tree.around(attribution.cue[0]) if attribution.cue else None
    pieces: list[Range] = []
    for piece in attribution.content:
        for k in tree.within(piece, parent):
            piece = _fit(piece, tree.marks[k])
        if piece[0] < piece[1]:
            pieces.append(piece)
    return replace(attribution, content=_merged(pieces))


def _fit(piece: Range, mark: MarkedSpan) -> Range:
    a, b = piece
    inside = min(b, mark.inner_end) - max(a, mark.inner_start)
    if 2 * inside >= mark.inner_end - mark.inner_start:
        return min(a, mark.start), max(b, mark.end)
    if a < mark.start < b <= mark.end:
        return a, mark.start
    return (mark.end, b) if mark.start <= a < mark.end < b else piece


def _merged(pieces: Iterable[Range]) -> tuple[Range, ...]:
    merged: list[Range] = []
    for a, b in sorted(pieces):
        if merged and a <= merged[-1][1]:
            merged[-1] = merged[-1][0], max(b, merged[-1][1])
        else:
            merged.append((a, b))
    return tuple(merged)


def _owners(attributions: Sequence[Attribution], tree: _Tree) -> dict[int, int]:
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


def _carry_on(owners: dict[int, int], tree: _Tree) -> None:
    """A span that takes up the quotation of the paragraph before belongs to the same attribution."""
    before: int | None = None
    for k, mark in enumerate(tree.marks):
        if mark.depth:
            continue
        if mark.continues and before in owners and k not in owners:
            owners[k] = owners[before]
        before = k


def _with_marks(attribution: Attribution, marks: Sequence[MarkedSpan]) -> Attribution:
    content = _merged([*attribution.content, *((m.start, m.end) for m in marks)])
    return replace(attribution, content=content, quoted=tuple(sorted(marks, key=lambda m: m.start)))
