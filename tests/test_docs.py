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

PAGE = """<!doctype html><html><head><title>Harbour stays shut</title></head><body><article>
<p>The harbour of Lindal will stay shut until the spring, after a storm broke the outer wall on two nights in a row.</p>
<p>“Nobody sails before the wall stands again,” said Mara Voss, the harbour master, who walked the quay on Monday.</p>
<p>Voss said the repair would cost the town three years of mooring fees, and more if another storm came before May.</p>
</article></body></html>
"""


@pytest.fixture(autouse=True)
def prepared(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A folder with the table and the crawl that pages speak of, and the program loaded once for a page's commands."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(pipeline, "load", cache(pipeline.load))
    with gzip.open("news.csv.gz", "wt", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([["key", "by", "body"], ["weir", "Jo Lee", "“It leaks,” said Ana Roy."]])
    Path("crawl.warc.gz").write_bytes(gzip.compress(_archived(PAGE)))


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
        doubtful = arguments[0] == "check"  # says so with 1
        assert result.exit_code in ((0, 1) if doubtful else (0,)), result.output
        printed += result.stdout
    return printed


def _archived(page: str) -> bytes:
    """A web archive of one page."""
    answer = f"HTTP/1.1 200 OK\r\nContent-Type: text/html; charset=utf-8\r\n\r\n{page}".encode()
    head = (
        "WARC/1.0\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:uuid:1>\r\n"
        "WARC-Target-URI: https://lindal.example/harbour\r\nContent-Type: application/http; msgtype=response\r\n"
        f"Content-Length: {len(answer)}\r\n\r\n"
    )
    return head.encode() + answer + b"\r\n\r\n"
