"""How well and how fast `quotes extract` reads annotated articles, beside what a user would take instead.

    benchmarks/run GOLD.jsonl [--environments DIR] [--python PYTHON] [--yardstick PYTHON] [--readme README.md]

GOLD has one article a line, as `quotes eval` reads it. All read the same articles, each article in a file of its own:
`quotes extract` with its default types and with `--type all`, textacy's `direct_quotations`, a `Matcher` as tutorials
build it, and plain spaCy, the yardstick of speed. Each is a process of its own on one core, start and loading included,
and they run in turn, `--rounds` times. Each runs in an environment that `pip install` has made, kept in DIR.

Printed is a table in Markdown: F1 in percent (`quotes eval`, or another `--scorer`), the articles at which a program
failed (they count as empty), the medians of words a second and of peak memory, and least and most in brackets.
`--readme` writes it to README.md, too, between the marks `<!-- benchmark: begin -->` and `<!-- benchmark: end -->`.
"""

from __future__ import annotations

import argparse
import json
import platform
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from environments import QUOTES, SPACY, TEXTACY, environment
from measuring import Run, measure, read_gold, write_articles
from scoring import f1_by_quotes, f1_by_scorer

PEERS = Path(__file__).resolve().parent / "peers"
BEGIN, END = "<!-- benchmark: begin -->", "<!-- benchmark: end -->"
FIGURES = {
    "detect": "quoted words found and given a speaker, F1",
    "attrib": "… the right speaker, as mentioned there, F1",
    "name": "… and the right full name, F1",
    "content": "all attributions, indirect speech included: most of the words right, F1",
    "exact": "… every word right, F1",
}
VERSIONS = """
from importlib.metadata import PackageNotFoundError, version
for name in ("textacy", "spacy", "blis"):
    try:
        print(name, version(name))
    except PackageNotFoundError:
        pass
"""


@dataclass(frozen=True, slots=True)
class Reader:
    """A program that is called as `command -o OUTPUT FOLDER`. The yardstick finds nothing; not all tell names."""

    title: str
    command: tuple[str, ...]
    finds: bool = True
    names: bool = True


@dataclass(frozen=True, slots=True)
class Result:
    """What a reader did in all rounds, and how well: F1 as shares of one."""

    reader: Reader
    runs: tuple[Run, ...]
    f1: Mapping[str, float]


def main() -> None:
    arguments = _arguments()
    pythons = _pythons(arguments)
    readers = _readers(pythons)
    gold = read_gold(arguments.gold)[: arguments.articles or None]
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        words = write_articles(gold, work / "articles")
        (work / "gold.jsonl").write_text("".join(f"{json.dumps(one)}\n" for one in gold), encoding="utf-8")
        runs = _measure(readers, work, arguments.rounds, words)
        score = _scorer(arguments.scorer, pythons["quotes"], work / "gold.jsonl")
        results = [
            Result(reader, runs[reader], score(_output(reader, work)) if reader.finds else {}) for reader in readers
        ]
    shown = "\n".join([*_table(results, words), "", _caption(len(gold), words, arguments.rounds, pythons)])
    print(shown)
    if arguments.readme:
        _write_between_marks(arguments.readme, shown)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("gold", type=Path)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--articles", type=int, default=0, metavar="N", help="the first N only")
    parser.add_argument("--environments", type=Path, metavar="DIR", help="where they are, or are made and kept")
    parser.add_argument("--python", help="of an environment with quotes that is there already")
    parser.add_argument("--yardstick", metavar="PYTHON", help="of an environment with spaCy that is there already")
    parser.add_argument("--scorer", type=Path, metavar="score.py", help="asked instead of `quotes eval`")
    parser.add_argument("--readme", type=Path, metavar="README.md")
    return parser.parse_args()


def _pythons(arguments: argparse.Namespace) -> dict[str, str]:
    """The Python of each environment, made where it is not there."""
    folder = arguments.environments or Path(tempfile.gettempdir()) / "quotes-benchmark"
    return {
        "quotes": arguments.python or environment(folder / "quotes", QUOTES),
        "textacy": environment(folder / "textacy", TEXTACY),
        "spaCy": arguments.yardstick or environment(folder / "spacy", SPACY),
    }


def _readers(pythons: Mapping[str, str]) -> list[Reader]:
    """The yardstick is the last. The Matcher needs what the yardstick needs, no more: they share an environment."""
    extract = (pythons["quotes"], "-P", "-m", "quotes", "extract")  # -P: what is installed, not what lies here
    return [
        Reader("`quotes extract`", extract),
        Reader("`quotes extract --type all`", (*extract, "--type", "all")),
        Reader("textacy `direct_quotations`", (pythons["textacy"], str(PEERS / "textacy_quotations.py")), names=False),
        Reader("spaCy `Matcher`", (pythons["spaCy"], str(PEERS / "spacy_matcher.py"))),
        Reader("plain spaCy", (pythons["spaCy"], str(PEERS / "plain_spacy.py")), finds=False),
    ]


# --- readers → results -----------------------------------------------------------------------------------------------


def _measure(readers: Sequence[Reader], work: Path, rounds: int, words: int) -> dict[Reader, tuple[Run, ...]]:
    runs: dict[Reader, tuple[Run, ...]] = dict.fromkeys(readers, ())
    for number in range(1, rounds + 1):
        for reader in readers:
            run = measure([*reader.command, "-o", str(_output(reader, work)), str(work / "articles")])
            runs[reader] += (run,)
            told = f"round {number}: {reader.title}: {words / run.seconds:,.0f} words/s"
            print(told, *run.lost, sep="\n  ", file=sys.stderr, flush=True)
    return runs


def _output(reader: Reader, work: Path) -> Path:
    name = "".join(letter for letter in reader.title if letter.isalnum())
    return work / f"{name}.jsonl"


def _scorer(scorer: Path | None, python: str, gold: Path) -> Callable[[Path], dict[str, float]]:
    if scorer:
        return lambda found: f1_by_scorer(scorer, gold, found)
    return lambda found: f1_by_quotes(python, gold, found)


# --- results → Markdown ----------------------------------------------------------------------------------------------


def _table(results: Sequence[Result], words: int) -> Iterator[str]:
    medians = [statistics.median(_rates(result, words)) for result in results]
    yield _row("", *(result.reader.title for result in results))
    yield "|---" + "|---:" * len(results) + "|"
    for figure, title in FIGURES.items():
        yield _row(title, *(_percent(result, figure) for result in results))
    yield _row("articles at which it fails", *(len(result.runs[0].lost) for result in results))
    yield _row("words a second", *(_spread(_rates(result, words)) for result in results))
    yield _row("… as a share of plain spaCy's", *(f"{median / medians[-1]:.2f}" for median in medians))
    yield _row("peak memory, MiB", *(_spread([run.peak for run in result.runs]) for result in results))


def _row(*cells: object) -> str:
    return f"| {' | '.join(map(str, cells))} |"


def _percent(result: Result, figure: str) -> str:
    told = figure in result.f1 and (figure != "name" or result.reader.names)
    return f"{100 * result.f1[figure]:.1f}" if told else "–"


def _rates(result: Result, words: int) -> list[float]:
    return [words / run.seconds for run in result.runs]


def _spread(values: Sequence[float]) -> str:
    return f"{statistics.median(values):,.0f} ({min(values):,.0f}–{max(values):,.0f})"


def _caption(articles: int, words: int, rounds: int, pythons: Mapping[str, str]) -> str:
    versions = "; ".join(f"{name}: {_versions(python)}" for name, python in pythons.items())
    return (
        f"{articles} articles, {words:,} words. F1 in percent. Rounds on one core, start and loading included: "
        f"{rounds}, their median (least–most).\nLibraries – {versions}. Processor: {_processor()}."
    )


def _versions(python: str) -> str:
    return ", ".join(subprocess.check_output([python, "-c", VERSIONS], encoding="utf-8").splitlines())


def _processor() -> str:
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    return next((line.partition(": ")[2] for line in lines if line.startswith("model name")), platform.machine())


def _write_between_marks(readme: Path, shown: str) -> None:
    before, begin, rest = readme.read_text(encoding="utf-8").partition(BEGIN)
    _, end, after = rest.partition(END)
    if not (begin and end):
        sys.exit(f"{readme} has no {BEGIN} with {END} behind it: put them where the table is to stand")
    readme.write_text(f"{before}{BEGIN}\n{shown}\n{END}{after}", encoding="utf-8")


if __name__ == "__main__":
    main()
