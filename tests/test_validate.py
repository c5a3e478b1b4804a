"""Records against the schema and against their sources."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from quotes.cli import main
from quotes.marks import find_marks
from quotes.nlp import split_sentences
from quotes.reading import read_documents
from quotes.record import build_quotes, to_record
from quotes.schema import compile_schema, read_schema
from quotes.types import PIECES, Attribution, Mention, Resolved, Span
from quotes.validate import Validator, check_files

VALIDATOR = Validator()
SCHEMA = json.loads(read_schema())
TEXT = "The weir is old.\n\n“We knew,” said Ana Roy, “and waited.” Nobody 😀 asked.\n"


@pytest.fixture
def source(tmp_path: Path) -> Path:
    path = tmp_path / "articles" / "weir.txt"
    path.parent.mkdir()
    path.write_text(TEXT, encoding="utf-8")
    return path


@pytest.fixture
def record(source: Path) -> dict[str, Any]:
    (document,) = read_documents([source], on_error=pytest.fail)
    marks = find_marks(TEXT)
    span = Span(34, 41, "Ana Roy")
    roy = Mention("Ana Roy", span, "person", "name", name_at=span)
    attribution = Attribution(tuple((m.start, m.end) for m in marks), tuple(marks), cue=(29, 33), flags=("negated",))
    (quote,) = build_quotes(document, list(split_sentences(TEXT)), [attribution], [Resolved(roy)])
    return to_record(quote, "en_test-1.0")


def objects(schema: object) -> Iterator[dict[str, Any]]:
    """Every schema in the schema."""
    if isinstance(schema, dict):
        if {"type", "$ref", "enum", "const"} & schema.keys():
            yield schema
        for key, part in schema.items():
            yield from objects(part) if key not in ("properties", "$defs") else objects(list(part.values()))
    elif isinstance(schema, list):
        for part in schema:
            yield from objects(part)


def may_lack(schema: dict[str, Any]) -> set[str]:
    """Fields that need not be there: a record that nobody reviewed has no `review`, and a reviewer tells but a part."""
    if schema is SCHEMA["properties"]["review"]:
        return {"role", "addressee", "note", "status"}
    return {"review"} if schema is SCHEMA else set()


def test_the_schema_is_strict_and_describes_every_field() -> None:
    Draft202012Validator.check_schema(SCHEMA)
    for schema in objects(SCHEMA):
        assert schema.get("description"), schema
        if "properties" in schema:
            assert schema["additionalProperties"] is False
            assert schema["required"] == [name for name in schema["properties"] if name not in may_lack(schema)]
            assert may_lack(schema) <= schema["properties"].keys()


def test_every_flag_is_explained() -> None:
    flags = SCHEMA["properties"]["flags"]["items"]
    assert all(f"{flag}: " in flags["description"] for flag in flags["enum"])


def test_a_sound_record_has_no_problems(record: dict[str, Any]) -> None:
    assert VALIDATOR.check(record) == VALIDATOR.check_against(record, TEXT) == []


def put(path: str, value: object) -> Callable[[Any], None]:
    """A change of a record: `value` at `path`, as in "spans.0.text"."""

    def change(record: Any) -> None:
        *parents, last = (int(key) if key.isdigit() else key for key in path.split("."))
        for key in parents:
            record = record[key]
        record[last] = value

    return change


def span(start: int, text: str) -> dict[str, Any]:
    return {"start": start, "end": start + len(text), "text": text}


def said(*spans: dict[str, Any], content: list[dict[str, Any]] | None = None) -> Callable[[Any], None]:
    """Other places with the texts that belong to them."""

    def change(record: Any) -> None:
        whole = list(spans) if content is None else content
        record.update(spans=list(spans), text=PIECES.join(one["text"] for one in spans))
        record["content"] = {"spans": whole, "text": PIECES.join(one["text"] for one in whole)}

    return change


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (put("type", "Direct"), "$.type: 'Direct' is not one of"),
        (put("flags", ["gossip"]), "$.flags[0]: 'gossip' is not one of"),
        (put("flags", ["sign", "sign"]), "$.flags: ['sign', 'sign'] has non-unique"),
        (put("mood", "grim"), "$: Additional properties are not allowed ('mood' was unexpected)"),
        (put("speaker.age", 54), "$.speaker: Additional properties"),
        (put("speaker.kind", "robot"), "$.speaker.kind: 'robot' is not one of"),
        (put("speaker.mention", None), "$.speaker.mention: None is not of type 'object'"),
        (put("spans", []), "$.spans: [] should be non-empty"),
        (put("spans.0.start", -1), "$.spans[0].start: -1 is less than"),
        (put("spans.0.start", "19"), "$.spans[0].start: '19' is not of type 'integer'"),
        (put("spans.0.start", True), "$.spans[0].start: True is not of type 'integer'"),
        (put("confidence", 1.2), "$.confidence: 1.2 is greater than"),
        (put("id", "f26c\n"), "$.id: 'f26c\\n' does not match"),
        (put("id", "a" * 16 + "\n"), "$.id: 'aaaaaaaaaaaaaaaa\\n' is too long"),
        (put("document.sha256", "0"), "$.document.sha256: '0' does not match"),
        (put("context.prefix", "x" * 33), "$.context.prefix: 'xxx"),
        (put("text", "x" * 9999), "$.text: is not the text of $.spans"),
        (put("content.text", "We knew,"), "$.content.text: is not the text of $.content.spans"),
        (put("spans.0.end", 99), "$.spans[0]: holds 8 characters, but says 19 to 99"),
        (
            put("speaker.role", {"start": 5, "end": 3, "text": "x"}),
            "$.speaker.role: holds 1 characters, but says 5 to 3",
        ),
        (put("spans", [span(0, "Ana"), span(2, "a R")]), "$.text: is not the text of $.spans"),
        (said(span(0, "Ana"), span(2, "a R")), "$.spans[1]: begins before the one before it ends"),
        (said(span(4, "Roy"), span(0, "Ana")), "$.spans[1]: begins before the one before it ends"),
        (said(span(19, "We knew,"), content=[span(20, "e knew,")]), "$.spans[0]: does not lie in the content"),
        (said(span(19, "We knew,"), content=[span(0, "A"), span(0, "Ana Roy")]), "$.content.spans[1]: begins before"),
        (put("speaker.mention", {"start": 5, "end": 5, "text": ""}), "$.speaker.mention.text: '' should be non-empty"),
        (put("speaker.mention", span(33, " ")), "$.speaker.mention.text: is nothing but blanks"),
        (put("speaker.name_at", span(16, "\n\n")), "$.speaker.name_at.text: is nothing but blanks"),
        (put("speaker.role", span(33, " ")), "$.speaker.role.text: is nothing but blanks"),
        (said(span(16, "\n\n")), "$.spans[0].text: is nothing but blanks"),
        (put("context.sentence", span(0, "The weir is old.")), "$.context.sentence: is not the one in which"),
        (lambda record: record.update(within=record["id"]), "$.within: is the record itself"),
        (lambda record: record.pop("via"), "$: 'via' is a required property"),
    ],
)
def test_what_is_wrong_is_named_by_path(record: dict[str, Any], change: Callable[[Any], None], problem: str) -> None:
    change(record)
    found, *_ = VALIDATOR.check(record)
    assert found.startswith(problem)
    assert len(found) < 300


@pytest.mark.parametrize("nonsense", [None, 1, "text", [], [[]], {}])
def test_nonsense_is_no_record(nonsense: object) -> None:
    assert VALIDATOR.check(nonsense)


@pytest.mark.parametrize(
    ("change", "path"),
    [
        (put("spans.0", {"start": 19, "end": 27, "text": "We know,"}), "$.spans[0]"),
        (put("content.spans.1", {"start": 43, "end": 54, "text": "and waited!"}), "$.content.spans[1]"),
        (put("speaker.mention", {"start": 33, "end": 40, "text": "Ana Roy"}), "$.speaker.mention"),
        (put("speaker.role", {"start": 900, "end": 903, "text": "boy"}), "$.speaker.role"),
        (
            put(
                "via",
                {
                    **dict.fromkeys(("name", "name_at", "title", "role", "affiliation")),
                    **{"mention": {"start": 0, "end": 3, "text": "the"}, "members": []},
                },
            ),
            "$.via.mention",
        ),
        (put("cue.text", "says"), "$.cue"),
        (put("speaker.name", "Bo Lee"), "$.speaker.name"),
        (put("speaker.name_at", {"start": 33, "end": 40, "text": "Ana Roy"}), "$.speaker.name_at"),
        (put("speaker.name_at", {"start": 29, "end": 33, "text": "said"}), "$.speaker.name"),
        (put("context.sentence.text", "x"), "$.context.sentence"),
        (put("context.prefix", "old."), "$.context.prefix"),
        (put("context.suffix", "nobody"), "$.context.suffix"),
    ],
)
def test_every_span_is_checked_against_the_source(
    record: dict[str, Any], change: Callable[[Any], None], path: str
) -> None:
    change(record)
    (problem,) = VALIDATOR.check_against(record, TEXT)
    assert problem.startswith(f"{path}: ")


UNSOUND = "The mayor will “have tweeted” was quoted as saying it is not so.\n"


def place(words: str) -> dict[str, Any]:
    return span(UNSOUND.index(words), words)


def off(by: int) -> Callable[[Any], None]:
    """Every place of the words moved, their texts as they were."""

    def change(record: Any) -> None:
        for one in (*record["spans"], *record["content"]["spans"]):
            one.update(start=one["start"] + by, end=one["end"] + by)

    return change


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        (lambda record: None, None),
        (said(place("have tweeted"), content=[place("it is not so")]), "$.spans[0]: does not lie in the content"),
        (said(place("have tweeted"), place("tweeted")), "$.spans[1]: begins before the one before it ends"),
        (said(place("it is not so"), place("have tweeted")), "$.spans[1]: begins before the one before it ends"),
        (said(place("have tweeted"), content=[place("have tw"), place("eeted")]), "$.spans[0]: does not lie"),
        (off(1), "$.spans[0]: the source has 'ave tweeted”'"),
        (off(-1), "$.spans[0]: the source has '“have tweete'"),
        (put("speaker.mention", span(4, "")), "$.speaker.mention.text: '' should be non-empty"),
        (put("speaker.mention", place(" ")), "$.speaker.mention.text: is nothing but blanks"),
        (put("speaker.name_at", place("The")), "$.speaker.name: is 'mayor', which does not stand at"),
        (put("speaker.name_at", span(5, "mayor")), "$.speaker.name_at: the source has 'ayor '"),
    ],
)
def test_unsound_records_are_refused_on_the_command_line(
    tmp_path: Path, change: Callable[[Any], None], problem: str | None
) -> None:
    """Made by hand, between two sound ones: what an extraction once wrote."""
    (tmp_path / "a.txt").write_text(UNSOUND, encoding="utf-8")
    [document] = read_documents([tmp_path / "a.txt"], on_error=pytest.fail)
    [mark] = find_marks(UNSOUND)
    mayor = Span(4, 9, "mayor")
    who = Resolved(Mention("mayor", mayor, "person", "name", name_at=mayor))
    told = Attribution(((mark.start, mark.end),), (mark,), cue=(34, 40))
    [quote] = build_quotes(document, list(split_sentences(UNSOUND)), [told], [who])
    sound = to_record(quote, "en_test-1.0")
    record = deepcopy(sound)
    change(record)
    (tmp_path / "q.jsonl").write_bytes(line(sound) + line(record) + line(sound))
    done = CliRunner().invoke(main, ["validate", str(tmp_path / "q.jsonl"), "--against", str(tmp_path)])
    named = [said.removeprefix(f"quotes: {tmp_path / 'q.jsonl'}:") for said in done.stderr.splitlines()[:-1]]
    assert done.exit_code == (problem is not None)
    assert all(said.startswith("2: ") for said in named)
    assert any(said.startswith(f"2: {problem}") for said in named) == (problem is not None)


@pytest.mark.parametrize(
    ("within", "problems"),
    [
        ([None, 0, 1, 1, 9], []),
        ([1, None], []),
        ([1, 0], [2]),
        ([1, 2, 0, 0], [3]),
        ([2, None, 3, 0, 1], [4]),
    ],
)
def test_records_within_each_other_are_no_circle(
    record: dict[str, Any], tmp_path: Path, within: list[int | None], problems: list[int]
) -> None:
    ids = [f"{number:016x}" for number in range(10)]
    outer = [None if number is None else ids[number] for number in within]
    lines = [line({**record, "id": ids[k], "within": other}) for k, other in enumerate(outer)]
    (tmp_path / "q.jsonl").write_bytes(b"".join(lines))
    done = CliRunner().invoke(main, ["validate", str(tmp_path / "q.jsonl")])
    wrong = "$.within: is a record that stands within this one"
    expected = [f"quotes: {tmp_path / 'q.jsonl'}:{number}: {wrong}" for number in problems]
    assert (done.exit_code, done.stderr.splitlines()[:-1]) == (bool(problems), expected)


# --- the quick yes ---------------------------------------------------------------------------------------------------

SURELY_MATCHES = compile_schema(SCHEMA)
FULL = Draft202012Validator(SCHEMA)
JSON = st.recursive(
    st.sampled_from([None, True, 0, -1, 1, 1.5, "", "x", "said", "direct", "1.0", "a" * 16, "a" * 16 + "\n", "0" * 64]),
    lambda part: st.lists(part, max_size=2) | st.dictionaries(st.sampled_from(["start", "end", "text"]), part),
    max_leaves=4,
)


def paths(value: object) -> Iterator[tuple[Any, Any]]:
    """Every place in a record: what holds it, and the key or index."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, part in items:
        yield value, key
        yield from paths(part)


def test_a_sound_record_gets_the_quick_yes(record: dict[str, Any]) -> None:
    assert SURELY_MATCHES(record)
    record["speaker"], record["cue"] = None, None
    assert SURELY_MATCHES(record)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_the_quick_yes_is_never_wrong(record: dict[str, Any], data: st.DataObject) -> None:
    changed = deepcopy(record)
    for _ in range(data.draw(st.integers(1, 2))):
        holder, key = data.draw(st.sampled_from(list(paths(changed))))
        holder[key] = data.draw(JSON)
    if SURELY_MATCHES(changed):
        assert FULL.is_valid(changed)


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        ({"type": "string", "format": "date"}, "x"),
        ({"additionalProperties": False}, {"a": 1}),
        ({"required": ["a"]}, {}),
        ({"properties": {"a": {}}, "required": ["b"]}, {"a": 1}),
        ({"uniqueItems": True}, [1, True]),
        ({"const": 1}, True),
    ],
)
def test_what_it_does_not_know_is_left_to_the_full_validator(schema: dict[str, Any], value: object) -> None:
    assert not compile_schema(schema)(value)


# --- files -----------------------------------------------------------------------------------------------------------


def check(tmp_path: Path, lines: bytes, against: Path | None = None) -> tuple[int, list[str]]:
    """How many records `lines` hold, and the problems without the file's name."""
    file = tmp_path / "records.jsonl"
    file.write_bytes(lines)
    problems: list[str] = []
    records = check_files([str(file)], against, problems.append)
    assert all(problem.startswith(f"{file}:") for problem in problems)
    return records, [problem.removeprefix(f"{file}:") for problem in problems]


def line(record: dict[str, Any]) -> bytes:
    return json.dumps(record).encode() + b"\n"


def test_an_empty_file_is_valid(tmp_path: Path) -> None:
    assert check(tmp_path, b"") == (0, [])


@pytest.mark.parametrize(
    "broken",
    [b"{", b"\xff{}", b"[" * 100_000, b'{"confidence": NaN}', b"1" * 5000, b"\xef\xbb\xbf{}", b'{"a": "\n"}'],
)
def test_a_broken_line_is_named_and_the_rest_is_read(tmp_path: Path, record: dict[str, Any], broken: bytes) -> None:
    records, problems = check(tmp_path, line(record) + broken + b"\n\n" + line(record))
    assert problems[0].startswith("2: $: is no JSON: ")
    assert records == 2 + broken.count(b"\n") + 1
    assert all(len(problem) < 300 for problem in problems)


def test_sources_are_found_by_the_end_of_their_path(tmp_path: Path, source: Path, record: dict[str, Any]) -> None:
    assert record["document"]["path"] == str(source)
    for folder in (source.parent, tmp_path, Path("/")):
        assert check(tmp_path, line(record), folder) == (1, [])
    record["document"]["path"] = "elsewhere/articles/weir.txt"
    for folder in (source.parent, tmp_path):
        assert check(tmp_path, line(record), folder) == (1, [])


def test_a_path_never_leads_out_of_the_folder(tmp_path: Path, source: Path, record: dict[str, Any]) -> None:
    inner = source.parent / "inner"
    inner.mkdir()
    record["document"]["path"] = "../weir.txt"
    assert check(tmp_path, line(record), inner) == (1, [f"1: $.document.path: no such file under {inner}"])


@pytest.mark.parametrize("name", ["a\nb.txt", "a\\nb.txt", "a\x85b.txt", "a\udcffb.txt", "a#b.txt", "\u202e.txt"])
def test_sources_with_odd_names_are_found(tmp_path: Path, name: str) -> None:
    for odd in ("a\nb.txt", "a\\nb.txt", name):
        (tmp_path / odd).write_text(f"{odd!a}: “It leaks,” said Ana Roy.\n", encoding="utf-8")
    done = CliRunner().invoke(main, ["extract", str(tmp_path / name), "-o", str(tmp_path / "out.jsonl")])
    assert done.exit_code == 0
    assert (
        CliRunner().invoke(main, ["validate", str(tmp_path / "out.jsonl"), "--against", str(tmp_path)]).exit_code == 0
    )


def test_a_missing_source_is_a_problem(tmp_path: Path, source: Path, record: dict[str, Any]) -> None:
    source.unlink()
    assert check(tmp_path, line(record), tmp_path) == (1, [f"1: $.document.path: no such file under {tmp_path}"])


def test_an_unreadable_source_is_a_problem(tmp_path: Path, source: Path, record: dict[str, Any]) -> None:
    source.write_bytes(b"\0\1\2")
    (problem,) = check(tmp_path, line(record), tmp_path)[1]
    assert problem.startswith(f"1: $.document.path: {source}: is no text")


def test_a_changed_source_is_a_problem(tmp_path: Path, source: Path, record: dict[str, Any]) -> None:
    source.write_text(TEXT.replace("😀 ", ""), encoding="utf-8")
    first, second = check(tmp_path, line(record), tmp_path)[1]
    assert first.startswith("1: $.document.sha256: the source has changed")
    assert second.startswith("1: $.context.suffix: ")


def test_a_missing_file_is_a_problem() -> None:
    problems: list[str] = []
    assert check_files(["no/such.jsonl"], None, problems.append) == 0
    assert problems == ["no/such.jsonl: cannot be read: No such file or directory"]


def test_a_record_is_not_changed_by_checking(record: dict[str, Any]) -> None:
    before = deepcopy(record)
    VALIDATOR.check(record)
    VALIDATOR.check_against(record, TEXT)
    assert record == before
