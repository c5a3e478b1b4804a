"""CSV (with ",", ";", "|" or tabs): one article a row, under a line of column names."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from typing import BinaryIO, cast

from quotes.errors import DocumentError
from quotes.reading.columns import guess_columns
from quotes.reading.encoding import BROKEN, find_encoding
from quotes.reading.limits import too_large
from quotes.reading.rows import RowReader, refuse_records
from quotes.reading.values import Article, Problem, ReadOptions

__all__ = ["read"]

SAMPLE = 2**20
DELIMITERS = ",;\t|"


def read(stream: BinaryIO, options: ReadOptions) -> Iterator[Article | Problem]:
    """The articles in `stream`; a row that is none is a Problem."""
    buffered = io.BufferedReader(cast(io.RawIOBase, stream), SAMPLE)
    encoding, warning = find_encoding(buffered.peek(SAMPLE))
    if warning:
        yield Problem(warning, warning=True)
    text = io.TextIOWrapper(buffered, encoding, errors="replace", newline="")
    try:
        yield from _articles(_lines(text, options), options)
    finally:
        text.detach().detach()  # the caller closes the file


def _lines(text: io.TextIOWrapper, options: ReadOptions) -> Iterator[str]:
    """No line longer than the limit: a table has no way to go on after one."""
    number = 0
    while line := text.readline(options.max_bytes):
        number += 1
        if len(line) == options.max_bytes:
            raise DocumentError(f"line {number} {too_large(options.max_bytes, 'max_bytes')}")
        yield line


def _articles(lines: Iterator[str], options: ReadOptions) -> Iterator[Article | Problem]:
    head = next((line for line in lines if line.strip()), "")
    delimiter = max(DELIMITERS, key=head.count)
    names = next(csv.reader([head], delimiter=delimiter), [])
    refuse_records(names)
    options, guessed = guess_columns(options, names)
    if guessed:
        yield Problem(guessed, warning=True)
    if options.text_field not in names:
        columns = ", ".join(names)[:200]
        raise DocumentError(f'has no column "{options.text_field}", only {columns} (name it: `text_field`)')
    rows = RowReader(options)
    for number, cells in _rows(lines, delimiter, options):
        if isinstance(cells, Problem):
            yield cells
        elif len(cells) == len(names):
            if any(BROKEN in cell for cell in cells):
                yield Problem("holds broken characters, read as U+FFFD", f"line {number}", warning=True)
            yield from rows.read(dict(zip(names, cells, strict=True)), number)
        elif cells:
            yield Problem(f"has {len(cells)} cells under {len(names)} column names", f"line {number}")


def _rows(lines: Iterator[str], delimiter: str, options: ReadOptions) -> Iterator[tuple[int, list[str] | Problem]]:
    """Each row with the number of its first line; a cell over the limit is a Problem, and the next line goes on."""
    csv.field_size_limit(options.max_bytes)
    reader = csv.reader(lines, delimiter=delimiter)
    while True:
        number = reader.line_num + 2
        try:
            yield number, next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            yield number, Problem(f"is no row: {error}", f"line {number}")
