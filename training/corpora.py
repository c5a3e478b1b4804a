"""The table of what the reader learns from: adding a corpus is one line here."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from training.passages import read_passages

__all__ = ["CORPORA", "Corpus", "load"]

Article = dict[str, Any]
WRITTEN = Path(__file__).with_name("written")
ANNOTATED = Path(__file__).with_name("annotated")
ALL = frozenset({"parts", "act", "nested", "floating", "why", "names"})


@dataclass(frozen=True, slots=True)
class Corpus:
    """`path` lies in the folder of data, or is None for our own passages; a folder holds texts that we annotated
    ourselves.

    `labels` names what its annotation knows beside source, cue and content: parts (addressee and relaying source), act,
    nested (speech inside of speech), floating (words without a cue), why (marked words that nobody says) and names (who
    speaks). What it does not know costs the network nothing. `renamed`: the share of its articles that are read under
    other names.
    """

    name: str
    path: str | None
    labels: frozenset[str]
    renamed: float = 0.4

    def articles(self, data: Path) -> list[Article]:
        if self.path is None:
            return read_passages(WRITTEN, noted=bool(self.labels & {"act"}))
        path = data / self.path
        return annotated(ANNOTATED / f"{self.name}.jsonl", path) if path.is_dir() else load(path)


CORPORA = (
    Corpus("polnear", "polnear/train.jsonl", frozenset(), renamed=0.5),
    Corpus("newsroom", "newsroom/train.jsonl", ALL),
    Corpus("news", "raw", ALL),
    Corpus("web", "raw", ALL),
    Corpus("silver", "raw", frozenset({"parts", "act", "nested"}), renamed=1.0),
    Corpus("noted", None, ALL, renamed=0.0),
    Corpus("bracketed", None, frozenset({"nested"}), renamed=0.0),
)


# Whom phrases mean, in the folder of data: pronouns between two names, and chains of other texts.
GAP, GUM = "names/gap-development.tsv", "names/gum_coref.jsonl.gz"


def load(path: Path) -> list[Article]:
    """The articles of a file in the scorer's form, one a line."""
    with path.open(encoding="utf-8") as lines:
        return [{"inner": [], **json.loads(line)} for line in lines]


def raw(path: Path) -> Iterator[Article]:
    """The articles of a compressed file, one a line, each with the checksum of its text."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for article in map(json.loads, lines):
            yield article | {"crc32": zlib.crc32(article["text"].encode())}


@cache  # every epoch asks for them, and it takes seconds to read all that lies there
def annotated(notes: Path, folder: Path) -> list[Article]:
    """The articles of a folder (`*.jsonl.gz`, each line with `id` and `text`) and what `notes` says of them by offsets.

    The notes hold no text but its checksum. Raises ValueError where an article is missing or is not the one annotated.
    """
    paths = sorted(folder.glob("*.jsonl.gz"))  # several articles of one site may have one id
    texts = {(one["id"], one["crc32"]): one["text"] for path in paths for one in raw(path)}
    noted = load(notes)
    if gone := [one["id"] for one in noted if (one["id"], one["crc32"]) not in texts]:
        raise ValueError(f"{folder} lacks {', '.join(gone)} as {notes} knows them")
    return [{"text": texts[one["id"], one["crc32"]]} | one for one in noted]


KEPT_BACK = 7  # of so many articles with attributions one is left to weigh the ranker against the network


def is_kept_back(id: str) -> bool:
    """Whether the network that points to names has not read the names of this article's speakers."""
    return zlib.crc32(id.encode()) % KEPT_BACK == 0


def lessons(articles: Sequence[Article], weight: float, epoch: int) -> list[Article]:
    """What an epoch reads of a corpus: all of it so many times, or of 0.5 one half, and the next epoch the other."""
    if weight >= 1:
        return [*articles] * round(weight)
    parts = round(1 / weight)
    return [*articles[epoch % parts :: parts]]


def chosen(weights: Mapping[str, float], without: Iterable[str] = ()) -> list[tuple[Corpus, float]]:
    """The corpora that have a weight, with it, but for those named.

    Raises ValueError where a name is not in the table.
    """
    left_out = set(without)
    if unknown := left_out.union(weights) - {corpus.name for corpus in CORPORA}:
        raise ValueError(f"no corpus is called {', '.join(sorted(unknown))}: see training/corpora.py")
    return [(c, weights[c.name]) for c in CORPORA if c.name in weights and c.name not in left_out]
