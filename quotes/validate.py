"""Record ↔ schema, record ↔ source text: what is wrong with a record, one line a problem.

A problem is `JSON path: reason`. The schema says what a record looks like; what no schema can say (a text is that of
its spans, a span is as long as its text) is checked beside it.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property, lru_cache, partial
from itertools import pairwise
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, Any, NoReturn

from quotes.blanks import UNSEEN
from quotes.offsets import UNIT, Ruler, Unit
from quotes.reading import Kept, ReadOptions, path_of, read_documents, read_lines
from quotes.schema import compile_schema, read_schema
from quotes.texts import saved_text
from quotes.types import PIECES, Document

if TYPE_CHECKING:
    from jsonschema import Draft202012Validator

__all__ = ["Sources", "Validator", "check_files", "read_records"]

LONGEST_REASON = 200
# Records, one around the other, that are looked through for a circle.
DEEPEST = 64
# Characters of the articles of one file that are kept for the records to come.
KEPT = 20_000_000
DEFAULTS = ReadOptions()

Record = Mapping[str, Any]


class Validator:
    """Checks records. Build it once: building costs as much as checking many records."""

    def __init__(self) -> None:
        self._surely_matches = compile_schema(json.loads(read_schema()))

    @cached_property
    def _schema(self) -> Draft202012Validator:
        """Loaded at the first record that does not match at first sight: most runs meet none."""
        from jsonschema import Draft202012Validator

        return Draft202012Validator(json.loads(read_schema()))

    def check(self, record: object) -> list[str]:
        """What is wrong with `record` by itself."""
        if not self._surely_matches(record):
            errors = sorted(self._schema.iter_errors(record), key=lambda error: error.json_path)
            if errors:
                return [f"{error.json_path}: {_short(error.message)}" for error in errors]
        assert isinstance(record, Mapping)
        return list(_contradictions(record))

    def check_against(self, record: Record, text: str) -> list[str]:
        """Where a record, itself sound, does not say what stands in `text`, the source it was made from."""
        source = _Counted(text, record["offset_unit"])
        places = ((path, span["text"], source.slice(span["start"], span["end"])) for path, span in _spans(record))
        wrong = [
            f"{path}: the source has {_short(repr(found))}, not {_short(repr(said))}"
            for path, said, found in places
            if not source.agrees(said, found)
        ]
        return wrong + list(_wrong_names(record)) + list(_wrong_context(record, source))


class _Counted:
    """A source text whose places are counted in a record's unit."""

    def __init__(self, text: str, unit: Unit):
        self.text = text
        self.exact = unit != "grapheme"
        """Whether every place of the text can be said."""
        self._ruler = None if unit == UNIT else Ruler(text, unit)

    def at(self, place: int) -> int:
        """The place in code points; one that is none lies behind the text."""
        found = self._ruler.code_points(place) if self._ruler else place
        return len(self.text) + 1 if found is None else found

    def slice(self, start: int, end: int) -> str:
        """What stands there."""
        return self.text[self.at(start) : self.at(end)]

    def agrees(self, said: str, found: str) -> bool:
        """Whether the words are what stands there; of whole graphemes a span may have been a part."""
        return said == found or (not self.exact and said in found)


def _short(reason: str) -> str:
    return reason if len(reason) <= LONGEST_REASON else f"{reason[: LONGEST_REASON - 1]}…"


def _spans(record: Record) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Every span of a sound record, with its path."""
    return ((path, span) for path, span in _places(record) if span)


def _places(record: Record) -> Iterator[tuple[str, Mapping[str, Any] | None]]:
    for path, spans in (("$.spans", record["spans"]), ("$.content.spans", record["content"]["spans"])):
        yield from ((f"{path}[{k}]", span) for k, span in enumerate(spans))
    for part in ("speaker", "addressee", "via"):
        yield from _mention_places(f"$.{part}", record[part])
    yield "$.cue", record["cue"]
    yield "$.context.sentence", record["context"]["sentence"]


def _mention_places(path: str, mention: Mapping[str, Any] | None) -> Iterator[tuple[str, Mapping[str, Any] | None]]:
    if mention:
        yield from ((f"{path}.{key}", mention[key]) for key in ("mention", "name_at", "title", "role", "affiliation"))
        for k, member in enumerate(mention["members"]):
            yield from _mention_places(f"{path}.members[{k}]", member)


def _wrong_names(record: Record) -> Iterator[str]:
    """Where other words stand at the place of a name: "Ana" is one of Ana Roy's, and so is "Roy's campaign" of hers."""
    for part in ("speaker", "addressee", "via"):
        for path, mention in _everybody(f"$.{part}", record[part]):
            place = mention["name_at"]
            name = _read(mention["name"] or "")
            if place and not mention["members"] and not all(word in name for word in _read(place["text"])):
                yield f"{path}.name: is {_short(repr(mention['name']))}, which does not stand at {path}.name_at"


def _read(words: str) -> list[str]:
    """The words of a name, which is told without what nobody sees in them."""
    return UNSEEN.sub("", words).split()


def _everybody(path: str, mention: Mapping[str, Any] | None) -> Iterator[tuple[str, Mapping[str, Any]]]:
    if mention:
        yield path, mention
        for k, member in enumerate(mention["members"]):
            yield from _everybody(f"{path}.members[{k}]", member)


def _contradictions(record: Record) -> Iterator[str]:
    wrong = list(_wrong_lengths(record))
    yield from wrong
    for path, part in (("$", record), ("$.content", record["content"])):
        if part["text"] != PIECES.join(span["text"] for span in part["spans"]):
            yield f"{path}.text: is not the text of {path}.spans"
    if not wrong:
        yield from _wrong_places(record)
        yield from _senseless(record)


def _wrong_lengths(record: Record) -> Iterator[str]:
    unit = record["offset_unit"]
    for path, span in _spans(record):
        length = _length(span["text"], unit)
        if span["end"] - span["start"] != length:
            yield f"{path}: holds {length} characters, but says {span['start']} to {span['end']}"


def _wrong_places(record: Record) -> Iterator[str]:
    spans, content = record["spans"], record["content"]["spans"]
    yield from _out_of_order("$.spans", spans)
    yield from _out_of_order("$.content.spans", content)
    for k, span in enumerate(spans):
        if not any(one["start"] <= span["start"] and span["end"] <= one["end"] for one in content):
            yield f"$.spans[{k}]: does not lie in the content"


def _senseless(record: Record) -> Iterator[str]:
    yield from (f"{path}.text: is nothing but blanks" for path, span in _spans(record) if not span["text"].strip())
    sentence, start = record["context"]["sentence"], record["spans"][0]["start"]
    if sentence and not sentence["start"] <= start <= sentence["end"]:
        yield "$.context.sentence: is not the one in which the words begin"
    if record["within"] == record["id"]:
        yield "$.within: is the record itself"


def _out_of_order(path: str, spans: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    for k, (before, span) in enumerate(pairwise(spans), 1):
        if span["start"] < before["end"]:
            yield f"{path}[{k}]: begins before the one before it ends"


def _length(text: str, unit: Unit) -> int:
    return len(text) if unit == UNIT else Ruler(text, unit).span(0, len(text))[1]


def _wrong_context(record: Record, source: _Counted) -> Iterator[str]:
    start, end = source.at(record["spans"][0]["start"]), source.at(record["spans"][-1]["end"])
    context = record["context"]
    if not source.text.endswith(context["prefix"], 0, start) and source.exact:
        yield "$.context.prefix: does not stand before the words in the source"
    if not source.text.startswith(context["suffix"], end) and source.exact:
        yield "$.context.suffix: does not stand after the words in the source"


# --- files of records ------------------------------------------------------------------------------------------------


class Sources:
    """The articles that records were made from, looked for under `folder`: texts kept there, or what they came from.

    It may also be the one file that has them all.
    """

    def __init__(self, folder: Path, options: ReadOptions = DEFAULTS):
        self.folder = folder
        self._text = lru_cache(maxsize=8)(partial(saved_text, folder))
        self._articles = lru_cache(maxsize=8)(partial(_Articles, options=options))

    def check(self, validator: Validator, record: Record) -> list[str]:
        """Where a sound record does not agree with its source."""
        document = record["document"]
        text = self._text(document["sha256"])
        return self._check(validator, record) if text is None else validator.check_against(record, text)

    def text_of(self, document: Mapping[str, Any]) -> str | None:
        """The text that a record's `document` was, None where it is not there any more."""
        text, file = self._text(document["sha256"]), self._find(document["path"] or document["id"])
        if text is not None or file is None:
            return text
        source = self._articles(file).find(document["sha256"])
        return source.text if source else None

    def _check(self, validator: Validator, record: Record) -> list[str]:
        document = record["document"]
        file = self._find(document["path"] or document["id"])
        if file is None:
            return [f"$.document.path: no such file under {self.folder}"]
        articles = self._articles(file)
        source = articles.find(document["sha256"]) or articles.first
        if source is None:
            return [f"$.document.path: {'; '.join(articles.errors) or f'{file} holds no article'}"]
        problems = validator.check_against(record, source.text)
        if source.sha256 != document["sha256"]:
            problems.insert(0, f"$.document.sha256: the source has changed, its hash is {source.sha256}")
        return problems

    def _find(self, path: str) -> Path | None:
        """`path`, or as much of its end as there is, under the folder: records may name it from elsewhere."""
        if self.folder.is_file():
            return self.folder
        names = map(PurePath, dict.fromkeys((path_of(path), path)))
        ways = ([part for part in name.parts if part not in (name.anchor, "..")] for name in names)
        candidates = (self.folder.joinpath(*parts[k:]) for parts in ways for k in range(len(parts)))
        return next((candidate for candidate in candidates if os.path.isfile(candidate)), None)  # noqa: PTH113 (raises)


class _Articles:
    """The articles of one file. It is read on as records ask for them, in the order in which they were made, and again
    where they ask for one that is gone: not all of a large file is kept."""

    def __init__(self, file: Path, options: ReadOptions):
        self.errors: list[str] = []
        self.first: Document | None = None
        self._read: Callable[[], Iterator[Document]] = partial(
            read_documents, [file], on_error=self.errors.append, on_warning=lambda _: None, options=options
        )
        self._rest = self._read()
        self._kept: dict[str, Document] = {}
        self._size = 0
        self._seen: set[str] = set()
        self._whole = False

    def find(self, sha256: str) -> Document | None:
        """The article whose text has this hash."""
        if sha256 not in self._kept and (sha256 in self._seen or not self._whole):
            self._read_up_to(sha256)
        return self._kept.get(sha256)

    def _read_up_to(self, sha256: str) -> None:
        """To the end, if need be, and from the beginning for one that was there."""
        for _ in range(2):
            for document in self._rest:
                self._keep(document)
                if document.sha256 == sha256:
                    return
            self._whole, self._rest = True, self._read()
            if sha256 not in self._seen:
                return

    def _keep(self, document: Document) -> None:
        self.first = self.first or document
        self._seen.add(document.sha256)
        if document.sha256 not in self._kept:
            self._kept[document.sha256] = document
            self._size += len(document.text)
        while self._size > KEPT and len(self._kept) > 1:
            self._size -= len(self._kept.pop(next(iter(self._kept))).text)


def check_files(
    files: Iterable[str],
    against: Path | None,
    on_problem: Callable[[str], None],
    options: ReadOptions = DEFAULTS,
) -> int:
    """Check files of JSON Lines ("-" is standard input) against the schema and, in the folder `against`, their sources.

    `on_problem` gets a line for each problem, which names file, line and place in the record. Returns how many records
    there are; blank lines are none.
    """
    return sum(1 for _ in _checked(files, Sources(against, options) if against else None, on_problem, options))


def read_records(
    files: Iterable[str], on_problem: Callable[[str], None], options: ReadOptions = DEFAULTS, kept: Kept | None = None
) -> Iterator[Record]:
    """The sound records of files ("-" is standard input) whose offsets are code points; `on_problem` gets a line for
    each other one. Who keeps them all gives `kept`."""
    for record in _checked(files, None, on_problem, options, kept):
        if record is not None and (unit := record["offset_unit"]) != UNIT:
            on_problem(f"{record['id']}: counts offsets in {unit}; write the records anew, without --offsets")
        elif record is not None:
            yield record


def _checked(
    files: Iterable[str],
    sources: Sources | None,
    on_problem: Callable[[str], None],
    options: ReadOptions,
    kept: Kept | None = None,
) -> Iterator[Record | None]:
    """Each record, None for one that has a problem."""
    validator, nesting = Validator(), _Nesting()
    for file in files:
        for number, line in read_lines(file, on_problem, options, kept):
            record, problems = _check_line(line, validator, sources)
            problems = problems or nesting.check(record)
            for problem in problems:
                on_problem(f"{file}:{number}: {problem}")
            yield None if problems else record


class _Nesting:
    """The records of one article so far, and which stands within which."""

    def __init__(self) -> None:
        self._document: object = None
        self._outer: dict[str, str | None] = {}

    def check(self, record: Record) -> list[str]:
        """Where a record, itself sound, closes a circle."""
        if record["document"] != self._document:
            self._document, self._outer = record["document"], {}
        own, outer = record["id"], record["within"]
        self._outer[own] = outer
        for _ in range(DEEPEST):
            if outer == own:
                return ["$.within: is a record that stands within this one"]
            outer = self._outer.get(outer) if outer else None
        return []


def _check_line(line: bytes, validator: Validator, sources: Sources | None) -> tuple[Record, list[str]]:
    try:
        record = json.loads(line.decode("utf-8"), parse_constant=_refuse)
        problems = validator.check(record)
    except (ValueError, RecursionError) as error:
        return {}, [f"$: is no JSON: {_short(str(error))}"]
    return record, problems or (sources.check(validator, record) if sources else [])


def _refuse(constant: str) -> NoReturn:
    raise ValueError(f"{constant} is no JSON number")
