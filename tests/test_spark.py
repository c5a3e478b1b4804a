"""What a Python worker of Spark does with the batches it gets; tests/test_spark_cluster.py has the cluster."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pyarrow
import pytest
from said_reader import FAILS, SaidReader

from quotes import pipeline, spark
from quotes.options import Options
from quotes.pipeline import Extractor
from quotes.spark import extract_batches
from quotes.writing.arrow import record_schema

STORY = "The dam in Weston is old. “It leaks,” said Ana Roy."


@pytest.fixture
def loads(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[Options]]:
    """The options with which the program was loaded; it stumbles where a text holds `FAILS`."""
    loaded: list[Options] = []

    def load(options: Options) -> Extractor:
        loaded.append(options)
        return Extractor(options, SaidReader())  # type: ignore[arg-type]

    monkeypatch.setattr(pipeline, "load", load)
    spark._program.cache_clear()
    yield loaded
    spark._program.cache_clear()


def batch(*texts: str | None, kind: Any = None) -> Any:
    ids = [str(n) for n in range(len(texts))]
    return pyarrow.RecordBatch.from_arrays([ids, pyarrow.array(texts, kind)], names=["id", "text"])


def test_the_program_is_loaded_once_and_batches_are_streamed(loads: list[Options]) -> None:
    taken = 0

    def batches() -> Iterator[Any]:
        nonlocal taken
        for _ in range(3):
            taken += 1
            yield batch(*[STORY] * 5)

    found = extract_batches(batches())
    next(found)
    assert (taken, len(loads)) == (1, 1)
    assert sum(one.num_rows for one in found) == 10
    assert sum(one.num_rows for one in extract_batches(batches())) == 15
    assert len(loads) == 1


def test_long_batches_are_taken_in_pieces(loads: list[Options]) -> None:
    found = list(extract_batches([batch(*[STORY] * 200)]))
    assert [one.num_rows for one in found] == [64, 64, 64, 8]


def test_an_article_that_fails_is_a_row_and_no_other_is_lost(loads: list[Options]) -> None:
    [found] = extract_batches([batch(STORY, f"{STORY} {FAILS}", None, " \n", STORY)])
    rows = found.to_pylist()
    assert {row["document"]["id"]: row["error"] for row in rows} == {
        "0": None,
        "4": None,
        "1": "1: failed: ValueError: stumbled",
        "2": 'has no text in "text"',
        "3": "holds no text; left out",
    }
    assert all(row["id"] is None and row["document"]["path"] is None for row in rows if row["error"])


def test_bytes_that_are_no_text_are_no_failed_task(loads: list[Options]) -> None:
    """Spark lets a string hold any bytes."""
    data = pyarrow.array([STORY.encode() + b"\xff\xc3", STORY.encode()])
    text = pyarrow.StringArray.from_buffers(len(data), *data.buffers()[1:])
    ids = pyarrow.array(["a", "b"])
    [found] = extract_batches([pyarrow.RecordBatch.from_arrays([ids, text], names=["id", "text"])])
    assert [(row["document"]["id"], row["text"]) for row in found.to_pylist()] == [
        ("a", "It leaks,"),
        ("b", "It leaks,"),
    ]


def test_no_articles_give_no_rows(loads: list[Options]) -> None:
    assert sum(one.num_rows for one in extract_batches([batch(kind=pyarrow.string()), batch("Rain.")])) == 0


def test_the_columns_are_those_of_the_record_and_one_for_errors() -> None:
    [field, *_] = spark._schema().field("speaker").type
    assert spark._schema().names == [*record_schema().names, "error"]
    assert field.name == "name"
    columns = spark._columns(spark._schema())
    assert columns.startswith(
        "`schema_version` string, `offset_unit` string, `id` string, `document` struct<`id`: string, `path`: string"
    )
    assert "`spans` array<struct<`start`: bigint, `end`: bigint, `text`: string>>" in columns
    assert columns.endswith("`error` string")
