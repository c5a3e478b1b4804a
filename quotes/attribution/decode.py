"""Scores of the network → labels that make sense: one cue, one source, whole pieces of content.

The network scores each word apart; a Viterbi search (Viterbi 1967) finds the best labelling in which every piece begins
with its beginning and the cue is one run of words that starts where the cue head says.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from quotes.types import Range

__all__ = ["TAGS", "Reading", "best_tags", "readings"]

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

TAGS = ("O", "B-source", "I-source", "B-content", "I-content", "cue")
OUTSIDE, B_SOURCE, I_SOURCE, B_CONTENT, I_CONTENT, CUE = range(len(TAGS))
NEVER = -1e6
SURE = 8.0  # logits: a word that is outside by so much is outside whatever stands beside it
CLAUSE = 3.0  # logits: what the rest of a clause may have against it that a content which breaks off within goes on


def _transitions() -> Floats:
    allowed = np.zeros((len(TAGS), len(TAGS)), np.float32)
    allowed[:, [I_SOURCE, I_CONTENT, CUE]] = NEVER
    allowed[[B_SOURCE, I_SOURCE], I_SOURCE] = 0
    allowed[[B_CONTENT, I_CONTENT], I_CONTENT] = 0
    allowed[CUE, CUE] = 0
    return allowed


TRANSITIONS = _transitions()


@dataclass(frozen=True, slots=True)
class Reading:
    """What the network reads around one cue, as ranges of words of its window; `source` is None where none is named."""

    cue: Range
    source: Range | None
    content: tuple[Range, ...]
    confidence: float


def best_tags(windows: Sequence[tuple[Floats, Ints]]) -> list[Ints]:
    """The best consistent tags [N,W] of each window of an article.

    A window is its scores [N,W,tags] and the words [N] at which the cues of its rows begin. All are searched at once,
    for the cost lies in the steps from word to word, not in their width; words beyond doubt are stepped over.
    """
    if not sum(len(places) for _, places in windows):
        return [np.full(scores.shape[:2], OUTSIDE, np.int64) for scores, _ in windows]
    doubted = [_doubted(scores, places) for scores, places in windows]
    rows, held = _packed([scores for scores, _ in windows], doubted)
    begins = [_rank(words, places) for words, (_, places) in zip(doubted, windows, strict=True)]
    found = _viterbi(rows, np.concatenate(begins))[held]
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


def _viterbi(scores: Floats, places: Ints) -> Ints:
    """The best tags [N,W] for `scores` [N,W,tags], which are changed, where row n's cue begins at word `places[n]`."""
    rows, words = np.arange(len(places)), scores.shape[1]
    scores[rows, places] = NEVER
    scores[:, 0, [I_SOURCE, I_CONTENT, CUE]] += NEVER
    best = np.ascontiguousarray(scores.transpose(1, 2, 0))  # [W,tags,N]: the score of the best path to each tag
    begun = {t: np.flatnonzero(places == t) for t in np.unique(places).tolist()}
    best[0][CUE, begun.get(0, [])] = 0
    for t in range(1, words):
        best[t] += (best[t - 1][:, None] + TRANSITIONS[:, :, None]).max(0)
        if t in begun:
            best[t][:, begun[t]] = NEVER * 2
            best[t][CUE, begun[t]] = 0
    tags = np.empty((words, len(places)), np.int64)
    tags[-1] = best[-1].argmax(0)
    for t in range(words - 1, 0, -1):
        ways = TRANSITIONS[:, tags[t]]
        if t in begun:
            ways[:, begun[t]] = 0
        tags[t - 1] = (best[t - 1] + ways).argmax(0)
    return tags.T


def readings(cue_scores: Floats, scores: Floats, places: Ints, tags: Ints, stops: Ints) -> list[Reading]:
    """The readings of one window: `cue_scores` [N] are logits of the cues that begin at words `places` [N]; the words
    `stops`, in their order, are punctuation."""
    sure = 1 / (1 + np.exp(-cue_scores))
    found = (
        _reading(_whole(row, scores[n], stops), scores[n], int(places[n]), float(sure[n])) for n, row in enumerate(tags)
    )
    return [reading for reading in found if reading.content]


def _whole(tags: Ints, scores: Floats, stops: Ints) -> Ints:
    """The tags [W], each content that breaks off amid a clause gone on to its end where little speaks against it."""
    tags = tags.copy()
    for _, end in _runs(tags, B_CONTENT):
        stop = next(iter(stops[np.searchsorted(stops, end) :].tolist()), len(tags))
        rest = slice(end, stop)
        against = (scores[rest, OUTSIDE] - scores[rest, I_CONTENT]).sum()
        if against < CLAUSE and (tags[rest] == OUTSIDE).all():
            tags[rest] = I_CONTENT
    return tags


def _reading(tags: Ints, scores: Floats, place: int, sure: float) -> Reading:
    sources, content = _runs(tags, B_SOURCE), _runs(tags, B_CONTENT)
    weight = {run: float(scores[run[0], B_SOURCE] - scores[run[0], OUTSIDE]) for run in sources}
    source = max(sources, key=lambda run: weight[run], default=None)
    end = place + 1
    while end < len(tags) and tags[end] == CUE:
        end += 1
    starts = [start for start, _ in [*content, *([source] if source else [])]]
    tagged = scores[starts, tags[starts]] - np.logaddexp.reduce(scores[starts], axis=-1)
    # The cue is one of the parts that are weighed, and sure of its tag.
    return Reading((place, end), source, tuple(content), sure * float(np.exp(tagged.sum() / (1 + len(starts)))))


def _runs(tags: Ints, begin: int) -> list[Range]:
    """The runs of words that begin with tag `begin` and go on with `begin + 1`."""
    runs: list[Range] = []
    for start in np.flatnonzero(tags == begin).tolist():
        end = start + 1
        while end < len(tags) and tags[end] == begin + 1:
            end += 1
        runs.append((start, end))
    return runs
