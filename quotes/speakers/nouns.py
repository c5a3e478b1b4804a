"""What kind of speaker a noun names."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache

import regex

from quotes.nlp.words import read_words
from quotes.speakers.names import WORDS, bare, vocabulary
from quotes.types import Kind

__all__ = ["kin", "kind_of_noun", "parties", "peoples", "singular"]

_AGENT = regex.compile(r"\p{Ll}{2,}(?:er|or|ist|ian|ant|ent|eer|man|woman)")


def singular(noun: str) -> str:
    """A noun's singular by rule: enough to look it up."""
    for plural, one in (("ies", "y"), ("women", "woman"), ("men", "man"), ("s", "")):
        if noun.endswith(plural) and not noun.endswith("ss"):
            return noun[: -len(plural)] + one
    return noun


@cache
def _sets(name: str) -> dict[str, frozenset[str]]:
    """A list of sets, one a line: each word with all those of its lines."""
    found: dict[str, frozenset[str]] = {}
    for line in read_words(WORDS, name):
        for word in line.split():
            found[word] = found.get(word, frozenset()) | frozenset(line.split())
    return found


def kin(noun: str) -> frozenset[str]:
    """A noun and those that name the same."""
    return _sets("synonyms.txt").get(noun, frozenset()) | {noun}


def parties(words: Iterable[str]) -> frozenset[str]:
    """All words for the parties that some words tell."""
    return frozenset().union(*(_sets("parties.txt").get(word, ()) for word in words))


def peoples(words: Iterable[str]) -> frozenset[str]:
    """All words for the countries and peoples that some words tell."""
    return frozenset().union(*(_sets("peoples.txt").get(word, ()) for word in words))


def kind_of_noun(noun: str) -> Kind:
    """The kind of speaker that a head noun names."""
    noun = bare(noun)
    one = singular(noun)
    if noun in vocabulary("groups.txt"):
        return "group"
    if noun in vocabulary("roles.txt"):
        return "person"
    for words, kind in (("documents.txt", "document"), ("organizations.txt", "organization")):
        if noun in vocabulary(words) or one in vocabulary(words):
            return "group" if kind == "organization" and noun not in vocabulary(words) else kind  # type: ignore[return-value]
    if one in vocabulary("roles.txt"):
        return "group"
    if noun.endswith("-year-old"):
        return "person"
    if _AGENT.fullmatch(one):
        return "person" if one == noun else "group"
    return "unknown"
