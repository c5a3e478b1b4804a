"""Tag scores of words → names: the likeliest tags (Viterbi 1967), as runs of words with their kinds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np

from quotes.attribution.reader.decode import NEVER, Floats, Ints
from quotes.types import Kind, Range

__all__ = ["KINDS", "named"]

KINDS: tuple[Kind, ...] = ("person", "organization", "place", "group", "document", "unknown")
"""The kinds of names in the order of their tags: 0 is no name, 2k + 1 begins one of kind k, 2k + 2 goes on with it."""


def named(windows: Sequence[Floats], steps: Floats) -> list[list[tuple[Range, Kind]]]:
    """The names of each window, as ranges of its words, from its tag scores [W,13] and those of each tag (columns)
    behind another (rows)."""
    return [list(_runs(tags.tolist())) for tags in _best(windows, steps)]


def _best(windows: Sequence[Floats], steps: Floats) -> list[Ints]:
    """The best tags [W] of each window, as if words that are no name stood before and behind it. All are searched at
    once, for the cost lies in the steps from word to word, not in their width."""
    longest = max((len(scores) for scores in windows), default=0)
    best = np.full((longest + 1, len(steps), len(windows)), NEVER, np.float32)
    best[:, 0] = 0
    for n, scores in enumerate(windows):
        best[: len(scores), :, n] = scores
    best[0] += steps[0][:, None]
    for t in range(1, longest + 1):
        best[t] += (best[t - 1][:, None] + steps[:, :, None]).max(0)
    tags = np.zeros((longest + 1, len(windows)), np.int64)
    for t in range(longest - 1, -1, -1):
        tags[t] = (best[t] + steps[:, tags[t + 1]]).argmax(0)
    return [tags[: len(scores), n] for n, scores in enumerate(windows)]


def _runs(tags: Sequence[int]) -> Iterator[tuple[Range, Kind]]:
    """Each run of words that begins a name, or goes on with none, and goes on with it."""
    pairs = enumerate(pairwise([0, *tags]))
    for start in [n for n, (before, tag) in pairs if tag and (tag % 2 or before not in (tag, tag - 1))]:
        on, end = tags[start] + tags[start] % 2, start + 1
        while end < len(tags) and tags[end] == on:
            end += 1
        yield (start, end), KINDS[on // 2 - 1]
