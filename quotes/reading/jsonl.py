"""JSON Lines: one article a line."""

from __future__ import annotations

import codecs
import json
from collections.abc import Iterator
from typing import BinaryIO

from quotes.errors import DocumentError
from quotes.reading.encoding import decode
from quotes.reading.limits import lines
from quotes.reading.rows import RowReader
from quotes.reading.values import Article, Problem, ReadOptions

__all__ = ["read"]


def read(stream: BinaryIO, options: ReadOptions) -> Iterator[Article | Problem]:
    """The articles in `stream`; a line that is none is a Problem."""
    rows = RowReader(options)
    for found in lines(stream, options):
        if isinstance(found, Problem):
            yield found
            continue
        number, line = found
        if line.strip(b" \t\r\n" + codecs.BOM_UTF8):
            yield from _article(line, number, rows)
    yield from rows.left_out()


def _article(line: bytes, number: int, rows: RowReader) -> Iterator[Article | Problem]:
    try:
        text, warning = decode(line)
        row = json.loads(text)
    except (ValueError, RecursionError) as error:
        yield Problem(f"is no JSON: {error}", f"line {number}")
    except DocumentError as error:
        yield Problem(str(error), f"line {number}")
    else:
        if warning:
            yield Problem(warning, f"line {number}", warning=True)
        yield from rows.read(row, number)
