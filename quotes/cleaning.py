"""Words as they are read, not as they were set: for search and display beside the verbatim text.

A PDF keeps the ligatures of its type (“ﬁgures”) and the hyphens at its line ends (“con-\\nfirmed”). Nothing else is
changed: marks, dashes and spelling are the article's own.
"""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

import regex

__all__ = ["clean"]

# Unicode's Latin ligatures, by what they stand for (its compatibility decompositions, without the long s).
LIGATURES: Final = MappingProxyType(
    {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st", "\u00ad": ""}
)
_TABLE = str.maketrans(dict(LIGATURES))
_HYPHEN = regex.compile(r"([\p{L}\p{M}]+)[-‐]\s*\n\s*([\p{Ll}\p{M}]+)")
_BLANKS = regex.compile(r"\s+")


def clean(text: str, article: str) -> str:
    """`text`, a part of `article`, with ligatures as letters, words whole that a line end divides, and single blanks.

    A hyphen at a line end stays where the article has the word with it elsewhere ("well-known"), and not without.
    """

    def joined(found: regex.Match[str]) -> str:
        first, second = found[1], found[2]
        return (
            f"{first}-{second}" if f"{first}-{second}" in article and first + second not in article else first + second
        )

    return _BLANKS.sub(" ", _HYPHEN.sub(joined, text).translate(_TABLE)).strip()
