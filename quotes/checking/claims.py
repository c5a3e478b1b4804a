"""Files of claims → claims.

A file of claims is CSV with a head line, or JSON Lines: `text`, and `speaker` where one is claimed; records of this
program are claims as well. Anything else is an article, whose quotations are the claims (`from_records`).
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from quotes.checking.values import Claim
from quotes.errors import ClaimError, DocumentError
from quotes.reading import ReadOptions, decode, open_named
from quotes.tracing.who import NOBODY, who_of
from quotes.validate import Validator

__all__ = ["from_records", "is_claims", "read_claims"]

Record = Mapping[str, Any]
OnProblem = Callable[[str], None]
TEXT, SPEAKER = "text", "speaker"
SUFFIXES = (".csv", ".jsonl", ".ndjson")
MOST_BYTES = 100 * 2**20
DEFAULTS = ReadOptions()
_MARKS = "\"“”„«»‘’'"


def is_claims(file: str) -> bool:
    """Whether `file` is, by its name, one of claims, and no article."""
    return file.lower().endswith(SUFFIXES)


def read_claims(file: str, on_problem: OnProblem, options: ReadOptions = DEFAULTS) -> list[Claim]:
    """The claims of a file; `on_problem` gets a line for each that is none. Raises ClaimError."""
    try:
        data = _read(file, options)
    except OSError as error:
        raise ClaimError(f"{file}: cannot be read: {error.strerror or error}") from error
    except DocumentError as error:
        raise ClaimError(f"{file}: {error}") from error
    if len(data) > MOST_BYTES:
        raise ClaimError(f"{file}: is too large (over {MOST_BYTES:,} bytes): split it")
    text = decode(data)[0].removeprefix("\ufeff")
    read = _from_csv if file.lower().endswith(".csv") else _from_lines
    return list(read(file, text, on_problem))


def _read(file: str, options: ReadOptions) -> bytes:
    with open_named(file, options) as stream:
        return stream.read(MOST_BYTES + 1)


def _from_csv(file: str, text: str, on_problem: OnProblem) -> Iterator[Claim]:
    rows = csv.DictReader(io.StringIO(text, newline=""))
    if TEXT not in (rows.fieldnames or ()):
        columns = ", ".join(rows.fieldnames or ()) or "nothing"
        raise ClaimError(f'{file}: has no column "{TEXT}", only {columns[:200]}: name the one of the claimed words so')
    try:
        for row in rows:
            place = f"{file}:{rows.line_num}"
            claim = _claim(row, place)
            if claim:
                yield claim
            else:
                on_problem(f'{place}: has no words in "{TEXT}"')
    except csv.Error as error:
        on_problem(f"{file}:{rows.line_num}: is no CSV: {error}")


def _from_lines(file: str, text: str, on_problem: OnProblem) -> Iterator[Claim]:
    validator = Validator()
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        place = f"{file}:{number}"
        try:
            value = json.loads(line)
        except (ValueError, RecursionError) as error:
            on_problem(f"{place}: is no JSON: {error}")
            continue
        if isinstance(value, dict) and "spans" in value:
            problems = validator.check(value)
            if problems:
                on_problem(f"{place}: is no record: {problems[0]}")
            else:
                yield from from_records([value])
        elif claim := _claim(value, place):
            yield claim
        else:
            on_problem(f'{place}: is neither a record nor an object with words in "{TEXT}"')


def _claim(row: object, place: str) -> Claim | None:
    if not isinstance(row, Mapping) or not isinstance(row.get(TEXT), str):
        return None
    text = _without_marks(row[TEXT])
    name = row.get(SPEAKER)
    speaker = (name.strip() if isinstance(name, str) else "") or None
    who = who_of({"name": speaker, "kind": "unknown"}) if speaker else NOBODY
    return Claim((text,), who, speaker, place) if any(c.isalnum() for c in text) else None


def _without_marks(text: str) -> str:
    """Without blanks around, and without marks that hold all of it."""
    text = text.strip()
    if (
        len(text) > 1
        and text[0] in _MARKS
        and text[-1] in _MARKS
        and not set(text[1:-1]) & {text[0], text[-1]} - {"’", "'"}
    ):
        return text[1:-1].strip()
    return text


def from_records(records: Iterable[Record]) -> Iterator[Claim]:
    """The quotations among records as claims; words in marks that are nobody's, and reported speech, are none."""
    for record in records:
        speaker = record["speaker"]
        if record["type"] != "indirect" and (speaker or record["cue"]):
            name = (speaker["name"] or speaker["mention"]["text"]) if speaker else None
            yield Claim(tuple(span["text"] for span in record["spans"]), who_of(speaker), name, record["id"])
