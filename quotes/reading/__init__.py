"""Bytes → `Document`s. Nothing after this room alters a document's text.

    read_documents(paths, on_error=…) = find the files → open → decode → one reader a format → Document

A document's text is exactly what the file decodes to, newlines included; only a byte order mark is no part of it.
"""

from __future__ import annotations

import hashlib
import io
import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any, BinaryIO, cast

from quotes.errors import DocumentError
from quotes.reading.compression import unfold
from quotes.reading.encoding import decode, well_formed
from quotes.reading.files import find_sources, path_of, printable
from quotes.reading.formats import READERS, SEVERAL, format_of
from quotes.reading.front_matter import FrontMatter, find_front_matter
from quotes.reading.lines import Kept, read_lines
from quotes.reading.pauses import with_pauses
from quotes.reading.pipes import STDIN, may_pause, open_named
from quotes.reading.rows import RowReader
from quotes.reading.sniff import SAMPLE, sniff
from quotes.reading.text import to_article
from quotes.reading.values import Article, Problem, Reader, ReadOptions, Source
from quotes.shards import Shard
from quotes.types import Document

__all__ = [
    "FORMATS",
    "STDIN",
    "FrontMatter",
    "Kept",
    "ReadOptions",
    "count_documents",
    "decode",
    "find_front_matter",
    "find_sources",
    "is_known",
    "may_pause",
    "open_named",
    "path_of",
    "read_documents",
    "read_lines",
    "read_row",
    "to_document",
    "with_pauses",
]

Report = Callable[[str], None]
DEFAULTS = ReadOptions()
FORMATS = tuple(suffix.lstrip(".") for suffix in READERS)
_log: Report = logging.getLogger(__name__).warning


def read_documents(
    paths: Iterable[str | Path],
    *,
    on_error: Report,
    on_warning: Report = _log,
    options: ReadOptions = DEFAULTS,
    written: Sequence[Path] = (),
    shard: Shard | None = None,
) -> Iterator[Document]:
    """The articles in `paths` (files, folders, "-" for standard input), in order, one at a time.

    `on_error` gets one line for each thing that could not be read, `on_warning` one for each that was read otherwise
    than it stands; both name the file and the place in it. The run goes on after either; nothing is raised. Files and
    folders that the run itself has `written`, or will, are not read where they lie in a folder that is searched. Of a
    `shard` only its articles are given; files that hold several are read by all shards, others by their own alone.
    """
    for found in find_sources(paths, written):
        if isinstance(found, Problem):
            _report(found, "", on_error, on_warning)
            continue
        if shard and not (_holds_several(found, options) or shard.holds(found.id)):
            continue
        for article in _articles(found, options):
            if isinstance(article, Problem):
                _report(article, printable(found.path or found.id), on_error, on_warning)
            elif shard is None or shard.holds(_identify(article, found)):
                yield _document(article, found)


def is_known(format: str) -> bool:
    """Whether files can be read as this format, such as "txt" or "jsonl.gz"."""
    return format_of(f"named.{format.lstrip('.')}")[0] in READERS


def count_documents(
    paths: Iterable[str | Path], options: ReadOptions = DEFAULTS, shard: Shard | None = None
) -> int | None:
    """How many articles there are in `paths`, at most; None where only reading them (tables, archives) tells."""
    count = 0
    for found in find_sources(paths):
        if isinstance(found, Source):
            if _holds_several(found, options):
                return None
            count += shard is None or shard.holds(found.id)
    return count


def to_document(text: str, id: str = "text", path: str | None = None) -> Document:
    """A string as a document, its front matter found. Lone surrogates are read as U+FFFD."""
    return _document(to_article(well_formed(text)), Source(id, path))


def read_row(row: Mapping[str, Any], options: ReadOptions = DEFAULTS) -> Document:
    """The article in one row of a table, named by the row's own id.

    Raises DocumentError where there is no id or no text, or the text is too long.
    """
    if not str(row.get(options.id_field) or "").strip():
        raise DocumentError(f'has no id in "{options.id_field}"')
    found = next(RowReader(options).read(row, 1, "row"), None)
    if not isinstance(found, Article):
        raise DocumentError(found.message if found else "is a record, no article")
    if not found.text.strip():
        raise DocumentError(_blank(found).message)
    return _document(replace(found, member=""), Source(found.member, None))


def _articles(source: Source, options: ReadOptions) -> Iterator[Article | Problem]:
    """What the file's reader finds; a failure is the file's last problem, an article without text one of its own."""
    try:
        found = None
        suffix, compression = format_of(_named(source, options))
        named = STDIN if source.path is None else source.path
        with open_named(named, options) as opened, nullcontext(opened) if suffix else _peekable(opened) as stream:
            if not suffix and (suffix := sniff(cast(io.BufferedReader, stream).peek(SAMPLE))) != ".txt":
                yield Problem(f"is read as {suffix}, which it looks like (`format` says otherwise)", warning=True)
            for found in _reader(suffix)(unfold(stream, compression, options), options):
                yield found if isinstance(found, Problem) or found.text.strip() else _blank(found)
        if found is None:
            yield Problem("holds no article", warning=True)
    except OSError as error:
        yield Problem(f"cannot be read: {error.strerror or error}")
    except DocumentError as error:
        yield Problem(str(error))
    except Exception as error:  # a bug, here or in a library: it must not cost the other files
        yield Problem(f"failed: {type(error).__name__}: {error}")


def _blank(article: Article) -> Problem:
    return Problem("holds no text; left out" if article.text else "is empty; left out", article.place, warning=True)


def _reader(suffix: str) -> Reader:
    reader = READERS.get(suffix)
    if reader is None:
        raise DocumentError(f"has a format that is not read, {suffix} (give `format`: one of {', '.join(READERS)})")
    return reader


def _holds_several(source: Source, options: ReadOptions) -> bool:
    """What has no suffix (a pipe, "-") may: only reading it tells."""
    return format_of(_named(source, options))[0] in {*SEVERAL, ""}


def _named(source: Source, options: ReadOptions) -> str:
    return f"named.{options.format.lstrip('.')}" if options.format else source.path or ""


@contextmanager
def _peekable(stream: BinaryIO) -> Iterator[BinaryIO]:
    """The stream, whose first bytes can be looked at. It stays open: standard input is not ours to close."""
    buffered = io.BufferedReader(cast(io.RawIOBase, stream), SAMPLE)
    try:
        yield cast(BinaryIO, buffered)
    finally:
        with suppress(ValueError):  # a reader has let go of it
            buffered.detach()


def _identify(article: Article, source: Source) -> str:
    return f"{source.id}#{article.member}" if article.member else source.id


def _document(article: Article, source: Source) -> Document:
    return Document(
        id=_identify(article, source),
        text=article.text,
        path=printable(source.path) if source.path is not None else None,
        sha256=hashlib.sha256(article.text.encode("utf-8")).hexdigest(),
        title=article.title,
        author=article.author,
        published=article.published,
        url=article.url,
        furniture=article.furniture,
    )


def _report(problem: Problem, file: str, on_error: Report, on_warning: Report) -> None:
    message = " ".join(part for line in problem.message.splitlines() if (part := line.strip()))
    line = ": ".join(part for part in (file, problem.place, message) if part)
    (on_warning if problem.warning else on_error)(line)
