"""What a killed run has left is not harmed by a run that ends before its first article: processes and signals as they
come, and files compared byte by byte."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from queue import Queue

import pytest

from quotes.interrupts import Stopped, stoppable
from quotes.reading.pauses import with_pauses
from quotes.types import Document

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks at open files, and waits at pipes")

PROGRAM = [sys.executable, str(Path(__file__).with_name("said_reader.py")), "extract"]
REAL_PROGRAM = [sys.executable, "-m", "quotes", "extract"]
PATIENCE = 120  # seconds
# So many, and so long, that some are done before all are read.
ARTICLES = 60
STORY = "“It leaks,” said Ana Roy. The weir above Weston is old, and nobody mends it.\n\n" * 30


@dataclass
class Case:
    """A command line over many articles and a pipe, which is where it is killed."""

    folder: Path
    jobs: int

    @property
    def first(self) -> Path:
        return self.folder / "first.txt"

    @property
    def output(self) -> Path:
        return self.folder / "out.jsonl"

    @property
    def pipe(self) -> Path:
        return self.folder / "last.txt"

    def left(self) -> dict[str, bytes]:
        """What lies beside the articles."""
        return {path.name: path.read_bytes() for path in self.folder.glob("out.jsonl*")}

    def arguments(self) -> list[str]:
        paths = [self.first, self.folder / "articles", self.pipe]
        return [*map(str, paths), "-o", str(self.output), "--jobs", str(self.jobs)]

    def start(self, *more: str, program: Sequence[str] = PROGRAM, **settings: str) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [*program, *self.arguments(), *more], stderr=subprocess.PIPE, env={**os.environ, **settings}
        )


def wait_for(what: Callable[[], object]) -> None:
    end = time.monotonic() + PATIENCE
    while not what():
        assert time.monotonic() < end
        time.sleep(0.02)


@contextmanager
def ended(process: subprocess.Popen[bytes]) -> Iterator[subprocess.Popen[bytes]]:
    """The process, killed behind the block if it has not ended."""
    with process:
        try:
            yield process
        finally:
            process.kill()


def has_open(process: subprocess.Popen[bytes], path: Path) -> bool:
    """Whether the process has this file open."""
    return path in _open_files(process)


def _open_files(process: subprocess.Popen[bytes]) -> Iterator[Path]:
    for file in list(Path(f"/proc/{process.pid}/fd").iterdir()):
        with suppress(FileNotFoundError):  # closed meanwhile
            yield file.readlink()


@pytest.fixture(autouse=True)
def hung_up() -> Iterator[None]:
    """What runs the tests may have told its children to ignore SIGHUP, as nohup does, and the program would obey."""
    before = signal.signal(signal.SIGHUP, signal.SIG_DFL)
    yield
    signal.signal(signal.SIGHUP, before)


@pytest.fixture
def killed(request: pytest.FixtureRequest, tmp_path: Path) -> Case:
    """What SIGKILL leaves of a run that has done some of its articles and waits for the last. Two processes where the
    test's parameter says so."""
    case = Case(tmp_path, getattr(request, "param", 1))
    (tmp_path / "articles").mkdir()
    case.first.write_text(STORY, "utf-8")
    for number in range(ARTICLES):
        (tmp_path / "articles" / f"{number:02}.txt").write_text(f"Dam {number}\n\n{STORY}", "utf-8")
    os.mkfifo(case.pipe)
    journal = tmp_path / "out.jsonl.journal"
    with ended(case.start()):
        wait_for(lambda: journal.exists() and journal.read_bytes().count(b"\n") > 5)
    assert set(case.left()) == {"out.jsonl.part", "out.jsonl.journal"}
    return case


def goes_on(case: Case) -> None:
    """With the last article there, the killed run is completed, and the bytes are those of one that nobody killed."""
    case.pipe.unlink()
    case.pipe.write_text(STORY, "utf-8")
    assert case.start("--resume").wait(PATIENCE) == 0
    whole = case.output.read_bytes()
    case.output.unlink()
    assert case.start().wait(PATIENCE) == 0
    assert case.output.read_bytes() == whole
    assert set(case.left()) == {"out.jsonl"}


@pytest.mark.parametrize(
    ("stop", "resume", "killed"),
    [
        (signal.SIGTERM, ["--resume"], 1),
        (signal.SIGINT, ["--resume"], 1),
        (signal.SIGHUP, ["--resume"], 1),
        (signal.SIGKILL, ["--resume"], 1),
        (signal.SIGTERM, ["--resume"], 2),
        (signal.SIGINT, ["--resume"], 2),
        (signal.SIGTERM, [], 1),
    ],
    indirect=["killed"],
)
def test_a_signal_before_the_first_article(killed: Case, stop: signal.Signals, resume: list[str]) -> None:
    before = killed.left()
    killed.first.rename(killed.folder / "aside.txt")
    os.mkfifo(killed.first)
    writer = os.open(killed.first, os.O_RDWR)  # so that it can be opened, and says nothing
    with ended(killed.start(*resume)) as process:
        wait_for(lambda: has_open(process, killed.first))
        process.send_signal(stop)
        code = process.wait(PATIENCE)
    os.close(writer)
    assert code == (-stop if stop == signal.SIGKILL else 128 + stop)
    assert killed.left() == before
    (killed.folder / "aside.txt").replace(killed.first)
    goes_on(killed)


class Finalized:
    """Asks the process to end while Python cannot tell anybody."""

    def __del__(self) -> None:
        os.kill(os.getpid(), signal.SIGTERM)


@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
def test_a_signal_that_python_loses_ends_a_wait_for_a_pipe() -> None:
    said: Queue[Document] = Queue()
    waiting = with_pauses(lambda *_: iter(said.get, Document("x", "")), print, print)
    with stoppable():
        assert next(waiting) is None
        last = [Finalized()]
        last.clear()
        with pytest.raises(Stopped):
            next(waiting)
    said.put(Document("x", ""))  # so that its thread ends


@pytest.mark.parametrize("resume", [["--resume"], []], ids=["resumed", "anew"])
def test_nowhere_to_keep_texts(killed: Case, resume: list[str]) -> None:
    before = killed.left()
    assert killed.start(*resume, "--save-text", str(killed.first / "texts")).wait(PATIENCE) in (1, 2)
    assert killed.left() == before
    goes_on(killed)


@pytest.mark.parametrize("resume", [["--resume"], []], ids=["resumed", "anew"])
def test_a_library_that_cannot_be_imported(killed: Case, resume: list[str]) -> None:
    before = killed.left()
    broken = killed.folder / "broken"
    broken.mkdir()
    (broken / "onnxruntime.py").write_text("raise ImportError('a shared library is missing')", "utf-8")
    path = os.pathsep.join(filter(None, (str(broken), os.environ.get("PYTHONPATH"))))
    assert killed.start(*resume, program=REAL_PROGRAM, PYTHONPATH=path).wait(PATIENCE) != 0
    assert killed.left() == before
    goes_on(killed)


@pytest.mark.parametrize("resume", [["--resume"], []], ids=["resumed", "anew"])
def test_articles_that_are_gone(killed: Case, resume: list[str]) -> None:
    before = killed.left()
    for name in ("first.txt", "articles", "last.txt"):
        (killed.folder / name).rename(killed.folder / f"aside {name}")
    assert killed.start(*resume).wait(PATIENCE) == 1
    assert killed.left() == before
    for name in ("first.txt", "articles", "last.txt"):
        (killed.folder / f"aside {name}").rename(killed.folder / name)
    goes_on(killed)
