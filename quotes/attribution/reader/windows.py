"""Text → the learned reader's input: word pieces with features, cut into windows of whole paragraphs.

The vocabulary is uncased and knows no paragraphs; what it cannot see travels beside each piece as one small number, its
feature: the word's case, where it stands to the nearest outer quotation marks, and whether a paragraph begins with it.
The network learns an embedding for each.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, fields
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from quotes.attribution.reader.wordpiece import Tokenizer
from quotes.marks import canonical, paragraphs
from quotes.types import MarkedSpan

__all__ = ["FEATURES", "Pieces", "Window", "cut_windows", "encode", "is_inside", "is_opening", "near_marks"]

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

LOWER, TITLE, UPPER, MIXED = range(4)
OUTSIDE, OPENING, INSIDE, CLOSING = range(4)
RUNNING, NEW_PARAGRAPH = range(2)
FEATURES = 4 * 4 * 3  # every combination of the groups above; a third kind of break came to nothing


@dataclass(frozen=True, slots=True)
class Pieces:
    """An article as word pieces; all arrays have one entry a piece.

    `start`/`end` are code-point offsets of the whole word that the piece belongs to; `first` marks the first piece of
    each word; `paragraph` counts the paragraphs (those longer than `limit` pieces are counted in parts).
    """

    ids: Ints
    features: Ints
    start: Ints
    end: Ints
    first: Bools
    paragraph: Ints


@dataclass(frozen=True, slots=True)
class Window:
    """Pieces `start` to `end` of an article."""

    start: int
    end: int


def encode(text: str, marks: Sequence[MarkedSpan], tokenizer: Tokenizer, limit: int) -> Pieces:
    """Return the word pieces of `text` with their features; paragraphs of more than `limit` pieces are split."""
    ranges = paragraphs(text)
    seen = canonical(text, marks)
    ids: list[int] = []
    start: list[int] = []
    end: list[int] = []
    first: list[bool] = []
    paragraph: list[int] = []
    for a, b in ranges:
        encoding = tokenizer.encode(seen[a:b])
        base = paragraph[-1] + 1 if paragraph else 0
        ids += encoding.ids
        start += [a + at for at in encoding.starts]
        end += [a + at for at in encoding.ends]
        first += encoding.first
        paragraph += [base + part for part in _parts(encoding.tokens, limit)]
    starts, ends, parts = np.array(start, np.int64), np.array(end, np.int64), np.array(paragraph, np.int64)
    features = _features(text, marks, starts, ends, parts)
    numbers = np.array(ids, np.int64)
    return Pieces(numbers, features, starts, ends, np.array(first, bool), parts)


def _parts(tokens: Sequence[str], limit: int) -> list[int]:
    """Number the parts of a paragraph: a new one at the first sentence end past half the limit, or at the limit."""
    parts: list[int] = []
    part = length = 0
    for before, token in pairwise(["", *tokens]):
        ended = before in _SENTENCE_END and token not in _SENTENCE_END and length > limit // 2
        if ended or (length >= limit and not token.startswith("##")) or length >= limit + 16:
            part, length = part + 1, 0
        parts.append(part)
        length += 1
    return parts


_SENTENCE_END = frozenset('.!?"')


def _features(text: str, marks: Sequence[MarkedSpan], start: Ints, end: Ints, paragraph: Ints) -> Ints:
    quoted = np.zeros(len(text) + 1, np.int64)
    for mark in marks:
        if mark.depth == 0:
            quoted[mark.start : mark.inner_start] = OPENING
            quoted[mark.inner_start : mark.inner_end] = INSIDE
            quoted[mark.inner_end : mark.end] = CLOSING
    case = np.fromiter((_case(text[a:b]) for a, b in zip(start, end, strict=True)), np.int64, len(start))
    breaks = np.zeros(len(start), np.int64)
    breaks[np.r_[True, paragraph[1:] != paragraph[:-1]][: len(start)]] = NEW_PARAGRAPH
    result: Ints = case + 4 * quoted[end - 1 if len(end) else end] + 16 * breaks
    return result


def _case(word: str) -> int:
    if word.islower() or not word[:1].isalpha():
        return LOWER
    if word.isupper():
        return UPPER if len(word) > 1 else TITLE
    return TITLE if word.istitle() else MIXED


BARE = 6  # pieces outside marks, too few to name a speaker


def near_marks(pieces: Pieces, *, far: bool = False) -> Pieces:
    """The pieces of the paragraphs that hold quotation marks, and of the neighbours of those that hold hardly anything
    else, where their speakers stand; with `far` those of all others."""
    count = int(pieces.paragraph.max(initial=-1)) + 1
    outside = pieces.features // 4 % 4 == OUTSIDE
    marked = np.bincount(pieces.paragraph[~outside], minlength=count) > 0
    bare = marked & (np.bincount(pieces.paragraph[outside], minlength=count) <= BARE)
    near = marked | np.r_[bare[1:], False] | np.r_[False, bare[:-1]]
    kept = near[pieces.paragraph] != far
    return Pieces(*(getattr(pieces, field.name)[kept] for field in fields(Pieces)))


def cut_windows(pieces: Pieces, size: int, reach: int) -> list[Window]:
    """Cut into windows of whole paragraphs, at most `size` pieces each where paragraphs allow.

    A break is a cut where no other break within `reach` pieces ranks as high: so a paragraph sees the same neighbours
    whatever stands further up or down (content-defined chunking: Muthitacharoen et al. 2001, "A Low-Bandwidth Network
    File System"). What is too long all the same is cut in two at its highest break, and each half again.
    """
    edges = np.r_[np.flatnonzero(np.diff(pieces.paragraph, prepend=-1)), len(pieces.ids)]
    if len(edges) < 2:
        return []
    ranks = _ranks(pieces, edges)
    cuts = [0, *_local_peaks(edges, ranks, reach), len(edges) - 1]
    waiting, windows = [*pairwise(cuts)][::-1], []
    while waiting:
        first, last = waiting.pop()
        if edges[last] - edges[first] <= size or last - first < 2:
            windows.append(Window(int(edges[first]), int(edges[last])))
        else:
            cut = _highest(edges, ranks, first, last)
            waiting += [(cut, last), (first, cut)]
    return windows


def _local_peaks(edges: Ints, ranks: Ints, reach: int) -> Iterator[int]:
    """The calm inner edges that rank highest of all within `reach` pieces; of equals the first."""
    for k in np.flatnonzero(ranks >= CALM).tolist():
        lo = np.searchsorted(edges, edges[k] - reach, "right")
        hi = np.searchsorted(edges, edges[k] + reach, "left")
        lo, hi = max(int(lo), 1), min(int(hi), len(edges) - 1)
        if ranks[k] >= ranks[lo:hi].max() and not (ranks[lo:k] == ranks[k]).any():
            yield k


def _highest(edges: Ints, ranks: Ints, first: int, last: int) -> int:
    """The edge strictly between two that ranks highest; of equals the one nearest to the middle."""
    within = np.arange(first + 1, last)
    best = within[ranks[within] == ranks[within].max()]
    middle = (edges[first] + edges[last]) / 2
    return int(best[np.abs(edges[best] - middle).argmin()])


def _ranks(pieces: Pieces, edges: Ints) -> Ints:
    """For each edge a number that its neighbourhood alone decides.

    Highest, from `CALM` on, rank breaks that part nobody from his words: not before a quotation, whose speaker may
    stand in the paragraph before it.
    """
    ranks = np.zeros(len(edges), np.int64)
    for k, edge in enumerate(edges[1:-1].tolist(), 1):
        around = pieces.ids[max(edge - AROUND, 0) : edge + AROUND].tobytes()
        calm = pieces.features[edge] // 4 % 4 == OUTSIDE
        ranks[k] = CALM * int(calm) + zlib.crc32(around)
    return ranks


CALM = 1 << 32
AROUND = 12  # pieces on either side that decide how an edge ranks


def is_inside(features: Ints) -> Bools:
    """Which pieces with these features stand between quotation marks."""
    inside: Bools = features // 4 % 4 == INSIDE
    return inside


def is_opening(features: Ints) -> Bools:
    """Which pieces with these features are opening marks, or parts of such."""
    opening: Bools = features // 4 % 4 == OPENING
    return opening
