"""Reading no more than the options allow."""

from __future__ import annotations

from typing import BinaryIO

from quotes.errors import DocumentError
from quotes.reading.values import ReadOptions

__all__ = ["read_whole"]


def read_whole(stream: BinaryIO, options: ReadOptions) -> bytes:
    """All of `stream`. Raises DocumentError where that is more than `options.max_bytes`."""
    data = stream.read(options.max_bytes + 1)
    if len(data) > options.max_bytes:
        raise DocumentError(f"is too large for one article (over {options.max_bytes:,} bytes; raise `max_bytes`)")
    return data
