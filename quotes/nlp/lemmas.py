"""The lemma of a cue, by the rule lemmatizer's tables of the small English pipeline: no tagger is run."""

from __future__ import annotations

from functools import cache, lru_cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, cast

import msgpack
import regex

from quotes.nlp.pipeline import MODEL
from quotes.nlp.words import read_words

__all__ = ["describes", "lemma_of_cue", "verb_of"]

# What spaCy stores "adj" and "verb" as.
ADJECTIVE, VERB = 12401032943472870168, 6360137228241296794
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
def _lookups() -> dict[str, dict[int, Any]]:
    """The tables of spaCy's rule lemmatizer. They are read without spaCy, whose import takes longer than all else."""
    spec = find_spec(MODEL)
    folder = Path(spec.origin).parent if spec and spec.origin else Path()
    (tables,) = folder.glob("*/lemmatizer/lookups/lookups.bin")
    return cast("dict[str, dict[int, Any]]", msgpack.unpackb(tables.read_bytes(), strict_map_key=False))


@cache
def _adjectives() -> frozenset[str]:
    return frozenset(_lookups()["lemma_index"][ADJECTIVE])


@cache
def _tables() -> tuple[frozenset[str], dict[str, list[str]], list[tuple[str, str]]]:
    """Known verbs, irregular forms and suffix rules."""
    lookups = _lookups()
    return frozenset(lookups["lemma_index"][VERB]), lookups["lemma_exc"][VERB], lookups["lemma_rules"][VERB]


@lru_cache(maxsize=1 << 16)
def _lemma(word: str) -> str:
    verbs, exceptions, rules = _tables()
    if word in exceptions:
        return str(exceptions[word][0])
    if word in verbs:
        return word
    stems = (word[: -len(old)] + new for old, new in rules if word.endswith(old))
    return next((stem for stem in stems if stem in verbs), word)
