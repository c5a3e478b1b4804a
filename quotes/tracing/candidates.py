"""Which quotations are worth comparing: those that share two neighbouring content words ("links").

A part of a longer quotation shares all of its links with it, so its rarest ones find the longer one, and near copies
share most. MinHash LSH, the usual way to near copies, finds nothing beyond them here, for a third of the time again.
"""

from __future__ import annotations

from array import array
from collections import Counter
from collections.abc import Sequence
from itertools import chain, pairwise

from quotes.tracing.wording import content_words

__all__ = ["Candidates", "Vocabulary"]

Links = Sequence[int]

MOST = 500  # versions looked at for one link
CHOSEN = 100  # versions compared with one, those that share most links with it
RAREST = 6  # links that are looked up where there are many records


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
        self._most = RAREST if many else None

    def add(self, version: int) -> None:
        """Have it found from now on."""
        for link in self._shared(version):
            posting = self._postings.setdefault(link, [])
            if len(posting) < MOST:
                posting.append(version)

    def find(self, version: int) -> list[int]:
        """Versions added before that may be the same quotation, in the order they were added."""
        links = sorted(self._shared(version), key=lambda link: (self._met[link], link))[: self._most]
        shared = Counter(chain.from_iterable(self._postings.get(link, ()) for link in links))
        return sorted(sorted(shared, key=lambda other: (-shared[other], other))[:CHOSEN])

    def _shared(self, version: int) -> list[int]:
        return [link for link in self._links[version] if self._met[link] > 1]
