"""A large archive that is read in one run, stopped now and then: nothing lost or doubled, and memory stays flat.

    python benchmarks/archive.py [--articles 100000] [--words 300] [--jobs 2] [--kills 2] [--alike 1000]

The articles are those of `memory.py`, in one file. `quotes extract --type all --resume` reads them in processes of its
own; all of them are killed (SIGKILL) where a third of the articles is done, and where two thirds are, and the same line
is given again. Then every article must have its records, in the order of the file, and the first `--alike` articles
those that a run over them alone in one process gives, byte for byte. Printed is for each run how many articles were
done when it ended, its seconds on the clock and of the processors, and the largest process in its first tenth and in
all, in MiB; then words a second, and what a million articles of 600 words take at that pace; last, how many times as
fast `--jobs` processes read the first `--alike` articles as one process does: of nothing else on the machine.
"""

from __future__ import annotations

import argparse
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import groupby, islice
from pathlib import Path

from measuring import ONE_THREAD
from memory import a_million, archive_parser, articles

TABLE, OUTPUT = "articles.jsonl", "out.jsonl"
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass
class Watched:
    """What was seen of a run's processes: by their ids seconds of the processor; MiB of the largest at each look."""

    processor: dict[int, float] = field(default_factory=dict)
    memory: list[float] = field(default_factory=list)

    def look(self, group: int) -> None:
        sizes = [0.0]
        for stat in Path("/proc").glob("[0-9]*/stat"):
            try:
                fields = stat.read_text().rpartition(")")[2].split()
                if int(fields[2]) == group:
                    self.processor[int(stat.parent.name)] = (int(fields[11]) + int(fields[12])) / TICKS
                    sizes.append(int(fields[21]) * os.sysconf("SC_PAGESIZE") / 2**20)
            except OSError:  # has ended meanwhile
                continue
        self.memory.append(max(sizes))


def main() -> None:
    arguments = _arguments()
    with tempfile.TemporaryDirectory() as folder:
        many, few = Path(folder) / "all", Path(folder) / "alike"
        words = _write(articles(arguments.articles, arguments.words), many)
        _write(articles(arguments.alike, arguments.words), few)
        seconds = 0.0
        for number in range(1, arguments.kills + 2):
            most = arguments.articles * number // (arguments.kills + 1) if number <= arguments.kills else sys.maxsize
            seconds += _run(_command(arguments, arguments.jobs), many, most)
        _check(many / OUTPUT, arguments.articles)
        one = _run(_command(arguments, 1), few, sys.maxsize)
        _check_alike(many / OUTPUT, few / OUTPUT)
        (few / OUTPUT).unlink()
        several = _run(_command(arguments, arguments.jobs), few, sys.maxsize)
        size = (many / OUTPUT).stat().st_size
    rate = words / seconds
    print(f"{words:,} words, {size / 2**20:,.0f} MiB of records, {rate:,.0f} words/s with {arguments.jobs} jobs")
    print(a_million(words, seconds, size))
    print(f"the first {arguments.alike:,} with {arguments.jobs} jobs: {one / several:.2f} times as fast as with one")


def _arguments() -> argparse.Namespace:
    parser = archive_parser(__doc__)
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--kills", type=int, default=2)
    parser.add_argument("--alike", type=int, default=1000)
    parser.add_argument("--python", default=sys.executable, help="of the environment where quotes is installed")
    return parser.parse_args()


def _command(arguments: argparse.Namespace, jobs: int) -> list[str]:
    how = ["--type", "all", "--jobs", str(jobs), "--resume", "-q"]
    return [arguments.python, "-m", "quotes", "extract", *how, "-o", OUTPUT, TABLE]


def _write(texts: Iterator[str], folder: Path) -> int:
    """Write the articles to a new folder; how many words they have."""
    words = 0
    folder.mkdir()
    with (folder / TABLE).open("w", encoding="utf-8") as lines:
        for number, text in enumerate(texts):
            words += len(text.split())
            lines.write(json.dumps({"id": number, "text": text}) + "\n")
    return words


def _run(command: list[str], folder: Path, most: int) -> float:
    """Run in `folder` until the end, or until `most` articles are done, and tell how it went; the seconds it took."""
    begin, watched, done = time.perf_counter(), Watched(), 0
    process = subprocess.Popen(command, cwd=folder, env={**os.environ, **ONE_THREAD}, start_new_session=True)
    journal = folder / f"{OUTPUT}.journal"
    while process.poll() is None:
        time.sleep(0.5)
        watched.look(process.pid)
        done = max(done, _lines(journal) - 1)
        if done >= most and journal.exists():
            os.killpg(process.pid, signal.SIGKILL)
    seconds = time.perf_counter() - begin
    if process.returncode not in (0, -signal.SIGKILL):
        sys.exit(f"ended with {process.returncode}: {' '.join(command)}")
    how, took = "killed" if process.returncode else "ended", sum(watched.processor.values())
    early, late = max(watched.memory[: 1 + len(watched.memory) // 10]), max(watched.memory)
    told = f"{how} at {done:,} articles or some more: {seconds:,.0f} s, {took:,.0f} s of processors"
    print(f"{told}, largest process {early:,.0f} MiB early, {late:,.0f} MiB at most", flush=True)
    return seconds


def _lines(file: Path) -> int:
    try:
        with file.open("rb") as lines:
            return sum(1 for _ in lines)
    except FileNotFoundError:
        return 0


def _records(output: Path) -> Iterator[tuple[int, list[str]]]:
    """The number and the lines of each article that has records, in their order."""
    with output.open(encoding="utf-8") as lines:
        for number, group in groupby(lines, key=_number):
            yield number, list(group)


def _number(line: str) -> int:
    """That of a record's article: "articles.jsonl#7" is the eighth line."""
    return int(json.loads(line)["document"]["id"].rpartition("#")[2])


def _check(output: Path, count: int) -> None:
    """Each article has a quotation, and so records; each comes once, in order."""
    if [number for number, _ in _records(output)] != list(range(count)):
        sys.exit(f"{output}: articles are missing, doubled or out of order")


def _check_alike(output: Path, alone: Path) -> None:
    expected = list(_records(alone))
    if list(islice(_records(output), len(expected))) != expected:
        sys.exit("the first articles have other records than in a run over them alone")


if __name__ == "__main__":
    main()
