"""Shards together are the whole run: each article is in exactly one, and a marker says which outputs are whole."""

from __future__ import annotations

import csv
import gzip
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import regex
from click.testing import CliRunner, Result
from hypothesis import given
from hypothesis import strategies as st
from said_reader import FAILS, SaidReader

from quotes import pipeline
from quotes.cli import main
from quotes.pipeline import Extractor
from quotes.reading import count_documents
from quotes.shards import Shard

STORY = "The dam in Weston is old. “It leaks,” said Ana Roy.\n\n“Où est l’eau ?” said Bé. It rained all of Monday.\n"


@pytest.fixture(autouse=True, scope="module")
def loaded_once() -> Iterator[None]:
    load, extractor = pipeline.load, Extractor(pipeline.DEFAULTS, SaidReader())  # type: ignore[arg-type]
    pipeline.load = lambda options: extractor
    yield
    pipeline.load = load


def quotes(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments], prog_name="quotes")


def numbered(number: int) -> str:
    return STORY.replace("Weston", f"Weston {number}")


@pytest.fixture
def articles(tmp_path: Path) -> Path:
    """Files of one article, and tables of several: with ids, without, and with one id for two."""
    folder = tmp_path / "articles"
    folder.mkdir()
    for number in range(12):
        (folder / f"{number}.txt").write_text(numbered(number), encoding="utf-8")
    with gzip.open(folder / "table.csv.gz", "wt", encoding="utf-8", newline="") as table:
        csv.writer(table).writerows([("id", "text"), *((f"k{n % 7}", numbered(100 + n)) for n in range(8))])
    lines = [json.dumps({"text": numbered(200 + n)}) for n in range(8)]
    (folder / "lines.jsonl").write_text("\n".join(lines), encoding="utf-8")
    return folder


def shard(articles: Path, folder: Path, number: int, count: int, *arguments: object) -> list[str]:
    """The lines of one shard."""
    output = folder / f"{number}.jsonl"
    result = quotes("extract", articles, "--shard", f"{number}/{count}", "-o", output, *arguments)
    assert result.exit_code == 0, result.output
    return output.read_text(encoding="utf-8").splitlines()


def marker(output: Path) -> dict[str, object]:
    found: dict[str, object] = json.loads(output.with_name(f"{output.name}.done").read_text(encoding="utf-8"))
    return found


def ids(lines: list[str]) -> set[str]:
    return {json.loads(line)["document"]["id"] for line in lines}


@pytest.mark.parametrize("count", [1, 2, 5, 40])
def test_shards_together_are_the_plain_run(articles: Path, tmp_path: Path, count: int) -> None:
    plain = quotes("extract", articles).stdout.splitlines()
    parts = [shard(articles, tmp_path, number, count) for number in range(1, count + 1)]
    assert len(ids(plain)) == 28
    assert sorted(line for part in parts for line in part) == sorted(plain)
    assert sum(len(ids(part)) for part in parts) == 28
    assert sum(int(str(marker(tmp_path / f"{number}.jsonl")["articles"])) for number in range(1, count + 1)) == 28


def test_a_shard_is_in_the_order_of_the_plain_run(articles: Path, tmp_path: Path) -> None:
    plain, part = quotes("extract", articles).stdout.splitlines(), shard(articles, tmp_path, 1, 3)
    assert part == [line for line in plain if line in part]


def test_files_that_are_added_leave_the_others_where_they_are(articles: Path, tmp_path: Path) -> None:
    before = [ids(shard(articles, tmp_path, number, 4)) for number in range(1, 5)]
    for name in ("0a.txt", "00.txt", "5b.txt"):
        (articles / name).write_text(numbered(7), encoding="utf-8")
    (articles / "0.txt").unlink()
    after = [ids(shard(articles, tmp_path, number, 4)) for number in range(1, 5)]
    assert [one - {"0a.txt", "00.txt", "5b.txt"} for one in after] == [one - {"0.txt"} for one in before]


def test_a_file_of_one_article_is_opened_by_its_own_shard_alone(tmp_path: Path) -> None:
    """Its problem is told once; that of a file with several articles, whose shards nobody knows, by all."""
    (tmp_path / "empty.txt").touch()
    (tmp_path / "broken.jsonl").write_text("{", encoding="utf-8")
    told = [quotes("extract", tmp_path, "--shard", f"{number}/5").stderr for number in range(1, 6)]
    assert sum("empty.txt" in one for one in told) == 1
    assert sum("broken.jsonl" in one for one in told) == 5


def test_the_bar_counts_the_articles_of_the_shard(tmp_path: Path) -> None:
    for number in range(20):
        (tmp_path / f"{number}.txt").write_text(STORY, encoding="utf-8")
    counts = [count_documents([tmp_path], shard=Shard(number, 3)) or 0 for number in range(1, 4)]
    assert sum(counts) == 20
    assert all(0 < count < 20 for count in counts)


# --- the marker ------------------------------------------------------------------------------------------------------


def test_the_marker_says_what_was_done(articles: Path, tmp_path: Path) -> None:
    (articles / "odd.txt").write_text(FAILS, encoding="utf-8")
    output = tmp_path / "out.jsonl"
    assert quotes("extract", articles, "--shard", "1/1", "-o", output).exit_code == 1
    assert marker(output) == {"shard": "1/1", "articles": 29, "problems": 1}
    assert {path.name for path in tmp_path.iterdir()} == {"articles", "out.jsonl", "out.jsonl.done"}


def test_there_is_no_marker_without_a_shard_or_a_file(articles: Path, tmp_path: Path) -> None:
    assert quotes("extract", articles, "-o", tmp_path / "out.jsonl").exit_code == 0
    assert quotes("extract", articles, "--shard", "1/2").exit_code == 0
    assert quotes("extract", articles, "--shard", "1/2", "-o", "/dev/null").exit_code == 0
    assert not [*tmp_path.glob("*.done"), *Path("/dev").glob("*.done")]


def test_a_folder_gets_a_marker_too(articles: Path, tmp_path: Path) -> None:
    output = tmp_path / "out.brat"
    assert quotes("extract", articles, "--shard", "1/2", "-o", output).exit_code == 0
    assert marker(output)["shard"] == "1/2"


def test_a_stopped_run_has_no_marker_and_goes_on(
    articles: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Not even that of the run before."""
    whole = shard(articles, tmp_path, 1, 2)
    output = tmp_path / "1.jsonl"
    with monkeypatch.context() as patched:
        patched.setattr(pipeline, "BATCH", 100)
        patched.setattr(pipeline, "_outcome", _stopping_after(5))
        assert quotes("extract", articles, "--shard", "1/2", "-o", output).exit_code == 130
    assert not (tmp_path / "1.jsonl.done").exists()
    other = quotes("extract", articles, "--shard", "1/3", "-o", output, "--resume")
    assert (other.exit_code, "other options" in other.stderr) == (1, True)
    assert shard(articles, tmp_path, 1, 2, "--resume") == whole
    assert marker(output)["articles"] == len(ids(whole))


def _stopping_after(count: int) -> object:
    outcome = pipeline._outcome

    def stop(*arguments: object) -> object:
        nonlocal count
        count -= 1
        if count < 0:
            raise KeyboardInterrupt
        return outcome(*arguments)  # type: ignore[arg-type]

    return stop


def test_two_shards_do_not_go_into_one_file(articles: Path, tmp_path: Path) -> None:
    lines = shard(articles, tmp_path, 1, 2)
    result = quotes("extract", articles, "--shard", "2/2", "-o", tmp_path / "1.jsonl")
    assert result.exit_code == 1
    assert "holds shard 1/2: name another file for 2/2" in result.stderr
    assert (tmp_path / "1.jsonl").read_text(encoding="utf-8").splitlines() == lines


@pytest.mark.parametrize("broken", ["", "{", "[1]", '"x"', "{}", "null", "\0\xff"])
def test_a_broken_marker_is_written_anew(articles: Path, tmp_path: Path, broken: str) -> None:
    (tmp_path / "1.jsonl.done").write_text(broken, encoding="latin-1")
    shard(articles, tmp_path, 1, 2)
    assert marker(tmp_path / "1.jsonl")["shard"] == "1/2"


# --- scripts ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def place(articles: Path, tmp_path: Path) -> Path:
    """A folder with the articles and, on its own path, the program."""
    (tmp_path / "bin").mkdir()
    program = tmp_path / "bin" / "quotes"
    reader = Path(__file__).with_name("said_reader.py")
    program.write_text(
        f'#!/bin/sh\necho "$@" >> {tmp_path}/calls\nexec {sys.executable} {reader} "$@"\n', encoding="utf-8"
    )
    program.chmod(0o755)
    return tmp_path


def run_shown(name: str, place: Path, **variables: str) -> None:
    """Run a block of docs/cluster.md."""
    page = Path(__file__).resolve().parent.parent / "docs" / "cluster.md"
    block = regex.search(rf"<!-- run: {name} -->\n```bash\n(.*?)```", page.read_text(encoding="utf-8"), regex.DOTALL)
    assert block
    environment = {**os.environ, **variables, "PATH": f"{place / 'bin'}:{os.environ['PATH']}"}
    subprocess.run(["bash", "-euc", block[1]], cwd=place, env=environment, check=True)


def test_the_xargs_of_the_page_does_all_and_only_what_is_not_done(articles: Path, place: Path) -> None:
    run_shown("xargs", place)
    plain = quotes("extract", articles).stdout.splitlines()
    found = [json.loads(line) for line in (place / "quotes.jsonl").read_text(encoding="utf-8").splitlines()]
    assert sorted(record["id"] for record in found) == sorted(json.loads(line)["id"] for line in plain)
    (place / "parts" / "2.jsonl.done").unlink()
    run_shown("xargs", place)
    calls = (place / "calls").read_text(encoding="utf-8").splitlines()
    assert sorted(calls[:2])[0].startswith("extract articles/ --shard 1/2")
    assert [call.split()[3] for call in calls[2:]] == ["2/2"]


def test_the_array_job_of_the_page_does_its_shard(place: Path) -> None:
    array = {"SLURM_ARRAY_TASK_ID": "3", "SLURM_ARRAY_TASK_COUNT": "4"}
    run_shown("slurm", place, **array)
    assert marker(place / "parts" / "3.jsonl")["shard"] == "3/4"
    run_shown("slurm", place, **array)
    assert len((place / "calls").read_text(encoding="utf-8").splitlines()) == 1


# --- the parts -------------------------------------------------------------------------------------------------------


@given(st.text(), st.integers(1, 1000))
def test_each_id_is_in_exactly_one_shard(id: str, count: int) -> None:
    assert sum(Shard(number, count).holds(id) for number in range(1, count + 1)) == 1


def test_ids_are_where_they_have_always_been() -> None:
    """A run of two versions on two machines would else lose articles."""
    assert "".join(id for id in "abcdefghijklmnop" if Shard(2, 3).holds(id)) == "abklnop"


def test_shards_are_about_as_large_as_each_other() -> None:
    sizes = [sum(Shard(number, 10).holds(f"news/{n}.txt") for n in range(5000)) for number in range(1, 11)]
    assert max(sizes) < 600 and min(sizes) > 400


@pytest.mark.parametrize(
    "wrong", ["", "3", "0/3", "4/3", "1/0", "-1/3", "1/3/5", "a/b", "1 / 3", "٣/٤", "1/99999999999"]
)
def test_what_is_no_shard_is_refused(wrong: str) -> None:
    with pytest.raises(ValueError, match="is no shard; give K/N"):
        Shard.parse(wrong)
    result = quotes("extract", "--shard", wrong, "x")
    assert (result.exit_code, result.stdout) == (2, "")
    assert "is no shard" in result.stderr
