"""Word lists of the attribution room, one entry a line, `#` starts a comment."""

from __future__ import annotations

from quotes.words import read_words

__all__ = ["load_words"]


def load_words(name: str) -> frozenset[str]:
    """The entries of `name`.txt, lower-case."""
    return read_words(__name__, f"{name}.txt")
