"""Bytes → documents: files, encodings, front matter. Every article here is invented."""

from __future__ import annotations

import hashlib
import io
import os
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quotes.reading import FrontMatter, ReadOptions, decode, find_front_matter, read_documents, to_document
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
        (b"x" * 2000, "is too large for one article (over 1,000 bytes; raise `max_bytes`)", ""),
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
    started = time.perf_counter()
    assert isinstance(find_front_matter(text), FrontMatter)
    assert time.perf_counter() - started < 3
