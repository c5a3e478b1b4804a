"""What a person decided on the page → reviewed records.

A decision is one JSON object a line: the record's `id` and its text's `sha256`, `decision` (accepted, corrected or
rejected), `speaker` (who speaks, as was decided; null: nobody) and `at`, the time.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import Any, Literal

import regex

from quotes.review.page import visible, who

__all__ = ["Decision", "Outcome", "apply_decisions", "read_decisions"]

Record = Mapping[str, Any]
Mention = Mapping[str, Any]
OnProblem = Callable[[str], None]
Key = tuple[str, str]
"""The sha256 of a record's text and the record's id."""

DECISIONS = ("accepted", "corrected", "rejected")
# They say that the program found no speaker, or could not choose between some.
ABOUT_SPEAKER = frozenset({"no_speaker", "uncertain_speaker"})
_WORD = regex.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided on one record; `place` names file and line."""

    id: str
    sha256: str
    decision: Literal["accepted", "corrected", "rejected"]
    speaker: str | None
    at: str | None
    place: str


@dataclass(slots=True)
class Outcome:
    """The records that stay, in their order, and how many were decided how."""

    records: list[Record] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys((*DECISIONS, "undecided"), 0))


# --- reading ---------------------------------------------------------------------------------------------------------


def read_decisions(file: Path, on_problem: OnProblem) -> list[Decision]:
    """The decisions of a file; `on_problem` gets a line for each line that is none."""
    found = []
    try:
        with file.open("rb") as lines:
            for number, line in enumerate(lines, 1):
                if line.strip():
                    try:
                        found.append(_decision(json.loads(line.decode("utf-8")), f"{file}:{number}"))
                    except (ValueError, RecursionError) as error:
                        on_problem(f"{file}:{number}: is no decision: {error}")
    except OSError as error:
        on_problem(f"{file}: cannot be read: {error.strerror or error}")
    return found


def _decision(value: Any, place: str) -> Decision:
    if not isinstance(value, dict):
        raise ValueError("no JSON object")
    if value.get("decision") not in DECISIONS:
        raise ValueError(f"`decision` must be one of {', '.join(DECISIONS)}")
    for name, kinds in (("id", str), ("sha256", str), ("speaker", str | None), ("at", str | None)):
        if name not in value or not isinstance(value[name], kinds):
            raise ValueError(f"{name!r} is missing or no text")
    speaker = (value["speaker"] or "").strip() or None
    return Decision(value["id"], value["sha256"], value["decision"], speaker, value["at"], place)


# --- applying --------------------------------------------------------------------------------------------------------


def apply_decisions(records: Iterable[Record], decisions: Iterable[Decision], on_problem: OnProblem) -> Outcome:
    """The records as they were decided on: rejected ones left out, the others with `review`.

    Of several decisions on a record the last one holds. A record that nobody decided on stays as it is. `on_problem`
    gets a line for each decision that fits no record: there is none of its id, or its speaker is no longer who was
    accepted.
    """
    known = list(records)
    held = {(decision.sha256, decision.id): decision for decision in decisions}
    mentions, outcome, met = _mentions(known), Outcome(), set[Key]()
    for record in known:
        key = _key(record)
        decision = held.get(key)
        met.add(key)
        if decision and (problem := _misfit(record, decision)):
            on_problem(f"{decision.place}: {problem}")
            decision = None
        outcome.counts[decision.decision if decision else "undecided"] += 1
        if decision is None or decision.decision != "rejected":
            outcome.records.append(_reviewed(record, decision, mentions[key[0]]) if decision else record)
    for key, decision in held.items():
        if key not in met:
            on_problem(f"{decision.place}: there is no record {decision.id}: give the records that the page shows")
    return outcome


def _key(record: Record) -> Key:
    return record["document"]["sha256"], record["id"]


def _misfit(record: Record, decision: Decision) -> str | None:
    now = visible(who(record))
    if decision.decision != "accepted" or decision.speaker == now:
        return None
    return f"{decision.speaker or 'nobody'} was accepted as speaker of {record['id']}, which now has {now or 'nobody'}"


def _reviewed(record: Record, decision: Decision, mentions: Iterable[Mention]) -> Record:
    review = {"decision": decision.decision, "speaker": decision.speaker, "at": decision.at}
    if decision.decision == "accepted":
        return {**record, "review": review}
    flags = [flag for flag in record["flags"] if flag not in ABOUT_SPEAKER]
    return {**record, "speaker": _corrected(record, decision.speaker, mentions), "flags": flags, "review": review}


def _corrected(record: Record, name: str | None, mentions: Iterable[Mention]) -> Mention | None:
    """The mention of `name` for the record: words that stand in the article and can mean them, or None.

    What stands at the quotation stays where it can, said to be somebody else's; else it is the nearest of the mentions
    by name that the article's records hold.
    """
    if name is None:
        return None
    at = record["spans"][0]["start"]
    same = [one for one in mentions if visible(one["name"]) == name and one["form"] == "name" and _may_mean(one, name)]
    nearest = min(same, key=lambda one: abs(one["mention"]["start"] - at), default=None)
    old = record["speaker"]
    if old is None or not _may_mean(old, name):
        return nearest
    about = nearest or {
        **old,
        "name": name,
        "name_at": None,
        "title": None,
        "confidence": 1.0,
        "role": None,
        "affiliation": None,
        "id": None,
        "members": [],
    }
    return {**about, "mention": old["mention"], "form": old["form"], "candidates": []}


def _may_mean(mention: Mention, name: str) -> bool:
    """A pronoun or a description may mean anybody, a name whoever bears it: its last word is in the mention."""
    words = [[word.casefold() for word in _WORD.findall(text)] for text in (mention["mention"]["text"], name)]
    return mention["form"] != "name" or set(words[1][-1:]) <= set(words[0])


def _mentions(records: Iterable[Record]) -> Mapping[str, list[Mention]]:
    """Who is named in each text."""
    found = defaultdict[str, list[Mention]](list)
    for record in records:
        named = (record[part] for part in ("speaker", "addressee", "via") if record[part])
        everyone = chain.from_iterable((mention, *mention["members"]) for mention in named)
        found[record["document"]["sha256"]] += (mention for mention in everyone if mention["name"])
    return found
