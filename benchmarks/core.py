"""Words that one core reads in a second of its own time: the figure behind docs/cluster.md.

    python benchmarks/core.py [--times 15] [--rounds 3]

The articles of fixtures/gate, so many times over, with `--jobs 1`. Counted is the processor's time, not the clock's, so
that others who use the machine matter less; that of reading them once is taken off, and loading the program with it.
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
from pathlib import Path

from measuring import measure, write_articles

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "tests"))

from cases_format import read_cases, to_gold  # noqa: E402


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--times", type=int, default=15)
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    golds = [to_gold(case) for case in read_cases(ROOT / "fixtures" / "gate")]
    again = [{**gold, "id": f"{gold['id']} {n}"} for n in range(arguments.times) for gold in golds]
    with tempfile.TemporaryDirectory() as name:
        once, often = Path(name) / "once", Path(name) / "often"
        words = write_articles(again, often) - write_articles(golds, once)
        rates = [words / (_seconds(often) - _seconds(once)) for _ in range(arguments.rounds)]
    print(f"words a second of one core: {', '.join(f'{rate:,.0f}' for rate in rates)}; at best {max(rates):,.0f}")


def _seconds(folder: Path) -> float:
    command = [sys.executable, "-m", "quotes", "extract", str(folder), "--jobs", "1", "-o", os.devnull]
    return measure(command).processor


if __name__ == "__main__":
    main()
