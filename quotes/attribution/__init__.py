"""Who said what: the learned reader's candidates, a few certainties, one assignment, and what is to be known of it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace

from quotes.article import Article
from quotes.attribution.choose import choose
from quotes.attribution.flags import Reasons, flags_of, is_said, reason_of
from quotes.attribution.reader.calibration import Calibration
from quotes.attribution.reader.model import Found, Reader, ReaderOptions, load_reader
from quotes.attribution.steps import STEPS, Step, prepare
from quotes.types import Attribution, Document, MarkedSpan

__all__ = ["STEPS", "Found", "Reader", "ReaderOptions", "Step", "attribute", "attributions_of", "load_reader"]


def attribute(
    reader: Reader,
    document: Document,
    marks: Sequence[MarkedSpan],
    *,
    indirect: bool = True,
    leave_out: Collection[str] = (),
) -> tuple[list[Attribution], Found]:
    """Every attribution of `document`, in text order, and what the reader found; ranges are code points, end-exclusive.

    Without `indirect` speech the paragraphs far from quotation marks are not read for attributions. `leave_out` names
    steps that are not taken.
    """
    found = reader.read(document.text, marks, everywhere=indirect)
    return attributions_of(document, marks, found, reader.calibration, leave_out), found


def attributions_of(
    document: Document,
    marks: Sequence[MarkedSpan],
    found: Found,
    calibration: Calibration,
    leave_out: Collection[str] = (),
) -> list[Attribution]:
    """What the reader found as attributions, in text order.

    A marked span that is nobody's speech comes out too, without source and cue and with a flag that says why.
    """
    article = Article(document, marks)
    chosen = choose(article, prepare(article, found.candidates, leave_out))
    spoken = [_without_others(one, found.reasons) for one in chosen]
    spoken = [replace(one, confidence=calibration.of(one)) for one in spoken]
    spoken = [replace(one, flags=flags_of(article, one)) for one in spoken]
    unspoken = _unspoken(article, spoken, found.reasons, calibration)
    return _in_order([*spoken, *unspoken])


def _without_others(attribution: Attribution, reasons: Reasons) -> Attribution:
    """Of "she said her favourite film was “The Well”" the title is among her words, and no quotation of hers."""
    pieces = set(attribution.content)
    theirs = (mark for mark in attribution.quoted if (mark.start, mark.end) in pieces or is_said(mark, reasons))
    return replace(attribution, quoted=tuple(theirs))


def _unspoken(
    article: Article, spoken: Sequence[Attribution], reasons: Reasons, calibration: Calibration
) -> Iterator[Attribution]:
    owned = {mark.start for one in spoken for mark in one.quoted}
    for mark in (article.marks.spans[k] for k in article.marks.outermost()):
        if mark.start not in owned and mark.inner_start < mark.inner_end:
            flags = reason_of(article, mark, reasons)
            yield Attribution(((mark.start, mark.end),), (mark,), confidence=calibration.nobody, flags=flags)


def _in_order(attributions: Sequence[Attribution]) -> list[Attribution]:
    """In text order; `within` is a place in this list."""

    def place(one: Attribution) -> tuple[int, int, tuple[int, int]]:
        return one.content[0][0], -one.content[-1][1], one.cue or (0, 0)

    order = sorted(range(len(attributions)), key=lambda n: place(attributions[n]))
    now: Mapping[int, int] = {before: n for n, before in enumerate(order)}
    return [
        replace(one, within=None if one.within is None else now[one.within]) for one in (attributions[n] for n in order)
    ]
