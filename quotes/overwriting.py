"""What is read is not written over, by whatever name or link it is called."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from quotes.errors import OverwritingError
from quotes.reading import ReadOptions, find_sources, read_documents
from quotes.writing import made_with

__all__ = ["refuse_overwriting"]

DEFAULTS = ReadOptions()


def refuse_overwriting(output: Path | None, paths: Iterable[str | Path], options: ReadOptions = DEFAULTS) -> None:
    """Raises OverwritingError where `output`, or a file that is made on the way to it, is one of the files in `paths`.

    What an earlier run has written into a folder that is read may be written anew: it holds no article.
    """
    named = list(paths)
    if output is None:
        return
    if any(_is_same(path, made) for path in named for made in made_with(output)):
        raise OverwritingError(f"{output}: is to be read, and would be written over: name another file with -o")
    folders = [path for path in named if os.path.isdir(path)]  # noqa: PTH112 (Path.is_dir can raise)
    if folders and _is_file(output) and _lies_in(output, folders) and _holds_articles(output, options):
        raise OverwritingError(f"{output}: is one of the articles, and would be written over: name another with -o")


def _is_same(path: str | Path, other: Path) -> bool:
    try:
        return _is_file(path) and other.samefile(path)
    except (OSError, ValueError):
        return False


def _is_file(path: str | Path) -> bool:
    return os.path.isfile(path)  # noqa: PTH113 (Path.is_file can raise)


def _lies_in(file: Path, paths: Iterable[str | Path]) -> bool:
    """Whether a folder that is read leads there, by links as well."""
    sources = (getattr(found, "path", None) for found in find_sources(paths))
    return any(path is not None and _is_same(path, file) for path in sources)


def _holds_articles(file: Path, options: ReadOptions) -> bool:
    documents = read_documents([file], on_error=lambda _: None, on_warning=lambda _: None, options=options)
    return next(documents, None) is not None
