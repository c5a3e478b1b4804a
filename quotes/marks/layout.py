"""Text → paragraphs, whether a blank line parts them or a single newline, and where lines are wrapped."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

import regex

from quotes.blanks import BLANK, NEWLINES
from quotes.types import Range

__all__ = ["paragraphs"]

_LINE = regex.compile(rf"[^{NEWLINES}]++")
_NEWLINE = regex.compile(rf"\r\n|[{NEWLINES}]")
_PAGE = frozenset("\f\u2029")
_SENTENCE_END = regex.compile(r"[.!?…:;][\"')\]\p{Pf}*_]*+\Z")
_ITEM = regex.compile(r"[-*•–—>|+]\s|\d{1,3}[.)]\s|[#|]")
_LOWERCASE = regex.compile(r"(?!by\b|via\b|https?:|www\.)\p{Ll}")
# Words that end no paragraph (a heading at most, so the line must be longer than one): a page ended there.
_DANGLING = regex.compile(r"\b(?:the|an?|of|to|with|in|at|by|for|from|and|or|that|than|into|his|her|their|its)\Z")
_LONGEST_HEADING = 60
_WIDEST_WRAP = 130
_NARROWEST_WRAP = 35


def paragraphs(text: str) -> list[Range]:
    """Cut `text` into paragraphs: sorted, disjoint ranges without blank edges that cover all that is not blank.

    A blank line ends a paragraph, unless it breaks a sentence in two (a page break). A single newline ends one where
    the lines of the text are whole paragraphs, not where they are wrapped at a column.
    """
    lines = list(_lines(text))
    gaps = [_newlines(text[a[1] : b[0]]) for a, b in pairwise(lines)]
    width = _wrap_width(text, lines, gaps)
    found = lines[:1]
    for line, following, gap in zip(lines, lines[1:], gaps, strict=False):
        if _runs_on(text, line, following, gap, width):
            found[-1] = (found[-1][0], following[1])
        else:
            found.append(following)
    return found


def _lines(text: str) -> Iterator[Range]:
    """The lines that are not blank, without their blank edges."""
    for match in _LINE.finditer(text):
        line = match.group()
        if body := line.strip(BLANK):
            start = match.start() + len(line) - len(line.lstrip(BLANK))
            yield start, start + len(body)


def _newlines(gap: str) -> int:
    """How many newlines stand between two lines: two or more make a blank line, and a page break counts as two."""
    return 2 if _PAGE.intersection(gap) else len(_NEWLINE.findall(gap))


def _wrap_width(text: str, lines: Sequence[Range], gaps: Sequence[int]) -> int:
    """The column at which the text is wrapped, 0 where each line is a paragraph."""
    soft = [pair for pair, gap in zip(pairwise(lines), gaps, strict=False) if gap == 1]
    if not soft:
        return 0
    widths = sorted(end - start for start, end in lines)
    width = widths[(len(widths) - 1) * 19 // 20]
    if not _NARROWEST_WRAP <= width <= _WIDEST_WRAP:
        return 0
    full = sum(_is_full(text, line, following, width) for line, following in soft)
    return width if 2 * full >= len(soft) else 0


def _is_full(text: str, line: Range, following: Range, width: int) -> bool:
    """Had this line no room for the first word of the next one? (A tenth of the width is allowed for ragged edges.)"""
    space = text.find(" ", *following)
    word = (space if space >= 0 else following[1]) - following[0]
    return line[1] - line[0] + 1 + word > 0.9 * width


def _runs_on(text: str, line: Range, following: Range, newlines: int, width: int) -> bool:
    """Does the paragraph of `line` go on in the line after it?"""
    length = line[1] - line[0]
    tail, head = text[max(line[0], line[1] - 20) : line[1]], text[following[0] : following[0] + 8]
    if _ITEM.match(head):
        return False
    ends = _SENTENCE_END.search(tail) is not None
    if not ends and (_LOWERCASE.match(head) or (length > _LONGEST_HEADING and _DANGLING.search(tail))):
        return True
    if newlines > 1 or not width:
        return False
    return _is_full(text, line, following, width) or (not ends and length > 0.6 * width)
