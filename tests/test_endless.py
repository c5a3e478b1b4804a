"""What never says anything, and what never ends, is given up at a bound in whatever place a file is named, and the
line says which option moves the bound."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from types import FrameType
from typing import Any
from urllib.request import urlopen

import pytest
from click.testing import CliRunner, Result
from said_reader import SaidReader

import quotes.pipeline
from quotes.cli import main
from quotes.people import MOST_BYTES

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere a pipe without a writer looks empty")

PATIENCE = 60  # seconds after which a command hangs
BOUNDS = ["--max-wait", "1", "--max-bytes", "100000", "--max-expanded-bytes", "1000000"]


@pytest.fixture(autouse=True)
def ending(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A command that hangs fails."""

    def give_up(number: int, frame: FrameType | None) -> None:
        pytest.fail(f"still reading after {PATIENCE} seconds")

    monkeypatch.setattr(quotes.pipeline, "load_reader", SaidReader)
    before = signal.signal(signal.SIGALRM, give_up)
    signal.alarm(PATIENCE)
    yield
    signal.alarm(0)
    signal.signal(signal.SIGALRM, before)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An article, its records, and the texts that they were made of."""
    (tmp_path / "articles").mkdir()
    (tmp_path / "articles" / "a.txt").write_text("“It leaks,” said Ana Roy.\n", "utf-8")
    done = run("extract", tmp_path / "articles", "-o", tmp_path / "q.jsonl", "--save-text", tmp_path / "texts")
    assert (done.exit_code, done.stderr) == (0, "")
    return tmp_path


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments], prog_name="quotes")


# What is said on each command line, `FILE` where the file stands that never ends.
PLACES = [
    "extract FILE",
    "extract --input-format jsonl FILE",
    "validate FILE",
    "speakers FILE",
    "trace FILE",
    "review FILE",
    "review q.jsonl --apply FILE",
    "check FILE --sources articles",
    "check q.jsonl --sources FILE",
    "eval FILE q.jsonl",
    "eval q.jsonl FILE",
]


def named(place: str, folder: Path, file: Path) -> list[str]:
    known = {"FILE": file, "q.jsonl": folder / "q.jsonl", "articles": folder / "articles"}
    return [str(known.get(word, word)) for word in place.split()]


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("said", [None, b"", b'{"half a line'])
def test_a_pipe_that_says_nothing_is_given_up(folder: Path, place: str, said: bytes | None) -> None:
    pipe = folder / "pipe.jsonl"
    os.mkfifo(pipe)
    writers = [os.open(pipe, os.O_RDWR)] if said is not None else []
    for writer in writers:
        os.write(writer, said or b"")
    done = run(*named(place, folder, pipe), *BOUNDS)
    for writer in writers:
        os.close(writer)
    assert f"quotes: {pipe}: has said nothing for 1 seconds (raise --max-wait)" in done.stderr.splitlines()
    assert done.exit_code == 1


@pytest.mark.parametrize("place", PLACES)
@pytest.mark.parametrize("device", ["/dev/zero", "/dev/urandom"])
def test_a_device_without_end_is_read_up_to_a_bound(folder: Path, place: str, device: str) -> None:
    link = folder / "link.jsonl"
    link.symlink_to(device)
    done = run(*named(place, folder, link), *BOUNDS)
    assert done.exit_code == 1
    named_in = [line for line in done.stderr.splitlines() if str(link) in line]
    assert any("raise --max-" in line for line in named_in) if device == "/dev/zero" else named_in


@pytest.mark.parametrize("command", ["validate", "speakers", "trace", "review"])
def test_standard_input_that_says_nothing_is_given_up(command: str) -> None:
    program = [sys.executable, "-m", "quotes", command, "-", "--max-wait", "1"]
    with subprocess.Popen(program, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stderr
        try:
            said = process.stderr.readline().decode()
        finally:
            process.kill()
    assert said == "quotes: -: has said nothing for 1 seconds (raise --max-wait)\n"


# Commands that keep what they read in memory until they have all of it, `-` where sound records come without end.
KEEPING = [
    "trace -",
    "review -",
    "review - --apply d.jsonl",
    "review q.jsonl --apply /dev/stdin",
    "eval /dev/stdin q.jsonl",
    "eval q.jsonl /dev/stdin",
]


def decision(record: dict[str, Any]) -> dict[str, Any]:
    about = {"id": record["id"], "sha256": record["document"]["sha256"], "speaker": "Ana Roy", "at": None}
    return {**about, "decision": "accepted"}


@pytest.mark.parametrize("place", KEEPING)
def test_sound_lines_without_end_are_kept_up_to_a_bound(folder: Path, place: str) -> None:
    record = json.loads((folder / "q.jsonl").read_text("utf-8"))
    (folder / "d.jsonl").write_text(json.dumps(decision(record)), "utf-8")
    said = json.dumps(decision(record) if "--apply /dev/stdin" in place else record)
    program = [sys.executable, "-m", "quotes", *place.split(), "--max-kept-bytes", "100000"]
    with subprocess.Popen(["yes", said], stdout=subprocess.PIPE) as endless:
        done = subprocess.run(program, cwd=folder, stdin=endless.stdout, capture_output=True, timeout=PATIENCE)
        endless.kill()
    assert done.returncode == 1
    file = "/dev/stdin" if "/dev/stdin" in place else "-"
    told = f"quotes: {file}: is more than can be kept (over 100,000 bytes in all; split it, or raise --max-kept-bytes)"
    assert told in done.stderr.decode().splitlines()


@pytest.mark.parametrize("command", ["trace", "review"])
def test_what_is_kept_of_several_files_is_counted_together(folder: Path, command: str) -> None:
    file = folder / "q.jsonl"
    enough = str(2 * file.stat().st_size)
    assert run(command, file, file, "--max-kept-bytes", enough).exit_code == 0
    done = run(command, file, file, file, "--max-kept-bytes", enough)
    assert done.exit_code == 1
    assert [line.partition(" (")[0] for line in done.stderr.splitlines() if "(over" in line] == [
        f"quotes: {file}: is more than can be kept"
    ]


ARTICLES = "".join(
    json.dumps({"id": str(number), "text": f"“Dam {number} leaks,” said Ana Roy."}) + "\n" for number in range(3)
)


PROGRAM = [sys.executable, str(Path(__file__).with_name("said_reader.py"))]
FROM_A_PIPE = [*PROGRAM, "extract", "-", "--input-format", "jsonl"]


@pytest.mark.parametrize("behind", ["", '{"id": "3", "text": "half a li', "no article at all\n"])
@pytest.mark.parametrize("jobs", [1, 2])
def test_what_came_before_a_pause_is_written_in_it(jobs: int, behind: str) -> None:
    """However few articles they are, and wherever the upstream stops, without ending."""
    with subprocess.Popen(
        [*FROM_A_PIPE, "--jobs", str(jobs)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdin
        assert process.stdout
        try:
            process.stdin.write((ARTICLES + behind).encode())
            process.stdin.flush()
            found = [json.loads(process.stdout.readline()) for _ in range(3)]
            assert process.poll() is None
            rest, said = process.communicate(ARTICLES.replace("Dam", "Weir").replace('"id": "', '"id": "1').encode())
        finally:
            process.kill()
    assert [record["text"] for record in found] == [f"Dam {number} leaks," for number in range(3)]
    assert [json.loads(line)["text"] for line in rest.splitlines()][-2:] == ["Weir 1 leaks,", "Weir 2 leaks,"]
    assert process.returncode == (1 if behind else 0)
    assert [line.partition(" is ")[0] for line in said.decode().splitlines()] == ["quotes: stdin: line 4:"] * bool(
        behind
    )


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_run_is_stopped_in_a_pause(jobs: int) -> None:
    with subprocess.Popen(
        [*FROM_A_PIPE, "--jobs", str(jobs)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdin
        assert process.stdout
        assert process.stderr
        try:
            process.stdin.write(ARTICLES.encode())
            process.stdin.flush()
            assert [process.stdout.readline() for _ in range(3)]
            process.send_signal(signal.SIGINT)
            assert process.wait(PATIENCE) == 130
            assert process.stderr.read().decode().strip() == "quotes: interrupted"
        finally:
            process.kill()


def silent(path: Path) -> None:
    os.mkfifo(path)


def half_a_line(path: Path) -> None:
    os.mkfifo(path)
    subprocess.Popen(["sh", "-c", f"exec > '{path}'; printf '{{\"half a line'; exec sleep 5"])


def zeros(path: Path) -> None:
    path.symlink_to("/dev/zero")


def articles_without_end(path: Path) -> None:
    os.mkfifo(path)
    subprocess.Popen(["sh", "-c", f"yes '{ARTICLES.splitlines()[0]}' > '{path}'"])


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (silent, "has said nothing for 1 seconds"),
        (half_a_line, "has said nothing for 1 seconds"),
        (zeros, "does not end within 1,000,000 bytes"),
        (articles_without_end, "is more than can be kept (over 50,000 bytes in all"),
    ],
)
def test_a_desk_opens_whatever_it_begins_with(tmp_path: Path, make: Callable[[Path], None], told: str) -> None:
    """The page says what was given up."""
    pytest.importorskip("uvicorn")
    pipe = tmp_path / "begin.jsonl"
    command = [*PROGRAM, "desk", "--no-open", str(pipe), *BOUNDS, "--max-kept-bytes", "50000"]
    make(pipe)
    with subprocess.Popen(command, stdout=subprocess.PIPE) as process:
        assert process.stdout
        try:
            address = process.stdout.readline().decode().strip()
            with urlopen(f"{address}articles") as answer:
                [read] = json.load(answer)
        finally:
            process.kill()
    assert [problem for problem in read["problems"] if problem.startswith(f"{pipe}: {told}")], read


@pytest.mark.parametrize("make", [os.mkfifo, lambda path: path.symlink_to("/dev/zero")], ids=["pipe", "device"])
@pytest.mark.parametrize("jobs", [1, 2])
def test_people_are_read_from_a_file(folder: Path, make: Callable[[Path], object], jobs: int) -> None:
    """Each process reads them, and so does what says whether a run goes on: a pipe gives them once."""
    people = folder / "people.csv"
    make(people)
    done = run("extract", folder / "articles", "--people", people, "--jobs", jobs, "-o", folder / "new.jsonl")
    assert done.exit_code == 2
    assert done.stderr == f"quotes: {people}: is a pipe or a device, and is read more than once: save it as a file\n"
    assert not (folder / "new.jsonl").exists()


def test_people_beyond_all_use_are_not_read(folder: Path) -> None:
    people = folder / "people.csv"
    people.touch()
    os.truncate(people, 2**40)  # of which nothing is on the disk
    done = run("extract", folder / "articles", "--people", people)
    assert done.exit_code == 2
    assert f"{people}: is too large (over {MOST_BYTES:,} bytes)" in done.stderr


def test_a_pipe_in_the_place_of_a_source_is_none(folder: Path) -> None:
    [text] = (folder / "texts").iterdir()
    text.unlink()
    os.mkfifo(text)
    done = run("validate", folder / "q.jsonl", "--against", folder / "texts")
    assert done.exit_code == 1
    assert done.stderr.splitlines()[0].endswith(f"$.document.path: no such file under {folder / 'texts'}")
    assert run("validate", folder / "q.jsonl", "--against", folder / "articles").exit_code == 0


def test_a_pipe_under_the_name_of_a_lost_journal_or_marker_is_not_waited_for(folder: Path) -> None:
    os.mkfifo(folder / "new.jsonl.lost.journal")
    done = run("extract", folder / "articles", "-o", folder / "new.jsonl", "--resume")
    assert done.exit_code == 1
    assert done.stderr == f"quotes: {folder / 'new.jsonl.lost.journal'}: is a link, or no file: remove it\n"
    os.mkfifo(folder / "other.jsonl.done")
    assert run("extract", folder / "articles", "-o", folder / "other.jsonl", "--shard", "1/1").exit_code == 0
    assert json.loads((folder / "other.jsonl.done").read_text("utf-8"))["shard"] == "1/1"
