"""Seconds and peak memory of a program that reads a folder of articles on one core."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

__all__ = ["ONE_THREAD", "Run", "measure", "read_gold", "titles", "write_articles"]

THREADS = ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "BLIS_NUM_THREADS")
ONE_THREAD = dict.fromkeys(THREADS, "1")
MEBI = 2**20


@dataclass(frozen=True, slots=True)
class Run:
    """One run, start and loading included: seconds on the clock and of the processor, peak memory in MiB, a line for
    each article lost."""

    seconds: float
    processor: float
    peak: float
    lost: tuple[str, ...] = ()


def measure(command: Sequence[str]) -> Run:
    """Run a program on one core. It ends with 1 where it lost articles, each named in a line on standard error.

    Ends this program where that one fails otherwise.
    """
    with tempfile.TemporaryFile("w+", encoding="utf-8") as said:
        start = time.perf_counter()
        process = subprocess.Popen(command, env={**os.environ, **ONE_THREAD}, preexec_fn=_one_core, stderr=said)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - start
        said.seek(0)
        lines = said.read().splitlines()
    code = os.waitstatus_to_exitcode(status)
    if code not in (0, 1) or any(line.startswith("Traceback") for line in lines):
        sys.exit("\n".join([f"failed with {code}: {' '.join(command)}", *lines]))
    lost = tuple(lines) if code else ()
    return Run(seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss * 1024 / MEBI, lost)


def _one_core() -> None:
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})


def read_gold(file: Path) -> list[dict[str, Any]]:
    """Annotated articles, one a line, as `quotes eval` reads them."""
    with file.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines if line.strip()]


def titles(files: Sequence[Path]) -> list[str]:
    """What to call files: by their names, with those of their folders where names repeat."""
    stems = [file.stem for file in files]
    return [f"{file.resolve().parent.name}/{file.stem}" if stems.count(file.stem) > 1 else file.stem for file in files]


def write_articles(articles: Iterable[Mapping[str, Any]], folder: Path) -> int:
    """Write each article's "text" to a file `id.txt` of a new folder; how many words they have."""
    folder.mkdir()
    words = 0
    for article in articles:
        (folder / f"{article['id']}.txt").write_bytes(article["text"].encode("utf-8"))
        words += len(article["text"].split())
    return words
