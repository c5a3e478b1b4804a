"""Who said how much: records of any number of articles → one row a speaker."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from quotes.speakers.names import bare, words_of

__all__ = ["Row", "who_said_how_much"]

Record = Mapping[str, Any]


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

    def to_dict(self) -> dict[str, Any]:
        """The row's JSON form."""
        keys = ("name", "kind", "id", "role", "quotes", "words", "articles", "names")
        return {key: getattr(self, key) for key in keys}


def who_said_how_much(records: Iterable[Record]) -> list[Row]:
    """One row a named speaker, who said most first; `records` are JSON records as `quotes extract` writes them.

    Speakers of several articles are one where their id is one, or their full name and, where both tell it, their role.
    A one-word name ("Roy") is a speaker of its own article alone. Records without a named speaker are left out.
    """
    rows: dict[tuple[str, ...], list[Row]] = {}
    for record in records:
        speaker = record.get("speaker")
        if speaker and speaker.get("name"):
            _count(_row(rows, record, speaker), record, speaker)
    found = [row for group in rows.values() for row in group]
    return sorted(found, key=lambda row: (-row.words, -row.quotes, row.name))


def _row(rows: dict[tuple[str, ...], list[Row]], record: Record, speaker: Mapping[str, Any]) -> Row:
    words, role = words_of(speaker["name"]), _role(speaker)
    if speaker.get("id"):
        key: tuple[str, ...] = ("id", speaker["id"])
    elif len(words) > 1 or speaker["kind"] != "person":
        key = (speaker["kind"], *words)
    else:
        key = ("article", _document(record), *words)
    group = rows.setdefault(key, [])
    row = next((row for row in group if key[0] == "id" or _agree(row.role, role)), None)
    if row is None:
        row = Row(speaker["name"], speaker["kind"], speaker.get("id"), role)
        group.append(row)
    return row


def _count(row: Row, record: Record, speaker: Mapping[str, Any]) -> None:
    row.quotes += 1
    row.words += sum(len(span["text"].split()) for span in record["spans"])
    row._documents.add(_document(record))
    row.articles = len(row._documents)
    row.role = row.role or _role(speaker)
    if speaker["name"] not in row.names:
        row.names.append(speaker["name"])
    if len(speaker["name"]) > len(row.name):
        row.name = speaker["name"]


def _document(record: Record) -> str:
    return str(record["document"]["id"])


def _role(speaker: Mapping[str, Any]) -> str | None:
    role = speaker.get("role")
    return str(role["text"]) if isinstance(role, Mapping) else role


def _agree(a: str | None, b: str | None) -> bool:
    """Whether two roles may be one person's: one is not told, or they share a word that is no small one."""
    if not a or not b:
        return True
    few, many = ({bare(word) for word in role.split() if len(word) > 3} for role in (a, b))
    return bool(few & many) or not few or not many
