"""A text with marked places as HTML, for notebooks: nothing in the text commands the page."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

__all__ = ["marked"]


def marked(text: str, marks: Iterable[tuple[int, int, str]]) -> str:
    """`text` as HTML with a `<mark>` around each (start, end, what it is), offsets in code points of `text`.

    What begins inside an earlier mark, or lies outside the text, is left out.
    """
    pieces, place = [], 0
    for start, end, title in sorted(marks):
        if place <= start < end <= len(text):
            pieces += [escape(text[place:start]), f'<mark title="{escape(title)}">{escape(text[start:end])}</mark>']
            place = end
    return "".join([*pieces, escape(text[place:])])
