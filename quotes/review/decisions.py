"""What a person decided on the page → reviewed records.

A decision is one JSON object a line: the record's `id` and its text's `sha256`, `decision` (accepted, corrected,
rejected, or added for words that the program missed; their `id` is null), `speaker` (who speaks, as was decided; null:
nobody) and `at`, the time. It may have `mention` and `words`, spans of the article where the speaker and what is said
stand, with the `context` of the words as records have it; `role`, `addressee`, `note` and `status`.
"""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import Any, Literal

import regex

from quotes.pages import visible
from quotes.reading import Kept, ReadOptions, read_lines
from quotes.review.mending import added, mended, named
from quotes.review.page import who

__all__ = ["Decision", "Outcome", "apply_decisions", "read_decisions"]

Record = Mapping[str, Any]
Mention = Mapping[str, Any]
OnProblem = Callable[[str], None]
DEFAULTS = ReadOptions()
Key = tuple[str, str]
"""The sha256 of a record's text and the record's id."""

DECISIONS = ("accepted", "corrected", "rejected", "added")
TOLD = ("role", "addressee", "note", "status")
# They say that the program found no speaker, or could not choose between some.
ABOUT_SPEAKER = frozenset({"no_speaker", "uncertain_speaker"})
_WORD = regex.compile(r"\w+")


@dataclass(frozen=True, slots=True)
class Decision:
    """What was decided on one record, or the record that was added; `place` names file and line. `told` has role,
    addressee, note and status, as far as somebody told them."""

    id: str
    sha256: str
    decision: Literal["accepted", "corrected", "rejected", "added"]
    speaker: str | None
    at: str | None
    place: str
    words: Mapping[str, Any] | None = None
    context: Mapping[str, Any] | None = None
    mention: Mapping[str, Any] | None = None
    told: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Outcome:
    """The records that stay, in their order, and how many were decided how."""

    records: list[Record] = field(default_factory=list)
    counts: dict[str, int] = field(default_factory=lambda: dict.fromkeys((*DECISIONS, "undecided"), 0))


# --- reading ---------------------------------------------------------------------------------------------------------


def read_decisions(file: Path, on_problem: OnProblem, options: ReadOptions = DEFAULTS) -> list[Decision]:
    """The decisions of a file; `on_problem` gets a line for each line that is none."""
    found = []
    for number, line in read_lines(file, on_problem, options, Kept(options)):
        try:
            found.append(_decision(json.loads(line.decode("utf-8")), f"{file}:{number}"))
        except (ValueError, RecursionError) as error:
            on_problem(f"{file}:{number}: is no decision: {error}")
    return found


def _decision(value: Any, place: str) -> Decision:
    if not isinstance(value, dict):
        raise ValueError("no JSON object")
    if value.get("decision") not in DECISIONS:
        raise ValueError(f"`decision` must be one of {', '.join(DECISIONS)}")
    is_new = value["decision"] == "added"
    for name, kinds in (("id", str | None), ("sha256", str), ("speaker", str | None), ("at", str | None)):
        if (
            name not in value
            or not isinstance(value[name], kinds)
            or (name == "id" and (value[name] is None) != is_new)
        ):
            raise ValueError(f"{name!r} is missing or no text")
    words, mention = (_span(value.get(name), name) for name in ("words", "mention"))
    context = _context(value.get("context")) if words else None
    if is_new and not words:
        raise ValueError("'words' of what was added are missing")
    told = {name: value[name].strip() for name in TOLD if isinstance(value.get(name), str) and value[name].strip()}
    speaker = (value["speaker"] or "").strip() or None
    id = value["id"] or f"+{words['start']}-{words['end']}"  # type: ignore[index]
    about = (value["decision"], speaker, value["at"], place)
    return Decision(id, value["sha256"], *about, words, context, mention, told)


def _span(value: Any, name: str) -> Mapping[str, Any] | None:
    """A span of the article: as long as its text, and not empty."""
    if value is None:
        return None
    sound = isinstance(value, dict) and all(type(value.get(key)) is int for key in ("start", "end"))
    text = value.get("text") if sound else None
    if not isinstance(text, str) or value["start"] < 0 or not 0 < len(text) == value["end"] - value["start"]:
        raise ValueError(f"{name!r} is no span of the article")
    return {key: value[key] for key in ("start", "end", "text")}


def _context(value: Any) -> Mapping[str, Any]:
    if not isinstance(value, dict) or not all(isinstance(value.get(key), str) for key in ("prefix", "suffix")):
        raise ValueError("'context' of the words is missing")
    sentence = _span(value.get("sentence"), "sentence")
    if sentence is None:
        raise ValueError("'sentence' of the words is missing")
    return {"sentence": sentence, "prefix": value["prefix"], "suffix": value["suffix"]}


# --- applying --------------------------------------------------------------------------------------------------------


def apply_decisions(records: Iterable[Record], decisions: Iterable[Decision], on_problem: OnProblem) -> Outcome:
    """The records as they were decided on: rejected ones left out, the others with `review`.

    Of several decisions on a record the last one holds. A record that nobody decided on stays as it is. `on_problem`
    gets a line for each decision that fits no record: there is none of its id, or its speaker is no longer who was
    accepted.
    """
    known = [*records]
    decisions = [*decisions]
    known += list(_missed(known, decisions))
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


def _missed(known: Iterable[Record], decisions: Iterable[Decision]) -> Iterator[Record]:
    """A record for each quotation that was added, known by its decision until that is applied."""
    documents = {record["document"]["sha256"]: record["document"] for record in known}
    new = {(one.sha256, one.id): one for one in decisions if one.decision == "added"}
    for one in new.values():
        if one.sha256 in documents and one.words and one.context:
            yield {**added(documents[one.sha256], one.words, one.context), "added": one.id}


def _key(record: Record) -> Key:
    return record["document"]["sha256"], record.get("added", record["id"])


def _misfit(record: Record, decision: Decision) -> str | None:
    now = visible(who(record))
    if decision.decision != "accepted" or decision.speaker == now:
        return None
    return f"{decision.speaker or 'nobody'} was accepted as speaker of {record['id']}, which now has {now or 'nobody'}"


def _reviewed(record: Record, decision: Decision, mentions: Iterable[Mention]) -> Record:
    review = {"decision": decision.decision, "speaker": decision.speaker, "at": decision.at, **decision.told}
    if decision.decision == "accepted":
        return {**record, "review": review}
    record = {name: value for name, value in record.items() if name != "added"}
    told = (decision.told.get(name) for name in ("role", "addressee"))
    flags = [flag for flag in record["flags"] if flag not in ABOUT_SPEAKER]
    speaker = _decided_speaker(record, decision, mentions)
    record = {**record, "speaker": speaker, "flags": flags, "review": review}
    return mended(record, decision.words if decision.decision == "corrected" else None, decision.context, *told)


def _decided_speaker(record: Record, decision: Decision, mentions: Iterable[Mention]) -> Mention | None:
    """Who speaks: as before where that was not touched, else where the person pointed, else a mention of the name."""
    if decision.speaker is not None and decision.speaker == visible(who(record)):
        return record["speaker"]  # type: ignore[no-any-return]
    if decision.mention and decision.speaker:
        return named(decision.mention, decision.speaker)
    return _corrected(record, decision.speaker, mentions)


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
