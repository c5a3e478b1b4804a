"""An article as it is read, without what nobody sees inside its words, and where each place of it stands as written.

Who reads a text letter by letter takes a soft hyphen or a joiner inside a word for the word's end. So names, cues and
marks are found in a text that has none there, and what was found is told in places of the text itself.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable
from dataclasses import replace
from itertools import accumulate

from quotes.blanks import UNSEEN, plain
from quotes.types import Attribution, Document, MarkedSpan, Name, Range

__all__ = ["Visible"]


class Visible:
    """`document` is the one to be read, its text without odd blanks either; ranges are code points, end-exclusive."""

    def __init__(self, document: Document):
        self._holes = [match.span() for match in UNSEEN.finditer(document.text)]
        self._gone = list(accumulate((end - start for start, end in self._holes), initial=0))
        self._places = [start - gone for (start, _), gone in zip(self._holes, self._gone, strict=False)]
        furniture = tuple((self._visible(start), self._visible(end)) for start, end in document.furniture)
        self.document = replace(document, text=plain(UNSEEN.sub("", document.text)), furniture=furniture)

    def names(self, names: Iterable[Name]) -> list[Name]:
        """Names that were found in the text as it is written."""
        return [replace(name, start=self._visible(name.start), end=self._visible(name.end)) for name in names]

    def written(self, start: int, end: int) -> Range:
        """Where a range of the text that is read stands in the text as it is written."""
        return self._written(start), self._written(end - 1) + 1 if start < end else self._written(start)

    def attribution(self, one: Attribution) -> Attribution:
        """An attribution, found in the text that is read, in the text as it is written."""
        source, cue, addressee, via = (
            self.written(*part) if part else None for part in (one.source, one.cue, one.addressee, one.via)
        )
        content = tuple(self.written(*piece) for piece in one.content)
        quoted = tuple(map(self._mark, one.quoted))
        return replace(one, content=content, quoted=quoted, source=source, cue=cue, addressee=addressee, via=via)

    def _mark(self, mark: MarkedSpan) -> MarkedSpan:
        (start, end), inner = self.written(mark.start, mark.end), self.written(mark.inner_start, mark.inner_end)
        return replace(mark, start=start, end=end, inner_start=inner[0], inner_end=inner[1])

    def _visible(self, place: int) -> int:
        before = bisect_right(self._holes, (place,))
        cut = max(0, self._holes[before - 1][1] - place) if before else 0
        return place - self._gone[before] + cut

    def _written(self, place: int) -> int:
        return place + self._gone[bisect_right(self._places, place)]
