"""What the README shows is what the program does."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import regex
from click.testing import CliRunner

from quotes.cli import main

ROOT = Path(__file__).resolve().parent.parent


def test_the_record_is_one_that_the_seed_gives() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    shown = regex.search(r"<!-- record: .*? -->\n```json\n(.*?)```", readme, flags=regex.DOTALL)
    result = CliRunner().invoke(main, ["extract", str(ROOT / "seeds")])
    assert shown is not None
    expected, found = json.loads(shown[1]), {r["id"]: r for r in map(json.loads, result.stdout.splitlines())}
    record = found[expected["id"]]
    record["document"]["path"] = record["document"]["path"].removeprefix(f"{ROOT}/")
    # Processors and versions of the runtime round the network's numbers differently.
    assert record.pop("confidence") == pytest.approx(expected.pop("confidence"), abs=0.25)
    assert record == expected


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
