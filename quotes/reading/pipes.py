"""Pipes, devices and standard input: what may never say anything, and never end, is waited for so long and no longer.

Where a system cannot say whether a pipe has something to give (Windows), it is waited for without a bound.
"""

from __future__ import annotations

import io
import os
import select
import stat
import sys
from pathlib import Path
from typing import BinaryIO, Final, cast

from quotes.errors import DocumentError

__all__ = ["open_file", "patiently"]

# Opening a pipe waits for a writer, unless it is told not to. Elsewhere a pipe opened so seems to be at its end.
AT_ONCE: Final = os.O_NONBLOCK if sys.platform == "linux" else 0


def open_file(path: str, seconds: int) -> BinaryIO:
    """The file at `path`, to be read. One that is a pipe is read `patiently`."""
    if not stat.S_ISFIFO(Path(path).stat().st_mode):
        return Path(path).open("rb")
    pipe = open(path, "rb", opener=lambda name, flags: os.open(name, flags | AT_ONCE))  # noqa: SIM115
    return patiently(pipe, seconds, own=True)


def patiently(stream: BinaryIO, seconds: int, own: bool = False) -> BinaryIO:
    """`stream`, or, where it is no file on a disk and nobody types it, one that raises DocumentError where nothing
    comes for `seconds` (0: waits without a bound). Its `own` stream is closed with it."""
    try:
        mode = os.fstat(stream.fileno()).st_mode
    except (OSError, ValueError):  # no file at all
        return stream
    if not seconds or os.name == "nt" or stat.S_ISREG(mode) or stream.isatty():
        return stream
    return io.BufferedReader(_Patient(stream, seconds, own))


class _Patient(io.RawIOBase):
    def __init__(self, stream: BinaryIO, seconds: int, own: bool) -> None:
        self._stream, self._seconds, self._own = cast(io.BufferedReader, stream), seconds, own

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int | None:  # type: ignore[override]
        if not select.select([self._stream], [], [], self._seconds)[0]:
            raise DocumentError(f"has said nothing for {self._seconds:,} seconds (raise `max_wait`)")
        data = self._stream.read1(len(buffer))
        buffer[: len(data)] = data
        return len(data)

    def close(self) -> None:
        """A pipe is closed with it; standard input is not ours to close."""
        if not self.closed and self._own:
            self._stream.close()
        super().close()
