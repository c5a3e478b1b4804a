"""What the readers take and give: options, sources, articles, problems."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

from quotes.types import Range

__all__ = ["Article", "Problem", "ReadOptions", "Reader", "Source"]

MEBI = 2**20


@dataclass(frozen=True, slots=True)
class ReadOptions:
    """How documents are read. Sizes are bytes after decompression.

    `format` ("txt", "md", …) reads every file, and standard input, as that format, whatever its name says.
    """

    format: str | None = None
    max_bytes: int = 100 * MEBI


@dataclass(frozen=True, slots=True)
class Source:
    """A file to be read: `id` is unique in the run, `path` is what the user can open again (None: standard input)."""

    id: str
    path: str | None


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that could not be read (or, as a `warning`, not as it should be), and where."""

    message: str
    place: str = ""
    warning: bool = False


@dataclass(frozen=True, slots=True)
class Article:
    """One article inside a file, as a reader gives it. `place` names it within a file that holds several."""

    text: str
    title: str | None = None
    author: str | None = None
    published: str | None = None
    url: str | None = None
    furniture: tuple[Range, ...] = ()
    place: str = ""


# A reader takes an open file and gives what it finds in it. It raises DocumentError (or OSError) when nothing more
# can be read, and yields a Problem when the rest still can.
Reader = Callable[[BinaryIO, ReadOptions], Iterator[Article | Problem]]
