"""JSON Lines: one article a line."""

from __future__ import annotations

import codecs
import json
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import Any, BinaryIO

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
    twice: list[str] = []

    def to_dict(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
        row = dict(pairs)
        if len(row) < len(pairs):
            twice.extend(key for key, count in Counter(key for key, _ in pairs).items() if count > 1)
        return row

    try:
        text, warning = decode(line)
        row = json.loads(text, object_pairs_hook=to_dict)
    except (ValueError, RecursionError) as error:
        yield Problem(f"is no JSON: {error}", f"line {number}")
    except DocumentError as error:
        yield Problem(str(error), f"line {number}")
    else:
        if warning:
            yield Problem(warning, f"line {number}", warning=True)
        if twice:
            yield Problem(f'has "{twice[0]}" more than once; the last one counts', f"line {number}", warning=True)
        yield from rows.read(row, number)
