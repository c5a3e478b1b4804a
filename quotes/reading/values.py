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
    """How documents are read, and how much of one. Sizes are bytes, after decompression.

    `format` ("txt", "jsonl.gz", …) reads every file, and standard input, as that format, whatever its name says.
    The `…_field`s name the columns of tables (JSON Lines, CSV, Parquet); all but the text may be missing.
    """

    format: str | None = None
    text_field: str = "text"
    id_field: str = "id"
    title_field: str = "title"
    author_field: str = "author"
    published_field: str = "date"
    url_field: str = "url"
    max_bytes: int = 100 * MEBI  # one article, one line, one PDF or Word file
    max_page_bytes: int = 10 * MEBI  # one web page
    max_page_elements: int = 50_000  # the elements of one web page
    # One web page, PDF or Word file, and from one row or record of a Parquet file or web archive to the next; all are
    # read in a process of their own. 0: no bound, and in this one.
    max_seconds: int = 120
    max_wait: int = 600  # seconds for a pipe (or standard input) to say anything more; 0: no bound
    max_expanded_bytes: int = 64 * 1024 * MEBI  # all that one compressed file unfolds to
    max_kept_bytes: int = 512 * MEBI  # lines of records, decisions or gold that are kept in memory together


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
    """One article inside a file, as a reader gives it.

    In a file that holds several, `member` is the article's own id (unique in the file) and `place` says where it
    stands, for people: "line 3".
    """

    text: str
    title: str | None = None
    author: str | None = None
    published: str | None = None
    url: str | None = None
    furniture: tuple[Range, ...] = ()
    member: str = ""
    place: str = ""


# A reader takes an open file and gives what it finds in it. It raises DocumentError (or OSError) when nothing more
# can be read, and yields a Problem when the rest still can.
Reader = Callable[[BinaryIO, ReadOptions], Iterator[Article | Problem]]
