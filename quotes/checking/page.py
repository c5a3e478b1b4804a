"""Findings → one page that needs nothing but itself: claim and source side by side, what differs marked in both.

It has no script. What differs is underlined and in bold, what is gone struck through: nobody needs to see colours.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePath

from quotes.checking.report import note, speakers, summary
from quotes.checking.values import GOOD, Change, Finding, Piece
from quotes.pages import policy, style, template, web_address
from quotes.types import Range

__all__ = ["page"]

_NO_WORDS = frozenset({Change.SPEAKER, Change.UNTOLD, Change.JOIN})
Part = tuple[str, bool]
"""Words, and whether they differ."""


@dataclass(frozen=True, slots=True)
class Place:
    """A place in a source as the page shows it."""

    title: str
    url: str | None
    about: str
    parts: Sequence[Part]


@dataclass(frozen=True, slots=True)
class Section:
    """One claim with what the sources have."""

    label: str
    good: bool
    where: str
    claimed: str | None
    found: str
    parts: Sequence[Part]
    places: Sequence[Place]
    notes: Sequence[str]


def page(findings: Sequence[Finding]) -> str:
    """The whole page, what may not be published as it stands first."""
    css = style("quotes.checking", "page.css")
    sections = sorted(map(_section, findings), key=lambda section: section.good)
    told = {"sections": sections, "summary": summary(findings) or "no claims"}
    return template("quotes.checking", "page.html").render(**told, css=css, policy=policy(css))


def _section(finding: Finding) -> Section:
    told = [one for one in finding.differences if one.what not in _NO_WORDS]
    claimed = [(one.claimed.start, one.claimed.end) for one in told]
    return Section(
        finding.label.value.replace("_", " "),
        finding.label in GOOD,
        finding.claim.place,
        finding.claim.speaker,
        speakers(finding),
        list(_parts(finding.claim.text, 0, claimed)),
        [_place(piece, [(one.source.start, one.source.end) for one in told]) for piece in finding.pieces],
        [note(one) for one in finding.differences],
    )


def _place(piece: Piece, ranges: Iterable[Range]) -> Place:
    source, span = piece.source, piece.span
    about = " · ".join(filter(None, (source.published, f"characters {span.start} to {span.end}")))
    title = source.title or PurePath(source.path or source.id).name
    return Place(title, web_address(source.url), about, list(_parts(span.text, span.start, ranges)))


def _parts(text: str, base: int, ranges: Iterable[Range]) -> Iterator[Part]:
    """A text that stands at `base`, cut where something differs."""
    at = 0
    for start, end in sorted((start - base, end - base) for start, end in ranges):
        start, end = max(start, at), min(end, len(text))
        if start < end:
            yield text[at:start], False
            yield text[start:end], True
            at = end
    yield text[at:], False
