"""Records → marked places of the text and relations between them, as tools for annotation know them.

The words of a quotation are a mark (`DIRECT`, `MIXED`, `INDIRECT`), of several pieces where it is split; its `SPEAKER`,
`CUE`, `ADDRESSEE`, `VIA` and, where that is more than the words, `CONTENT` are marks too. A relation goes from the
words to each of them, and to the words of the quotation that this one stands `within`. A mention or cue that several
records share is one mark.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from quotes.types import Range
from quotes.writing.values import Record

__all__ = ["LABELS", "RELATIONS", "TYPES", "Mark", "Marks", "Relation", "find_marks", "in_single_pieces"]

TYPES = ("DIRECT", "MIXED", "INDIRECT")
LABELS = (*TYPES, "CONTENT", "SPEAKER", "CUE", "ADDRESSEE", "VIA")
RELATIONS = ("content", "speaker", "cue", "addressee", "via", "within", "part")
MENTIONS = ("speaker", "addressee", "via")


@dataclass(frozen=True, slots=True)
class Mark:
    """Marked places of a text: offsets are code points, end-exclusive, in text order.

    `note` says what no label can: a record's id, confidence and flags, or a mention's full name and role. `score` is a
    record's confidence.
    """

    label: str
    pieces: tuple[Range, ...]
    note: str = ""
    score: float | None = None


@dataclass(frozen=True, slots=True)
class Relation:
    """`label` holds from one mark to another, both by their index."""

    label: str
    head: int
    child: int


@dataclass(slots=True)
class Marks:
    """The marks of one document."""

    marks: list[Mark] = field(default_factory=list)
    relations: list[Relation] = field(default_factory=list)

    def add(self, mark: Mark) -> int:
        """Its index."""
        self.marks.append(mark)
        return len(self.marks) - 1


def find_marks(records: Sequence[Record]) -> Marks:
    """The marks of one document's records, each quotation's words followed by what belongs to them."""
    found, words, shared = Marks(), dict[str, int](), dict[Mark, int]()
    for record in records:
        head = words[record["id"]] = found.add(_words(record))
        for relation, mark in _belongings(record):
            if mark not in shared:
                shared[mark] = found.add(mark)
            found.relations.append(Relation(relation, head, shared[mark]))
    found.relations += (
        Relation("within", words[record["id"]], words[record["within"]])
        for record in records
        if record["within"] in words
    )
    return found


def in_single_pieces(found: Marks) -> Marks:
    """The same for tools that know no split marks: a `part` relation goes from each first piece to the others."""
    single, first = Marks(), list[int]()
    for mark in found.marks:
        pieces = [single.add(replace(mark, pieces=(piece,))) for piece in mark.pieces]
        first.append(pieces[0])
        single.relations += (Relation("part", pieces[0], piece) for piece in pieces[1:])
    single.relations += (Relation(r.label, first[r.head], first[r.child]) for r in found.relations)
    return single


def _words(record: Record) -> Mark:
    note = " ".join([record["id"], str(record["confidence"]), *record["flags"]])
    return Mark(record["type"].upper(), _places(record["spans"]), note, record["confidence"])


def _belongings(record: Record) -> Iterator[tuple[str, Mark]]:
    if record["content"]["spans"] != record["spans"]:
        yield "content", Mark("CONTENT", _places(record["content"]["spans"]))
    for name in MENTIONS:
        if mention := record[name]:
            yield name, Mark(name.upper(), _places([mention["mention"]]), _who(mention))
    if record["cue"]:
        yield "cue", Mark("CUE", _places([record["cue"]]))


def _who(mention: Record) -> str:
    role = mention["role"]["text"] if mention["role"] else None
    return " | ".join(part for part in (mention["name"], role, mention["id"]) if part)


def _places(spans: Iterable[Record]) -> tuple[Range, ...]:
    return tuple((span["start"], span["end"]) for span in spans)
