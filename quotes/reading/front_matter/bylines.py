"""Lines that say who wrote, and when."""

from __future__ import annotations

from functools import cache

import regex

from quotes.reading.front_matter.dates import DATE, TIME, holds_date, iso_date
from quotes.reading.front_matter.words import NAME_LIST, NAMES, ROLE, plain

__all__ = ["find_author", "find_date", "is_update"]

_LONGEST = 200
_VERBS = r"(?:published|updated|posted|modified|created|dated?|issued|on)"
_DATED = rf"(?:(?:first |last |originally )?{_VERBS}(?:\son|\sat)?:?\s*)"
# What patterns hold more than once is said once, and called by its name: so they are compiled in a third of the time.
_STAMP = "(?&stamp)"
_STAMP_DEFINED = (
    rf"(?(DEFINE)(?P<dated>(?i:{_DATED}))(?P<date>(?i:{DATE}))(?P<time>(?i:{TIME}))"
    r"(?P<stamp>(?i:(?&dated)?(?&date)(?:,?\s*(?:at\s|[(|•·/–—-]\s?)?(?&time)\)?)?"
    r"|(?&dated)?(?&time)(?:,?\s*(?:on\s|[|•·/–—-]\s?)?(?&date)))))"
)
_LIST = "(?&list)"
_LIST_DEFINED = rf"(?(DEFINE)(?P<list>{NAME_LIST}))"
_UPDATE = regex.compile(r"[([]?(?:last )?(?:updated|modified)\b", regex.IGNORECASE)

_BY = r"(?i:(?:(?:written|reported|posted|published|compiled|story|text|words|report|analysis)\s)?by:?\s+)"
_REST = (
    rf"(?:,?\s{ROLE}|\s?[|•·]\s?.{{0,80}}|\s[–—-]\s.{{0,80}}|\s(?:for|in|at|of)\s(?:the\s)?{_LIST}"
    rf"|\s\([^()]{{1,60}}\)|,?\s(?i:on\s)?{_STAMP}|\s@\w+)"
)
_BYLINE_BEGINS = regex.compile(_BY)
_ROLED = regex.compile(rf"(?P<names>{NAMES})(?:,\s|\s?[|•·—–-]\s?){ROLE}")
_ROLE_AT_END = rf",?\s{ROLE}$"


@cache
def _date_line() -> regex.Pattern[str]:
    """As `_byline`, compiled for the first line that may be one: that takes as long as reading three paragraphs."""
    return regex.compile(rf"{_STAMP_DEFINED}[(\[]?{_STAMP}(?:\s*[|•·/,;(–—-]?\s*{_STAMP}){{0,2}}[)\]]?\.?")


@cache
def _byline() -> regex.Pattern[str]:
    return regex.compile(rf"{_STAMP_DEFINED}{_LIST_DEFINED}{_BY}(?P<names>(?:[Tt]he\s)?{_LIST}){_REST}{{0,3}}\.?")


def find_author(line: str) -> str | None:
    """The names in a byline ("By Jane Roe | Staff Writer" → "Jane Roe"), as they are written; None for another line."""
    text = plain(line)
    if len(text) > _LONGEST:
        return None
    begins = _BYLINE_BEGINS.match(text)
    found = (_byline().fullmatch(text) if begins else None) or _ROLED.fullmatch(text)
    return regex.sub(_ROLE_AT_END, "", found["names"]) if found else None


def find_date(line: str) -> str | None:
    """The day in a line that holds nothing but a date; "" where it is one that cannot be read for sure; else None."""
    text = plain(line)
    if len(text) > _LONGEST or not holds_date(text) or not _date_line().fullmatch(text):
        return None
    return iso_date(text) or ""


def is_update(line: str) -> bool:
    """Whether a date line tells of a later change."""
    return _UPDATE.match(plain(line)) is not None
