"""A SQLite database: the tables `documents`, `speakers`, `quotations` and `spans`, and a full-text index of the words.

It is built in a temporary file and copied out at the end, so memory does not grow with the articles. Row numbers are
the keys that join the tables; `quotations.id` is the record's own id.
"""

from __future__ import annotations

import json
import shutil
import sqlite3
import tempfile
import weakref
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from quotes.errors import OutputError
from quotes.types import Document
from quotes.writing.text import well_formed_all
from quotes.writing.values import Record

__all__ = ["Sqlite"]

TABLES = """
CREATE TABLE documents (
  number INTEGER PRIMARY KEY, id TEXT NOT NULL, path TEXT, sha256 TEXT NOT NULL, title TEXT, author TEXT,
  published TEXT, url TEXT
);
CREATE TABLE speakers (
  number INTEGER PRIMARY KEY, name TEXT, kind TEXT NOT NULL, id TEXT
);
CREATE TABLE quotations (
  number INTEGER PRIMARY KEY, id TEXT NOT NULL, document INTEGER NOT NULL REFERENCES documents (number),
  type TEXT NOT NULL, text TEXT NOT NULL, text_clean TEXT NOT NULL, content TEXT NOT NULL,
  speaker INTEGER REFERENCES speakers (number), speaker_mention TEXT, speaker_role TEXT,
  cue TEXT, cue_lemma TEXT, addressee INTEGER REFERENCES speakers (number), via INTEGER REFERENCES speakers (number),
  within INTEGER REFERENCES quotations (number), sentence TEXT NOT NULL, confidence REAL NOT NULL,
  flags TEXT NOT NULL, offset_unit TEXT NOT NULL, model TEXT NOT NULL
);
CREATE TABLE spans (
  quotation INTEGER NOT NULL REFERENCES quotations (number), part TEXT NOT NULL, piece INTEGER NOT NULL,
  start INTEGER NOT NULL, "end" INTEGER NOT NULL, text TEXT NOT NULL, PRIMARY KEY (quotation, part, piece)
) WITHOUT ROWID;
"""
INDEXES = """
CREATE INDEX quotations_id ON quotations (id);
CREATE INDEX quotations_document ON quotations (document);
CREATE INDEX quotations_speaker ON quotations (speaker);
CREATE VIRTUAL TABLE quotations_fts USING fts5 (text_clean, content, content="quotations", content_rowid="number");
INSERT INTO quotations_fts (quotations_fts) VALUES ('rebuild');
"""
MENTIONS = ("speaker", "addressee", "via")


class Sqlite:
    """The bytes of one database."""

    def __init__(self, stream: BinaryIO):
        self.stream = stream
        folder = tempfile.mkdtemp(prefix="quotes-")
        self._remove = weakref.finalize(self, shutil.rmtree, folder, ignore_errors=True)
        self.file = Path(folder) / "quotes.db"
        with _named():
            self.rows = sqlite3.connect(self.file, isolation_level=None)
            self.rows.executescript(f"PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; {TABLES} BEGIN;")
        self.speakers: dict[tuple[Any, ...], int] = {}

    def write(self, document: Document, records: Sequence[Record]) -> None:
        """Write one document, without records too."""
        with _named():
            self._write(document, records)

    def _write(self, document: Document, records: Sequence[Record]) -> None:
        number = self._insert("documents", _document(document))
        written: dict[str, int] = {}
        for record in map(well_formed_all, records):
            written[record["id"]] = quotation = self._insert("quotations", self._quotation(record, number))
            for part, piece, span in _spans(record):
                self._insert("spans", (quotation, part, piece, span["start"], span["end"], span["text"]))
        for record in records:
            if outer := written.get(record["within"] or ""):
                place = (outer, written[record["id"]])
                self.rows.execute("UPDATE quotations SET within = ? WHERE number = ?", place)

    def finish(self) -> None:
        """Make the index, and write the database."""
        with _named():
            self.rows.execute("COMMIT")
            self.rows.executescript(INDEXES)
            self.rows.close()
        with self.file.open("rb") as file:
            shutil.copyfileobj(file, self.stream)
        self.stream.flush()
        self._remove()

    def _insert(self, table: str, values: Iterable[Any]) -> int:
        """The number of the new row."""
        cells = tuple(values)
        row = self.rows.execute(f"INSERT INTO {table} VALUES ({', '.join('?' * len(cells))})", cells)
        return row.lastrowid or 0

    def _quotation(self, record: Record, document: int) -> tuple[Any, ...]:
        speaker, cue = record["speaker"], record["cue"]
        who = {name: self._speaker(record[name]) for name in MENTIONS}
        return (
            *(None, record["id"], document, record["type"]),
            *(record["text"], record["text_clean"], record["content"]["text"]),
            *(who["speaker"], _text(speaker and speaker["mention"]), _text(speaker and speaker["role"])),
            *(_text(cue), cue and cue["lemma"], who["addressee"], who["via"]),
            *(None, record["context"]["sentence"]["text"], record["confidence"], json.dumps(record["flags"])),
            *(record["offset_unit"], record["extractor"]["model"]),
        )

    def _speaker(self, mention: Record | None) -> int | None:
        """One row for each name (or id); whoever has no name is in no table of speakers."""
        if mention is None or mention["name"] is None:
            return None
        known = (mention["id"],) if mention["id"] else (mention["name"], mention["kind"])
        if known not in self.speakers:
            values = (None, mention["name"], mention["kind"], mention["id"])
            self.speakers[known] = self._insert("speakers", values)
        return self.speakers[known]


@contextmanager
def _named() -> Iterator[None]:
    """What SQLite cannot do (mostly: the disk is full) as an error of the output."""
    try:
        yield
    except sqlite3.Error as error:
        raise OutputError(f"the database cannot be built in {tempfile.gettempdir()}: {error}") from error


def _document(document: Document) -> Iterator[Any]:
    yield None
    names = ("id", "path", "sha256", "title", "author", "published", "url")
    yield from (well_formed_all(getattr(document, name)) for name in names)


def _spans(record: Record) -> Iterator[tuple[str, int, Record]]:
    """Every span of a record with its part and which piece of it it is."""
    for part, pieces in (("words", record["spans"]), ("content", record["content"]["spans"])):
        yield from ((part, piece, span) for piece, span in enumerate(pieces))
    single = {name: record[name] and record[name]["mention"] for name in MENTIONS}
    for part, span in {**single, "cue": record["cue"], "sentence": record["context"]["sentence"]}.items():
        if span:
            yield part, 0, span


def _text(span: Record | None) -> str | None:
    return span["text"] if span else None
