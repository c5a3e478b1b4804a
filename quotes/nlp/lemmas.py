"""The lemma of a cue, by the rule lemmatizer's tables of the small English pipeline: no tagger is run."""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import Any

import regex

from quotes.nlp.pipeline import MODEL
from quotes.nlp.words import read_words

__all__ = ["describes", "lemma_of_cue", "verb_of"]

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
    return word in _adjectives() or word in _tables()[0]


def verb_of(word: str) -> str:
    """The plain form of a verb's form: "stunned" → "stun"; a word that is none comes back as it is."""
    return _lemma(word)


def _helps(word: str) -> bool:
    return word in read_words("quotes.nlp", "helpers.txt") or (word.endswith("ly") and len(word) > 4)


@cache
def _lookups() -> Any:
    from spacy.lookups import Lookups

    path = next(path for path in files(MODEL).iterdir() if path.joinpath("lemmatizer").is_dir())
    return Lookups().from_disk(Path(str(path), "lemmatizer", "lookups"))


@cache
def _adjectives() -> frozenset[str]:
    return frozenset(_lookups().get_table("lemma_index")["adj"])


@cache
def _tables() -> tuple[frozenset[str], dict[str, list[str]], list[tuple[str, str]]]:
    """Known verbs, irregular forms and suffix rules."""
    lookups = _lookups()
    verbs = frozenset(lookups.get_table("lemma_index")["verb"])
    return verbs, lookups.get_table("lemma_exc")["verb"], lookups.get_table("lemma_rules")["verb"]


@cache
def _lemma(word: str) -> str:
    verbs, exceptions, rules = _tables()
    if word in exceptions:
        return str(exceptions[word][0])
    if word in verbs:
        return word
    stems = (word[: -len(old)] + new for old, new in rules if word.endswith(old))
    return next((stem for stem in stems if stem in verbs), word)
