"""Who in the wide world: a user's table of names, matched with the names an article holds. No network.

The table is CSV with a header, or JSONL: `name`, and where known `aliases` (a list, or in CSV joined by `|` or `;`),
`id` (such as a Wikidata QID), `kind` and `role`.
"""

from __future__ import annotations

import csv
import io
import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import regex

from quotes.errors import DocumentError
from quotes.speakers.names import bare, words_of
from quotes.types import Mention, Resolved

__all__ = ["People", "Person", "read_people"]

_SEPARATOR = regex.compile(r"\s*[|;]\s*")


@dataclass(frozen=True, slots=True)
class Person:
    """A row of the table: somebody, or a body, of the wide world."""

    name: str
    id: str = ""
    aliases: tuple[str, ...] = ()
    kind: str = ""
    role: str = ""


def read_people(path: str | Path) -> People:
    """The table at `path`: JSONL where the name ends so, else CSV.

    Raises DocumentError, which names the line, where it cannot be read or a row has no name.
    """
    path = Path(path)
    try:
        text = path.read_text(encoding="utf-8-sig")
        rows = list(_jsonl(text) if path.suffix in (".jsonl", ".ndjson") else _csv(text))
    except (OSError, UnicodeDecodeError, ValueError, csv.Error) as error:
        raise DocumentError(f"{path}: no table of people: {error}") from error
    return People(_person(path, line, row) for line, row in rows)


def _jsonl(text: str) -> Iterator[tuple[int, Mapping[str, Any]]]:
    for number, line in enumerate(text.splitlines(), 1):
        if line.strip():
            row = json.loads(line)
            if not isinstance(row, dict):
                raise ValueError(f"line {number} is no JSON object")
            yield number, row


def _csv(text: str) -> Iterator[tuple[int, Mapping[str, Any]]]:
    reader = csv.DictReader(io.StringIO(text, newline=""))
    if "name" not in (reader.fieldnames or ()):
        raise ValueError("the first line names no column 'name'")
    for row in reader:
        yield reader.line_num, row


def _person(path: Path, line: int, row: Mapping[str, Any]) -> Person:
    name = str(row.get("name") or "").strip()
    if not name:
        raise DocumentError(f"{path}, line {line}: a row needs a 'name'")
    aliases = row.get("aliases") or ()
    listed = _SEPARATOR.split(aliases) if isinstance(aliases, str) else map(str, aliases)
    known = {field: str(row.get(field) or "").strip() for field in ("id", "kind", "role")}
    return Person(name=name, aliases=tuple(alias.strip() for alias in listed if alias.strip()), **known)


class People:
    """The table, looked up by name. A name that fits several rows is decided by kind and role, else left open."""

    def __init__(self, people: Iterable[Person]) -> None:
        self._by_name: dict[tuple[str, ...], dict[Person, None]] = defaultdict(dict)
        for person in people:
            for name in (person.name, *person.aliases):
                self._by_name[words_of(name)][person] = None

    def find(self, mention: Mention) -> list[Person]:
        """The rows that a mention may name: one where it is clear, several where nothing decides."""
        rows = list(self._by_name.get(words_of(mention.name or ""), ())) if mention.name else []
        rows = [row for row in rows if not row.kind or mention.kind in (row.kind, "unknown")]
        if len(rows) < 2 or mention.role is None:
            return rows
        told = _words(mention.role.text)
        shared = [len(told & _words(row.role)) for row in rows]
        return [row for row, count in zip(rows, shared, strict=True) if count == max(shared)]

    def identify(self, mention: Mention | None) -> Mention | None:
        """The mention with its `id` where one row fits, with `candidates` (their ids, else names) where several do."""
        rows = self.find(mention) if mention else []
        if mention is None or not rows:
            return mention
        if len(rows) == 1:
            return replace(mention, id=rows[0].id or None)
        return replace(mention, candidates=tuple(row.id or row.name for row in rows))

    def identify_all(self, resolved: Resolved) -> Resolved:
        """Speaker, addressee and relaying source, each identified."""
        return replace(
            resolved,
            speaker=self.identify(resolved.speaker),
            addressee=self.identify(resolved.addressee),
            via=self.identify(resolved.via),
        )


def _words(text: str) -> frozenset[str]:
    return frozenset(bare(word) for word in text.split()) - {"the", "of", "a", "an", "for", ""}
