"""A text and marked places in it → paragraphs of pieces, in each of which the same marks hold.

Marks may nest and cross; a page's elements may only nest. So the text is cut wherever a mark begins or ends, and each
piece is told which marks hold in it.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice, pairwise

import regex

from quotes.types import Range

__all__ = ["ASIDE", "Piece", "Place", "find_paragraphs"]

ASIDE = frozenset({"speaker", "cue", "name"})
"""Kinds of places that are no words of a record."""

# Marks that one piece is shown with: more lines under a word cannot be told apart.
DEEPEST = 4
_BLANK = regex.compile(r"\s{2,}")


@dataclass(frozen=True, slots=True)
class Place:
    """What of a record stands from `start` to `end`: its words (`kind` is its type), its "speaker", its "cue",
    or the "name" elsewhere in the article that tells who the speaker is.

    `number` is the record's on the page.
    """

    start: int
    end: int
    kind: str
    number: int


@dataclass(frozen=True, slots=True)
class Piece:
    """Words with the marks that hold in them, the outermost first; `begins` are the records whose words begin here,
    `start` the offset in the document."""

    text: str
    marks: tuple[Place, ...] = ()
    begins: tuple[int, ...] = ()
    start: int = 0


def find_paragraphs(text: str, places: Iterable[Place], base: int = 0) -> list[list[Piece]]:
    """The paragraphs of `text`, which stands at offset `base` of its document; places are offsets of the document.

    What of a place lies outside the text is left out, and so is the blank space between paragraphs. Linear in the
    length of the text and the number of places.
    """
    inside = [place for place in (_moved(place, base, len(text)) for place in places) if place.start < place.end]
    breaks = {run.start(): run.end() for run in _BLANK.finditer(text) if run[0].count("\n") > 1}
    paragraphs: list[list[Piece]] = [[]]
    skip_to = 0
    for (start, end), marks, begins in _cut(len(text), inside, breaks.items()):
        if start in breaks:
            skip_to = breaks[start]
            paragraphs.append([])
        if start >= skip_to or begins:
            paragraphs[-1].append(Piece(text[start:end], marks, begins, base + start))
    return [pieces for pieces in paragraphs if any(piece.text.strip() or piece.begins for piece in pieces)]


def _moved(place: Place, base: int, length: int) -> Place:
    start, end = (min(max(offset - base, 0), length) for offset in (place.start, place.end))
    return replace(place, start=start, end=end)


def _cut(
    length: int, places: Sequence[Place], breaks: Iterable[Range]
) -> Iterator[tuple[Range, tuple[Place, ...], tuple[int, ...]]]:
    """The ranges between which nothing begins or ends, with the marks that hold there and the records that begin."""
    edges = {0, length, *(offset for start, end in breaks for offset in (start, end))}
    opening, closing = defaultdict[int, list[int]](list), defaultdict[int, list[int]](list)
    for index in sorted(range(len(places)), key=lambda index: (places[index].start, -places[index].end)):
        opening[places[index].start].append(index)
        closing[places[index].end].append(index)
    hold: dict[int, None] = {}
    seen: set[int] = set()
    for start, end in pairwise(sorted(edges | opening.keys() | closing.keys())):
        for index in closing.get(start, ()):
            hold.pop(index, None)
        opened = opening.get(start, ())
        hold |= dict.fromkeys(opened)
        words = (places[index].number for index in opened if places[index].kind not in ASIDE)
        begins = tuple(dict.fromkeys(number for number in words if number not in seen))
        seen.update(begins)
        innermost = tuple(islice(reversed(hold), DEEPEST))
        yield (start, end), tuple(places[index] for index in reversed(innermost)), begins
