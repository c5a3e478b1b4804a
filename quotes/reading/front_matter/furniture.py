"""Lines that are no prose wherever they stand: captions, links to other pages, page labels, URLs."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import regex

from quotes.reading.front_matter.words import (
    AGENCIES,
    AGENCY,
    LABELS,
    NAME_LIST,
    NAMES,
    OPENERS,
    URL,
    holds_quotation,
    plain,
)
from quotes.types import Range

__all__ = ["is_caption", "is_furniture", "is_label", "lone_url", "tags"]

_LONGEST = 400
_LONGEST_LINK = 200
_SHORT = 60
_TAIL = 100

_LONE_URL = regex.compile(rf"(?:[\w ]{{1,30}}:\s*)?[<(\[]?(?P<url>{URL}?)[>)\]]?\.?")
_OPENER = regex.compile(rf"(?:[>→»•·-]\s?)?{OPENERS}", regex.I)
_FOLLOW = regex.compile(r"(?:[>→»•·-]\s?|[\"“])?follow .{1,60} on (?:twitter|x|facebook|instagram)\b", regex.I)
_ZONE = r"(?:[A-Z]{2,4}|[Ll]ocal\stime)"
_CLOCK = regex.compile(
    rf"(?:[Uu]pdated:?\s)?(?:\d{{1,2}}[:.]\d{{2}}(?:\s?[AaPp]\.?[Mm]\.?)?|\d{{1,2}}\s?[AaPp]\.?[Mm]\.?)(?:\s\(?{_ZONE}\)?)?\.?"
)
_TAG = regex.compile(r"</?[a-zA-Z][\w-]*+(?:\s++[\w:-]++(?:=(?:\"[^\"<>]*+\"|'[^'<>]*+'|[^\s\"'<>]++))?+)*+\s*+/?>")
_IMAGE = regex.compile(r"!\[[^\]]*\]\([^)]*\)\.?")
_RULE = regex.compile(r"(?:[-*_=~#•]\s?){2,}\.?")
_SIGNED = regex.compile(
    r"[(\[](?:(?:additional|with)\s)?(?:reporting|writing|editing|compiled|inputs?)\b.{2,250}[)\]]\.?", regex.I
)

_PHOTO = r"(?i:photo(?:graph|s|graphs)?|image|picture|pic|illustration|graphic)"
_CREDITS = rf"(?:(?i:file )?{_PHOTO}(?i: credit| source| courtesy)?|(?i:credit)|(?i:courtesy))"
_HAS_CREDIT = regex.compile(rf"{_CREDITS}(?::|\s(?i:by|of)\s)")
_PHOTOGRAPHER = rf"(?:the\s)?{NAME_LIST}(?:\s?[/|,(].{{0,60}}|\s(?:via|for)\s.{{0,60}})?"
_CREDIT = rf"{_CREDITS}(?::\s?[^.:]{{2,80}}|\s(?i:by|of)\s{_PHOTOGRAPHER})"
_WITHIN_BRACKETS = (
    rf"(?:(?:{AGENCY}\s|(?i:file |pool |handout ))?{_PHOTO}\b[^()\[\]]{{0,100}}"
    rf"|{_CREDIT}|(?i:courtesy )[^()\[\]]{{2,80}}"
    rf"|[^()\[\]]{{0,80}}(?:/|\bvia )\s?{AGENCY}[^()\[\]]{{0,40}}|Getty Images|Shutterstock|Handout)"
)
_CREDIT_AT_END = rf"(?:^|(?<=[.?!])\s?|\s[|—–-]\s){_CREDIT}\.?$"
_AGENCY_AT_END = rf"(?:^|/\s?|\bvia\s|{NAMES}\s[|—–-]\s){AGENCY}$"
_AGENCY_PHOTO = rf"(?:^|[.?!,]\s){AGENCY}(?:\s{_PHOTO})?\s?/\s?{NAMES}(?:/(?i:file photo|pool|handout))?$"
_BOLD_AT_END = regex.compile(r"\S.*\s(?:\*\*|__)(?P<credit>[^*_]{2,60})(?:\*\*|__)$")
_CREDITED = rf"\S\s?/\s?\S|(?<!\w){AGENCY}|{_PHOTO}\b"


@cache
def _compiled(pattern: str) -> regex.Pattern[str]:
    """The long patterns take a tenth of the program's start to compile, and most articles have no use for them."""
    return regex.compile(pattern)


def is_furniture(line: str) -> bool:
    """Whether the line is no prose. A line that quotes three words or more is prose, unless it is a URL, the
    time of day, or what to follow its writer on."""
    if len(line) > _LONGEST:
        return False
    if lone_url(line) or _CLOCK.fullmatch(line) or (len(line) <= _LONGEST_LINK and _FOLLOW.match(plain(line))):
        return True
    return (is_label(line) or _is_link(line) or is_caption(line) or _is_markup(line)) and not holds_quotation(line)


def is_label(line: str) -> bool:
    """Whether the line is a known piece of a page, as "Advertisement" or "Story continues below"."""
    return plain(line).strip(" .:…|-–—").casefold() in LABELS


def is_caption(line: str) -> bool:
    """Whether the line names its photographer or picture agency where captions do: at its end, or alone."""
    if len(line) > _LONGEST:
        return False
    bold = _BOLD_AT_END.match(line) if line.endswith(("**", "__")) else None
    if bold:
        return _compiled(_CREDITED).search(bold["credit"]) is not None
    text = plain(line)
    return _in_brackets(text) or _at_end(text.removesuffix(".") if len(text) <= _SHORT else text)


def _in_brackets(text: str) -> bool:
    closed = text.removesuffix(".")
    start = max(closed.rfind("("), closed.rfind("["))
    return (
        start >= 0
        and closed.endswith((")", "]"))
        and _compiled(_WITHIN_BRACKETS).fullmatch(closed, start + 1, len(closed) - 1) is not None
    )


def _at_end(text: str) -> bool:
    """With cheap tests first: every line of every article comes by here."""
    tail = text[-_TAIL:]
    return (
        (tail.endswith(AGENCIES) and _compiled(_AGENCY_AT_END).search(tail) is not None)
        or ("/" in tail and _compiled(_AGENCY_PHOTO).search(tail) is not None)
        or (_HAS_CREDIT.search(text) is not None and _compiled(_CREDIT_AT_END).search(text) is not None)
    )


def lone_url(line: str) -> str | None:
    """The URL of a line that holds no more than that, with a label perhaps."""
    found = _LONE_URL.fullmatch(line) if "://" in line else None
    return found["url"] if found else None


def tags(text: str) -> Iterator[Range]:
    """The HTML tags left in the text: the quotation marks in their attributes are nobody's speech."""
    return (found.span() for found in _TAG.finditer(text))


def _is_link(line: str) -> bool:
    return len(line) <= _LONGEST_LINK and _OPENER.match(plain(line)) is not None


def _is_markup(line: str) -> bool:
    return not line[0].isalnum() and any(pattern.fullmatch(line) for pattern in (_IMAGE, _RULE, _SIGNED))
