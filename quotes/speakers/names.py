"""Names as strings: where a person's name stands, its words, and whether two of them may name one person."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

import regex

from quotes.speakers.lexicon import any_of, bare, is_given_name, is_title, sex_of, unaccented, vocabulary
from quotes.types import Kind, Range
from quotes.words import read_words

__all__ = [
    "ACRONYM",
    "COURTESY",
    "LETTERS",
    "NAME",
    "POSTNOMINAL",
    "SMALL",
    "NameMention",
    "Words",
    "initials",
    "key_of",
    "titled_names",
    "trim",
    "words_of",
]

Words = tuple[str, ...]
COURTESY = frozenset({"mr", "mrs", "ms", "miss", "mx", "messrs", "mme", "mlle"})
SMALL = frozenset({"of", "the", "and", "for", "to", "in", "on", "a", "an", "&", "our"})
_CALENDAR = "(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day|January|February|March|July|September|October|November|December"
_GAP = r"(?:[^\S\r\n]++|[^\S\r\n]*+\r?\n(?!\s))"
# Letters and digits, and the second halves of those that were decoded wrongly: "FranÃ§ois".
LETTERS = r"(?:[\p{L}\p{M}\p{N}]++|(?<=[ÃÂ\u0302\u0303])[\x80-\x9f¡-¿])++"
_WORD = rf"(?!(?:{_CALENDAR})\b)\p{{Lu}}(?:{LETTERS})?+(?:[-'’](?![sS]\b){LETTERS})*+"
_INITIALS = r"\p{Lu}\.(?:[- ]?\p{Lu}\.)*+"
_NICKNAME = r"[\"“'‘(](?:[Tt]he\s)?\p{Lu}[\p{L}.]++[\"”'’)]"


@dataclass(frozen=True, slots=True)
class NameMention:
    """A name where it stands; `sex` is what its title tells ("m", "f" or nothing)."""

    start: int
    end: int
    kind: Kind
    sex: str = ""


NAME = regex.compile(
    rf"(?:{_INITIALS}|{_WORD})"
    rf"(?:{_GAP}(?:(?:{any_of('particles.txt')}){_GAP})*+(?:{_NICKNAME}{_GAP})?(?:{_INITIALS}|(?:al|el)-{_WORD}|{_WORD})){{0,7}}+"
    rf"(?:,{_GAP}[JS]r\b)?(?:(?<=\b[JS]r)\.)?"
)
_TITLED = regex.compile(rf"\b({any_of('titles.txt')})\b\.?{_GAP}({NAME.pattern})")
_TOKEN = regex.compile(rf"{_NICKNAME}|{_INITIALS}|{LETTERS}(?:[-'’&.](?!s\b){LETTERS})*+\.?")
POSTNOMINAL = regex.compile(rf",?{_GAP}(?:{any_of('postnominals.txt')})\b(?!{_GAP}\p{{Lu}}\p{{Ll}})")
ACRONYM = regex.compile(r"\s?\(([\p{Lu}\p{N}&.-]{2,10})\)")
_LAST_WORD = regex.compile(rf"{_GAP}(\p{{L}}++)\Z")
_INNER_TITLE = regex.compile(r"(?<=\s)(?:Professor|Prof|Dr|Sir|Dame|Lord|Lady|Mrs?|Ms|Miss)\b\.?\s")
_SUFFIXES = frozenset({"jr", "sr", "ii", "iii", "iv"})
_ARTICLES = frozenset({"the", "a", "an"})


@lru_cache(maxsize=1 << 16)
def words_of(name: str) -> Words:
    """The words of a name for comparison, without article, title and suffix."""
    found = [bare(match[0]) for match in _TOKEN.finditer(" ".join(name.split()))]
    while len(found) > 1 and found[0] in _ARTICLES:
        del found[0]
    while len(found) > 1 and found[-1] in _SUFFIXES:
        del found[-1]
    return tuple(word for word in found if word)


def key_of(name: str) -> Words:
    """A name for comparison between texts, accents aside: "Sébastien" and "Sebastien" are one."""
    return words_of(unaccented(name))


def initials(words: Iterable[str]) -> str:
    """The first letters of some words: "lk" of Leilani Kahananui."""
    return "".join(word[0] for word in words)


def titled_names(text: str) -> list[tuple[int, int, str]]:
    """Names behind a title: start, end, and the sex that the title tells."""
    found = []
    for match in _TITLED.finditer(text):
        span = trim(text, *match.span(2)) or (match.span(2) if match[1].casefold() in COURTESY else None)  # Mr King
        if span:
            found.append((*span, sex_of(match[1])))
    return found


def trim(text: str, start: int, end: int) -> Range | None:
    """The person's name within a range: titles, roles and all that is no name cut away; None where nothing is left."""
    match = NAME.search(text, start, end)
    while match:
        if title := _INNER_TITLE.search(match[0]):  # Medical Adviser Professor Ana Roy
            match = NAME.search(text, match.start() + title.end(), end)
            continue
        first = _TOKEN.match(text, match.start(), match.end())
        if not first or not begins_no_name(first[0]):
            end = _name_end(text, *match.span())
            return (match.start(), end) if end - match.start() > 1 else None
        match = NAME.search(text, first.end(), end)
    return None


def _name_end(text: str, start: int, end: int) -> int:
    """Where a name ends before letters of rank ("Ana Roy QC") or a headline's verb ("Roy Says")."""
    letters = POSTNOMINAL.search(text, start, end)
    end = letters.start() if letters else end
    verb = _LAST_WORD.search(text, start, end)
    return verb.start() if verb and verb[1].casefold() in vocabulary("verbs.txt") else end


def begins_no_name(word: str) -> bool:
    """Titles, roles and articles, and what has its capital from the sentence it opens: "Did Roy say …?", "Says Roy"."""
    opens = word in read_words("quotes.nlp", "openers.txt") or bare(word) in vocabulary("verbs.txt")
    opens = opens or (len(word) > 7 and word.endswith("ly") and not is_given_name(word))  # "Purportedly Roy"
    return opens or is_title(word) or bare(word) in _ARTICLES
