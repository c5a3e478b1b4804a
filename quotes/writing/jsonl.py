"""JSON Lines: one record a line, in UTF-8 whatever the locale says."""

from __future__ import annotations

from collections.abc import Sequence
from typing import BinaryIO

from quotes.types import Document
from quotes.writing.text import to_json
from quotes.writing.values import Record

__all__ = ["JsonLines"]


class JsonLines:
    """Each document's lines go out at once."""

    def __init__(self, stream: BinaryIO):
        self.stream = stream

    def write(self, document: Document, records: Sequence[Record]) -> None:
        """Write the records of one document."""
        for record in records:
            self.stream.write(to_json(record) + b"\n")
        self.stream.flush()

    def finish(self) -> None:
        """Nothing stands at the end of JSON Lines."""
