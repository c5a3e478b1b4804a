"""The pages made from the schema and from --help say what the program does now."""

from __future__ import annotations

import json
import runpy
from pathlib import Path

import pytest

from quotes.schema import read_schema

ROOT = Path(__file__).resolve().parent.parent
GENERATE = runpy.run_path(str(ROOT / "docs" / "generate.py"))


@pytest.fixture(scope="module")
def pages() -> dict[str, tuple[str, str]]:
    """What each page holds and what it should hold, by its name."""
    return {path.name: (path.read_text(encoding="utf-8"), made) for path, made in GENERATE["pages"]().items()}


@pytest.mark.parametrize("name", ["cli.md", "quotes.1", "records.md"])
def test_a_page_says_what_the_program_does(name: str, pages: dict[str, tuple[str, str]]) -> None:
    committed, made = pages[name]
    assert committed == made, f"docs/{name} is out of date: run `python docs/generate.py` and commit what it writes"


def test_every_flag_is_explained(pages: dict[str, tuple[str, str]]) -> None:
    flags = json.loads(read_schema())["properties"]["flags"]["items"]["enum"]
    assert [flag for flag in flags if f"| `{flag}` | " not in pages["records.md"][1]] == []


def test_help_does_not_depend_on_the_terminal(
    monkeypatch: pytest.MonkeyPatch, pages: dict[str, tuple[str, str]]
) -> None:
    monkeypatch.setenv("COLUMNS", "40")
    assert GENERATE["commands"](GENERATE["program"]) == pages["cli.md"][1]


def test_the_readme_lists_every_page() -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8").partition("## More")[2].partition("\n## ")[0]
    assert [page.name for page in sorted((ROOT / "docs").glob("*.md")) if f"](docs/{page.name})" not in readme] == []
