"""Texts of which gold tells whom their phrases mean → windows in which each phrase has the words that name him.

What is asked of a text is a phrase, by the place of the last word of its head, and the places that name who it means;
none where the text names nobody. The texts are articles annotated phrase by phrase (`annotated/phrases.jsonl`), those
with attributions, our own passages, pronouns between two names (GAP) and chains of other texts (GUM).
"""

from __future__ import annotations

import csv
import gzip
import json
import random
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import regex
import torch

from quotes.attribution.reader.windows import encode
from quotes.attribution.reader.wordpiece import Tokenizer
from quotes.marks import find_marks
from quotes.speakers.lexicon import share_of_women
from training.corpora import ANNOTATED, CORPORA, GAP, GUM, annotated, is_kept_back
from training.data import CLS, PARAGRAPH, ROWS, SEP, Article, Batch, Ints, Place, spans
from training.passages import read_passages
from training.renaming import SURNAMES, exchanged, given_names

__all__ = ["Asked", "Example", "collate", "cut", "pointed", "renamed"]

WINDOW = (192, 384)  # pieces: the least and the most of a window
PRONOUNS = frozenset(["he", "she", "they", "it", "him", "her", "his", "them", "their", "himself", "herself"])


@dataclass(frozen=True, slots=True)
class Asked:
    """A text with its phrases: where each begins and ends, and the places that name whom it means; and the names of
    those whom they mean."""

    text: str
    phrases: Sequence[tuple[Place, Sequence[Place]]]
    names: Collection[str] = ()


@dataclass(frozen=True, slots=True)
class Example:
    """A window: pieces, features and the words' first pieces as in `training.data`; `asked` [N] are words, `named`
    [N,W] tells which words name whom each means, `own` [N,W] which words are the phrase itself."""

    ids: Ints
    features: Ints
    words: Ints
    asked: Ints
    named: np.ndarray[Any, np.dtype[np.bool_]]
    own: np.ndarray[Any, np.dtype[np.bool_]]


# --- texts -----------------------------------------------------------------------------------------------------------


def pointed(data: Path) -> list[Asked]:
    """All texts in the folder of data, and our own."""
    news = [corpus for corpus in CORPORA if corpus.path and "names" in corpus.labels]
    told = [article for corpus in news for article in corpus.articles(data) if not is_kept_back(article["id"])]
    told += [passage for part in ("written", "whose") for passage in read_passages(ANNOTATED.parent / part, noted=True)]
    phrases = annotated(ANNOTATED / "phrases.jsonl", data / "raw")
    return [*map(_attributed, told), *map(_annotated, phrases), *_gap(data / GAP), *_gum(data / GUM)]


def _annotated(article: Article) -> Asked:
    text, told = article["text"], article["phrases"]
    names = {name for _, _, name in told if name}
    return Asked(text, [((start, end), _places(text, name, names)) for start, end, name in told], names)


def _attributed(article: Article) -> Asked:
    """The sources that are no names themselves, by their heads."""
    text = article["text"]
    told = [one for one in article["attributions"] if one["source"]]
    names = {one["name"] for one in told if one["name"]}
    asked = {}
    for one in told:
        place = tuple(one.get("source_head") or one["source"][-1])
        if not one["name"] or one["name"].rsplit(None, 1)[-1] not in text[slice(*place)]:
            asked[place] = _places(text, one["name"], names)
    return Asked(text, list(asked.items()), names)


def _gap(path: Path) -> Iterator[Asked]:
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
            right = [one for one in ("A", "B") if row[f"{one}-coref"] == "TRUE"]
            start, names = int(row["Pronoun-offset"]), {row["A"], row["B"]}
            if right:
                place = (start, start + len(row["Pronoun"]))
                yield Asked(row["Text"], [(place, _places(row["Text"], row[right[0]], names))], names)


def _gum(path: Path) -> Iterator[Asked]:
    with gzip.open(path, "rt", encoding="utf-8") as file:
        for text in map(json.loads, file):
            asked = []
            for cluster in text["clusters"]:
                named = [(start, end) for start, end, form in cluster["mentions"] if form == "name"]
                asked += [
                    ((start, end), named)
                    for start, end, form in cluster["mentions"]
                    if form == "pronoun" and text["text"][start:end].lower() in PRONOUNS
                ]
            yield Asked(text["text"], asked)


def _places(text: str, name: str | None, names: Iterable[str]) -> Sequence[Place]:
    """Where a text names somebody: in full, or by a first or last word that nobody else has; of several all."""
    several = name.split(" & ") if name else []
    others = {word for one in names for word in _ends(one) if one not in (name, *several)}
    forms = {form for one in several for form in (one, *(word for word in _ends(one) if word not in others))}
    places = [m.span() for form in forms for m in regex.finditer(rf"(?<!\w){regex.escape(form)}(?!\w)", text)]
    return sorted(places)


def _ends(name: str) -> set[str]:
    """The first and the last word of a person's name, if it has several."""
    words = name.split()
    capital = [word for word in (words[0], words[-1]) if word[:1].isupper() and len(word) > 2]
    return set(capital) if 1 < len(words) < 4 and " & " not in name else set()


# --- other names ------------------------------------------------------------------------------------------------------


def renamed(asked: Asked, rng: random.Random) -> Asked:
    """The same text with other people of the same sex in it, by their given names: a name tells no more than that."""
    others: dict[str, str] = {}
    for name in sorted(asked.names):
        first, *rest = name.split()
        pool = _given_like(first)
        if pool and len(rest) == 1:
            others.setdefault(first, rng.choice(pool).capitalize())
            others.setdefault(rest[0], rng.choice(SURNAMES))
    text, move = exchanged(asked.text, lambda word: others.get(word, ""))
    return Asked(text, [(tuple(move(place)), move(places)) for place, places in asked.phrases], asked.names)


def _given_like(name: str) -> Sequence[str]:
    """The given names of the same sex; none where it is known for neither."""
    share = share_of_women(name)
    sex = "" if share is None or 0.2 < share < 0.8 else "f" if share > 0.5 else "m"
    return given_names(sex) if sex else ()


# --- windows ---------------------------------------------------------------------------------------------------------


def cut(asked: Asked, tokenizer: Tokenizer, rng: random.Random) -> Iterator[Example]:
    """Windows of whole paragraphs with random sizes; a phrase counts where one of its names stands in its window, or
    where its text names nobody."""
    pieces = encode(asked.text, find_marks(asked.text), tokenizer, PARAGRAPH)
    for start, end in spans(pieces, rng, WINDOW):
        span = slice(start, end)
        first = np.flatnonzero(pieces.first[span])
        ids, features = np.r_[CLS, pieces.ids[span], SEP], np.r_[0, pieces.features[span], 0]
        found = _labelled(asked, pieces.start[span][first], pieces.end[span][first])
        if len(found[0]):
            yield Example(ids, features, first + 1, *found)


def _labelled(asked: Asked, starts: Ints, ends: Ints) -> tuple[Ints, Any, Any]:
    words, named, own = [], [], []
    for (start, end), places in asked.phrases:
        at = int(np.searchsorted(starts, end, "left")) - 1
        if at < 0 or starts[at] >= end or ends[at] <= start:
            continue
        right = np.zeros(len(starts), bool)
        for a, b in places:
            last = int(np.searchsorted(starts, b, "left")) - 1
            if last >= 0 and ends[last] > a:
                right[last] = True
        mine = (ends > start) & (starts < end)
        right &= ~mine
        if right.any() or not places:
            words.append(at)
            named.append(right)
            own.append(mine)
    shape = (len(words), len(starts))
    return np.array(words, np.int64), np.array(named, bool).reshape(shape), np.array(own, bool).reshape(shape)


def collate(examples: Sequence[Example], width: int, rows: int) -> Batch:
    """Pad to one batch [rows,width]; `row`/`place` list the phrases, of which those count whose `counts` is 1."""
    count = -(-sum(len(one.asked) for one in examples) // ROWS) * ROWS
    batch: dict[str, Any] = {name: np.zeros((rows, width), np.int64) for name in ("ids", "features", "words")}
    batch |= {name: np.zeros(count, np.int64) for name in ("row", "place")}
    batch |= {name: np.zeros((count, width), bool) for name in ("named", "own")}
    batch["counts"] = np.zeros(count, np.float32)
    at = 0
    for row, one in enumerate(examples):
        batch["ids"][row, : len(one.ids)], batch["features"][row, : len(one.ids)] = one.ids, one.features
        batch["words"][row, : len(one.words)] = one.words
        here = slice(at, at + len(one.asked))
        batch["row"][here], batch["place"][here], batch["counts"][here] = row, one.asked, 1
        for name in ("named", "own"):
            batch[name][here, : len(one.words)] = getattr(one, name)
        at += len(one.asked)
    return {name: torch.from_numpy(value) for name, value in batch.items()}
