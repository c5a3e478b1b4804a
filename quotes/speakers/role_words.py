"""The words of a role before a name: "retired Air Force general", "head of claims and underwriting"."""

from __future__ import annotations

from functools import cache

import regex

from quotes.nlp.lemmas import verb_of
from quotes.speakers.entities import Entities
from quotes.speakers.lexicon import PRONOUNS, bare, is_trade, listed, noun_listed
from quotes.types import Range
from quotes.words import read_words

__all__ = ["COMMA", "SPACE", "role_before"]

_BEFORE = regex.compile(r"[\p{L}\p{M}\p{N}&.'’/-]+\Z")
SPACE = regex.compile(r"[^\S\r\n]+\Z|\r?\n\Z")
COMMA = regex.compile(r",[^\S\r\n]\Z")
_LINKS = frozenset({"of", "for", "and", "the", "to", "&", "at", "in"})
_OF = frozenset({"of", "for", "to", "at", "in"})
_LINK = regex.compile(r"(?r)\b(?:of|for|to|at|in)\s\Z")
_LINKED = regex.compile(r"(?r)\b(?:of|for)\s(?:\p{L}+\s(?:\p{L}+\s)?(?:and\s)?(?:\p{L}+\s)?)?\Z")
# "In a statement lawyer Ana Roy said", "to interview painter Ana Roy": what opens so is part of no role.
_ADVERBIAL = regex.compile(
    r"(?i)\b(?:after|at|before|during|in|inside|on|outside|over|since)\s(?:(?:an?|the|his|her|their|this|that)\s)?\Z"
)
_TO = regex.compile(r"(?i)\b(?:to|can|could|did|do|does|may|might|must|should|will|would)\s\Z")
LONGEST = 14  # words


def role_before(text: str, start: int, entities: Entities, gap: regex.Pattern[str] = SPACE) -> Range | None:
    """Walk left from a name over the words of its role: "retired Air Force general", "U.S. Secretary of State". `gap`
    stands between the name and them."""
    at, words = start, list[regex.Match[str]]()
    while len(words) < LONGEST:
        blank = (SPACE if words else gap).search(text, max(0, at - 3), at)
        word = _BEFORE.search(text, max(0, at - 40), blank.start()) if blank else None
        if not word or not _may_stand(text, word, words):
            break
        if word[0] == "and" and _ends_list(text, entities, word.start(), words):
            break
        at = word.start()
        words.append(word)
    while words and not _is_role(text, words[::-1]):
        words.pop()
    if not words:
        return None
    first = words[-1][0]
    return words[-1].start() + len(first) - len(first.lstrip("'’")), words[0].end()


def _ends_list(text: str, entities: Entities, offset: int, words: list[regex.Match[str]]) -> bool:
    """Whether "and" joins a name to another rather than a role to another: "Ana Roy and mayor Bo Lee"."""
    last = entities.last_before(offset)
    joins = last is not None and last[1].kind == "person" and last[0].end >= offset - 1
    linked = words and not is_trade(words[0][0]) and _LINKED.search(text, max(0, offset - 40), offset)
    return joins or (len(words) < 2 and not linked)


def _may_stand(text: str, match: regex.Match[str], behind: list[regex.Match[str]]) -> bool:
    """Whether a word may be part of a role before the name or the words `behind` it."""
    word, lower = match[0], match[0].lower()
    if lower in listed("determiners.txt"):
        return lower == "the" and bool(behind) and _LINK.search(text, 0, match.start()) is not None
    abbreviated = word[0].isupper() and ("." in word[:-1] or (len(word) < 6 and not word[:-1].isupper()))
    joins = lower in _OF or lower in ("and", "&")
    if (word.endswith(".") and not abbreviated) or lower in listed("no_role_words.txt"):
        return False
    if joins or word[0].isupper() or word[0].isdigit() or _is_known(word):
        return True
    if lower in _function_words() or not any(map(str.isalpha, word)):
        return False
    if behind and is_trade(behind[0][0]):
        return _describes(lower)
    return _LINKED.search(text, max(0, match.start() - 40), match.start()) is not None


@cache
def _function_words() -> frozenset[str]:
    return listed("prepositions.txt") | listed("auxiliaries.txt") | listed("breaks.txt") | PRONOUNS.keys()


def _is_known(word: str) -> bool:
    """Whether a word is sure to belong to a role that stands behind it."""
    return bare(word) in listed("modifiers.txt") or is_trade(word) or noun_listed(word) in ("person", "organization")


def _describes(word: str) -> bool:
    """Whether a word in lower case may tell more of the noun behind it: no adverb, no form of a verb."""
    return not word.endswith("ly") and ("-" in word or verb_of(word) == word)


def _is_role(text: str, words: list[regex.Match[str]]) -> bool:
    """Whether words before a name are a role from the first to the last."""
    first, row = words[0], [word[0] for word in words]
    if row[0].lower() in _LINKS or row[-1].lower() in _LINKS or row[0] in read_words("quotes.nlp", "openers.txt"):
        return False
    linked = next((n for n, word in enumerate(row) if n and word in _OF), len(row))  # "leader of the council"
    head = row[linked - 1]
    body = head[0].isupper() and noun_listed(head) == "organization"  # "US Department of Health spokesman"
    if not is_trade(row[-1] if body else head):
        return False
    if _is_known(first[0]) or not first[0].islower():
        return True
    before = text[max(0, first.start() - 30) : first.start()]
    return not (_ADVERBIAL.search(before) or (_TO.search(before) and verb_of(first[0]) == first[0]))
