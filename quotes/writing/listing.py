"""A listing for people: who said what, with what word, and how sure that is; coloured on a terminal."""

from __future__ import annotations

import os
import shutil
import textwrap
from collections.abc import Iterator, Sequence
from typing import BinaryIO

from quotes.types import Document
from quotes.writing.text import to_bytes
from quotes.writing.values import Record

__all__ = ["Listing"]

WIDTH = 100
"""Characters of a line, where no terminal says how wide it is."""
DOUBTFUL = 0.7
"""Below this confidence a record is marked as doubtful."""
BOLD, DIM, SPEAKER, DOUBT = "1", "2", "1;36", "33"


class Listing:
    """Each article's quotations in text order; one without any is left out."""

    def __init__(self, stream: BinaryIO):
        self.stream = stream
        self.coloured = _takes_colour(stream)
        self.width = shutil.get_terminal_size((WIDTH, 24)).columns if stream.isatty() else WIDTH

    def write(self, document: Document, records: Sequence[Record]) -> None:
        """Write the records of one document."""
        if records:
            lines = [*self._head(document), *(line for record in records for line in self._record(record))]
            self.stream.write(to_bytes("".join(f"{line}\n" for line in lines)))
            self.stream.flush()

    def finish(self) -> None:
        """Nothing stands at the end."""

    def _head(self, document: Document) -> Iterator[str]:
        yield self._in(DIM, _line(document.path or document.id))
        yield from (self._in(BOLD, line) for line in self._wrapped(document.title or "", ""))
        yield ""

    def _record(self, record: Record) -> Iterator[str]:
        yield from (self._in(SPEAKER, line) for line in self._wrapped(_who(record), "  "))
        yield from self._wrapped(_words(record), "    ")
        how = DOUBT if record["flags"] or _sure(record) < DOUBTFUL else DIM
        yield from (self._in(how, line) for line in self._wrapped(" · ".join(_about(record)), "    "))
        yield ""

    def _wrapped(self, text: str, indent: str) -> list[str]:
        width = max(self.width, 2 * len(indent) + 20)
        return textwrap.wrap(_line(text), width, initial_indent=indent, subsequent_indent=indent)

    def _in(self, colour: str, text: str) -> str:
        return f"\x1b[{colour}m{text}\x1b[0m" if self.coloured else text


def _takes_colour(stream: BinaryIO) -> bool:
    """As most programs have it: NO_COLOR (any value) forbids, FORCE_COLOR asks, else a terminal that is not dumb."""
    if os.environ.get("NO_COLOR"):
        return False
    return bool(os.environ.get("FORCE_COLOR")) or (stream.isatty() and os.environ.get("TERM") != "dumb")


def _line(text: str) -> str:
    """On one line and without what a terminal would obey."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def _who(record: Record) -> str:
    speaker = record["speaker"]
    if speaker is None:
        return "(nobody)"
    if speaker["name"] is None:
        return f"{speaker['mention']['text']} (not named)"
    role = speaker["role"] and speaker["role"]["text"]
    return ", ".join(part for part in (speaker["name"], role) if part)


def _words(record: Record) -> str:
    return f"“{record['text']}”" if record["type"] == "direct" else str(record["content"]["text"])


def _about(record: Record) -> Iterator[str]:
    if record["cue"]:
        yield record["cue"]["text"]
    for part, label in (("addressee", "to"), ("via", "via")):
        if mention := record[part]:
            yield f"{label} {mention['name'] or mention['mention']['text']}"
    yield record["type"]
    yield f"{_sure(record):.0%} sure" + (": doubtful" if _sure(record) < DOUBTFUL else "")
    yield from record["flags"]


def _sure(record: Record) -> float:
    """How sure all of it is: that these words are somebody's, and that the name is right."""
    speaker = record["speaker"]
    return float(min(record["confidence"], speaker["confidence"] if speaker and speaker["name"] else 1))
