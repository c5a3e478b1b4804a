"""Text → words in pieces of an uncased vocabulary, each with where its word stands.

The cut is that of BERT (Devlin et al. 2019, "BERT: Pre-training of Deep Bidirectional Transformers"): blanks,
punctuation and Chinese characters part words, case and accents go, and the longest piece that the vocabulary has comes
first.
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import NamedTuple

import regex

from quotes.types import Range

__all__ = ["Encoding", "Tokenizer"]

UNKNOWN, INNER = "[UNK]", "##"
UNPRINTED = frozenset({"Cc", "Cf", "Co", "Cs"})
LONGEST = 100  # characters of a word that is looked up
KEPT, KEPT_LENGTH = 1 << 14, 40  # runs whose pieces are remembered, most of what news is written in; and their length

_RUN = regex.compile(r"[^\t\n\r\p{Z}]+")
_CHINESE = r"\u3400-\u4DBF\u4E00-\u9FFF\uF900-\uFAFF\U00020000-\U0002CEAF\U0002F800-\U0002FA1F"
_SINGLE = rf"\p{{P}}$+<=>^`|~{_CHINESE}"
_WORD = regex.compile(rf"[{_SINGLE}]|[^{_SINGLE}]+")


class Encoding(NamedTuple):
    """The pieces of a text, in order; all lists have one entry a piece.

    `tokens` are spelled with ## where they go on with a word; `starts` and `ends` are code-point offsets of the whole
    word that a piece belongs to; `first` says which pieces begin one.
    """

    ids: list[int]
    tokens: list[str]
    starts: list[int]
    ends: list[int]
    first: list[bool]


@dataclass(frozen=True)
class Tokenizer:
    """Cuts by a `vocabulary`: each piece with its number. Threads may share it."""

    vocabulary: Mapping[str, int] = field(repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_remembered", lru_cache(KEPT)(self._encode_run))

    def __reduce__(self) -> tuple[type[Tokenizer], tuple[Mapping[str, int]]]:
        return Tokenizer, (self.vocabulary,)

    @classmethod
    def from_json(cls, text: str | bytes) -> Tokenizer:
        """From the `tokenizer.json` of an uncased BERT."""
        return cls(json.loads(text)["model"]["vocab"])

    def encode(self, text: str) -> Encoding:
        """The pieces of `text`."""
        found = Encoding([], [], [], [], [])
        for run in _RUN.finditer(text):
            at, word = run.start(), run[0]
            part = self._remembered(word) if len(word) <= KEPT_LENGTH else self._encode_run(word)  # type: ignore[attr-defined]
            found.ids.extend(part.ids)
            found.tokens.extend(part.tokens)
            found.starts.extend([at + start for start in part.starts])
            found.ends.extend([at + end for end in part.ends])
            found.first.extend(part.first)
        return found

    def _encode_run(self, run: str) -> Encoding:
        """What stands between blanks."""
        rows = [
            (self.vocabulary[piece], piece, start, end, n == 0)
            for word, (start, end) in _words(run)
            for n, piece in enumerate(self._pieces(word))
        ]
        return Encoding(*map(list, zip(*rows, strict=True))) if rows else Encoding([], [], [], [], [])

    def _pieces(self, word: str) -> list[str]:
        if len(word) > LONGEST:
            return [UNKNOWN]
        pieces: list[str] = []
        at = 0
        while at < len(word):
            begun = INNER if at else ""
            fits = (end for end in range(len(word), at, -1) if begun + word[at:end] in self.vocabulary)
            end = next(fits, None)
            if end is None:
                return [UNKNOWN]
            pieces.append(begun + word[at:end])
            at = end
        return pieces


def _words(run: str) -> Iterator[tuple[str, Range]]:
    """The words of a run without blanks, in lower case and without accents, and where each stands in it."""
    seen, origin = run.lower(), [*range(len(run))]
    if not (run.isascii() and run.isprintable()):
        letters = [(letter, n) for n, character in enumerate(run) for letter in _letters(character)]
        seen, origin = "".join(letter for letter, _ in letters), [n for _, n in letters]
    for word in _WORD.finditer(seen):
        yield word[0], (origin[word.start()], origin[word.end() - 1] + 1)


def _letters(character: str) -> str:
    """What is left of a character: nothing of an accent or of what is not printed."""
    if character == "\ufffd" or unicodedata.category(character) in UNPRINTED:
        return ""
    parts = unicodedata.normalize("NFD", character)
    return "".join(part for part in parts if unicodedata.category(part) != "Mn").lower()
