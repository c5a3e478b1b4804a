"""A run that was stopped, however rudely, goes on: nothing done twice, lost or doubled, and the bytes are the same."""

from __future__ import annotations

import json
import os
import random
import signal
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from said_reader import FAILS, SaidReader

from quotes import pipeline
from quotes.attribution import attribute
from quotes.cli import main
from quotes.errors import OutputError, ResumeError
from quotes.marks import find_marks
from quotes.options import Options, RunOptions
from quotes.record import build_quotes
from quotes.types import Document, Quote, Resolved
from quotes.writing import open_writer

ARTICLES = 60
KILLS = 20


class Quick:
    """Extracts without a model, so that what stands around it can be killed and begun anew many times over."""

    model = "quick"

    def extract_batch(self, documents: Sequence[Document]) -> list[tuple[list[Quote], str | None]]:
        return [([], f"{one.id}: failed") if FAILS in one.text else (self.extract(one), None) for one in documents]

    def extract(self, document: Document) -> list[Quote]:
        time.sleep(0.005)
        attributions, _ = attribute(SaidReader(), document, find_marks(document.text))  # type: ignore[arg-type]
        return build_quotes(document, [], attributions, [Resolved(None)] * len(attributions))


@pytest.fixture(autouse=True, scope="module")
def quick() -> Iterator[None]:
    load, batch = pipeline.load, pipeline.BATCH
    pipeline.load = lambda options: Quick()  # type: ignore[assignment,return-value]
    pipeline.BATCH = 400
    yield
    pipeline.load, pipeline.BATCH = load, batch


def write_article(folder: Path, number: int) -> None:
    """Of different lengths; some without a quotation, some that fail."""
    said = f"“Dam {number} leaks,” said Ana Roy. It rained in Weston.\n" * (number % 5)
    (folder / f"{number:03}.txt").write_text(f"Dam {number}\n\n{said}{FAILS if number % 7 == 3 else ''}", "utf-8")


@pytest.fixture(scope="module")
def articles(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("articles")
    for number in range(ARTICLES):
        write_article(folder, number)
    return folder


@dataclass
class Run:
    """What a run said."""

    errors: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    done: list[tuple[str, bool]] = field(default_factory=list)

    @property
    def kept(self) -> int:
        return sum(before for _, before in self.done)


def run(
    folder: Path,
    output: Path,
    *,
    resume: bool = False,
    options: Options | None = None,
    on_done: Callable[[Document, bool], None] = lambda document, before: None,
) -> Run:
    told = Run()

    def done(document: Document, before: bool) -> None:
        told.done.append((document.id, before))
        on_done(document, before)

    pipeline.run(
        [folder],
        output,
        options or Options(),
        RunOptions(resume=resume),
        on_error=told.errors.append,
        on_warning=told.warnings.append,
        on_done=done,
    )
    return told


@pytest.fixture(scope="module")
def whole(articles: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[bytes, Run]:
    """What a run gives that nobody stops."""
    output = tmp_path_factory.mktemp("whole") / "out.jsonl"
    told = run(articles, output)
    assert len(told.done) == ARTICLES
    assert told.errors
    return output.read_bytes(), told


def killed(seconds: float, folder: Path, output: Path) -> None:
    """Run in a process of its own, and kill that after so long."""
    child = os.fork()
    if not child:
        try:
            run(folder, output, resume=True)
            os._exit(0)
        except BaseException:
            traceback.print_exc()
            os._exit(1)
    time.sleep(seconds)
    os.kill(child, signal.SIGKILL)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) in (-signal.SIGKILL, 0)


def test_a_killed_run_goes_on_where_it_was(articles: Path, whole: tuple[bytes, Run], tmp_path: Path) -> None:
    start = time.perf_counter()
    run(articles, tmp_path / "timed.jsonl")
    takes = time.perf_counter() - start
    chance, halfway = random.Random(5), 0
    for number in range(KILLS):
        output = tmp_path / f"{number}.jsonl"
        killed(chance.uniform(0, takes), articles, output)
        if number % 3 == 0:
            killed(chance.uniform(0, takes / 2), articles, output)
        stopped = not output.exists()
        told = run(articles, output, resume=True)
        assert output.read_bytes() == whole[0]
        assert [id for id, _ in told.done] == [id for id, _ in whole[1].done]
        assert told.errors == whole[1].errors
        halfway += stopped and 0 < told.kept < ARTICLES
    assert halfway > KILLS / 4
    assert {path.suffix for path in tmp_path.iterdir()} == {".jsonl"}


class Stop(BaseException):
    pass


def stop_after(count: int) -> Callable[[Document, bool], None]:
    def stop(_: Document, before: bool) -> None:
        nonlocal count
        count -= 1
        if count == 0:
            raise Stop

    return stop


@pytest.fixture
def stopped(articles: Path, tmp_path: Path) -> Path:
    """The output of a run that was stopped after 20 articles."""
    output = tmp_path / "out.jsonl"
    with pytest.raises(Stop):
        run(articles, output, on_done=stop_after(20))
    assert not output.exists()
    return output


def part(output: Path) -> Path:
    return output.with_name("out.jsonl.part")


def journal(output: Path) -> Path:
    return output.with_name("out.jsonl.journal")


def test_what_is_done_is_not_done_again(articles: Path, whole: tuple[bytes, Run], stopped: Path) -> None:
    assert run(articles, stopped, resume=True).kept == 20
    assert stopped.read_bytes() == whole[0]


def test_resuming_nothing_is_beginning(articles: Path, whole: tuple[bytes, Run], tmp_path: Path) -> None:
    output = tmp_path / "out.jsonl"
    output.write_text("old", encoding="utf-8")
    assert run(articles, output, resume=True).kept == 0
    assert output.read_bytes() == whole[0]
    assert [path.name for path in tmp_path.iterdir()] == ["out.jsonl"]


def unloadable(folder: Path, patch: pytest.MonkeyPatch) -> RunOptions:
    patch.setattr(pipeline, "load", lambda options: exec("import nothing_of_this_name"))
    return RunOptions()


def interrupted(folder: Path, patch: pytest.MonkeyPatch) -> RunOptions:
    patch.setattr(pipeline, "load", lambda options: signal.raise_signal(signal.SIGINT))
    return RunOptions()


def nowhere_to_keep_texts(folder: Path, patch: pytest.MonkeyPatch) -> RunOptions:
    return RunOptions(save_text=folder / "000.txt" / "texts")


def missing(folder: Path, patch: pytest.MonkeyPatch) -> RunOptions:
    folder.rename(folder.with_name("elsewhere"))
    return RunOptions()


FAILURES = [unloadable, interrupted, nowhere_to_keep_texts, missing]


@pytest.mark.parametrize(
    ("failure", "jobs"), [*product(FAILURES, [1]), *product([nowhere_to_keep_texts, missing], [2])]
)
@pytest.mark.parametrize("resume", [True, False])
def test_a_run_that_fails_before_its_first_article_takes_nothing_away(
    tmp_path: Path,
    failure: Callable[[Path, pytest.MonkeyPatch], RunOptions],
    jobs: int,
    resume: bool,
) -> None:
    folder, output = tmp_path / "articles", tmp_path / "out.jsonl"
    folder.mkdir()
    for number in range(ARTICLES):
        write_article(folder, number)
    with pytest.raises(Stop):
        run(folder, output, on_done=stop_after(20))
    left = part(output).read_bytes(), journal(output).read_bytes()
    with pytest.MonkeyPatch.context() as patch, pytest.raises(BaseException):  # noqa: B017
        how = replace(failure(folder, patch), resume=resume, jobs=jobs)
        pipeline.run([folder], output, Options(), how, on_error=lambda _: None, on_warning=lambda _: None)
    assert (part(output).read_bytes(), journal(output).read_bytes()) == left
    assert not output.exists()
    if failure is missing:
        (tmp_path / "elsewhere").rename(folder)
    assert run(folder, output, resume=True).kept == 20


@pytest.mark.parametrize("format", ["jsonl", "csv", "html"])
@pytest.mark.parametrize("failure", FAILURES)
def test_a_finished_output_is_never_replaced_by_nothing(
    tmp_path: Path, failure: Callable[[Path, pytest.MonkeyPatch], RunOptions], format: str
) -> None:
    folder, output = tmp_path / "articles", tmp_path / f"out.{format}"
    folder.mkdir()
    write_article(folder, 0)
    write_article(folder, 1)
    run(folder, output)
    before = output.read_bytes()
    with pytest.MonkeyPatch.context() as patch, pytest.raises(BaseException):  # noqa: B017
        how = failure(folder, patch)
        pipeline.run([folder], output, Options(), how, on_error=lambda _: None, on_warning=lambda _: None)
    assert output.read_bytes() == before
    assert {path.name for path in tmp_path.iterdir()} <= {output.name, "articles", "elsewhere"}


def test_nothing_read_is_nothing_written(tmp_path: Path) -> None:
    told = CliRunner().invoke(main, ["extract", str(tmp_path / "gone.txt"), "-o", str(tmp_path / "out.jsonl")])
    assert told.exit_code == 1
    assert told.stderr.splitlines()[-1] == f"quotes: {tmp_path / 'out.jsonl'}: is not written: no article was read"
    assert list(tmp_path.iterdir()) == []
    (tmp_path / "empty.jsonl").write_text("", encoding="utf-8")
    assert CliRunner().invoke(main, ["extract", str(tmp_path), "-o", str(tmp_path / "out.csv")]).exit_code == 0


def cut(path: Callable[[Path], Path], size: int) -> Callable[[Path], object]:
    return lambda output: os.truncate(path(output), path(output).stat().st_size - size)


def append(path: Callable[[Path], Path], data: bytes) -> Callable[[Path], object]:
    return lambda output: path(output).write_bytes(path(output).read_bytes() + data)


def alter(path: Callable[[Path], Path], place: float) -> Callable[[Path], object]:
    """Flip a bit, so far along the file."""

    def change(output: Path) -> None:
        data = bytearray(path(output).read_bytes())
        data[int(len(data) * place)] ^= 1
        path(output).write_bytes(data)

    return change


def crafted(change: Callable[[list[Any]], object]) -> Callable[[Path], object]:
    """Lines that look like entries of the journal."""

    def write(output: Path) -> None:
        head, *lines = journal(output).read_text("utf-8").splitlines()
        entries = [json.dumps(change(json.loads(line))) for line in lines]
        journal(output).write_text("\n".join([head, *entries, ""]), "utf-8")

    return write


@pytest.mark.parametrize(
    ("damage", "least", "most"),
    [
        (append(part, b'{"a half li'), 20, 20),
        (append(part, b"\0" * 10_000), 20, 20),
        (append(journal, b'["a half li'), 20, 20),
        (append(journal, b'{}\n[1]\n"x"\n'), 20, 20),
        (append(journal, b"[" * 100_000 + b"\n"), 20, 20),
        (crafted(lambda entry: [entry[0], -5, 0, [], False]), 0, 0),
        (crafted(lambda entry: [entry[0], 1e300, 0, [], False]), 0, 0),
        (crafted(lambda entry: [entry[0], "5", 0, [], False]), 0, 0),
        (crafted(lambda entry: [entry[0], 0, 0, "went wrong", False]), 0, 0),
        (crafted(lambda entry: [entry[0], 0, 0, [{}], False]), 0, 0),
        (crafted(lambda entry: [entry[0], 0, 0, [], [[]]]), 0, 0),
        (crafted(lambda entry: [[], *entry[1:]]), 0, 0),
        (cut(part, 1), 15, 19),
        (cut(journal, 1), 19, 19),
        (alter(part, 0.5), 5, 15),
        (alter(journal, 0.5), 5, 15),
        (lambda output: part(output).unlink(), 0, 1),
        (lambda output: journal(output).unlink(), 0, 0),
        (lambda output: journal(output).write_bytes(b""), 0, 0),
        (lambda output: part(output).write_bytes(b""), 0, 1),
    ],
)
def test_only_what_is_whole_is_kept(
    articles: Path,
    whole: tuple[bytes, Run],
    stopped: Path,
    damage: Callable[[Path], object],
    least: int,
    most: int,
) -> None:
    damage(stopped)
    assert least <= run(articles, stopped, resume=True).kept <= most
    assert stopped.read_bytes() == whole[0]


@pytest.mark.parametrize(
    ("change", "kept"),
    [
        (lambda folder: (folder / "010.txt").unlink(), 10),
        (lambda folder: (folder / "0095.txt").write_text("“New,” said Bo Li.\n"), 10),
        (lambda folder: (folder / "010.txt").write_text("“Changed,” said Bo Li.\n"), 10),
        (lambda folder: (folder / "059.txt").unlink(), 20),
        (lambda folder: [path.unlink() for path in folder.glob("*.txt") if path.name > "006"], 6),
    ],
)
def test_articles_that_changed_are_done_anew_with_all_after_them(
    tmp_path: Path, change: Callable[[Path], object], kept: int
) -> None:
    folder = tmp_path / "articles"
    folder.mkdir()
    for number in range(ARTICLES):
        write_article(folder, number)
    output = tmp_path / "out.jsonl"
    with pytest.raises(Stop):
        run(folder, output, on_done=stop_after(20))
    change(folder)
    assert run(folder, output, resume=True).kept == kept
    run(folder, tmp_path / "fresh.jsonl")
    assert output.read_bytes() == (tmp_path / "fresh.jsonl").read_bytes()


def test_other_options_do_not_mix_with_what_is_there(articles: Path, stopped: Path) -> None:
    before = part(stopped).read_bytes()
    with pytest.raises(ResumeError, match="was begun with other options"):
        run(articles, stopped, resume=True, options=Options(types="all"))
    assert part(stopped).read_bytes() == before
    assert run(articles, stopped, resume=True).kept == 20


def test_without_resume_all_is_done_anew_and_said(articles: Path, whole: tuple[bytes, Run], stopped: Path) -> None:
    told = run(articles, stopped)
    assert [warning.partition(": ")[2] for warning in told.warnings] == [
        "is what a stopped run left, now written anew (--resume goes on with such work)"
    ]
    assert stopped.read_bytes() == whole[0]


def test_two_runs_never_write_one_file(articles: Path, tmp_path: Path) -> None:
    output = tmp_path / "out.jsonl"
    with open_writer(output), pytest.raises(OutputError, match=r"out\.jsonl: is being written by another run"):
        run(articles, output, resume=True)


@pytest.mark.parametrize("output", [None, Path(os.devnull)])
def test_what_cannot_be_resumed_says_so(articles: Path, output: Path | None) -> None:
    with pytest.raises(ResumeError, match="give a file"):
        run(articles, output, resume=True)  # type: ignore[arg-type]
