"""Sentences of news prose by rule, in linear time: the sentence of a record is context shown to a reader."""

from __future__ import annotations

from collections.abc import Iterator

import regex

from quotes.marks import paragraphs
from quotes.types import Range
from quotes.words import read_words

__all__ = ["split_sentences"]

# Terminal marks, closing marks, blanks, and what opens the next sentence.
STOP = regex.compile(
    r"(?<![.!?…])([.!?…]++)([\"”’'»)\]*]*+)(\s++)(?=[\"“‘'«(\[*—–-]*+\s?+[\p{Lu}\p{Lt}\p{Lo}\p{N}$€£@#])"
)
WORD_BEFORE = regex.compile(r"(?r)[\p{L}\p{M}.&'’-]*")
FIRST_WORD = regex.compile(r"[\"“‘'«(\[*—–-]*+\s?+([\w'’-]+)")
CUE_AFTER = regex.compile(
    r"(?:the\s)?(?:\p{Lu}[\p{L}\p{M}.’'-]*+\s){1,4}?(?:said|says|asked|asks|added|adds|told|wrote|cried|shouted)\b"
)
INITIALS = regex.compile(r"(?:\p{L}\.)*\p{L}")


def split_sentences(text: str) -> Iterator[Range]:
    """The sentences of a text, in order, blanks between them left out. No sentence crosses a paragraph."""
    for start, end in paragraphs(text):
        yield from _sentences(text, start, end)


def _sentences(text: str, start: int, end: int) -> Iterator[Range]:
    for stop in STOP.finditer(text, start, end):
        if _ends(text, stop, start, end):
            yield start, stop.end(2)
            start = stop.end()
    yield start, end


def _ends(text: str, stop: regex.Match[str], start: int, end: int) -> bool:
    marks, closing = stop[1], stop[2]
    if marks == "." and not closing:
        return _full_stop(text, stop, start, end)
    return not (closing and marks[-1] in "?!…" and CUE_AFTER.match(text, stop.end(), end))


def _full_stop(text: str, stop: regex.Match[str], start: int, end: int) -> bool:
    """Whether a lone full stop ends a sentence: it may belong to an abbreviation or an initial."""
    match = WORD_BEFORE.match(text, max(start, stop.start() - 20), stop.start())
    word = match[0].lstrip("'’.-") if match else ""
    if word in read_words("quotes.nlp", "abbreviations.txt") or (word == "No" and text[stop.end()].isdigit()):
        return False
    if len(word) == 1 and word.isupper() and word != "I":
        return False
    if word in read_words("quotes.nlp", "final_abbreviations.txt") or ("." in word and INITIALS.fullmatch(word)):
        if text[stop.end()] in "-–—":  # a date line: "NEWPORT, Va. - In a"
            return False
        first = FIRST_WORD.match(text, stop.end(), end)
        return bool(first and first[1] in read_words("quotes.nlp", "openers.txt"))
    return True
