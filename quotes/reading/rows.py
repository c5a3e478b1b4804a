"""A row of a table → an article. JSON Lines, CSV and Parquet share it."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from quotes.errors import DocumentError
from quotes.reading.columns import guess_columns
from quotes.reading.encoding import well_formed
from quotes.reading.front_matter import find_front_matter
from quotes.reading.front_matter.dates import iso_date
from quotes.reading.limits import too_large
from quotes.reading.members import Members
from quotes.reading.values import Article, Problem, ReadOptions

__all__ = ["RECORDS", "RowReader", "refuse_records"]

# The columns of this program's own tables.
OWN = (
    {"schema_version", "spans"},
    {"speaker_mention", "document_path"},
    {"document_sha256", "content_spans"},
)
# Characters of an id, a title …: each record repeats them.
LONGEST = 10_000
RECORDS = "records of quotations, no articles"


class RowReader:
    """Rows of one file → articles, with ids that are unique in it.

    An article's id is the row's own, and where it has none (or one seen before) the row's place: "L3" for line 3.
    """

    def __init__(self, options: ReadOptions) -> None:
        self._options = self._given = options
        self._names: tuple[Any, ...] = ()
        self._said: set[str] = set()
        self._members = Members()
        self._records = 0

    def read(self, row: object, number: int, unit: str = "line") -> Iterator[Article | Problem]:
        """The article of one row, or why there is none. Whatever is wrong with it costs no other."""
        place = f"{unit} {number}"
        try:
            yield from self._read(row, place, f"{unit[0].upper()}{number}")
        except Exception as error:
            yield Problem(f"failed: {type(error).__name__}: {error}", place)

    def _read(self, row: object, place: str, short: str) -> Iterator[Article | Problem]:
        if isinstance(row, Mapping) and _are_records(row):
            self._records += 1
            return
        if isinstance(row, Mapping) and (guessed := self._guess(row)):
            yield Problem(guessed, place, warning=True)
        reason = self._refusal(row)
        if reason or not isinstance(row, Mapping):
            yield Problem(reason or "is no object", place)
            return
        yield from (
            Problem(f'has over {LONGEST:,} characters in "{name}"; left out', place, warning=True)
            for name in self._about()
            if isinstance(cell := row.get(name), str | list) and len(cell) > LONGEST
        )
        own = _plain(row.get(self._options.id_field))
        member = self._members.name(own, short)
        if own and member != own:
            yield Problem(f"has an id seen before, {own}; called {member}", place, warning=True)
        yield self._article(row, member, place)

    def _about(self) -> tuple[str, ...]:
        """The columns that say something about the article."""
        options = self._options
        return options.title_field, options.author_field, options.published_field, options.url_field, options.id_field

    def _guess(self, row: Mapping[Any, Any]) -> str | None:
        """Take the row's columns for what they seem to be; what is to be said of that, once."""
        names = tuple(row)
        if names == self._names:
            return None
        self._names = names
        self._options, said = guess_columns(self._given, names)
        if said is None or said in self._said:
            return None
        self._said.add(said)
        return said

    def left_out(self) -> Iterator[Problem]:
        """A line about the rows that are records."""
        if self._records:
            yield Problem(f"{RECORDS}, left out: {self._records:,}")

    def _refusal(self, row: object) -> str | None:
        if not isinstance(row, Mapping):
            return "is no object"
        field = self._options.text_field
        if field not in row:
            names = ", ".join(map(str, row)) or "nothing"
            return f'has no field "{field}", only {names[:200]} (name the one that holds the text: `text_field`)'
        if not isinstance(row[field], str):
            return f'has no text in "{field}"'
        limit = self._options.max_bytes
        return too_large(limit, "max_bytes") if len(row[field]) > limit else None

    def _article(self, row: Mapping[Any, Any], member: str, place: str) -> Article:
        """The row's fields, and what its text itself says where they are silent."""
        options = self._options
        text = well_formed(row[options.text_field])
        front = find_front_matter(text)
        return Article(
            text,
            _plain(row.get(options.title_field)) or front.title,
            _plain(row.get(options.author_field)) or front.author,
            iso_date(_plain(row.get(options.published_field)) or "") or front.published,
            _plain(row.get(options.url_field)) or front.url,
            front.furniture,
            member,
            place,
        )


def refuse_records(columns: Iterable[str]) -> None:
    """Raises DocumentError for a table that this program has written."""
    if _are_records(columns):
        raise DocumentError(f"holds {RECORDS}")


def _are_records(columns: Iterable[Any]) -> bool:
    return any(own <= set(columns) for own in OWN)


def _plain(value: object) -> str | None:
    """A cell as one line of text; None where it is empty, too long, or no text, number, date or list of such."""
    if isinstance(value, str | list) and len(value) > LONGEST:
        return None
    if isinstance(value, list):
        return ", ".join(filter(None, (_plain(part) for part in value if not isinstance(part, list)))) or None
    if value is None or isinstance(value, (bool, Mapping)) or (isinstance(value, float) and math.isnan(value)):
        return None
    return " ".join(well_formed(str(value)).split()) or None
