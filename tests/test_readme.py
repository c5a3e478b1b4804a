"""What the README shows is what the program does."""

from __future__ import annotations

import json
from pathlib import Path

import regex
from click.testing import CliRunner

from quotes.cli import main

ROOT = Path(__file__).resolve().parent.parent


def test_the_record_is_one_that_the_seed_gives() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    shown = regex.search(r"<!-- record: .*? -->\n```json\n(.*?)```", readme, flags=regex.DOTALL)
    result = CliRunner().invoke(main, ["extract", str(ROOT / "seeds")])
    assert shown is not None
    path_apart = [json.loads(line) for line in result.stdout.splitlines()]
    for record in path_apart:
        record["document"]["path"] = record["document"]["path"].removeprefix(f"{ROOT}/")
    assert json.loads(shown[1]) in path_apart


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
