"""Where records go: a file or folder that is whole or absent, or standard output, line by whole line."""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from quotes.errors import OutputError
from quotes.partial import lock, partial_beside

__all__ = ["is_file", "open_folder", "open_new", "open_output", "standard_output"]


def is_file(path: Path) -> bool:
    """Whether `path` is, or will be, a regular file; a folder fails when it is opened."""
    return path.is_file() or not path.exists()


@contextmanager
def open_output(path: Path | None) -> Iterator[BinaryIO]:
    """The file `path`, which appears under its name once the block has ended, or standard output (None)."""
    if path is None:
        yield standard_output()
    elif not is_file(path):
        with path.open("wb") as stream:  # a pipe or a device; a folder fails here
            yield stream
    else:
        with _whole_file(path.resolve()) as stream:
            yield stream


def standard_output() -> BinaryIO:
    """Raises OutputError where it was closed before the program began."""
    if sys.stdout is None:
        raise OutputError("standard output is closed")
    return sys.stdout.buffer


@contextmanager
def _whole_file(path: Path) -> Iterator[BinaryIO]:
    """A hidden file beside `path` that takes its name at the end, or disappears."""
    partial = partial_beside(path)  # named first: an interrupt may come right after it is made
    try:
        with open_new(partial, path) as stream:
            lock(stream.fileno())
            yield stream
        if path.exists():
            shutil.copymode(path, partial)
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


def open_new(path: Path, beside: Path) -> BinaryIO:
    """A new file to read and write, with the rights of the file that it will replace, where there is one.

    Raises FileExistsError where anything stands there, be it a link that leads nowhere.
    """
    rights = 0o666
    with suppress(OSError):
        rights = beside.stat().st_mode & 0o777
    return open(path, "x+b", opener=lambda name, flags: os.open(name, flags, rights))


@contextmanager
def open_folder(path: Path) -> Iterator[Path]:
    """A hidden folder beside `path` that takes its name at the end, or disappears.

    Raises OutputError where something stands there: nobody's files are replaced.
    """
    _refuse_taken(path)
    partial = partial_beside(path.resolve())
    try:
        partial.mkdir()
        with _held(partial):
            yield partial
        _refuse_taken(path)
        partial.replace(path.resolve())
    finally:
        shutil.rmtree(partial, ignore_errors=True)


@contextmanager
def _held(folder: Path) -> Iterator[None]:
    file = os.open(folder, os.O_RDONLY)
    try:
        lock(file)
        yield
    finally:
        os.close(file)


def _refuse_taken(path: Path) -> None:
    if not is_file(path) and path.is_dir() and not any(path.iterdir()):
        return
    if path.exists() or path.is_symlink():
        raise OutputError(f"{path}: is there already, and is no empty folder: name a new one")
