"""What is blank: the one definition for all that reads a text.

Python, regular expressions and the reader's vocabulary each have one of their own, and differ over a dozen characters:
where one sees a blank inside a word, another sees a letter. So all of them see a text as `plain` makes it, in which no
such character is left; offsets hold, and records say what stands in the text itself.
"""

from __future__ import annotations

from typing import Final

import regex

__all__ = ["BLANK", "NEWLINES", "SPACES", "UNSEEN", "ZERO_WIDTH", "plain"]

ZERO_WIDTH: Final = (
    "\u180e\u200b\u200c\u200d\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2060\u2066\u2067\u2068\u2069\ufeff"
)
SPACES: Final = "\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
NEWLINES: Final = "\n\r\f\v\x1c\x1d\x1e\x85\u2028\u2029"
BLANK: Final = " \t\x1f" + NEWLINES + SPACES + ZERO_WIDTH
_LETTER = r"[\p{L}\p{M}\p{N}]"
UNSEEN: Final = regex.compile(rf"(?<={_LETTER}['’-]?)[{ZERO_WIDTH}\u00ad\u034f\ufe00-\ufe0f]++(?=['’-]?{_LETTER})")
"""What nobody sees inside a word: soft hyphens, joiners, turns of direction, variation selectors."""

# Page breaks, \f and \u2029, end paragraphs and stay.
_PLAIN: Final = str.maketrans(dict.fromkeys("\v\x1c\x1d\x1e\x85\u2028", "\n") | dict.fromkeys("\x1f" + SPACES, " "))


def plain(text: str) -> str:
    """`text` with every odd space as a space and every odd newline as a newline, at exactly the same length."""
    return text.translate(_PLAIN)
