"""Parquet: one record a row, with the columns of the record's own layout (structs and lists), in row groups.

The columns are made from the record's JSON Schema. Parquet knows no recursion: a member of a joint speaker, itself a
mention, has no `members`, as in every record.
"""

from __future__ import annotations

import importlib
import io
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Any, BinaryIO

from quotes.errors import OutputError
from quotes.schema import read_schema
from quotes.types import Document
from quotes.writing.text import well_formed_all
from quotes.writing.values import Record

__all__ = ["Parquet"]

# Characters of text in a row group, about: what is held in memory.
GROUP = 2_000_000


class Parquet:
    """A file of row groups, each written once it is full. Raises OutputError where pyarrow is missing."""

    def __init__(self, stream: BinaryIO):
        self.schema, self.sink = _schema(), _Sink(stream)
        with self.sink.open():
            self.writer = _arrow("pyarrow.parquet").ParquetWriter(self.sink, self.schema)
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
            self.writer.write_table(_table(self.rows, self.schema))
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


def _table(rows: Sequence[Record], schema: Any) -> Any:
    try:
        return _arrow().Table.from_pylist(rows, schema=schema)
    except UnicodeEncodeError:
        return _arrow().Table.from_pylist(well_formed_all(rows), schema=schema)


@cache
def _schema() -> Any:
    schema = json.loads(read_schema())
    return _arrow().schema([_field(name, schema["properties"][name], schema["$defs"]) for name in schema["required"]])


def _field(name: str, schema: Mapping[str, Any], definitions: Mapping[str, Any], above: tuple[str, ...] = ()) -> Any:
    return _arrow().field(name, _type(schema, definitions, above))


def _type(schema: Mapping[str, Any], definitions: Mapping[str, Any], above: tuple[str, ...]) -> Any:
    arrow = _arrow()
    if reference := schema.get("$ref"):
        return _type(definitions[reference.rpartition("/")[2]], definitions, (*above, reference))
    kinds = schema.get("type", "string")
    kind = kinds if isinstance(kinds, str) else next(kind for kind in kinds if kind != "null")
    if kind == "array":
        return arrow.list_(_type(schema["items"], definitions, above))
    if kind == "object":
        parts = schema["properties"].items()
        return arrow.struct(
            [_field(name, part, definitions, above) for name, part in parts if not _recurs(part, above)]
        )
    return {"string": arrow.string(), "integer": arrow.int64(), "number": arrow.float64()}[kind]


def _recurs(schema: Mapping[str, Any], above: tuple[str, ...]) -> bool:
    reference = schema.get("items", {}).get("$ref")
    return reference is not None and above.count(reference) > 1


def _arrow(module: str = "pyarrow") -> Any:
    try:
        return importlib.import_module(module)
    except ImportError as error:
        raise OutputError("parquet cannot be written without pyarrow: pip install 'newsquotes[parquet]'") from error
