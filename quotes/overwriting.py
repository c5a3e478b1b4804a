"""What is read is not written over, by whatever name or link it is called."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

from quotes.errors import OverwritingError
from quotes.reading import STDIN, ReadOptions, find_sources, read_documents
from quotes.writing import made_with

__all__ = ["refuse_overwriting"]

DEFAULTS = ReadOptions()
STANDARD_INPUT, STANDARD_OUTPUT = 0, 1


def refuse_overwriting(output: Path | None, paths: Iterable[str | Path], options: ReadOptions = DEFAULTS) -> None:
    """Raises OverwritingError where `output`, or a file that is made on the way to it, is one of the files in `paths`.

    Standard input ("-") and output (None) are the files that the shell has put there. What an earlier run has written
    into a folder that is read may be written anew: it holds no article.
    """
    named, name = list(paths), output or "standard output"
    if any(_is_same(path, made) for path in named for made in (made_with(output) if output else [STANDARD_OUTPUT])):
        another = "name another file with -o" if output else "send it to another file"  # not all commands have -o
        raise OverwritingError(f"{name}: is to be read, and would be written over: {another}")
    if output is None:
        return
    folders = [path for path in named if os.path.isdir(path)]  # noqa: PTH112 (Path.is_dir can raise)
    if folders and _file(output) and _lies_in(output, folders) and _holds_articles(output, options):
        raise OverwritingError(f"{output}: is one of the articles, and would be written over: name another with -o")


def _is_same(path: str | Path, other: Path | int) -> bool:
    one, two = _file(STANDARD_INPUT if os.fspath(path) == STDIN else path), _file(other)
    return one is not None and two is not None and os.path.samestat(one, two)


def _file(path: str | Path | int) -> os.stat_result | None:
    """The file that stands there, or that a stream is, by its number; None where it is none."""
    with suppress(OSError, ValueError):
        status = os.stat(path)  # noqa: PTH116 (a stream has no Path)
        return status if stat.S_ISREG(status.st_mode) else None
    return None


def _lies_in(file: Path, paths: Iterable[str | Path]) -> bool:
    """Whether a folder that is read leads there, by links as well."""
    sources = (getattr(found, "path", None) for found in find_sources(paths))
    return any(path is not None and _is_same(path, file) for path in sources)


def _holds_articles(file: Path, options: ReadOptions) -> bool:
    documents = read_documents([file], on_error=lambda _: None, on_warning=lambda _: None, options=options)
    return next(documents, None) is not None
