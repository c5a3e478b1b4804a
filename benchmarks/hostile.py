"""Seconds that the passes which need no model take for a megabyte of hostile text, and for a quarter of one.

    python benchmarks/hostile.py [--characters 1000000] [--expressions]

A pass that took quadratic time would take sixteen times as long for four times the text; `ratio` is how much longer it
took. A line for each pass and text; the last says which was slowest. With `--expressions` the passes are the regular
expressions that read a whole text, each by itself.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable

import regex

from quotes import marks as marks_of
from quotes.attribution import Found, attributions_of, steps
from quotes.attribution.reader.calibration import Calibration
from quotes.marks import canonical, find_marks
from quotes.nlp import sentences as sentences_of
from quotes.nlp import split_sentences
from quotes.reading import find_front_matter, to_document
from quotes.reading.front_matter import furniture, lines
from quotes.record import build_quotes
from quotes.speakers import article, mentions, names
from quotes.types import Attribution, Resolved

PIECES = {
    "straight marks": '"',
    "opening marks": "“",
    "closing marks": "”",
    "opening marks and words": "“a ",
    "marks within marks": "“a ‘b ",
    "marks left open behind colons": ": 'a ",
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
    "capitals": "A",
    "names": "Roy ",
    "names joined": "A & B ",
    "names with hyphens": "A-",
    "names behind titles": "Mr. Roy ",
    "names behind roles": "mayor Roy ",
    "a transcript": "ROY: No.\n",
}


def marks(text: str) -> None:
    canonical(text, find_marks(text))


def sentences(text: str) -> None:
    list(split_sentences(text))


def front_matter(text: str) -> None:
    find_front_matter(text)


def attributions(text: str) -> None:
    """Where the reader finds nothing: what steps find, and why marked words are nobody's."""
    attributions_of(to_document(text), find_marks(text), Found([], list), Calibration())


def records(text: str) -> None:
    """Of every mark in the text, all said by nobody."""
    found = [Attribution(((mark.start, mark.end),), (mark,)) for mark in find_marks(text) if not mark.depth]
    build_quotes(to_document(text), list(split_sentences(text)), found, [Resolved(None)] * len(found))


def scan(expression: regex.Pattern[str]) -> Callable[[str], None]:
    def find(text: str) -> None:
        for _ in expression.finditer(text):
            pass

    return find


PASSES: dict[str, Callable[[str], None]] = {
    "front matter": front_matter,
    "marks": marks,
    "sentences": sentences,
    "attributions": attributions,
    "records": records,
}
EXPRESSIONS = {
    "marks": marks_of._CANDIDATE,
    "lines": marks_of._LINE,
    "page lines": lines._RUN,
    "tags": furniture._TAG,
    "sentence ends": sentences_of.STOP,
    "turns": steps._TURN,
    "credits": steps._CREDIT,
    "pronouns": article.PERSONAL,
    "words": mentions._CAPITALS,
    "names": names.NAME,
    "titles": names._TITLED,
    "roles": mentions._ROLED,
    "companies": mentions._COMPANY,
    "speaker tags": mentions._TAG,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--characters", type=int, default=1_000_000)
    parser.add_argument("--expressions", action="store_true")
    arguments = parser.parse_args()
    size = arguments.characters
    passes = {name: scan(found) for name, found in EXPRESSIONS.items()} if arguments.expressions else PASSES
    slowest = (0.0, "", "")
    for name, piece in PIECES.items():
        for step, reading in passes.items():
            quarter, whole = (seconds(reading, (piece * part)[:part]) for part in (size // 4, size))
            slowest = max(slowest, (whole, step, name))
            print(f"{name:24} {step:13} {whole:6.2f} s  ratio {whole / max(quarter, 1e-3):5.1f}", flush=True)
    print(f"slowest: {slowest[0]:.2f} s, {slowest[1]} of {slowest[2]}")


def seconds(reading: Callable[[str], None], text: str) -> float:
    start = time.process_time()
    reading(text)
    return time.process_time() - start


if __name__ == "__main__":
    main()
