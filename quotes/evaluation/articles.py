"""Files of records or of annotated articles → what is said in each article."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from quotes.errors import EvaluationError
from quotes.offsets import UNIT
from quotes.reading import ReadOptions, read_lines
from quotes.types import Range
from quotes.validate import Validator

__all__ = ["NOBODY", "Article", "Marked", "Said", "from_gold", "from_records", "read_articles"]

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Said:
    """One attribution, gold's or predicted; `speech` is False for words in quotation marks that nobody says, `decided`
    for a record that no person decided on.

    `source` runs from the first word to the last, None where nobody is named; `head` is its head word, where known.
    """

    content: tuple[Range, ...] = ()
    source: Range | None = None
    head: Range | None = None
    name: str | None = None
    confidence: float = 1.0
    type: str | None = None
    kind: str | None = None
    form: str | None = None
    speech: bool = True
    decided: bool = True


Marked = tuple[Range, Said]
"""A quoted span and the attribution that it belongs to."""

NOBODY = Said(speech=False)
DEFAULTS = ReadOptions()


@dataclass(frozen=True, slots=True)
class Article:
    """An article as one file tells it. Records do not show a whole text: what they leave out stands as blanks."""

    id: str
    text: str
    said: tuple[Said, ...] = ()
    marked: tuple[Marked, ...] = ()
    publisher: str | None = None


def read_articles(file: Path, options: ReadOptions = DEFAULTS) -> list[Article]:
    """The articles of a file of records or of annotated articles. Raises EvaluationError, which names the line."""
    articles: list[Article] = []
    records: dict[str, list[Json]] = defaultdict(list)
    validator = Validator()
    for number, line in read_lines(file, _fail, options):
        value = _read_line(line, f"{file}:{number}", validator)
        if isinstance(value, Article):
            articles.append(value)
        else:
            records[value["document"]["id"]].append(value)
    return [*articles, *(from_records(id, found) for id, found in records.items())]


def _fail(problem: str) -> NoReturn:
    raise EvaluationError(problem)


def _read_line(line: bytes, place: str, validator: Validator) -> Article | Json:
    """An annotated article, or a sound record."""
    try:
        value: Json = json.loads(line.decode("utf-8"))
        if "attributions" in value:
            return from_gold(value)
    except (ValueError, KeyError, TypeError, IndexError, RecursionError, AttributeError) as error:
        problem = f"{type(error).__name__}: {error}"
        raise EvaluationError(f"{place}: is neither a record nor an annotated article: {problem}") from error
    if problems := validator.check(value):
        raise EvaluationError(f"{place}: is neither a record nor an annotated article: {problems[0]}")
    if (unit := value["offset_unit"]) != UNIT:
        raise EvaluationError(f"{place}: counts offsets in {unit}; write the records anew, without --offsets")
    return value


def from_gold(article: Json) -> Article:
    """An annotated article, see above."""
    said = tuple(
        Said(
            content=_ranges(a["content"]),
            source=(a["source"][0][0], a["source"][-1][1]) if a["source"] else None,
            head=tuple(a["source_head"]) if a.get("source_head") else None,
            name=a.get("name"),
            kind=a.get("type"),
            form=a.get("nominal"),
        )
        for a in article["attributions"]
    )
    marked = tuple(
        ((q["start"], q["end"]), NOBODY if q["attribution"] is None else said[q["attribution"]])
        for q in article["quoted"]
    )
    return Article(article["id"], article["text"], said, marked, article.get("publisher"))


def from_records(id: str, records: Sequence[Json]) -> Article:
    """What the records of one article say: each is an attribution, that of nobody's words one without a source."""
    said = tuple(_said(record) for record in records)
    marked = tuple(
        (_bounds(span), one)
        for record, one in zip(records, said, strict=True)
        if record["type"] != "indirect"
        for span in record["spans"]
    )
    return Article(id, _shown(records), said, marked)


def _said(record: Json) -> Said:
    speaker, reviewed = record["speaker"], record.get("review", {}).get("speaker")
    return Said(
        content=tuple(_bounds(span) for span in record["content"]["spans"]),
        source=_bounds(speaker["mention"]) if speaker else None,
        head=_head(speaker) if speaker and speaker["form"] == "name" else None,
        name=speaker["name"] if speaker else reviewed,
        confidence=record["confidence"],
        type=record["type"],
        kind=speaker["kind"] if speaker else None,
        form=speaker["form"] if speaker else None,
        speech=bool(speaker or record["cue"] or reviewed),
        decided="review" in record,
    )


def _head(speaker: Json) -> Range | None:
    """The last word of a name, where it stands in the mention."""
    mention, word = speaker["mention"], (speaker["name"] or "").rpartition(" ")[2]
    at = mention["text"].rfind(word) if word else -1
    return (mention["start"] + at, mention["start"] + at + len(word)) if at >= 0 else None


def _shown(records: Iterable[Json]) -> str:
    """The text of an article as far as its records show it."""
    pieces = [
        (span["start"], span["text"])
        for record in records
        for span in (
            record["context"]["sentence"],
            *record["content"]["spans"],
            (record["speaker"] or {}).get("mention"),
        )
        if span
    ]
    text = [" "] * max((start + len(words) for start, words in pieces), default=0)
    for start, words in pieces:
        text[start : start + len(words)] = words
    return "".join(text)


def _spans(record: Json) -> Iterator[Json]:
    yield record["context"]["sentence"]
    yield from record["content"]["spans"]
    if record["speaker"]:
        yield record["speaker"]["mention"]


def _ranges(pairs: Iterable[Sequence[int]]) -> tuple[Range, ...]:
    return tuple((start, end) for start, end in pairs)


def _bounds(span: Json) -> Range:
    return span["start"], span["end"]
