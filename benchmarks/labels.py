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
from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path, PurePath
from typing import Any

import regex
from accuracy import extract
from measuring import read_gold

from quotes.attribution.flags import FLAGS
from quotes.attribution.reader.labels import REASONS

Json = Mapping[str, Any]
WORD = regex.compile(r"\w+(?:['’\-]\w+)*")
REASON_OF = {FLAGS.get(reason, reason): reason for reason in REASONS[1:]}


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("gold", type=Path, nargs="+", metavar="GOLD")
    articles = [article for file in parser.parse_args().gold for article in read_gold(file)]
    with tempfile.TemporaryDirectory() as folder:
        records, lost = extract(articles, Path(folder), sys.executable)
    found: dict[str, list[Json]] = defaultdict(list)
    for record in records:
        found[PurePath(record["document"]["path"]).stem].append(record)
    counts: dict[str, Counter[str]] = defaultdict(Counter)
    for article in articles:
        count(article, found[article["id"]], counts)
    print("| | in gold | precision | recall | F1 | F1 where found |\n|---|---:|---:|---:|---:|---:|")
    for label, n in counts.items():
        precision, recall = n["right"] / max(1, n["said"]), n["right"] / max(1, n["gold"])
        f1 = 2 * n["right"] / max(1, n["said"] + n["gold"])
        met = 2 * n["right"] / max(1, n["said met"] + n["gold met"])
        print(f"| {label} | {n['gold']} | " + " | ".join(f"{100 * x:.1f}" for x in (precision, recall, f1, met)) + " |")
    return 1 if lost else 0


def count(article: Json, records: Sequence[Json], counts: dict[str, Counter[str]]) -> None:
    """Add what is in one article, what was said of it, and what of that was right."""
    gold = article["attributions"]
    partner = dict(pairs(article, records))
    met = set(partner.values())
    for label, ours, theirs in LABELS:
        n = counts[label]
        for g, one in enumerate(gold):
            n["gold"] += bool(theirs(one))
            n["gold met"] += bool(theirs(one)) and g in met
        for r, record in enumerate(records):
            if said := ours(record):
                other = theirs(gold[partner[r]]) if r in partner else None
                n["said"] += 1
                n["said met"] += r in partner
                n["right"] += bool(other) and (other is True or overlap(said, other))
    n, reasons = counts["why nobody's"], reasons_of(records)
    for span in article["quoted"]:
        said = next((why for place, why in reasons.items() if overlap(place, (span["start"], span["end"]))), None)
        n["gold"] += bool(span.get("why"))
        n["gold met"] += bool(span.get("why")) and said is not None
        n["said met"] += bool(span.get("why")) and said is not None
        n["right"] += said is not None and said == span.get("why")
    n["said"] += len(reasons)


def _mention(record: Json, part: str) -> tuple[int, int] | None:
    mention = record[part]["mention"] if record[part] else None
    return (mention["start"], mention["end"]) if mention else None


LABELS = (
    ("addressee", lambda r: _mention(r, "addressee"), lambda g: g["to"]),
    ("relay", lambda r: _mention(r, "via"), lambda g: g["via"]),
    ("thought", lambda r: r["act"] == "thought", lambda g: g["act"] == "thought"),
)


def reasons_of(records: Sequence[Json]) -> dict[tuple[int, int], str]:
    """Marked words that are nobody's → the reason, where one is given."""
    return {
        (record["spans"][0]["start"], record["spans"][0]["end"]): REASON_OF[record["flags"][0]]
        for record in records
        if not record["speaker"] and record["flags"] and record["flags"][0] in REASON_OF
    }


def pairs(article: Json, records: Sequence[Json]) -> Iterator[tuple[int, int]]:
    """Records with the gold attribution of most of the same words, each taken once, the best first."""
    starts = [match.start() for match in WORD.finditer(article["text"])]

    def words(places: Sequence[Sequence[int]]) -> set[int]:
        return {start for a, b in places for start in starts if a <= start < b}

    gold = [words(one["content"]) for one in article["attributions"]]
    said = [words([(s["start"], s["end"]) for s in record["content"]["spans"]]) for record in records]
    shared = sorted(
        ((2 * len(a & b) / (len(a) + len(b)), r, g) for r, a in enumerate(said) for g, b in enumerate(gold) if a & b),
        reverse=True,
    )
    taken: set[int] = set()
    seen: set[int] = set()
    for dice, r, g in shared:
        if dice >= 0.5 and r not in seen and g not in taken:
            seen.add(r)
            taken.add(g)
            yield r, g


def overlap(a: Sequence[int], b: Sequence[int]) -> bool:
    return a[0] < b[1] and b[0] < a[1]


if __name__ == "__main__":
    sys.exit(main())
