"""Groups → JSON, plain data for a page, and lines for a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict
from typing import Any

from quotes.summary import plain
from quotes.tracing.values import Appearance, Difference, EarliestBy, Group, Kind

__all__ = ["note", "sections", "table", "to_dict"]

_BY = {
    EarliestBy.PUBLISHED: "by date",
    EarliestBy.PUBLISHED_THEN_INPUT: "by date, then by place in the input",
    EarliestBy.INPUT: "no dates: first in the input",
}


# --- JSON ------------------------------------------------------------------------------------------------------------


def to_dict(group: Group) -> dict[str, Any]:
    """The group's JSON form. Offsets are code points, end-exclusive, of the appearances' texts."""
    return {
        "id": group.id,
        "text": group.text,
        "articles": group.articles,
        "kinds": [kind.value for kind in group.kinds],
        "earliest": group.earliest,
        "earliest_by": group.earliest_by.value,
        "undated": group.undated,
        "reference": group.reference,
        "appearances": [_appearance(appearance) for appearance in group.appearances],
    }


def _appearance(appearance: Appearance) -> dict[str, Any]:
    return {
        "record": appearance.record,
        "text": appearance.text,
        "speaker": appearance.speaker,
        "speaker_id": appearance.speaker_id,
        "document": {**asdict(appearance.article), "sha256": appearance.sha256},
        "copies": [asdict(copy) for copy in appearance.copies],
        "differences": [_difference(difference) for difference in appearance.differences],
    }


def _difference(difference: Difference) -> dict[str, Any]:
    (before_start, before_end), (after_start, after_end) = difference.before_range, difference.after_range
    return {
        "kind": difference.kind.value,
        "before": {"start": before_start, "end": before_end, "text": difference.before},
        "after": {"start": after_start, "end": after_end, "text": difference.after},
    }


def sections(groups: Iterable[Group]) -> list[dict[str, Any]]:
    """Groups as plain data for a page: `to_dict`, and each appearance with `notes`, its differences in words, and
    `earliest` and `reference`, which say whether it is that."""
    found = []
    for group in groups:
        section = to_dict(group)
        for k, appearance in enumerate(section["appearances"]):
            appearance["notes"] = [note(difference) for difference in group.appearances[k].differences]
            appearance["earliest"], appearance["reference"] = k == group.earliest, k == group.reference
        section["earliest_note"] = _BY[group.earliest_by]
        found.append(section)
    return found


def note(difference: Difference) -> str:
    """A difference in words: "dropped qualifier: “may” → “will”"."""
    name = difference.kind.value.replace("_", " ")
    before, after = _short(difference.before), _short(difference.after)
    if difference.kind is Kind.UNATTRIBUTED:
        return name
    if difference.kind is Kind.ANOTHER_SPEAKER:
        return f"{name}: {before} → {after}"
    if before and after:
        return f"{name}: “{before}” → “{after}”"
    return f"{name}: without “{before}”" if before else f"{name}: with “{after}”"


def _short(text: str) -> str:
    words = _clean(text).split()
    return " ".join(words if len(words) <= 8 else [*words[:4], "…", *words[-3:]])


# --- a terminal ------------------------------------------------------------------------------------------------------


def table(groups: Iterable[Group]) -> Iterator[str]:
    """Lines for a terminal: each group's words, then its appearances in the order of time. Nothing in them is obeyed by
    a terminal."""
    for number, group in enumerate(groups, 1):
        yield from ([""] if number > 1 else [])
        yield f"{number}. “{_clean(group.text)}”"
        yield f"   {_head(group)}"
        cells = [_cells(group, k) for k in range(len(group.appearances))]
        widths = [max(len(row[column]) for row in cells) for column in range(3)]
        for (*columns, first), appearance in zip(cells, group.appearances, strict=True):
            left = "  ".join(cell.ljust(width) for cell, width in zip(columns, widths, strict=True))
            notes = [first] * bool(first) + [_clean(note(difference)) for difference in appearance.differences]
            yield f"   {left}  {'; '.join(notes)}".rstrip()


def _head(group: Group) -> str:
    undated = f", {group.undated} without a date" if group.undated and group.undated < len(group.appearances) else ""
    return f"{group.articles} articles; earliest {_BY[group.earliest_by]}{undated}"


def _cells(group: Group, k: int) -> tuple[str, str, str, str]:
    appearance = group.appearances[k]
    marks = ["earliest"] * (k == group.earliest) + ["compared with"] * (k == group.reference)
    copies = len(appearance.copies)
    marks += [f"and {copies} {'copy' if copies == 1 else 'copies'}"] if copies else []
    return (
        plain(appearance.speaker or "(nobody named)"),
        plain(appearance.article.published or "(no date)"),
        plain(appearance.article.id),
        ", ".join(marks),
    )


def _clean(text: str) -> str:
    """On one line, without what a terminal would obey."""
    return " ".join(filter(None, map(plain, text.split())))
