"""What people hand over without saying what it is: pages and tables in a pipe, any table, press releases."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import docx
import pyarrow
import pyarrow.parquet
import pytest
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st

from quotes.cli import main
from quotes.reading import find_front_matter, read_documents
from quotes.reading.sniff import sniff

SAID = "“We found cracks in the old weir,” said Marta Nowak, the city engineer, who walked it on Monday."
PAGE = (
    "<!DOCTYPE html>\n<html><head><title>Weir</title></head><body><article><h1>The weir leaks</h1>"
    f"<p>{SAID}</p><p>The mayor has not answered her letter, and his office did not return two calls.</p>"
    "</article></body></html>"
)


def piped(data: str | bytes, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["extract", *arguments], input=data)


def speakers(result: Result) -> list[str | None]:
    records = [json.loads(line) for line in result.stdout.splitlines()]
    return [record["speaker"] and record["speaker"]["name"] for record in records]


# --- a pipe says what it holds ---------------------------------------------------------------------------------------


def test_a_page_in_a_pipe_is_a_page() -> None:
    result = piped(PAGE)
    assert speakers(result) == ["Marta Nowak"]
    assert "stdin: is read as .html, which it looks like (--input-format says otherwise)" in result.stderr
    assert json.loads(result.stdout)["document"]["title"] == "The weir leaks"


def test_standard_input_is_left_open(monkeypatch: pytest.MonkeyPatch) -> None:
    stream = io.TextIOWrapper(io.BytesIO(PAGE.encode()))
    monkeypatch.setattr("sys.stdin", stream)
    assert len(list(read_documents(["-"], on_error=pytest.fail, on_warning=lambda _: None))) == 1
    assert not stream.buffer.closed


def test_rows_in_a_pipe_are_rows() -> None:
    result = piped("\n".join(json.dumps({"id": n, "text": SAID}, ensure_ascii=False) for n in range(3)))
    assert speakers(result) == ["Marta Nowak"] * 3
    assert "stdin: is read as .jsonl" in result.stderr


def test_what_is_told_is_not_guessed() -> None:
    result = piped(PAGE, "--input-format", "txt")
    assert "looks like" not in result.stderr
    assert json.loads(result.stdout.splitlines()[0])["context"]["suffix"].startswith("”")


def test_a_shard_of_rows_in_a_pipe_is_a_part_of_them() -> None:
    rows = "\n".join(json.dumps({"id": n, "text": SAID}) for n in range(8))
    parts = [len(speakers(piped(rows, "--shard", f"{k}/2"))) for k in (1, 2)]
    assert sum(parts) == 8
    assert all(parts)


@pytest.mark.parametrize(
    ("head", "suffix"),
    [
        (b"", ".txt"),
        (b"Plain prose.", ".txt"),
        (b"{Brackets} begin this article.", ".txt"),
        (b'{"quoted": this is no JSON}\n', ".txt"),
        (b"<b>Bold</b> words begin it.", ".txt"),
        (b"<p>One paragraph alone", ".txt"),
        (b'\xef\xbb\xbf{"text": "x"}\n', ".jsonl"),
        (b'{"text": "' + b"x" * 70_000, ".jsonl"),
        (b"\n\n  <!-- made by hand -->\n<HTML lang=en>", ".html"),
        (b"<?xml version='1.0'?>\n<!DOCTYPE html>", ".html"),
        (b"%PDF-1.7", ".pdf"),
        (b"PK\x03\x04", ".docx"),
        (b"WARC/1.0", ".warc"),
    ],
)
def test_what_a_stream_begins_with(head: bytes, suffix: str) -> None:
    assert sniff(head) == suffix


@given(st.binary(max_size=200))
def test_any_bytes_can_be_looked_at(head: bytes) -> None:
    assert sniff(head).startswith(".")


def test_an_address_is_not_fetched_and_how_to_is_told() -> None:
    result = CliRunner().invoke(main, ["extract", "https://news.example/weir"])
    assert result.exit_code == 1
    assert "nothing is fetched: save the page (curl -L -o page.html 'https://news.example/weir'" in result.stderr


# --- quotations that a page sets apart -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "block",
    [
        "<blockquote><p>{}</p><footer>Clara Boone, town engineer</footer></blockquote>",
        "<blockquote><p>{}</p><footer>— <cite>Clara Boone</cite></footer></blockquote>",
        "<blockquote>{}<cite>Clara Boone</cite></blockquote>",
        "<figure><blockquote><p>{}</p></blockquote><figcaption>Clara Boone, town engineer</figcaption></figure>",
        "<figure><figcaption>— Clara Boone, <cite>The Letter</cite></figcaption><blockquote>{}</blockquote></figure>",
    ],
)
def test_a_block_quotation_is_its_credits(tmp_path: Path, block: str) -> None:
    words = "I would not let a cart pass over it, let alone a bus."
    (tmp_path / "a.html").write_text(PAGE.replace(f"<p>{SAID}</p>", f"<p>{'It rains. ' * 9}</p>{block.format(words)}"))
    records = [json.loads(line) for line in CliRunner().invoke(main, ["extract", str(tmp_path)]).stdout.splitlines()]
    assert [(record["text"], record["speaker"]["name"]) for record in records] == [(words, "Clara Boone")]


def test_the_caption_of_a_picture_is_made_no_credit(tmp_path: Path) -> None:
    """It stays as it is, without the dash that tells the reader of attributions who speaks."""
    figure = "<figure><img src='a.png'><blockquote>a sign</blockquote><figcaption>Clara Boone</figcaption></figure>"
    (tmp_path / "a.html").write_text(PAGE.replace("</article>", f"{figure}</article>"))
    (document,) = read_documents([tmp_path], on_error=pytest.fail)
    assert "Clara Boone" in document.text
    assert "— Clara Boone" not in document.text


# --- tables ----------------------------------------------------------------------------------------------------------


def table(tmp_path: Path, kind: str, row: dict[str, str]) -> Path:
    file = tmp_path / f"table.{kind}"
    if kind == "csv":
        text = io.StringIO()
        csv.writer(text).writerows([row.keys(), row.values()])
        file.write_text(text.getvalue(), encoding="utf-8")
    elif kind == "parquet":
        pyarrow.parquet.write_table(pyarrow.Table.from_pylist([row]), file)
    else:
        file.write_text(f"{json.dumps(row)}\n" * 2, encoding="utf-8")
    return file


@pytest.mark.parametrize("kind", ["csv", "jsonl", "parquet"])
@pytest.mark.parametrize(
    "names", [("body", "headline", "url"), ("Article-Text", "Heading", "URL"), ("content", "title", "link")]
)
def test_the_usual_columns_are_found_and_told(tmp_path: Path, kind: str, names: tuple[str, ...]) -> None:
    text, title, url = names
    file = table(tmp_path, kind, {title: "The weir leaks", url: "https://a.example/b", text: SAID})
    said: list[str] = []
    documents = list(read_documents([file], on_error=said.append, on_warning=said.append))
    assert {(d.text, d.title, d.url) for d in documents} == {(SAID, "The weir leaks", "https://a.example/b")}
    (line,) = said
    assert f'takes text from "{text}"' in line


def test_a_column_that_is_named_is_not_guessed(tmp_path: Path) -> None:
    file = table(tmp_path, "csv", {"body": "A. B.", "story": SAID})
    result = CliRunner().invoke(main, ["extract", "--text-field", "story", str(file)])
    assert speakers(result) == ["Marta Nowak"]
    assert "takes text" not in result.stderr
    result = CliRunner().invoke(main, ["extract", "--text-field", "words", str(file)])
    assert 'has no column "words", only body, story' in result.stderr


def test_a_table_without_any_such_column_is_told(tmp_path: Path) -> None:
    result = CliRunner().invoke(main, ["extract", str(table(tmp_path, "jsonl", {"a": "b"}))])
    assert 'has no field "text", only a (name the one that holds the text: --text-field)' in result.stderr


# --- titles and authors ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("head", "title"),
    [
        ("FOR IMMEDIATE RELEASE\n\nTown mends its weir", "Town mends its weir"),
        ("PRESS RELEASE\nTown mends its weir", "Town mends its weir"),
        ("Press release: Town mends its weir", "Town mends its weir"),
        ("MEDIA RELEASE – FOR IMMEDIATE RELEASE\n\nTown mends its weir", "Town mends its weir"),
        ("EMBARGOED UNTIL 6 P.M. MONDAY\n\nTown mends its weir", "Town mends its weir"),
        ("weir_final_v2.docx\n\nTown mends its weir", "Town mends its weir"),
        ("Press release from the town draws ire", "Press release from the town draws ire"),
        ("Document shows how the weir broke", "Document shows how the weir broke"),
    ],
)
def test_a_label_is_no_title(head: str, title: str) -> None:
    assert find_front_matter(f"{head}\n\nWESTON, May 3 – {SAID}\n").title == title


@pytest.mark.parametrize(
    ("title", "author", "expected"),
    [
        ("Microsoft Word - weir_final.docx", "python-docx", (None, None)),
        ("Document1", "Microsoft Office User", (None, None)),
        ("PRESS RELEASE", "admin", (None, None)),
        ("The weir leaks", "Jo Lee", ("The weir leaks", "Jo Lee")),
    ],
)
def test_what_a_program_writes_into_a_file_is_neither(
    tmp_path: Path, title: str, author: str, expected: tuple[str | None, str | None]
) -> None:
    document = docx.Document()
    document.add_paragraph(SAID)
    document.core_properties.title, document.core_properties.author = title, author
    document.save(str(tmp_path / "a.docx"))
    (found,) = read_documents([tmp_path], on_error=pytest.fail, on_warning=pytest.fail)
    assert (found.title, found.author) == expected
