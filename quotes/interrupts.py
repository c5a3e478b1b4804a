"""Ctrl-C and its kin: the signals that ask a program to end, as this one takes them."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Final

__all__ = ["STOPPING", "Stopped", "deaf", "stop_again", "stoppable", "uninterrupted"]

STOPPING: Final = tuple(
    signal.Signals[name] for name in ("SIGINT", "SIGTERM", "SIGHUP") if name in signal.Signals.__members__
)
_asked: list[int] = []  # the signals that were raised since the block of `stoppable` began


class Stopped(KeyboardInterrupt):
    """Asked to end by `number`, another signal than that of Ctrl-C."""

    def __init__(self, number: int):
        super().__init__(number)
        self.number = number


@contextmanager
def stoppable() -> Iterator[None]:
    """In the block every such signal is raised as Ctrl-C is (KeyboardInterrupt), so that all is left in order.

    One that is ignored, as under nohup, stays so.
    """
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    _asked.clear()
    ours = [number for number in STOPPING if signal.getsignal(number) is signal.SIG_DFL]
    for number in ours:
        signal.signal(number, _raise)
    try:
        yield
    finally:
        for number in ours:
            signal.signal(number, signal.SIG_DFL)
        _asked.clear()


def _raise(number: int, _: FrameType | None) -> None:
    _asked.append(number)
    raise Stopped(number)


def stop_again() -> None:
    """Raise `Stopped` once more where Python has lost it: what is raised within a finalizer, or while a library in C is
    imported, is told to nobody. For loops that wait for what may never come."""
    if _asked:
        raise Stopped(_asked[0])


@contextmanager
def uninterrupted() -> Iterator[None]:
    """Ctrl-C waits until the block is done, so that no line is cut in two; a second Ctrl-C does not wait."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: handler for number in STOPPING if callable(handler := signal.getsignal(number))}
    waiting: list[int] = []

    def wait(number: int, frame: FrameType | None) -> None:
        if waiting:
            before[signal.Signals(number)](number, frame)
        waiting.append(number)

    for number in before:
        signal.signal(number, wait)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
    if waiting:
        before[signal.Signals(waiting[0])](waiting[0], None)


@contextmanager
def deaf() -> Iterator[None]:
    """A process started in the block never hears these signals, which a terminal sends to all: its parent decides."""
    from multiprocessing import resource_tracker

    resource_tracker.ensure_running()  # it would lift the mask when it starts
    before = signal.pthread_sigmask(signal.SIG_BLOCK, STOPPING)
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
