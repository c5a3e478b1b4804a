"""Reading apart: what other libraries take to pieces is read in a process of its own, which can be ended.

A loop that never ends, or takes the square of its time, within a library cannot be left from within; nor can memory be
had back that it asks for. So that process has so many seconds for a document, and so much memory; one that needs more
is named, and a new process reads the next.
"""

from __future__ import annotations

import atexit
import multiprocessing
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.connection import Connection
from typing import Any, Final, TypeVar

from quotes.errors import DocumentError
from quotes.interrupts import deaf

__all__ = ["apart"]

Result = TypeVar("Result")

MEMORY: Final = 4 * 2**30
TOO_MUCH: Final = f"takes over {MEMORY:,} bytes of memory to read"
STARTING: Final = 120  # seconds
CONTEXT: Final = multiprocessing.get_context("spawn")


def apart(seconds: int, read: Callable[..., Result], *arguments: object) -> Result:
    """What `read(*arguments)` returns, worked out apart; arguments and result can be pickled. 0 `seconds`: in here,
    without a bound.

    Raises the DocumentError that it raises, and one where it takes too long, too much memory, or crashes.
    """
    return read(*arguments) if not seconds else _process().ask(seconds, read, *arguments)


class _Process:
    """A process that answers one question after another."""

    def __init__(self) -> None:
        self.connection, theirs = CONTEXT.Pipe()
        self.process = CONTEXT.Process(target=_serve, args=(theirs,), daemon=True)
        with deaf():
            self.process.start()
        theirs.close()

    def ask(self, seconds: int, *question: object) -> Any:
        """The answer. Whatever goes wrong on the way ends the process: a late answer is none to the next question."""
        try:
            self.connection.send(question)
            if not self.connection.poll(seconds):
                raise DocumentError(f"takes over {seconds:,} seconds to read (raise `max_seconds`)")
            answer = self.connection.recv()
        except (EOFError, ConnectionError):
            self.end()
            raise DocumentError("cannot be read: what reads it crashed") from None
        except BaseException:
            self.end()
            raise
        if isinstance(answer, Exception):
            raise answer
        return answer

    def end(self) -> None:
        """Be rid of it."""
        self.process.kill()
        self.process.join()
        self.connection.close()


_processes: list[_Process] = []  # one at most


@atexit.register
def _end() -> None:
    """It hears no signal but this: it would be waited for."""
    for process in _processes:
        process.process.kill()


def _process() -> _Process:
    """The one that there is, or a new one that is ready: its start is no document's time."""
    if not _processes or not _processes[0].process.is_alive():
        _processes[:] = [_Process()]
        _processes[0].ask(STARTING, str)
    return _processes[0]


def _serve(connection: Connection) -> None:
    with suppress(ImportError, ValueError, OSError):  # a system without such bounds, or with a closer one
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    with suppress(EOFError, ConnectionError):
        while True:
            read, *arguments = connection.recv()
            connection.send(_answer(read, arguments))


def _answer(read: Callable[..., Any], arguments: list[Any]) -> Any:
    try:
        return read(*arguments)
    except DocumentError as error:
        return error
    except MemoryError:
        return DocumentError(TOO_MUCH)
    except Exception as error:  # a bug, here or in a library
        return DocumentError(f"failed: {type(error).__name__}: {error}")
