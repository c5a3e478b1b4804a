"""Word lists (one entry a line, beside this module) and the patterns that several rules share."""

from __future__ import annotations

import regex

from quotes.words import any_of, read_lines, read_words

__all__ = [
    "AGENCIES",
    "AGENCY",
    "LABELS",
    "NAMES",
    "NAME_LIST",
    "NO_AUTHORS",
    "NO_TITLES",
    "OPENERS",
    "ROLE",
    "URL",
    "holds_quotation",
    "plain",
]

_LISTS = "quotes.reading.front_matter"
AGENCIES = tuple(read_lines(_LISTS, "agencies.txt"))
LABELS = read_words(_LISTS, "labels.txt")
NO_TITLES = any_of(_LISTS, "no_titles.txt")
NO_AUTHORS = read_words(_LISTS, "no_authors.txt")
OPENERS = rf"{any_of(_LISTS, 'openers.txt')}(?!\w)"
AGENCY = rf"{any_of(_LISTS, 'agencies.txt')}(?!\w)"
ROLE = rf"(?i:(?:[\p{{L}}’'&.-]+\s){{0,6}}{any_of(_LISTS, 'roles.txt')})(?!\w)"

_PARTICLE = r"(?:de|da|del|della|der|den|di|du|la|le|van|von|bin|al|el)(?!\w)"
_NAME = rf"(?:\p{{Lu}}[\p{{L}}\p{{M}}.’'-]*+|{_PARTICLE})"
NAMES = rf"{_NAME}(?:[ \t]{_NAME}){{0,4}}"
NAME_LIST = rf"{NAMES}(?:(?:,?\sand\s|,\s|\s?[&/]\s?){NAMES}){{0,6}}"
URL = r"https?://[^\s<>\"“”]+"

_LINK = regex.compile(r"\[([^\[\]]*)\]\([^()]*\)")
_EMPHASIS = regex.compile(r"\*\*|__|(?<!\w)[*_]|[*_](?!\w)")
_DOUBLE = regex.compile(r"[“\"«„]([^“”\"«»„]*)[”\"»“]")
_SINGLE = regex.compile(r"(?<!\w)[‘'`]{1,2}(?=\w)(.*)(?<=\S)[’']{1,2}(?!\w)")
_WORD = regex.compile(r"\w[\w’'-]*")


def plain(text: str) -> str:
    """A line without its Markdown: links give their words, emphasis goes."""
    if "](" in text:
        text = _LINK.sub(r"\1", text)
    if "*" in text or "_" in text:
        text = _EMPHASIS.sub("", text)
    return text.strip()


def holds_quotation(text: str) -> bool:
    """Whether three words or more stand between quotation marks on this line."""
    return any(len(_WORD.findall(found[1])) > 2 for pattern in (_DOUBLE, _SINGLE) for found in pattern.finditer(text))
