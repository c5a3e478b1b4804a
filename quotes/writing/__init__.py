"""Records → files. A new format is a module beside this one and a line in `FORMATS`."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import Final

from quotes.errors import OutputError, ResumeError
from quotes.interrupts import uninterrupted
from quotes.types import Document
from quotes.writing.journal import Part, open_part
from quotes.writing.jsonl import JsonLines
from quotes.writing.streams import is_file, open_output
from quotes.writing.values import Format, OpenFormat, Record

__all__ = ["FORMATS", "Format", "Record", "Writer", "open_writer"]

FORMATS: Final[Mapping[str, OpenFormat]] = MappingProxyType({"jsonl": JsonLines})
# What one document adds stands in one piece and depends on no other: the file can be cut after any and gone on with.
RESUMABLE: Final = frozenset({"jsonl"})

Report = Callable[[str], None]
_log: Report = logging.getLogger(__name__).warning


class Writer:
    """Writes the records of one document after another. `part` remembers which documents are done."""

    def __init__(self, format: Format, name: str, part: Part | None = None):
        self.format = format
        self.name = name
        self.part = part

    def remaining(
        self, documents: Iterable[Document], on_done: Callable[[Document, Sequence[str]], None]
    ) -> Iterable[Document]:
        """The documents that a run before this one has not done; `on_done` gets the others, and what they met with.

        To be used up before the first `write`, as far as the first document that it gives.
        """
        return self.part.remaining(documents, on_done) if self.part else documents

    def write(self, document: Document, records: Iterable[Record], problems: Sequence[str] = ()) -> None:
        """Write the records of one document; Ctrl-C waits for the last of them. `problems` are what it met with.

        Raises OutputError where the output cannot take them, BrokenPipeError where nobody reads it any more.
        """
        with uninterrupted(), _named(self.name):
            self.format.write(records)
            if self.part:
                self.part.done(document, problems)


@contextmanager
def open_writer(
    path: Path | None = None,
    format: str = "jsonl",
    *,
    made_by: str = "",
    resume: bool = False,
    on_warning: Report = _log,
) -> Iterator[Writer]:
    """A writer to the file `path`, or to standard output (None).

    A file appears under its name when the block ends. Where the block raises, formats that can be resumed leave
    `path.part` and `path.journal` behind, others nothing. `resume` goes on with what was left, if it was `made_by` the
    same. Raises OutputError where the file cannot be written, ResumeError where it cannot be gone on with.
    """
    name = str(path) if path else "standard output"
    with _named(name), ExitStack() as stack:
        if path and is_file(path) and format in RESUMABLE:
            part = stack.enter_context(open_part(path.resolve(), made_by, resume=resume, on_warning=on_warning))
            stream = part.stream
        elif resume:
            raise ResumeError(f"{name}: cannot be resumed: give a file (-o FILE) of JSON Lines, or leave --resume out")
        else:
            part, stream = None, stack.enter_context(open_output(path))
        chosen = FORMATS[format](stream)
        yield Writer(chosen, name, part)
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
