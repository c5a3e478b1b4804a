"""How well the finer labels of a record are read: to whom, through whom, speech or thought, why nobody's.

    python benchmarks/labels.py GOLD.jsonl...

GOLD has one article a line, as `quotes eval` reads it, with "act", "to" and "via" of each attribution and the reason,
"why", of marked words that nobody says. All files are taken together. A label is right where it is that of the gold
attribution with most of the same words (Dice of at least one half) and, of a mention, overlaps the one in gold; a
reason where the same marked words have it. Behind each F1 stands the one that leaves out what was not found at all:
how good the label is where there is something to label.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path, PurePath
from typing import Any

from accuracy import extract
from measuring import read_gold

from quotes.attribution.flags import FLAGS
from quotes.attribution.reader.labels import REASONS
from quotes.evaluation import Figure, compare, from_gold, from_records

Json = Mapping[str, Any]
Found = tuple[str, Figure, Figure]
"""A label, its figure, and the one that leaves out what was not found at all."""

REASON_OF = {FLAGS.get(reason, reason): reason for reason in REASONS[1:]}
NO_FIGURES = (Figure(), Figure())


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("gold", type=Path, nargs="+", metavar="GOLD")
    articles = [article for file in parser.parse_args().gold for article in read_gold(file)]
    with tempfile.TemporaryDirectory() as folder:
        records, lost = extract(articles, Path(folder), sys.executable)
    of_article: dict[str, list[Json]] = defaultdict(list)
    for record in records:
        of_article[PurePath(record["document"]["path"]).stem].append(record)
    figures: dict[str, tuple[Figure, Figure]] = {}
    for article in articles:
        for label, whole, met in labels(article, of_article[article["id"]]):
            before = figures.get(label, NO_FIGURES)
            figures[label] = before[0] + whole, before[1] + met
    print("| | in gold | precision | recall | F1 | F1 where found |\n|---|---:|---:|---:|---:|---:|")
    for label, (whole, met) in figures.items():
        shares = (whole.precision, whole.recall, whole.f1, met.f1)
        print(f"| {label} | {whole.gold} | " + " | ".join(f"{100 * share:.1f}" for share in shares) + " |")
    return 1 if lost else 0


def labels(article: Json, records: Sequence[Json]) -> Iterator[Found]:
    """The figures of each label in one article."""
    pairs = compare(from_gold(article), from_records(article["id"], records)).contents
    partners = [article["attributions"][pairs[r][0]] if r in pairs else None for r in range(len(records))]
    for label, ours, theirs in LABELS:
        said = [
            (ours(record), theirs(one) if one else None, one) for record, one in zip(records, partners, strict=True)
        ]
        right = sum(is_right(mine, other) for mine, other, _ in said)
        met = Figure(right, sum(bool(mine and one) for mine, _, one in said), sum(bool(other) for _, other, _ in said))
        gold = sum(bool(theirs(one)) for one in article["attributions"])
        yield label, Figure(right, sum(bool(mine) for mine, *_ in said), gold), met
    yield why(article, reasons_of(records))


def why(article: Json, reasons: Mapping[tuple[int, int], str]) -> Found:
    """The same of marked words that nobody says."""
    gold = [((span["start"], span["end"]), span["why"]) for span in article["quoted"] if span.get("why")]
    said = [next((why for place, why in reasons.items() if overlap(place, span)), None) for span, _ in gold]
    right = sum(mine == other for mine, (_, other) in zip(said, gold, strict=True))
    found = sum(mine is not None for mine in said)
    return "why nobody's", Figure(right, len(reasons), len(gold)), Figure(right, found, found)


def _mention(record: Json, part: str) -> tuple[int, int] | None:
    mention = record[part]["mention"] if record[part] else None
    return (mention["start"], mention["end"]) if mention else None


LABELS = (
    ("addressee", lambda r: _mention(r, "addressee"), lambda g: g["to"]),
    ("relay", lambda r: _mention(r, "via"), lambda g: g["via"]),
    ("thought", lambda r: r["act"] == "thought", lambda g: g["act"] == "thought"),
)


def is_right(mine: Any, other: Any) -> bool:
    """Whether a label is that of gold; of two mentions, whether they overlap."""
    return bool(mine and other) and (other is True or overlap(mine, other))


def reasons_of(records: Sequence[Json]) -> dict[tuple[int, int], str]:
    """Marked words that are nobody's → the reason, where one is given."""
    return {
        (record["spans"][0]["start"], record["spans"][0]["end"]): REASON_OF[record["flags"][0]]
        for record in records
        if not record["speaker"] and record["flags"] and record["flags"][0] in REASON_OF
    }


def overlap(a: Sequence[int], b: Sequence[int]) -> bool:
    return a[0] < b[1] and b[0] < a[1]


if __name__ == "__main__":
    sys.exit(main())
