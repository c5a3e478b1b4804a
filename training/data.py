"""Annotated articles → training windows: word pieces with features, cue labels, and tags around every cue."""

from __future__ import annotations

import json
import math
import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import regex
import torch
from tokenizers import Tokenizer

from quotes.attribution.windows import Pieces, encode
from quotes.marks import find_marks
from training.network import TAGS

CLS, SEP, MASK = 101, 102, 103
OUTSIDE, B_SOURCE, I_SOURCE, B_CONTENT, I_CONTENT, CUE = range(len(TAGS))
PARAGRAPH = 240  # pieces: longer paragraphs are split
WINDOW = (120, 384)  # pieces: the least and the most of a window
Article = dict[str, Any]
Frequent = tuple[set[str], set[str]]  # surnames, given names


@dataclass(frozen=True, slots=True)
class Example:
    """One window: pieces with [CLS] and [SEP], its words' first pieces, its cues' words and their tags."""

    ids: np.ndarray
    features: np.ndarray
    words: np.ndarray
    cues: np.ndarray
    tags: np.ndarray


def load(path: Path) -> list[Article]:
    with path.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def read_written(folder: Path) -> list[Article]:
    """Our own passages, annotated in brackets (see README.md): forms that the corpus has too few of."""
    return [
        _passage(f"{path.stem}: {name.strip()}", body.strip("\n"))
        for path in sorted(folder.glob("*.txt"))
        for name, body in zip(
            *[iter(regex.split(r"^=== +(.+)\n", path.read_text("utf-8"), flags=regex.M)[1:])] * 2, strict=True
        )
    ]


_BRACKET = regex.compile(r"⟦((?:[SQC]\d+,?)+) |⟧")
_FIELDS = {"S": "source", "Q": "cue", "C": "content"}


def _passage(name: str, marked: str) -> Article:
    """Bracketed text → article: `⟦S1 Roy⟧ ⟦Q1 said⟧ ⟦C1 it failed⟧`. Raises ValueError where the brackets are wrong."""
    text, at, open_brackets = "", 0, []
    found: dict[str, dict[str, Any]] = {}
    for bracket in _BRACKET.finditer(marked):
        text += marked[at : bracket.start()]
        at = bracket.end()
        if bracket[1]:
            open_brackets.append((bracket[1].strip(",").split(","), len(text)))
            continue
        if not open_brackets:
            raise ValueError(f"{name}: a closing bracket too many")
        labels, start = open_brackets.pop()
        for label_ in labels:
            parts = found.setdefault(label_[1:], {"source": [], "cue": [], "content": []})
            parts[_FIELDS[label_[0]]].append([start, len(text)])
    if open_brackets or not all(parts["cue"] for parts in found.values()):
        raise ValueError(f"{name}: an open bracket, or an attribution without its cue")
    for parts in found.values():
        for field in parts:
            parts[field].sort()
    return {"id": name, "text": text + marked[at:], "attributions": list(found.values())}


def fold(articles: Sequence[Article], part: str, *, without: bool) -> list[Article]:
    """Of `part` "K/N" every N-th article from the K-th on (from 0), or all others."""
    k, n = map(int, part.split("/"))
    return [article for i, article in enumerate(articles) if (i % n == k) != without]


@dataclass(frozen=True, slots=True)
class Labelled:
    """An article's pieces, the piece each word begins with, and per attribution the cue's word and all words' tags."""

    pieces: Pieces
    words: np.ndarray
    cues: np.ndarray
    tags: np.ndarray


def label(article: Article, tokenizer: Tokenizer, limit: int) -> Labelled:
    pieces = encode(article["text"], find_marks(article["text"]), tokenizer, limit)
    words = np.flatnonzero(pieces.first)
    starts, ends = pieces.start[words], pieces.end[words]
    attributions = [a for a in article["attributions"] if a["cue"]]
    tags = np.zeros((len(attributions), len(words)), np.int8)
    cues = np.zeros(len(attributions), np.int64)
    for row, attribution in enumerate(attributions):
        for field, begin in (("content", B_CONTENT), ("source", B_SOURCE), ("cue", CUE)):
            for a, b in attribution[field]:
                lo, hi = np.searchsorted(ends, a, "right"), np.searchsorted(starts, b, "left")
                tags[row, lo:hi] = begin if begin == CUE else begin + 1
                if lo < hi and begin != CUE:
                    tags[row, lo] = begin
        cues[row] = np.searchsorted(ends, attribution["cue"][0][0], "right")
    return Labelled(pieces, words, cues, tags)


def windows(labelled: Labelled, rng: random.Random, sizes: tuple[int, int]) -> Iterator[Example]:
    """Cut into windows of whole paragraphs with random sizes, so that no cut falls twice in the same place."""
    pieces = labelled.pieces
    edges = [*np.flatnonzero(np.diff(pieces.paragraph, prepend=-1)).tolist(), len(pieces.ids)]
    k = 0
    while k < len(edges) - 1:
        size = rng.randint(*sizes)
        j = k + 1
        while j < len(edges) - 1 and edges[j + 1] - edges[k] <= size:
            j += 1
        yield example(labelled, edges[k], edges[j])
        k = j


def cut(
    articles: Sequence[Article],
    tokenizer: Tokenizer,
    rng: random.Random,
    names: Frequent = (set(), set()),
    share: float = 0.0,
) -> list[Example]:
    """The windows of all articles, cut anew each time; `share` of the articles are read under other names."""
    seen = (rename(article, names, rng) if rng.random() < share else article for article in articles)
    return [e for article in seen for e in windows(label(article, tokenizer, PARAGRAPH), rng, WINDOW)]


def example(labelled: Labelled, start: int, end: int) -> Example:
    pieces = labelled.pieces
    lo, hi = np.searchsorted(labelled.words, [start, end])
    inside = (labelled.cues >= lo) & (labelled.cues < hi)
    return Example(
        np.r_[CLS, pieces.ids[start:end], SEP],
        np.r_[0, pieces.features[start:end], 0],
        labelled.words[lo:hi] - start + 1,
        labelled.cues[inside] - lo,
        labelled.tags[inside, lo:hi],
    )


STEP = 32


def collate(examples: Sequence[Example]) -> dict[str, torch.Tensor]:
    """Pad to one batch; `row`/`place` list the cues, `tags` [N,W] their gold tags, −100 where padded.

    Sizes are multiples of `STEP`: a processor's products are made ready anew for every size not met before.
    """
    sizes = zip(*((len(e.ids), len(e.words)) for e in examples), strict=True)
    t, w = (math.ceil(max(size) / STEP) * STEP for size in sizes)
    batch = {
        name: np.zeros((len(examples), n), np.int64)
        for name, n in (("ids", t), ("features", t), ("words", w), ("cue", w))
    }
    tags = np.full((sum(len(e.cues) for e in examples), w), -100, np.int64)
    row = np.concatenate([np.full(len(e.cues), i, np.int64) for i, e in enumerate(examples)])
    at = 0
    for i, e in enumerate(examples):
        batch["ids"][i, : len(e.ids)], batch["features"][i, : len(e.ids)] = e.ids, e.features
        batch["words"][i, : len(e.words)] = e.words
        batch["cue"][i, e.cues] = 1
        tags[at : at + len(e.cues), : len(e.words)] = e.tags
        at += len(e.cues)
    place = np.concatenate([e.cues for e in examples]).astype(np.int64)
    return {k: torch.from_numpy(v) for k, v in (batch | {"row": row, "place": place, "tags": tags}).items()}


def batches(examples: list[Example], rng: random.Random, pieces: int) -> list[list[Example]]:
    """Windows of like length together, about `pieces` pieces a batch, in random order."""
    examples = sorted(examples, key=lambda e: len(e.ids) + rng.randint(0, 24))
    groups: list[list[Example]] = []
    for e in examples:
        if not groups or (len(groups[-1]) + 1) * len(e.ids) > pieces:
            groups.append([])
        groups[-1].append(e)
    rng.shuffle(groups)
    return groups


# Words to put in the place of names: the corpus is American and of 2016, its speakers few; the reader must not learn
# that "Trump" speaks and "Okafor" does not.
def _words(name: str) -> list[str]:
    return Path(__file__).with_name(name).read_text(encoding="utf-8").split()


SURNAMES, GIVEN, NOT_SURNAMES = (_words(name) for name in ("surnames.txt", "given_names.txt", "not_surnames.txt"))


def frequent_names(articles: Sequence[Article], least: int = 12) -> Frequent:
    """Last words and first words of named sources that come up at least `least` times: surnames, given names."""
    last: dict[str, int] = {}
    first: dict[str, int] = {}
    for article in articles:
        for attribution in article["attributions"]:
            for a, b in attribution["source"]:
                words = article["text"][a:b].split()
                if 1 <= len(words) <= 3 and all(w[:1].isupper() and w.isalpha() and len(w) > 2 for w in words):
                    last[words[-1]] = last.get(words[-1], 0) + 1
                    if len(words) > 1:
                        first[words[0]] = first.get(words[0], 0) + 1
    keep = {w for w, n in last.items() if n >= least} - set(NOT_SURNAMES)
    return keep, {w for w, n in first.items() if n >= 4} - keep - set(NOT_SURNAMES)


def rename(article: Article, names: Frequent, rng: random.Random) -> Article:
    """The same article with other people in it: each frequent name becomes another one throughout."""
    known: dict[str, str] = {}

    def other(word: str) -> str | None:
        if word not in known:
            pool = SURNAMES if word in names[0] else GIVEN if word in names[1] else None
            known[word] = rng.choice(pool) if pool else ""
        return known[word] or None

    text, pieces, at, shifts = article["text"], [], 0, [(0, 0)]
    for match in regex.finditer(r"(?<!\w)\p{Lu}\p{L}+", text):
        new = other(match.group())
        if new:
            pieces += [text[at : match.start()], new]
            at = match.end()
            shifts.append((at, shifts[-1][1] + len(new) - len(match.group())))
    ends, deltas = (np.array(x) for x in zip(*shifts, strict=True))

    def move(offset: int) -> int:
        return int(offset + deltas[np.searchsorted(ends, offset, "right") - 1])

    moved = [
        {f: [[move(a), move(b)] for a, b in attribution[f]] for f in ("source", "cue", "content")}
        for attribution in article["attributions"]
    ]
    return article | {"text": "".join(pieces) + text[at:], "attributions": moved}
