"""Text → tokens, for tools that want their annotations on tokens."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

from quotes.nlp.pipeline import RUNS, bounded_memory
from quotes.reading.encoding import well_formed
from quotes.types import Range

if TYPE_CHECKING:
    from spacy.language import Language

__all__ = ["english", "find_tokens"]


@cache
def english() -> Language:
    """spaCy's English pipeline with its tokenizer alone."""
    import spacy

    return spacy.blank("en")


def find_tokens(text: str) -> list[Range]:
    """The tokens of spaCy's English tokenizer, in order; all that stands between them is single spaces.

    Any text will do, in linear time: endless runs of punctuation are one token each.
    """
    nlp = english()
    view = RUNS.sub(lambda run: " " * len(run[0]), well_formed(text))
    tokens: list[Range] = []
    with bounded_memory(nlp):
        for token in nlp.tokenizer(view):
            end = token.idx + len(token)
            tokens.append((token.idx, end))
            if token.whitespace_ and text[end] != " ":
                tokens.append((end, end + 1))
    return tokens
