"""Parquet: one record a row, with the columns of the record's own layout (structs and lists), in row groups."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, BinaryIO

from quotes.types import Document
from quotes.writing.arrow import arrow, record_schema, record_table
from quotes.writing.values import Record

__all__ = ["Parquet"]

# Characters of text in a row group, about: what is held in memory.
GROUP = 2_000_000


class Parquet:
    """A file of row groups, each written once it is full. Raises OutputError where pyarrow is missing."""

    def __init__(self, stream: BinaryIO):
        self.schema, self.sink = record_schema(), _Sink(stream)
        with self.sink.open():
            self.writer = arrow("pyarrow.parquet").ParquetWriter(self.sink, self.schema)
        self.rows: list[Record] = []
        self.size = 0

    def write(self, document: Document, records: Sequence[Record]) -> None:
        """Take the records of one document; they go out with their row group."""
        for record in records:
            self.rows.append(record)
            self.size += 1000 + 3 * len(record["content"]["text"])
            if self.size >= GROUP:
                self._write_group()

    def finish(self) -> None:
        """Write the last row group, and where all of them are."""
        if self.rows:
            self._write_group()
        with self.sink.open():
            self.writer.close()

    def _write_group(self) -> None:
        with self.sink.open():
            self.writer.write_table(record_table(self.rows, self.schema))
        self.rows, self.size = [], 0


class _Sink(io.RawIOBase):
    """A stream that knows how far it is, as a pipe does not, and takes bytes while it is open.

    A writer that is given up writes the file's end all the same when it is deleted: a broken file must not look whole.
    """

    def __init__(self, stream: BinaryIO):
        self.stream, self.position, self.takes = stream, 0, False

    @contextmanager
    def open(self) -> Iterator[None]:
        self.takes = True
        try:
            yield
        finally:
            self.takes = False
        self.stream.flush()

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        size = memoryview(data).nbytes
        if self.takes:
            self.stream.write(data)
        self.position += size
        return size

    def tell(self) -> int:
        return self.position
