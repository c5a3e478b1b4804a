"""Articles as `training/convert.py` gives them → gold for `quotes eval` and `benchmarks/run`.

    python -m training.convert PolNeAR/data/dev > dev.jsonl
    python benchmarks/gold.py dev.jsonl > gold.jsonl

Adds what the published annotation leaves out: "quoted", all spans in outermost double quotation marks, each with the
attribution whose content holds most of it. What only a person can tell stays as it is: "source_head", the head word of
a source (without it a speaker is right who overlaps half of the source), and "name", the fullest name in the article
(without any the figure is left out).
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from measuring import read_gold

from quotes.marks import find_marks
from quotes.types import Range

Json = Mapping[str, Any]
HALF = 0.5


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("articles", type=Path)
    for article in read_gold(parser.parse_args().articles):
        json.dump({**article, "quoted": list(_quoted(article))}, sys.stdout, ensure_ascii=False)
        sys.stdout.write("\n")


def _quoted(article: Json) -> Iterator[Json]:
    for mark in find_marks(article["text"]):
        if mark.depth == 0 and not mark.single and mark.inner_start < mark.inner_end:
            span = mark.inner_start, mark.inner_end
            yield {"start": span[0], "end": span[1], "attribution": _holder(span, article["attributions"])}


def _holder(span: Range, attributions: Sequence[Json]) -> int | None:
    """The attribution that holds most of a span, the narrowest of several: speech in speech is the inner one's."""
    held = [sum(_shared(span, piece) for piece in one["content"]) for one in attributions]
    most = max(held, default=0)
    holders = [number for number, share in enumerate(held) if share == most]
    if most < HALF * (span[1] - span[0]):
        return None
    return min(holders, key=lambda number: sum(end - start for start, end in attributions[number]["content"]))


def _shared(one: Range, other: Range) -> int:
    return max(0, min(one[1], other[1]) - max(one[0], other[0]))


if __name__ == "__main__":
    main()
