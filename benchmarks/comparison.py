"""How well and how fast `quotes extract` reads annotated articles, beside what a user would take instead.

    benchmarks/run GOLD.jsonl... [--environments DIR] [--python PYTHON] [--yardstick PYTHON] [--readme README.md]

GOLD has one article a line, as `quotes eval` reads it. All read the same articles, each article in a file of its own:
`quotes extract` with its default types and with `--type all`, textacy's `direct_quotations`, a `Matcher` as tutorials
build it, and plain spaCy, the yardstick of speed. Each is a process of its own on one core, start and loading included,
and they run in turn, `--rounds` times. Each runs in an environment that `pip install` has made, kept in DIR.

Printed is a table in Markdown: for each GOLD F1 in percent (`quotes eval`, or another `--scorer`), then, over all of
them, the articles at which a program failed (they count as empty), the medians of words a second and of peak memory,
and least and most in brackets.
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
from measuring import Run, measure, read_gold, titles, write_articles
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
class Corpus:
    """One file of gold as it is read: in `work` lie `gold.jsonl`, a folder `articles`, and what readers find."""

    title: str
    work: Path
    articles: int
    words: int


@dataclass(frozen=True, slots=True)
class Result:
    """What a reader did in all rounds, and how well: for each corpus F1 as shares of one."""

    reader: Reader
    runs: tuple[Run, ...]
    f1: Sequence[Mapping[str, float]]


def main() -> None:
    arguments = _arguments()
    pythons = _pythons(arguments)
    readers = _readers(pythons)
    with tempfile.TemporaryDirectory() as folder:
        named = zip(titles(arguments.gold), arguments.gold, strict=True)
        corpora = [
            _lay_out(title, file, Path(folder) / str(n), arguments.articles) for n, (title, file) in enumerate(named)
        ]
        runs = _measure(readers, corpora, arguments.rounds)
        score = _scorer(arguments.scorer, pythons["quotes"])
        results = [
            Result(reader, runs[reader], [score(one, _output(reader, one)) if reader.finds else {} for one in corpora])
            for reader in readers
        ]
    shown = "\n".join([*_table(results, corpora), "", _caption(corpora, arguments.rounds, pythons)])
    print(shown)
    if arguments.readme:
        _write_between_marks(arguments.readme, shown)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("gold", type=Path, nargs="+", metavar="GOLD")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--articles", type=int, default=0, metavar="N", help="the first N of each only")
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


def _lay_out(title: str, file: Path, work: Path, most: int) -> Corpus:
    """Write the first articles of a file of gold, and a file of gold that has no others."""
    gold = read_gold(file)[: most or None]
    work.mkdir()
    (work / "gold.jsonl").write_text("".join(f"{json.dumps(one)}\n" for one in gold), encoding="utf-8")
    return Corpus(title, work, len(gold), write_articles(gold, work / "articles"))


def _measure(readers: Sequence[Reader], corpora: Sequence[Corpus], rounds: int) -> dict[Reader, tuple[Run, ...]]:
    """The runs of each reader, one a round: a process for each corpus, counted together."""
    words = sum(corpus.words for corpus in corpora)
    runs: dict[Reader, tuple[Run, ...]] = dict.fromkeys(readers, ())
    for number in range(1, rounds + 1):
        for reader in readers:
            run = _together(
                [
                    measure([*reader.command, "-o", str(_output(reader, one)), str(one.work / "articles")])
                    for one in corpora
                ]
            )
            runs[reader] += (run,)
            told = f"round {number}: {reader.title}: {words / run.seconds:,.0f} words/s"
            print(told, *run.lost, sep="\n  ", file=sys.stderr, flush=True)
    return runs


def _together(runs: Sequence[Run]) -> Run:
    """One after the other."""
    return Run(
        sum(run.seconds for run in runs),
        sum(run.processor for run in runs),
        max(run.peak for run in runs),
        tuple(line for run in runs for line in run.lost),
    )


def _output(reader: Reader, corpus: Corpus) -> Path:
    name = "".join(letter for letter in reader.title if letter.isalnum())
    return corpus.work / f"{name}.jsonl"


def _scorer(scorer: Path | None, python: str) -> Callable[[Corpus, Path], dict[str, float]]:
    if scorer:
        return lambda corpus, found: f1_by_scorer(scorer, corpus.work / "gold.jsonl", found)
    return lambda corpus, found: f1_by_quotes(python, corpus.work / "gold.jsonl", found)


# --- results → Markdown ----------------------------------------------------------------------------------------------


def _table(results: Sequence[Result], corpora: Sequence[Corpus]) -> Iterator[str]:
    words = sum(corpus.words for corpus in corpora)
    medians = [statistics.median(_rates(result, words)) for result in results]
    yield _row("", *(result.reader.title for result in results))
    yield "|---" + "|---:" * len(results) + "|"
    for n, corpus in enumerate(corpora):
        if len(corpora) > 1:
            yield _row(
                f"**{corpus.title}**: {corpus.articles} articles, {corpus.words:,} words", *("" for _ in results)
            )
        for figure, title in FIGURES.items():
            yield _row(title, *(_percent(result, n, figure) for result in results))
    if len(corpora) > 1:
        yield _row("**all**", *("" for _ in results))
    yield _row("articles at which it fails", *(len(result.runs[0].lost) for result in results))
    yield _row("words a second", *(_spread(_rates(result, words)) for result in results))
    yield _row("… as a share of plain spaCy's", *(f"{median / medians[-1]:.2f}" for median in medians))
    yield _row("peak memory, MiB", *(_spread([run.peak for run in result.runs]) for result in results))


def _row(*cells: object) -> str:
    return f"| {' | '.join(map(str, cells))} |"


def _percent(result: Result, corpus: int, figure: str) -> str:
    f1 = result.f1[corpus]
    told = figure in f1 and (figure != "name" or result.reader.names)
    return f"{100 * f1[figure]:.1f}" if told else "–"


def _rates(result: Result, words: int) -> list[float]:
    return [words / run.seconds for run in result.runs]


def _spread(values: Sequence[float]) -> str:
    return f"{statistics.median(values):,.0f} ({min(values):,.0f}–{max(values):,.0f})"


def _caption(corpora: Sequence[Corpus], rounds: int, pythons: Mapping[str, str]) -> str:
    articles, words = (sum(getattr(corpus, what) for corpus in corpora) for what in ("articles", "words"))
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
