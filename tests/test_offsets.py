"""Places counted in other units: held against what Python itself makes of the bytes, on any text, and back."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import get_args

import pytest
import regex
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from quotes.cli import main
from quotes.offsets import Ruler, Unit
from quotes.validate import Validator, read_records

TEXTS = st.text(
    st.one_of(st.sampled_from("a\r\n é\u0301😀🇫🇷👩\u200d👧🏽क्षि"), st.characters(exclude_categories=["Cs"]))
)
COUNTS: dict[Unit, Callable[[str], int]] = {
    "codepoint": len,
    "utf16": lambda text: len(text.encode("utf-16-le")) // 2,
    "utf8": lambda text: len(text.encode()),
}


@given(TEXTS, st.data())
def test_a_place_is_as_many_units_as_stand_before_it(text: str, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(text)))
    for unit, count in COUNTS.items():
        ruler = Ruler(text, unit)
        assert ruler.span(place, len(text)) == (count(text[:place]), count(text))
        assert ruler.code_points(count(text[:place])) == place
        assert ruler.code_points(count(text) + 1) is None
        assert ruler.code_points(-1) is None


@given(TEXTS, st.data())
def test_a_span_of_graphemes_is_the_least_that_holds_the_words(text: str, data: st.DataObject) -> None:
    start, end = sorted(data.draw(st.tuples(st.integers(0, len(text)), st.integers(0, len(text)))))
    clusters = [found.span() for found in regex.finditer(r"\X", text)]
    first, last = Ruler(text, "grapheme").span(start, end)
    if start < end:
        assert clusters[first][0] <= start < clusters[first][1]
        assert clusters[last - 1][0] < end <= clusters[last - 1][1]
    places = [0, *(end for _, end in clusters)]
    assert [Ruler(text, "grapheme").code_points(k) for k in range(len(places))] == places


ARTICLE = "🧱 é. e\u0301 🇫🇷 “We found 😀 cracks,” said Ana Roy, the city’s engineer. “Nobody drives over that.”\r\n"


@pytest.mark.parametrize("unit", get_args(Unit))
@pytest.mark.parametrize("format", ["jsonl", "csv", "parquet"])
def test_records_in_a_unit_agree_with_their_source(tmp_path: Path, unit: str, format: str) -> None:
    (tmp_path / "a.txt").write_bytes(ARTICLE.encode())
    out = tmp_path / f"out.{format}"
    result = CliRunner().invoke(main, ["extract", "--offsets", unit, "-o", str(out), str(tmp_path / "a.txt")])
    assert result.exit_code == 0, result.stderr
    if format == "jsonl":
        checked = CliRunner().invoke(main, ["validate", str(out), "--against", str(tmp_path)])
        assert checked.exit_code == 0, checked.stderr


def test_a_wrong_place_in_a_unit_is_found(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(ARTICLE.encode())
    result = CliRunner().invoke(main, ["extract", "--offsets", "utf16", str(tmp_path / "a.txt")])
    record = json.loads(result.stdout)
    source = ARTICLE
    assert Validator().check_against(record, source) == []
    record["spans"][0]["start"] += 1
    record["spans"][0]["end"] += 1
    assert len(Validator().check_against(record, source)) == 2
    assert Validator().check_against({**record, "offset_unit": "utf8"}, source) != []


def test_other_commands_ask_for_code_points(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_bytes(ARTICLE.encode())
    out = tmp_path / "out.jsonl"
    CliRunner().invoke(main, ["extract", "--offsets", "utf8", "-o", str(out), str(tmp_path / "a.txt")])
    problems: list[str] = []
    assert list(read_records([str(out)], problems.append)) == []
    assert "counts offsets in utf8; write the records anew, without --offsets" in problems[0]
    result = CliRunner().invoke(main, ["eval", str(out), str(out)])
    assert result.exit_code == 1
    assert "without --offsets" in result.stderr


@pytest.mark.parametrize(
    ("format", "unit", "told"),
    [
        ("prodigy", "utf16", "prodigy counts codepoint"),
        ("doccano", "utf8", "doccano counts codepoint or utf16 or grapheme"),
        ("jsonl", "utf32", "is not one of"),
    ],
)
def test_a_format_is_not_given_a_unit_that_its_reader_does_not_know(format: str, unit: str, told: str) -> None:
    result = CliRunner().invoke(main, ["extract", "--format", format, "--offsets", unit, "x.txt"])
    assert result.exit_code == 2
    assert told in result.stderr
