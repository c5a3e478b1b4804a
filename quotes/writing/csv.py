"""CSV: one record a row, flat, as RFC 4180 has it, in UTF-8 with the mark by which spreadsheets know it.

A spreadsheet may take a cell that begins with = + - @, a tab or a line end for a formula. Such a cell gets an
apostrophe in front, and so does one with apostrophes before such a character: `restored` takes one away again.
Control characters, but for tabs and line ends, and those that turn the direction of text, stand escaped.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, BinaryIO, Final

import regex

from quotes.types import Document
from quotes.writing.text import to_bytes
from quotes.writing.values import Record

__all__ = ["COLUMNS", "SHORT", "Csv", "defused", "flat", "restored"]

# The full-width forms too: spreadsheets in East Asia take them for the same.
_FORMULA = regex.compile(r"'*[=+\-@\t\r\n＝＋－＠]")
# What a terminal or an editor would obey, and readers of lines split at, stands as \u001b; and what looks like that.
_COMMANDS = regex.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]|\\(?=u[0-9a-f]{4})")
_ESCAPED = regex.compile(r"\\u([0-9a-f]{4})")
_DEFUSED = regex.compile(r"'+[=+\-@\t\r\n＝＋－＠]")
SEPARATOR = "; "
MENTIONS = ("speaker", "addressee", "via")
MENTION_PARTS = (
    "name",
    "name_span",
    "title",
    "name_confidence",
    "mention",
    "span",
    "kind",
    "form",
    "role",
    "affiliation",
    "id",
    "candidates",
    "members",
)

COLUMNS: Final = (
    "id",
    "offset_unit",
    "document_id",
    "document_path",
    "document_sha256",
    "document_title",
    "document_author",
    "document_published",
    "document_url",
    "type",
    "act",
    "text",
    "text_clean",
    "spans",
    "content_text",
    "content_spans",
    *(f"{mention}_{part}" for mention in MENTIONS for part in MENTION_PARTS),
    "cue",
    "cue_span",
    "cue_lemma",
    "within",
    "sentence",
    "sentence_span",
    "prefix",
    "suffix",
    "confidence",
    "flags",
    "extractor",
    "extractor_version",
    "extractor_model",
)


SHORT: Final = (
    "speaker_name",
    "speaker_name_confidence",
    "speaker_role",
    "speaker_mention",
    "type",
    "text",
    "cue",
    "confidence",
    "flags",
    "sentence",
    "document_title",
    "document_published",
    "document_url",
    "document_path",
    "id",
)
"""What a person reads of a record; the id leads to all else."""


def defused(cell: str) -> str:
    """`cell` as no spreadsheet takes it for a formula, and without what would be obeyed."""
    shown = _COMMANDS.sub(lambda sign: f"\\u{ord(sign[0]):04x}", cell)
    return f"'{shown}" if _FORMULA.match(shown) else shown


def restored(cell: str) -> str:
    """What was defused."""
    shown = cell[1:] if _DEFUSED.match(cell) else cell
    return _ESCAPED.sub(lambda code: chr(int(code[1], 16)), shown)


class Csv:
    """A head line, then a row a record."""

    def __init__(self, stream: BinaryIO, columns: Sequence[str] = SHORT):
        self.stream, self.columns = stream, columns
        self.stream.write(codecs.BOM_UTF8)
        self._write([columns])

    def write(self, document: Document, records: Sequence[Record]) -> None:
        """Write the records of one document."""
        self._write([_cell(cells[column]) for column in self.columns] for cells in map(flat, records))

    def finish(self) -> None:
        """Nothing stands at the end of CSV."""

    def _write(self, rows: Iterable[Sequence[str]]) -> None:
        text = io.StringIO(newline="")
        csv.writer(text).writerows(rows)
        self.stream.write(to_bytes(text.getvalue()))
        self.stream.flush()


def _cell(value: Any) -> str:
    return "" if value is None else defused(str(value))


def flat(record: Record) -> dict[str, Any]:
    """What stands in each of `COLUMNS`."""
    sentence, extractor = record["context"]["sentence"], record["extractor"]
    names = ("id", "offset_unit", "type", "act", "text", "text_clean", "within", "confidence")
    cells = {name: record[name] for name in names}
    cells |= {f"document_{name}": value for name, value in record["document"].items()}
    for mention in MENTIONS:
        cells |= {f"{mention}_{part}": value for part, value in _mention(record[mention])}
    return cells | {
        "spans": _places(record["spans"]),
        "content_text": record["content"]["text"],
        "content_spans": _places(record["content"]["spans"]),
        "cue": _text(record["cue"]),
        "cue_span": _place(record["cue"]),
        "cue_lemma": record["cue"] and record["cue"]["lemma"],
        "sentence": sentence["text"],
        "sentence_span": _place(sentence),
        "prefix": record["context"]["prefix"],
        "suffix": record["context"]["suffix"],
        "flags": SEPARATOR.join(record["flags"]),
        "extractor": extractor["name"],
        "extractor_version": extractor["version"],
        "extractor_model": extractor["model"],
    }


def _mention(mention: Record | None) -> Iterator[tuple[str, Any]]:
    yield "name", mention and mention["name"]
    yield "name_span", _place(mention and mention["name_at"])
    yield "title", _text(mention and mention["title"])
    yield "name_confidence", mention and mention["confidence"]
    yield "mention", _text(mention and mention["mention"])
    yield "span", _place(mention and mention["mention"])
    yield from ((part, mention and mention[part]) for part in ("kind", "form", "id"))
    yield from ((part, _text(mention and mention[part])) for part in ("role", "affiliation"))
    yield "candidates", SEPARATOR.join(mention["candidates"] if mention else ())
    yield "members", SEPARATOR.join(one["name"] for one in (mention or {}).get("members", ()) if one["name"])


def _text(span: Record | None) -> str | None:
    return span["text"] if span else None


def _place(span: Record | None) -> str | None:
    return f"{span['start']}:{span['end']}" if span else None


def _places(spans: Iterable[Record]) -> str:
    return SEPARATOR.join(f"{span['start']}:{span['end']}" for span in spans)
