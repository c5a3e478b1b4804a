"""What the program reads in raw articles, for the reader to read again under other names and in other company.

    python -m training.silver DATA [--articles 900]

DATA holds the articles, in `raw/`; those that somebody has annotated are left out. Like the notes of annotators, what
is written to `annotated/silver.jsonl` holds places and checksums, no text. The reader learns from it to be of one mind
about the same words (Xie et al. 2020, "Self-training with Noisy Student": the student reads what is harder).
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Iterator
from pathlib import Path

from quotes import Options, Quote, load
from training.corpora import ANNOTATED, Article, raw
from training.corpora import load as load_articles

OUT = ANNOTATED / "silver.jsonl"
LONGEST = 6000  # characters


def articles(data: Path, most: int) -> list[Article]:
    """Raw articles, of each source as many, that nobody has annotated."""
    notes = (path for path in ANNOTATED.glob("*.jsonl") if path != OUT)
    known = {(one["id"], one["crc32"]) for path in notes for one in load_articles(path)}
    read = {
        _start(one["text"]) for part in ("train", "dev") for one in load_articles(data / "newsroom" / f"{part}.jsonl")
    }
    paths = sorted((data / "raw").glob("*.jsonl.gz"))
    found: list[Article] = []
    for path in paths:
        short = (one for one in raw(path) if len(one["text"]) <= LONGEST)
        fresh = [one for one in short if (one["id"], one["crc32"]) not in known and _start(one["text"]) not in read]
        found += random.Random(path.name).sample(fresh, min(most // len(paths), len(fresh)))
    return found


def _start(text: str) -> str:
    """The first letters of a text: enough to know it again."""
    return "".join(filter(str.isalpha, text.lower()))[:1500]


def attributions(quotes: list[Quote]) -> Iterator[Article]:
    """Records in the form of annotations."""
    for quote in quotes:
        if "no_speaker" in quote.flags or not (quote.cue or quote.speaker):
            continue
        speaker = quote.speaker
        yield {
            "source": _places(speaker.mention) if speaker else [],
            "cue": _places(quote.cue),
            "content": [[span.start, span.end] for span in quote.content],
            "name": speaker.name if speaker else None,
            "kind": speaker.kind if speaker else None,
            "act": quote.act,
            "to": next(iter(_places(quote.addressee.mention if quote.addressee else None)), None),
            "via": next(iter(_places(quote.via.mention if quote.via else None)), None),
        }


def _places(span: object) -> list[list[int]]:
    return [[span.start, span.end]] if span else []  # type: ignore[attr-defined]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--articles", type=int, default=900)
    given = parser.parse_args()
    extractor = load(Options(types="all"))
    with OUT.open("w", encoding="utf-8") as file:
        for article in articles(given.data, given.articles):
            found = list(attributions(extractor.extract(article["text"])))
            noted = {"id": article["id"], "crc32": article["crc32"], "attributions": found, "quoted": []}
            print(json.dumps(noted, ensure_ascii=False, separators=(",", ":")), file=file)


if __name__ == "__main__":
    main()
