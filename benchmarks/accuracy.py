"""How well `quotes extract` reads annotated articles.

    python benchmarks/accuracy.py GOLD.jsonl... [--by publisher,type,form,kind]

GOLD has one article a line, as `quotes eval` reads it; an article may say its "publisher", an attribution the "type"
(person, organization …) and the form, "nominal" (name, pronoun, nominal), of its source. The program runs on them as a
user runs it: one file an article, `quotes extract --type all FOLDER`.

Printed is a table in Markdown with a column for each GOLD: the F1 of each figure of `quotes eval` in percent, the
expected calibration error of `confidence` (ten bins of equal size), and the articles lost. With `--scorer` an outside
scorer has its say, too: any program that is called as `score.py GOLD PREDICTIONS --json` and prints {"detect":
[precision, recall, F1] …}; a prediction is {"document", "quoted", "content", "speaker", "cue", "name"}, one attribution
a line. Behind it, for each GOLD, with `--detail` precision, recall and counts, and with `--by` tables: figures by
publisher, by type of speech, by form and by kind of the source.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from measuring import read_gold, titles, write_articles
from scoring import f1_by_scorer

from quotes.evaluation import (
    FIGURES,
    Comparison,
    Said,
    calibration_error,
    compare_all,
    is_source,
    read_articles,
    same_name,
    score,
    table,
    trust,
)

Json = dict[str, Any]
SHOWN = ("detect", "attrib", "name", "content", "exact")


@dataclass(frozen=True, slots=True)
class Column:
    """What came of one file of gold; `outside` has an outside scorer's F1, as shares of one."""

    title: str
    articles: int
    compared: Sequence[Comparison]
    lost: Sequence[str]
    outside: Mapping[str, float]


def main() -> int:
    arguments = _arguments()
    if arguments.keep:
        arguments.keep.mkdir(parents=True, exist_ok=True)
    columns = [
        measured(title, gold, arguments) for title, gold in zip(titles(arguments.gold), arguments.gold, strict=True)
    ]
    print(*in_one_table(columns), sep="\n")
    for column in columns:
        print(*in_detail(column, arguments), sep="\n")
    return 1 if any(column.lost for column in columns) else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("gold", type=Path, nargs="+", metavar="GOLD")
    parser.add_argument("--by", metavar="TABLES", help=f"any of {','.join(TABLES)}")
    parser.add_argument("--detail", action="store_true", help="precision, recall and counts, too")
    parser.add_argument("--scorer", type=Path, metavar="score.py")
    parser.add_argument("--python", default=sys.executable, help="of the environment whose quotes is measured")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="keep the records of each GOLD here")
    return parser.parse_args()


def measured(title: str, gold: Path, arguments: argparse.Namespace) -> Column:
    """Run the program on one file of gold."""
    articles = read_gold(gold)
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        records, lost = extract(articles, work, arguments.python)
        kept = (arguments.keep or work) / f"{title.replace('/', '-')}.jsonl"
        kept.write_text("".join(f"{json.dumps(record)}\n" for record in records), encoding="utf-8")
        compared = compare_all(read_articles(gold), read_articles(kept))
        outside = f1_by_scorer(arguments.scorer, gold, kept) if arguments.scorer else {}
    return Column(title, len(articles), compared, lost, outside)


# --- gold → records -------------------------------------------------------------------------------------------------


def extract(gold: Sequence[Json], work: Path, python: str) -> tuple[list[Json], list[str]]:
    """The records of all articles, and what the program said of those that it lost."""
    write_articles(gold, work / "articles")
    command = [python, "-m", "quotes", "extract", "--type", "all", str(work / "articles")]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
    if done.returncode not in (0, 1):
        sys.exit(done.stderr)
    lost = done.stderr.splitlines() if done.returncode else []
    return [json.loads(line) for line in done.stdout.split("\n") if line], lost


# --- figures ---------------------------------------------------------------------------------------------------------


def in_one_table(columns: Sequence[Column]) -> Iterator[str]:
    """Rows: figures; columns: files of gold."""
    yield _row("", *(f"{column.title} ({column.articles})" for column in columns))
    yield "|---" + "|---:" * len(columns) + "|"
    figures = [score(column.compared) for column in columns]
    for name in FIGURES:
        yield _row(name, *(f"{100 * one[name].f1:.1f}" if one[name].gold else "–" for one in figures))
    for name in columns[0].outside:
        yield _row(f"{name}, other scorer", *(f"{100 * column.outside[name]:.1f}" for column in columns))
    errors = [_calibration(column.compared) for column in columns]
    for kind in errors[0]:
        yield _row(f"calibration error, {kind}", *(error[kind] for error in errors))
    yield _row("articles lost", *(len(column.lost) for column in columns))


def _calibration(compared: Sequence[Comparison]) -> dict[str, str]:
    """In percent, for each kind of record."""
    judged = trust(compared)
    judged["all"] = judged["quoted"] + judged["indirect"]
    return {kind: f"{100 * calibration_error(judged[kind]):.1f}" for kind in ("quoted", "indirect", "all")}


def in_detail(column: Column, arguments: argparse.Namespace) -> Iterator[str]:
    """What is asked for about one file, and what the program said of the articles that it lost."""
    tables = arguments.by.split(",") if arguments.by else ()
    if tables or arguments.detail or column.lost:
        yield f"\n## {column.title}"
    if arguments.detail:
        yield from ("", *table(score(column.compared)))
    yield from column.lost
    for key in tables:
        yield from ("", *TABLES[key](column.compared))


def by_publisher(compared: Sequence[Comparison]) -> Iterator[str]:
    """F1 in percent for each publisher."""
    groups: dict[str, list[Comparison]] = defaultdict(list)
    for comparison in compared:
        groups[comparison.gold.publisher or "unknown"].append(comparison)
    yield from _head("publisher", "articles", "attributions", *SHOWN)
    for name, group in [*sorted(groups.items()), ("all", list(compared))]:
        figures = score(group)
        yield _row(name, len(group), figures["content"].gold, *(f"{100 * figures[key].f1:.1f}" for key in SHOWN))


def by_type(compared: Sequence[Comparison]) -> Iterator[str]:
    """Recall by gold's type of speech, precision by the predicted type, in percent."""
    found: dict[str, Counter[str]] = defaultdict(Counter)
    for c in compared:
        pairs = {g: (c.predicted.said[p], dice) for p, (g, dice) in c.contents.items()}
        for g, gold in enumerate(c.gold.said):
            who, dice = pairs.get(g, (Said(), 0.0))
            found[_type(c, gold)].update(
                gold=1, found=dice > 0, exact=dice == 1, triple=is_source(c.text, who.source, gold)
            )
        for p, who in enumerate(c.predicted.said):
            if who.speech:
                found[who.type or ""].update(predicted=1, hit=p in c.contents)
    yield from _head(
        "type", "in gold", "found", "found, speaker right", "found exactly", "predicted", "of these in gold"
    )
    for name in ("direct", "mixed", "indirect"):
        n = found[name]
        shares = (_share(n[key], n["gold"]) for key in ("found", "triple", "exact"))
        yield _row(name, n["gold"], *shares, n["predicted"], _share(n["hit"], n["predicted"]))


def _type(c: Comparison, gold: Said) -> str:
    """Gold tells no type: direct speech is all between marks, mixed in part."""
    marked = [span for span, said in c.gold.marked if said is gold]
    outside = set().union(*(range(a, b) for a, b in gold.content)).difference(*(range(a, b) for a, b in marked))
    if not marked:
        return "indirect"
    return "mixed" if any(c.text[place].isalnum() for place in outside) else "direct"


def by_form(compared: Sequence[Comparison]) -> Iterator[str]:
    return _by_source(compared, "form of the source", lambda gold: gold.form)


def by_kind(compared: Sequence[Comparison]) -> Iterator[str]:
    return _by_source(compared, "kind of the source", lambda gold: gold.kind)


def _by_source(compared: Sequence[Comparison], title: str, key: Callable[[Said], str | None]) -> Iterator[str]:
    """Of the quoted spans that were found: how often mention, name and kind of the speaker are right, in percent."""
    groups: dict[str, Counter[str]] = defaultdict(Counter)
    for c in compared:
        for p, g in c.spans.items():
            who, gold = c.predicted.marked[p][1], c.gold.marked[g][1]
            group = key(gold) if gold.source else None
            if group:
                right = bool(gold.name) and same_name(who.name, gold.name)
                counts = Counter(mention=is_source(c.text, who.source, gold), named=bool(gold.name), name=right)
                groups[group] += counts + Counter(spans=1, kind=who.kind == gold.kind)
                groups["all"] += counts + Counter(spans=1, kind=who.kind == gold.kind)
    yield from _head(title, "quoted spans found", "mention right", "named", "name right", "kind right")
    for name, n in sorted(groups.items(), key=lambda item: (item[0] == "all", -item[1]["spans"])):
        shares = _share(n["mention"], n["spans"]), n["named"], _share(n["name"], n["named"])
        yield _row(name, n["spans"], *shares, _share(n["kind"], n["spans"]))


TABLES = {"publisher": by_publisher, "type": by_type, "form": by_form, "kind": by_kind}


def _head(*cells: object) -> Iterator[str]:
    yield _row(*cells)
    yield "|---" * len(cells) + "|"


def _row(*cells: object) -> str:
    return f"| {' | '.join(map(str, cells))} |"


def _share(right: int, total: int) -> str:
    return f"{100 * right / total:.1f}" if total else "–"


if __name__ == "__main__":
    sys.exit(main())
