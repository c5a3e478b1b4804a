"""Seconds that the passes which need no model take for a megabyte of hostile text, and for a quarter of one.

    python benchmarks/hostile.py [--characters 1000000]

A pass that took quadratic time would take sixteen times as long for four times the text; `ratio` is how much longer it
took. A line for each pass and text; the last says which was slowest.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable

from quotes.marks import canonical, find_marks
from quotes.nlp import split_sentences
from quotes.reading import find_front_matter, to_document
from quotes.record import build_quotes
from quotes.types import Attribution, Resolved

PIECES = {
    "straight marks": '"',
    "opening marks": "“",
    "closing marks": "”",
    "opening marks and words": "“a ",
    "marks within marks": "“a ‘b ",
    "apostrophes": "'",
    "two apostrophes": "''",
    "marks of a tag": '<a b="',
    "entities": "&quot;",
    "spaces": " ",
    "no-break spaces": "\u00a0",
    "newlines": "\n",
    "line ends of all kinds": "\r\n\u2028\x85",
    "digits": "7",
    "full stops": ".",
    "sentences": "A. ",
    "said": "said ",
    "brackets": "([{",
    "stars": "**",
    "accents": "e\u0301",
    "invisible": "\u200b",
    "one word": "a",
    "lines": "By A. B.\n",
}


def marks(text: str) -> None:
    canonical(text, find_marks(text))


def sentences(text: str) -> None:
    list(split_sentences(text))


def front_matter(text: str) -> None:
    find_front_matter(text)


def records(text: str) -> None:
    """Of every mark in the text, all said by nobody."""
    found = [Attribution(((mark.start, mark.end),), (mark,)) for mark in find_marks(text) if not mark.depth]
    build_quotes(to_document(text), list(split_sentences(text)), found, [Resolved(None)] * len(found))


PASSES: tuple[Callable[[str], None], ...] = (front_matter, marks, sentences, records)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--characters", type=int, default=1_000_000)
    size = parser.parse_args().characters
    slowest = (0.0, "", "")
    for name, piece in PIECES.items():
        for reading in PASSES:
            quarter, whole = (seconds(reading, (piece * part)[:part]) for part in (size // 4, size))
            slowest = max(slowest, (whole, reading.__name__, name))
            print(
                f"{name:24} {reading.__name__:13} {whole:6.2f} s  ratio {whole / max(quarter, 1e-3):5.1f}", flush=True
            )
    print(f"slowest: {slowest[0]:.2f} s, {slowest[1]} of {slowest[2]}")


def seconds(reading: Callable[[str], None], text: str) -> float:
    start = time.process_time()
    reading(text)
    return time.process_time() - start


if __name__ == "__main__":
    main()
