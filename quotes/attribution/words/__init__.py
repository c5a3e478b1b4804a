"""Word lists of the attribution room, one entry a line, `#` starts a comment."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

__all__ = ["load_words"]


@cache
def load_words(name: str) -> frozenset[str]:
    """The entries of `name`.txt, lower-case."""
    lines = (files(__name__) / f"{name}.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(line.strip() for line in lines if line.strip() and not line.startswith("#"))
