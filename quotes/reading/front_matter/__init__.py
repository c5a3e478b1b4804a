"""What of an article is no prose, and what that says: headline, byline, date, URL, captions, links.

    lines → header block → head (headline, byline, date) → furniture anywhere → URL

Every rule looks at one whole line and asks for a form that prose does not take.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import regex

from quotes.blanks import plain
from quotes.reading.front_matter.bylines import find_author, find_date, is_update
from quotes.reading.front_matter.dates import iso_date
from quotes.reading.front_matter.furniture import is_caption, is_furniture, is_label, lone_url, tags
from quotes.reading.front_matter.header import header_length, read_pair
from quotes.reading.front_matter.headline import as_author, as_title, find_title, is_no_title
from quotes.reading.front_matter.lines import Line, split_lines
from quotes.types import Range

__all__ = ["FrontMatter", "as_author", "as_title", "find_front_matter"]

_BY = regex.compile(r"by\b", regex.IGNORECASE)
_HEAD = 8
_FOOT = 6
_URL_LABEL = regex.compile(r"[\w ]{0,30}\b(?:url|link|source|published (?:at|on)) ?:?", regex.IGNORECASE)


@dataclass(frozen=True, slots=True)
class FrontMatter:
    """What stands around the prose. `published` is YYYY-MM-DD.

    `furniture` holds ranges of whole lines, and of HTML tags, in text order and disjoint; the headline is none of them.
    """

    title: str | None = None
    author: str | None = None
    published: str | None = None
    url: str | None = None
    furniture: tuple[Range, ...] = ()


@dataclass(slots=True)
class _Finds:
    """What has been found so far; the first of each kind stays."""

    data: dict[str, str] = field(default_factory=dict)
    furniture: set[Range] = field(default_factory=set)

    def note(self, **data: str | None) -> None:
        for key, value in data.items():
            if value:
                self.data.setdefault(key, value)

    def add(self, line: Line, **data: str | None) -> None:
        self.furniture.add((line.start, line.end))
        self.note(**data)


def find_front_matter(text: str) -> FrontMatter:
    """The front matter of an article, and all else in it that is no prose. Linear in `text`; never raises."""
    text = plain(text)
    lines = split_lines(text)
    finds = _Finds()
    length = header_length(lines)
    for line in lines[:length]:
        finds.add(line, **read_pair(line.text))
    body = lines[length:]
    _read_head(body, finds)
    _read_foot(body[_HEAD:][-_FOOT:], finds)
    _read_urls(body, finds)
    for line in body:
        if line.opens and is_furniture(line.text):
            finds.add(line)
    finds.note(published=finds.data.pop("updated", None))
    return FrontMatter(**finds.data, furniture=_disjoint(sorted({*finds.furniture, *tags(text)})))


def _disjoint(ranges: Sequence[Range]) -> tuple[Range, ...]:
    """Sorted ranges, less those that begin inside an earlier one."""
    kept: list[Range] = []
    for start, end in ranges:
        if not kept or start >= kept[-1][1]:
            kept.append((start, end))
    return tuple(kept)


def _read_head(body: Sequence[Line], finds: _Finds) -> None:
    """Byline and date among the first lines; the first line that is neither, nor furniture, may be the headline."""
    prose = False
    for number, line in enumerate(body[:_HEAD]):
        data = None if not number and _is_above_byline(body) else _head_data(line.text)
        if data is not None:
            finds.add(line, **data)
        elif not (
            prose or is_label(line.text) or lone_url(line.text) or is_caption(line.text) or is_no_title(line.text)
        ):
            finds.note(title=_title(line, body[number + 1 : number + 4]))
            prose = True


def _is_above_byline(body: Sequence[Line]) -> bool:
    """Whether the first line only looks like a byline ("By Royal Appointment"): it stands alone, above one."""
    return body[0].closes and any(_BY.match(line.text) and find_author(line.text) for line in body[1:3])


def _head_data(text: str) -> dict[str, str | None] | None:
    """What a line of the head says, if it is a byline, a date or `key: value`; None for any other line."""
    if (date := find_date(text)) is not None:
        return {"updated" if is_update(text) else "published": date}
    if author := find_author(text):
        return {"author": author, "published": iso_date(text)}
    return dict(read_pair(text)) or None


def _title(line: Line, after: Sequence[Line]) -> str | None:
    """The headline, set off by a blank line, a byline or an underline of "="."""
    underlined = bool(after) and not after[0].text.strip("=")
    body = after[underlined:]
    set_off = underlined or (bool(body) and _head_data(body[0].text) is not None)
    return find_title(line, set_off, body)


def _read_foot(foot: Sequence[Line], finds: _Finds) -> None:
    """Dates that stand alone among the last lines."""
    for line in foot:
        if (date := find_date(line.text)) is not None:
            finds.add(line, **{"updated" if is_update(line.text) else "published": date})


def _read_urls(body: Sequence[Line], finds: _Finds) -> None:
    """The article's own URL: one with a label, else the only one that stands alone at its head or foot."""
    alone = set()
    for number, line in enumerate(body):
        url = lone_url(line.text)
        if url is None:
            continue
        label = body[number - 1] if number else line
        if _URL_LABEL.fullmatch(label.text):
            finds.add(label)
        if _URL_LABEL.match(line.text) or _URL_LABEL.fullmatch(label.text):
            finds.note(url=url)
        elif number < _HEAD or number >= len(body) - _FOOT:
            alone.add(url)
    if len(alone) == 1:
        finds.note(url=alone.pop())
