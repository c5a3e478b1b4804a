"""spaCy's part of the work: named entities and sentences of a text, lemmas of cues."""

from quotes.nlp.lemmas import describes, lemma_of_cue
from quotes.nlp.pipeline import MODEL, analyse, bounded_memory, load_pipeline, with_sentences
from quotes.nlp.sentences import split_sentences
from quotes.nlp.tokens import english, find_tokens

__all__ = [
    "MODEL",
    "analyse",
    "bounded_memory",
    "describes",
    "english",
    "find_tokens",
    "lemma_of_cue",
    "load_pipeline",
    "split_sentences",
    "with_sentences",
]
