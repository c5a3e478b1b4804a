"""Pipes, devices and standard input may never say anything, and never end: they are waited for so long, and read so
far, and no longer.

Where a system cannot say whether a pipe has something to give (Windows), it is waited for without a bound.
"""

from __future__ import annotations

import io
import os
import select
import stat
import sys
import time
from contextlib import AbstractContextManager, nullcontext
from math import inf
from pathlib import Path
from threading import Event
from typing import BinaryIO, Final, cast

from quotes.errors import DocumentError
from quotes.reading.values import ReadOptions

__all__ = ["ENDING", "STDIN", "may_pause", "open_named"]

STDIN = "-"
# Bytes asked for at a time: an endless device is read up to its bound in a minute.
BUFFER: Final = 2**18

LOOK: Final = 0.2
"""Seconds after which who waits for a pipe looks whether the program ends."""
ENDING: Final = Event()
"""Set when the program ends: no thread may be reading then, for Python would abort."""
CAN_ASK: Final = os.name != "nt"
"""Whether the system can say that a pipe has something to give."""
# Opening a pipe waits for a writer, unless it is told not to. Elsewhere a pipe opened so seems to be at its end.
AT_ONCE: Final = os.O_NONBLOCK if sys.platform == "linux" else 0


def open_named(file: str | Path, options: ReadOptions) -> AbstractContextManager[BinaryIO]:
    """A file, or standard input ("-"), to be read.

    Where it is a pipe or a device, and nobody types it, reading raises DocumentError once nothing comes for
    `options.max_wait` seconds, or more than `options.max_expanded_bytes` have come.
    """
    if file != STDIN:
        return _open(file, options)
    if sys.stdin is None:
        raise DocumentError("is closed")
    return nullcontext(_patiently(sys.stdin.buffer, options, own=False))


def may_pause(file: str | Path) -> bool:
    """Whether this is a pipe or a device, which may say something now and something later. (Who types an article can
    wait for its end.)"""
    try:
        stream = sys.stdin.buffer if file == STDIN and sys.stdin else None
        status = os.fstat(stream.fileno()) if stream else Path(file).stat()
        return CAN_ASK and stat.S_IFMT(status.st_mode) not in (stat.S_IFREG, stat.S_IFDIR) and not _is_typed(stream)
    except (OSError, ValueError):
        return False


def _is_typed(stream: BinaryIO | None) -> bool:
    return stream is not None and stream.isatty()


def _open(path: str | Path, options: ReadOptions) -> BinaryIO:
    if not stat.S_ISFIFO(Path(path).stat().st_mode):
        return _patiently(Path(path).open("rb"), options, own=True)
    pipe = open(path, "rb", opener=lambda name, flags: os.open(name, flags | AT_ONCE))  # noqa: SIM115
    return _patiently(pipe, options, own=True)


def _patiently(stream: BinaryIO, options: ReadOptions, own: bool) -> BinaryIO:
    """`stream` itself where it is a file on a disk, or somebody types it. Its `own` stream is closed with it."""
    try:
        mode = os.fstat(stream.fileno()).st_mode
    except (OSError, ValueError):  # no file at all
        return stream
    if stat.S_ISREG(mode) or stream.isatty():
        return stream
    return io.BufferedReader(_Patient(stream, options, own), BUFFER)


class _Patient(io.RawIOBase):
    def __init__(self, stream: BinaryIO, options: ReadOptions, own: bool) -> None:
        self._stream, self._own = cast(io.BufferedReader, stream), own
        self._seconds = options.max_wait
        self._most = self._left = options.max_expanded_bytes

    def readable(self) -> bool:
        return True

    def _has_something(self) -> bool:
        """Whether something comes in time; nothing does once the program ends."""
        end = time.monotonic() + (self._seconds or inf)
        while not ENDING.is_set() and (left := end - time.monotonic()) > 0:
            if select.select([self._stream], [], [], min(left, LOOK))[0]:
                return True
        return False

    def readinto(self, buffer: memoryview) -> int | None:  # type: ignore[override]
        if CAN_ASK and not self._has_something():
            raise DocumentError(f"has said nothing for {self._seconds:,} seconds (raise `max_wait`)")
        data = self._stream.read1(len(buffer))
        self._left -= len(data)
        if self._left < 0:
            raise DocumentError(f"does not end within {self._most:,} bytes (raise `max_expanded_bytes`)")
        buffer[: len(data)] = data
        return len(data)

    def close(self) -> None:
        """A pipe is closed with it; standard input is not ours to close."""
        if not self.closed and self._own:
            self._stream.close()
        super().close()
