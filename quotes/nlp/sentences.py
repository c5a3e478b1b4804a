"""Sentences of news prose by rule, in linear time: the sentence of a record is context shown to a reader."""

from __future__ import annotations

from collections.abc import Iterator

import regex

from quotes.nlp.words import read_words
from quotes.types import Range

__all__ = ["split_sentences"]

BLOCK = regex.compile(r"\S(?:[^\n\r]|\r?\n(?![^\S\n]*\r?\n)|\r(?!\n))*+")
LINE_END = regex.compile(r"[^\S\n]*(?:\r\n|\n|\r)[^\S\n]*")
# Terminal marks, closing marks, blanks, and what opens the next sentence.
STOP = regex.compile(r"([.!?…]++)([\"”’'»)\]*]*+)(\s++)(?=[\"“‘'«(\[*—–-]*+\s?+[\p{Lu}\p{Lt}\p{Lo}\p{N}$€£@#])")
WORD_BEFORE = regex.compile(r"(?r)[\p{L}\p{M}.&'’-]*")
FIRST_WORD = regex.compile(r"[\"“‘'«(\[*—–-]*+\s?+([\w'’-]+)")
CUE_AFTER = regex.compile(
    r"(?:the\s)?(?:\p{Lu}[\p{L}\p{M}.’'-]*+\s){1,4}?(?:said|says|asked|asks|added|adds|told|wrote|cried|shouted)\b"
)
INITIALS = regex.compile(r"(?:\p{L}\.)*\p{L}")
WIDEST_WRAP = 100


def split_sentences(text: str) -> Iterator[Range]:
    """The sentences of a text, in order, blanks between them left out. No sentence crosses a paragraph.

    A line end is a blank where the text is wrapped by hand, and a paragraph's end where it is not.
    """
    start = None
    for block in _blocks(text):
        for first, last in _sentences(text, *block):
            if start is not None and _goes_on(text, start[1], first):
                first = start[0]
            elif start is not None:
                yield start
            start = (first, last)
    if start is not None:
        yield start


def _goes_on(text: str, end: int, start: int) -> bool:
    """Whether a paragraph goes on after a blank line (a page break, a picture): a lower-case word after no stop."""
    return text[start].islower() and (text[end - 1].isalnum() or text[end - 1] in ",;-–—") and "\n" in text[end:start]


def _blocks(text: str) -> Iterator[Range]:
    """Paragraphs: what blank lines part, and within it what unwrapped line ends part."""
    for match in BLOCK.finditer(text):
        lines = list(_lines(text, *match.span()))
        width = max(end - start for start, end in lines)
        first, last = lines[0]
        for start, end in lines[1:]:
            if not _wrapped(text, (first, last), (start, end), width, lines):
                yield first, last
                first = start
            last = end
        yield first, last


def _lines(text: str, start: int, end: int) -> Iterator[Range]:
    for match in LINE_END.finditer(text, start, end):
        if match.start() > start:
            yield start, match.start()
        start = match.end()
    while end > start and text[end - 1].isspace():
        end -= 1
    if end > start:
        yield start, end


def _wrapped(text: str, before: Range, after: Range, width: int, lines: list[Range]) -> bool:
    """Whether a line end is a mere blank: the next word would not have fitted, or goes on in lower case."""
    if text[after[0]].islower():
        return True
    line_start = text.rfind("\n", before[0], before[1]) + 1 or before[0]
    word = len(text[after[0] : min(after[1], after[0] + WIDEST_WRAP)].split(maxsplit=1)[0])
    return width <= WIDEST_WRAP and before[1] - line_start + 1 + word > width


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
