"""JSON Lines: one record a line, in UTF-8 whatever the locale says."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import BinaryIO

from quotes.writing.values import Record

__all__ = ["JsonLines"]

# Line ends to some readers of lines, though not to JSON.
_LINE_ENDS = {"\x85": "\\u0085", "\u2028": "\\u2028", "\u2029": "\\u2029"}
_to_json = json.JSONEncoder(ensure_ascii=False, allow_nan=False).encode


class JsonLines:
    """Each document's lines go out at once."""

    def __init__(self, stream: BinaryIO, /):
        self.stream = stream

    def write(self, records: Iterable[Record]) -> None:
        """Write the records of one document."""
        for record in records:
            self.stream.write(_to_line(record).encode("utf-8"))
        self.stream.flush()

    def finish(self) -> None:
        """Nothing stands at the end of JSON Lines."""


def _to_line(record: Record) -> str:
    line = _to_json(record)
    for end, escaped in _LINE_ENDS.items():
        line = line.replace(end, escaped)
    return line + "\n"
