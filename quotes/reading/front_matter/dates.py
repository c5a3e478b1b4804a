"""Dates as newspapers print them → ISO 8601, where they can mean one day only."""

from __future__ import annotations

import datetime

import regex

__all__ = ["DATE", "TIME", "holds_date", "iso_date"]

MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
MONTH = (
    r"(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)\.?"
)
DAY = r"\d{1,2}(?:st|nd|rd|th)?"
WEEKDAY = r"(?:(?:mon|tue(?:s)?|wed(?:nes)?|thu(?:rs)?|fri|sat(?:ur)?|sun)(?:day)?\.?,?\s+)?"
TIME = (
    r"(?:\d{1,2}(?:[:.]\d{2}){1,2}(?:\s?[ap]\.?m\.?)?|\d{1,2}\s?[ap]\.?m\.?)"
    r"(?:\s?\(?(?:[A-Z]{2,4}|GMT[+-]\d{1,2}(?::?\d{2})?|Z|[+-]\d{2}:?\d{2})\)?)?"
)
ISO = r"(?P<iso>\d{4}-\d{2}-\d{2})(?:T[\d:.]+(?:Z|[+-]\d{2}:?\d{2})?)?"
SLASHED = (
    r"(?P<first>\d{1,2})[/.](?P<second>\d{1,2})[/.](?P<long>\d{4})|(?P<y>\d{4})[/.](?P<m>\d{1,2})[/.](?P<d>\d{1,2})"
)
WORDED = (
    rf"{WEEKDAY}(?:(?P<month>{MONTH})\s+(?P<day>{DAY}),?\s+(?P<year>\d{{4}})"
    rf"|(?P<day>{DAY})(?:\s+of)?[\s-]+(?P<month>{MONTH}),?[\s-]+(?P<year>\d{{4}}))"
)
DATE = rf"(?:{WORDED}|{ISO}|{SLASHED})"
PATTERN = regex.compile(rf"(?<!\d){DATE}(?!\d)", regex.IGNORECASE)


def holds_date(text: str) -> bool:
    """Whether there is a date in `text`, be it one that cannot be read for sure."""
    return PATTERN.search(text) is not None


def iso_date(text: str) -> str | None:
    """The first date in `text` as YYYY-MM-DD; None without one, or where day and month could change places."""
    found = PATTERN.search(text)
    if found is None:
        return None
    try:
        return _date(found).isoformat()
    except ValueError:
        return None


def _date(found: regex.Match[str]) -> datetime.date:
    if found["iso"]:
        return datetime.date.fromisoformat(found["iso"])
    if found["month"]:
        month = MONTHS.index(found["month"][:3].lower()) + 1
        return datetime.date(int(found["year"]), month, int(regex.sub(r"\D", "", found["day"])))
    if found["y"]:
        return datetime.date(int(found["y"]), int(found["m"]), int(found["d"]))
    return _slashed(int(found["first"]), int(found["second"]), int(found["long"]))


def _slashed(first: int, second: int, year: int) -> datetime.date:
    if first <= 12 and second <= 12 and first != second:
        raise ValueError("day and month could change places")
    day, month = (first, second) if first > 12 else (second, first)
    return datetime.date(year, month, day)
