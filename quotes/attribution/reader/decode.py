"""Scores of the network → readings that make sense: one cue, one source, whole pieces of content.

The network scores each word apart; a Viterbi search (Viterbi 1967) finds the best labelling in which every piece begins
with its beginning, and the cue, or the words that have none, begins at the anchor.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from quotes.attribution.reader.labels import CUE, OUTSIDE, PARTS, TAGS
from quotes.types import Range

__all__ = ["Anchors", "Reading", "best_tags", "readings"]

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

NEVER = -1e6
SURE = 8.0  # logits: a word that is outside by so much is outside whatever stands beside it


def _transitions() -> Floats:
    """What a tag (column) behind another (row) costs: a part goes on only from itself."""
    allowed = np.zeros((len(TAGS), len(TAGS)), np.float32)
    allowed[:, CUE] = NEVER
    allowed[CUE, CUE] = 0
    for begin in PARTS.values():
        allowed[:, begin + 1] = NEVER
        allowed[[begin, begin + 1], begin + 1] = 0
    return allowed


TRANSITIONS = _transitions()
GOES_ON = [CUE, *(begin + 1 for begin in PARTS.values())]  # what stands behind something


@dataclass(frozen=True, slots=True)
class Anchors:
    """What one window's network says of its anchors: logits [N], words [N] where they stand, kinds [N] (1: words
    without a cue begin there), tag logits [N,W,10], logits [N] of thought."""

    scores: Floats
    places: Ints
    kinds: Ints
    tags: Floats
    acts: Floats


@dataclass(frozen=True, slots=True)
class Reading:
    """What the network reads around one anchor, as ranges of words of its window; a part that is not there is None.

    `weights` are the chances of the pieces of content, `thought` that of thought.
    """

    cue: Range | None
    content: tuple[Range, ...]
    weights: tuple[float, ...]
    source: Range | None
    addressee: Range | None
    via: Range | None
    thought: float
    confidence: float


def best_tags(windows: Sequence[Anchors]) -> list[Ints]:
    """The best consistent tags [N,W] of each window of an article.

    All are searched at once, for the cost lies in the steps from word to word, not in their width; words beyond doubt
    are stepped over.
    """
    if not sum(len(window.places) for window in windows):
        return [np.full(window.tags.shape[:2], OUTSIDE, np.int64) for window in windows]
    doubted = [_doubted(window.tags, window.places) for window in windows]
    rows, held = _packed([window.tags for window in windows], doubted)
    begins = [_rank(words, window.places) for words, window in zip(doubted, windows, strict=True)]
    kinds = np.concatenate([window.kinds for window in windows])
    found = _viterbi(rows, np.concatenate(begins), np.where(kinds, PARTS["content"], CUE))[held]
    ends = np.cumsum([words.sum() for words in doubted])[:-1]
    return [_spread(tags, words) for tags, words in zip(np.split(found, ends), doubted, strict=True)]


def _doubted(scores: Floats, places: Ints) -> Bools:
    """The words [N,W] that may be more than outside, each row's cue at `places` [N], and what stands right before one
    of these: no piece of anything goes on from there."""
    unsure: Bools = scores[..., OUTSIDE + 1 :].max(-1) > scores[..., OUTSIDE] - SURE
    unsure[np.arange(len(places)), places] = True
    return unsure | np.pad(unsure[:, 1:], ((0, 0), (0, 1)))


def _packed(scores: Sequence[Floats], kept: Sequence[Bools]) -> tuple[Floats, Bools]:
    """The kept words of all windows' `scores` [N,W,tags] as rows [R,L,tags], and which of [R,L] hold one; behind them
    all is outside."""
    lengths = np.concatenate([words.sum(1) for words in kept])
    held: Bools = np.arange(lengths.max()) < lengths[:, None]
    rows = np.full((*held.shape, len(TAGS)), NEVER, np.float32)
    rows[..., OUTSIDE] = 0
    rows[held] = np.concatenate([one[words] for one, words in zip(scores, kept, strict=True)])
    return rows, held


def _spread(tags: Ints, kept: Bools) -> Ints:
    """The tags of the kept words of a window, in their order, as [N,W]."""
    whole = np.full(kept.shape, OUTSIDE, np.int64)
    whole[kept] = tags
    return whole


def _rank(words: Bools, places: Ints) -> Ints:
    """How many of each row's `words` [N,W] stand before the one at `places` [N]."""
    ranks: Ints = words.cumsum(1)[np.arange(len(places)), places] - 1
    return ranks


def _viterbi(scores: Floats, places: Ints, begins: Ints) -> Ints:
    """The best tags [N,W] for `scores` [N,W,tags], which are changed, where row n has tag `begins[n]` at word
    `places[n]`.

    A row that begins with no cue has none.
    """
    rows, words = np.arange(len(places)), scores.shape[1]
    scores[begins != CUE, :, CUE] = NEVER
    scores[rows, places] = NEVER
    scores[:, 0, GOES_ON] += NEVER
    best = np.ascontiguousarray(scores.transpose(1, 2, 0))  # [W,tags,N]: the score of the best path to each tag
    begun = {t: np.flatnonzero(places == t) for t in set(places.tolist())}
    if 0 in begun:
        best[0][begins[begun[0]], begun[0]] = 0
    for t in range(1, words):
        best[t] += (best[t - 1][:, None] + TRANSITIONS[:, :, None]).max(0)
        if t in begun:
            best[t][:, begun[t]] = NEVER * 2
            best[t][begins[begun[t]], begun[t]] = 0
    tags = np.empty((words, len(places)), np.int64)
    tags[-1] = best[-1].argmax(0)
    for t in range(words - 1, 0, -1):
        ways = TRANSITIONS[:, tags[t]]
        if t in begun:
            ways[:, begun[t]] = 0
        tags[t - 1] = (best[t - 1] + ways).argmax(0)
    return tags.T


def readings(window: Anchors, tags: Ints) -> list[Reading]:
    """The readings of one window with its best tags [N,W]; those without content are none."""
    sure, thought = _chance(window.scores), _chance(window.acts)
    found = (
        _reading(row, window.tags[n], int(window.places[n]), bool(window.kinds[n]), float(sure[n]), float(thought[n]))
        for n, row in enumerate(tags)
    )
    return [reading for reading in found if reading.content]


def _chance(logits: Floats) -> Floats:
    chances: Floats = (1 / (1 + np.exp(-logits))).astype(np.float32)
    return chances


def _reading(tags: Ints, scores: Floats, place: int, floating: bool, sure: float, thought: float) -> Reading:
    content = _runs(tags, PARTS["content"])
    parts = {part: _best_run(tags, scores, PARTS[part]) for part in ("source", "addressee", "via")}
    starts = [start for start, _ in [*content, *([parts["source"]] if parts["source"] else [])]]
    told = scores[starts, tags[starts]] - np.logaddexp.reduce(scores[starts], axis=-1)
    weights = tuple(sure * float(np.exp(one)) for one in told[: len(content)])
    # The anchor is one of the parts that are weighed, and sure of its tag.
    whole = sure * float(np.exp(told.sum() / (1 + len(starts))))
    cue = None if floating else (place, _end(tags, place, CUE))
    return Reading(cue, tuple(content), weights, **parts, thought=thought, confidence=whole)


def _best_run(tags: Ints, scores: Floats, begin: int) -> Range | None:
    """The likeliest of the runs of a part of which an attribution has one."""
    return max(_runs(tags, begin), key=lambda run: scores[run[0], begin] - scores[run[0], OUTSIDE], default=None)


def _runs(tags: Ints, begin: int) -> list[Range]:
    """The runs of words that begin with tag `begin` and go on with the next."""
    starts = np.flatnonzero(tags == begin).tolist()
    return [(start, _end(tags, start, begin + 1)) for start in starts]


def _end(tags: Ints, start: int, goes_on: int) -> int:
    end = start + 1
    while end < len(tags) and tags[end] == goes_on:
        end += 1
    return end
