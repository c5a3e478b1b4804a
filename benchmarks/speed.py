"""Words a second and peak memory of `quotes extract`, beside plain spaCy.

    python benchmarks/speed.py FOLDER [--rounds 5] [--articles N]

For any articles, no annotations needed; `benchmarks/run` measures the same, and more, on annotated ones. The yardstick
is `nlp(text)` of spaCy's small English pipeline, in an environment of its own. Both run on one core, in turn, each as a
process of its own, start and loading included. Printed are the medians, their ratio, and what `shares.py` tells of the
program's time.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

from environments import SPACY, environment
from measuring import ONE_THREAD, Run, measure

PLAIN = Path(__file__).resolve().parent / "peers" / "plain_spacy.py"
SHARES = Path(__file__).resolve().parent / "shares.py"


def main() -> None:
    arguments = _arguments()
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        words = _take(arguments.folder, work / "articles", arguments.articles)
        yardstick = arguments.yardstick or environment(work / "yardstick", SPACY)
        commands = {
            "quotes extract --type all": _quotes(arguments.python, work / "articles"),
            "plain spaCy": [yardstick, str(PLAIN), str(work / "articles")],
        }
        figures: dict[str, list[Run]] = {name: [] for name in commands}
        for number in range(arguments.rounds):
            for name, command in commands.items():
                figures[name].append(measure(command))
                print(f"round {number + 1}: {name}: {words / figures[name][-1].seconds:,.0f} words/s", flush=True)
        _print(figures, words)
        subprocess.run(
            [arguments.python, str(SHARES), str(work / "articles")], env={**os.environ, **ONE_THREAD}, check=True
        )


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=Path, help="articles: .txt files")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--articles", type=int, default=0, metavar="N", help="the first N only")
    parser.add_argument("--python", default=sys.executable, help="of the environment where quotes is installed")
    parser.add_argument("--yardstick", metavar="PYTHON", help="of a yardstick environment that is there already")
    return parser.parse_args()


def _take(source: Path, target: Path, most: int) -> int:
    """Copy the articles; how many words they have."""
    target.mkdir()
    words = 0
    for path in sorted(source.rglob("*.txt"))[: most or None]:
        text = path.read_bytes()
        (target / path.name).write_bytes(text)
        words += len(text.split())
    return words


def _quotes(python: str, articles: Path) -> list[str]:
    return [python, "-m", "quotes", "extract", "--type", "all", "-o", os.devnull, str(articles)]


def _print(figures: dict[str, list[Run]], words: int) -> None:
    rates = {name: words / statistics.median(run.seconds for run in runs) for name, runs in figures.items()}
    for name, runs in figures.items():
        memory = statistics.median(run.peak for run in runs)
        print(f"{name:26s} {rates[name]:8,.0f} words/s  {memory:6,.0f} MiB  (median of {len(runs)}, {words:,} words)")
    quotes, plain = rates.values()
    print(f"ratio {quotes / plain:.2f}")


if __name__ == "__main__":
    main()
