"""The bytes of an article → its records, and its page for reviewing. The last ones read are kept, in memory."""

from __future__ import annotations

import json
import tempfile
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path, PurePath
from secrets import token_urlsafe
from threading import Lock

from quotes.errors import DocumentError
from quotes.options import Options
from quotes.pipeline import Outcome, Report, outcomes
from quotes.reading import FORMATS, Kept, ReadOptions, read_documents
from quotes.review import Page
from quotes.types import Document

__all__ = ["Desk", "Read"]

MOST = 50  # readings that are kept
LONGEST_NAME = 100
DEFAULTS = ReadOptions()
Outcomes = tuple[Document, Outcome]


@dataclass(frozen=True, slots=True)
class Read:
    """What came of what was dropped: its name, a page, records a line each, and what went wrong."""

    name: str
    page: str
    records: str
    count: int
    problems: Sequence[str] = ()


class Desk:
    """Reads articles, one at a time, and keeps the last ones in memory. May be used by several threads."""

    def __init__(self, reading: ReadOptions = DEFAULTS) -> None:
        self._reading = reading
        self._lock = Lock()
        self._read: OrderedDict[str, Read] = OrderedDict()
        self._options = Options(types="all")

    def get(self, id: str) -> Read | None:
        """What was read under an id that `take` gave, while it is kept."""
        with self._lock:
            return self._read.get(id)

    def all(self) -> list[tuple[str, Read]]:
        """All that is kept, with the ids."""
        with self._lock:
            return list(self._read.items())

    def take(self, name: str, data: bytes) -> tuple[str, Read]:
        """Read a file's bytes; its name's ending says the format, plain text where it says none that is read."""
        suffix = PurePath(name).suffix.lower()
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder, f"article{suffix if suffix.lstrip('.') in FORMATS else '.txt'}")
            path.write_bytes(data)
            return self.take_files([path], name[:LONGEST_NAME] or "article", hide=folder)

    def take_files(self, paths: Iterable[str | Path], name: str, hide: str = "") -> tuple[str, Read]:
        """Read files and folders; `hide` is no part of what is told of them."""
        problems: list[str] = []
        page, lines = Page(), list[str]()
        with self._lock:
            documents = read_documents(
                paths, on_error=problems.append, on_warning=problems.append, options=self._reading
            )
            for document, outcome in self._kept(outcomes(documents, self._options, 1), name, problems.append):
                problems += outcome.problems
                named = _named(document, name) if hide else document
                records = [{**record, "document": _about(named)} for record in outcome.records]
                page.add(named, records)
                lines += (json.dumps(record) for record in records)
            told = [problem.replace(hide, "").lstrip("/") if hide else problem for problem in problems]
            read = Read(name, page.html(), "".join(f"{line}\n" for line in lines), len(lines), told)
            id = token_urlsafe(12)
            self._read[id] = read
            while len(self._read) > MOST:
                self._read.popitem(last=False)
        return id, read

    def _kept(self, found: Iterable[Outcomes], name: str, on_problem: Report) -> Iterator[Outcomes]:
        """As many as can be kept with their records."""
        kept = Kept(self._reading)
        try:
            for document, outcome in found:
                kept.add(len(document.text) + sum(len(json.dumps(record)) for record in outcome.records))
                yield document, outcome
        except DocumentError as error:
            on_problem(f"{name}: {error}")


def _named(document: Document, name: str) -> Document:
    """Without the place where the file lay for a moment."""
    return replace(document, id=name, path=name)


def _about(document: Document) -> dict[str, str | None]:
    keys = ("id", "path", "sha256", "title", "author", "published", "url")
    return {key: getattr(document, key) for key in keys}
