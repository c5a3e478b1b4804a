"""What each step of `quotes.attribution.steps` and each rule of `quotes.speakers.rules` is worth: the program without
it, on annotated articles.

    python benchmarks/ablate.py GOLD.jsonl... [--scorer score.py] [--types direct,mixed]

GOLD has one article a line, as `quotes eval` reads it. Each article is read once; then all that follows is done anew
without each step in turn. A table in Markdown for each GOLD says how many records come out otherwise without the step,
and what becomes of the figures of `quotes eval` (F1 in percent; see `docs/evaluation.md`), or of those of an outside
`--scorer`, called as `score.py GOLD PREDICTIONS --json`: + is better without it. Whether a step acts where it must is
for the tests to say.
"""

from __future__ import annotations

import argparse
import json
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from measuring import read_gold, titles
from scoring import f1_by_scorer

from quotes.attribution import Found, Reader, load_reader
from quotes.evaluation import compare, from_gold, from_records, score
from quotes.options import Options, parse_types
from quotes.pipeline import RULES, Extractor
from quotes.reading import to_document
from quotes.record import to_record
from quotes.types import MarkedSpan

Json = Mapping[str, Any]
Records = list[list[Json]]
"""Of each article."""
Figures = Callable[[Records], Mapping[str, float]]
SHOWN = ("detect", "attrib", "name", "content", "exact")


class Once:
    """Stands where the reader stands, and reads no text twice."""

    def __init__(self, reader: Reader):
        self.reader, self.calibration = reader, reader.calibration
        self.read_before: dict[str, Found] = {}

    def read(self, text: str, marks: Sequence[MarkedSpan], *, everywhere: bool = True) -> Found:
        """As `Reader.read`; the options of all calls must be the same."""
        if text not in self.read_before:
            found = self.reader.read(text, marks, everywhere=everywhere)
            names = found.names()
            self.read_before[text] = Found(found.candidates, lambda: names, found.reasons)
        return self.read_before[text]


def main() -> None:
    arguments = _arguments()
    for title, file in zip(titles(arguments.gold), arguments.gold, strict=True):
        gold = read_gold(file)
        figures = _scorer(arguments.scorer, file) if arguments.scorer else _eval(gold)
        print(f"{title}: {len(gold)} articles\n", *ablate(gold, figures, Options(types=arguments.types)), "", sep="\n")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("gold", type=Path, nargs="+", metavar="GOLD")
    parser.add_argument("--scorer", type=Path, metavar="score.py", help="asked instead of `quotes eval`")
    parser.add_argument(
        "--types", type=parse_types, default="all", metavar="TYPES", help="as of `quotes extract --type`"
    )
    return parser.parse_args()


def ablate(gold: Sequence[Json], figures: Figures, options: Options) -> Iterator[str]:
    """The lines of the table."""
    reader = Once(load_reader())
    whole = extract(gold, reader, options)
    reached = figures(whole)
    yield _row("without", "records changed", *SHOWN)
    yield "|---" + "|---:" * (1 + len(SHOWN)) + "|"
    yield _row(f"nothing: {sum(map(len, whole)):,} records", "", *(f"{100 * reached[name]:.1f}" for name in SHOWN))
    for rule in RULES:
        found = extract(gold, reader, Options(types=options.types, without=(rule,)))
        now = figures(found)
        shown = (_difference(now[name], reached[name]) for name in SHOWN)
        yield _row(f"`{rule}`", sum(map(changed, whole, found)), *shown)


def extract(gold: Sequence[Json], reader: Once, options: Options) -> Records:
    """The records of each article. A failing one ends the program: figures without it would mislead."""
    extractor = Extractor(options, reader)  # type: ignore[arg-type]
    documents = (to_document(one["text"], one["id"], f"{one['id']}.txt") for one in gold)
    return [
        [to_record(quote, extractor.model) for quote in quotes]
        for quotes in extractor.extract_documents(documents, on_error=_fail)
    ]


def _fail(problem: str) -> None:
    raise SystemExit(problem)


def changed(before: Sequence[Json], after: Sequence[Json]) -> int:
    """How many records of an article came out otherwise, came or went."""
    one, other = (Counter(map(_said, records)) for records in (before, after))
    return max((one - other).total(), (other - one).total())


def _said(record: Json) -> str:
    """A record without its id, and those of others."""
    return json.dumps({key: value for key, value in record.items() if key not in ("id", "within")}, sort_keys=True)


def _eval(gold: Sequence[Json]) -> Figures:
    """The F1 of each figure, as `quotes eval` has it."""
    wanted = [from_gold(one) for one in gold]

    def figures(found: Records) -> Mapping[str, float]:
        pairs = zip(wanted, found, strict=True)
        scored = score(compare(one, from_records(one.id, records)) for one, records in pairs)
        return {name: scored[name].f1 for name in SHOWN}

    return figures


def _scorer(scorer: Path, gold: Path) -> Figures:
    """The F1 of each figure, as an outside scorer has it."""

    def figures(found: Records) -> Mapping[str, float]:
        with tempfile.TemporaryDirectory() as folder:
            file = Path(folder) / "records.jsonl"
            file.write_text("".join(f"{json.dumps(one)}\n" for records in found for one in records), encoding="utf-8")
            return f1_by_scorer(scorer, gold, file)

    return figures


def _difference(now: float, before: float) -> str:
    points = round(100 * (now - before), 1)
    return f"{points:+.1f}".replace("-", "−") if points else "0"


def _row(*cells: object) -> str:
    return f"| {' | '.join(map(str, cells))} |"


if __name__ == "__main__":
    main()
