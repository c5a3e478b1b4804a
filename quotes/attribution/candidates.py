"""Who may have said what, before one of them is chosen, and what can be asked of such candidates."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from quotes.types import Range

__all__ = ["Candidate", "nested", "with_pieces", "without"]

Piece = tuple[Range, float]
"""A piece of content, and the chance that it belongs to its candidate."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """A reading as ranges of the text, end-exclusive code points.

    `weights` has for each piece of content the chance that it belongs here; `thought` is the chance that it is thought,
    `score` the chance of the whole. `origin` names the rule that made it, where not the reader did.
    """

    content: tuple[Range, ...]
    weights: tuple[float, ...]
    source: Range | None = None
    cue: Range | None = None
    addressee: Range | None = None
    via: Range | None = None
    thought: float = 0.0
    score: float = 1.0
    origin: str = "reader"

    def pieces(self) -> Iterator[Piece]:
        """The pieces of content, in text order."""
        return zip(self.content, self.weights, strict=True)


def with_pieces(candidate: Candidate, pieces: Iterable[Piece]) -> Candidate:
    """The candidate with these pieces for content, joined where they meet; a joined piece has the greater chance."""
    content: list[Range] = []
    weights: list[float] = []
    for (start, end), weight in sorted(pieces):
        if content and start <= content[-1][1]:
            content[-1] = content[-1][0], max(end, content[-1][1])
            weights[-1] = max(weight, weights[-1])
        else:
            content.append((start, end))
            weights.append(weight)
    return replace(candidate, content=tuple(content), weights=tuple(weights))


def without(pieces: Iterable[Range], taken: Iterable[Range]) -> list[Range]:
    """What is left of `pieces` outside of what is taken."""
    left = list(pieces)
    for start, end in taken:
        around = (side for a, b in left for side in ((a, min(b, start)), (max(a, end), b)))
        left = [(a, b) for a, b in around if a < b]
    return left


def nested(a: Candidate, b: Candidate) -> bool:
    """Whether one tells of the other: its content holds the other's cue, or the words from which it has no cue."""
    return _tells_of(a, b) or _tells_of(b, a)


def _tells_of(outer: Candidate, inner: Candidate) -> bool:
    cue = inner.cue
    return cue is not None and any(start <= cue[0] and cue[1] <= end for start, end in outer.content)
