"""Parquet: one article a row. Row groups are read one by one, and only the columns that are asked for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, BinaryIO

from quotes.errors import DocumentError
from quotes.extras import to_read
from quotes.reading.apart import each_apart
from quotes.reading.columns import guess_columns
from quotes.reading.limits import expands_beyond, seekable, too_large
from quotes.reading.rows import RowReader, refuse_records
from quotes.reading.values import Article, Problem, ReadOptions

__all__ = ["read"]

BATCH = 64


def read(stream: BinaryIO, options: ReadOptions) -> Iterator[Article | Problem]:
    """The articles in `stream`; a row group that cannot be read is a Problem.

    A file of some kilobytes can say that it holds the same cell a thousand million times.
    """
    length = 0
    every: Iterator[Article | Problem] = each_apart(options.max_seconds, _read, stream, options)
    for found in every:
        length += len(found.text) if isinstance(found, Article) else 0
        if length > options.max_expanded_bytes:
            raise DocumentError(expands_beyond(options.max_expanded_bytes))
        yield found


def _read(stream: BinaryIO, options: ReadOptions) -> Iterator[Article | Problem]:
    parquet = to_read("parquet").require("pyarrow.parquet")
    try:
        table = parquet.ParquetFile(seekable(stream, options))
    except DocumentError:
        raise
    except Exception as error:
        raise DocumentError(f"is no Parquet file: {error}") from error
    options, guessed = guess_columns(options, table.schema_arrow.names)
    if guessed:
        yield Problem(guessed, warning=True)
    columns = _columns(table, options)
    rows, number = RowReader(options), 0
    for group in range(table.num_row_groups):
        meta = table.metadata.row_group(group)
        # A long cell is stored once for all the rows that have it: no more of them at a time than one article may take.
        batch = BATCH if BATCH * meta.total_byte_size <= options.max_bytes else 1
        yield from _read_group(
            table.iter_batches(batch, row_groups=[group], columns=columns), group, rows, number, options.max_bytes
        )
        number += meta.num_rows


def _columns(table: Any, options: ReadOptions) -> list[str]:
    names = table.schema_arrow.names
    refuse_records(names)
    if options.text_field not in names:
        raise DocumentError(f'has no column "{options.text_field}", only {", ".join(names)} (name it: `text_field`)')
    wanted = (
        options.text_field,
        options.id_field,
        options.title_field,
        options.author_field,
        options.published_field,
        options.url_field,
    )
    return [name for name in wanted if name in names]


def _read_group(
    batches: Iterable[Any], group: int, rows: RowReader, number: int, limit: int
) -> Iterator[Article | Problem]:
    try:
        for batch in batches:
            long = _longest(batch) > limit
            for part in (batch.slice(k, 1) for k in range(batch.num_rows)) if long else (batch,):
                if long and _longest(part) > limit:  # it is not made a Python string
                    yield Problem(too_large(limit, "max_bytes"), f"row {number + 1}")
                    number += 1
                    continue
                for row in part.to_pylist():
                    number += 1
                    yield from rows.read(row, number, unit="row")
    except Exception as error:  # whatever the library makes of broken bytes
        yield Problem(f"cannot be read on from here: {error}", f"row group {group + 1}, row {number + 1}")


def _longest(batch: Any) -> int:
    """The bytes of the longest cell that is text."""
    arrow, compute = to_read("parquet").require("pyarrow"), to_read("parquet").require("pyarrow.compute")
    texts = [column for column in batch.columns if column.type in (arrow.string(), arrow.large_string())]
    return max((compute.max(compute.binary_length(column)).as_py() or 0 for column in texts), default=0)
