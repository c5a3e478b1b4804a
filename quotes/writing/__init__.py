"""Records → files. A new format is a module beside this one and a line in `FORMATS`."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from pathlib import Path
from types import MappingProxyType
from typing import BinaryIO, Final

from quotes.errors import OutputError, ResumeError
from quotes.interrupts import uninterrupted
from quotes.offsets import UNIT, UNITS
from quotes.partial import sweep
from quotes.types import Document
from quotes.writing.brat import Brat
from quotes.writing.claimreview import ClaimReview
from quotes.writing.csv import COLUMNS, Csv
from quotes.writing.docbin import DocBinary
from quotes.writing.doccano import Doccano
from quotes.writing.journal import JOURNAL, LOST, PART, Part, open_part
from quotes.writing.jsonl import JsonLines
from quotes.writing.labelstudio import LabelStudio
from quotes.writing.listing import Listing
from quotes.writing.marker import DONE, Tally, open_marker
from quotes.writing.parquet import Parquet
from quotes.writing.prodigy import Prodigy
from quotes.writing.sqlite import Sqlite
from quotes.writing.streams import is_file, open_folder, open_output
from quotes.writing.text import to_bytes
from quotes.writing.values import Columns, Folder, Format, Kind, Record, Stream
from quotes.writing.webannotation import WebAnnotation
from quotes.writing.xlsx import Xlsx

__all__ = [
    "FORMATS",
    "Columns",
    "Format",
    "Record",
    "Tally",
    "Writer",
    "choose_format",
    "made_with",
    "open_marker",
    "open_writer",
    "print_lines",
]


def _html(stream: BinaryIO) -> Format:
    """The page for reviewing: its templates, and who looks for the same words elsewhere, take long to load."""
    from quotes.writing.html import Html

    return Html(stream)


FORMATS: Final[Mapping[str, Kind]] = MappingProxyType(
    {
        "jsonl": Stream(JsonLines, resumable=True, units=UNITS),
        "text": Stream(Listing),
        "csv": Stream(Csv, units=UNITS, wide=partial(Csv, columns=COLUMNS)),
        "xlsx": Stream(Xlsx, units=UNITS, wide=partial(Xlsx, columns=COLUMNS)),
        "sqlite": Stream(Sqlite, units=UNITS),
        "parquet": Stream(Parquet, units=UNITS),
        "webannotation": Stream(WebAnnotation),
        "claimreview": Stream(ClaimReview),
        "labelstudio": Stream(LabelStudio),
        "prodigy": Stream(Prodigy, resumable=True),
        "doccano": Stream(Doccano, resumable=True, units=(UNIT, "utf16", "grapheme")),
        "brat": Folder(Brat),
        "docbin": Stream(DocBinary),
        "html": Stream(_html),
    }
)
# Endings that are not the format's name. Those of several formats need it before them: out.labelstudio.json.
ENDINGS: Final = MappingProxyType(
    {"ndjson": "jsonl", "txt": "text", "db": "sqlite", "sqlite3": "sqlite", "spacy": "docbin", "htm": "html"}
)
SHARED_ENDINGS: Final = frozenset({"json", "jsonld"})

Report = Callable[[str], None]
_log: Report = logging.getLogger(__name__).warning


def choose_format(path: Path | None, format: str | None = None) -> str:
    """The format's name: `format`, else what the ending of `path` says; jsonl where there is no ending.

    Raises OutputError where the ending is that of several formats or of none, and where a folder is to go to standard
    output.
    """
    suffixes = [suffix.lstrip(".").lower() for suffix in path.suffixes[-2:]] if path else []
    named = [name for suffix in suffixes if (name := ENDINGS.get(suffix, suffix)) in FORMATS]
    if not format and not named and suffixes and suffixes[-1] in SHARED_ENDINGS:
        raise OutputError(f"{path}: several formats end so: give --format, or a name such as out.labelstudio.json")
    if not format and suffixes and suffixes[-1] not in {*FORMATS, *ENDINGS, *SHARED_ENDINGS}:
        endings = ", ".join(f".{name}" for name in (*FORMATS, *ENDINGS))
        raise OutputError(f"{path}: no format ends in .{suffixes[-1]}: give --format, or one of the endings {endings}")
    chosen = format or next(iter(named), "jsonl")
    if path is None and isinstance(FORMATS[chosen], Folder):
        raise OutputError(f"{chosen} is a folder of files: name a new one with -o")
    return chosen


def made_with(path: Path) -> list[Path]:
    """The output `path`, and all that a run may write beside it under a name of its own."""
    return [path.with_name(path.name + end) for end in ("", PART, JOURNAL, LOST, DONE)] if path.name else [path]


class Writer:
    """Writes the records of one document after another. `part` remembers which documents are done."""

    def __init__(self, format: Format, name: str, part: Part | None = None):
        self.format = format
        self.name = name
        self.part = part

    def remaining(
        self, documents: Iterable[Document | None], on_done: Callable[[Document, Sequence[str]], None]
    ) -> Iterable[Document | None]:
        """The documents that a run before this one has not done; `on_done` gets the others, and what they met with.
        None, a pause, is passed on.

        To be used up before the first `write`, as far as the first document that it gives.
        """
        return self.part.remaining(documents, on_done) if self.part else documents

    def write(
        self, document: Document, records: Sequence[Record], problems: Sequence[str] = (), *, lost: bool = False
    ) -> None:
        """Write the records of one document; Ctrl-C waits for the last of them. `problems` are what it met with; one
        that was `lost` with its process is tried again where the run is resumed.

        A document that failed is left out: it is no example of an article without quotations. Raises OutputError where
        the output cannot take them, BrokenPipeError where nobody reads it any more.
        """
        with uninterrupted(), _named(self.name):
            if self.part:
                self.part.begin()
            if records or not problems:
                self.format.write(document, records)
            if self.part:
                self.part.done(document, problems, lost=lost)


@contextmanager
def open_writer(
    path: Path | None = None,
    format: str | None = None,
    *,
    made_by: str = "",
    resume: bool = False,
    columns: Columns = "short",
    on_warning: Report = _log,
) -> Iterator[Writer]:
    """A writer to the file `path` (for some formats a folder), or to standard output (None); see `choose_format`.

    What is written appears under its name when the block ends. Where the block raises, formats that can be resumed
    leave `path.part` and `path.journal` behind, others nothing. `resume` goes on with what was left, if it was
    `made_by` the same. `columns` are those of tables. Raises OutputError where the output cannot be written,
    ResumeError where it cannot be gone on with.
    """
    name, chosen = str(path) if path else "standard output", choose_format(path, format)
    kind, part = FORMATS[chosen], None
    with _named(name), ExitStack() as stack:
        if path:
            sweep(path.parent)
        if path and is_file(path) and isinstance(kind, Stream) and kind.resumable:
            made_by = f"{chosen} {made_by}"
            part = stack.enter_context(open_part(path.resolve(), made_by, resume=resume, on_warning=on_warning))
            opened = kind.open(part.stream)
        elif resume:
            can = ", ".join(name for name, kind in FORMATS.items() if isinstance(kind, Stream) and kind.resumable)
            raise ResumeError(f"{name}: cannot be resumed: give a file (-o FILE) of {can}, or leave --resume out")
        elif isinstance(kind, Stream):
            opened = kind.opener(columns)(stack.enter_context(open_output(path)))
        else:
            assert path is not None, "`choose_format` sees to it"
            opened = kind.open(stack.enter_context(open_folder(path)))
        yield Writer(opened, name, part)
        opened.finish()


def print_lines(lines: Iterable[str]) -> None:
    """Lines of text to standard output, in UTF-8 whatever the locale says. Raises as `Writer.write` does."""
    with _named("standard output"), open_output(None) as stream:
        stream.writelines(to_bytes(f"{line}\n") for line in lines)
        stream.flush()


@contextmanager
def _named(output: str) -> Iterator[None]:
    """An error of the system as one that names the output; a closed pipe is no error, and its reader's affair."""
    try:
        yield
    except BrokenPipeError:
        raise
    except OSError as error:
        raise OutputError(f"{output}: cannot be written: {error.strerror or error}") from error
