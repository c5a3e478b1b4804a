"""Where records go: a file or folder that is whole or absent, or standard output, line by whole line."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from secrets import token_hex
from typing import BinaryIO

from quotes.errors import OutputError

__all__ = ["is_file", "open_folder", "open_output", "standard_output"]


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
    partial = path.with_name(
        f".quotes-{token_hex(8)}.part"
    )  # named first: an interrupt may come right after it is made
    try:
        with partial.open("xb") as stream:
            yield stream
        if path.exists():
            shutil.copymode(path, partial)
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


@contextmanager
def open_folder(path: Path) -> Iterator[Path]:
    """A hidden folder beside `path` that takes its name at the end, or disappears.

    Raises OutputError where something stands there: nobody's files are replaced.
    """
    _refuse_taken(path)
    partial = path.resolve().with_name(f".quotes-{token_hex(8)}.part")
    try:
        partial.mkdir()
        yield partial
        _refuse_taken(path)
        partial.replace(path.resolve())
    finally:
        shutil.rmtree(partial, ignore_errors=True)


def _refuse_taken(path: Path) -> None:
    if not is_file(path) and path.is_dir() and not any(path.iterdir()):
        return
    if path.exists() or path.is_symlink():
        raise OutputError(f"{path}: is there already, and is no empty folder: name a new one")
