"""Who said how much: records of any number of articles → one row a speaker, and the rows as a table."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import regex

from quotes.speakers.entities import same_person
from quotes.speakers.lexicon import bare
from quotes.speakers.names import key_of

__all__ = ["Row", "plain", "table", "who_said_how_much"]

Record = Mapping[str, Any]
Speaker = Mapping[str, Any]

RIVALS = 40  # people of one name among whom a role, or of one surname among whom another form of a name, is looked for
WIDEST = 48  # characters of a name or role in the table


@dataclass(slots=True)
class Row:
    """What one speaker said: `quotes` records, `words` in them, in `articles` documents; `names` are the forms met."""

    name: str
    kind: str
    id: str | None = None
    role: str | None = None
    quotes: int = 0
    words: int = 0
    articles: int = 0
    names: list[str] = field(default_factory=list)
    _documents: set[str] = field(default_factory=set, repr=False)
    _forms: set[str] = field(default_factory=set, repr=False)

    def to_dict(self) -> dict[str, Any]:
        """The row's JSON form."""
        keys = ("name", "kind", "id", "role", "quotes", "words", "articles", "names")
        return {key: getattr(self, key) for key in keys}


# --- records → rows --------------------------------------------------------------------------------------------------


def who_said_how_much(records: Iterable[Record]) -> list[Row]:
    """One row a named speaker, who said most first; `records` are JSON records as `quotes extract` writes them.

    Speakers of several articles are one where their id is one, or their full name and, where both tell it, their role;
    a fuller form of a name ("Ann B. Roy") is the same person's where both roles are told and agree. A one-word name
    ("Roy") is a speaker of its own article alone. Words said together count for each who says them. Records without a
    named speaker are left out.
    """
    rows = _Rows()
    for record in records:
        for speaker in _named(record.get("speaker") or _reviewed(record)):
            rows.count(record, speaker)
    return sorted(rows.all, key=lambda row: (-row.words, -row.quotes, row.name))


def _named(speaker: Speaker | None) -> Iterator[Speaker]:
    """A speaker, or each of those who speak together, as far as they have names."""
    if speaker:
        yield from (one for one in speaker.get("members") or [speaker] if one.get("name"))


def _reviewed(record: Record) -> Speaker | None:
    """Somebody whom a reviewer names and the article does not."""
    name = record.get("review", {}).get("speaker")
    return {"name": name, "kind": "unknown"} if name else None


class _Rows:
    """The rows so far, found by id, by name, and people by their surname."""

    def __init__(self) -> None:
        self.all: list[Row] = []
        self._by_key: dict[tuple[str, ...], list[Row]] = defaultdict(list)
        self._by_role: dict[tuple[str | None, ...], Row] = {}
        self._by_surname: dict[str, list[tuple[tuple[str, ...], Row]]] = defaultdict(list)

    def count(self, record: Record, speaker: Speaker) -> None:
        """Add what a record says to its speaker's row."""
        row, document = self._row(record, speaker), _document(record)
        row.quotes += 1
        row.words += sum(len(span["text"].split()) for span in record["spans"])
        row._documents.add(document)
        row.articles = len(row._documents)
        row.role = row.role or _role(speaker)
        if speaker["name"] not in row._forms:
            row._forms.add(speaker["name"])
            row.names.append(speaker["name"])
        row.name = max(row.name, speaker["name"], key=len)

    def _row(self, record: Record, speaker: Speaker) -> Row:
        words, role, document = key_of(speaker["name"]), _role(speaker), _document(record)
        key = _key(speaker, words, document)
        known = self._by_key[key]
        row = next((row for row in known[:RIVALS] if speaker.get("id") or _one(row, role, document)), None)
        row = row or self._by_role.get((role, *key))
        if row is None:
            row = self._longer_or_shorter(speaker, words, role) or self._new(speaker, words, role)
            known.append(row)
            self._by_role[role, *key] = row
        return row

    def _longer_or_shorter(self, speaker: Speaker, words: tuple[str, ...], role: str | None) -> Row | None:
        """The row of somebody whose name has another form, where both tell a role and the roles agree."""
        if speaker.get("id") or speaker["kind"] != "person" or len(words) < 2 or not role:
            return None
        rows = (row for name, row in self._by_surname[words[-1]][:RIVALS] if same_person(words, name))
        return next((row for row in rows if row.role and not row.id and _agree(row.role, role)), None)

    def _new(self, speaker: Speaker, words: tuple[str, ...], role: str | None) -> Row:
        row = Row(speaker["name"], speaker["kind"], speaker.get("id"), role)
        self.all.append(row)
        if speaker["kind"] == "person" and len(words) > 1:
            self._by_surname[words[-1]].append((words, row))
        return row


def _key(speaker: Speaker, words: tuple[str, ...], document: str) -> tuple[str, ...]:
    if speaker.get("id"):
        return "id", speaker["id"]
    if len(words) > 1 or speaker["kind"] != "person":
        return speaker["kind"], *words
    return "article", document, *words


def _one(row: Row, role: str | None, document: str) -> bool:
    """Whether a namesake is the same: an article has one speaker of a full name, whatever roles it tells."""
    return document in row._documents or _agree(row.role, role)


def _agree(a: str | None, b: str | None) -> bool:
    """Whether two roles may be one person's: one is not told, or they share a word that is no small one."""
    if not a or not b:
        return True
    few, many = ({bare(word) for word in role.split() if len(word) > 3} for role in (a, b))
    return bool(few & many) or not few or not many


def _document(record: Record) -> str:
    document = record["document"]
    return f"{document['id']} {document.get('sha256')}"


def _role(speaker: Speaker) -> str | None:
    role = speaker.get("role")
    return str(role["text"]) if isinstance(role, Mapping) else role


# --- rows → a table --------------------------------------------------------------------------------------------------

_ESCAPE = regex.compile(
    r"\x1b\[[0-?]*+[ -/]*+[@-~]?|\x1b[\]PX^_][^\x07\x1b]*+(?:\x07|\x1b\\)?|\x1b.?|\x9b[0-?]*+[ -/]*+[@-~]?"
)


def table(rows: Iterable[Row]) -> Iterator[str]:
    """The lines of a table of rows, the head first. Names hold no escapes or control characters: see `plain`."""
    cells = [("speaker", "role", "kind", "quotes", "words", "articles")]
    for row in rows:
        counts = (str(row.quotes), str(row.words), str(row.articles))
        cells.append((plain(row.name), plain(row.role or ""), plain(row.kind), *counts))
    widths = [max(map(_width, column)) for column in zip(*cells, strict=True)]
    for line in cells:
        yield "  ".join(_padded(cell, width, k > 2) for k, (cell, width) in enumerate(zip(line, widths, strict=True)))


def plain(text: str) -> str:
    """On one line, not too long, and without what a terminal would obey: escapes, control and format characters."""
    text = _ESCAPE.sub("", text)
    text = " ".join("".join(c if c.isprintable() else " " * c.isspace() for c in text).split())
    return text if len(text) <= WIDEST else f"{text[: WIDEST - 1]}…"


def _width(cell: str) -> int:
    """The columns that a cell fills on a terminal: two for a wide character, none for an accent of its own."""
    return sum(0 if unicodedata.combining(c) else 1 + (unicodedata.east_asian_width(c) in "WF") for c in cell)


def _padded(cell: str, width: int, right: bool) -> str:
    blank = " " * (width - _width(cell))
    return blank + cell if right else cell + blank
