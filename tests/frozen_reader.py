"""A reader that has read the gold of the cases: what comes out wrong is then the program's doing, not the weights'.

The names are those of the learned reader's lower part, for a case does not tell them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from cases_format import Case, Expected, Range, strip_edges

from quotes.attribution import Found, Reader, load_reader
from quotes.attribution.candidates import Candidate
from quotes.attribution.flags import FLAGS
from quotes.attribution.reader.decode import Anchors, Floats, Ints
from quotes.attribution.reader.labels import REASONS, TAGS
from quotes.attribution.reader.model import Network
from quotes.blanks import plain
from quotes.types import MarkedSpan

__all__ = ["FrozenReader"]

SURE = 0.9
REASON_OF = {flag: reason for reason, flag in FLAGS.items()}
"""What a flag is called as a reason, where not by its own name."""


class FrozenReader(Reader):
    """Stands where the learned reader stands; knows the texts of `cases` alone."""

    def __init__(self, cases: Iterable[Case]):
        shipped = load_reader()
        super().__init__(Network(shipped.network.lower, _nothing), shipped.tokenizer, shipped.options)
        self.cases = {plain(case.text): case for case in cases}

    def read(self, text: str, marks: Sequence[MarkedSpan], *, everywhere: bool = True) -> Found:
        """The gold of the case with this text, as candidates that all are sure."""
        expected = self.cases[text].expected
        candidates = [_candidate(one) for one in expected if one.type != "nobody"]
        names = super().read(text, marks, everywhere=everywhere).names
        return Found(candidates, names, dict(_reasons(text, marks, expected)))


def _nothing(states: Floats, words: Ints, threshold: float) -> tuple[Anchors, Floats]:
    """An upper part that finds no anchor in the words [1,W]."""
    none, count = np.zeros(0, np.float32), words.shape[1]
    anchors = Anchors(
        none, none.astype(np.int64), none.astype(np.int64), np.zeros((0, count, len(TAGS)), np.float32), none
    )
    return anchors, np.zeros((count, len(REASONS)), np.float32)


def _candidate(expected: Expected) -> Candidate:
    return Candidate(
        content=expected.content,
        weights=(SURE,) * len(expected.content),
        source=_first(expected.source),
        cue=_first(expected.cue),
        addressee=_first(expected.addressee),
        via=_first(expected.via),
        thought=float(expected.facts.get("act") == "thought"),
        score=SURE,
    )


def _first(ranges: Sequence[Range]) -> Range | None:
    return ranges[0] if ranges else None


def _reasons(text: str, marks: Sequence[MarkedSpan], expected: Sequence[Expected]) -> Mapping[int, Floats]:
    """For the words that nobody says, by where they begin, the reason that the case gives: the first of several."""
    wanted = {
        strip_edges(text, span): one.facts.get("flags", "no_speaker").split("|")[0]
        for one in expected
        if one.type == "nobody"
        for span in one.quoted
    }
    inner = {mark.inner_start: strip_edges(text, (mark.inner_start, mark.inner_end)) for mark in marks}
    return {start: _chances(wanted[span]) for start, span in inner.items() if span in wanted}


def _chances(flag: str) -> Floats:
    """One for the reason behind a flag; a flag that no reason stands behind is found without one."""
    reason = REASON_OF.get(flag, flag)
    return (np.arange(len(REASONS)) == (REASONS.index(reason) if reason in REASONS else 0)).astype(np.float32)
