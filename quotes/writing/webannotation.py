"""W3C Web Annotations in JSON-LD, in a file that Hypothesis imports.

Each annotation says the same twice: in the W3C's terms (`body`, `target`) and in Hypothesis's (`uri`, `text`, `tags`,
`document`), which the context keeps out of the linked data. The array's name, `annotations`, is Hypothesis's; the
context makes it the JSON-LD graph. A split quotation has a target for each piece; Hypothesis shows the first.

Places count in the article's text, which of a web page is an extract: only where the target's source is that text, and
not the page, does a `TextPositionSelector` say where the words stand.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, BinaryIO

from quotes.record import CONTEXT as AROUND
from quotes.types import Document
from quotes.writing.json_array import JsonArray
from quotes.writing.links import source_of, web_address
from quotes.writing.text import to_json
from quotes.writing.values import Record

__all__ = ["CONTEXT", "WebAnnotation"]

CONTEXT = [
    "http://www.w3.org/ns/anno.jsonld",
    {"annotations": "@graph", "uri": None, "text": None, "tags": None, "document": None},
]


class WebAnnotation:
    """One JSON object with an annotation for each record."""

    def __init__(self, stream: BinaryIO):
        self.array = JsonArray(stream, b'{"@context": ' + to_json(CONTEXT) + b', "annotations": [', b"]}")

    def write(self, document: Document, records: Sequence[Record]) -> None:
        """Write the records of one document."""
        self.array.write(_annotation(document, record) for record in records)

    def finish(self) -> None:
        """Close the object."""
        self.array.finish()


def _annotation(document: Document, record: Record) -> dict[str, Any]:
    source, who, tags = source_of(document), _who(record), [record["type"], *record["flags"]]
    on_page = web_address(document.url) is not None
    selectors = [list(_selectors(document.text, span, on_page)) for span in record["spans"]]
    return {
        "id": f"urn:newsquotes:quote:{record['id']}",
        "type": "Annotation",
        "motivation": "identifying",
        "generator": {"id": "urn:newsquotes", "type": "Software", "name": _generator(record)},
        "body": list(_bodies(who, tags)),
        "target": [{"type": "SpecificResource", "source": source, "selector": both} for both in selectors],
        "uri": source,
        "text": who or "",
        "tags": tags,
        "document": {"title": [document.title] if document.title else []},
    }


def _generator(record: Record) -> str:
    return f"{record['extractor']['name']} {record['extractor']['version']}"


def _bodies(who: str | None, tags: Sequence[str]) -> Iterator[dict[str, str]]:
    if who:
        yield {"type": "TextualBody", "purpose": "identifying", "format": "text/plain", "value": who}
    for tag in tags:
        yield {"type": "TextualBody", "purpose": "tagging", "format": "text/plain", "value": tag}


def _selectors(text: str, span: Record, on_page: bool) -> Iterator[dict[str, Any]]:
    start, end = span["start"], span["end"]
    yield {
        "type": "TextQuoteSelector",
        "exact": span["text"],
        "prefix": text[max(0, start - AROUND) : start],
        "suffix": text[end : end + AROUND],
    }
    if not on_page:
        yield {"type": "TextPositionSelector", "start": start, "end": end}


def _who(record: Record) -> str | None:
    """Who says it: their name (else the words that mention them) and role."""
    speaker = record["speaker"]
    if not speaker:
        return None
    role = speaker["role"]
    return ", ".join([speaker["name"] or speaker["mention"]["text"], *([role["text"]] if role else [])])
