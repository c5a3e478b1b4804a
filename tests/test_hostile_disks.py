"""Disks that are full, folders that cannot be written, files that go away, processes that are killed.

A line on standard error says so, nothing half-written stands under its name, and nothing that was there is lost."""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import islice
from pathlib import Path
from tempfile import gettempdir

import pytest
from click.testing import CliRunner, Result
from hypothesis import given, settings
from hypothesis import strategies as st
from said_reader import KILLS, SaidReader

from quotes import pipeline
from quotes.cli import main
from quotes.errors import PeopleError
from quotes.people import read_people
from quotes.pipeline import Extractor
from quotes.reading import read_documents
from quotes.types import Document
from quotes.writing import FORMATS, open_writer

STORY = "The weir in Weston is old. “It leaks,” said Ana Roy.\n\n“It holds,” said Jo Lee. It rained all of Monday.\n"
PROGRAM = [sys.executable, str(Path(__file__).with_name("said_reader.py"))]
FULL = Path("/dev/full")
ARTICLES = 30
on_linux = pytest.mark.skipif(not FULL.exists(), reason="a system without /dev/full")


@pytest.fixture(autouse=True, scope="module")
def loaded_once() -> Iterator[None]:
    load = pipeline.load
    extractor = Extractor(pipeline.DEFAULTS, SaidReader())  # type: ignore[arg-type]
    pipeline.load = lambda options: extractor
    yield
    pipeline.load = load


@pytest.fixture
def articles(tmp_path: Path) -> Path:
    folder = tmp_path / "articles"
    folder.mkdir()
    for number in range(ARTICLES):
        (folder / f"{number:02}.txt").write_text(STORY.replace("Weston", f"Weston {number}"), encoding="utf-8")
    return folder


def quotes(*arguments: object) -> Result:
    """Run within this process."""
    return CliRunner().invoke(main, [str(argument) for argument in arguments], prog_name="quotes")


def program(*arguments: object, **streams: object) -> subprocess.Popen[str]:
    """Run as a program of its own."""
    command = [*PROGRAM, *map(str, arguments)]
    return subprocess.Popen(command, **{"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True, **streams})  # type: ignore[call-overload,no-any-return]


@contextmanager
def room_for(size: int) -> Iterator[None]:
    """In the block no file grows beyond so many bytes."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


# --- no room ---------------------------------------------------------------------------------------------------------

# A database is built in a folder for temporary files first, and SQLite has words of its own.
FULL_DISK = {"sqlite": f"quotes: the database cannot be built in {gettempdir()}: "}


@pytest.mark.parametrize("format", [name for name in FORMATS if name not in ("parquet", "docbin")])
def test_a_full_disk_leaves_no_file(articles: Path, tmp_path: Path, format: str) -> None:
    output = tmp_path / "out.x"
    if format == "brat":
        (articles / "99.txt").write_text(STORY * 10, encoding="utf-8")
    with room_for(500 if format == "brat" else 2_000):
        result = quotes("extract", articles, "-o", output, "--format", format)
    assert result.exit_code == 1
    assert FULL_DISK.get(format, f"quotes: {output}: cannot be written: File too large") in result.stderr
    assert not output.exists()
    if "--resume" in result.stderr:
        assert quotes("extract", articles, "-o", output, "--format", format, "--resume").exit_code == 0
        assert quotes("extract", articles, "-o", tmp_path / "whole", "--format", format).exit_code == 0
        assert output.read_bytes() == (tmp_path / "whole").read_bytes()
        (tmp_path / "whole").unlink()
        output.unlink()
    assert [path.name for path in tmp_path.iterdir()] == ["articles"]


def test_a_full_disk_keeps_the_file_that_was_there(articles: Path, tmp_path: Path) -> None:
    output = tmp_path / "out.csv"
    output.write_text("old", encoding="utf-8")
    with room_for(1_000):
        assert quotes("extract", articles, "-o", output).exit_code == 1
    assert output.read_text(encoding="utf-8") == "old"


def test_a_full_disk_for_kept_texts(articles: Path, tmp_path: Path) -> None:
    (articles / "long.txt").write_text(STORY * 100, encoding="utf-8")
    texts = tmp_path / "texts"
    with room_for(5_000):
        result = quotes("extract", articles / "long.txt", "--save-text", texts)
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.endswith(".txt: cannot be written: File too large\n")
    assert list(texts.iterdir()) == []


@on_linux
@pytest.mark.parametrize("command", ["extract", "speakers", "eval", "schema"])
def test_no_room_on_standard_output(articles: Path, tmp_path: Path, command: str) -> None:
    records = tmp_path / "records.jsonl"
    quotes("extract", articles, "-o", records)
    given = {"extract": [articles], "speakers": [records], "eval": [records, records], "schema": []}
    with FULL.open("w") as full:
        _, said = (process := program(command, *given[command], stdout=full)).communicate(timeout=60)
    assert process.returncode == 1
    assert said == "quotes: standard output: cannot be written: No space left on device\n"


@on_linux
def test_no_room_for_what_goes_wrong_costs_no_record(articles: Path, tmp_path: Path) -> None:
    with FULL.open("w") as full:
        out, _ = (process := program("extract", tmp_path / "none", articles, stderr=full)).communicate(timeout=60)
    assert process.returncode == 1
    assert len(out.splitlines()) == 2 * ARTICLES


@pytest.mark.parametrize(("closed", "lines"), [("<&-", 2 * ARTICLES), (">&-", 0), ("2>&-", 2 * ARTICLES)])
def test_closed_streams(articles: Path, closed: str, lines: int) -> None:
    command = ["sh", "-c", f'exec "$@" {closed}', "sh", *PROGRAM, "extract", str(articles)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == (0 if lines else 1)
    assert len(done.stdout.splitlines()) == lines
    assert done.stderr == ("" if lines else "quotes: standard output is closed\n")


# --- no right to write, or nothing there -----------------------------------------------------------------------------


@pytest.fixture
def sealed(tmp_path: Path) -> Iterator[Path]:
    """A folder in which nobody may write, not even root."""
    if os.geteuid() == 0:
        yield Path("/sys" if sys.platform == "linux" else "/dev")
        return
    (folder := tmp_path / "sealed").mkdir(mode=0o500)
    yield folder
    folder.chmod(0o700)


@pytest.mark.parametrize("format", FORMATS)
def test_a_folder_that_cannot_be_written(articles: Path, sealed: Path, format: str) -> None:
    result = quotes("extract", articles, "-o", sealed / "out.x", "--format", format)
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith(f"quotes: {sealed / 'out.x'}: cannot be written: ")
    assert len(result.stderr.splitlines()) == 1


def test_kept_texts_that_cannot_be_written(articles: Path, sealed: Path, tmp_path: Path) -> None:
    output = tmp_path / "out.jsonl"
    result = quotes("extract", articles, "-o", output, "--save-text", sealed / "texts")
    assert result.exit_code == 1
    assert ": cannot be written: " in result.stderr
    assert [path.name for path in tmp_path.iterdir() if path != sealed] == ["articles"]


@pytest.mark.parametrize("name", ["a" * 300, "b/" * 3000 + "c"])
def test_names_that_no_disk_takes(articles: Path, tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    for arguments in ([articles, "-o", path], [path], [articles, "--save-text", path]):
        result = quotes("extract", *arguments)
        assert isinstance(result.exception, SystemExit)
        assert result.exit_code in (1, 2)
        assert result.stderr
    with pytest.raises(PeopleError, match="File name too long"):
        read_people(path.with_suffix(".csv"))


def test_an_article_that_goes_away_costs_itself_alone(articles: Path) -> None:
    errors: list[str] = []
    documents = read_documents([articles], on_error=errors.append)
    found = [next(documents).id]
    (articles / "05.txt").unlink()
    (articles / "06.txt").unlink()
    (articles / "06.txt").mkdir()
    found += [document.id for document in documents]
    assert found == [f"{number:02}.txt" for number in range(ARTICLES) if number not in (5, 6)]
    assert errors[0] == f"{articles / '05.txt'}: cannot be read: No such file or directory"
    assert len(errors) <= 2


def test_a_record_about_a_file_with_an_impossible_name(articles: Path, tmp_path: Path) -> None:
    record = json.loads(quotes("extract", articles).stdout.splitlines()[0])
    lines = [
        json.dumps({**record, "document": {**record["document"], "path": name}}) for name in ("a" * 5000, "\0", "")
    ]
    (tmp_path / "records.jsonl").write_text("\n".join(lines), encoding="utf-8")
    result = quotes("validate", tmp_path / "records.jsonl", "--against", tmp_path)
    assert [line.split(": ")[1:3] for line in result.stderr.splitlines()[:2]] == [
        [f"{tmp_path / 'records.jsonl'}:{number}", "$.document.path"] for number in (1, 2)
    ]


# --- what the run writes into the folder that it reads ---------------------------------------------------------------


def test_a_run_does_not_read_what_it_writes(articles: Path) -> None:
    output, texts = articles / "05.jsonl", articles / "texts"
    arguments = ("extract", articles, "-o", output, "--save-text", texts)
    first = quotes(*arguments)
    assert first.exit_code == 0
    before = output.read_bytes()
    for more in ([], ["--resume"], ["--jobs", "1"]):
        again = quotes(*arguments, *more)
        assert again.exit_code == 0
        assert again.stderr.splitlines() == [
            f"quotes: {path}: is what this run writes; not read" for path in (output, texts)
        ]
        assert output.read_bytes() == before
    assert len(list(texts.iterdir())) == ARTICLES


@pytest.mark.parametrize("format", ["jsonl", "csv", "parquet"])
def test_records_of_another_run_are_no_articles(articles: Path, tmp_path: Path, format: str) -> None:
    whole = quotes("extract", articles).stdout
    old = articles / f"old.{format}"
    assert quotes("extract", articles, "-o", old).exit_code == 0
    result = quotes("extract", articles)
    assert (result.exit_code, result.stdout) == (1, whole)
    [line] = result.stderr.splitlines()
    assert line.startswith(f"quotes: {old}: ")
    assert "records of quotations, no articles" in line


def test_an_article_is_not_written_over(articles: Path) -> None:
    article = articles / "00.txt"
    for name in (article, article.parent / ".." / "articles" / "00.txt"):
        result = quotes("extract", articles / "01.txt", article, "-o", name, "--format", "jsonl")
        assert result.exit_code == 2
        assert "is to be read, and would be written over: name another file with -o" in result.stderr
    assert article.read_text(encoding="utf-8").startswith("The weir in Weston 0")
    assert len(list(articles.iterdir())) == ARTICLES


@pytest.mark.parametrize("call", [Path.symlink_to, Path.hardlink_to], ids=["symlink", "hardlink"])
@pytest.mark.parametrize("end", ["", ".part", ".journal", ".lost.journal", ".done"])
def test_nothing_is_written_over_by_another_name(
    articles: Path, tmp_path: Path, call: Callable[[Path, Path], None], end: str
) -> None:
    people, output = tmp_path / "people.csv", tmp_path / "out.jsonl"
    people.write_text("name,id\nAna Roy,Q1\n", encoding="utf-8")
    for read, arguments in (
        (articles / "00.txt", ["extract", articles / "00.txt"]),
        (articles / "00.txt", ["extract", "--input-format", "txt", articles / "00.txt", articles / "01.txt"]),
        (people, ["extract", articles, "--people", people]),
    ):
        before = read.read_bytes()
        made = output.with_name(output.name + end)
        call(made, read)
        result = quotes(*arguments, "-o", output)
        assert (result.exit_code, "is to be read, and would be written over" in result.stderr) == (2, True)
        assert read.read_bytes() == before
        made.unlink()


@pytest.mark.parametrize(
    ("arguments", "input", "output"),
    [
        (["extract", "-o", "{}"], "a.txt", None),
        (["extract", "-", "-o", "{}", "--format", "csv"], "a.txt", None),
        (["extract", "{}"], None, "a.txt"),
        (["extract", "{}", "-o", "/dev/stdout"], None, "a.txt"),
        (["extract"], "a.txt", "a.txt"),
        (["review", "-", "-o", "{}"], "q.jsonl", None),
        (["review", "{}", "-o", "-"], None, "q.jsonl"),
        (["check", "-", "--sources", "b.txt", "-o", "{}"], "a.txt", None),
        (["speakers", "{}"], None, "q.jsonl"),
        (["trace", "{}"], None, "q.jsonl"),
        (["eval", "{}", "a.txt"], None, "q.jsonl"),
    ],
)
def test_a_file_in_a_stream_is_not_written_over(
    tmp_path: Path, arguments: list[str], input: str | None, output: str | None
) -> None:
    """Read from standard input and named as the output, or put behind >> as well."""
    read = tmp_path / str(input or output)
    texts = {"a.txt": STORY, "b.txt": STORY, "q.jsonl": "{}\n"}
    for name, text in texts.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    with (
        open(read if input else os.devnull, "rb") as stdin,  # noqa: PTH123 (one may be no file)
        open(read if output else os.devnull, "ab") as stdout,  # noqa: PTH123
    ):
        process = program(*(part.format(read) for part in arguments), stdin=stdin, stdout=stdout, cwd=tmp_path)
        _, said = process.communicate(timeout=120)
    assert (process.returncode, "is to be read, and would be written over" in said) == (2, True)
    assert {name: (tmp_path / name).read_text(encoding="utf-8") for name in texts} == texts


@pytest.mark.parametrize("name", ["-", "/dev/stdout", "/dev/fd/1"])
@pytest.mark.parametrize("format", ["jsonl", "csv"])
def test_what_standard_output_holds_is_added_to(articles: Path, tmp_path: Path, name: str, format: str) -> None:
    kept = tmp_path / "kept"
    kept.write_text("before\n", encoding="utf-8")
    with kept.open("ab") as stdout:
        process = program("extract", articles / "00.txt", "--format", format, "-o", name, stdout=stdout, cwd=tmp_path)
        assert process.wait(timeout=120) == 0
    assert kept.read_text(encoding="utf-8").startswith("before\n")
    assert kept.stat().st_size > 100
    assert not (tmp_path / "-").exists()


@pytest.mark.parametrize("link", [False, True])
def test_an_article_in_the_folder_is_not_written_over(articles: Path, tmp_path: Path, link: bool) -> None:
    table = (tmp_path if link else articles) / "table.jsonl"
    table.write_text(json.dumps({"id": "1", "text": STORY}) + "\n", encoding="utf-8")
    if link:
        (articles / "link.jsonl").symlink_to(table)
    before = table.read_bytes()
    for more in ([], ["--resume"]):
        result = quotes("extract", articles, "-o", table, *more)
        assert (result.exit_code, "is one of the articles, and would be written over" in result.stderr) == (2, True)
        assert table.read_bytes() == before
    assert {path.name for path in table.parent.iterdir()} & {"table.jsonl.part", "table.jsonl.journal"} == set()


@pytest.mark.parametrize("format", ["jsonl", "csv", "parquet", "html"])
def test_what_a_run_wrote_into_the_folder_is_written_anew(articles: Path, format: str) -> None:
    output = articles / f"out.{format}"
    for _ in range(2):
        assert quotes("extract", articles, "-o", output).exit_code == 0
    assert quotes("extract", output).exit_code == 1


# --- processes that are killed ---------------------------------------------------------------------------------------


@on_linux
def test_a_worker_that_the_system_kills_costs_nothing(articles: Path, tmp_path: Path) -> None:
    for number in range(ARTICLES, 200):
        (articles / f"{number:03}.txt").write_text(STORY * 10, encoding="utf-8")
    output = tmp_path / "out.jsonl"
    process = program("extract", articles, "--jobs", 2, "-o", output)
    part, killed = tmp_path / "out.jsonl.part", 0
    while process.poll() is None and killed < 2:
        if part.exists() and part.stat().st_size and (workers := children(process.pid)):
            os.kill(workers[-1], signal.SIGKILL)
            killed += 1
        time.sleep(0.2)
    _, said = process.communicate(timeout=120)
    assert killed
    assert (process.returncode, said) == (0, "")
    assert output.read_text(encoding="utf-8") == quotes("extract", articles).stdout


def children(pid: int) -> list[int]:
    """The worker processes (not the one that keeps track of resources)."""
    found = [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    return [child for child in found if b"spawn_main" in Path(f"/proc/{child}/cmdline").read_bytes()]


@pytest.mark.parametrize("format", ["csv", "brat", "jsonl"])
def test_what_a_killed_run_left_is_swept_away(articles: Path, tmp_path: Path, format: str) -> None:
    texts, old, young = tmp_path / "texts", time.time() - 7200, tmp_path / ".quotes-0123456789abcdef.part"
    texts.mkdir()
    for folder in (tmp_path, texts):
        (folder / ".quotes-00112233aabbccdd.part").write_text("half", encoding="utf-8")
        (folder / ".quotes-99112233aabbccdd.part").mkdir()
        (folder / ".quotes-99112233aabbccdd.part" / "a.ann").write_text("half", encoding="utf-8")
        for path in folder.glob(".quotes-*.part"):
            os.utime(path, (old, old))
    young.write_text("half", encoding="utf-8")
    assert quotes("extract", articles, "--save-text", texts, "-o", tmp_path / "out", "--format", format).exit_code == 0
    assert list(tmp_path.glob(".quotes-*")) == [young]
    assert list(texts.glob(".quotes-*")) == []


@pytest.mark.parametrize("format", ["csv", "brat"])
def test_what_is_being_written_is_not_swept_away(tmp_path: Path, format: str) -> None:
    with open_writer(tmp_path / "slow", format):
        [partial] = tmp_path.glob(".quotes-*")
        os.utime(partial, (0, 0))
        with open_writer(tmp_path / "quick", format):
            pass
        assert partial.exists()
    assert {path.name for path in tmp_path.iterdir()} == {"slow", "quick"}


# --- what others laid there -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("end", [".part", ".journal"])
@pytest.mark.parametrize("lay", [Path.symlink_to, Path.hardlink_to], ids=["symlink", "hardlink"])
@pytest.mark.parametrize("more", [[], ["--resume"]])
def test_a_link_that_somebody_laid_is_not_followed(
    articles: Path, tmp_path: Path, end: str, lay: Callable[[Path, Path], None], more: list[str]
) -> None:
    precious, output = tmp_path / "precious", tmp_path / "out.jsonl"
    precious.write_text("precious", encoding="utf-8")
    laid = output.with_name(output.name + end)
    lay(laid, precious)
    result = quotes("extract", articles, "-o", output, *more)
    assert (result.exit_code, result.stderr) == (1, f"quotes: {laid}: is a link, or no file: remove it\n")
    assert precious.read_text(encoding="utf-8") == "precious"
    assert not output.exists()


def test_a_pipe_that_somebody_laid_is_not_waited_for(articles: Path, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "out.jsonl.part")
    result = quotes("extract", articles, "-o", tmp_path / "out.jsonl")
    assert (result.exit_code, "is a link, or no file: remove it" in result.stderr) == (1, True)


@pytest.mark.parametrize("format", ["jsonl", "csv"])
def test_nobody_may_read_what_is_written_who_may_not_read_what_it_replaces(tmp_path: Path, format: str) -> None:
    output = tmp_path / "out"
    output.write_text("secret", encoding="utf-8")
    output.chmod(0o600)
    with open_writer(output, format):
        assert {path.stat().st_mode & 0o077 for path in tmp_path.iterdir()} == {0}
    assert output.stat().st_mode & 0o777 == 0o600


# --- what was lost may come through another time ----------------------------------------------------------------------


def write(path: Path, documents: list[Document], lost: set[int], *, stop: int | None = None) -> list[int]:
    """Write each document's one line but of those that are lost, a few behind the reading; the numbers of those asked
    for. `stop` is after how many."""
    asked: list[int] = []
    with open_writer(path, "jsonl", resume=True, on_warning=lambda line: None) as writer:
        remaining = iter(writer.remaining(documents, lambda document, problems: None))
        while batch := list(islice(remaining, 3)):
            for document in batch:
                if len(asked) == stop:
                    raise KeyboardInterrupt
                number = int(document.id)
                asked.append(number)
                if number in lost:
                    writer.write(document, [], ["lost"], lost=True)
                else:
                    writer.write(document, [{"id": number}] * (number % 3))
    return asked


@settings(max_examples=60, deadline=None)
@given(st.data(), st.integers(1, 25))
def test_what_was_lost_is_tried_again_and_nothing_else(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject, count: int
) -> None:
    documents = [Document(str(number), f"text {number}") for number in range(count)]
    numbers = st.sets(st.integers(0, count - 1))
    folder = tmp_path_factory.mktemp("lost")
    path = folder / "out.jsonl"
    lost, still = data.draw(numbers), data.draw(numbers)
    assert write(path, documents, lost) == list(range(count))
    if lost:
        assert {file.name for file in folder.iterdir()} == {"out.jsonl", "out.jsonl.lost.journal"}
        stop = data.draw(st.none() | st.integers(0, len(lost)))
        if stop is not None and stop < len(lost):
            with pytest.raises(KeyboardInterrupt):
                write(path, documents, lost & still, stop=stop)
        assert set(write(path, documents, lost & still)) <= lost
        for _ in range(2):
            if (folder / "out.jsonl.lost.journal").exists():
                assert set(write(path, documents, set())) <= lost & still
    assert path.read_text() == "".join(f'{{"id": {n}}}\n' * (n % 3) for n in range(count))
    assert [file.name for file in folder.iterdir()] == ["out.jsonl"]


def test_an_output_that_was_changed_since_is_not_taken_over(tmp_path: Path) -> None:
    documents = [Document(str(number), f"text {number}") for number in range(9)]
    path = tmp_path / "out.jsonl"
    write(path, documents, {2})
    whole = path.read_text()
    path.write_text(whole.replace('{"id": 5}', '{"id": 6}'))
    assert write(path, documents, set()) == [2, 5, 6, 7, 8]
    assert path.read_text() == "".join(f'{{"id": {n}}}\n' * (n % 3) for n in range(9))


@on_linux
def test_a_run_that_lost_an_article_is_completed(articles: Path, tmp_path: Path) -> None:
    """The article takes every worker with it that comes to it, until that is mended (here: by the usual reader)."""
    whole = quotes("extract", articles).stdout
    (articles / "05.txt").write_text(KILLS, encoding="utf-8")
    output = tmp_path / "out.jsonl"
    _, said = (process := program("extract", articles, "--jobs", 2, "-o", output)).communicate(timeout=120)
    assert process.returncode == 1
    assert [line.split(": ")[1] for line in said.splitlines()] == [str(articles / "05.txt"), str(output)]
    (articles / "05.txt").write_text(STORY.replace("Weston", "Weston 5"), encoding="utf-8")
    result = quotes("extract", articles, "-o", output, "--resume")
    assert (result.exit_code, result.stderr) == (0, "")
    assert output.read_text(encoding="utf-8") == whole
    assert {path.name for path in tmp_path.iterdir()} == {"articles", "out.jsonl"}
