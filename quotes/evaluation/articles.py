"""Files of records or of annotated articles → what is said in each article."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from quotes.errors import DocumentError, EvaluationError
from quotes.offsets import UNIT
from quotes.reading import Kept, ReadOptions, read_lines
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
LONGEST = 10 * 2**20  # characters of an article that is put together from its records


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
    kept = Kept(options)
    for number, line in read_lines(file, _fail, options, kept):
        value = _read_line(line, f"{file}:{number}", validator)
        if isinstance(value, Article):
            articles.append(value)
        else:
            records[value["document"]["id"]].append(value)
    return [*articles, *_shown_articles(file, records, kept)]


def _shown_articles(file: Path, records: Mapping[str, Sequence[Json]], kept: Kept) -> Iterator[Article]:
    """Blanks are kept as well: a record of a few bytes may stand at the end of a long article."""
    for id, found in records.items():
        article = from_records(id, found)
        try:
            kept.add(len(article.text))
        except DocumentError as error:
            raise EvaluationError(f"{file}: {error}") from error
        yield article


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
    """What the records of one article say: each is an attribution, that of nobody's words one without a source. Raises
    EvaluationError."""
    said = tuple(_said(record) for record in records)
    marked = tuple(
        (_bounds(span), one)
        for record, one in zip(records, said, strict=True)
        if record["type"] != "indirect"
        for span in record["spans"]
    )
    return Article(id, _shown(id, records), said, marked)


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


def _shown(id: str, records: Iterable[Json]) -> str:
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
    length = max((start + len(words) for start, words in pieces), default=0)
    if length > LONGEST:
        raise EvaluationError(f"{id}: is too long to be compared (its records reach to character {length:,})")
    text = [" "] * length
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
