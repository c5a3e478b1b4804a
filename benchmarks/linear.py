"""Time and peak memory of `quotes extract` as the text grows, in one article and in more and more articles.

    python benchmarks/linear.py [--most 10000000] [--plot benchmarks/linear.png]

One article of about 10 kB, 30 kB … 10 MB, and the same text in 10, 30 … 10,000 articles of about 1 kB each, all
made of those in fixtures/gate, on one core. Seconds are the processor's: other work on the machine hardly changes them.
Where time grows linearly each further megabyte takes as long as the one before: "more s a MB" is the time beyond the
row above, for each megabyte more, so that start and loading do not count; it wavers in the first rows, where these are
nearly all. `--most` ends the rows at so many bytes. `--plot` needs the extra `benchmarks`.
"""

from __future__ import annotations

import argparse
import json
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from measuring import Run, measure
from memory import articles

COUNTS = (10, 30, 100, 300, 1000, 3000, 10_000)
ARTICLE = 1000  # bytes, about
WORDS = 155  # the least in an article, which ends with the paragraph that reaches it
MEGA = 10**6


@dataclass(frozen=True, slots=True)
class Row:
    """The same text, `size` bytes, in one article and in `count` of them."""

    size: int
    count: int
    one: Run
    many: Run


def main() -> None:
    arguments = _arguments()
    rows: list[Row] = []
    print("| text | one article, s | more s a MB | peak MiB | articles of 1 kB | s | more s a MB | peak MiB |")
    print("|---:" * 8 + "|")
    for count in (count for count in COUNTS if count * ARTICLE <= arguments.most):
        texts = list(articles(count, WORDS))
        joined = "\n".join(texts)
        one, many = (_extract(each, arguments.python) for each in ([joined], texts))
        rows.append(Row(len(joined.encode()), count, one, many))
        print(_shown(rows), flush=True)
        if arguments.plot:
            _plot(rows, arguments.plot)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--most", type=int, default=COUNTS[-1] * ARTICLE, metavar="BYTES")
    parser.add_argument("--plot", type=Path, metavar="linear.png")
    parser.add_argument("--python", default=sys.executable, help="of the environment where quotes is installed")
    return parser.parse_args()


def _extract(texts: Sequence[str], python: str) -> Run:
    with tempfile.TemporaryDirectory() as folder:
        table = Path(folder) / "articles.jsonl"
        with table.open("w", encoding="utf-8") as lines:
            lines.writelines(json.dumps({"id": number, "text": text}) + "\n" for number, text in enumerate(texts))
        command = [python, "-m", "quotes", "extract", "--type", "all", "-o", f"{folder}/out.jsonl", str(table)]
        run = measure(command)
    if run.lost:
        sys.exit("\n".join(run.lost))
    return run


def _shown(rows: Sequence[Row]) -> str:
    row = rows[-1]
    one, many = ([(each.size, run) for each, run in zip(rows, runs, strict=True)] for runs in _columns(rows))
    return f"| {row.size / 1000:,.0f} kB | {_figures(one)} | {row.count:,} | {_figures(many)} |"


def _columns(rows: Sequence[Row]) -> tuple[list[Run], list[Run]]:
    return [row.one for row in rows], [row.many for row in rows]


def _figures(runs: Sequence[tuple[int, Run]]) -> str:
    """Seconds, seconds for each megabyte beyond the run before, peak."""
    size, run = runs[-1]
    more = "–"
    if len(runs) > 1:
        before, shorter = runs[-2]
        more = f"{(run.processor - shorter.processor) / (size - before) * MEGA:,.0f}"
    return f"{run.processor:,.1f} | {more} | {run.peak:,.0f}"


def _plot(rows: Sequence[Row], file: Path) -> None:
    """Two logarithmic panels, seconds and memory; a grey line is what grows exactly with the text."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(9, 3.6), layout="constrained")
    sizes = [row.size for row in rows]
    for panel, key, unit in zip(
        figure.subplots(1, 2), ("processor", "peak"), ("seconds of the processor", "MiB at the peak"), strict=True
    ):
        for runs, label in zip(_columns(rows), ("one article", "articles of 1 kB"), strict=True):
            panel.plot(sizes, [getattr(run, key) for run in runs], marker="o", label=label)
        panel.set(xscale="log", yscale="log", xlabel="bytes of text", ylabel=unit)
    time = figure.axes[0]
    slope = rows[-1].one.processor / sizes[-1]
    time.plot(sizes, [slope * size for size in sizes], color="grey", linewidth=0.8, label="linear")
    for panel in figure.axes:
        panel.legend(frameon=False)
    file.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(file, dpi=150, metadata={"Software": None})


if __name__ == "__main__":
    main()
