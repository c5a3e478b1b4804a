"""The same words in several articles of the page, as `quotes.tracing` finds them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from quotes.tracing import TraceOptions, sections, trace

__all__ = ["Traced", "find_traced"]

Record = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Version:
    """The words as one article has them; `parts` are its text with whether it differs, `number` that of its card."""

    title: str
    published: str | None
    who: str | None
    number: int
    parts: Sequence[tuple[str, bool]]
    notes: Sequence[str]


@dataclass(frozen=True, slots=True)
class Traced:
    """One group of versions, in the order of time as far as it is known."""

    text: str
    about: str
    versions: Sequence[Version]


def find_traced(numbered: Sequence[tuple[int, Record]]) -> list[Traced]:
    """The groups among records, each given with its card's number, those that differ before those that do not.

    Raises MissingExtraError where what compares them is not installed.
    """
    numbers = {(record["document"]["sha256"], record["id"]): number for number, record in numbered}
    found = sections(trace((record for _, record in numbered), TraceOptions()))
    return [_traced(group, numbers) for group in sorted(found, key=lambda group: not group["kinds"])]


def _traced(group: Mapping[str, Any], numbers: Mapping[tuple[str, str], int]) -> Traced:
    about = f"{group['articles']} articles; earliest {group['earliest_note']}"
    return Traced(group["text"], about, [_version(one, numbers) for one in group["appearances"]])


def _version(one: Mapping[str, Any], numbers: Mapping[tuple[str, str], int]) -> Version:
    document = one["document"]
    copies = [f"also in {copy['title'] or copy['id']}" for copy in one["copies"]]
    place = ["earliest"] * one["earliest"] + ["the others are compared with this"] * one["reference"]
    return Version(
        title=document["title"] or document["path"] or document["id"],
        published=document["published"],
        who=one["speaker"],
        number=numbers[document["sha256"], one["record"]],
        parts=list(_parts(one)),
        notes=[*one["notes"], *place, *copies],
    )


def _parts(one: Mapping[str, Any]) -> Iterator[tuple[str, bool]]:
    text, at = one["text"], 0
    after = sorted((d["after"]["start"], d["after"]["end"]) for d in one["differences"])
    for start, end in after:
        if max(start, at) < end:
            yield text[at : max(start, at)], False
            yield text[max(start, at) : end], True
            at = end
    yield text[at:], False
