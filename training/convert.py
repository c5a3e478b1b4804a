"""PolNeAR as published (brat standoff) → one article a line: `python -m training.convert data/train > train.jsonl`.

A folder holds `text/<article>.txt` and `attributions/<article>_<annotator>.ann`; the first annotator of an article is
taken. Every line has {"id", "publisher", "date", "text", "attributions": [{"source", "cue", "content"}]} where each
field is a list of [start, end] code-point offsets, end-exclusive.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

ROLES = ("source", "cue", "content")
Spans = list[list[int]]


def read_annotations(lines: Iterator[str]) -> list[dict[str, Spans]]:
    """The attributions of one .ann file: text-bound lines (T) name spans, event lines (E) tie them together."""
    spans: dict[str, Spans] = {}
    events: list[list[str]] = []
    for line in lines:
        fields = line.rstrip("\n").split("\t")
        if line.startswith("T"):
            places = fields[1].split(" ", 1)[1]
            spans[fields[0]] = [[int(x) for x in place.split()] for place in places.split(";")]
        elif line.startswith("E"):
            events.append(fields[1].split())
    return [_attribution(event, spans) for event in events]


def _attribution(event: list[str], spans: dict[str, Spans]) -> dict[str, Spans]:
    found: dict[str, Spans] = {role: [] for role in ROLES}
    for argument in event:
        role, _, target = argument.partition(":")
        role = role.rstrip("0123456789").lower()
        if role in found:
            found[role] += spans[target]
    return {role: sorted(places) for role, places in found.items()}


def articles(folder: Path) -> Iterator[dict[str, Any]]:
    annotated = {
        path.stem.rpartition("_")[0]: path for path in sorted((folder / "attributions").glob("*.ann"), reverse=True)
    }
    for name, path in sorted(annotated.items()):
        text = (folder / "text" / f"{name}.txt").read_bytes().decode("utf-8")
        with path.open(encoding="utf-8") as lines:
            attributions = [a for a in read_annotations(lines) if a["content"]]
        publisher, date, _ = name.split("_", 2)
        yield {"id": name, "publisher": publisher, "date": date, "text": text, "attributions": attributions}


def main() -> None:
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("folder", type=Path, help="one compartment of the corpus, such as data/train")
    for article in articles(ap.parse_args().folder):
        json.dump(article, sys.stdout, ensure_ascii=False)
        sys.stdout.write("\n")


if __name__ == "__main__":
    main()
