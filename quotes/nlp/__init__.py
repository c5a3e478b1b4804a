"""Sentences, tokens and lemmas of a text, and names where a spaCy pipeline is to find them."""

from quotes.nlp.lemmas import describes, lemma_of_cue
from quotes.nlp.pipeline import MODEL, bounded_memory, load_pipeline, names_of, recognise
from quotes.nlp.sentences import split_sentences
from quotes.nlp.tokens import english, find_tokens

__all__ = [
    "MODEL",
    "bounded_memory",
    "describes",
    "english",
    "find_tokens",
    "lemma_of_cue",
    "load_pipeline",
    "names_of",
    "recognise",
    "split_sentences",
]
