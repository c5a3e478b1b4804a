"""Options that are always the same stand in a file; the command line has the last word."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from quotes.cli import main

ARTICLE = "Ana Roy said the dam leaks. “It leaks,” she said.\n"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def types(*arguments: str) -> list[str]:
    result = extract(*arguments)
    assert result.exit_code == 0, result.stderr
    return [json.loads(line)["type"] for line in result.stdout.splitlines()]


def extract(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["extract", *arguments], input=ARTICLE)


@pytest.mark.parametrize(
    ("name", "head"), [("quotes.toml", "[extract]"), ("pyproject.toml", "[tool.ruff]\n[tool.quotes.extract]")]
)
def test_a_file_in_the_folder_keeps_options(folder: Path, name: str, head: str) -> None:
    assert types() == ["direct"]
    (folder / name).write_text(f'{head}\ntype = "all"\nquiet = true\nmax-bytes = 1000\n', encoding="utf-8")
    assert types() == ["indirect", "direct"]
    assert types("--type", "indirect") == ["indirect"]


def test_a_project_of_something_else_says_nothing(folder: Path) -> None:
    (folder / "pyproject.toml").write_text("[project]\nname = 'x'\n", encoding="utf-8")
    assert types() == ["direct"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("[extract]\ntyp = 'all'", "'typ' in [extract]: no option of extract; there are act, author-field"),
        ("[extrakt]\ntype = 'all'", "[extrakt] is no command; there are check, desk, eval, extract"),
        ("type = 'all'", "[type] is no command"),
        ("[extract]\ntype = 'foo'", "'foo' is no type"),
        ("[extract", "quotes.toml cannot be read"),
        ("[extract]\nmodel = './pipeline'", "a pipeline is a program: name it on the command line"),
    ],
)
def test_a_mistake_in_the_file_is_told(folder: Path, text: str, told: str) -> None:
    (folder / "quotes.toml").write_text(text, encoding="utf-8")
    result = extract()
    assert result.exit_code == 2
    assert told in " ".join(result.stderr.split())
