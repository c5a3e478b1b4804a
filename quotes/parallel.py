"""Work in several processes: batches go in, results come out in the order of the items.

A worker is a fresh process, made ready once, that takes one batch at a time: this process always knows which items are
where, and holds no more than a few batches for each worker. Where a worker dies (it crashed, or the kernel wanted its
memory), its batch is done again item by item. The item that takes a worker with it when it is alone is lost, no other.
"""

from __future__ import annotations

import multiprocessing
import signal
from collections import deque
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from typing import Generic, TypeVar

from quotes.errors import WorkerError
from quotes.interrupts import deaf

__all__ = ["Lost", "Start", "Work", "in_order"]

Item = TypeVar("Item")
Result = TypeVar("Result")

Work = Callable[[Sequence[Item]], Sequence[Result]]
"""Takes a batch and gives a result for each item. It raises nothing."""
Start = Callable[[], Work[Item, Result]]
"""Makes a worker ready. It can be pickled, and so can items and results."""

# Forked processes would share threads' locks and half a library's state; a fresh one is the same on every system.
CONTEXT = multiprocessing.get_context("spawn")
# Batches that are read and not yet given out again, for each worker: one at work, the rest behind a slow one.
AHEAD = 4
MOST_FAILED_STARTS = 3


@dataclass(frozen=True, slots=True)
class Lost:
    """Stands for the result of an item that took its worker with it; `reason` says how."""

    reason: str


def in_order(
    batches: Iterable[Sequence[Item]], start: Start[Item, Result], jobs: int
) -> Generator[tuple[Item, Result | Lost]]:
    """Each item of the batches with its result, in order, worked out by up to `jobs` processes.

    `batches` is read as workers need it; an empty one says that the next takes a while. What `start` raises is raised
    here; WorkerError where no worker gets ready. The workers end with the iterator: close it where it is left early.
    """
    crew = _Crew(start, jobs)
    try:
        yield from crew.run(iter(batches))
    finally:
        crew.dismiss()


@dataclass(frozen=True, slots=True)
class _Task(Generic[Item]):
    first: int
    items: Sequence[Item]


@dataclass(eq=False, slots=True)
class _Worker(Generic[Item, Result]):
    process: multiprocessing.process.BaseProcess
    connection: Connection
    ready: bool = False
    task: _Task[Item] | None = None

    def give(self, task: _Task[Item]) -> None:
        self.task = task
        with suppress(OSError):  # it is dead: its connection will say so
            self.connection.send(task.items)

    def end(self) -> str:
        """Be sure that it has ended; how it ended."""
        self.process.kill()
        self.process.join()
        self.connection.close()
        code = self.process.exitcode or 0
        if code == -signal.SIGKILL:
            return "its worker was killed, as a system does that runs out of memory (fewer --jobs need less)"
        return f"its worker crashed ({signal.Signals(-code).name if code < 0 else f'exit code {code}'})"


@dataclass(slots=True)
class _Open(Generic[Item, Result]):
    """The items that were read and not yet given out again, numbered in order, with the results there are."""

    items: deque[Item] = field(default_factory=deque)
    results: dict[int, Result | Lost] = field(default_factory=dict)
    ends: deque[int] = field(default_factory=deque)
    given: int = 0

    def add(self, batch: Sequence[Item]) -> _Task[Item]:
        first = self.given + len(self.items)
        self.items.extend(batch)
        self.ends.append(first + len(batch))
        return _Task(first, batch)

    def give_out(self) -> Iterator[tuple[Item, Result | Lost]]:
        while self.given in self.results:
            result = self.results.pop(self.given)
            self.given += 1
            while self.ends and self.ends[0] <= self.given:
                self.ends.popleft()
            yield self.items.popleft(), result


class _Crew(Generic[Item, Result]):
    def __init__(self, start: Start[Item, Result], jobs: int):
        self.start = start
        self.jobs = jobs
        self.workers: dict[Connection, _Worker[Item, Result]] = {}
        self.waiting: deque[_Task[Item]] = deque()
        self.open: _Open[Item, Result] = _Open()
        self.failed_starts = 0

    def run(self, batches: Iterator[Sequence[Item]]) -> Iterator[tuple[Item, Result | Lost]]:
        """Listen, and read on where nobody speaks."""
        more = True
        while more or self.open.items:
            self._hand_out()
            reads = more and len(self.open.ends) < AHEAD * self.jobs
            if self._listen(0 if reads else None):
                yield from self.open.give_out()
            elif (batch := next(batches, None)) is None:
                more = False
            elif batch:
                self.waiting.append(self.open.add(batch))

    def dismiss(self) -> None:
        """End all workers, whatever they are at."""
        for worker in self.workers.values():
            worker.process.kill()
        for worker in self.workers.values():
            worker.end()
        self.workers.clear()

    def _hand_out(self) -> None:
        for worker in self.workers.values():
            if self.waiting and worker.ready and worker.task is None:
                worker.give(self.waiting.popleft())
        loading = sum(not worker.ready for worker in self.workers.values())
        for _ in range(min(len(self.waiting) - loading, self.jobs - len(self.workers))):
            worker = _begin(self.start)
            self.workers[worker.connection] = worker

    def _listen(self, timeout: float | None) -> bool:
        """Hear all workers that have something to say; whether any had."""
        heard = [one for one in wait(list(self.workers), timeout) if isinstance(one, Connection)]
        for connection in heard:
            try:
                said = connection.recv()
            except (EOFError, OSError):
                self._bury(self.workers.pop(connection))
            else:
                self._take(self.workers[connection], said)
        return bool(heard)

    def _take(self, worker: _Worker[Item, Result], said: Sequence[Result] | Exception | None) -> None:
        if isinstance(said, Exception):
            raise said
        if worker.task is not None and said is not None:
            self.open.results.update(enumerate(said, worker.task.first))
            worker.task = None
        worker.ready, self.failed_starts = True, 0

    def _bury(self, worker: _Worker[Item, Result]) -> None:
        """What a dead worker was at is done again piece by piece; what it was at alone is lost."""
        reason, task = worker.end(), worker.task
        if not worker.ready:
            self.failed_starts += 1
            if self.failed_starts >= MOST_FAILED_STARTS:
                raise WorkerError(f"no worker gets ready: {reason.replace('its', 'the last', 1)}; try without --jobs")
        elif task and len(task.items) == 1:
            self.open.results[task.first] = Lost(reason)
        elif task:
            self.waiting.extendleft(_Task(task.first + k, [task.items[k]]) for k in reversed(range(len(task.items))))


def _begin(start: Start[Item, Result]) -> _Worker[Item, Result]:
    ours, theirs = CONTEXT.Pipe()
    process = CONTEXT.Process(target=_serve, args=(theirs, start), daemon=True)
    with deaf():
        process.start()
    theirs.close()
    return _Worker(process, ours)


def _serve(connection: Connection, start: Start[Item, Result]) -> None:
    """A worker's life: make ready, then answer batch after batch until the other side is closed."""
    with suppress(EOFError, BrokenPipeError, ConnectionResetError):
        try:
            work = start()
        except Exception as error:
            connection.send(error)
            return
        connection.send(None)
        while True:
            connection.send(work(connection.recv()))
