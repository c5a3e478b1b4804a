"""What a person at a terminal sees, and what a pipe and a program get: the same run, told to each in its way."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from pathlib import Path

import pytest
import regex
from click.testing import CliRunner

from quotes.cli import main

ARTICLE = "“We found cracks,” said Marta Nowak, the city engineer. “Nobody drives over that.”\n"
SECOND = "“It leaks,” said Jo Lee. “It has leaked for years.\n"


@pytest.fixture(autouse=True)
def not_quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("QUOTES_QUIET")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "a").mkdir()
    (tmp_path / "a" / "one.txt").write_text(ARTICLE, encoding="utf-8")
    (tmp_path / "a" / "two.txt").write_text(SECOND, encoding="utf-8")
    return tmp_path / "a"


def on_a_terminal(*arguments: str) -> tuple[str, str]:
    """Standard output, a terminal of 60 columns, and standard error, a pipe."""
    ours, theirs = pty.openpty()
    environment = {name: value for name, value in os.environ.items() if name not in ("NO_COLOR", "FORCE_COLOR")}
    command = [sys.executable, "-m", "quotes", *arguments]
    environment |= {"TERM": "xterm", "COLUMNS": "60"}
    with subprocess.Popen(
        command, stdin=subprocess.DEVNULL, stdout=theirs, stderr=subprocess.PIPE, env=environment
    ) as process:
        os.close(theirs)
        shown = b""
        while True:
            try:
                shown += (piece := os.read(ours, 4096))
            except OSError:  # the other end is closed
                break
            if not piece:
                break
        assert process.stderr is not None
        said = process.stderr.read().decode()
    os.close(ours)
    assert process.returncode == 0, said
    return shown.decode(), said


def test_a_terminal_gets_a_listing_and_a_pipe_records(folder: Path) -> None:
    shown, said = on_a_terminal("extract", str(folder / "one.txt"))
    assert "\x1b[1;36m  Marta Nowak, city engineer\x1b[0m" in shown
    assert "“We found cracks, … Nobody drives over that.”" in regex.sub(r"\s+", " ", shown)
    assert "{" not in shown
    assert said.startswith("quotes: 1 article, 1 quotation, 1 speaker, 0 flagged, ")
    piped = CliRunner().invoke(main, ["extract", str(folder / "one.txt")])
    assert json.loads(piped.stdout)["speaker"]["name"] == "Marta Nowak"
    records, _ = on_a_terminal("extract", "--format", "jsonl", str(folder / "one.txt"))
    assert json.loads(records)["speaker"]["name"] == "Marta Nowak"


def test_the_last_line_says_how_much_there_was(folder: Path) -> None:
    result = CliRunner().invoke(main, ["extract", str(folder)])
    records = [json.loads(line) for line in result.stdout.splitlines()]
    names = {record["speaker"]["name"] for record in records if record["speaker"] and record["speaker"]["name"]}
    flagged = sum(bool(record["flags"]) for record in records)
    counts = f"2 articles, {len(records)} quotations, {len(names)} speakers, {flagged} flagged"
    assert flagged > 0
    assert regex.fullmatch(rf"quotes: {counts}, \d+\.\d s\n", result.stderr)


def test_problems_are_counted_in_the_last_line(folder: Path) -> None:
    (folder / "three.txt").write_bytes(b"\0" * 100)
    result = CliRunner().invoke(main, ["extract", str(folder)])
    assert result.exit_code == 1
    assert ", 1 problem, " in result.stderr.splitlines()[-1]


def test_quiet_leaves_problems_alone(folder: Path) -> None:
    assert CliRunner().invoke(main, ["extract", "-q", str(folder)]).stderr == ""
    (folder / "three.txt").write_bytes(b"\0" * 100)
    (line,) = CliRunner().invoke(main, ["extract", "-q", str(folder)]).stderr.splitlines()
    assert "three.txt: is no text" in line


def test_programs_get_objects(folder: Path) -> None:
    (folder / "three.txt").write_bytes(b"\0" * 100)
    (folder / "four.xyz").write_bytes(b"")
    result = CliRunner().invoke(main, ["extract", "--errors-format", "json", str(folder)])
    lines = [json.loads(line) for line in result.stderr.splitlines()]
    assert [line["level"] for line in lines] == ["error", "warning", "summary"]
    assert "three.txt: is no text" in lines[0]["message"]
    assert "1 .xyz" in lines[1]["message"]
    assert (lines[2]["articles"], lines[2]["problems"]) == (2, 1)
    assert lines[2]["quotations"] == len(result.stdout.splitlines())
    assert lines[2]["seconds"] >= 0


@pytest.mark.parametrize(
    ("arguments", "told"),
    [(["extrct", "x"], "Did you mean 'extract'?"), (["extract", "--modell", "x"], "Did you mean '--model'?")],
)
def test_what_is_mistyped_is_told_with_what_is_near(arguments: list[str], told: str) -> None:
    result = CliRunner().invoke(main, arguments)
    assert result.exit_code == 2
    assert result.stderr.count("Did you mean") == 1
    assert told in result.stderr


def test_no_summary_is_cut() -> None:
    _, _, shown = CliRunner().invoke(main, ["--help"]).stdout.partition("Commands:\n")
    assert "..." not in shown
    assert "differ." in shown
