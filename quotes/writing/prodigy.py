"""Prodigy tasks, one an article and line, with spans and relations on tokens.

Prodigy takes spans only where tokens begin and end: so the tokens are given, spaCy's own, cut where a span asks for it.
Offsets are code points; `token_end` is the last token's index, inclusive, as Prodigy has it.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import Any, BinaryIO

from quotes.nlp import find_tokens
from quotes.types import Document, Range
from quotes.writing.marks import Mark, find_marks, in_single_pieces
from quotes.writing.text import to_json
from quotes.writing.values import Record

__all__ = ["Prodigy"]


class Prodigy:
    """JSON Lines of tasks."""

    def __init__(self, stream: BinaryIO):
        self.stream = stream

    def write(self, document: Document, records: Sequence[Record]) -> None:
        """Write one document as a task, without records too."""
        self.stream.write(to_json(_task(document, records)) + b"\n")
        self.stream.flush()

    def finish(self) -> None:
        """Nothing stands at the end of JSON Lines."""


def _task(document: Document, records: Sequence[Record]) -> dict[str, Any]:
    text, found = document.text, in_single_pieces(find_marks(records))
    tokens = list(_cut(find_tokens(text), {place for mark in found.marks for place in mark.pieces[0]}))
    starts = [start for start, _ in tokens]
    spans = [_span(mark, starts) for mark in found.marks]
    relations = [
        {
            "head": spans[relation.head]["token_end"],
            "child": spans[relation.child]["token_end"],
            "head_span": spans[relation.head],
            "child_span": spans[relation.child],
            "label": relation.label,
        }
        for relation in found.relations
    ]
    meta = {"id": document.id, "title": document.title, "url": document.url}
    return {
        "text": text,
        "tokens": [_token(text, number, *token) for number, token in enumerate(tokens)],
        "spans": spans,
        "relations": relations,
        "meta": {name: value for name, value in meta.items() if value},
    }


def _cut(tokens: Iterable[Range], places: Iterable[int]) -> Iterator[Range]:
    """The tokens, cut at those of the places that lie inside one."""
    rest = sorted(places, reverse=True)
    for start, end in tokens:
        cuts = [start]
        while rest and rest[-1] < end:
            if (place := rest.pop()) > start:
                cuts.append(place)
        yield from pairwise((*cuts, end))


def _token(text: str, number: int, start: int, end: int) -> dict[str, Any]:
    return {"text": text[start:end], "start": start, "end": end, "id": number, "ws": text[end : end + 1] == " "}


def _span(mark: Mark, starts: Sequence[int]) -> dict[str, Any]:
    ((start, end),) = mark.pieces
    first, last = bisect_left(starts, start), bisect_left(starts, end) - 1
    return {"start": start, "end": end, "token_start": first, "token_end": last, "label": mark.label}
