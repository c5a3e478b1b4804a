"""Who said what: the learned reader, the marks as hard evidence, and the chains between attributions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from quotes.attribution.attribute import join_marks
from quotes.attribution.chains import link
from quotes.attribution.model import Found, Reader, ReaderOptions, load_reader
from quotes.types import Document, MarkedSpan

__all__ = ["Found", "Reader", "ReaderOptions", "attribute", "link", "load_reader"]


def attribute(reader: Reader, document: Document, marks: Sequence[MarkedSpan], *, indirect: bool = True) -> Found:
    """Every attribution and every name of `document`, in text order; ranges are code points, end-exclusive.

    Without `indirect` speech the paragraphs far from quotation marks are not read for attributions.

    A marked span that is nobody's speech comes out too, as an attribution without source and cue and with a flag that
    says why.
    """
    found = reader.read(document.text, marks, everywhere=indirect)
    return replace(found, attributions=join_marks(document, marks, found.attributions, reader.calibration))
