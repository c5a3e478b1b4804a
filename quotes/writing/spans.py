"""Records → the span groups of a spaCy `Doc`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from spacy.tokens import Doc, Span, SpanGroup

    from quotes.writing.values import Record

__all__ = ["write_spans"]

Place = tuple[int, Any, str]
"""The index of a quotation, the record of a span, and the span's label."""


def write_spans(doc: Doc, records: Sequence[Record]) -> None:
    """Write `doc.spans["quotes"]`, `["cues"]` and `["speakers"]`; the records are kept in the first group's `attrs`."""
    numbered = list(enumerate(records))
    quotes = [(k, span, record["type"]) for k, record in numbered for span in record["spans"]]
    cues = [(k, record["cue"], "cue") for k, record in numbered if record["cue"]]
    speakers = [(k, r["speaker"]["mention"], r["speaker"]["kind"]) for k, r in numbered if r["speaker"]]
    for name, places in (("quotes", quotes), ("cues", cues), ("speakers", speakers)):
        doc.spans[name] = _group(doc, name, places)
    doc.spans["quotes"].attrs["records"] = list(records)


def _group(doc: Doc, name: str, places: Sequence[Place]) -> SpanGroup:
    from spacy.tokens import SpanGroup

    spans = [_span(doc, place) for place in places]
    offsets = [[span["start"], span["end"]] for _, span, _ in places]
    return SpanGroup(doc, name=name, spans=spans, attrs={"quotes": [k for k, *_ in places], "offsets": offsets})


def _span(doc: Doc, place: Place) -> Span:
    """The tokens that a span of the text meets."""
    _, record, label = place
    span = doc.char_span(record["start"], record["end"], label, alignment_mode="expand")
    assert span is not None, "every character but blanks stands in a token"
    return span
