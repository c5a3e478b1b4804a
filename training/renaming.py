"""The same article with other people in it: the reader must learn the grammar of speaking, not who spoke that year."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np
import regex

__all__ = ["Frequent", "frequent_names", "rename"]

Article = dict[str, Any]
Frequent = tuple[set[str], set[str]]
"""Surnames and given names that come up often."""
LEAST = 12  # times that a surname stands for a source before it is replaced
LEAST_GIVEN = 4


def _words(name: str) -> list[str]:
    return Path(__file__).with_name(name).read_text(encoding="utf-8").split()


SURNAMES, GIVEN, NOT_SURNAMES = (_words(name) for name in ("surnames.txt", "given_names.txt", "not_surnames.txt"))
_CAPITALISED = regex.compile(r"(?<!\w)\p{Lu}\p{L}+")


def frequent_names(articles: Sequence[Article]) -> Frequent:
    """Last words and first words of the named sources that come up most."""
    last: Counter[str] = Counter()
    first: Counter[str] = Counter()
    for words in _named_sources(articles):
        last[words[-1]] += 1
        if len(words) > 1:
            first[words[0]] += 1
    keep = {w for w, n in last.items() if n >= LEAST} - set(NOT_SURNAMES)
    return keep, {w for w, n in first.items() if n >= LEAST_GIVEN} - keep - set(NOT_SURNAMES)


def _named_sources(articles: Sequence[Article]) -> list[list[str]]:
    sources = (
        article["text"][a:b] for article in articles for said in article["attributions"] for a, b in said["source"]
    )
    names = (source.split() for source in sources)
    return [
        words
        for words in names
        if 1 <= len(words) <= 3 and all(w[:1].isupper() and w.isalpha() and len(w) > 2 for w in words)
    ]


def rename(article: Article, names: Frequent, rng: random.Random) -> Article:
    """The same article, each frequent name another one throughout; all places moved along."""
    known: dict[str, str] = {}

    def other(word: str) -> str:
        if word not in known:
            pool = SURNAMES if word in names[0] else GIVEN if word in names[1] else []
            known[word] = rng.choice(pool) if pool else ""
        return known[word]

    text, pieces, at, shifts = article["text"], [], 0, [(0, 0)]
    for match in _CAPITALISED.finditer(text):
        if new := other(match.group()):
            pieces += [text[at : match.start()], new]
            at = match.end()
            shifts.append((at, shifts[-1][1] + len(new) - len(match.group())))
    ends, deltas = (np.array(column) for column in zip(*shifts, strict=True))

    def move(place: Any) -> Any:
        """A place, a list of places or nothing, at its new offsets."""
        if isinstance(place, int):
            return int(place + deltas[np.searchsorted(ends, place, "right") - 1])
        return [move(one) for one in place] if place else place

    moved = {"text": "".join(pieces) + text[at:]}
    for field in ("attributions", "quoted", "inner"):
        moved[field] = [_moved(one, move) for one in article.get(field, ())]
    return article | moved


_PLACES = ("source", "cue", "content", "to", "via", "start", "end")


def _moved(record: Article, move: Any) -> Article:
    return record | {field: move(record[field]) for field in _PLACES if field in record}
