"""Places of a text in the unit of whoever reads them: code points, as here, or what another tool counts.

JavaScript and Java count UTF-16 units (“🧱” is two), programs that hold bytes count UTF-8, and some tools count what a
reader takes for one character, a grapheme ("é" of two code points, a flag, CR LF).
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from itertools import accumulate
from typing import Any, Final, Literal, get_args

import regex

__all__ = ["UNIT", "UNITS", "Ruler", "Unit", "recount"]

Record = Mapping[str, Any]
Unit = Literal["codepoint", "utf16", "utf8", "grapheme"]
UNITS: Final[tuple[Unit, ...]] = get_args(Unit)
UNIT: Final[Unit] = "codepoint"
"""What every offset is counted in until a record is written."""

_GRAPHEME = regex.compile(r"\X")


class Ruler:
    """The places of one text, counted in `unit` and in code points.

    A place inside a grapheme is one of code points alone: a span that begins or ends there takes all of the grapheme.
    """

    def __init__(self, text: str, unit: Unit):
        self._sizes = list(_sizes(text, unit))
        self._before = list(accumulate(self._sizes, initial=0))

    def span(self, start: int, end: int) -> tuple[int, int]:
        """A range of code points, end-exclusive, in the unit."""
        inside = start < len(self._sizes) and not self._sizes[start]
        return self._before[start] - inside, self._before[end]

    def code_points(self, place: int) -> int | None:
        """The place in code points of a place in the unit; None where the text has no such place."""
        found = bisect_right(self._before, place) - 1
        return found if found >= 0 and self._before[found] == place else None


def _sizes(text: str, unit: Unit) -> Iterator[int]:
    """How much each code point adds; what goes on with a grapheme adds nothing."""
    if unit == "grapheme":
        for cluster in _GRAPHEME.finditer(text):
            yield from (1, *(0 for _ in cluster[0][1:]))
    elif unit == "codepoint":
        yield from (1 for _ in text)
    else:
        width = {"utf16": _utf16, "utf8": _utf8}[unit]
        yield from map(width, text)


def _utf16(character: str) -> int:
    return 2 if character > "\uffff" else 1


def _utf8(character: str) -> int:
    return 1 + (character > "\x7f") + (character > "\u07ff") + (character > "\uffff")


def recount(records: Sequence[Record], text: str, unit: Unit) -> Sequence[Record]:
    """Records, whose offsets are code points of `text`, with offsets in `unit`; their `offset_unit` says so."""
    if unit == UNIT or not records:
        return records
    ruler = Ruler(text, unit)
    return [{**_recounted(record, ruler), "offset_unit": unit} for record in records]


def _recounted(value: Any, ruler: Ruler) -> Any:
    """Every object that has `start` and `end` is a span."""
    if isinstance(value, list):
        return [_recounted(part, ruler) for part in value]
    if not isinstance(value, Mapping):
        return value
    found = {name: _recounted(part, ruler) for name, part in value.items()}
    if "start" in found and "end" in found:
        found["start"], found["end"] = ruler.span(value["start"], value["end"])
    return found
