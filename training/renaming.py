"""The same article with other people in it, or behind another: the reader must learn the grammar of speaking, not who
spoke that year or what stood further up."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import regex

from quotes.speakers.lexicon import listed

__all__ = ["Frequent", "behind", "exchanged", "frequent_names", "given_names", "rename"]

Article = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Frequent:
    """Surnames and given names that come up often, and those that may take their place."""

    last: frozenset[str]
    first: frozenset[str]
    surnames: Sequence[str]
    given: Sequence[str]


LEAST = 12  # times that a surname stands for a source before it is replaced
LEAST_GIVEN = 4


def _words(name: str) -> list[str]:
    return Path(__file__).with_name(name).read_text(encoding="utf-8").split()


SURNAMES, GIVEN, NOT_SURNAMES = (_words(name) for name in ("surnames.txt", "given_names.txt", "not_surnames.txt"))
_KEPT = frozenset(NOT_SURNAMES)
_CAPITALISED = regex.compile(r"(?<!\w)\p{Lu}\p{L}+")


def frequent_names(articles: Sequence[Article]) -> Frequent:
    """Last words and first words of the named sources that come up most, and the names of all people who speak."""
    last: Counter[str] = Counter()
    first: Counter[str] = Counter()
    for words in _named_sources(articles):
        last[words[-1]] += 1
        if len(words) > 1:
            first[words[0]] += 1
    keep = {w for w, n in last.items() if n >= LEAST} - _KEPT
    people = [words for article in articles for words in _people(article)]
    return Frequent(
        frozenset(keep),
        frozenset(w for w, n in first.items() if n >= LEAST_GIVEN and w not in keep | _KEPT),
        [*SURNAMES, *sorted({words[-1] for words in people} - _KEPT)],
        [*GIVEN, *sorted({words[0] for words in people} - _KEPT)],
    )


def _with_own(names: Frequent, article: Article) -> Frequent:
    """The same, and the names of the people who speak in an article."""
    people = _people(article)
    last = names.last | {words[-1] for words in people} - _KEPT
    return replace(names, last=last, first=(names.first | {words[0] for words in people}) - last - _KEPT)


def _people(article: Article) -> list[list[str]]:
    """The names, of two or three words, of the people who speak in an article."""
    told = (said for said in article["attributions"] if said.get("kind") == "person" and said["name"])
    names = (said["name"].split() for said in told)
    return [words for words in names if 1 < len(words) < 4 and all(word.isalpha() for word in words)]


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
    """The same article, frequent names and those of its speakers others throughout; all places moved along."""
    known: dict[str, str] = {}
    names = _with_own(names, article)

    def other(word: str) -> str:
        if word not in known:
            pool = names.surnames if word in names.last else names.given if word in names.first else []
            known[word] = rng.choice(pool) if pool else ""
        return known[word]

    text, move = exchanged(article["text"], other)
    return _changed(article, text, move)


@cache
def given_names(sex: str) -> list[str]:
    """The given names of one sex, m or f, that more than a few bear."""
    table = (line.split() for line in sorted(listed("given_names.txt")))
    return [
        name
        for name, share, bearers in table
        if int(bearers) > 4 and (int(share) > 60 if sex == "f" else int(share) < 40)
    ]


def exchanged(text: str, other: Callable[[str], str]) -> tuple[str, Callable[[Any], Any]]:
    """The text with `other` words in the place of its capitalised ones, but where that gives none; and what moves a
    place, a list of places or nothing to its new offsets."""
    pieces, at, shifts = [], 0, [(0, 0)]
    for match in _CAPITALISED.finditer(text):
        if new := other(match.group()):
            pieces += [text[at : match.start()], new]
            at = match.end()
            shifts.append((at, shifts[-1][1] + len(new) - len(match.group())))
    ends, deltas = (np.array(column) for column in zip(*shifts, strict=True))

    def move(place: Any) -> Any:
        if isinstance(place, int):
            return int(place + deltas[np.searchsorted(ends, place, "right") - 1])
        return [move(one) for one in place] if place else place

    return "".join(pieces) + text[at:], move


def behind(article: Article, other: Article) -> Article:
    """Both articles in one text, `other` first: what stands further up must not matter."""
    lead = f"{other['text'].rstrip()}\n\n"

    def move(place: Any) -> Any:
        if isinstance(place, int):
            return place + len(lead)
        return [move(one) for one in place] if place else place

    moved = _changed(article, lead + article["text"], move)
    return moved | {field: [*other.get(field, ()), *moved[field]] for field in FIELDS}


FIELDS = ("attributions", "quoted", "inner")


def _changed(article: Article, text: str, move: Callable[[Any], Any]) -> Article:
    """The article with another text, its places where `move` puts them."""
    return article | {"text": text} | {field: [_moved(one, move) for one in article.get(field, ())] for field in FIELDS}


_PLACES = ("source", "cue", "content", "to", "via", "start", "end")


def _moved(record: Article, move: Any) -> Article:
    return record | {field: move(record[field]) for field in _PLACES if field in record}
