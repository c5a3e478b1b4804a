"""The lemma of a cue, by spaCy's rules for verbs and its tables of them, kept beside this module: no tagger is run."""

from __future__ import annotations

from functools import cache, lru_cache
from typing import Final

import regex

from quotes.words import read_words

__all__ = ["describes", "lemma_of_cue", "verb_of"]

# Endings of forms and of what they may be forms of, in spaCy's order (lemma_rules, verb).
ENDINGS: Final = (("s", ""), ("ies", "y"), ("es", "e"), ("es", ""), ("ed", "e"), ("ed", ""), ("ing", "e"), ("ing", ""))
WORD = regex.compile(r"\p{L}[\p{L}\p{M}'’-]*")


def lemma_of_cue(text: str) -> str:
    """The lemma of the cue's head, in lower case: "was quoted as saying" → "quote", "has told" → "tell".

    "according to" stays whole; a cue without a word (a colon) is its own lemma.
    """
    words = [word.lower().replace("’", "'") for word in WORD.findall(text)]
    if words[:2] == ["according", "to"]:
        return "according to"
    heads = [word for word in words if not _helps(word)] or words
    return _lemma(heads[0]) if heads else text.strip()


def describes(word: str) -> bool:
    """Whether a word, in lower case, is an English adjective or the plain form of a verb."""
    return word in read_words("quotes.nlp", "adjectives.txt") or word in read_words("quotes.nlp", "verbs.txt")


def verb_of(word: str) -> str:
    """The plain form of a verb's form: "stunned" → "stun"; a word that is none comes back as it is."""
    return _lemma(word)


def _helps(word: str) -> bool:
    return word in read_words("quotes.nlp", "helpers.txt") or (word.endswith("ly") and len(word) > 4)


@cache
def _irregular() -> dict[str, str]:
    """Irregular form → plain form."""
    return dict(line.split(" ") for line in read_words("quotes.nlp", "verb_forms.txt"))


@lru_cache(maxsize=1 << 16)
def _lemma(word: str) -> str:
    verbs = read_words("quotes.nlp", "verbs.txt")
    if plain := _irregular().get(word):
        return plain
    if word in verbs:
        return word
    stems = (word.removesuffix(old) + new for old, new in ENDINGS if word.endswith(old))
    return next((stem for stem in stems if stem in verbs), word)
