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
from itertools import islice
from pathlib import Path
from typing import Any, get_args

import regex

from quotes.errors import PeopleError
from quotes.speakers.lexicon import bare, kin, vocabulary
from quotes.speakers.names import key_of, words_of
from quotes.types import Kind, Mention, Resolved

__all__ = ["People", "Person", "read_people", "table_of"]

_SEPARATOR = regex.compile(r"[|;]")
# Rows with one name that are looked at, and named as candidates: a table may hold any number.
MOST = 100
MOST_BYTES = 2**30
_PLACES = frozenset({"organization", "place"})
KINDS = get_args(Kind)

Row = Mapping[Any, Any]


@dataclass(frozen=True, slots=True)
class Person:
    """A row of the table: somebody, or a body, of the wide world."""

    name: str
    id: str = ""
    aliases: tuple[str, ...] = ()
    kind: str = ""
    role: str = ""


# --- reading the table -----------------------------------------------------------------------------------------------


def read_people(path: str | Path) -> People:
    """The table at `path`: JSONL where the name ends in .jsonl or .ndjson, CSV where it ends in .csv.

    Raises PeopleError, which names the line and what to change.
    """
    path = Path(path)
    read = {".csv": _csv, ".jsonl": _jsonl, ".ndjson": _jsonl}.get(path.suffix.lower())
    if read is None:
        raise PeopleError(f"{path}: is no table of people: give a file that ends in .csv or .jsonl")
    return People(_person(f"{path}, line {line}", row) for line, row in read(path, _text(path)))


def table_of(path: Path) -> bytes:
    """The bytes of a table. Raises PeopleError where it cannot be read, and read again by each process that works."""
    try:
        if not path.is_file() and path.exists() and not path.is_dir():
            raise PeopleError(f"{path}: is a pipe or a device, and is read more than once: save it as a file")
        with path.open("rb") as table:
            data = table.read(MOST_BYTES + 1)
    except OSError as error:
        raise PeopleError(f"{path}: cannot be read: {error.strerror or error}") from error
    if len(data) > MOST_BYTES:
        raise PeopleError(f"{path}: is too large (over {MOST_BYTES:,} bytes): keep those of whom articles may tell")
    return data


def _text(path: Path) -> str:
    data = table_of(path)
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise PeopleError(f"{path}, line {line}: is not UTF-8: save the table as UTF-8") from error


def _jsonl(path: Path, text: str) -> Iterator[tuple[int, Row]]:
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            yield number, _object(f"{path}, line {number}", line)


def _object(place: str, line: str) -> Row:
    try:
        row = json.loads(line)
        json.dumps(row, ensure_ascii=False).encode("utf-8")  # half a character, as \ud800, is no text
    except (ValueError, RecursionError) as error:
        raise PeopleError(
            f'{place}: is no JSON ({error}): write one object a line, as {{"name": "Ana Roy"}}'
        ) from error
    if not isinstance(row, dict):
        raise PeopleError(f'{place}: is no JSON object: write one a line, as {{"name": "Ana Roy"}}')
    return row


def _csv(path: Path, text: str) -> Iterator[tuple[int, Row]]:
    reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    try:
        if "name" not in (reader.fieldnames or ()):
            raise PeopleError(f"{path}, line 1: names no column 'name': begin the table with name,aliases,id,kind,role")
        for row in reader:
            yield reader.line_num, row
    except csv.Error as error:
        raise PeopleError(
            f"{path}, line {reader.line_num + 1}: is no CSV ({error}): mend its quotation marks"
        ) from error


def _person(place: str, row: Row) -> Person:
    if None in row:
        raise PeopleError(f"{place}: has more fields than line 1: put quotation marks around one that holds a comma")
    name, id, kind, role = (_string(place, row, field) for field in ("name", "id", "kind", "role"))
    if not words_of(name):
        raise PeopleError(f"{place}: has no name: fill in 'name', or take the line out")
    if kind and kind not in KINDS:
        raise PeopleError(f"{place}: {kind!r} is no kind: choose from {', '.join(KINDS)}, or leave it empty")
    return Person(name, id, _aliases(place, row), kind, role)


def _string(place: str, row: Row, field: str) -> str:
    value = row.get(field)
    if value is not None and not isinstance(value, str):
        raise PeopleError(f"{place}: {field!r} is no string: put quotation marks around it")
    return (value or "").strip()


def _aliases(place: str, row: Row) -> tuple[str, ...]:
    aliases = row.get("aliases") or []
    listed = _SEPARATOR.split(aliases) if isinstance(aliases, str) else aliases
    if not isinstance(listed, list) or not all(isinstance(alias, str) for alias in listed):
        raise PeopleError(f'{place}: \'aliases\' is no list of names: write ["A. Roy", "Annie Roy"]')
    return tuple(alias.strip() for alias in listed if words_of(alias))


# --- looking names up ------------------------------------------------------------------------------------------------


class People:
    """The table, looked up by name. A name that fits several rows is decided by kind and role, else left open."""

    def __init__(self, people: Iterable[Person]) -> None:
        self._by_name: dict[tuple[str, ...], dict[Person, None]] = defaultdict(dict)
        for person in people:
            for name in (person.name, *person.aliases):
                self._by_name[key_of(name)][person] = None

    def find(self, mention: Mention) -> list[Person]:
        """The rows that a mention may name: one where it is clear, several (100 at most) where nothing decides."""
        title = f"{mention.title.text} " if mention.title else ""
        keys = key_of(title + (mention.name or "")), key_of(mention.name or "")
        named = next((self._by_name[key] for key in keys if self._by_name.get(key)), {})
        rows = list(islice((row for row in named if _agree(row.kind, mention.kind)), MOST))
        if len(rows) < 2 or mention.role is None:
            return rows
        told = _words(mention.role.text)
        shared = [len(told & _words(row.role)) for row in rows]
        return [row for row, count in zip(rows, shared, strict=True) if count == max(shared)]

    def identify(self, mention: Mention | None) -> Mention | None:
        """The mention with its `id` where one row fits, with `candidates` (their ids, else names) where several do, or
        where the one that has the name has another trade.

        Where the article itself does not decide who is meant, the mention stays as it is: no row is surer.
        """
        if mention is None or mention.candidates:
            return mention
        if mention.members:
            members = (self.identify(member) for member in mention.members)
            return replace(mention, members=tuple(member for member in members if member))
        rows = self.find(mention)
        fitting = tuple(dict.fromkeys(row.id or row.name for row in rows))
        if len(fitting) > 1 or any(_is_namesake(row, mention) for row in rows):
            return replace(mention, candidates=fitting)
        return replace(mention, id=rows[0].id or None) if rows else mention

    def identify_all(self, resolved: Resolved) -> Resolved:
        """Speaker, addressee and relaying source, each identified."""
        return replace(
            resolved,
            speaker=self.identify(resolved.speaker),
            addressee=self.identify(resolved.addressee),
            via=self.identify(resolved.via),
        )


def _agree(row: str, mention: Kind) -> bool:
    """Whether a row's kind may be a mention's: a place that speaks is its government, too."""
    return not row or "unknown" in (row, mention) or row == mention or {row, mention} <= _PLACES


def _is_namesake(row: Person, mention: Mention) -> bool:
    """Whether the article tells another trade than the row does: an engineer is no jockey."""
    if mention.role is None or _words(mention.role.text) & _words(row.role):
        return False
    told, known = _trades(mention.role.text), _trades(row.role)
    return bool(told and known) and not told & known


def _trades(role: str) -> frozenset[str]:
    """The nouns in a role for what somebody does, and those that name the same; none where one agrees with any."""
    trades = _words(role) & vocabulary("roles.txt").keys()
    if trades & vocabulary("broad_roles.txt").keys():
        return frozenset()
    return frozenset().union(*map(kin, trades))


def _words(text: str) -> frozenset[str]:
    return frozenset(bare(word) for word in text.split()) - {"the", "of", "a", "an", "for", ""}
