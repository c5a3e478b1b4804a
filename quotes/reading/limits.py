"""Reading no more than the options allow."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import BinaryIO

from quotes.errors import DocumentError
from quotes.reading.values import Problem, ReadOptions

__all__ = ["expands_beyond", "lines", "read_up_to", "read_whole", "refuse_endless", "seekable", "too_large"]


def too_large(limit: int, option: str) -> str:
    """The message for what goes over a limit."""
    return f"is too large (over {limit:,} bytes; raise `{option}`)"


def expands_beyond(limit: int) -> str:
    """The message for a small file that holds too much."""
    return f"unfolds to more than {limit:,} bytes (raise `max_expanded_bytes`)"


def read_up_to(stream: BinaryIO, limit: int, option: str) -> bytes:
    """All of `stream`. Raises DocumentError where that is more than `limit` bytes."""
    data = stream.read(limit + 1)
    if len(data) > limit:
        raise DocumentError(too_large(limit, option))
    return data


def read_whole(stream: BinaryIO, options: ReadOptions) -> bytes:
    """All of `stream`, one article. Raises DocumentError where that is more than `options.max_bytes`."""
    return read_up_to(stream, options.max_bytes, "max_bytes")


def seekable(stream: BinaryIO, options: ReadOptions) -> BinaryIO:
    """`stream` itself, or its content, for libraries that jump about in a file."""
    return stream if stream.seekable() else io.BytesIO(read_whole(stream, options))


def lines(stream: BinaryIO, options: ReadOptions) -> Iterator[tuple[int, bytes] | Problem]:
    """The lines of `stream` with their numbers, from 1. One over `options.max_bytes` is a Problem, never in memory."""
    number = 0
    while line := stream.readline(options.max_bytes + 1):
        number += 1
        if len(line) > options.max_bytes:
            yield Problem(too_large(options.max_bytes, "max_bytes"), f"line {number}")
            _skip_line(stream, line, options, number)
        else:
            yield number, line


def _skip_line(stream: BinaryIO, line: bytes, options: ReadOptions, number: int) -> None:
    skipped = 0
    while line and not line.endswith(b"\n"):
        refuse_endless(skipped, options, number)
        line = stream.readline(2**20)
        skipped += len(line)


def refuse_endless(skipped: int, options: ReadOptions, number: int) -> None:
    """Raises DocumentError where a line has gone on for longer than any file may: a device, or a pipe without end."""
    if skipped > options.max_expanded_bytes:
        raise DocumentError(f"has a line {number} without end (over {skipped:,} bytes; raise `max_expanded_bytes`)")
