"""Findings → JSON, CSV, and lines for a terminal."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import asdict
from typing import Any

from quotes.checking.values import Change, Difference, Finding, Label, Piece
from quotes.summary import plain
from quotes.types import Span

__all__ = ["csv_lines", "note", "summary", "table", "to_dict"]

COLUMNS = (
    "place", "text", "speaker", "label", "found", "found_speaker", "same_speaker", "similarity", "document", "path",
    "sha256", "start", "end", "differences",
)  # fmt: skip
LONGEST = 12  # words of a difference that are shown
# A cell that a spreadsheet would take for a formula.
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


def to_dict(finding: Finding) -> dict[str, Any]:
    """The finding's JSON form. Offsets are code points, end-exclusive: of the claim's text, and of the source's."""
    claim = finding.claim
    return {
        "claim": {"place": claim.place, "text": claim.text, "speaker": claim.speaker},
        "label": finding.label.value,
        "similarity": finding.similarity,
        "same_speaker": finding.same_speaker,
        "pieces": [_piece(piece) for piece in finding.pieces],
        "differences": [
            {"what": one.what.value, "source": asdict(one.source), "claimed": asdict(one.claimed)}
            for one in finding.differences
        ],
    }


def _piece(piece: Piece) -> dict[str, Any]:
    return {
        "document": asdict(piece.source),
        "source": asdict(piece.span),
        "claimed": asdict(piece.claimed),
        "quoted": piece.quoted,
        "speaker": piece.speaker,
        "record": piece.record,
    }


# --- CSV -------------------------------------------------------------------------------------------------------------


def csv_lines(findings: Iterable[Finding]) -> Iterator[str]:
    """A head line, then a line for each finding; `document` to `end` are those of its first piece."""
    yield _csv(COLUMNS)
    for finding in findings:
        yield _csv([_cell(value) for value in _row(finding)])


def _row(finding: Finding) -> list[Any]:
    claim, first = finding.claim, next(iter(finding.pieces), None)
    where = (
        [first.source.id, first.source.path, first.source.sha256, first.span.start, first.span.end]
        if first
        else [""] * 5
    )
    found = " … ".join(piece.span.text for piece in finding.pieces)
    same = "" if finding.same_speaker is None else "yes" if finding.same_speaker else "no"
    told = [claim.place, claim.text, claim.speaker, finding.label.value, found, speakers(finding), same]
    return [*told, finding.similarity, *where, "; ".join(map(note, finding.differences))]


def _cell(value: object) -> object:
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value


def _csv(cells: Iterable[object]) -> str:
    line = io.StringIO()
    csv.writer(line, lineterminator="").writerow(cells)
    return line.getvalue()


# --- words -----------------------------------------------------------------------------------------------------------


def speakers(finding: Finding) -> str:
    """Who says it in the source."""
    return " / ".join(dict.fromkeys(piece.speaker for piece in finding.pieces if piece.speaker))


def note(difference: Difference) -> str:
    """A difference in words: "number: “four” → “forty”"."""
    source, claimed = _short(difference.source), _short(difference.claimed)
    what = difference.what
    if what is Change.SPEAKER:
        return f"speaker: {source or 'not named in the source'} → {claimed}"
    if what is Change.UNTOLD:
        return f"speaker: left open by the source{f', which has {source}' if source else ''}"
    if what is Change.CUT:
        return f"cut: the sentence has “{source}” as well"
    if what is Change.JOIN:
        return f"joined without “{source}”" if source else f"joined from places apart at “{claimed}”"
    if what is Change.ELLIPSIS:
        return f"ellipsis: leaves out “{source}”" if source else "ellipsis: leaves out nothing that was said"
    if source and claimed:
        return f"{what.value}: “{source}” → “{claimed}”"
    return f"{what.value}: without “{source}”" if source else f"{what.value}: with “{claimed}”"


def _short(span: Span) -> str:
    words = span.text.split()
    return plain(" ".join(words if len(words) <= LONGEST else [*words[: LONGEST - 4], "…", *words[-3:]]))


def summary(findings: Iterable[Finding]) -> str:
    """How many have which label: "3 verbatim, 1 altered"."""
    counts = Counter(finding.label for finding in findings)
    return ", ".join(f"{counts[label]} {label.value.replace('_', ' ')}" for label in Label if counts[label])


def table(findings: Iterable[Finding]) -> Iterator[str]:
    """Lines for a terminal, those of a claim together. Nothing in them is obeyed by a terminal."""
    for number, finding in enumerate(findings, 1):
        claim = finding.claim
        yield from ([""] if number > 1 else [])
        claimed = f" ({plain(claim.speaker)})" if claim.speaker else ""
        yield f"{number}. {finding.label.value.replace('_', ' ')}: “{_line(claim.text)}”{claimed}"
        for piece in finding.pieces:
            who = f" ({plain(piece.speaker)})" if piece.speaker else ""
            yield f"   {plain(piece.source.id)} {piece.span.start}–{piece.span.end}: “{_line(piece.span.text)}”{who}"
        yield from (f"   {note(difference)}" for difference in finding.differences)


def _line(text: str) -> str:
    return " ".join(filter(None, map(plain, text.split())))
