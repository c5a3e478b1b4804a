"""What a person mends of a record beside its speaker, and the records of what the program missed.

All that is put into a record stands in the article: what the person only typed is kept in `review`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from quotes.cleaning import clean
from quotes.offsets import UNIT
from quotes.record import NAME, SCHEMA_VERSION, quote_id
from quotes.version import __version__

__all__ = ["added", "mended"]

Record = Mapping[str, Any]
Span = Mapping[str, Any]
MODEL = "review"


def added(document: Mapping[str, Any], words: Span, context: Mapping[str, Any]) -> Record:
    """The record of words that the program missed: direct speech of nobody yet. `words` is a span of the article,
    `context` its sentence, prefix and suffix, as records have them."""
    place = ((words["start"], words["end"]),)
    return {
        "schema_version": SCHEMA_VERSION,
        "offset_unit": UNIT,
        "id": quote_id(document["id"], "direct", place, place),
        "document": dict(document),
        "type": "direct",
        "act": "speech",
        **_words(words, context),
        "speaker": None,
        "cue": None,
        "addressee": None,
        "via": None,
        "within": None,
        "confidence": 1.0,
        "flags": [],
        "extractor": {"name": NAME, "version": __version__, "model": MODEL},
    }


def mended(
    record: Record, words: Span | None, context: Mapping[str, Any] | None, role: str | None, addressee: str | None
) -> Record:
    """The record with other boundaries, and with the role and the addressee as far as they stand in its sentence."""
    if words and context:
        record = {**record, **_words(words, context)}
    sentence, speaker = record["context"]["sentence"], record["speaker"]
    if role and speaker and (span := _find(sentence, role)):
        record = {**record, "speaker": {**speaker, "role": span}}
    if addressee and (span := _find(sentence, addressee)):
        record = {**record, "addressee": named(span)}
    return record


def named(span: Span, name: str | None = None) -> Mapping[str, Any]:
    """A mention by name at these words."""
    name = name or span["text"]
    return {
        "name": name,
        "name_at": dict(span) if name == span["text"] else None,
        "title": None,
        "confidence": 1.0,
        "mention": dict(span),
        "kind": "unknown",
        "form": "name",
        "role": None,
        "affiliation": None,
        "id": None,
        "candidates": [],
        "members": [],
    }


def _words(words: Span, context: Mapping[str, Any]) -> dict[str, Any]:
    spans = [dict(words)]
    return {
        "text": words["text"],
        "text_clean": clean(words["text"], context["sentence"]["text"]),
        "spans": spans,
        "content": {"text": words["text"], "spans": spans},
        "context": {key: context[key] for key in ("sentence", "prefix", "suffix")},
    }


def _find(sentence: Span, words: str) -> Span | None:
    at = sentence["text"].find(words)
    start = sentence["start"] + at
    return {"start": start, "end": start + len(words), "text": words} if at >= 0 else None
