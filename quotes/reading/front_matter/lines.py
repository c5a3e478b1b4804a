"""A text as its lines, blank ones left out."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import regex

__all__ = ["Line", "split_lines"]

# Broken at every line break that Unicode knows.
_RUN = regex.compile(r"[^\r\n\v\f\x85\u2028\u2029]+")
_PARAGRAPH_ENDS = frozenset(".?!:;…\"”’'»)]*_>")


@dataclass(frozen=True, slots=True)
class Line:
    """A line without the white space around it: `text == document[start:end]`.

    `opens` says that a paragraph can begin here (and no sentence of hard-wrapped prose goes on), `closes` that a blank
    line, or nothing, follows.
    """

    start: int
    end: int
    text: str
    indented: bool
    opens: bool
    closes: bool


def split_lines(text: str) -> list[Line]:
    """The lines of `text` that are not blank."""
    runs = [found.span() for found in _RUN.finditer(text) if not found[0].isspace()]
    apart = [True, *(_apart(text, end, start) for (_, end), (start, _) in pairwise(runs)), True]
    lines: list[Line] = []
    for (start, end), above, below in zip(runs, apart, apart[1:], strict=False):
        opens = above or lines[-1].text[-1] in _PARAGRAPH_ENDS
        lines.append(_line(text[start:end], start, opens, below))
    return lines


def _apart(text: str, end: int, start: int) -> bool:
    """Whether a blank line stands between the end of one line and the start of the next."""
    return start - end > 1 and text[end:start] != "\r\n"


def _line(raw: str, start: int, opens: bool, closes: bool) -> Line:
    text = raw.strip()
    indent = len(raw) - len(raw.lstrip())
    return Line(start + indent, start + indent + len(text), text, indent > 0, opens, closes)
