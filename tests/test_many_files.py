"""Many files on the command line: read as they are told to be, checked against kept texts, worked on together."""

from __future__ import annotations

import csv
import gzip
import json
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import regex
from click.testing import CliRunner, Result
from said_reader import FAILS, KILLS, SaidReader

from quotes import pipeline, validate
from quotes.cli import main
from quotes.nlp import bounded_memory, load_pipeline
from quotes.pipeline import Extractor
from quotes.reading import ReadOptions, count_documents
from quotes.texts import save_text, saved_text

STORY = "The dam in Weston is old. “It leaks,” said Ana Roy.\n\n“Où est l’eau ?” said Bé. It rained all of Monday.\n"
PAGE = (
    "<html><head><title>The dam</title></head><body><nav>Home</nav><article><h1>The dam</h1>"
    + "".join(
        f"<p>{line} It is the oldest in the county, and nobody has looked at it.</p>" for line in STORY.split("\n\n")
    )
    + "</article></body></html>"
)
PROGRAM = [sys.executable, str(Path(__file__).with_name("said_reader.py"))]


@pytest.fixture(autouse=True, scope="module")
def loaded_once() -> Iterator[Extractor]:
    load = pipeline.load
    extractor = Extractor(pipeline.DEFAULTS, SaidReader())  # type: ignore[arg-type]
    pipeline.load = lambda options: extractor
    yield extractor
    pipeline.load = load


def quotes(*arguments: object) -> Result:
    """Run within this process."""
    return CliRunner().invoke(main, [str(argument) for argument in arguments], prog_name="quotes")


def spawn(*arguments: object) -> subprocess.Popen[bytes]:
    """Run as a program of its own."""
    return subprocess.Popen([*PROGRAM, *map(str, arguments)], stdout=subprocess.PIPE, stderr=subprocess.PIPE)


def numbered(number: int) -> str:
    return STORY.replace("Weston", f"Weston {number}")


# --- what is read, and kept ------------------------------------------------------------------------------------------


@pytest.fixture
def mixed(tmp_path: Path) -> Path:
    """Pages and tables, their columns named otherwise than usual."""
    folder = tmp_path / "mixed"
    folder.mkdir()
    (folder / "page.html").write_text(PAGE, encoding="utf-8")
    (folder / "odd.txt").write_bytes(
        b"\xef\xbb\xbf" + STORY.replace("\n", "\r\n").encode("utf-16-le").decode("utf-16-le").encode()
    )
    with gzip.open(folder / "table.csv.gz", "wt", encoding="utf-8", newline="") as table:
        writer = csv.writer(table)
        writer.writerows([("key", "wording", "by"), *((f"k{n}", numbered(n), "Jo Lee") for n in range(3))])
    lines = [json.dumps({"key": f"../{n}\0", "wording": numbered(9 - n)}) for n in range(3)]
    (folder / "lines.jsonl").write_text("\n".join(lines), encoding="utf-8")
    return folder


FIELDS = ("--text-field", "wording", "--id-field", "key", "--author-field", "by")


def test_what_a_table_calls_its_columns_is_told(mixed: Path) -> None:
    result = quotes("extract", mixed / "table.csv.gz", *FIELDS)
    assert (result.exit_code, result.stderr) == (0, "")
    records = [json.loads(line) for line in result.stdout.splitlines()]
    assert {record["document"]["id"] for record in records} == {f"table.csv.gz#k{n}" for n in range(3)}
    assert {record["document"]["author"] for record in records} == {"Jo Lee"}


def test_an_error_names_the_option_that_mends_it(mixed: Path) -> None:
    result = quotes("extract", mixed / "table.csv.gz", mixed / "odd.txt", "--max-bytes", "50")
    assert result.exit_code == 1
    assert "--max-bytes" in result.stderr
    assert "(name it: --text-field)" in quotes("extract", mixed / "table.csv.gz").stderr


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["extract", "--input-format", "doc", "x"], "'doc' is not read; choose from csv, docx,"),
        (["extract", "--max-bytes", "0", "x"], "0 is not in the range"),
        (["extract", "--jobs", "0", "x"], "0 is not in the range"),
        (["extract", "--resume", "x"], "name it with -o FILE"),
    ],
)
def test_usage_errors_say_what_is_wrong(arguments: list[str], reason: str) -> None:
    result = quotes(*arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert reason in " ".join(result.stderr.split())


def test_help_shows_the_defaults_of_reading() -> None:
    for command in ("review", "desk"):
        shown = " ".join(quotes(command, "--help").stdout.split())
        for name in ReadOptions.__dataclass_fields__:
            default = getattr(ReadOptions(), name)
            assert default is None or regex.search(rf"\[default: {default}[];]", shown), name


def test_kept_texts_prove_every_span(mixed: Path, tmp_path: Path) -> None:
    pytest.importorskip("trafilatura")
    output, texts = tmp_path / "out.jsonl", tmp_path / "new" / "texts"
    assert quotes("extract", mixed, *FIELDS, "-o", output, "--save-text", texts).exit_code == 0
    records = [json.loads(line) for line in output.open(encoding="utf-8")]
    assert len({record["document"]["id"] for record in records}) == 8
    assert {path.name for path in texts.iterdir()} == {f"{record['document']['sha256']}.txt" for record in records}
    for record in records:
        text = (texts / f"{record['document']['sha256']}.txt").read_bytes().decode("utf-8")
        assert all(text[span["start"] : span["end"]] == span["text"] for span in record["content"]["spans"])
    assert quotes("validate", output, "--against", texts).exit_code == 0
    assert quotes("validate", output, "--against", mixed, *FIELDS).exit_code == 0
    assert quotes("validate", output, "--against", mixed).exit_code == 1


def test_a_kept_text_that_was_changed_proves_nothing(loaded_once: Extractor, tmp_path: Path) -> None:
    [quote, *_] = loaded_once.extract(STORY)
    document = quote.document
    save_text(tmp_path, document)
    assert saved_text(tmp_path, document.sha256) == STORY
    path = tmp_path / f"{document.sha256}.txt"
    path.write_text(STORY.replace("leaks", "holds"), encoding="utf-8")
    assert saved_text(tmp_path, document.sha256) is None
    assert saved_text(tmp_path, "0" * 64) is None


@pytest.mark.parametrize("keeps", [1, 10**6])
def test_records_in_any_order_find_their_article(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, keeps: int) -> None:
    monkeypatch.setattr(validate, "KEPT", keeps)
    table, output = tmp_path / "in.jsonl", tmp_path / "out.jsonl"
    table.write_text("".join(json.dumps({"id": n, "text": numbered(n)}) + "\n" for n in range(9)), encoding="utf-8")
    lines = quotes("extract", table).stdout.splitlines()
    random.Random(1).shuffle(lines)
    changed = json.loads(lines[0])
    changed["document"]["sha256"] = "0" * 64
    output.write_text("\n".join([*lines, json.dumps(changed), lines[3]]), encoding="utf-8")
    result = quotes("validate", output, "--against", tmp_path)
    found = result.stderr.splitlines()
    assert all(":19: " in line for line in found[:-1])
    assert "$.document.sha256: the source has changed" in found[0]


def test_articles_are_counted_where_files_tell(mixed: Path) -> None:
    assert count_documents([mixed / "page.html", mixed / "odd.txt", mixed / "none.txt"]) == 3
    assert count_documents([mixed]) is None
    assert count_documents([mixed], ReadOptions(format="txt")) == 4


# --- spaCy's memory --------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def with_spacy() -> Extractor:
    return Extractor(pipeline.DEFAULTS, SaidReader(), load_pipeline())  # type: ignore[arg-type]


@pytest.mark.parametrize("failure", [ValueError, KeyboardInterrupt, GeneratorExit])
def test_memory_is_in_order_after_a_failure(
    with_spacy: Extractor, monkeypatch: pytest.MonkeyPatch, failure: type[BaseException]
) -> None:
    monkeypatch.setattr("quotes.nlp.pipeline.KEPT_WORDS", 0)
    vocab, before = with_spacy.nlp.vocab, with_spacy.extract(STORY)
    words = len(vocab.strings)

    def stumble(*_: object) -> Any:
        raise failure("here")

    with monkeypatch.context() as broken:
        broken.setattr(pipeline, "resolve", stumble)
        with pytest.raises(failure, match="here"):
            with_spacy.extract(STORY + "Ixquick zalmoxic brouhahas.")
    assert not vocab.in_memory_zone
    assert len(vocab.strings) == words
    assert with_spacy.extract(STORY) == before


def test_words_stay_known_until_there_are_many(with_spacy: Extractor, monkeypatch: pytest.MonkeyPatch) -> None:
    vocab = with_spacy.nlp.vocab
    with_spacy.extract("Quixotry zyzzyvas.")
    assert "zyzzyvas" in vocab.strings
    monkeypatch.setattr("quotes.nlp.pipeline.KEPT_WORDS", len(vocab))
    with_spacy.extract("Quixotry xerophagy.")
    assert "xerophagy" not in vocab.strings


def test_what_is_raised_in_bounded_memory_comes_out(with_spacy: Extractor) -> None:
    with pytest.raises(RuntimeError, match="mine"), bounded_memory(with_spacy.nlp):
        raise RuntimeError("mine")


# --- processes -------------------------------------------------------------------------------------------------------


@pytest.fixture
def many(tmp_path: Path) -> Path:
    """Several batches of articles."""
    folder = tmp_path / "many"
    folder.mkdir()
    for number in range(40):
        (folder / f"{number:02}.txt").write_text(numbered(number) * (1 + number % 17), encoding="utf-8")
    (folder / "41.txt").write_text(FAILS, encoding="utf-8")
    return folder


def test_any_number_of_processes_gives_the_same_bytes(many: Path) -> None:
    alone = quotes("extract", many)
    assert alone.exit_code == 1
    for jobs in (2, 3):
        out, err = (process := spawn("extract", many, "--jobs", jobs)).communicate(timeout=120)
        assert process.returncode == 1
        assert out == alone.stdout_bytes
        assert err.decode() == alone.stderr


def test_an_article_that_kills_its_process_is_named_and_the_others_are_written(many: Path, tmp_path: Path) -> None:
    (many / "41.txt").unlink()
    whole = quotes("extract", many).stdout_bytes
    (many / "20a.txt").write_text(KILLS, encoding="utf-8")
    output = tmp_path / "out.jsonl"
    _, err = (process := spawn("extract", many, "--jobs", 2, "-o", output)).communicate(timeout=120)
    assert process.returncode == 1
    assert err.decode().splitlines() == [
        f"quotes: {many / '20a.txt'}: lost: its worker was killed, as a system does that runs out of memory "
        "(fewer --jobs need less)",
        f"quotes: {output}: lacks the articles that were lost (1); --resume tries them again",
    ]
    assert output.read_bytes() == whole


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_a_run_of_several_processes_is_stopped_and_goes_on(many: Path, tmp_path: Path, number: signal.Signals) -> None:
    for number_of_file in range(100, 180):
        (many / f"{number_of_file}.txt").write_text(numbered(number_of_file) * 5, encoding="utf-8")
    output = tmp_path / "out.jsonl"
    process = spawn("extract", many, "--jobs", 2, "-o", output)
    part = tmp_path / "out.jsonl.part"
    while not part.exists() or not part.stat().st_size:
        assert process.poll() is None
        time.sleep(0.01)
    workers = children(process.pid)
    process.send_signal(number)
    _, err = process.communicate(timeout=120)
    assert process.returncode == {signal.SIGINT: 130, signal.SIGTERM: 143, signal.SIGKILL: -9}[number]
    assert not output.exists()
    if number != signal.SIGKILL:
        assert b"Traceback" not in err
        assert b"--resume goes on with it" in err
        assert all(json.loads(line) for line in part.open(encoding="utf-8"))
    for _ in range(1000):
        if not any(Path(f"/proc/{worker}").exists() for worker in workers):
            break
        time.sleep(0.02)
    else:
        pytest.fail("workers live on")
    assert quotes("extract", many, "-o", output, "--resume").exit_code == 1
    assert output.read_bytes() == quotes("extract", many).stdout_bytes
    assert {path.name for path in tmp_path.iterdir()} == {"many", "out.jsonl"}


def children(pid: int) -> list[int]:
    return [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
