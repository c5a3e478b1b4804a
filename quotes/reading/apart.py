"""Reading apart: what other libraries take to pieces is read in a process of its own, which can be ended.

A loop that never ends, or takes the square of its time, within a library cannot be left from within; nor can memory be
had back that it asks for. So that process has so many seconds for a document, and so much memory; one that needs more
is named, and a new process reads the next.

A file that holds one document goes there whole (`apart`). One that holds many stays here, open, and is read from there
bit by bit (`each_apart`): what is asked of it comes over the same pipe as what was found in it.
"""

from __future__ import annotations

import atexit
import io
import sys
import time
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, BinaryIO, Final, TypeVar, cast

from quotes.errors import DocumentError
from quotes.interrupts import deaf

if TYPE_CHECKING:
    from multiprocessing.connection import Connection
    from multiprocessing.context import SpawnContext

__all__ = ["apart", "each_apart"]

Result = TypeVar("Result")

MEMORY: Final = 4 * 2**30
TOO_MUCH: Final = f"takes over {MEMORY:,} bytes of memory to read"
STARTING: Final = 120  # seconds
BUFFER: Final = 2**18


def apart(seconds: int, read: Callable[..., Result], *arguments: object) -> Result:
    """What `read(*arguments)` returns, worked out apart; arguments and result can be pickled. 0 `seconds`: in here,
    without a bound.

    Raises the DocumentError that it raises, and one where it takes too long, too much memory, or crashes.
    """
    if not seconds:
        return read(*arguments)
    with _borrowed() as process:
        process.send(_Once(read, arguments))
        answer, _ = process.hear(seconds)
    if isinstance(answer, Exception):
        raise answer
    return cast(Result, answer)


def each_apart(
    seconds: int, read: Callable[..., Iterator[Result | None]], stream: BinaryIO, *arguments: object
) -> Iterator[Result]:
    """What `read(stream, *arguments)` gives, one by one, as `apart`; None says that it goes on, and is left out.

    There are so many `seconds` from one to the next, reading `stream` aside: that is done here.
    """
    if not seconds:
        yield from (one for one in read(stream, *arguments) if one is not None)
        return
    with _borrowed() as process:
        process.send(_Each(read, stream.seekable(), arguments))
        failure = yield from _each(process, seconds, stream)
    if failure is not None:
        raise failure


def _each(process: _Process, seconds: int, stream: BinaryIO) -> Generator[Any, None, Exception | None]:
    left: float = seconds
    while True:
        said, took = process.hear(left, seconds)
        if isinstance(said, _Call):
            left -= took
            process.send(_try(getattr(stream, said.name), *said.arguments))
        elif isinstance(said, _Found):
            left = seconds
            yield from said.found
        else:
            return cast("Exception | None", said)


def _try(work: Callable[..., Any], *arguments: object) -> Any:
    try:
        return work(*arguments)
    except (DocumentError, OSError, ValueError) as error:
        return error


# --- this side -------------------------------------------------------------------------------------------------------


@cache
def _context() -> SpawnContext:
    """What makes processes: loaded when something is read apart, for texts are read without.

    It waits for its processes when Python ends; those that run at the end are called last in, first out, and so the
    processes are ended before it waits.
    """
    import multiprocessing.util

    atexit.register(_end)
    return multiprocessing.get_context("spawn")


class _Process:
    """A process that answers one question after another."""

    def __init__(self) -> None:
        self.connection, theirs = _context().Pipe()
        self.process = _context().Process(target=_serve, args=(theirs,), daemon=True)
        with deaf(), _without_script():
            self.process.start()
        theirs.close()

    def send(self, said: object) -> None:
        """Say something to it; that nobody hears it is told by `hear`."""
        with suppress(ConnectionError):
            self.connection.send(said)

    def hear(self, left: float, seconds: int | None = None) -> tuple[Any, float]:
        """What it says within the seconds that are `left` (of so many), and how long that took."""
        began = time.monotonic()
        try:
            if not self.connection.poll(max(left, 0)):
                raise DocumentError(f"takes over {seconds or left:,} seconds to read (raise `max_seconds`)")
            return self.connection.recv(), time.monotonic() - began
        except (EOFError, ConnectionError):
            raise DocumentError("cannot be read: what reads it crashed") from None

    def end(self) -> None:
        """Be rid of it."""
        self.process.kill()
        self.process.join()
        self.connection.close()


@contextmanager
def _without_script() -> Iterator[None]:
    """A process started in the block does not run the user's script again, to find what is defined in it."""
    main = sys.modules["__main__"]
    hidden: dict[str, Any] = {
        name: main.__dict__.pop(name) for name in ("__file__", "__spec__") if name in main.__dict__
    }
    main.__spec__ = None
    try:
        yield
    finally:
        main.__dict__.update(hidden)


_idle: list[_Process] = []
_busy: list[_Process] = []


def _end() -> None:
    """They hear no signal but this: they would be waited for."""
    for process in (*_idle, *_busy):
        process.process.kill()


@contextmanager
def _borrowed() -> Iterator[_Process]:
    """A process that is ready. Whatever goes wrong meanwhile ends it: a late answer is none to the next question."""
    process = _ready()
    _busy.append(process)
    try:
        yield process
    except BaseException:
        process.end()
        raise
    else:
        _idle.append(process)
    finally:
        _busy.remove(process)


def _ready() -> _Process:
    """An idle one, or a new one: its start is no document's time."""
    while _idle:
        process = _idle.pop()
        if process.process.is_alive():
            return process
        process.end()
    process = _Process()
    process.send(_Once(str, ()))
    process.hear(STARTING)
    return process


# --- what is said, and that side -------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Once:
    """Asks for what `read` returns."""

    read: Callable[..., Any]
    arguments: tuple[object, ...]

    def answer(self, connection: Connection) -> Any:
        return self.read(*self.arguments)


@dataclass(frozen=True, slots=True)
class _Each:
    """Asks for all that `read` gives of a stream."""

    read: Callable[..., Iterator[Any]]
    seekable: bool
    arguments: tuple[object, ...]

    def answer(self, connection: Connection) -> None:
        stream = io.BufferedReader(_Far(connection, self.seekable), BUFFER)
        for one in self.read(stream, *self.arguments):
            connection.send(_Found(() if one is None else (one,)))


@dataclass(frozen=True, slots=True)
class _Found:
    """One more result, or none: a sign of life."""

    found: tuple[Any, ...]


@dataclass(frozen=True, slots=True)
class _Call:
    """Asks for something of the stream."""

    name: str
    arguments: tuple[int, ...]


class _Far(io.RawIOBase):
    """The stream on the other side."""

    def __init__(self, connection: Connection, seekable: bool) -> None:
        self._connection, self._seekable = connection, seekable

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return self._seekable

    def readinto(self, buffer: memoryview) -> int:  # type: ignore[override]
        data: bytes = self._ask("read", min(len(buffer), BUFFER))
        buffer[: len(data)] = data
        return len(data)

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        return int(self._ask("seek", offset, whence))

    def tell(self) -> int:
        return int(self._ask("tell"))

    def _ask(self, name: str, *arguments: int) -> Any:
        self._connection.send(_Call(name, arguments))
        answer = self._connection.recv()
        if isinstance(answer, Exception):
            raise answer
        return answer


def _serve(connection: Connection) -> None:
    with suppress(ImportError, ValueError, OSError):  # a system without such bounds, or with a closer one
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    with suppress(EOFError, ConnectionError):
        while True:
            connection.send(_answer(connection.recv(), connection))


def _answer(question: _Once | _Each, connection: Connection) -> Any:
    try:
        return question.answer(connection)
    except DocumentError as error:
        return error
    except MemoryError:
        return DocumentError(TOO_MUCH)
    except OSError as error:
        return DocumentError(f"cannot be read: {error.strerror or error}")
    except Exception as error:  # a bug, here or in a library
        return DocumentError(f"failed: {type(error).__name__}: {error}")
