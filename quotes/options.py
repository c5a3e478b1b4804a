"""What a user can choose, in one value."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, cast, get_args

from quotes.errors import OptionsError
from quotes.offsets import UNIT, Unit
from quotes.shards import Shard
from quotes.types import Act, Quote, QuoteType

__all__ = ["ALL_ACTS", "ALL_TYPES", "READER", "Options", "RunOptions", "parse_acts", "parse_types"]

READER = "reader"
"""The `model` that stands for the learned reader, which needs no other."""
ALL_TYPES: tuple[QuoteType, ...] = get_args(QuoteType)
ALL_ACTS: tuple[Act, ...] = get_args(Act)


@dataclass(frozen=True, slots=True)
class Options:
    """How to extract. `model` finds the names: the reader itself, or an installed spaCy pipeline (a name or a folder).
    `types` and `acts` are the records wanted, `people` is a table (.csv or .jsonl) of known people and bodies, whose
    ids matched speakers get. `without` names rules that are not followed, to see what they do."""

    model: str = READER
    types: tuple[QuoteType, ...] | Literal["all"] = ("direct", "mixed")
    people: Path | None = None
    acts: tuple[Act, ...] = ALL_ACTS
    without: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Raises OptionsError for types that there are not."""
        if self.types != "all":
            given = (self.types,) if isinstance(self.types, str) else self.types
            _refuse_unknown(given, ALL_TYPES, "type", "Options(types=…) takes a tuple of these, or")
            if isinstance(self.types, str):
                raise OptionsError(f'types={self.types!r} is no tuple: write types=("{self.types}",), or "all"')

    def wants(self, type: QuoteType) -> bool:
        """Whether records of `type` are wanted."""
        return self.types == "all" or type in self.types

    def wants_quote(self, quote: Quote) -> bool:
        """Whether the record of a quotation is wanted."""
        return self.wants(quote.type) and quote.act in self.acts


@dataclass(frozen=True, slots=True)
class RunOptions:
    """How to go about many files: how many processes (`jobs`) work on them, whether to go on where a run with the same
    output was stopped (`resume`), a folder to keep the texts in that records point into (`save_text`), and what to
    write (`format`, one of `quotes.writing.FORMATS`; None: what the output's ending says), and which part of the
    articles to take (`shard`; None: all), and what offsets count (`offsets`, one of `quotes.offsets.UNITS`), and the
    `columns` of tables, "short" or "all"."""

    jobs: int = 1
    resume: bool = False
    save_text: Path | None = None
    format: str | None = None
    shard: Shard | None = None
    offsets: Unit = UNIT
    columns: Literal["short", "all"] = "short"


def parse_types(text: str) -> tuple[QuoteType, ...]:
    """ "direct,mixed", "indirect", "all" … as types. Raises OptionsError, which names the choices."""
    return cast("tuple[QuoteType, ...]", _parse(text, ALL_TYPES, "type"))


def parse_acts(text: str) -> tuple[Act, ...]:
    """ "speech", "thought", "all" … as acts. Raises OptionsError, which names the choices."""
    return cast("tuple[Act, ...]", _parse(text, ALL_ACTS, "act"))


def _parse(text: str, choices: tuple[str, ...], kind: str) -> tuple[str, ...]:
    names = [name.strip() for name in text.split(",")]
    if names == ["all"]:
        return choices
    _refuse_unknown(names, choices, kind, "joined by commas, or")
    return tuple(names)


def _refuse_unknown(names: Iterable[object], choices: tuple[str, ...], kind: str, how: str) -> None:
    for name in names:
        if name not in choices:
            raise OptionsError(f"{name!r} is no {kind}; choose from {', '.join(choices)} ({how} all)")
