"""Word lists are data: one entry a line, # opens a comment."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from importlib.resources import files

import regex

__all__ = ["any_of", "longest_first", "read_lines", "read_words"]


def read_lines(package: str, name: str) -> list[str]:
    """The lines of the table `name` that lies in `package`, in their order."""
    lines = files(package).joinpath(name).read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and line[0] != "#"]


@cache
def read_words(package: str, name: str) -> frozenset[str]:
    """The entries of the word list `name` that lies in `package`."""
    return frozenset(read_lines(package, name))


def any_of(package: str, name: str) -> str:
    """A pattern that matches any entry of the word list `name` that lies in `package`, the longest it can."""
    return "(?:" + "|".join(map(regex.escape, longest_first(read_words(package, name)))) + ")"


def longest_first(words: Iterable[str]) -> list[str]:
    """The words in the order in which a pattern must have them, for the first that fits counts."""
    return sorted(words, key=lambda word: (-len(word), word))
