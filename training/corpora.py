"""The table of what the reader learns from: adding a corpus is one line here."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from training.passages import read_passages

__all__ = ["CORPORA", "Corpus", "load"]

Article = dict[str, Any]
WRITTEN = Path(__file__).with_name("written")
ALL = frozenset({"parts", "act", "nested", "floating", "why"})


@dataclass(frozen=True, slots=True)
class Corpus:
    """`path` lies in the folder of data, or is None for our own passages. `weight`: how often an epoch reads it; of
    0.5, one epoch reads one half and the next the other.

    `labels` names what its annotation knows beside source, cue and content: parts (addressee and relaying source), act,
    nested (speech inside of speech), floating (words without a cue) and why (marked words that nobody says). What it
    does not know costs the network nothing. `renamed`: the share of its articles that are read under other names.
    """

    name: str
    path: str | None
    weight: float
    labels: frozenset[str]
    renamed: float = 0.4

    def articles(self, data: Path) -> list[Article]:
        if self.path is None:
            return read_passages(WRITTEN, noted=bool(self.labels & {"act"}))
        return load(data / self.path)

    def lessons(self, articles: Sequence[Article], epoch: int) -> list[Article]:
        """What of its articles an epoch reads."""
        if self.weight >= 1:
            return [*articles] * round(self.weight)
        parts = round(1 / self.weight)
        return [*articles[epoch % parts :: parts]]


CORPORA = (
    Corpus("polnear", "polnear/train.jsonl", 0.5, frozenset(), renamed=0.5),
    Corpus("newsroom", "newsroom/train.jsonl", 1, ALL),
    Corpus("noted", None, 2, ALL, renamed=0.0),
    Corpus("bracketed", None, 2, frozenset({"nested"}), renamed=0.0),
)


def load(path: Path) -> list[Article]:
    """The articles of a file in the scorer's form, one a line."""
    with path.open(encoding="utf-8") as lines:
        return [{"inner": [], **json.loads(line)} for line in lines]


def chosen(without: Iterable[str] = ()) -> tuple[Corpus, ...]:
    """The corpora but for those named. Raises ValueError where one is not in the table."""
    left_out = set(without)
    if unknown := left_out - {corpus.name for corpus in CORPORA}:
        raise ValueError(f"no corpus is called {', '.join(sorted(unknown))}: see training/corpora.py")
    return tuple(corpus for corpus in CORPORA if corpus.name not in left_out)
