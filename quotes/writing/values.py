"""What a format is: it takes the records of one document after another and ends well."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, BinaryIO, Protocol

__all__ = ["Format", "OpenFormat", "Record"]

Record = Mapping[str, Any]
"""One record, as `quotes.record.to_record` makes it."""


class Format(Protocol):
    """Turns records into the bytes of one file."""

    def write(self, records: Iterable[Record]) -> None:
        """Write the records of one document."""

    def finish(self) -> None:
        """Write what stands at the end of the file; the stream stays open."""


class OpenFormat(Protocol):
    """A format on a stream that is open for writing."""

    def __call__(self, stream: BinaryIO, /) -> Format: ...
