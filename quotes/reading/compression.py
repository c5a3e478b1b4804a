"""Compressed files, unfolded as they are read and never beyond `max_expanded_bytes`."""

from __future__ import annotations

import gzip
import io
import sys
import zlib
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import BinaryIO

from quotes.errors import DocumentError
from quotes.extras import to_read
from quotes.reading.limits import expands_beyond
from quotes.reading.values import ReadOptions

__all__ = ["COMPRESSIONS", "unfold"]

BUFFER = 256 * 1024


class _Unfolded(io.RawIOBase):
    """A decompressed stream that counts its bytes and tells of damage as DocumentError."""

    def __init__(self, inner: BinaryIO, limit: int, damage: tuple[type[Exception], ...]) -> None:
        self._inner, self._limit, self._damage, self._count = inner, limit, damage, 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        try:
            data = self._inner.read(len(buffer))
        except self._damage as error:
            raise DocumentError(f"is cut off or damaged: {error}") from error
        self._count += len(data)
        if self._count > self._limit:
            raise DocumentError(expands_beyond(self._limit))
        buffer[: len(data)] = data
        return len(data)


def _gzip(stream: BinaryIO, limit: int) -> io.RawIOBase:
    inner = gzip.GzipFile(fileobj=stream, mode="rb")
    return _Unfolded(inner, limit, (EOFError, zlib.error, gzip.BadGzipFile))  # type: ignore[arg-type]


def _zstd(stream: BinaryIO, limit: int) -> io.RawIOBase:
    name = "compression.zstd" if sys.version_info >= (3, 14) else "backports.zstd"
    zstd = to_read("zstd").require(name)
    return _Unfolded(zstd.ZstdFile(stream), limit, (EOFError, zstd.ZstdError))


COMPRESSIONS: Mapping[str, Callable[[BinaryIO, int], io.RawIOBase]] = MappingProxyType({".gz": _gzip, ".zst": _zstd})


def unfold(stream: BinaryIO, suffix: str, options: ReadOptions) -> BinaryIO:
    """`stream`, decompressed as `suffix` (".gz", ".zst", or "" for not at all) says.

    Reading raises DocumentError where the file is cut off, damaged, or unfolds beyond the limit.
    """
    opener = COMPRESSIONS.get(suffix)
    return io.BufferedReader(opener(stream, options.max_expanded_bytes), BUFFER) if opener else stream
