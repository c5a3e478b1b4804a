"""One JSON text of many items, written as they come."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, BinaryIO

from quotes.writing.text import to_json

__all__ = ["JsonArray"]


class JsonArray:
    """An array, one item a line, between `before` and `after`; safe inside a web page's <script>."""

    def __init__(self, stream: BinaryIO, before: bytes = b"[", after: bytes = b"]"):
        self.stream, self.after = stream, after
        self.between = before + b"\n"

    def write(self, items: Iterable[Any]) -> None:
        """Write some more items."""
        for item in items:
            self.stream.write(self.between + to_json(item, in_html=True))
            self.between = b",\n"
        self.stream.flush()

    def finish(self) -> None:
        """Close the array."""
        start = b"" if self.between == b",\n" else self.between
        self.stream.write(start + b"\n" * (not start) + self.after + b"\n")
        self.stream.flush()
