"""Records → files. A new format is a module beside this one and a line in `FORMATS`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import Final

from quotes.errors import OutputError
from quotes.writing.jsonl import JsonLines
from quotes.writing.streams import open_output, uninterrupted
from quotes.writing.values import Format, OpenFormat, Record

__all__ = ["FORMATS", "Format", "Record", "Writer", "open_writer"]

FORMATS: Final[Mapping[str, OpenFormat]] = MappingProxyType({"jsonl": JsonLines})


class Writer:
    """Writes the records of one document after another."""

    def __init__(self, format: Format, name: str):
        self.format = format
        self.name = name

    def write(self, records: Iterable[Record]) -> None:
        """Write the records of one document; Ctrl-C waits for the last of them.

        Raises OutputError where the output cannot take them, BrokenPipeError where nobody reads it any more.
        """
        with uninterrupted(), _named(self.name):
            self.format.write(records)


@contextmanager
def open_writer(path: Path | None = None, format: str = "jsonl") -> Iterator[Writer]:
    """A writer to the file `path`, or to standard output (None).

    A file appears under its name when the block ends; where the block raises, no trace of it is left. Raises
    OutputError where it cannot be written.
    """
    name = str(path) if path else "standard output"
    with _named(name), open_output(path) as stream:
        chosen = FORMATS[format](stream)
        yield Writer(chosen, name)
        chosen.finish()


@contextmanager
def _named(output: str) -> Iterator[None]:
    """An error of the system as one that names the output; a closed pipe is no error, and its reader's affair."""
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        raise OutputError(f"{output}: cannot be written: {error.strerror or error}") from error
