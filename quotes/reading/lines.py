"""Files of lines that are no articles (records, decisions, gold), read under the same bounds as articles are."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from quotes.errors import DocumentError
from quotes.reading.limits import lines
from quotes.reading.pipes import open_named
from quotes.reading.values import Problem, ReadOptions

__all__ = ["Kept", "read_lines"]

DEFAULTS = ReadOptions()


class Kept:
    """Counts what a command keeps in memory of the lines that it reads, in as many files as there are."""

    def __init__(self, options: ReadOptions) -> None:
        self._most = self._left = options.max_kept_bytes

    def add(self, size: int) -> None:
        """Count so many bytes more. Raises DocumentError where that is too much."""
        self._left -= size
        if self._left < 0:
            raise DocumentError(
                f"is more than can be kept (over {self._most:,} bytes in all; split it, or raise `max_kept_bytes`)"
            )


def read_lines(
    file: str | Path, on_problem: Callable[[str], None], options: ReadOptions = DEFAULTS, kept: Kept | None = None
) -> Iterator[tuple[int, bytes]]:
    """The lines of a file ("-": standard input) that hold something, with their numbers, from 1.

    `on_problem` gets one line, which names the file, for each that is too long, and where nothing more can be read,
    or `kept`, where the caller keeps all lines.
    """
    try:
        with open_named(file, options) as stream:
            for found in lines(stream, options):
                if isinstance(found, Problem):
                    on_problem(f"{file}: {found.place}: {found.message}")
                elif found[1].strip():
                    if kept:
                        kept.add(len(found[1]))
                    yield found
    except OSError as error:
        on_problem(f"{file}: cannot be read: {error.strerror or error}")
    except DocumentError as error:
        on_problem(f"{file}: {error}")
