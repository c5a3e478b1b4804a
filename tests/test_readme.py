"""What the README shows is what the program does."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import regex
from click.testing import CliRunner

from quotes.cli import main

AGAIN = "run `python docs/generate.py`, which makes the README's record anew, and commit what it writes"
ROOT = Path(__file__).resolve().parent.parent


def test_the_record_is_one_that_the_seed_gives(monkeypatch: pytest.MonkeyPatch) -> None:
    """Field by field; of its confidence the first digit, for processors round the network's numbers differently."""
    monkeypatch.chdir(ROOT)
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    shown = regex.search(r"<!-- record: .*? -->\n```json\n(.*?)```", readme, flags=regex.DOTALL)
    assert shown is not None
    expected = json.loads(shown[1])
    result = CliRunner().invoke(main, ["extract", "seeds"])
    found = {record["id"]: record for record in map(json.loads, result.stdout.splitlines())}
    assert expected["id"] in found, AGAIN
    record = found[expected["id"]]
    assert list(record) == list(expected), AGAIN
    assert abs(record.pop("confidence") - expected.pop("confidence")) < 0.1, AGAIN
    told, made = dict(fields(expected)), dict(fields(record))
    differing = sorted(name for name in told.keys() | made.keys() if told.get(name) != made.get(name))
    assert differing == [], AGAIN


def fields(value: Any, path: str = "$") -> Iterator[tuple[str, Any]]:
    """Every value of a record with its path."""
    if isinstance(value, dict | list):
        parts = value.items() if isinstance(value, dict) else enumerate(value)
        yield path, type(value)
        for name, part in parts:
            yield from fields(part, f"{path}.{name}")
    else:
        yield path, value


def test_the_seed_gives_eleven_quotations_with_their_speakers() -> None:
    result = CliRunner().invoke(main, ["extract", str(ROOT / "seeds")])
    records = [json.loads(line) for line in result.stdout.splitlines()]
    names = [r["speaker"]["name"] if r["speaker"] else None for r in records for _ in r["spans"]]
    assert [n for n in names if n] == [
        *["Sebastien Lecornu"] * 3,
        "Vladimir Putin",
        *["Sebastien Lecornu"] * 4,
        *["Emmanuel Macron"] * 2,
        "Amelie Oudea-Castera",
    ]
    nobody = [r for r in records if r["speaker"] is None]
    assert [(r["text"], r["flags"]) for r in nobody] == [("Fight for freedom", ["crosshead"])]
