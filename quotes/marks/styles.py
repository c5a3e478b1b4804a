"""One form for all styles of marks, at the same length."""

from __future__ import annotations

from collections.abc import Iterable

from quotes.blanks import SPACES, ZERO_WIDTH
from quotes.types import MarkedSpan

__all__ = ["canonical"]

_PLAIN = str.maketrans(dict.fromkeys("’‘‛ʼ＇", "'") | dict.fromkeys(SPACES + ZERO_WIDTH, " "))


def canonical(text: str, marks: Iterable[MarkedSpan]) -> str:
    """Rewrite `text` in the American style, at exactly the same length, so that every offset holds.

    The marks of outermost spans become `"`, those of deeper ones `'`, filled up with spaces on the outer side. All
    other curly apostrophes become `'`; no-break and zero-width spaces become spaces.
    """
    edits: list[tuple[int, int, str]] = []
    for mark in marks:
        sign = "'" if mark.depth else '"'
        if mark.opened:
            edits.append((mark.start, mark.inner_start, sign.rjust(mark.inner_start - mark.start)))
        if mark.closed:
            edits.append((mark.inner_end, mark.end, sign.ljust(mark.end - mark.inner_end)))
    plain = text.translate(_PLAIN)
    pieces, done = [], 0
    for start, end, sign in sorted(edits):
        pieces += [plain[done:start], sign]
        done = end
    return "".join([*pieces, plain[done:]])
