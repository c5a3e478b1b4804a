"""Attributions with their speakers → `Quote`s → JSON-ready records, as `schemas/quote.schema.json` lays them out.

A record's id is a hash of what it points at, so the same article gives the same ids in every run.
"""

from __future__ import annotations

import hashlib
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

import regex

from quotes.cleaning import clean
from quotes.nlp import lemma_of_cue
from quotes.offsets import UNIT
from quotes.types import PIECES, Attribution, Document, Mention, Quote, QuoteType, Range, Resolved, Span
from quotes.version import __version__

__all__ = ["CONTEXT", "NAME", "SCHEMA_VERSION", "as_written", "build_quotes", "quote_id", "to_record"]

SCHEMA_VERSION = "1.1"
NAME = "newsquotes"
CONTEXT = 32
"""Characters of `prefix` and `suffix`, as the Web Annotation model's TextQuoteSelector is commonly filled."""

# A text without sentence ends must not stand whole in each of its records.
MOST_AROUND = 300
ID_DIGITS = 16
_WORD = regex.compile(r"[\p{L}\p{N}]")


# --- attributions → quotes -------------------------------------------------------------------------------------------


def build_quotes(
    document: Document, sentences: Sequence[Range], attributions: Sequence[Attribution], resolved: Sequence[Resolved]
) -> list[Quote]:
    """One quote for each attribution that holds a word, in the order given. `sentences` are sorted and disjoint."""
    parts = [_parts(document.text, attribution) for attribution in attributions]
    ids = _ids(document, parts)
    context = _Context(document.text, sentences)
    return [
        _quote(document, context, attribution, who, part, ids[k], _outer(attribution, part, parts, ids))
        for k, (attribution, who, part) in enumerate(zip(attributions, resolved, parts, strict=True))
        if part[1]
    ]


Parts = tuple[QuoteType, tuple[Range, ...], tuple[Range, ...]]
"""The type, the quoted words, all the content."""


def _parts(text: str, attribution: Attribution) -> Parts:
    opened = [mark for mark in attribution.quoted if mark.opened] or attribution.quoted
    spans = _disjoint(_trimmed(text, ((mark.inner_start, mark.inner_end) for mark in opened)))
    content = _joined(_trimmed(text, (*attribution.content, *spans)))
    if not spans:
        return "indirect", content, content
    if _holds_word(text, _without(content, [(mark.start, mark.end) for mark in opened])):
        return "mixed", spans, content
    return "direct", spans, spans


def _trimmed(text: str, ranges: Iterable[Range]) -> tuple[Range, ...]:
    """The ranges without blank edges, in text order; those that hold nothing are left out."""
    found = []
    for start, end in sorted(ranges):
        words = text[start:end]
        start, end = start + len(words) - len(words.lstrip()), end - len(words) + len(words.rstrip())
        if start < end:
            found.append((start, end))
    return tuple(found)


def _disjoint(ranges: Iterable[Range]) -> tuple[Range, ...]:
    """The ranges, in text order, less those that begin inside another."""
    kept: list[Range] = []
    for start, end in ranges:
        if not kept or start >= kept[-1][1]:
            kept.append((start, end))
    return tuple(kept)


def _joined(ranges: Iterable[Range]) -> tuple[Range, ...]:
    """The ranges, in text order, those that overlap made one."""
    joined: list[Range] = []
    for start, end in ranges:
        if joined and start < joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return tuple(joined)


def _without(ranges: Iterable[Range], holes: Iterable[Range]) -> Iterator[Range]:
    """What is left of `ranges` outside `holes`; each is disjoint."""
    turns = [(place, step) for start, end in ranges for place, step in ((start, 1), (end, -1))]
    turns += [(place, step) for start, end in holes for place, step in ((start, -1), (end, 1))]
    level = 0
    for (place, step), (following, _) in pairwise(sorted(turns)):
        level += step
        if level > 0:
            yield place, following


def _holds_word(text: str, ranges: Iterable[Range]) -> bool:
    return any(_WORD.search(text, start, end) for start, end in ranges)


def _ids(document: Document, parts: Sequence[Parts]) -> list[str]:
    """One id each: two speakers of the same words are told apart by their order."""
    seen: Counter[Parts] = Counter()
    ids = []
    for part in parts:
        ids.append(quote_id(document.id, *part, nth=seen[part]))
        seen[part] += 1
    return ids


def quote_id(
    document_id: str, type: QuoteType, spans: Sequence[Range], content: Sequence[Range], *, nth: int = 0
) -> str:
    """The stable id of a record: 16 hexadecimal digits."""
    ranges = ("+".join(f"{start}-{end}" for start, end in part) for part in (spans, content))
    key = "\n".join([document_id, type, *ranges, *([str(nth)] if nth else [])])
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()[:ID_DIGITS]


def _outer(attribution: Attribution, part: Parts, parts: Sequence[Parts], ids: Sequence[str]) -> str | None:
    """The record around, if all of this one stands in it and is not all of it: records hold each other in no circle."""
    outer, content = attribution.within, part[2]
    if outer is None or content == parts[outer][2] or any(_without(content, parts[outer][2])):
        return None
    return ids[outer]


def _quote(
    document: Document,
    context: _Context,
    attribution: Attribution,
    who: Resolved,
    parts: Parts,
    id: str,
    within: str | None,
) -> Quote:
    text = document.text
    type, spans, content = parts
    start, end = spans[0][0], spans[-1][1]
    cue = next((_span(text, cue) for cue in _trimmed(text, [attribution.cue] if attribution.cue else [])), None)
    return Quote(
        id=id,
        type=type,
        spans=tuple(_span(text, span) for span in spans),
        content=tuple(_span(text, span) for span in content),
        speaker=who.speaker,
        cue=cue,
        cue_lemma=lemma_of_cue(cue.text) if cue else None,
        addressee=who.addressee,
        via=who.via,
        sentence=context.around(start, end),
        prefix=text[max(0, start - CONTEXT) : start],
        suffix=text[end : end + CONTEXT],
        confidence=round(min(max(attribution.confidence, 0.0), 1.0), 4),
        flags=tuple(dict.fromkeys((*attribution.flags, *who.flags))),
        document=document,
        within=within,
        act=attribution.act,
    )


Place = Callable[[int, int], Range]
"""From a range of the text that was read to the one of the text as it is written."""


def as_written(text: str, who: Resolved, place: Place) -> Resolved:
    """`who`, found in another form of `text`, with the words and places of `text` itself."""
    speaker, addressee, via = (_mention_in(text, mention, place) for mention in (who.speaker, who.addressee, who.via))
    flags = (*who.flags, "no_speaker") if who.speaker and not speaker else who.flags
    return replace(who, speaker=speaker, addressee=addressee, via=via, flags=flags)


def _mention_in(text: str, mention: Mention | None, place: Place) -> Mention | None:
    """None for a mention that holds nothing."""
    words = _span_in(text, mention.mention if mention else None, place)
    if mention is None or words is None:
        return None
    return replace(
        mention,
        mention=words,
        role=_span_in(text, mention.role, place),
        affiliation=_span_in(text, mention.affiliation, place),
        name_at=_span_in(text, mention.name_at, place),
        title=_span_in(text, mention.title, place),
        members=tuple(one for member in mention.members if (one := _mention_in(text, member, place))),
    )


def _span_in(text: str, span: Span | None, place: Place) -> Span | None:
    places = _trimmed(text, [place(span.start, span.end)] if span else [])
    return _span(text, places[0]) if places else None


def _span(text: str, place: Range) -> Span:
    return Span(*place, text[place[0] : place[1]])


class _Context:
    """Finds the sentences around a place of the text."""

    def __init__(self, text: str, sentences: Sequence[Range]):
        self.text = text
        self.starts = [start for start, _ in sentences]
        self.ends = [end for _, end in sentences]

    def around(self, start: int, end: int) -> Span:
        """From the start of the sentence that holds `start` to the end of the one that holds the last character."""
        first = bisect_right(self.starts, start) - 1
        last = bisect_left(self.ends, end)
        a = max(min(start, self.starts[first]), start - MOST_AROUND) if first >= 0 else start
        b = min(max(end, self.ends[last]), end + MOST_AROUND) if last < len(self.ends) else end
        return _span(self.text, next(iter(_trimmed(self.text, [(a, b)]))))


# --- quotes → records ------------------------------------------------------------------------------------------------


def to_record(quote: Quote, model: str) -> dict[str, Any]:
    """The JSON form of `quote`; `model` names the spaCy pipeline, with its version."""
    document = quote.document
    return {
        "schema_version": SCHEMA_VERSION,
        "offset_unit": UNIT,
        "id": quote.id,
        "document": {
            "id": document.id,
            "path": document.path,
            "sha256": document.sha256,
            "title": document.title,
            "author": document.author,
            "published": document.published,
            "url": document.url,
        },
        "type": quote.type,
        "act": quote.act,
        "text": quote.text,
        "text_clean": clean(quote.text, document.text),
        "spans": _span_records(quote.spans),
        "content": {"text": PIECES.join(span.text for span in quote.content), "spans": _span_records(quote.content)},
        "speaker": _mention_record(quote.speaker),
        "cue": {**_span_record(quote.cue), "lemma": quote.cue_lemma} if quote.cue else None,
        "addressee": _mention_record(quote.addressee),
        "via": _mention_record(quote.via),
        "within": quote.within,
        "context": {"sentence": _span_record(quote.sentence), "prefix": quote.prefix, "suffix": quote.suffix},
        "confidence": quote.confidence,
        "flags": list(quote.flags),
        "extractor": {"name": NAME, "version": __version__, "model": model},
    }


def _span_record(span: Span) -> dict[str, Any]:
    return {"start": span.start, "end": span.end, "text": span.text}


def _span_records(spans: Iterable[Span]) -> list[dict[str, Any]]:
    return [_span_record(span) for span in spans]


def _mention_record(mention: Mention | None) -> dict[str, Any] | None:
    if mention is None:
        return None
    return {
        "name": mention.name,
        "name_at": _span_record(mention.name_at) if mention.name_at else None,
        "title": _span_record(mention.title) if mention.title else None,
        "confidence": round(min(max(mention.confidence, 0.0), 1.0), 4),
        "mention": _span_record(mention.mention),
        "kind": mention.kind,
        "form": mention.form,
        "role": _span_record(mention.role) if mention.role else None,
        "affiliation": _span_record(mention.affiliation) if mention.affiliation else None,
        "id": mention.id,
        "candidates": list(mention.candidates),
        "members": [_mention_record(member) for member in mention.members],
    }
