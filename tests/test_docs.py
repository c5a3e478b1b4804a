"""What the documentation shows is what happens: each block of Python or of commands runs, in order, in a folder of the
page's own; the text block right behind one is its output."""

from __future__ import annotations

import contextlib
import csv
import gzip
import io
import shlex
from functools import cache
from pathlib import Path

import pytest
import regex
from click.testing import CliRunner

import quotes.component  # noqa: F401 - the entry point is there only once the package is installed
from quotes import pipeline
from quotes.cli import main

DOCS = Path(__file__).resolve().parent.parent / "docs"
BLOCK = regex.compile(r"^```(python|sh)\n(.*?)^```\n(?:\n```text\n(.*?)^```\n)?", flags=regex.DOTALL | regex.MULTILINE)


@pytest.fixture(autouse=True)
def prepared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder with the table that pages speak of, and the program loaded once for a page's commands."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(pipeline, "load", cache(pipeline.load))
    with gzip.open("news.csv.gz", "wt", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([["key", "by", "body"], ["weir", "Jo Lee", "“It leaks,” said Ana Roy."]])


@pytest.mark.parametrize("page", sorted(DOCS.glob("*.md")), ids=lambda page: page.stem)
def test_what_a_page_shows_is_what_happens(page: Path) -> None:
    names: dict[str, object] = {}
    for language, block, output in BLOCK.findall(page.read_text(encoding="utf-8")):
        printed = _run(block) if language == "sh" else _execute(block, page, names)
        assert printed == output, block


def _execute(block: str, page: Path, names: dict[str, object]) -> str:
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(compile(block, str(page), "exec"), names)
    return printed.getvalue()


def _run(block: str) -> str:
    """The standard output of its `quotes` commands."""
    printed = ""
    for command in block.replace("\\\n", " ").splitlines():
        program, *arguments = shlex.split(command, comments=True)
        assert program == "quotes"
        result = CliRunner().invoke(main, arguments, prog_name=program)
        assert result.exit_code == 0, result.output
        printed += result.stdout
    return printed
