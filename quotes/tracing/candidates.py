"""Which quotations are worth comparing: those that share two neighbouring content words ("links").

A part of a longer quotation shares all of its links with it, so its rarest ones find the longer one. Near copies share
most; among many records, where the postings of a link grow, MinHash LSH finds them by the share alone.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Iterable, Sequence
from itertools import chain, pairwise
from typing import Any
from zlib import crc32

from quotes.tracing.extras import require
from quotes.tracing.wording import content_words

__all__ = ["Candidates", "Vocabulary"]

Links = Sequence[int]

MOST = 500  # versions looked at for one link
CHOSEN = 100  # versions compared with one, those that share most links with it
RAREST = 6  # links that are looked up where there are many records
PERMUTATIONS = 32
SHARE = 0.4  # of the links that near copies have in common; one altered word takes two of them


class Vocabulary:
    """Words as numbers, so that links are small."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}

    def links(self, words: Sequence[str]) -> Links:
        """The distinct links of a quotation, sorted."""
        numbers = [self._numbers.setdefault(word, len(self._numbers)) for word in content_words(words)]
        return array("q", sorted({a << 31 | b for a, b in pairwise(numbers)}))


class Candidates:
    """Versions, by number, that share links with another one. Build it with the links of all versions."""

    def __init__(self, links: Sequence[Links], *, many: bool):
        self._links = links
        self._met = Counter(chain.from_iterable(links))
        self._postings: dict[int, list[int]] = {}
        self._near = _Near(links) if many else None

    def add(self, version: int) -> None:
        """Have it found from now on."""
        for link in self._shared(version):
            posting = self._postings.setdefault(link, [])
            if len(posting) < MOST:
                posting.append(version)
        if self._near:
            self._near.add(version)

    def find(self, version: int) -> list[int]:
        """Versions added before that may be the same quotation, in the order they were added."""
        links = self._shared(version)
        if self._near:
            links = sorted(links, key=lambda link: (self._met[link], link))[:RAREST]
        shared = Counter(chain.from_iterable(self._postings.get(link, ()) for link in links))
        found = sorted(shared, key=lambda other: (-shared[other], other))[:CHOSEN]
        return sorted({*found, *(self._near.find(version) if self._near else ())})

    def _shared(self, version: int) -> list[int]:
        return [link for link in self._links[version] if self._met[link] > 1]


class _Near:
    """Near copies by MinHash LSH."""

    def __init__(self, links: Sequence[Links]):
        datasketch = require("datasketch")
        words: Iterable[list[bytes]] = ([link.to_bytes(8, "big") for link in one] for one in links)
        self._hashes: list[Any] = datasketch.MinHash.bulk(words, num_perm=PERMUTATIONS, seed=1, hashfunc=crc32)
        self._index: Any = datasketch.MinHashLSH(SHARE, PERMUTATIONS)

    def add(self, version: int) -> None:
        self._index.insert(version, self._hashes[version], check_duplication=False)

    def find(self, version: int) -> list[int]:
        found: list[int] = self._index.query(self._hashes[version])
        return sorted(found)[:CHOSEN]
