"""Word lists are data: one entry a line, # opens a comment."""

from __future__ import annotations

from functools import cache
from importlib.resources import files

__all__ = ["read_words"]


@cache
def read_words(package: str, name: str) -> frozenset[str]:
    """The entries of the word list `name` that lies in `package`."""
    lines = files(package).joinpath(name).read_text(encoding="utf-8").splitlines()
    return frozenset(line for line in lines if line and not line.startswith("#"))
