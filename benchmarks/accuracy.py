"""How well `quotes extract` reads annotated articles.

    python benchmarks/accuracy.py GOLD.jsonl --scorer score.py

GOLD has one article a line: {"id", "text", "attributions": [{"source", "cue", "content", "source_head", "name", "type",
"nominal"}], "quoted": [{"start", "end", "attribution"}]}, offsets in code points. The program runs on them as a user
runs it: one file an article, `quotes extract --type all FOLDER`. The scorer is any program that is called as
`score.py GOLD.jsonl PREDICTIONS.jsonl` and prints figures; a prediction is {"document", "quoted", "content", "speaker",
"cue", "name"}, one attribution a line.

Printed are the scorer's figures, the articles lost, and how often the name and the kind of the speaker are right for
the quoted spans that were found, apart for sources that gold calls a name, a pronoun or a description.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from pathlib import Path, PurePath
from typing import Any

import regex

Json = dict[str, Any]
Range = tuple[int, int]
Placed = tuple[Range, Json]

EDGES = " \t\r\n\"“”„«»‘’'.,;:!?()[]—–-\u00a0…"
TITLES = frozenset({"the", "mr", "mrs", "ms", "dr", "sen", "rep", "gov", "president", "senator", "sir"})
WORD = regex.compile(r"\w+(?:['’\-]\w+)*")
SAME_SPAN = 0.8
NOMINALS = ("name", "pronoun", "nominal")


def main() -> int:
    arguments = _arguments()
    gold = [json.loads(line) for line in arguments.gold.open(encoding="utf-8") if line.strip()]
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        records, lost = extract(gold, work, arguments.python)
        predictions = work / "predictions.jsonl"
        predictions.write_text("".join(f"{json.dumps(to_prediction(r))}\n" for r in records), encoding="utf-8")
        if arguments.keep:
            arguments.keep.write_text("".join(f"{json.dumps(r)}\n" for r in records), encoding="utf-8")
        subprocess.run([sys.executable, arguments.scorer, arguments.gold, predictions, *arguments.more], check=True)
    print(f"lost     {len(lost)} of {len(gold)} articles", *lost, sep="\n  ")
    print_speakers(gold, records)
    return 1 if lost else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("gold", type=Path)
    parser.add_argument("--scorer", type=Path, required=True, metavar="score.py")
    parser.add_argument("--python", default=sys.executable, help="of the environment where quotes is installed")
    parser.add_argument("--keep", type=Path, metavar="FILE", help="write the records here")
    parser.add_argument("more", nargs="*", help="passed on to the scorer (after --)")
    return parser.parse_args()


# --- gold → records → predictions ------------------------------------------------------------------------------------


def extract(gold: Sequence[Json], work: Path, python: str) -> tuple[list[Json], list[str]]:
    """The records of all articles, and what the program said of those that it lost."""
    articles = work / "articles"
    articles.mkdir()
    for article in gold:
        (articles / f"{article['id']}.txt").write_bytes(article["text"].encode("utf-8"))
    command = [python, "-m", "quotes", "extract", "--type", "all", str(articles)]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
    if done.returncode not in (0, 1):
        sys.exit(done.stderr)
    lost = done.stderr.splitlines() if done.returncode else []
    return [json.loads(line) for line in done.stdout.split("\n") if line], lost


def to_prediction(record: Json) -> Json:
    """A record as a scorer's prediction."""
    speaker = record["speaker"]
    spans = [_bounds(span) for span in record["spans"]]
    return {
        "document": article_of(record),
        "quoted": [] if record["type"] == "indirect" else spans,
        "content": [_bounds(span) for span in record["content"]["spans"]],
        "speaker": _bounds(speaker["mention"]) if speaker else None,
        "name": speaker["name"] if speaker else None,
        "cue": _bounds(record["cue"]) if record["cue"] else None,
    }


def article_of(record: Json) -> str:
    return PurePath(record["document"]["path"]).stem


def _bounds(span: Json) -> Range:
    return span["start"], span["end"]


# --- who the speaker is ----------------------------------------------------------------------------------------------


def print_speakers(gold: Sequence[Json], records: Sequence[Json]) -> None:
    """Shares of the quoted spans found that have the right name and kind, by the form of gold's source."""
    names: dict[str, Counter[bool]] = defaultdict(Counter)
    kinds: Counter[bool] = Counter()
    for attribution, record in matches(gold, records):
        speaker = record["speaker"] or {}
        if attribution.get("name"):
            right = any(same_name(speaker.get("name"), name) for name in attribution["name"].split(" & "))
            names[attribution.get("nominal", "name")][right] += 1
        if attribution.get("type"):
            kinds[speaker.get("kind") == attribution["type"]] += 1
    for nominal in NOMINALS:
        print(f"name of a source that is a {nominal:8s} {_share(names[nominal])}")
    print(f"kind of the source                   {_share(kinds)}")


def matches(gold: Sequence[Json], records: Sequence[Json]) -> Iterator[tuple[Json, Json]]:
    """Each quoted span of gold that has a source, with the record that has the same span."""
    found: dict[str, list[Placed]] = defaultdict(list)
    for record in records:
        if record["type"] != "indirect":
            found[article_of(record)] += [(_bounds(span), record) for span in record["spans"]]
    for article in gold:
        for quoted in article["quoted"]:
            attribution = _attribution(article, quoted)
            match = _same(article["text"], (quoted["start"], quoted["end"]), found[article["id"]])
            if attribution and match:
                yield attribution, match


def _attribution(article: Json, quoted: Json) -> Json | None:
    number = quoted["attribution"]
    attribution: Json | None = article["attributions"][number] if number is not None else None
    return attribution if attribution and attribution["source"] else None


def _same(text: str, span: Range, candidates: Sequence[Placed]) -> Json | None:
    wanted = _strip(text, span)
    shares = [(_overlap(wanted, _strip(text, place)), record) for place, record in candidates]
    best = max(shares, key=lambda pair: pair[0], default=None)
    return best[1] if best and best[0] >= SAME_SPAN else None


def _strip(text: str, span: Range) -> Range:
    start, end = span
    while start < end and text[start] in EDGES:
        start += 1
    while end > start and text[end - 1] in EDGES:
        end -= 1
    return start, end


def _overlap(one: Range, other: Range) -> float:
    """Intersection over union."""
    both = max(0, min(one[1], other[1]) - max(one[0], other[0]))
    return both / (max(one[1], other[1]) - min(one[0], other[0])) if both else 0.0


def same_name(one: str | None, other: str | None) -> bool:
    """The same words, titles aside, or the same last word and one name holding all the words of the other."""
    a, b = ([word.lower() for word in WORD.findall(name or "") if word.lower() not in TITLES] for name in (one, other))
    if not a or not b:
        return False
    return a == b or (a[-1] == b[-1] and (set(a) <= set(b) or set(b) <= set(a)) and min(len(a), len(b)) > 1)


def _share(counts: Counter[bool]) -> str:
    total = counts.total()
    return f"{100 * counts[True] / total:5.1f} % of {total}" if total else "none"


if __name__ == "__main__":
    sys.exit(main())
