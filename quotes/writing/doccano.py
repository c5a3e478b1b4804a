"""doccano's JSON Lines, one article a line: for projects that label sequences, with or without relations.

`entities` and `relations` are what a project with relations reads, `label` what one without them reads. doccano draws a
mark by JavaScript's `substr`, so its offsets are UTF-16 units; in a project that counts grapheme clusters as one
character they are graphemes.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, BinaryIO

from quotes.offsets import UNIT, recount
from quotes.types import Document
from quotes.writing.marks import find_marks, in_single_pieces
from quotes.writing.text import storable, to_json
from quotes.writing.values import Record

__all__ = ["Doccano"]


class Doccano:
    """JSON Lines of examples."""

    def __init__(self, stream: BinaryIO):
        self.stream = stream

    def write(self, document: Document, records: Sequence[Record]) -> None:
        """Write one document as an example, without records too."""
        self.stream.write(to_json(_example(document, records)) + b"\n")
        self.stream.flush()

    def finish(self) -> None:
        """Nothing stands at the end of JSON Lines."""


def _example(document: Document, records: Sequence[Record]) -> dict[str, Any]:
    if records and records[0]["offset_unit"] == UNIT:
        records = recount(records, document.text, "utf16")
    found = in_single_pieces(find_marks(records))
    places = [(*mark.pieces[0], mark.label) for mark in found.marks]
    return {
        "text": storable(document.text),
        "label": [[start, end, label] for start, end, label in places],
        "entities": [
            {"id": number, "label": label, "start_offset": start, "end_offset": end}
            for number, (start, end, label) in enumerate(places)
        ],
        "relations": [
            {"id": number, "from_id": relation.head, "to_id": relation.child, "type": relation.label}
            for number, relation in enumerate(found.relations)
        ],
        "document": document.id,
        "title": document.title,
        "url": document.url,
    }
