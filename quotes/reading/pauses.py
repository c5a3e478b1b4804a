"""Input that may pause, as a pipe does: it is read in a thread of its own, so that what came before a pause need not
wait for what comes after it."""

from __future__ import annotations

import atexit
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from queue import Empty, Full, Queue
from threading import Event, Thread
from typing import Final

from quotes.interrupts import stop_again
from quotes.reading.pipes import ENDING
from quotes.types import Document

__all__ = ["with_pauses"]

PAUSE: Final = 0.2  # seconds

Report = Callable[[str], None]
Read = Callable[[Report, Report], Iterator[Document]]
"""Takes what is told of errors and of warnings; gives the documents."""


@dataclass(frozen=True, slots=True)
class _Told:
    report: Report
    line: str


@dataclass(frozen=True, slots=True)
class _End:
    error: BaseException | None = None


class _LeftError(Exception):
    """Nobody wants the rest."""


def with_pauses(read: Read, on_error: Report, on_warning: Report) -> Iterator[Document | None]:
    """What `read` gives, in order, and None wherever nothing has come for a moment.

    It runs in a thread, a document ahead; what it tells and raises is told and raised in this one.
    """
    reader = _Reader(read, on_error, on_warning)
    atexit.register(reader.end)
    reader.start()
    try:
        while not isinstance(found := reader.next(), _End):
            stop_again()
            if isinstance(found, _Told):
                found.report(found.line)
            else:
                yield found
        if found.error:
            raise found.error
    finally:
        reader.left.set()
        if not reader.is_alive():
            atexit.unregister(reader.end)


class _Reader(Thread):
    """Not waited for before the program ends: it may be at a pipe that says nothing any more."""

    def __init__(self, read: Read, on_error: Report, on_warning: Report) -> None:
        super().__init__(daemon=True)
        self.left = Event()
        self._found: Queue[Document | _Told | _End] = Queue(maxsize=1)
        self._read = partial(read, self._teller(on_error), self._teller(on_warning))

    def end(self) -> None:
        """Read no more, for the program ends."""
        ENDING.set()
        self.left.set()
        self.join(timeout=2)

    def next(self) -> Document | _Told | _End | None:
        """What comes next, None where that takes a moment."""
        try:
            return self._found.get(timeout=PAUSE)
        except Empty:
            return None

    def run(self) -> None:
        """Read all, or until nobody wants more."""
        with suppress(_LeftError):
            try:
                for document in self._read():
                    self._give(document)
            except _LeftError:
                raise
            except BaseException as error:
                self._give(_End(error))
            else:
                self._give(_End())

    def _teller(self, report: Report) -> Report:
        return lambda line: self._give(_Told(report, line))

    def _give(self, thing: Document | _Told | _End) -> None:
        while not self.left.is_set():
            with suppress(Full):
                self._found.put(thing, timeout=PAUSE)
                return
        raise _LeftError
