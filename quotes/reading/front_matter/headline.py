"""Is this line the headline?"""

from __future__ import annotations

from collections.abc import Sequence

import regex

from quotes.reading.front_matter.lines import Line
from quotes.reading.front_matter.words import NO_AUTHORS, NO_TITLES, plain

__all__ = ["as_author", "as_title", "find_title", "is_no_title"]

_LONGEST = 160
_LONGEST_WITH_POINT = 100
_HEADING = regex.compile(r"#{1,6}\s+(?P<title>.*?)(?:\s+#+)?")
_POINT = regex.compile(r"(?<!\.)\.[\"”’']?$")
_NO_HEADLINE = regex.compile(r"[,.][\"”]\s|[,:]$|^\P{L}*+$")
_NO_TITLE = regex.compile(
    rf"{NO_TITLES}[.!]?(?:\s*[:|–—-]+\s*(?P<rest>.*))?|(?:embargoed|under embargo)\b.*", regex.IGNORECASE
)
_FILE = regex.compile(r"\S+\.(?:docx?|pdf|odt|rtf|txt|html?|indd|pages|tex|md)", regex.IGNORECASE)
_TOLD = regex.compile(r"\b(?:said|told|asked|added)\b")


def find_title(line: Line, set_off: bool, after: Sequence[Line]) -> str | None:
    """The headline, if `line`, the first that is prose, is one; `after` are the next, `set_off`: they are not its own.

    A headline stands alone above something else. With a full stop at its end it must be short, above something long,
    and tell of nobody speaking.
    """
    heading = _HEADING.fullmatch(line.text)
    if heading:
        return plain(heading["title"]) or None
    text = plain(line.text)
    alone = after and (set_off or line.closes or text.endswith(";"))
    if not alone or len(text) > _LONGEST or _NO_HEADLINE.search(text):
        return None
    if _POINT.search(text) and not _short_above_long(text, after):
        return None
    return as_title(text.removesuffix(";"))


def as_title(text: str | None) -> str | None:
    """What a line, or what a file's own data call its title, has of one: not a file's name, not "PRESS RELEASE"."""
    title = " ".join((text or "").split())
    while label := _NO_TITLE.fullmatch(title):
        title = label["rest"] or ""
    return None if not title or _FILE.fullmatch(title) else title


def is_no_title(line: str) -> bool:
    """Whether a line says that something is to be published, and nothing of what."""
    return as_title(plain(line)) is None


def as_author(text: str | None) -> str | None:
    """What a file's own data call its author, if that may be one: not the name of a program or "user"."""
    return None if not text or text.strip().casefold() in NO_AUTHORS else text


def _short_above_long(text: str, after: Sequence[Line]) -> bool:
    return max(len(line.text) for line in after) > _LONGEST_WITH_POINT >= len(text) and not _TOLD.search(text)
