"""What a format is: it takes one document with its records after another, and ends well."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, BinaryIO, Literal, Protocol

from quotes.offsets import UNIT, Unit
from quotes.types import Document

__all__ = ["Columns", "Folder", "Format", "Kind", "Record", "Stream"]

Record = Mapping[str, Any]
"""One record, as `quotes.record.to_record` makes it."""


class Format(Protocol):
    """Turns documents and their records into the bytes of one file, or the files of one folder."""

    def write(self, document: Document, records: Sequence[Record]) -> None:
        """Write one document's records; formats that show the text write documents without records too."""

    def finish(self) -> None:
        """Write what stands at the end; the stream stays open."""


Columns = Literal["short", "all"]


@dataclass(frozen=True, slots=True)
class Stream:
    """A format that is one file, opened on a stream of bytes.

    `resumable`: what one document adds stands in one piece and depends on no other, so that the file can be cut after
    any and gone on with. `units`: what the offsets of its records may count. `wide`: the same with every column, where
    `open` gives a choice of them.
    """

    open: Callable[[BinaryIO], Format]
    resumable: bool = False
    units: tuple[Unit, ...] = (UNIT,)
    wide: Callable[[BinaryIO], Format] | None = None

    def opener(self, columns: Columns) -> Callable[[BinaryIO], Format]:
        """`open`, or `wide` where all columns are asked for and there is a choice."""
        return self.wide if self.wide and columns == "all" else self.open


@dataclass(frozen=True, slots=True)
class Folder:
    """A format that is a folder of files, opened on an empty folder."""

    open: Callable[[Path], Format]
    units: tuple[Unit, ...] = (UNIT,)


Kind = Stream | Folder
