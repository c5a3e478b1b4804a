"""Annotated articles → training windows: word pieces with features, anchors, and tags around every anchor."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Protocol, TypeVar

import numpy as np
import regex
import torch

from quotes.attribution.reader.labels import CUE, OUTSIDE, PARTS, REASONS, TAGS
from quotes.attribution.reader.windows import Pieces, encode, is_inside
from quotes.attribution.reader.wordpiece import Tokenizer
from quotes.marks import find_marks
from training.renaming import Frequent, behind, rename

CLS, SEP = 101, 102
PARAGRAPH = 240  # pieces: longer paragraphs are split
WINDOW = (120, 384)  # pieces: the least and the most of a window
UNKNOWN = -100  # a label that a corpus does not have
Article = dict[str, Any]
Batch = dict[str, torch.Tensor]
Place = Sequence[int]
Ints = np.ndarray[Any, np.dtype[np.int64]]
Floats = np.ndarray[Any, np.dtype[np.float32]]


@dataclass(frozen=True, slots=True)
class Labelled:
    """A window, or a whole article before it is cut.

    `words` [W] are the places of the words' first pieces. `anchors` [N] are words, `tags` [N,W] what each word is to
    them, `acts` [N] 1 for thought. `begins` [W,2] says where a cue begins and where words without a cue do, `counts`
    [W,2] which of that the loss may use; `whys` [W] are numbers of `REASONS`. `parts` says whether all tags are known.
    """

    pieces: Pieces | None
    ids: Ints
    features: Ints
    words: Ints
    anchors: Ints
    tags: Ints
    acts: Ints
    begins: Floats
    counts: Floats
    whys: Ints
    parts: bool


def label(article: Article, tokenizer: Tokenizer, known: frozenset[str]) -> Labelled:
    """`known` names the labels that the article's corpus has: parts, act, nested, floating, why."""
    pieces = encode(article["text"], find_marks(article["text"]), tokenizer, PARAGRAPH)
    words = np.flatnonzero(pieces.first)
    starts, ends = pieces.start[words], pieces.end[words]

    def between(place: Sequence[int]) -> tuple[int, int]:
        return int(np.searchsorted(ends, place[0], "right")), int(np.searchsorted(starts, place[1], "left"))

    floating = "floating" in known
    said = [a for a in article["attributions"] if (a["cue"] or floating) and a["content"]]
    tags, acts = np.zeros((len(said), len(words)), np.int64), np.full(len(said), UNKNOWN)
    anchors = np.zeros(len(said), np.int64)
    begins = np.zeros((len(words), 2), np.float32)
    for row, attribution in enumerate(said):
        if relative := _relative(article["text"], attribution):
            tags[row, slice(*between((relative[0] - BEFORE, relative[0])))] = UNKNOWN
        for part, place in _parts(attribution):
            lo, hi = between(place)
            tags[row, lo:hi] = CUE if part == "cue" else PARTS[part] + 1
            if lo < hi and part != "cue" and place != relative:
                tags[row, lo] = PARTS[part]
        first = attribution["cue"][0] if attribution["cue"] else min(attribution["content"])
        anchors[row] = min(between(first)[0], len(words) - 1)
        begins[anchors[row], 0 if attribution["cue"] else 1] = 1
        if "act" in known:
            acts[row] = attribution["act"] == "thought"
    counts = np.ones((len(words), 2), np.float32)
    counts[:, 1] = floating
    if "nested" not in known:
        relayed = [_relays(article["text"], attribution) for attribution in said]
        told = (tags[relayed] > OUTSIDE).any(0) | is_inside(pieces.features[words])
        counts[told & (begins[:, 0] == 0), 0] = 0
    whys = np.full(len(words), UNKNOWN)
    for mark in [*article["quoted"], *article["inner"]] if "why" in known else ():
        place = min(between((mark["start"] - 1, mark["start"]))[0], len(words) - 1)
        whys[place] = REASONS.index(mark.get("why", "said"))
    nothing = np.zeros(0, np.int64)
    return Labelled(pieces, nothing, nothing, words, anchors, tags, acts, begins, counts, whys, parts="parts" in known)


BEFORE = 80  # characters before a relative pronoun in which its noun may stand
_PRONOUN = regex.compile(r"(?:who|which|that)\b", regex.I)
_THEN_PRONOUN = regex.compile(r",?\s(?:who|which|that)\b")


def _relative(text: str, attribution: Article) -> Place | None:
    """The relative pronoun that one corpus takes for the source; others have its noun. The reader learns to take both,
    "Ana Roy, who": the pronoun is the end of a source that begins nobody tells where."""
    source = attribution["source"][0] if attribution["source"] else None
    return source if source and _PRONOUN.fullmatch(text, *source) else None


def _relays(text: str, attribution: Article) -> bool:
    """Of “It leaks,” Ana Roy said, according to the paper: a corpus without nested speech has the paper alone."""
    return any(text.startswith("according", start) for start, _ in attribution["cue"])


def with_pronouns(article: Article) -> Article:
    """The same article, sources before a relative pronoun with it."""

    def whole(attribution: Article) -> Article:
        places = [list(place) for place in attribution["source"]]
        behind = _THEN_PRONOUN.match(article["text"], places[-1][1]) if places and attribution["cue"] else None
        if behind and behind.end() <= attribution["cue"][0][0]:
            places[-1][1] = behind.end()
        return attribution | {"source": places}

    return article | {"attributions": [whole(attribution) for attribution in article["attributions"]]}


def _parts(attribution: Article) -> Iterator[tuple[str, Sequence[int]]]:
    """Every place of an attribution with the name of its part; what comes later overwrites."""
    for part in ("content", "source", "cue"):
        yield from ((part, place) for place in attribution[part])
    for part, field in (("addressee", "to"), ("via", "via")):
        if attribution.get(field):
            yield part, attribution[field]


def windows(whole: Labelled, rng: random.Random, sizes: tuple[int, int]) -> Iterator[Labelled]:
    """Cut into windows of whole paragraphs with random sizes, so that no cut falls twice in the same place."""
    assert whole.pieces is not None
    for start, end in spans(whole.pieces, rng, sizes):
        yield _window(whole, whole.pieces, start, end)


def spans(pieces: Pieces, rng: random.Random, sizes: tuple[int, int]) -> Iterator[tuple[int, int]]:
    """Where such windows begin and end, in pieces."""
    edges = [*np.flatnonzero(np.diff(pieces.paragraph, prepend=-1)).tolist(), len(pieces.ids)]
    k = 0
    while k < len(edges) - 1:
        size = rng.randint(*sizes)
        j = k + 1
        while j < len(edges) - 1 and edges[j + 1] - edges[k] <= size:
            j += 1
        yield edges[k], edges[j]
        k = j


def _window(whole: Labelled, pieces: Pieces, start: int, end: int) -> Labelled:
    lo, hi = np.searchsorted(whole.words, [start, end])
    inside = (whole.anchors >= lo) & (whole.anchors < hi)
    return Labelled(
        None,
        np.r_[CLS, pieces.ids[start:end], SEP],
        np.r_[0, pieces.features[start:end], 0],
        whole.words[lo:hi] - start + 1,
        whole.anchors[inside] - lo,
        whole.tags[inside, lo:hi],
        whole.acts[inside],
        whole.begins[lo:hi],
        whole.counts[lo:hi],
        whole.whys[lo:hi],
        whole.parts,
    )


def cut(
    articles: Sequence[Article],
    tokenizer: Tokenizer,
    rng: random.Random,
    known: frozenset[str],
    names: Frequent,
    share: float,
) -> list[Labelled]:
    """The windows of all articles, cut anew each time; `share` of the articles are read under other names, and some
    behind one another."""
    seen = [rename(article, names, rng) if rng.random() < share else article for article in articles]
    joined = _joined([with_pronouns(article) for article in seen], rng)
    return [e for article in joined for e in windows(label(article, tokenizer, known), rng, WINDOW)]


JOINED = 0.3  # the share of articles that are read in one text with another


def _joined(articles: Sequence[Article], rng: random.Random) -> Iterator[Article]:
    waiting = None
    for article in rng.sample(articles, len(articles)):
        if waiting:
            yield behind(article, waiting)
            waiting = None
        elif rng.random() < JOINED / (2 - JOINED):
            waiting = article
        else:
            yield article
    if waiting:
        yield waiting


STEP = 64  # sizes are multiples of this: a processor's products are made ready anew for every size not met before
ROWS = 16  # the same for anchors


def collate(examples: Sequence[Labelled], width: int, rows: int) -> Batch:
    """Pad to one batch [rows,width]; `row`/`place` list the anchors, whose tags [N,W] are unknown where padded."""
    count = sum(len(e.anchors) for e in examples)
    padded = max(ROWS, -(-count // ROWS) * ROWS)
    batch: dict[str, np.ndarray] = {name: np.zeros((rows, width), np.int64) for name in ("ids", "features", "words")}
    batch["begins"], batch["counts"] = (np.zeros((rows, width, 2), np.float32) for _ in range(2))
    batch["whys"] = np.full((rows, width), UNKNOWN)
    batch["tags"] = np.full((padded, width), UNKNOWN)
    batch["row"], batch["place"] = (np.zeros(padded, np.int64) for _ in range(2))
    batch["acts"], batch["parts"] = np.full(padded, UNKNOWN), np.ones(padded, bool)
    at = 0
    for i, e in enumerate(examples):
        batch["ids"][i, : len(e.ids)], batch["features"][i, : len(e.ids)] = e.ids, e.features
        for name in ("words", "begins", "counts", "whys"):
            batch[name][i, : len(e.words)] = getattr(e, name)
        here = slice(at, at + len(e.anchors))
        batch["tags"][here, : len(e.words)] = e.tags
        batch["row"][here], batch["place"][here] = i, e.anchors
        batch["acts"][here], batch["parts"][here] = e.acts, e.parts
        at += len(e.anchors)
    return {name: torch.from_numpy(value) for name, value in batch.items()}


class Window(Protocol):
    """What `batches` must know of a window: its pieces."""

    @property
    def ids(self) -> Ints: ...


_W = TypeVar("_W", bound=Window)


def batches(
    examples: Sequence[_W], rng: random.Random, pieces: int, collate: Callable[[Sequence[_W], int, int], Batch]
) -> list[Batch]:
    """Batches of about so many pieces, of windows of like length, in random order; `collate` pads windows to a batch
    [rows,width]."""
    by_width: dict[int, list[_W]] = {}
    for e in examples:
        by_width.setdefault(-(-len(e.ids) // STEP) * STEP, []).append(e)
    groups = []
    for width, those in sorted(by_width.items()):
        rng.shuffle(those)
        rows = max(1, pieces // width)
        groups += [collate(those[k : k + rows], width, rows) for k in range(0, len(those), rows)]
    rng.shuffle(groups)
    return groups


assert len(TAGS) == 2 + 2 * len(PARTS)
