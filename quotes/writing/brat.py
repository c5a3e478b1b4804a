"""A folder for brat: each article's text in a .txt file, its annotations in the .ann file beside it.

Offsets are code points. A split quotation is one discontinuous annotation. brat wants no line end (or tab) inside an
annotation: a piece that holds any is cut there.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import regex

from quotes.types import Document, Range
from quotes.writing.marks import LABELS, RELATIONS, TYPES, Mark, find_marks
from quotes.writing.text import to_bytes
from quotes.writing.values import Record

__all__ = ["Brat"]

# All that ends a line to some reader of lines.
_LINE = regex.compile(r"[^\t\n\x0b\x0c\r\x1c-\x1e\x85\u2028\u2029]+")
_NO_NAME = regex.compile(r"[^\w.-]+", flags=regex.ASCII)
LONGEST_NAME = 80
# What a relation leads to; from the words it always comes.
_CHILDREN = {"within": "|".join(TYPES)}


class Brat:
    """Two files a document, and `annotation.conf`, which tells brat the labels."""

    def __init__(self, folder: Path):
        self.folder = folder
        self.number = 0
        (folder / "annotation.conf").write_bytes(to_bytes("".join(f"{line}\n" for line in _configuration())))

    def write(self, document: Document, records: Sequence[Record]) -> None:
        """Write one document's two files, without records too."""
        self.number += 1
        name = _name(document.id)
        if (self.folder / f"{name}.txt").exists():
            name = f"{name}-{self.number}"
        (self.folder / f"{name}.txt").write_bytes(to_bytes(document.text))
        (self.folder / f"{name}.ann").write_bytes(to_bytes("".join(f"{line}\n" for line in _lines(document, records))))

    def finish(self) -> None:
        """All files are written."""


def _name(id: str) -> str:
    """A file's name that any system takes; ids that look alike in it are told apart by a hash."""
    plain = _NO_NAME.sub("_", id.removesuffix(".txt")).lstrip(".")[:LONGEST_NAME] or "_"
    if plain == id.removesuffix(".txt"):
        return plain
    return f"{plain}-{hashlib.sha256(id.encode('utf-8', 'surrogatepass')).hexdigest()[:8]}"


def _configuration() -> Iterator[str]:
    yield from ("[entities]", *LABELS, "[relations]")
    heads = "|".join(TYPES)
    for relation in RELATIONS:
        if relation != "part":
            yield f"{relation}\tArg1:{heads}, Arg2:{_CHILDREN.get(relation, relation.upper())}"
    yield "<OVERLAP>\tArg1:<ENTITY>, Arg2:<ENTITY>, <OVL-TYPE>:<ANY>"
    yield from ("[events]", "[attributes]")


def _lines(document: Document, records: Sequence[Record]) -> Iterator[str]:
    found = find_marks(records)
    for number, mark in enumerate(found.marks, 1):
        yield f"T{number}\t{_text_bound(document.text, mark)}"
    for number, relation in enumerate(found.relations, 1):
        yield f"R{number}\t{relation.label} Arg1:T{relation.head + 1} Arg2:T{relation.child + 1}"
    for number, mark in enumerate(found.marks, 1):
        if mark.note:
            yield f"#{number}\tAnnotatorNotes T{number}\t{' '.join(mark.note.split())}"


def _text_bound(text: str, mark: Mark) -> str:
    places = list(_without_line_ends(text, mark.pieces))
    offsets = ";".join(f"{start} {end}" for start, end in places)
    return f"{mark.label} {offsets}\t{' '.join(text[start:end] for start, end in places)}"


def _without_line_ends(text: str, pieces: Iterable[Range]) -> Iterator[Range]:
    for start, end in pieces:
        yield from (line.span() for line in _LINE.finditer(text, start, end))
