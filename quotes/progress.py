"""How far a run has come, as a bar on a terminal: articles done and left, words a second."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

from tqdm import tqdm

from quotes.types import Document

__all__ = ["progress"]

KNOWN = "{l_bar}{bar}| {n_fmt} articles, {left:,} left [{elapsed}<{remaining}, {words_a_second:,.0f} words/s]"
UNKNOWN = "{n_fmt} articles [{elapsed}, {words_a_second:,.0f} words/s]"


class _Bar(tqdm):  # type: ignore[type-arg]
    words = 0

    @property
    def format_dict(self) -> dict[str, Any]:
        shown = super().format_dict
        left = max(0, (shown["total"] or 0) - shown["n"])
        return {**shown, "left": left, "words_a_second": self.words / max(shown["elapsed"], 1e-3)}


@contextmanager
def progress(total: int | None) -> Iterator[Callable[[Document, bool], None]]:
    """Shows the bar on standard error while the block runs; call what it gives for each document that is done.

    `total` is None where nobody knows how many articles there are. Documents that a run before this one did count as
    articles, but their words were not read now.
    """
    form = UNKNOWN if total is None else KNOWN
    with _Bar(total=total, bar_format=form, file=sys.stderr, dynamic_ncols=True, mininterval=0.2) as bar:

        def done(document: Document, before: bool) -> None:
            bar.words += 0 if before else len(document.text.split())
            bar.update()

        yield done
