"""What the documentation shows is what happens: each Python block runs, and the text block behind it is its output."""

from __future__ import annotations

import contextlib
import io
from pathlib import Path

import pytest
import regex

import quotes.component  # noqa: F401 - the entry point is there only once the package is installed

DOCS = Path(__file__).resolve().parent.parent / "docs"
BLOCK = regex.compile(r"^```python\n(.*?)^```\n(?:\n```text\n(.*?)^```\n)?", flags=regex.DOTALL | regex.MULTILINE)


@pytest.mark.parametrize("page", sorted(DOCS.glob("*.md")), ids=lambda page: page.stem)
def test_what_a_page_shows_is_what_happens(page: Path) -> None:
    names: dict[str, object] = {}
    for block in BLOCK.finditer(page.read_text(encoding="utf-8")):
        printed = io.StringIO()
        with contextlib.redirect_stdout(printed):
            exec(compile(block[1], str(page), "exec"), names)
        assert printed.getvalue() == (block[2] or "")
