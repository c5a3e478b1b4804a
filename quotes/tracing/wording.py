"""A quotation's text → the words that were spoken, for comparison: without case, accents, marks and brackets.

"don't" and "do not", "long-term" and "long term" are the same words.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

import regex

from quotes.types import PIECES, Range
from quotes.words import read_words

__all__ = ["LONGEST", "Wording", "content_words", "hedges", "is_content", "negations", "read", "read_once"]

LONGEST = 2_000
"""Words of a quotation that are compared: a longer one is a speech."""

_LISTS = "quotes.tracing.words"
_TOKEN = regex.compile(
    r"""
      (?P<word> (?: \w++ (?!['’ʼ.,\[]) | \p{L}(?:\.\p{L}\b)++\.?+
        | (?:\[\w++\](?=\w))?+ \w++ (?: ['’ʼ]\w++ | (?<=\p{N})[.,](?=\p{N})\w++ | \[\p{L}++\] )*+ ) )
    | (?P<stop> [.?!] (?!\s?\.) )
    | (?P<gap> … | \.(?:\s?\.){2,3} | [\[(] \s? (?:…|\.(?:\s?\.){2,3}) \s? [)\]] )
    | (?P<inserted> \[[^\[\]]{0,200}+\] | \([^()]{0,200}+\) )
    | [.?!]
    """,
    regex.VERBOSE,
)
_DROPPED = regex.compile(r"[\p{M},_\[\]]+|(?<!\p{N})\.|\.(?!\p{N})")
_IRREGULAR = {
    "won't": ("will", "not"),
    "can't": ("can", "not"),
    "shan't": ("shall", "not"),
    "cannot": ("can", "not"),
}
_ENDINGS = {"n't": "not", "'re": "are", "'m": "am", "'ll": "will", "'ve": "have"}


@dataclass(frozen=True, slots=True)
class Wording:
    """The words of a text, in columns. `ranges` are code points of `text`; `ends` says that a sentence ends after the
    word, `gaps` that an ellipsis stands before it (one place more than words: the last is the end); `inserted` are
    ranges in brackets, each with the number of words before it."""

    text: str
    words: tuple[str, ...]
    ranges: tuple[Range, ...]
    ends: tuple[bool, ...]
    gaps: frozenset[int]
    inserted: tuple[tuple[int, Range], ...]

    def range(self, first: int, last: int) -> Range:
        """Where the words from `first` up to `last` stand; empty ranges stand before word `first`."""
        if first < last:
            return self.ranges[first][0], self.ranges[last - 1][1]
        place = self.ranges[first][0] if first < len(self.ranges) else len(self.text)
        return place, place


@lru_cache(maxsize=1 << 12)
def read(pieces: tuple[str, ...]) -> Wording:
    """The wording of a quotation, kept for the next time that it is compared."""
    return read_once(pieces)


def read_once(pieces: tuple[str, ...], longest: int | None = LONGEST) -> Wording:
    """The wording of a quotation in pieces, up to so many words (None: all). What stands between the pieces is the
    article's, no ellipsis of the speaker's."""
    words: list[str] = []
    ranges: list[Range] = []
    ends: list[bool] = []
    gaps: set[int] = set()
    inserted: list[tuple[int, Range]] = []
    offset = 0
    for piece in pieces:
        if ends and piece[:1].isupper():
            ends[-1] = True  # “It leaks,” she said. “We knew.”
        for match in _TOKEN.finditer(piece):
            start, end = match.span()
            place = (offset + start, offset + end)
            kind = match.lastgroup
            if kind == "word":
                spoken = _spoken(match[0])
                words += spoken
                ranges += [place] * len(spoken)
                ends += [False] * len(spoken)
            elif kind == "gap":
                gaps.add(len(words))
            elif kind == "inserted":
                inserted.append((len(words), place))
            elif ends and words[-1] not in _abbreviations():
                ends[-1] = True
            if longest and (len(words) >= longest or len(inserted) >= longest):
                break
        offset += len(piece) + len(PIECES)
    n = min(len(words), longest or len(words))
    return Wording(
        PIECES.join(pieces),
        tuple(words[:n]),
        tuple(ranges[:n]),
        tuple(ends[:n]),
        frozenset(gap for gap in gaps if gap <= n),
        tuple(place for place in inserted if place[0] <= n),
    )


@cache
def _abbreviations() -> frozenset[str]:
    """Words whose full stop ends no sentence."""
    return frozenset(word.rstrip(".").casefold() for word in read_words("quotes.nlp", "abbreviations.txt"))


@lru_cache(maxsize=1 << 16)
def _spoken(token: str) -> tuple[str, ...]:
    """A token as the words it stands for."""
    plain = _DROPPED.sub("", unicodedata.normalize("NFKD", token)).casefold().replace("’", "'").replace("ʼ", "'")
    if plain in _IRREGULAR:
        return _IRREGULAR[plain]
    for ending, word in _ENDINGS.items():
        if plain.endswith(ending) and len(plain) > len(ending):
            return plain.removesuffix(ending), word
    return (plain,) if plain else ()


# --- kinds of words --------------------------------------------------------------------------------------------------


@cache
def _small() -> frozenset[str]:
    return (
        read_words(_LISTS, "function.txt")
        | read_words(_LISTS, "negations.txt")
        | {hedge for hedge in read_words(_LISTS, "hedges.txt") if " " not in hedge}
    )


def is_content(word: str) -> bool:
    """Whether a word says what a quotation is about."""
    return word not in _small()


def content_words(words: Sequence[str]) -> list[str]:
    """The words that say what a quotation is about, in order."""
    small = _small()
    return [word for word in words if word not in small]


def negations(words: Sequence[str]) -> int:
    """How many of the words turn a statement round."""
    known = read_words(_LISTS, "negations.txt")
    return sum(word in known for word in words)


@cache
def _hedges() -> dict[str, list[tuple[str, ...]]]:
    """Hedges by their first word, the longest first."""
    found: dict[str, list[tuple[str, ...]]] = {}
    for line in sorted(read_words(_LISTS, "hedges.txt"), key=lambda line: (-len(line.split()), line)):
        hedge = tuple(line.split())
        found.setdefault(hedge[0], []).append(hedge)
    return found


def hedges(words: Sequence[str]) -> Iterator[Range]:
    """Where hedges stand: indices of words, end-exclusive, disjoint."""
    k = 0
    while k < len(words):
        hedge = next((h for h in _hedges().get(words[k], ()) if tuple(words[k : k + len(h)]) == h), None)
        if hedge:
            yield k, k + len(hedge)
        k += len(hedge) if hedge else 1
