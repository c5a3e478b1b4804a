"""A file in the making with a journal of what is in it, so that a run that was stopped can go on.

`out.jsonl` is written as `out.jsonl.part`. For each document that is done, quotations or none, a line goes to
`out.jsonl.journal`: what the document was, how many bytes its records take, their checksum, what went wrong with it.

Whoever goes on reads the same documents again, and believes nothing that does not check: what stands in the part is
kept up to the first document that is not the journal's next, or whose bytes are not as the journal says. There both
files are cut, once the first new document is done, and the work goes on. So the bytes at the end are those of a run
that was never stopped.

An article that was lost with its process may come through another time. Where a run that has ended lacks some, its
journal stays, as `out.jsonl.lost.journal`: whoever resumes takes all but those out of the file that is there.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import shutil
import stat
import time
import zlib
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from itertools import chain, islice
from pathlib import Path
from typing import BinaryIO

from quotes.errors import OutputError, ResumeError
from quotes.interrupts import uninterrupted
from quotes.partial import lock
from quotes.types import Document
from quotes.writing.streams import open_new

__all__ = ["JOURNAL", "LOST", "PART", "Part", "open_part"]

Report = Callable[[str], None]

# Seconds of work that a power failure, unlike a kill, may cost.
SYNC = 5.0
BLOCK = 2**20
PART, JOURNAL, LOST = ".part", ".journal", ".lost.journal"


@dataclass(frozen=True, slots=True)
class _Entry:
    """One line of the journal: a document that is done."""

    document: str
    size: int
    checksum: int
    problems: tuple[str, ...]
    lost: bool

    @classmethod
    def read(cls, line: bytes) -> _Entry | None:
        """None for what is no whole, sound line: anybody may have written it."""
        try:
            document, size, checksum, problems, lost = json.loads(line)
        except (ValueError, TypeError, RecursionError):
            return None
        sound = (
            line.endswith(b"\n")
            and isinstance(problems, list)
            and all(isinstance(text, str) for text in (document, *problems))
            and all(type(number) is int and number >= 0 for number in (size, checksum))
            and isinstance(lost, bool)
        )
        return cls(document, size, checksum, tuple(problems), lost) if sound else None

    def line(self) -> bytes:
        return json.dumps([self.document, self.size, self.checksum, self.problems, self.lost]).encode() + b"\n"


class _Measured(io.BufferedIOBase):
    """A stream that knows the size and the checksum of what was written to it since it was last asked."""

    def __init__(self, stream: BinaryIO):
        self.stream, self.size, self.checksum = stream, 0, 0

    def writable(self) -> bool:
        return True

    def write(self, data: bytes) -> int:  # type: ignore[override]
        self.size += len(data)
        self.checksum = zlib.crc32(data, self.checksum)
        return self.stream.write(data)

    def flush(self) -> None:
        self.stream.flush()

    def take(self) -> tuple[int, int]:
        taken = self.size, self.checksum
        self.size = self.checksum = 0
        return taken


class _Earlier:
    """A file that is finished but for what was lost, and its journal, behind the head line."""

    def __init__(self, file: BinaryIO, journal: BinaryIO):
        self._file, self._journal, self._sound = file, journal, True

    def take(self, document: Document) -> tuple[_Entry, int] | None:
        """The document's entry and where its bytes begin; None where it is not next, not whole or lost."""
        place, entry = self._file.tell(), _Entry.read(self._journal.readline()) if self._sound else None
        self._sound = bool(
            entry and entry.document == _digest(document) and _checksum(self._file, entry.size) == entry.checksum
        )
        return (entry, place) if self._sound and entry and not entry.lost else None

    def copy(self, place: int, size: int, to: BinaryIO) -> None:
        """Copy bytes that were taken; what is next stays next."""
        before = self._file.tell()
        self._file.seek(place)
        for start in range(0, size, BLOCK):
            to.write(self._file.read(min(BLOCK, size - start)))
        self._file.seek(before)


class Part:
    """The part and its journal, open. Say `begin`, write a document's records to `stream`, then say `done`.

    What an earlier run has left, and this one does not go on with, is cut off by `begin`, when there is something to
    stand in its place: a run that fails before that has done no harm.
    """

    def __init__(self, part: BinaryIO, journal: BinaryIO, made_by: str, earlier: _Earlier | None = None):
        self._part, self._journal, self._earlier = part, journal, earlier
        self._head, self._goes_on, self._begun = _head(made_by), False, False
        self._measured = _Measured(part)
        self.stream: BinaryIO = self._measured  # type: ignore[assignment]
        self.lost = 0
        self._queue: deque[tuple[_Entry, int] | None] = deque()  # None: given out, and not yet written
        self._synced = time.monotonic()

    def look(self, path: Path, resume: bool, on_warning: Report) -> None:
        """See what an earlier run has left, and stand before its first entry where that is gone on with."""
        found = self._journal.readline()
        self._goes_on = resume and found == self._head
        if self._goes_on:
            return
        if resume and found.endswith(b"\n"):
            raise ResumeError(
                f"{path}: was begun with other options or another version: give those to go on with it, "
                "or leave --resume out to begin anew"
            )
        if _Entry.read(self._journal.readline()):
            on_warning(f"{path}: is what a stopped run left, now written anew (--resume goes on with such work)")
        self._journal.seek(0)

    def remaining(
        self, documents: Iterable[Document | None], on_done: Callable[[Document, Sequence[str]], None]
    ) -> Iterator[Document | None]:
        """Those of the documents that are not done; `on_done` gets the others, with what went wrong with them. None,
        a pause, is passed on."""
        rest = iter(documents)
        for document in rest:
            if document is None:
                yield None
                continue
            problems = self._keep(document)
            if problems is None:
                yield from self._not_earlier(chain([document], rest), on_done)
                return
            if self._earlier:
                self._earlier.take(document)
            on_done(document, problems)

    def _not_earlier(
        self, documents: Iterable[Document | None], on_done: Callable[[Document, Sequence[str]], None]
    ) -> Iterator[Document | None]:
        """Those that the earlier file lacks; the others are copied in their turn, behind those given out before."""
        for document in documents:
            if document is None:
                yield None
                continue
            taken = self._earlier.take(document) if self._earlier else None
            if self._earlier:
                self._queue.append(taken)
            if taken is None:
                yield document
            else:
                on_done(document, taken[0].problems)
                self._copy_next()

    def _copy_next(self) -> None:
        while self._queue and (taken := self._queue[0]) and self._earlier:
            self._queue.popleft()
            self.begin()
            self._earlier.copy(taken[1], taken[0].size, self._part)
            self._enter(taken[0])

    def _keep(self, document: Document) -> Sequence[str] | None:
        """Go past one document that is done, and whole; else None, and nothing is gone past."""
        if not self._goes_on:
            return None
        places = self._part.tell(), self._journal.tell()
        entry = _Entry.read(self._journal.readline())
        if entry and entry.document == _digest(document) and _checksum(self._part, entry.size) == entry.checksum:
            self.lost += entry.lost
            return entry.problems
        self._part.seek(places[0])
        self._journal.seek(places[1])
        return None

    def begin(self) -> None:
        """Cut off what is not gone on with. To be said before anything is written."""
        if self._begun:
            return
        self._begun = True
        for file in (self._part, self._journal):
            file.truncate(file.tell())
        if not self._goes_on:
            self._journal.write(self._head)
            self._journal.flush()

    def done(self, document: Document, problems: Sequence[str] = (), *, lost: bool = False) -> None:
        """All records of the document are written; or it was `lost`, and may be tried again another time."""
        self._enter(_Entry(_digest(document), *self._measured.take(), tuple(problems), lost))
        if self._queue:
            self._queue.popleft()
            self._copy_next()

    def _enter(self, entry: _Entry) -> None:
        self._part.flush()
        self._journal.write(entry.line())
        self._journal.flush()
        self.lost += entry.lost
        if time.monotonic() - self._synced > SYNC:
            self.sync()

    def sync(self) -> None:
        """Be safe from a power failure."""
        for file in (self._part, self._journal):
            file.flush()
            os.fsync(file.fileno())
        self._synced = time.monotonic()


@contextmanager
def open_part(path: Path, made_by: str, *, resume: bool, on_warning: Report) -> Iterator[Part]:
    """The part of the file `path`, which takes its name when the block ends.

    Where the block raises, part and journal stay if they hold a document that is done, whichever run did it. `resume`
    goes on with what is there; without it that is written anew. Raises ResumeError where what is there was not
    `made_by` the same, OutputError where another run is at it, or somebody has laid a link there.
    """
    part_path, journal_path, lost_path = (path.with_name(path.name + end) for end in (PART, JOURNAL, LOST))
    ours = False
    with ExitStack() as stack:
        try:
            for laid in (journal_path, part_path, lost_path):
                _refuse_laid(laid)
            with uninterrupted():  # both files are there, and known to be ours, or neither
                journal = stack.enter_context(_open_alone(journal_path, path))
                file = stack.enter_context(_open(part_path, path))
                ours = True
            part = Part(file, journal, made_by, _open_earlier(path, lost_path, made_by, stack) if resume else None)
            part.look(part_path, resume, on_warning)
            yield part
            part.begin()
            part.sync()
            with uninterrupted():
                if path.exists():
                    shutil.copymode(path, part_path)
                part_path.replace(path)
                journal_path.replace(lost_path)
                if not part.lost:
                    lost_path.unlink()
            if part.lost:
                on_warning(f"{path}: lacks the articles that were lost ({part.lost:,}); --resume tries them again")
        except BaseException as error:
            if done := _count(journal_path) if ours else 0:
                on_warning(f"{part_path}: holds the {done:,} articles that are done; --resume goes on with it")
            elif ours and not isinstance(error, ResumeError):
                part_path.unlink(missing_ok=True)
                journal_path.unlink(missing_ok=True)
            raise


def _count(journal_path: Path) -> int:
    """How many documents are done, whichever run did them."""
    try:
        with journal_path.open("rb") as journal:
            return sum(_Entry.read(line) is not None for line in islice(journal, 1, None))
    except OSError:
        return 0


def _open_earlier(path: Path, journal_path: Path, made_by: str, stack: ExitStack) -> _Earlier | None:
    """What a run with the same options has finished but for what was lost; None where there is no such file."""
    try:
        journal, file = (stack.enter_context(one.open("rb")) for one in (journal_path, path))
    except FileNotFoundError:
        return None
    return _Earlier(file, journal) if journal.readline() == _head(made_by) else None


def _head(made_by: str) -> bytes:
    return json.dumps(made_by).encode() + b"\n"


def _refuse_laid(path: Path) -> None:
    """The names can be foreseen. What is there and is no file of its own (a link, a pipe), somebody has laid there."""
    with suppress(FileNotFoundError):
        status = path.lstat()
        if not stat.S_ISREG(status.st_mode) or status.st_nlink != 1:
            raise OutputError(f"{path}: is a link, or no file: remove it")


def _open(path: Path, beside: Path) -> BinaryIO:
    """Open a file to read and write, made where there is none, with the rights of the file that it will replace."""
    with suppress(FileExistsError):
        return open_new(path, beside)
    return open(path, "r+b", opener=lambda name, flags: os.open(name, flags | getattr(os, "O_NOFOLLOW", 0)))


def _open_alone(path: Path, beside: Path) -> BinaryIO:
    """Open the file, and be the only one: its lock goes with the process, however that ends."""
    while True:
        file = _open(path, beside)
        try:
            lock(file.fileno())
            if path.exists() and os.path.samestat(path.stat(), os.fstat(file.fileno())):
                return file
        except BlockingIOError:
            file.close()
            raise OutputError(f"{path.with_suffix('')}: is being written by another run; wait for it to end") from None
        file.close()  # the other run has just ended and taken its journal away


def _digest(document: Document) -> str:
    """All that a document's records are made from."""
    values = (getattr(document, name) for name in Document.__dataclass_fields__ if name != "text")  # sha256 is the text
    return hashlib.sha256(json.dumps(list(values)).encode()).hexdigest()[:32]


def _checksum(file: BinaryIO, size: int) -> int | None:
    """Of the next `size` bytes; None where there are fewer."""
    checksum = 0
    while size > 0:
        data = file.read(min(size, BLOCK))
        if not data:
            return None
        checksum, size = zlib.crc32(data, checksum), size - len(data)
    return checksum
