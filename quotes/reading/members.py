"""Names for the articles inside one file."""

from __future__ import annotations

__all__ = ["Members"]


class Members:
    """Gives every article of one file an id of its own. Keeps a hash, not the id, of each: files can be long."""

    def __init__(self) -> None:
        self._seen: set[int] = set()

    def name(self, own: str | None, place: str) -> str:
        """`own`, where the article has an id that no other has; else with `place`, or by that alone."""
        name = own or place
        while hash(name) in self._seen:
            name = f"{name}@{place}"
        self._seen.add(hash(name))
        return name
