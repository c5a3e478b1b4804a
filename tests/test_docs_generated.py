"""The pages made from the schema and from --help say what the program does now."""

from __future__ import annotations

import json
import runpy
from pathlib import Path

import pytest

from quotes.schema import read_schema

GENERATE = runpy.run_path(str(Path(__file__).resolve().parent.parent / "docs" / "generate.py"))
PAGES = GENERATE["pages"]()


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_a_page_says_what_the_program_does(path: Path) -> None:
    assert path.read_text(encoding="utf-8") == PAGES[path], "run `python docs/generate.py`"


def test_every_flag_is_explained() -> None:
    flags = json.loads(read_schema())["properties"]["flags"]["items"]["enum"]
    page = GENERATE["records"](json.loads(read_schema()))
    assert [flag for flag in flags if f"| `{flag}` | " not in page] == []
