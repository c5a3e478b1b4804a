"""A run in N parts, on as many machines: which of them an article belongs to.

A hash of the article's id decides. The order of the articles would not do: one more file in a folder would move all
behind it into other shards, and who runs one shard before and another after would lose some articles and do others
twice. By its id an article stays where it is, whatever comes or goes beside it.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Final

import regex

__all__ = ["Shard"]

_SHARD: Final = regex.compile(r"([0-9]{1,9})/([0-9]{1,9})")


@dataclass(frozen=True, slots=True)
class Shard:
    """The `number`-th of `count` parts, counted from 1. Each id is in exactly one of them."""

    number: int
    count: int

    @classmethod
    def parse(cls, text: str) -> Shard:
        """ "3/8" as a shard. Raises ValueError, which says what is wrong."""
        found = _SHARD.fullmatch(text)
        shard = cls(*map(int, found.groups())) if found else None
        if shard is None or not 1 <= shard.number <= shard.count:
            raise ValueError(f"{text!r} is no shard; give K/N with K from 1 to N, such as 3/8")
        return shard

    def __str__(self) -> str:
        return f"{self.number}/{self.count}"

    def holds(self, id: str) -> bool:
        """Whether the article with this id belongs to this shard: the same on every machine, in every version."""
        digest = hashlib.sha256(id.encode("utf-8", "surrogatepass")).digest()
        return int.from_bytes(digest[:8], "big") % self.count == self.number - 1
