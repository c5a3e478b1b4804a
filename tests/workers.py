"""Work for the tests of processes: what a worker imports."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from typing import BinaryIO

from quotes.errors import ModelNotFoundError
from quotes.parallel import Work

DEADLY, CRASHES = -1, -2


def ready(pause: float = 0.0) -> Work[int, int]:
    return partial(square, pause)


def square(pause: float, items: Sequence[int]) -> list[int]:
    """The numbers squared, early ones slowest."""
    for item in items:
        if item == DEADLY:
            os.kill(os.getpid(), signal.SIGKILL)
        if item == CRASHES:
            os.kill(os.getpid(), signal.SIGSEGV)
        time.sleep(pause / (1 + item))
    return [item * item for item in items]


def who(items: Sequence[int]) -> list[int]:
    """The worker's process id."""
    time.sleep(0.05)
    return [os.getpid() for _ in items]


def ready_to_tell() -> Work[int, int]:
    return who


def missing() -> Work[int, int]:
    raise ModelNotFoundError("nothing here")


def stillborn() -> Work[int, int]:
    os.kill(os.getpid(), signal.SIGKILL)
    return who


def first_word(stream: BinaryIO, then: Callable[..., object], argument: object) -> Iterator[bytes | None]:
    """The first four bytes; when `then` was called with `argument`, all bytes."""
    yield stream.read(4)
    yield None
    then(argument)
    stream.seek(0)
    yield stream.read()
