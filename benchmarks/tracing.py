"""How long `quotes trace` takes, and how many versions it finds.

    python benchmarks/tracing.py [--records 100000] [--versions 0.3]

The records are invented: sentences of words that are met as often as in English (Zipf's law). A share of them are
versions of others: a copy, one or two words altered, the beginning or the end cut. Printed are the seconds of the whole
command on the clock and of a processor, its peak memory, and the share of the versions that stand in one group with
what they were made from.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from importlib.resources import files
from itertools import accumulate
from pathlib import Path
from typing import Any

from quotes.review.mending import named

LETTERS = "abcdefghiklmnoprstuvwz"
CONTENT = 30_000  # words beside the small ones


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--records", type=int, default=100_000)
    parser.add_argument("--versions", type=float, default=0.3, help="share of the records that are versions of others")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        source, target = Path(folder, "records.jsonl"), Path(folder, "groups.jsonl")
        origin = write(source, arguments.records, arguments.versions)
        started = time.perf_counter()
        with target.open("wb") as out:
            process = subprocess.Popen([sys.executable, "-m", "quotes", "trace", "--json", str(source)], stdout=out)
            _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - started
        if status:
            sys.exit("quotes trace failed")
        found = groups(target)
    together = sum(found.get(copy, -1) == found.get(first, -2) for copy, first in origin.items())
    processor = usage.ru_utime + usage.ru_stime
    print(
        f"{arguments.records:,} records  {seconds:.0f} s, {processor:.0f} s of a processor  "
        f"peak {usage.ru_maxrss / 1024:,.0f} MiB  {len(set(found.values())):,} groups  "
        f"{together / max(1, len(origin)):.3f} of {len(origin):,} versions found"
    )


def write(path: Path, count: int, share: float) -> dict[str, str]:
    """The records, in a file. Gives the id of each version with that of the record it was made from."""
    chance = random.Random(1)
    words, weights = vocabulary(chance)
    origin: dict[str, str] = {}
    firsts: list[tuple[str, list[str], str]] = []
    with path.open("w", encoding="utf-8") as file:
        for number in range(count):
            id = hashlib.sha256(str(number).encode()).hexdigest()[:16]
            if firsts and chance.random() < share:
                first, said, speaker = chance.choice(firsts)
                said, origin[id] = version(said, words, chance), first
            else:
                said = chance.choices(words, cum_weights=weights, k=chance.randint(14, 45))
                speaker = f"Ana {chance.choice(words[200:5000]).title()}"
                firsts.append((id, said, speaker))
            file.write(json.dumps(record(id, number, " ".join(said), speaker)) + "\n")
    return origin


def vocabulary(chance: random.Random) -> tuple[list[str], list[float]]:
    """Words and how often they are met, added up."""
    lists = files("quotes.tracing.words")
    small = [line for line in lists.joinpath("function.txt").read_text().splitlines() if not line.startswith("#")]
    large = ["".join(chance.choices(LETTERS, k=chance.randint(4, 10))) for _ in range(CONTENT)]
    return small + large, list(accumulate(1 / rank for rank in range(1, len(small) + len(large) + 1)))


def version(said: list[str], words: list[str], chance: random.Random) -> list[str]:
    said = list(said)
    kind = chance.randrange(4)
    if kind == 1:
        for _ in range(chance.randint(1, 2)):
            said[chance.randrange(len(said))] = chance.choice(words)
    elif kind == 2:
        said = said[: len(said) * 2 // 3]
    elif kind == 3:
        said = said[len(said) // 3 :]
    return said


def record(id: str, number: int, text: str, speaker: str) -> dict[str, Any]:
    span = {"start": 1, "end": 1 + len(text), "text": text}
    start = len(text) + 8
    mention = {"start": start, "end": start + len(speaker), "text": speaker}
    article = f"{number}.txt"
    return {
        "schema_version": "1.1",
        "offset_unit": "codepoint",
        "id": id,
        "document": {
            "id": article,
            "path": article,
            "sha256": hashlib.sha256(article.encode()).hexdigest(),
            "title": None,
            "author": None,
            "published": f"2024-{number % 12 + 1:02}-{number % 28 + 1:02}",
            "url": None,
        },
        "type": "direct",
        "text": text,
        "text_clean": text,
        "spans": [span],
        "content": {"text": text, "spans": [span]},
        "speaker": {**named(mention), "kind": "person"},
        "cue": None,
        "addressee": None,
        "via": None,
        "within": None,
        "context": {"sentence": span, "prefix": "“", "suffix": "” "},
        "confidence": 1.0,
        "flags": [],
        "extractor": {"name": "newsquotes", "version": "0", "model": "none"},
    }


def groups(path: Path) -> dict[str, int]:
    """The number of its group for each record in one."""
    return {id: number for number, ids in enumerate(_ids(path)) for id in ids}


def _ids(path: Path) -> Iterator[list[str]]:
    with path.open(encoding="utf-8") as file:
        for line in file:
            yield [appearance["record"] for appearance in json.loads(line)["appearances"]]


if __name__ == "__main__":
    main()
