"""Label Studio tasks, one an article, with the quotations as predictions to correct.

Offsets are code points, as Label Studio's own (every line end counts as one, as here).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, BinaryIO

from quotes.types import Document
from quotes.version import __version__
from quotes.writing.json_array import JsonArray
from quotes.writing.marks import Mark, Marks, find_marks, in_single_pieces
from quotes.writing.text import storable
from quotes.writing.values import Record

__all__ = ["LabelStudio"]


class LabelStudio:
    """A JSON array of tasks."""

    def __init__(self, stream: BinaryIO):
        self.array = JsonArray(stream)

    def write(self, document: Document, records: Sequence[Record]) -> None:
        """Write one document as a task, without records too."""
        self.array.write([_task(document, records)])

    def finish(self) -> None:
        """Close the array."""
        self.array.finish()


def _task(document: Document, records: Sequence[Record]) -> dict[str, Any]:
    text = storable(document.text)
    about = {"id": document.id, "sha256": document.sha256, "title": document.title, "url": document.url}
    prediction: dict[str, Any] = {
        "model_version": f"newsquotes {__version__}",
        "result": list(_result(text, in_single_pieces(find_marks(records)))),
    }
    if records:
        prediction["score"] = min(record["confidence"] for record in records)
    return {"data": {"text": text, **about}, "predictions": [prediction]}


def _result(text: str, found: Marks) -> Iterator[dict[str, Any]]:
    for number, mark in enumerate(found.marks):
        yield _region(text, number, mark)
    for relation in found.relations:
        yield {
            "type": "relation",
            "from_id": _id(relation.head),
            "to_id": _id(relation.child),
            "direction": "right",
            "labels": [relation.label],
        }


def _region(text: str, number: int, mark: Mark) -> dict[str, Any]:
    ((start, end),) = mark.pieces
    region: dict[str, Any] = {
        "id": _id(number),
        "from_name": "label",
        "to_name": "text",
        "type": "labels",
        "value": {"start": start, "end": end, "text": text[start:end], "labels": [mark.label]},
    }
    if mark.note:
        region["meta"] = {"text": [mark.note]}
    if mark.score is not None:
        region["score"] = mark.score
    return region


def _id(number: int) -> str:
    return f"mark{number}"
