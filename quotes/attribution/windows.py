"""Text → the learned reader's input: word pieces with features, cut into windows of whole paragraphs.

The vocabulary is uncased and knows no paragraphs; what it cannot see travels beside each piece as one small number, its
feature: the word's case, where it stands to the nearest outer quotation marks, and whether a paragraph or a line begins
with it. The network learns an embedding for each.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, fields
from itertools import pairwise

import numpy as np
import numpy.typing as npt
from tokenizers import Tokenizer

from quotes.marks import canonical, paragraphs
from quotes.nlp.words import read_words
from quotes.types import MarkedSpan, Range

__all__ = ["FEATURES", "Pieces", "Window", "cut_windows", "encode", "near_marks"]

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

LOWER, TITLE, UPPER, MIXED = range(4)
OUTSIDE, OPENING, INSIDE, CLOSING = range(4)
RUNNING, NEW_PARAGRAPH, NEW_LINE = range(3)
PUNCTUATION = "!\"'(),-./:;?[]–—…"  # in the canonical form
FEATURES = 4 * 4 * 3  # every combination of the three groups above


@dataclass(frozen=True, slots=True)
class Pieces:
    """An article as word pieces; all arrays have one entry a piece.

    `start`/`end` are code-point offsets of the whole word that the piece belongs to; `first` marks the first piece of
    each word; `stop` marks punctuation, but for what belongs to words (son-in-law's, 7.5, Mr.); `paragraph` counts the
    paragraphs (those longer than `limit` pieces are counted in parts).
    """

    ids: Ints
    features: Ints
    start: Ints
    end: Ints
    first: Bools
    stop: Bools
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
    encodings = tokenizer.encode_batch([seen[a:b] for a, b in ranges], add_special_tokens=False)
    ids: list[int] = []
    start: list[int] = []
    end: list[int] = []
    first: list[bool] = []
    paragraph: list[int] = []
    for (offset, _), encoding in zip(ranges, encodings, strict=True):
        if not encoding.ids:
            continue
        base = paragraph[-1] + 1 if paragraph else 0
        words = _word_ranges(encoding, offset)
        ids += encoding.ids
        start += [a for a, _, _ in words]
        end += [b for _, b, _ in words]
        first += [is_first for _, _, is_first in words]
        paragraph += [base + part for part in _parts(encoding.tokens, limit)]
    starts, ends, parts = np.array(start, np.int64), np.array(end, np.int64), np.array(paragraph, np.int64)
    features = _features(text, marks, starts, ends, parts)
    numbers = np.array(ids, np.int64)
    stops = _stops(text, starts, ends, np.isin(numbers, [tokenizer.token_to_id(mark) or 0 for mark in PUNCTUATION]))
    return Pieces(numbers, features, starts, ends, np.array(first, bool), stops, parts)


def _word_ranges(encoding: object, offset: int) -> list[tuple[int, int, bool]]:
    """The word of each piece: its bounds in the article, and whether the piece is its first."""
    word_ids: list[int] = encoding.word_ids  # type: ignore[attr-defined]
    bounds: dict[int, Range] = {}
    for word, (a, b) in zip(word_ids, encoding.offsets, strict=True):  # type: ignore[attr-defined]
        bounds[word] = (bounds.get(word, (a, b))[0], b)
    seen = [None, *word_ids[:-1]]
    return [
        (offset + bounds[w][0], offset + bounds[w][1], w != before) for w, before in zip(word_ids, seen, strict=True)
    ]


def _stops(text: str, start: Ints, end: Ints, punctuation: Bools) -> Bools:
    words = ~punctuation
    joined = np.r_[end[:-1] == start[1:], False]  # to what stands behind
    within = punctuation & np.r_[False, (words & joined)[:-1]] & np.r_[(joined[:-1] & words[1:]), False]
    short = read_words("quotes.nlp", "abbreviations.txt")
    shortened = [n for n in np.flatnonzero(joined & words).tolist() if text[start[n] : end[n]] in short]
    stops: Bools = punctuation & ~within
    stops[[n + 1 for n in shortened]] = False
    return stops


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
    if len(start):
        gaps = np.r_[0, end[:-1]]
        lines = (k for k, (a, b) in enumerate(zip(gaps, start, strict=True)) if b - a > 0 and "\n" in text[a:b])
        breaks[list(lines)] = NEW_LINE
        breaks[np.r_[True, paragraph[1:] != paragraph[:-1]]] = NEW_PARAGRAPH
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


def cut_windows(pieces: Pieces, size: int) -> list[Window]:
    """Cut into windows of whole paragraphs, at most `size` pieces each."""
    count = len(pieces.ids)
    edges = [*np.flatnonzero(np.diff(pieces.paragraph, prepend=-1)).tolist(), count]
    windows: list[Window] = []
    k = 0
    while k < len(edges) - 1:
        last = max(k + 1, bisect_right(edges, edges[k] + size) - 1)
        j = (
            last
            if last == len(edges) - 1
            else _calmest(pieces, edges, range(max(k + 1, (k + 2 * last) // 3), last + 1))
        )
        windows.append(Window(edges[k], edges[j]))
        k = j
    return windows


def _calmest(pieces: Pieces, edges: Sequence[int], breaks: range) -> int:
    """The break that hurts least: best not before a quotation, whose speaker may stand in the paragraph before it."""
    return max(breaks, key=lambda j: (pieces.features[edges[j]] // 4 % 4 == OUTSIDE, j))
