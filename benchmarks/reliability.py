"""Thousands of articles in one run, some of them broken: what comes out, what is named, how much memory it takes.

    python benchmarks/reliability.py [--articles 1000] [--every 50] [--words 100] [--jobs 2] [--compare]

The articles are made from those in fixtures/gate, each with a quotation that no other has, one to a file. Behind every
fiftieth stands a broken file, each broken in another of the ways below. `--compare` runs the good ones alone as well:
the records must be the same, byte for byte. Memory is that of all processes together, read from /proc four times a
second. Ends with 1 where an article is lost, or a broken file is not named in exactly one line.
"""

from __future__ import annotations

import argparse
import gzip
import io
import json
import subprocess
import sys
import tempfile
import time
import zipfile
from collections import Counter
from pathlib import Path

from memory import articles

MEBI = 2**20
STORY = b"\xe2\x80\x9cIt leaks,\xe2\x80\x9d said Ana Roy.\n"


def _docx(part: bytes) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("word/document.xml", part)
    return file.getvalue()


BROKEN = {
    "empty.txt": b"",
    "blank.txt": b" \n\n \t\n" * 100,
    "nul.txt": b"\0".join([STORY] * 3),
    "controls.md": b"\x01\x02\x03\x04" * 100 + STORY,
    "no-json.jsonl": b"It leaks, said Ana Roy.\n",
    "cut-off.jsonl": b'{"text": "It leaks',
    "nested.jsonl": b"[" * 100_000,
    "no-text.jsonl": b'{"body": "It leaks."}\n',
    "number.jsonl": b'{"text": 7}\n',
    "columns.csv": b"id,body\n1,It leaks.\n",
    "cells.csv": b"id,text\n1,It,leaks.\n",
    "empty.html": b"<html></html>",
    "menu.html": b"<html><body><nav><a href=/>Home</a></nav></body></html>",
    "elements.html": b"<p>a</p>" * 60_000,
    "rubbish.pdf": b"%PDF-1.7 rubbish",
    "rubbish.docx": b"PK\x03\x04 rubbish",
    "bomb.docx": _docx(b"<w>" + b"a" * 150 * MEBI),
    "deep.docx": _docx(b"<w>" * 100_000),
    "cut-off.txt.gz": gzip.compress(STORY * 100)[:-20],
    "rubbish.txt.gz": b"rubbish",
    "bomb.txt.gz": gzip.compress(b"a" * 150 * MEBI),
    "rubbish.jsonl.zst": b"rubbish",
    "rubbish.parquet": b"PAR1 rubbish PAR1",
    "rubbish.warc": b"rubbish",
    "cut-off.warc.gz": gzip.compress(b"WARC/1.0\r\n")[:20],
}


def main() -> None:
    arguments = _arguments()
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        good = _write(work / "articles", arguments.articles, arguments.words)
        alone = _run(work / "articles", work / "alone.jsonl", arguments.jobs) if arguments.compare else None
        broken = _break(work / "articles", arguments.articles, arguments.every)
        seconds, peak, said = _run(work / "articles", work / "out.jsonl", arguments.jobs)
        records = Counter(json.loads(line)["document"]["id"] for line in (work / "out.jsonl").open(encoding="utf-8"))
        same = alone is None or (work / "alone.jsonl").read_bytes() == (work / "out.jsonl").read_bytes()
    named = Counter(name for line in said for name in broken if f"/{name}: " in line)
    lost, wrongly = good - set(records), [line for line in said if not any(f"/{name}: " in line for name in broken)]
    unnamed = [name for name in broken if named[name] != 1]
    if alone:
        print(f"good ones alone: {alone[0]:,.0f} s, peak {alone[1]:,.0f} MiB, {len(alone[2])} lines on standard error")
    print(
        f"{len(good):,} articles, {len(broken):,} broken files in {len(BROKEN)} ways: {sum(records.values()):,} records"
    )
    print(f"articles without a record: {len(lost)}; the same bytes as without the broken files: {same}")
    print(f"broken files named in one line: {len(broken) - len(unnamed)}; otherwise: {unnamed}; other lines: {wrongly}")
    print(f"{seconds:,.0f} s, peak {peak:,.0f} MiB in all processes of --jobs {arguments.jobs}")
    if lost or unnamed or wrongly or not same:
        sys.exit(1)


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--articles", type=int, default=1000)
    parser.add_argument("--every", type=int, default=50, help="so many good articles to each broken file")
    parser.add_argument("--words", type=int, default=100, help="of each article, about")
    parser.add_argument("--jobs", type=int, default=2)
    parser.add_argument("--compare", action="store_true")
    return parser.parse_args()


def _write(folder: Path, count: int, words: int) -> set[str]:
    """So many good articles; their ids."""
    folder.mkdir()
    for number, text in enumerate(articles(count, words)):
        (folder / f"{number:06}.txt").write_text(text, encoding="utf-8")
    return {path.name for path in folder.iterdir()}


def _break(folder: Path, count: int, every: int) -> list[str]:
    """A broken file behind each `every` good ones; their names."""
    ways = list(BROKEN.items())
    names = []
    for number, place in enumerate(range(every - 1, count, every)):
        name, data = ways[number % len(ways)]
        names.append(f"{place:06}-{name}")
        (folder / names[-1]).write_bytes(data)
    return names


def _run(folder: Path, output: Path, jobs: int) -> tuple[float, float, list[str]]:
    """Seconds, peak memory (MiB) of all processes together, and the lines on standard error."""
    command = [sys.executable, "-m", "quotes", "extract", str(folder), "-o", str(output), "--jobs", str(jobs)]
    start, peak = time.perf_counter(), 0.0
    with (output.with_suffix(".err")).open("w+", encoding="utf-8") as said:
        process = subprocess.Popen([*command, "--type", "all"], stderr=said)
        while process.poll() is None:
            peak = max(peak, _memory(process.pid))
            time.sleep(0.25)
        said.seek(0)
        return time.perf_counter() - start, peak, said.read().splitlines()


def _memory(pid: int) -> float:
    """MiB in memory of a process and all under it; 0 for one that has just ended."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    except OSError:
        return 0
    own = next((int(line.split()[1]) / 1024 for line in status.splitlines() if line.startswith("VmRSS")), 0)
    return own + sum(_memory(int(child)) for child in children)


if __name__ == "__main__":
    main()
