"""How long `quotes check` takes to index many articles, and then to answer a claim.

    python benchmarks/check_index.py [FILE_OR_FOLDER...] [--articles 10000] [--words 500] [--read 200]

Articles are made from those named (else from this project's own): their paragraphs in order, so many words each. Some
of these are read, as `quotes extract --type all` reads them. Each then stands in the index again and again, with other
words: its longer ones give way to words of the same length, met as often as in the articles, so that offsets and
speakers stay right, and no article has another's sentences. Printed are the seconds of a processor that reading and
indexing take, the size of the index, and, once it is opened anew, the milliseconds of a processor for each of 400
claims: quotations as they stand, without a word in their middle, cut off, and two joined.
"""

from __future__ import annotations

import argparse
import gc
import random
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import accumulate, islice
from pathlib import Path
from statistics import median
from typing import Any

import regex

from quotes.checking import Claim, Index, check
from quotes.options import Options
from quotes.pipeline import outcomes
from quotes.reading import read_documents, to_document
from quotes.tracing.who import who_of
from quotes.types import Document

OWN = ("fixtures/gate", "seeds")
CLAIMS = 400
FEWEST = 6  # words of a quotation that is claimed
_LONGER = regex.compile(r"\b[a-z]{4,}\b")

Records = Sequence[Mapping[str, Any]]
Article = tuple[Document, Records]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("paths", nargs="*", default=[str(Path(__file__).parents[1] / part) for part in OWN])
    parser.add_argument("--articles", type=int, default=10_000)
    parser.add_argument("--words", type=int, default=500)
    parser.add_argument("--read", type=int, default=200)
    arguments = parser.parse_args()
    sample = read(list(islice(cut(arguments.paths, arguments.words), arguments.read)), arguments.articles)
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "articles.index")
        claims = build(file, sample, arguments.articles)
        answer(file, claims)


def cut(paths: Sequence[str], words: int) -> Iterator[Document]:
    """Articles of so many words or a paragraph more."""
    held: list[str] = []
    number = 0
    for document in read_documents(paths, on_error=print, on_warning=lambda _: None):
        for paragraph in document.text.split("\n\n"):
            held.append(paragraph)
            if sum(len(one.split()) for one in held) >= words:
                yield to_document("\n\n".join(held), f"{number}")
                held, number = [], number + 1


def read(documents: Sequence[Document], wanted: int) -> list[Article]:
    """The articles with their records, and what reading so many as are wanted would take."""
    started = time.process_time()
    sample = [(document, outcome.records) for document, outcome in outcomes(documents, Options(types="all"), 1)]
    each = (time.process_time() - started) / len(sample)
    words = sum(len(document.text.split()) for document in documents) / len(documents)
    print(f"reading: {len(sample)} articles of {words:.0f} words, {1000 * each:.0f} ms of a processor each")
    print(f"  so {wanted:,} take {wanted * each / 60:.1f} minutes of one processor")
    return sample


def build(file: Path, sample: Sequence[Article], count: int) -> list[Claim]:
    """The index of so many articles, and claims about them."""
    chance = random.Random(1)
    articles = list(varied(sample, count, chance))
    index = Index(file)
    started = time.process_time()
    index.add((document for document, _ in articles), lambda new: zip(new, (r for _, r in articles), strict=True))
    seconds = time.process_time() - started
    index.close()
    print(f"indexing: {count:,} articles, {seconds:.0f} s of a processor, {file.stat().st_size / 2**20:.0f} MiB")
    return list(islice(claimed(articles, chance), CLAIMS))


def answer(file: Path, claims: Sequence[Claim]) -> None:
    """The claims against the index, opened anew; none is asked twice."""
    gc.collect()
    gc.freeze()  # what reading and indexing left is not looked through again: a program that answers has none of it
    index = Index(file)
    check(index, Claim(("What is loaded once is loaded with this one.",)))
    taken, labels = [], defaultdict[str, int](int)
    for claim in claims:
        started = time.process_time()
        labels[check(index, claim).label.value] += 1
        taken.append(1000 * (time.process_time() - started))
    index.close()
    taken.sort()
    at = taken[int(0.95 * (len(taken) - 1))]
    print(f"{len(taken)} claims: {median(taken):.1f} ms of a processor, 95 of 100 in {at:.1f}, at most {taken[-1]:.1f}")
    print("  " + ", ".join(f"{count} {label}" for label, count in sorted(labels.items())))


# --- articles and claims ---------------------------------------------------------------------------------------------


def varied(sample: Sequence[Article], count: int, chance: random.Random) -> Iterator[Article]:
    """The articles of the sample in turn, each time with other words."""
    words = defaultdict[int, dict[str, int]](dict)
    for document, _ in sample:
        for word in _LONGER.findall(document.text):
            words[len(word)][word] = words[len(word)].get(word, 0) + 1
    table = {length: (list(known), list(accumulate(known.values()))) for length, known in words.items()}

    def other(match: regex.Match[str]) -> str:
        known, weights = table[len(match[0])]
        return chance.choices(known, cum_weights=weights)[0]

    for number in range(count):
        document, records = sample[number % len(sample)]
        text = _LONGER.sub(other, document.text)
        yield replace(to_document(text, f"{number}"), title=document.title), records


def claimed(articles: Sequence[Article], chance: random.Random) -> Iterator[Claim]:
    """Quotations of articles taken by chance, in four ways."""
    held = [""]
    while True:
        document, records = chance.choice(articles)
        spoken = [one for one in records if one["type"] == "direct" and len(one["text"].split()) >= FEWEST]
        if not spoken:
            continue
        record = chance.choice(spoken)
        span = record["spans"][0]
        words = document.text[span["start"] : span["end"]].split()
        middle = len(words) // 2
        last = held[-1]
        held.append(" ".join(words))
        for text in (words, words[:middle] + words[middle + 1 :], words[: 2 * middle], [last, *words]):
            speaker = record["speaker"]
            yield Claim((" ".join(text).strip(),), who_of(speaker), speaker and speaker["name"])


if __name__ == "__main__":
    main()
