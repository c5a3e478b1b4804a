"""`OUT.done`, the marker of a shard: it stands beside an output that is whole, and beside no other.

It is taken away before a run begins and written last, in one piece. It holds one line of JSON: the shard, how many
articles were read and done, and how many problems the run named.
"""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from quotes.errors import OutputError
from quotes.shards import Shard
from quotes.writing.streams import is_file, open_output
from quotes.writing.values import Record

__all__ = ["DONE", "Tally", "open_marker"]

DONE = ".done"


@dataclass(slots=True)
class Tally:
    """What a run has met with so far."""

    articles: int = 0
    problems: int = 0
    quotations: int = 0
    flagged: int = 0
    names: set[str] = field(default_factory=set)

    def take(self, records: Sequence[Record]) -> None:
        """Count the records of one article; a speaker is a name."""
        self.quotations += len(records)
        self.flagged += sum(bool(record["flags"]) for record in records)
        self.names.update(r["speaker"]["name"] for r in records if r["speaker"] and r["speaker"]["name"])

    def counting(self, report: Callable[[str], None]) -> Callable[[str], None]:
        """`report`, with each of its lines counted as a problem."""

        def counted(line: str) -> None:
            self.problems += 1
            report(line)

        return counted


def _marker_of(output: Path) -> Path:
    return output.with_name(f"{output.name}{DONE}")


@contextmanager
def open_marker(output: Path | None, shard: Shard | None, tally: Tally) -> Iterator[None]:
    """The block writes `output`, whole; where it raises there is no marker. Without a shard, or to a stream, never.

    Raises OutputError where the marker cannot be written, and where `output` is what another shard has written.
    """
    if output is None or shard is None or not (is_file(output) or output.is_dir()):
        yield
        return
    marker = _marker_of(output.resolve())
    with _named(marker):
        _refuse_other(marker, shard)
        marker.unlink(missing_ok=True)
    yield
    with _named(marker):
        _write(marker, {"shard": str(shard), "articles": tally.articles, "problems": tally.problems})


def _write(marker: Path, line: dict[str, object]) -> None:
    with open_output(marker) as stream:
        stream.write(json.dumps(line).encode() + b"\n")
        stream.flush()
        os.fsync(stream.fileno())


@contextmanager
def _named(marker: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        raise OutputError(f"{marker}: cannot be written: {error.strerror or error}") from error


def _refuse_other(marker: Path, shard: Shard) -> None:
    """Who names one file for several shards would keep the last of them alone."""
    if not marker.is_file():
        return
    try:
        found = json.loads(marker.read_bytes())["shard"]
    except (FileNotFoundError, ValueError, TypeError, KeyError):
        return
    if found != str(shard):
        raise OutputError(
            f"{marker.with_suffix('')}: holds shard {found}: name another file for {shard}, or remove {marker.name}"
        )
