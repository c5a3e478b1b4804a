"""Data set down as `key: value`: a Markdown (YAML) header between fences, or lines at the head of an article."""

from __future__ import annotations

from types import MappingProxyType

import regex

from quotes.reading.front_matter.dates import iso_date
from quotes.reading.front_matter.lines import Line
from quotes.reading.front_matter.words import URL

__all__ = ["header_length", "read_pair"]

_FIELDS = MappingProxyType(
    {
        "title": "title",
        "headline": "title",
        "author": "author",
        "authors": "author",
        "byline": "author",
        "date": "published",
        "published": "published",
        "date_published": "published",
        "publish_date": "published",
        "url": "url",
        "link": "url",
        "source": "url",
        "original url": "url",
        "original_url": "url",
        "source_url": "url",
        "canonical_url": "url",
    }
)
_LONGEST = 100
_PAIR = regex.compile(r"(?P<key>[\w-]+(?: [Uu][Rr][Ll])?)\s?:(?:\s+(?P<value>.*))?")
_URL = regex.compile(rf"<?(?P<url>{URL}?)>?")


def header_length(lines: list[Line]) -> int:
    """How many of `lines` are a header between fences, the fences counted; 0 without one."""
    if not lines or lines[0].text != "---":
        return 0
    for number, line in enumerate(lines[1:_LONGEST], start=1):
        if line.text in ("---", "..."):
            return number + 1 if number > 1 else 0
        if not (line.indented or line.text.startswith(("#", "- ")) or _PAIR.fullmatch(line.text)):
            return 0
    return 0


def read_pair(line: str) -> dict[str, str]:
    """`{field: value}` of a line such as "author: Jane Roe", its field one of FrontMatter's; else empty."""
    found = _PAIR.fullmatch(line)
    field = _FIELDS.get(found["key"].lower().replace("-", "_")) if found else None
    value = _value(field, found["value"] or "") if found and field else None
    return {field: value} if field and value else {}


def _value(field: str, raw: str) -> str | None:
    value = raw.strip().strip("[]").replace('", "', ", ").strip("\"' ")
    if field == "published":
        return iso_date(value)
    if field == "url":
        found = _URL.fullmatch(value)
        return found["url"] if found else None
    return value
