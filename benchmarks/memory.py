"""Peak memory of `quotes extract` for few and for many articles.

    python benchmarks/memory.py [--articles 10 10000] [--words 100] [--jobs 1] [--as jsonl]

The articles are made from those in fixtures/gate: some paragraphs of one, and a line with words that no other has, so
that whatever is kept for each article or each new word would show. They are written to one file (`--as txt`: to one
each) and extracted to a file, as a user does it. Printed is the peak of the program's largest process: with `--jobs`
each worker takes about as much, the process that reads and writes far less.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import regex

GATE = Path(__file__).resolve().parent.parent / "fixtures" / "gate"
MARKUP = regex.compile(r"⟦[\w,]+ |⟧")
LETTERS = "abcdefghiklmnoprstuvwz"
MEBI = 2**20


def main() -> None:
    arguments = _arguments()
    for count in arguments.articles:
        with tempfile.TemporaryDirectory() as folder:
            work = Path(folder)
            words = _write(articles(count, arguments.words), work, arguments.form)
            command = [arguments.python, "-m", "quotes", "extract", "--type", "all", "--jobs", str(arguments.jobs)]
            seconds, peak = measure([*command, "-o", str(work / "out.jsonl"), str(work / "articles")])
            size = (work / "out.jsonl").stat().st_size
        print(
            f"{count:7,} articles  {words:10,} words  {size / MEBI:7,.1f} MiB of records  "
            f"{seconds:6,.0f} s  peak {peak:6,.0f} MiB",
            flush=True,
        )


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, nargs="+", default=[10, 10_000], metavar="N")
    parser.add_argument("--words", type=int, default=100, help="of each article, about")
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--as", dest="form", choices=("jsonl", "txt"), default="jsonl")
    parser.add_argument("--python", default=sys.executable, help="of the environment where quotes is installed")
    return parser.parse_args()


def articles(count: int, words: int) -> Iterator[str]:
    """So many articles, the same in every run."""
    chance = random.Random(1)
    sources = [[line for line in _text(path).split("\n") if line.strip()] for path in sorted(GATE.glob("*.txt"))]
    for number in range(count):
        paragraphs = chance.choice(sources)
        start, text = chance.randrange(len(paragraphs)), ""
        for k in range(len(paragraphs)):
            text += paragraphs[(start + k) % len(paragraphs)] + "\n\n"
            if len(text.split()) >= words:
                break
        name = "".join(chance.choice(LETTERS) for _ in range(8)).title()
        yield f"{text}“We saw {name.lower()}{number},” said {name} Roy.\n"


def archive_parser(about: str | None) -> argparse.ArgumentParser:
    """The options of a program that reads so many of these articles."""
    parser = argparse.ArgumentParser(description=about, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=100_000)
    parser.add_argument("--words", type=int, default=300, help="of each article, at least")
    return parser


def a_million(words: int, seconds: float, size: int) -> str:
    """What a million articles take at the pace of so many words, of whose records so many bytes were written."""
    hours, gibi = 600e6 / words * seconds / 3600, 600e6 / words * size / 2**30
    return f"a million articles of 600 words: {hours:,.1f} h, {gibi:,.1f} GiB"


def _text(path: Path) -> str:
    """A gate article without what is noted in it and under it."""
    body = path.read_text(encoding="utf-8").partition("\n\n")[2].partition("\n-> ")[0]
    return MARKUP.sub("", body)


def _write(texts: Iterator[str], work: Path, form: str) -> int:
    """Write the articles under `work`; how many words they have."""
    folder, words = work / "articles", 0
    folder.mkdir()
    with (folder / "all.jsonl").open("w", encoding="utf-8") as table:
        for number, text in enumerate(texts):
            words += len(text.split())
            if form == "jsonl":
                table.write(json.dumps({"id": number, "text": text}) + "\n")
            else:
                (folder / f"{number:06}.txt").write_text(text, encoding="utf-8")
    if form == "txt":
        (folder / "all.jsonl").unlink()
    return words


def measure(command: list[str]) -> tuple[float, float]:
    """Seconds and peak memory (MiB) of one run."""
    start = time.perf_counter()
    process = subprocess.Popen(command)
    _, status, usage = os.wait4(process.pid, 0)
    if os.waitstatus_to_exitcode(status):
        sys.exit(f"failed: {' '.join(command)}")
    return time.perf_counter() - start, usage.ru_maxrss * 1024 / MEBI


if __name__ == "__main__":
    main()
