"""A small network that points from a phrase to the words around it that name whom it means.

It reads on from what the reader's lower layers see, paragraphs with and without quotation marks together. After
Vinyals, Fortunato and Jaitly (2015, "Pointer Networks"); `training/pointer.py` makes it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from quotes.attribution.reader.model import Seen, session
from quotes.errors import ModelNotFoundError
from quotes.types import Range

__all__ = ["Pointer", "View", "load_pointer"]

Floats = NDArray[np.float32]
Ints = NDArray[np.int64]
FILE = "pointer.onnx"
AWAY = -12.0
"""The log chance of somebody whom no word in sight names."""


@dataclass(frozen=True, slots=True)
class View:
    """The words of a window: their bounds [W], what each asks for and tells [W,64], how well nobody fits each [W]."""

    starts: Ints
    ends: Ints
    asks: Floats
    tells: Floats
    nobody: Floats

    def word(self, end: int) -> int | None:
        """The word in which a phrase that ends at `end` ends."""
        at = int(np.searchsorted(self.starts, end, "left")) - 1
        return at if at >= 0 and end <= self.ends[at] else None

    def chances(self, phrase: Range, head: int, places: Sequence[Iterable[int]]) -> list[float] | None:
        """The log chances that a phrase whose head ends at `head` means each of those whose names end at some places,
        and last nobody; None where the phrase is not in sight."""
        at = self.word(head)
        if at is None:
            return None
        scores = np.append(self.tells @ self.asks[at] / 8, self.nobody[at]).astype(np.float64)
        own = np.flatnonzero((self.ends > phrase[0]) & (self.starts < phrase[1]))
        scores[own] = -np.inf
        scores -= np.logaddexp.reduce(scores)
        seen = ([word for word in map(self.word, ends) if word is not None] for ends in places)
        mine = set(own.tolist())
        words = (sorted({*some} - mine) for some in seen)
        named = [np.logaddexp.reduce(scores[some]) if some else AWAY for some in words]
        return [max(float(one), AWAY) for one in (*named, scores[-1])]


class Pointer:
    """`view` of what the reader's lower part sees around a place."""

    def __init__(self, run: Callable[[dict[str, object]], Sequence[Floats]]) -> None:
        self._run = run

    def view(self, seen: Seen) -> View:
        asks, tells, nobody = self._run({"states": seen.states, "words": seen.words})
        return View(seen.tagged.starts, seen.tagged.ends, asks, tells, nobody)


@cache
def load_pointer() -> Pointer:
    """The network that ships with the package; loaded once a process.

    Raises `ModelNotFoundError` where the package was installed without it.
    """
    try:
        network = session(files("quotes.speakers") / FILE)
    except FileNotFoundError:
        raise ModelNotFoundError(
            "the network that tells who is speaking is missing from this installation: "
            "reinstall with `pip install --force-reinstall newsquotes`"
        ) from None
    return Pointer(lambda inputs: network.run(None, inputs))
