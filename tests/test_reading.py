"""Bytes → documents: files, encodings, front matter. Every article here is invented."""

from __future__ import annotations

import csv
import datetime
import gzip
import hashlib
import io
import json
import os
import random
import re
import subprocess
import sys
import threading
import time
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace
from typing import Any, Literal

import pytest
import regex
from hypothesis import assume, given, settings
from hypothesis import strategies as st
from workers import first_word

from quotes.errors import DocumentError
from quotes.reading import FrontMatter, ReadOptions, decode, find_front_matter, path_of, read_documents, to_document
from quotes.reading.apart import apart, each_apart
from quotes.reading.files import printable
from quotes.types import Document

STORY = "The dam above Salem leaks, its chief engineer told the town on Monday, and has done so since the winter."
ARTICLE = f"Dam above Salem leaks\n\nBy Jane Roe\n\nApril 3, 2024\n\n{STORY}\n\n“It leaks,” said Ana Roy.\n"
QUOTED = "“We waited,” said Ana Roy, “and nobody came.”"


@dataclass
class Reading:
    """What one run gave."""

    documents: list[Document]
    errors: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)

    @property
    def ids(self) -> list[str]:
        return [document.id for document in self.documents]


def read(*paths: str | Path, options: ReadOptions | None = None) -> Reading:
    reading = Reading([])
    reading.documents += read_documents(
        paths, on_error=reading.errors.append, on_warning=reading.warnings.append, options=options or ReadOptions()
    )
    return reading


def write(path: Path, content: str | bytes = ARTICLE) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


# --- files and folders ------------------------------------------------------------------------------------------------


def test_a_file_becomes_a_document(tmp_path: Path) -> None:
    path = write(tmp_path / "dam.txt")
    [document] = read(path).documents
    assert document.text == ARTICLE
    assert (document.id, document.path) == ("dam.txt", str(path))
    assert document.sha256 == hashlib.sha256(ARTICLE.encode()).hexdigest()
    assert (document.title, document.author, document.published) == ("Dam above Salem leaks", "Jane Roe", "2024-04-03")


def test_folders_are_read_in_order_and_other_formats_named(tmp_path: Path) -> None:
    for name in ("b.txt", "a/z.md", "a/B.TXT", "c.txt", "notes.xyz", ".hidden.txt", ".git/x.txt"):
        write(tmp_path / name)
    reading = read(tmp_path)
    assert reading.ids == ["a/B.TXT", "a/z.md", "b.txt", "c.txt"]
    assert reading.errors == []
    assert reading.warnings == [f"{tmp_path}: files of other formats left out: 1 .xyz"]


def test_ids_do_not_depend_on_how_a_file_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path / "news/one.txt")
    write(tmp_path / "news/two.txt")
    monkeypatch.chdir(tmp_path)
    ways: list[list[str | Path]] = [
        ["news"],
        ["./news/"],
        [tmp_path / "news"],
        ["news/one.txt", "news/two.txt"],
        ["news", "news/one.txt"],
    ]
    assert {tuple(read(*way).ids) for way in ways} == {("one.txt", "two.txt")}


def test_same_names_under_two_roots_keep_apart(tmp_path: Path) -> None:
    write(tmp_path / "p/x.txt")
    write(tmp_path / "q/x.txt")
    assert read(tmp_path / "p", tmp_path / "q").ids == ["p/x.txt", "q/x.txt"]
    assert read(tmp_path / "q/x.txt", tmp_path / "p/x.txt").ids == ["q/x.txt", "p/x.txt"]


def test_standard_input(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(ARTICLE.encode())))
    [document] = read("-").documents
    assert (document.id, document.path, document.text) == ("stdin", None, ARTICLE)


def test_links_that_lead_round_in_a_circle_are_read_once(tmp_path: Path) -> None:
    write(tmp_path / "a/one.txt")
    (tmp_path / "a/up").symlink_to(tmp_path, target_is_directory=True)
    (tmp_path / "a/self").symlink_to(tmp_path / "a", target_is_directory=True)
    assert read(tmp_path).ids == ["a/one.txt"]


@pytest.mark.parametrize(
    ("content", "error", "warning"),
    [
        (b"", "", "is empty; left out"),
        (b" \r\n\t\n", "", "holds no text; left out"),
        (b"\xef\xbb\xbf", "", "is empty; left out"),
        (b"Dam\0leaks", "is no text (it holds NUL bytes)", ""),
        (bytes(range(1, 32)) * 9, "is no text (too many control characters)", ""),
        (b"x" * 2000, "is too large (over 1,000 bytes; raise `max_bytes`)", ""),
        (b"Dam leaks \xe2\x80", "", "is damaged UTF-8: 1 broken characters read as U+FFFD"),
        (b"The dam caf\xe9 leaks \x93again\x94", "", "is not UTF-8; read as cp1252"),
        ("Café, naïve, “dam”".encode() + b"\xff", "", "is damaged UTF-8: 1 broken characters read as U+FFFD"),
    ],
)
def test_what_is_no_article_is_told_and_the_rest_goes_on(
    tmp_path: Path, content: bytes, error: str, warning: str
) -> None:
    bad = write(tmp_path / "bad.txt", content)
    write(tmp_path / "good.txt")
    reading = read(tmp_path, options=ReadOptions(max_bytes=1000))
    assert reading.ids[-1] == "good.txt"
    assert reading.errors == ([f"{bad}: {error}"] if error else [])
    assert reading.warnings == ([f"{bad}: {warning}"] if warning else [])


def test_vanished_broken_and_unknown_files(tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    (tmp_path / "in/link.txt").symlink_to("nowhere")
    (tmp_path / "in/round.txt").symlink_to("round.txt")
    write(tmp_path / "in/good.txt")
    reading = read(tmp_path / "in", tmp_path / "gone.txt", write(tmp_path / "dam.xyz"))
    assert reading.ids == ["in/good.txt"]
    assert [line.split(": ", 1)[0] for line in reading.errors] == [
        str(tmp_path / name) for name in ("in/link.txt", "in/round.txt", "gone.txt", "dam.xyz")
    ]
    assert "`format`" in reading.errors[-1]


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="the superuser reads everything")
def test_unreadable_file(tmp_path: Path) -> None:
    path = write(tmp_path / "shut.txt")
    path.chmod(0)
    assert read(path).errors == [f"{path}: cannot be read: Permission denied"]


def test_a_folder_without_articles(tmp_path: Path) -> None:
    assert read(tmp_path).errors[0].startswith(f"{tmp_path}: holds no articles (looked for ")


def test_a_name_that_is_no_unicode(tmp_path: Path) -> None:
    try:
        write(Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9\n.txt")))
    except OSError:
        pytest.skip("this file system wants Unicode names")
    [identity] = read(tmp_path).ids
    assert identity.isprintable() and identity.encode()


ODD_NAMES = [
    "a\nb.txt", "a\\nb.txt", "a\\\\nb.txt", "a\x85b.txt", "a\udc85b.txt", "a\\x85b.txt", "a\\u0085b.txt", "é\n.txt",
    "\u202e.txt", "\U000e0001.txt", "\\.txt", "\t.txt", "\\t.txt", "a#b.txt", "a%23b.txt", "a%2523b.txt", " .txt",
    "'.txt",
]  # fmt: skip


def test_no_two_names_are_one(tmp_path: Path) -> None:
    for number, name in enumerate(ODD_NAMES):
        write(tmp_path / name, f"“It leaks,” said Ana Roy {number}.\n")
    reading = read(tmp_path)
    assert reading.errors == []
    assert len({document.id for document in reading.documents}) == len(ODD_NAMES)
    assert {path_of(document.path or "") for document in reading.documents} == {
        str(tmp_path / name) for name in ODD_NAMES
    }
    assert all(document.id.isprintable() for document in reading.documents)


@given(st.text(st.characters(exclude_categories=())), st.text(st.sampled_from("\\nxu085d\n\x85\udc85"), max_size=9))
def test_what_is_shown_of_a_path_tells_it(one: str, other: str) -> None:
    for path in (one, other, one + other):
        assume(not any("\ud800" <= sign <= "\udc7f" or "\udd00" <= sign <= "\udfff" for sign in path))
        assert printable(path).isprintable()
        assert path_of(printable(path)) == path


def test_ids_within_and_between_files_are_unique(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ids = ["a", "a", "a@L2", "a@L4", None, "L5", "L9", None, "a", None, "L10@L10"]
    lines = json_lines([{"id": id, "text": f"It leaks {number}."} for number, id in enumerate(ids)])
    write(tmp_path / "x.jsonl", lines + json_lines([{"id": "b.jsonl#1", "text": "It leaks."}]))
    write(tmp_path / "x.jsonl#b.jsonl", json_lines([{"id": "1", "text": "It leaks."}]))
    write(tmp_path / "stdin", "It leaks.")
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(b"It holds.")))
    found = read(tmp_path / "x.jsonl", tmp_path / "x.jsonl#b.jsonl", tmp_path / "stdin", "-").ids
    assert len(found) == len(set(found)) == len(ids) + 4


def test_any_file_is_text_if_told_so(tmp_path: Path) -> None:
    path = write(tmp_path / "dam.story")
    assert read(path, options=ReadOptions(format="txt")).ids == ["dam.story"]
    assert read(write(tmp_path / "dam")).ids == ["dam"]


def test_fifty_megabytes(tmp_path: Path) -> None:
    paragraph = f"{STORY} {QUOTED} " * 5
    path = write(tmp_path / "large.txt", "\n\n".join([paragraph] * (50_000_000 // len(paragraph))))
    [document] = read(path).documents
    assert len(document.text.encode()) == path.stat().st_size > 50_000_000


# --- text -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-32"])
def test_a_byte_order_mark_is_no_part_of_the_text(encoding: str) -> None:
    assert decode("“Dam” \ufeff leaks\r\n".encode(encoding)) == ("“Dam” \ufeff leaks\r\n", None)


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r", "\x85", "\u2028"])
def test_newlines_stay(newline: str) -> None:
    text = ARTICLE.replace("\n", newline)
    assert decode(text.encode())[0] == text
    assert find_front_matter(text).author == "Jane Roe"


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("“It leaks,” said Ana Roy. She’s tired — of the señor’s café.", "cp1252"),
        ("“It leaks,” said Ana Roy. She’s tired — of the señor’s café.", "mac_roman"),
        ("José Müller owns the café in Peñafiel.", "latin-1"),
        ("«Плотина течёт», — сказал вчера директор завода. Он устал от этого.\n" * 3, "cp1251"),
        ("「ダムが漏れている」と工場長は言った。\n" * 3, "shift_jis"),
    ],
)
def test_other_encodings_are_guessed_and_told(text: str, encoding: str) -> None:
    decoded, warning = decode(text.encode(encoding))
    assert decoded == text
    assert warning is not None and warning.startswith("is not UTF-8; read as ")


@given(st.text(st.characters(exclude_categories=["Cs", "Cc"])))
def test_utf8_is_decoded_exactly(text: str) -> None:
    assert decode(text.encode())[0] == text.removeprefix("\ufeff")


@given(st.binary(max_size=200))
def test_any_bytes_give_a_document_or_a_reason(data: bytes) -> None:
    stdin, sys.stdin = sys.stdin, SimpleNamespace(buffer=io.BytesIO(data))
    try:
        reading = read("-")
    finally:
        sys.stdin = stdin
    assert len(reading.documents) == 1 or reading.errors or reading.warnings
    assert all(document.text.encode("utf-8") is not None for document in reading.documents)


@given(st.text())
def test_any_string_is_a_document(text: str) -> None:
    document = to_document(text)
    assert len(document.text) == len(text)
    assert document.text.encode("utf-8") is not None


def test_a_lone_surrogate_never_appears() -> None:
    assert to_document("Dam \ud83d leaks").text == "Dam \ufffd leaks"
    assert decode(b"Dam caf\xc3\xa9 caf\xc3\xa9 caf\xc3\xa9 caf\xc3\xa9 \xed\xa0\xbd")[0].endswith("\ufffd\ufffd\ufffd")


# --- front matter -----------------------------------------------------------------------------------------------------


def furniture(text: str) -> list[str]:
    return [text[start:end] for start, end in find_front_matter(text).furniture]


@pytest.mark.parametrize(
    ("line", "author"),
    [
        ("By [AFP](#)", "AFP"),
        ("By Jane Roe and John Doe", "Jane Roe and John Doe"),
        ("BY JANE ROE AND JOHN DOE", "JANE ROE AND JOHN DOE"),
        ("By JANE ROE | Staff Writer", "JANE ROE"),
        ("By Jane Roe, Staff Writer", "Jane Roe"),
        ("*By José Núñez-O’Hara, Ana de la Cruz*", "José Núñez-O’Hara, Ana de la Cruz"),
        ("Jane Roe, Staff Writer", "Jane Roe"),
        ("Written by Jane Roe for The Salem Planet", "Jane Roe"),
        ("By the Associated Press", "the Associated Press"),
        ("author: Jane Roe", "Jane Roe"),
        ("By Christmas the dam had failed", None),
        ("By then, Roe said, it leaked.", None),
        ("By all accounts, Jane Roe said, it was over", None),
        ("Jane Roe, chief engineer", None),
    ],
)
def test_bylines(line: str, author: str | None) -> None:
    text = f"Dam above Salem leaks\n\n{line}\n\n{STORY}"
    assert find_front_matter(text).author == author
    assert furniture(text) == ([line] if author else [])


def test_a_headline_that_looks_like_a_byline_stands_above_one() -> None:
    document = to_document(f"By Royal Appointment\n\nBy Jane Roe\n\n{STORY}")
    assert (document.title, document.author) == ("By Royal Appointment", "Jane Roe")


@pytest.mark.parametrize(
    ("line", "published"),
    [
        ("April 03, 2024", "2024-04-03"),
        ("Wednesday, April 3, 2024", "2024-04-03"),
        ("3rd of April 2024", "2024-04-03"),
        ("Apr. 3, 2024, 5:30 PM", "2024-04-03"),
        ("Published April 3, 2024 at 5:30 p.m. ET", "2024-04-03"),
        ("2024-04-03T10:11:12Z", "2024-04-03"),
        ("Published: 3 Apr 2024 | Updated: 4 Apr 2024", "2024-04-03"),
        ("Updated: April 3, 2024\n\nApril 1, 2024", "2024-04-01"),
        ("Updated: April 3, 2024", "2024-04-03"),
        ("By Jane Roe | April 3, 2024", "2024-04-03"),
        ("13/04/2024", "2024-04-13"),
        ("03/04/2024", None),
        ("April 31, 2024", None),
    ],
)
def test_dates(line: str, published: str | None) -> None:
    text = f"Dam above Salem leaks\n\n{line}\n\n{STORY}"
    assert find_front_matter(text).published == published
    assert furniture(text) == line.split("\n\n")


@pytest.mark.parametrize("line", ["April 3, 2024 was a cold day", "In May 2024", STORY])
def test_a_date_within_prose_is_prose(line: str) -> None:
    assert furniture(f"Dam above Salem leaks\n\n{line}\n\n{STORY}") == []


@pytest.mark.parametrize(
    ("text", "url"),
    [
        (f"{STORY}\n\nOriginal url:\n\n<https://planet.example/dam>", "https://planet.example/dam"),
        (f"{STORY}\n\nSource: https://planet.example/dam", "https://planet.example/dam"),
        (f"https://planet.example/dam\n\n{STORY}", "https://planet.example/dam"),
        (f"{STORY}\n\nhttps://a.example/1\n\nhttps://b.example/2", None),
        (f"{STORY}\n\nhttps://a.example/1\n\nOriginal URL: <https://b.example/2>", "https://b.example/2"),
    ],
)
def test_urls(text: str, url: str | None) -> None:
    assert find_front_matter(text).url == url
    assert [line for line in text.splitlines() if "http" in line] == [
        line for line in furniture(text) if "http" in line
    ]


@pytest.mark.parametrize(
    "line",
    [
        "The headquarters of the water board **РБК / TASS**",
        "The dam above Salem. (AP Photo/Jane Roe)",
        "The dam above Salem on Monday. (Jane Roe/Reuters)",
        "The dam above Salem. Photograph: Jane Roe/The Planet",
        "The dam above Salem. REUTERS/Jane Roe/File Photo",
        "Photo: Jane Roe",
        "Photo by Jane Roe/Getty Images",
        "Jane Roe via AP",
        "Bloomberg via Getty Images.",
        "Getty Images",
        "READ MORE: Dam above Salem leaks again",
        "[Related: Dam above Salem leaks again](https://planet.example/again)",
        "Subscribe to our newsletter",
        "Follow Jane Roe on Twitter @janeroe",
        "Advertisement",
        "**ADVERTISEMENT**",
        "(Reporting by Jane Roe; Editing by John Doe)",
        "![The dam](dam.jpg)",
        "* * *",
    ],
)
def test_furniture_within_an_article(line: str) -> None:
    assert furniture(f"Dam above Salem leaks\n\n{STORY}\n\n{line}\n\n{STORY}") == [line]


@pytest.mark.parametrize(
    "line",
    [
        "'Fight for the river'",
        "“No more promises”",
        "Roe told Reuters",
        "Photos by police show the dam leaking.",
        "Read more: Roe “will not wait for the rain”",
        "“We were all there,” said Roe. (Jane Roe/Reuters)",
        "The photo by Jane Roe shows a dam.",
        "Subscribers to the water board pay twice.",
        "A dam **that was broken**",
        "the story, she told the paper by\nemail.",
        "ROE: It failed.",
    ],
)
def test_prose_is_no_furniture(line: str) -> None:
    assert furniture(f"Dam above Salem leaks\n\n{STORY}\n\n{line}\n\n{STORY}") == []


def test_attributes_of_tags_left_in_the_text_are_furniture() -> None:
    assert furniture(f'{STORY} <a href="https://x.example" title="all is well">Roe</a> a < b > c') == [
        '<a href="https://x.example" title="all is well">',
        "</a>",
    ]


@pytest.mark.parametrize(
    ("text", "title"),
    [
        (f"Dam above Salem leaks\n\n{STORY}", "Dam above Salem leaks"),
        (f"# Dam above Salem leaks #\n{STORY}", "Dam above Salem leaks"),
        (f"Dam above Salem leaks\n=====\n{STORY}", "Dam above Salem leaks"),
        (f"**Dam above Salem leaks**\nBy Jane Roe\n\n{STORY}", "Dam above Salem leaks"),
        (f"April 3, 2024\n\nDam ‘leaks’, says Roe\n\n{STORY}", "Dam ‘leaks’, says Roe"),
        (f"Dam above Salem leaks.\n\n{STORY}", "Dam above Salem leaks."),
        (f"Title: Dam leaks\n\n{STORY}", "Dam leaks"),
        (f"Roe said the dam leaked.\n\n{STORY}", None),
        (f"{QUOTED}\n\n{STORY}", None),
        ("The dam leaks.\n\nNobody came.", None),
        (f"{STORY}\n\n{STORY}", None),
        ("It leaks", None),
        ("The dam above Salem\nleaks, and has\n\ndone so long", None),
        ("The engineer's answer, in full:\n\nNo.", None),
    ],
)
def test_titles(text: str, title: str | None) -> None:
    assert find_front_matter(text).title == title


def test_a_markdown_header() -> None:
    header = (
        '---\ntitle: "Dam: it leaks"\nauthor: [Jane Roe, John Doe]\ndate: 2024-04-03T10:00:00Z\n'
        "url: https://planet.example/dam\ntags:\n  - dams\n---"
    )
    front = find_front_matter(f"{header}\n\n# Dam leaks\n\n{STORY}")
    assert (front.title, front.author) == ("Dam: it leaks", "Jane Roe, John Doe")
    assert (front.published, front.url) == ("2024-04-03", "https://planet.example/dam")
    assert front.furniture[-1][1] == len(header)
    assert find_front_matter(f"---\n\n{STORY}\n\n---\n\n{STORY}").title is None


@given(st.text("By Ana Roy\n\r*[](#)/.|'“”\"<>-:0123456789aé", max_size=400))
def test_furniture_is_ordered_disjoint_and_inside(text: str) -> None:
    ends = [0]
    for start, end in find_front_matter(text).furniture:
        assert ends[-1] <= start < end <= len(text)
        ends.append(end)


@pytest.mark.parametrize("piece", ['"', "“a ", "<a ", "'a ", "(", "[", "By A and ", "*", "\n", "x\n\n", "Photo: a. "])
def test_front_matter_takes_linear_time(piece: str) -> None:
    text = piece * (300_000 // len(piece))
    started = time.process_time()
    assert isinstance(find_front_matter(text), FrontMatter)
    assert time.process_time() - started < 3


# --- web pages --------------------------------------------------------------------------------------------------------

PARAGRAPHS = (
    f"<p>{STORY}</p><p>The town has asked the water board twice for money, and twice was told to wait for spring.</p>"
    "<p>Nobody at the water board could be reached on Monday, when its office in Salem was closed for the week.</p>"
)
HEAD = (
    '<title>Dam leaks - The Planet</title><meta name="author" content="Jane Roe; John Doe">'
    '<meta property="og:title" content="Dam above Salem leaks">'
    '<meta property="article:published_time" content="2024-04-03T10:00:00Z">'
    '<link rel="canonical" href="https://planet.example/dam">'
)


def page(body: str = "", head: str = HEAD) -> str:
    links = "<nav><a href='/'>Home</a> <a href='/dams'>Dams</a></nav>"
    return f"<!doctype html><html><head>{head}</head><body>{links}<article>{PARAGRAPHS}{body}</article></body></html>"


def text_of(body: str, tmp_path: Path) -> str:
    """The text of a page that holds `body` within an article."""
    pytest.importorskip("trafilatura")
    [document] = read(write(tmp_path / "page.html", page(body + PARAGRAPHS.replace("dam", "weir")))).documents
    return document.text


def test_a_web_page(tmp_path: Path) -> None:
    pytest.importorskip("trafilatura")
    [document] = read(write(tmp_path / "page.html", page())).documents
    assert STORY in document.text.split("\n\n")
    assert "Home" not in document.text
    assert (document.title, document.author) == ("Dam above Salem leaks", "Jane Roe, John Doe")
    assert (document.published, document.url) == ("2024-04-03", "https://planet.example/dam")


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (
            "<p>Ana Roy said <q>it leaks <q>now</q></q> on <b>Monday</b>.</p>",
            "Ana Roy said “it leaks ‘now’” on Monday.",
        ),
        ("<p>Ana Roy said <q>“it leaks”</q> again.</p>", "Ana Roy said “it leaks” again."),
        ("<p>&ldquo;It leaks &amp; leaks,&rdquo; she&#39;s sure.</p>", "“It leaks & leaks,” she's sure."),
        ("<p>It leaks on both sides,<br>the engineer said.</p>", "It leaks on both sides,\nthe engineer said."),
        (
            "<blockquote cite='https://x.example'><p>We never knew it leaked.</p><p>Nor did you.</p>"
            "<footer>Ana Roy, <cite>Letter to the town</cite></footer></blockquote>",
            "“We never knew it leaked.\n\n“Nor did you.”\n\n— Ana Roy, Letter to the town",
        ),
        ("<blockquote>We <em>never</em> knew that it leaked.</blockquote>", "“We never knew that it leaked.”"),
        ("<blockquote><p>“We never knew,” said Ana Roy.</p></blockquote>", "\n\n“We never knew,” said Ana Roy.\n\n"),
    ],
)
def test_quotations_in_markup(body: str, expected: str, tmp_path: Path) -> None:
    assert expected in text_of(body, tmp_path)


@pytest.mark.parametrize(
    ("content", "error"),
    [
        (b"", "is an empty page"),
        (b"<html><body><nav><a href='/'>Home</a></nav></body></html>", "is a page without an article"),
        (b"<p>x</p>" * 50, "has over 100 elements (raise `max_page_elements`)"),
        (b"<p>" + b"x" * 10_000, "is too large (over 9,000 bytes; raise `max_page_bytes`)"),
        (b"<p>\0</p>", "is no text (it holds NUL bytes)"),
    ],
)
def test_pages_that_are_no_articles(tmp_path: Path, content: bytes, error: str) -> None:
    pytest.importorskip("trafilatura")
    bad = write(tmp_path / "bad.html", content * 3 if error.startswith("has over") else content)
    reading = read(bad, options=ReadOptions(max_page_bytes=9000, max_page_elements=100))
    assert (reading.documents, reading.errors) == ([], [f"{bad}: {error}"])


def test_a_page_says_its_encoding(tmp_path: Path) -> None:
    pytest.importorskip("trafilatura")
    content = page(
        "<p>“It leaks at the café,” said José Peña to the whole town on Monday.</p>", "<meta charset=latin-1>"
    )
    reading = read(write(tmp_path / "page.html", content.encode("cp1252")))
    assert "“It leaks at the café,” said José Peña" in reading.documents[0].text
    assert reading.warnings == []


@pytest.mark.parametrize("piece", ["<div>", "<b>", "<blockquote>", "<q>", "<table><tr><td>", "<p a=b "])
def test_pages_nested_without_end(tmp_path: Path, piece: str) -> None:
    pytest.importorskip("trafilatura")
    reading = read(write(tmp_path / "page.html", piece * 20_000 + STORY))
    assert len(reading.documents) + len(reading.errors) == 1


# --- tables -----------------------------------------------------------------------------------------------------------

ROWS: list[dict[str, object]] = [
    {"id": "a1", "title": "Dam leaks", "author": "Jane Roe", "date": "3 April 2024", "url": "https://x.example/1"},
    {"id": 2, "authors": ["Jane Roe", "John Doe"], "date": None},
    {"date": "2024-04-05T08:00:00Z"},
]


def rows() -> list[dict[str, object]]:
    return [{**row, "text": f"{STORY}\n\nRow {number}: “it leaks”."} for number, row in enumerate(ROWS)]


def json_lines(records: list[dict[str, object]]) -> bytes:
    return "".join(json.dumps(record) + "\n" for record in records).encode()


def test_json_lines(tmp_path: Path) -> None:
    path = write(tmp_path / "news.jsonl", json_lines(rows()))
    first, second, third = read(path, options=ReadOptions(author_field="authors")).documents
    assert [first.id, second.id, third.id] == ["news.jsonl#a1", "news.jsonl#2", "news.jsonl#L3"]
    assert [first.text, second.text, third.text] == [row["text"] for row in rows()]
    assert (first.title, first.published, first.url) == ("Dam leaks", "2024-04-03", "https://x.example/1")
    assert (second.author, second.published) == ("Jane Roe, John Doe", None)
    assert third.published == "2024-04-05"
    assert {first.path, second.path, third.path} == {str(path)}


@pytest.mark.parametrize(
    ("line", "message"),
    [
        (b"no json", "line 2: is no JSON: "),
        (b'{"text": "cut off', "line 2: is no JSON: "),
        (b"[" * 100_000, "line 2: is no JSON: "),
        (b"[1, 2]", "line 2: is no object"),
        (b"\x00\x01", "line 2: is no text (it holds NUL bytes)"),
        (b'{"words": "x"}', 'line 2: has no field "text", only words (name the one that holds the text: `text_field`)'),
        (b'{"text": null}', 'line 2: has no text in "text"'),
        (b'{"text": "  "}', "line 2: holds no text; left out"),
        (b'{"id": "a1", "text": "It leaks."}', "line 2: has an id seen before, a1; called a1@L2"),
        (b'{"text": "It leaks.", "text": "It holds."}', 'line 2: has "text" more than once; the last one counts'),
        (b'{"schema_version": "1", "spans": [], "text": "x"}', "records of quotations, no articles, left out: 1"),
        (b'{"text": "' + b"x" * 200_000 + b'"}', "line 2: is too large (over 150,000 bytes; raise `max_bytes`)"),
    ],
)
def test_a_broken_line_is_told_and_the_rest_goes_on(tmp_path: Path, line: bytes, message: str) -> None:
    first, *_, last = json_lines(rows()).splitlines()
    path = write(tmp_path / "news.jsonl", b"\n".join([first, line, b"", last]))
    reading = read(path, options=ReadOptions(max_bytes=150_000))
    assert (reading.ids[0], reading.ids[-1]) == ("news.jsonl#a1", "news.jsonl#L4")
    [told] = reading.errors + reading.warnings
    assert told.startswith(f"{path}: {message}")


ODD_VALUES = [
    *("[" * deep + "1" + "]" * deep for deep in (300, 500, 900, 990, 2000)),
    *('{"a":' * deep + "1" + "}" * deep for deep in (300, 990)),
    *("1e999", "-1e999", "NaN", "9" * 4000, "9" * 5000, '"\\ud800"', '"\\u0000"', "true", "{}", "[[[]]]"),
]


@pytest.mark.parametrize("column", ["id", "title", "author", "date", "url", "text", "other"])
def test_no_value_of_a_line_costs_the_lines_behind_it(tmp_path: Path, column: str) -> None:
    good = '{"id": "%d", "text": "It leaks."}'
    odd = [f'{{"text": "It holds.", "{column}": {value}}}' for value in ODD_VALUES]
    lines = [line for number, one in enumerate(odd) for line in (one, good % number)]
    reading = read(write(tmp_path / "news.jsonl", "\n".join(lines)))
    ids = {document.id for document in reading.documents}
    assert ids >= {f"news.jsonl#{number}" for number in range(len(odd))}
    assert not [line for line in reading.errors if "failed" in line]


@given(st.binary(max_size=300), st.sampled_from(["jsonl", "csv", "html", "warc", "pdf", "docx", "parquet", "txt.gz"]))
@settings(max_examples=80, deadline=None)
def test_rubbish_in_any_format_is_told(data: bytes, format: str) -> None:
    stdin, sys.stdin = sys.stdin, SimpleNamespace(buffer=io.BytesIO(data))
    try:
        read("-", options=ReadOptions(format=format))
    finally:
        sys.stdin = stdin


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_csv(tmp_path: Path, delimiter: str, encoding: str) -> None:
    table = io.StringIO(newline="")
    writer = csv.DictWriter(table, ["id", "date", "text"], extrasaction="ignore", delimiter=delimiter)
    writer.writeheader()
    writer.writerows(rows())
    path = write(tmp_path / "news.csv", table.getvalue().encode(encoding))
    reading = read(path)
    assert reading.errors + reading.warnings == []
    assert reading.ids == ["news.csv#a1", "news.csv#2", "news.csv#L8"]
    assert [document.text for document in reading.documents] == [row["text"] for row in rows()]
    assert reading.documents[0].published == "2024-04-03"


def test_broken_rows(tmp_path: Path) -> None:
    large = "x" * 2000
    path = write(
        tmp_path / "news.csv", f'id,text\n1,It leaks.\n2,It leaks, she said.\n3,"{large}\n{large}"\n4,"It, too."\n'
    )
    reading = read(path, options=ReadOptions(max_bytes=3000))
    assert reading.ids == ["news.csv#1", "news.csv#4"]
    assert reading.errors[0] == f"{path}: line 3: has 3 cells under 2 column names"
    assert reading.errors[1] == f"{path}: line 4: is too large (over 3,000 bytes; raise `max_bytes`)"
    [error] = read(write(tmp_path / "other.csv", "id,words\n1,It leaks.\n")).errors
    assert error.endswith('has no column "text", only id, words (name it: `text_field`)')


UNCLOSED = 'holds a " that is not closed (or too far from here), or not doubled'
AS_IT_STANDS = 'holds " that is not doubled; read as it stands'


@pytest.mark.parametrize(
    ("table", "texts", "told"),
    [
        # No quoting: marks are the article's own.
        ('id\ttext\n1\t"It leaks," said Ana Roy.\n', ['"It leaks," said Ana Roy.'], []),
        ('id,text\n1,"It leaks," said Ana Roy.\n', ['"It leaks," said Ana Roy.'], []),
        ('id,text\n1,He said "it leaks, badly" today.\n', ['He said "it leaks, badly" today.'], []),
        ('id\ttext\n1\t"It leaks."\n2\tIt holds.\n', ['"It leaks."', "It holds."], []),
        ('id\ttext\n1\t"It leaks.\n2\t"It holds," said Jo.\n', ['"It leaks.', '"It holds," said Jo.'], []),
        ('id\ttext\n1\t"A" and "B"\n2\t"It leaks.\n3\tNo."\n', ['"A" and "B"', '"It leaks.', 'No."'], []),
        # Quoting: only where it must be, or everywhere.
        ('id,text\n1,"It leaks, he said."\n2,It holds.\n', ["It leaks, he said.", "It holds."], []),
        ('"id","text"\n"1","It leaks."\n"2","It holds."\n', ["It leaks.", "It holds."], []),
        ('id,text\n1,"It leaks."\n2,"It holds."\n', ["It leaks.", "It holds."], []),
        ('id\ttext\n1\t"Roy, who runs it, left."\n2\tHe left.\n', ["Roy, who runs it, left.", "He left."], []),
        ('id,text\n1,"She said ""no""."\n2,"A\n\nB, C"\r\n3,""\n', ['She said "no".', "A\n\nB, C"], []),
        # A mark that is not closed costs its own row.
        ('id,text\n1,"It leaks.\n2,"He, too."\n3,"She, too."\n', ["He, too.", "She, too."], [(2, UNCLOSED)]),
        ('id,text\n1,"He, too."\n2,"It leaks.\n3,No.\n4,Yes.\n', ["He, too.", "No.", "Yes."], [(3, UNCLOSED)]),
        ('id,text\n1,"He, too."\n2,"A.\n3,B.\n4,C"\n5,D.\n', ["He, too.", "B.", 'C"', "D."], [(3, UNCLOSED)]),
        ('id,text\n1,"He, too."\n2,"It leaks, said Roy.', ["He, too."], [(3, UNCLOSED)]),
        # One that is not doubled costs nothing where the row is plain all the same.
        ('id,text\n1,"A, b"\n2,"It leaks," he said.\n', ["A, b", '"It leaks," he said.'], [(3, AS_IT_STANDS)]),
    ],
)  # fmt: skip
def test_marks_in_tables(tmp_path: Path, table: str, texts: list[str], told: list[tuple[int, str]]) -> None:
    path = write(tmp_path / "news.csv", table)
    reading = read(path)
    assert [document.text for document in reading.documents] == texts
    lines = [line for line in (*reading.errors, *reading.warnings) if "is empty" not in line]
    assert lines == [f"{path}: line {number}: {reason}" for number, reason in told]
    assert len(reading.errors) == sum(reason == UNCLOSED for _, reason in told)


cells = st.text(st.sampled_from('ab1 ,;\t|"\n\r.é'), min_size=1, max_size=12).filter(str.strip)


@given(
    st.lists(cells, min_size=1, max_size=6),
    st.sampled_from(",;\t|"),
    st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
)
@settings(max_examples=150, deadline=None)
def test_what_is_written_as_csv_is_read_so(texts: list[str], delimiter: str, quoting: Literal[0, 1]) -> None:
    table = io.StringIO(newline="")
    writer = csv.writer(table, delimiter=delimiter, quoting=quoting)
    writer.writerows([("id", "text"), *((f"n{chr(97 + k)}", text) for k, text in enumerate(texts))])
    stdin, sys.stdin = sys.stdin, SimpleNamespace(buffer=io.BytesIO(table.getvalue().encode()))
    try:
        reading = read("-", options=ReadOptions(format="csv"))
    finally:
        sys.stdin = stdin
    assert ([document.text for document in reading.documents], reading.errors) == (texts, [])


@given(
    st.lists(st.text(st.sampled_from("ab ,\"'."), min_size=1, max_size=12).filter(str.strip), min_size=2, max_size=6)
)
@settings(max_examples=100, deadline=None)
def test_a_table_without_quoting_keeps_every_mark(texts: list[str]) -> None:
    texts = ['"A," she "said', *texts]
    texts = [*texts, *['He said "no" twice'] * len(texts)]
    table = "".join(f"{number}\t{text}\n" for number, text in [("id", "text"), *enumerate(texts)])
    stdin, sys.stdin = sys.stdin, SimpleNamespace(buffer=io.BytesIO(table.encode()))
    try:
        reading = read("-", options=ReadOptions(format="tsv"))
    finally:
        sys.stdin = stdin
    assert ([document.text for document in reading.documents], reading.errors) == (texts, [])


def test_a_line_that_is_too_long_costs_no_other(tmp_path: Path) -> None:
    path = write(tmp_path / "news.csv", f"id,text\n1,It leaks.\n2,{'x' * 900}\n3,It holds.\n")
    reading = read(path, options=ReadOptions(max_bytes=200))
    assert reading.ids == ["news.csv#1", "news.csv#3"]
    assert reading.errors == [f"{path}: line 3: is too large (over 200 bytes; raise `max_bytes`)"]


def test_parquet(tmp_path: Path) -> None:
    pyarrow = pytest.importorskip("pyarrow")
    parquet = pytest.importorskip("pyarrow.parquet")
    days = [datetime.datetime(2024, 4, 3, 10), None, None]
    records = [{"id": row.get("id"), "date": day, "text": row["text"]} for row, day in zip(rows(), days, strict=True)]
    records[1]["id"] = "two"
    path = tmp_path / "news.parquet"
    parquet.write_table(pyarrow.Table.from_pylist(records), path, row_group_size=1, compression="none")
    reading = read(path)
    assert reading.ids == ["news.parquet#a1", "news.parquet#two", "news.parquet#R3"]
    assert [document.text for document in reading.documents] == [row["text"] for row in rows()]
    assert [document.published for document in reading.documents] == ["2024-04-03", None, None]

    metadata = parquet.ParquetFile(path).metadata
    start = metadata.row_group(1).column(2).dictionary_page_offset
    broken = bytearray(path.read_bytes())
    broken[start : start + 20] = b"\xff" * 20
    reading = read(write(tmp_path / "broken.parquet", bytes(broken)))
    assert reading.ids == ["broken.parquet#a1", "broken.parquet#R3"]
    assert "row group 2, row 2: cannot be read on from here" in reading.errors[0]
    [error] = read(path, options=ReadOptions(text_field="body")).errors
    assert error.endswith('has no column "body", only id, date, text (name it: `text_field`)')


# --- compressed files -------------------------------------------------------------------------------------------------


def zstd_compress(data: bytes) -> bytes:
    name = "compression.zstd" if sys.version_info >= (3, 14) else "backports.zstd"
    compressed: bytes = pytest.importorskip(name).compress(data)
    return compressed


COMPRESS: dict[str, Callable[[bytes], bytes]] = {"gz": gzip.compress, "zst": zstd_compress}


@pytest.mark.parametrize("suffix", COMPRESS)
def test_compressed_files(tmp_path: Path, suffix: str) -> None:
    pack = COMPRESS[suffix]
    write(tmp_path / f"dam.txt.{suffix}", pack(ARTICLE[:60].encode()) + pack(ARTICLE[60:].encode()))
    write(tmp_path / f"news.jsonl.{suffix}", pack(json_lines(rows())))
    reading = read(tmp_path)
    assert reading.errors == []
    assert reading.documents[0].text == ARTICLE
    assert len(reading.documents) == 4


@pytest.mark.parametrize("suffix", COMPRESS)
def test_a_cut_off_file_gives_what_it_holds(tmp_path: Path, suffix: str) -> None:
    noise = random.Random(7)
    records = [{"text": f"{STORY} {noise.randbytes(400).hex()}", "id": number} for number in range(2000)]
    whole = COMPRESS[suffix](json_lines(records))
    path = write(tmp_path / f"news.jsonl.{suffix}", whole[: len(whole) // 2])
    reading = read(path)
    assert 800 < len(reading.documents) < 1000
    [error] = reading.errors
    assert error.startswith(f"{path}: is cut off or damaged: ")


@pytest.mark.parametrize("suffix", COMPRESS)
def test_a_bomb_is_not_unfolded(tmp_path: Path, suffix: str) -> None:
    bomb = COMPRESS[suffix](b"x" * 20_000_000)
    text = write(tmp_path / f"a.txt.{suffix}", bomb)
    table = write(tmp_path / f"b.jsonl.{suffix}", bomb)
    reading = read(text, table, options=ReadOptions(max_bytes=10_000, max_expanded_bytes=10_000_000))
    assert reading.errors == [
        f"{text}: is too large (over 10,000 bytes; raise `max_bytes`)",
        f"{table}: line 1: is too large (over 10,000 bytes; raise `max_bytes`)",
        f"{table}: unfolds to more than 10,000,000 bytes (raise `max_expanded_bytes`)",
    ]


# --- web archives -----------------------------------------------------------------------------------------------------


def record(number: int, body: bytes, headers: str = "Content-Type: text/html", status: str = "200 OK") -> bytes:
    block = f"HTTP/1.1 {status}\r\n{headers}\r\n\r\n".encode() + body
    head = (
        f"WARC/1.0\r\nWARC-Type: response\r\nWARC-Record-ID: <urn:uuid:{number}>\r\n"
        f"WARC-Target-URI: https://planet.example/{number}\r\n"
        f"Content-Type: application/http; msgtype=response\r\nContent-Length: {len(block)}\r\n\r\n"
    )
    return head.encode() + block + b"\r\n\r\n"


def archive() -> list[bytes]:
    noise = random.Random(7).randbytes(9000).hex()
    return [record(number, page(f"<!-- {noise} -->").encode()) for number in range(1, 4)]


def overstated(packed: bytes, by: int) -> bytes:
    """A record that says it is longer than it is."""
    length = regex.compile(rb"(?<=Content-Length: )\d+")
    return length.sub(lambda found: str(int(found[0]) + by).encode(), packed)


PACK: dict[str, Callable[[bytes], bytes]] = {"warc": bytes, "warc.gz": gzip.compress}


@pytest.mark.parametrize("suffix", PACK)
def test_warc(tmp_path: Path, suffix: str) -> None:
    pytest.importorskip("fastwarc")
    others = [
        record(7, b"\x89PNG", "Content-Type: image/png"),
        record(8, page().encode(), status="404 Not Found"),
        record(9, gzip.compress(page().encode()), "Content-Type: text/html\r\nContent-Encoding: gzip"),
    ]
    path = write(tmp_path / f"crawl.{suffix}", b"".join(map(PACK[suffix], archive() + others)))
    reading = read(path)
    assert reading.ids == [f"crawl.{suffix}#{number}" for number in (1, 2, 3, 9)]
    assert reading.documents[1].url == "https://planet.example/2"
    assert STORY in reading.documents[3].text
    assert reading.errors == []
    assert reading.warnings == [f"{path}: records that are no pages left out: 1 image/png, 1 status 404"]


@pytest.mark.parametrize("suffix", PACK)
@pytest.mark.parametrize(
    "damage", ["cut", "flipped", "rubbish before", "page without article", "broken chunk", "long", "huge", "two"]
)
def test_a_broken_record_is_told_and_the_rest_goes_on(tmp_path: Path, suffix: str, damage: str) -> None:
    pytest.importorskip("fastwarc")
    first, second, third = archive()
    pack = PACK[suffix]
    packed = pack(second)
    broken = {
        "cut": packed[: len(packed) // 2],
        "flipped": packed[:9] + b"\xff\xff\xff\xff" + packed[13:],
        "rubbish before": b"rubbish " * 9 + packed,
        "page without article": pack(record(2, b"<p></p>")),
        "broken chunk": pack(record(2, b"zz\r\n", "Content-Type: text/html\r\nTransfer-Encoding: chunked")),
        "huge": pack(second.replace(b"Content-Length: ", b"Content-Length: 99999")),
        "two": pack(overstated(second, len(third))),
        "long": pack(second.replace(b"Content-Length: ", b"Content-Length: 9")),
    }[damage]
    path = write(tmp_path / f"crawl.{suffix}", pack(first) + broken + pack(third))
    reading = read(path)
    assert reading.ids[0].endswith("#1") and reading.ids[-1].endswith("#3")
    assert len(reading.errors) == 1 and reading.errors[0].startswith(f"{path}: ")


# --- documents --------------------------------------------------------------------------------------------------------


def pdf(*pages: str) -> bytes:
    """A PDF with one line of Helvetica on each page."""
    kids = " ".join(f"{4 + 2 * number} 0 R" for number in range(len(pages)))
    objects = [
        "<< /Type /Catalog /Pages 2 0 R >>",
        f"<< /Type /Pages /Kids [{kids}] /Count {len(pages)} >>",
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
    ]
    for number, text in enumerate(pages):
        stream = f"BT /F1 12 Tf 72 720 Td ({text}) Tj ET" if text else ""
        objects += [
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 612 792] /Resources << /Font << /F1 3 0 R >> >> "
            f"/Contents {5 + 2 * number} 0 R >>",
            f"<< /Length {len(stream)} >>\nstream\n{stream}\nendstream",
        ]
    body, table = "%PDF-1.4\n", f"xref\n0 {len(objects) + 1}\n0000000000 65535 f \n"
    for number, content in enumerate(objects, start=1):
        table += f"{len(body):010} 00000 n \n"
        body += f"{number} 0 obj\n{content}\nendobj\n"
    trailer = f"trailer\n<< /Root 1 0 R /Size {len(objects) + 1} >>\nstartxref\n{len(body)}\n%%EOF\n"
    return (body + table + trailer).encode("cp1252")


def test_pdf(tmp_path: Path) -> None:
    pytest.importorskip("pypdf")
    good = write(tmp_path / "good.pdf", pdf("“It leaks,” said Ana Roy.", "She waited."))
    empty = write(tmp_path / "empty.pdf", pdf("", ""))
    rubbish = write(tmp_path / "rubbish.pdf", b"%PDF-1.4 rubbish")
    reading = read(empty, good, rubbish)
    [document] = reading.documents
    assert document.text == "“It leaks,” said Ana Roy.\n\nShe waited."
    assert reading.errors[0] == f"{empty}: holds no text (scanned pages must go through OCR first)"
    assert reading.errors[1].startswith(f"{rubbish}: is no PDF that can be read: ")


def test_encrypted_pdf(tmp_path: Path) -> None:
    pypdf = pytest.importorskip("pypdf")
    writer = pypdf.PdfWriter(clone_from=io.BytesIO(pdf("It leaks.")))
    writer.encrypt("secret", algorithm="RC4-128")
    path = tmp_path / "locked.pdf"
    writer.write(path)
    assert read(path).errors == [f"{path}: is encrypted (remove its password first)"]


def test_docx(tmp_path: Path) -> None:
    docx = pytest.importorskip("docx")
    word = docx.Document()
    for paragraph in ("Dam above Salem leaks", "By Jane Roe", STORY):
        word.add_paragraph(paragraph)
    word.add_table(1, 2).cell(0, 1).text = "“It leaks,” said Ana Roy."
    path = tmp_path / "dam.docx"
    word.save(str(path))
    [document] = read(path).documents
    assert document.text == f"Dam above Salem leaks\n\nBy Jane Roe\n\n{STORY}\n\n“It leaks,” said Ana Roy."
    assert (document.title, document.author) == ("Dam above Salem leaks", "Jane Roe")
    rubbish = write(tmp_path / "rubbish.docx", path.read_bytes()[:900])
    assert read(rubbish).errors[0].startswith(f"{rubbish}: is no Word file that can be read: ")
    [error] = read(path, options=ReadOptions(max_bytes=40_000)).errors
    assert error == f"{path}: is too large (over 40,000 bytes; raise `max_bytes`)"


# --- files that cost more than they are worth -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ((time.sleep, 60), "takes over 1 seconds to read (raise `max_seconds`)"),
        ((os.abort,), "cannot be read: what reads it crashed"),
        ((bytearray, 2**36), "takes over 4,294,967,296 bytes of memory to read"),
        ((int, "x"), "failed: ValueError: "),
    ],
)
def test_what_reads_apart_is_ended(question: tuple[Callable[..., object], object], told: str) -> None:
    with pytest.raises(DocumentError, match=re.escape(told)):
        apart(1, *question)
    assert apart(60, len, "four") == 4


@pytest.mark.parametrize(
    ("then", "told"),
    [
        ((time.sleep, 60), "takes over 5 seconds to read (raise `max_seconds`)"),
        ((os._exit, 3), "cannot be read: what reads it crashed"),
        ((bytearray, 2**36), "takes over 4,294,967,296 bytes of memory to read"),
        ((os.stat, "/no/such"), "cannot be read: No such file or directory"),
        ((int, "x"), "failed: ValueError: "),
    ],
)
def test_what_reads_many_apart_is_ended_and_keeps_what_it_found(then: tuple[object, object], told: str) -> None:
    found = each_apart(5, first_word, io.BytesIO(b"four words"), *then)
    assert next(found) == b"four"
    with pytest.raises(DocumentError, match=re.escape(told)):
        next(found)
    assert list(each_apart(60, first_word, io.BytesIO(b"four words"), len, "")) == [b"four", b"four words"]


def test_what_reads_many_apart_can_be_left() -> None:
    found = each_apart(60, first_word, io.BytesIO(b"four words"), time.sleep, 60)
    assert next(found) == b"four"
    assert apart(60, len, "four") == 4  # another process, while the first is at work
    found.close()
    assert apart(60, len, "four") == 4


def test_a_script_is_not_run_again_where_pages_are_read(tmp_path: Path) -> None:
    write(tmp_path / "a.html", page())
    lines = (
        "from quotes.reading import read_documents",
        "print('once')",
        f"print([found.id for found in read_documents([{str(tmp_path / 'a.html')!r}], on_error=print)])",
    )
    script = write(tmp_path / "script.py", "\n".join(lines))
    ran = subprocess.run([sys.executable, script], capture_output=True, text=True, check=True)
    assert (ran.stdout, ran.stderr) == ("once\n['a.html']\n", "")


def test_the_time_that_a_stream_takes_is_not_the_readers() -> None:
    class Slow(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            time.sleep(3)
            return super().read(size)

    assert list(each_apart(5, first_word, Slow(b"four words"), len, "")) == [b"four", b"four words"]


def test_what_a_library_says_in_several_lines_is_one(tmp_path: Path) -> None:
    pyarrow, parquet = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    parquet.write_table(pyarrow.table({"text": [STORY]}), tmp_path / "a.parquet")
    data = (tmp_path / "a.parquet").read_bytes()
    write(tmp_path / "a.parquet", data[:-40] + bytes([255]) * 32 + data[-8:])
    write(tmp_path / "b.parquet", data[:4] + bytes([255]) * 40 + data[44:])
    errors = read(tmp_path).errors
    assert len(errors) == 2
    assert [line for line in errors if len(line.splitlines()) > 1 or line != line.strip()] == []


@pytest.mark.parametrize("delimiter", [",", "\t"])
@pytest.mark.parametrize("odd", ["\0", "\1\2\3\4\5\6\7"])
@pytest.mark.parametrize("rows_before", [0, 100_000])  # what the encoding is told by ends before that
def test_a_row_of_a_table_that_is_no_text_costs_itself_alone(
    tmp_path: Path, delimiter: str, odd: str, rows_before: int
) -> None:
    before = [f"{number}{delimiter} " for number in range(rows_before)]
    told = [delimiter.join((id, f"It leaks{sign} again.")) for id, sign in (("a", ""), ("b", odd), ("c", ""))]
    path = write(tmp_path / "a.csv", "\n".join((delimiter.join(("id", "text")), *before, *told)))
    reading = read(path)
    assert reading.ids == ["a.csv#a", "a.csv#c"]
    [error] = reading.errors
    assert error.startswith(f"{path}: line {rows_before + 3}: is no text (")


@pytest.mark.parametrize("broken", [b"\xe9\xe8\xff\xd2" * 20, b"d\xe9j\xe0", b"\x81\x8d\x8f\x90\x9d" * 9])
@pytest.mark.parametrize("name", ["a.csv", "a.tsv"])
def test_a_row_that_is_no_utf_8_leaves_the_others_as_they_are(tmp_path: Path, name: str, broken: bytes) -> None:
    delimiter = "," if name == "a.csv" else "\t"
    rows = [f"{id}{delimiter}“It leaks” said Åsa.\n".encode() for id in "abc"]
    table = [f"id{delimiter}text\n".encode(), *rows, b"d" + delimiter.encode() + broken + b"\n"]
    path = tmp_path / name
    path.write_bytes(b"".join(table))
    reading = read(path)
    assert [document.text for document in reading.documents[:3]] == ["“It leaks” said Åsa."] * 3
    assert reading.warnings == [
        f"{path}: is damaged UTF-8: some broken characters read as U+FFFD",
        f"{path}: line 5: holds broken characters, read as U+FFFD",
    ]


def test_a_row_full_of_odd_marks_does_not_say_how_the_others_are_quoted(tmp_path: Path) -> None:
    rows = [f'{id},"It leaks, said ""Roy""."\n' for id in "abc"]
    path = write(tmp_path / "a.csv", "".join(("id,text\n", *rows, 'd,"x"y,z"z,"x"y,z"z,"x"y,z"z,x"y\n')))
    reading = read(path)
    assert [document.text for document in reading.documents] == ['It leaks, said "Roy".'] * 3
    [error] = reading.errors
    assert error.startswith(f"{path}: line 5: ")


def test_a_table_in_another_encoding_is_read_in_it(tmp_path: Path) -> None:
    rows = "".join(f"{number},“It leaks” said Åsa Öberg.\n" for number in range(9))
    path = tmp_path / "a.csv"
    path.write_bytes(f"id,text\n{rows}".encode("cp1252"))
    reading = read(path)
    assert {document.text for document in reading.documents} == {"“It leaks” said Åsa Öberg."}
    assert reading.warnings == [f"{path}: is not UTF-8; read as cp1252"]


def test_a_table_that_is_no_text_is_one_line(tmp_path: Path) -> None:
    path = write(tmp_path / "a.csv", "id,text\n1,It leaks.\n2,It holds.\n".encode("utf-16-le"))
    assert read(path).errors == [f"{path}: is no text (it holds NUL bytes)"]


def test_rows_that_are_one_and_the_same_have_a_limit(tmp_path: Path) -> None:
    pyarrow, parquet = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    path = tmp_path / "a.parquet"
    parquet.write_table(pyarrow.table({"text": [STORY * 100] * 1000}), path)
    assert path.stat().st_size < len(STORY) * 1000
    reading = read(path, options=ReadOptions(max_expanded_bytes=len(STORY) * 1000))
    assert len(reading.documents) == 10
    assert reading.errors == [f"{path}: unfolds to more than {len(STORY) * 1000:,} bytes (raise `max_expanded_bytes`)"]


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere a pipe without a writer looks empty")
@pytest.mark.parametrize(
    ("said", "ids"), [(None, []), (b"", []), (b'{"id": "a", "text": "It leaks."}\n{"id"', ["a.jsonl#a"])]
)
def test_a_pipe_that_says_nothing_is_given_up(tmp_path: Path, said: bytes | None, ids: list[str]) -> None:
    path = tmp_path / "a.jsonl"
    os.mkfifo(path)
    writers = [os.open(path, os.O_RDWR)] if said is not None else []
    for writer in writers:
        os.write(writer, said or b"")
    reading = read(path, options=ReadOptions(max_wait=1))
    for writer in writers:
        os.close(writer)
    assert reading.ids == ids
    assert reading.errors == [f"{path}: has said nothing for 1 seconds (raise `max_wait`)"]


@pytest.mark.skipif(sys.platform != "linux", reason="elsewhere a pipe without a writer looks empty")
def test_a_pipe_that_is_slow_is_waited_for(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    os.mkfifo(path)
    writing = threading.Thread(target=lambda: time.sleep(0.5) or path.write_text(STORY))
    writing.start()
    reading = read(path, options=ReadOptions(max_wait=60))
    writing.join()
    assert [document.text for document in reading.documents] == [STORY]


def test_standard_input_that_says_nothing_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    ours, theirs = os.pipe()
    with os.fdopen(ours, "rb") as stream:
        monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=stream))
        assert read("-", options=ReadOptions(max_wait=1)).errors == [
            "stdin: has said nothing for 1 seconds (raise `max_wait`)"
        ]
        assert not stream.closed
    os.close(theirs)


def test_a_page_that_takes_too_long_costs_itself_alone(tmp_path: Path) -> None:
    attributes = " ".join(f'a{number}="x"' for number in range(300_000))
    slow = write(tmp_path / "1.html", page().replace("<p>", f"<p {attributes}>", 1))
    write(tmp_path / "2.txt", STORY)
    reading = read(tmp_path, options=ReadOptions(max_seconds=1))
    assert reading.ids == ["2.txt"]
    assert reading.errors == [f"{slow}: takes over 1 seconds to read (raise `max_seconds`)"]


def test_pages_that_are_one_and_the_same_have_a_limit(tmp_path: Path) -> None:
    pytest.importorskip("pypdf")
    many = re.sub(rb"/Contents \d+ 0 R", b"/Contents 5 0 R", pdf("It leaks. " * 500, *[""] * 40))
    path = write(tmp_path / "many.pdf", many)
    [error] = read(path, options=ReadOptions(max_bytes=150_000)).errors
    assert error == f"{path}: is too large (over 150,000 bytes; raise `max_bytes`)"


def word_file(path: Path, change: Callable[[Any], None]) -> Path:
    docx = pytest.importorskip("docx")
    word = docx.Document()
    change(word)
    word.save(str(path))
    return path


def merged(word: Any) -> None:
    table = word.add_table(3, 3)
    table.cell(0, 0).merge(table.cell(0, 2)).text = "“It leaks,” said Ana Roy."
    table.cell(1, 0).merge(table.cell(2, 1)).text = "“It holds,” said Jo Lee."
    table.cell(2, 2).text = "It rained."


def wide(word: Any) -> None:
    cell = word.add_table(1, 1).cell(0, 0)
    cell.text = "“It leaks,” said Ana Roy."
    cell._tc.grid_span = 1_000_000_000


def nested(word: Any) -> None:
    cell = word.add_table(1, 1).cell(0, 0)
    for _ in range(60):
        cell.merge(cell)
        cell._tc.grid_span = 5
        cell = cell.add_table(1, 1).cell(0, 0)
    cell.text = "“It leaks,” said Ana Roy."


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (merged, ["“It leaks,” said Ana Roy.", "“It holds,” said Jo Lee.", "It rained."]),
        (wide, ["“It leaks,” said Ana Roy."]),
        (nested, ["“It leaks,” said Ana Roy."]),
    ],
)
def test_a_cell_is_read_once(tmp_path: Path, change: Callable[[Any], None], expected: list[str]) -> None:
    [document] = read(word_file(tmp_path / "a.docx", change)).documents
    assert document.text.split("\n\n") == expected


def box(*paragraphs: str) -> str:
    return f"<w:r><w:pict><w:txbxContent>{''.join(paragraphs)}</w:txbxContent></w:pict></w:r>"


def p(*parts: str) -> str:
    """A paragraph; plain words are a run of their own."""
    runs = (part if part.startswith("<") else f'<w:r><w:t xml:space="preserve">{part}</w:t></w:r>' for part in parts)
    return f"<w:p>{''.join(runs)}</w:p>"


def r(words: str) -> str:
    return f"<w:r><w:t>{words}</w:t></w:r>"


@pytest.mark.parametrize(
    ("body", "expected"),
    [
        (p("It does ", f'<w:ins w:id="1">{r("not")}</w:ins>', " leak."), "It does not leak."),
        (
            p("It ", f'<w:del w:id="1"><w:r><w:delText>never</w:delText></w:r>{r("never")}</w:del>', "leaks."),
            "It leaks.",
        ),
        (
            p(
                "It ",
                f'<w:moveFrom w:id="1">{r("so")}</w:moveFrom>',
                "is ",
                f'<w:moveTo w:id="2">{r("so")}</w:moveTo>',
                ".",
            ),
            "It is so.",
        ),
        (p("<w:pPr><w:rPr><w:del/></w:rPr></w:pPr>", "“It leaks ") + p("badly.”"), "“It leaks badly.”"),
        (p("In ", f'<w:smartTag w:element="place">{r("Weston")}</w:smartTag>', "."), "In Weston."),
        (p("By ", f'<w:fldSimple w:instr="AUTHOR">{r("Ana")}</w:fldSimple>', "."), "By Ana."),
        (
            p("On ", f"<w:sdt><w:sdtPr><w:tag/></w:sdtPr><w:sdtContent>{r('Monday')}</w:sdtContent></w:sdt>", "."),
            "On Monday.",
        ),
        (p("A ", f'<w:hyperlink><w:ins w:id="1">{r("dam")}</w:ins></w:hyperlink>', "."), "A dam."),
        (
            p("A ", f"<w:r><w:ruby><w:rt>{r('dæm')}</w:rt><w:rubyBase>{r('dam')}</w:rubyBase></w:ruby></w:r>", "."),
            "A dam.",
        ),
        (p("A ", f'<w:bdo w:val="ltr"><w:dir w:val="ltr">{r("dam")}</w:dir></w:bdo>', "."), "A dam."),
        (
            p("“It ", box(p("A box."), p("Its end.", box(p("In it.")))), "leaks.”") + p("The end."),
            "“It leaks.”\n\nA box.\n\nIts end.\n\nIn it.\n\nThe end.",
        ),
        (
            p(
                "A ",
                f"<mc:AlternateContent><mc:Choice>{box(p('B.'))}</mc:Choice>"
                f"<mc:Fallback>{box(p('B.'))}</mc:Fallback></mc:AlternateContent>",
                "dam.",
            ),
            "A dam.\n\nB.",
        ),
        (p('<w:pPr><w:tabs><w:tab w:val="left"/></w:tabs></w:pPr>', "A", "<w:r><w:tab/><w:br/></w:r>", "B"), "A\t\nB"),
    ],
)
def test_all_that_stands_in_a_word_file_is_read_once(tmp_path: Path, body: str, expected: str) -> None:
    def change(word: Any) -> None:
        names = 'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
        body_ = word.element.body
        for element in parsed(f"<w:body {names} {nsdecls('w')}>{body}</w:body>"):
            body_.insert(len(body_) - 1, element)

    parsed = pytest.importorskip("docx.oxml").parse_xml
    nsdecls = pytest.importorskip("docx.oxml.ns").nsdecls
    [document] = read(word_file(tmp_path / "a.docx", change)).documents
    assert document.text == expected


def test_notes_of_a_word_file_stand_behind_its_text(tmp_path: Path) -> None:
    opc = pytest.importorskip("docx.opc.part")
    uris = pytest.importorskip("docx.opc.packuri")
    space = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'

    def change(word: Any) -> None:
        word.add_paragraph("“It leaks,” said Ana Roy.")
        for kind, text in (("endnote", "“No,” said Bo Lee."), ("footnote", "“So it does,” she wrote.")):
            line = f'<w:{kind} w:type="separator" w:id="0">{p("A rule.")}</w:{kind}>'
            xml = f'<w:{kind}s {space}>{line}<w:{kind} w:id="1">{p(text)}</w:{kind}></w:{kind}s>'
            uri, mime = uris.PackURI(f"/word/{kind}s.xml"), "application/xml"
            part = opc.Part(uri, mime, xml.encode(), word.part.package)
            word.part.relate_to(part, f"http://schemas.openxmlformats.org/officeDocument/2006/relationships/{kind}s")

    [document] = read(word_file(tmp_path / "a.docx", change)).documents
    expected = ["“It leaks,” said Ana Roy.", "“So it does,” she wrote.", "“No,” said Bo Lee."]
    assert document.text.split("\n\n")[-3:] == expected


def test_a_strict_word_file_is_told_from_a_broken_one(tmp_path: Path) -> None:
    path = word_file(tmp_path / "a.docx", lambda word: word.add_paragraph("It leaks."))
    with zipfile.ZipFile(path) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    strict = b"http://purl.oclc.org/ooxml/officeDocument"
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in parts.items():
            archive.writestr(name, data.replace(b"http://schemas.openxmlformats.org/officeDocument/2006", strict))
    assert read(path).errors == [f"{path}: is a Strict Open XML file (save it as an ordinary Word document)"]


def test_cells_beyond_all_use(tmp_path: Path) -> None:
    pyarrow, parquet = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    huge = "x" * 200_000
    table = [{"id": huge[:20_000], "text": STORY}, {"id": "2", "text": huge}, {"id": "3", "text": STORY}]
    parquet.write_table(pyarrow.Table.from_pylist(table), tmp_path / "a.parquet")
    reading = read(tmp_path / "a.parquet", options=ReadOptions(max_bytes=100_000))
    assert reading.ids == ["a.parquet#R1", "a.parquet#3"]
    assert [line.split(": ", 1)[1] for line in (*reading.warnings, *reading.errors)] == [
        'row 1: has over 10,000 characters in "id"; left out',
        "row 2: is too large (over 100,000 bytes; raise `max_bytes`)",
    ]


@pytest.mark.parametrize(("format", "begins"), [("txt", b""), ("jsonl", b""), ("csv", b"id,text\n"), ("html", b"<p>")])
def test_a_stream_without_end_ends(format: str, begins: bytes) -> None:
    class Endless(io.RawIOBase):
        began = False

        def readable(self) -> bool:
            return True

        def readinto(self, buffer: Any) -> int:
            data = b"x" * len(buffer) if self.began else begins or b"x"
            self.began = True
            buffer[: len(data)] = data
            return len(data)

    stdin, sys.stdin = sys.stdin, SimpleNamespace(buffer=io.BufferedReader(Endless()))
    limits = ReadOptions(format, max_bytes=1000, max_page_bytes=1000, max_expanded_bytes=100_000)
    try:
        reading = read("-", options=limits)
    finally:
        sys.stdin = stdin
    assert reading.documents == []
    assert reading.errors


@pytest.mark.parametrize(
    ("name", "module", "extra"),
    [
        ("a.html", "lxml.html", "html"),
        ("a.warc.gz", "fastwarc.warc", "warc"),
        ("a.parquet", "pyarrow.parquet", "parquet"),
        ("a.pdf", "pypdf", "docs"),
        ("a.docx", "docx", "docs"),
        ("a.txt.zst", "backports.zstd" if sys.version_info < (3, 14) else "compression.zstd", "zstd"),
    ],
)
def test_a_missing_extra_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, module: str, extra: str
) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    [error] = read(write(tmp_path / name, b"some bytes"), options=ReadOptions(max_seconds=0)).errors
    assert error.endswith(f"pip install 'newsquotes[{extra}]'")
