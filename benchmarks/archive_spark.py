"""The articles of `archive.py` through Spark: a master and workers on this machine, each a process with its own core.

    pip install '.[spark]'   # and a Java: apt-get install openjdk-17-jre-headless
    python benchmarks/archive_spark.py [--articles 100000] [--words 300] [--workers 2] [--each 200]

They lie in a Parquet table, which the ready job reads with `--type all`, `--each` articles a task. Every article must
have its records, each once. Printed are the seconds on the clock, Spark's start included, words a second, and what a
million articles of 600 words take at that pace. That a worker may be killed meanwhile is tested in
`tests/test_spark_cluster.py`.
"""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pyspark
from measuring import ONE_THREAD
from memory import a_million, archive_parser, articles

from quotes.spark import JOB

SETTINGS = ("executor.memory=512m", "driver.memory=512m", "driver.bindAddress=127.0.0.1", "ui.enabled=false")
ROWS = 10_000  # of the table that are in memory at a time


def main() -> None:
    arguments = _arguments()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        words = _write(arguments.articles, arguments.words, folder / "articles.parquet")
        begin = time.perf_counter()
        subprocess.run(_command(arguments), cwd=folder, env=_environment(), check=True)
        seconds = time.perf_counter() - begin
        records = _check(folder / "quotes.parquet", arguments.articles)
        size = sum(part.stat().st_size for part in (folder / "quotes.parquet").glob("*.parquet"))
    rate = words / seconds
    print(f"{words:,} words, {records:,} records, {size / 2**20:,.0f} MiB of Parquet, {seconds:,.0f} s")
    print(f"{rate:,.0f} words/s with {arguments.workers} workers of one core")
    print(a_million(words, seconds, size))


def _arguments() -> argparse.Namespace:
    parser = archive_parser(__doc__)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--each", type=int, default=200, help="articles a task")
    return parser.parse_args()


def _command(arguments: argparse.Namespace) -> list[str]:
    submit = str(Path(pyspark.__file__).parent / "bin" / "spark-submit")
    how = [part for setting in SETTINGS for part in ("--conf", f"spark.{setting}")]
    tasks = max(arguments.articles // arguments.each, arguments.workers)
    job = [str(JOB), "articles.parquet", "quotes.parquet", "--type", "all", "--partitions", str(tasks)]
    return [submit, "--master", f"local-cluster[{arguments.workers},1,512]", *how, *job]


def _environment() -> dict[str, str]:
    home = {"SPARK_HOME": str(Path(pyspark.__file__).parent), "SPARK_LOCAL_IP": "127.0.0.1"}
    return {**os.environ, **ONE_THREAD, **home, "PYSPARK_PYTHON": sys.executable}


def _write(count: int, least: int, table: Path) -> int:
    """Write the articles; how many words they have."""
    words, rows = 0, []
    with pq.ParquetWriter(table, pa.schema({"id": pa.string(), "text": pa.string()})) as writer:
        for number, text in enumerate(articles(count, least), 1):
            words += len(text.split())
            rows.append({"id": str(number), "text": text})
            if len(rows) == ROWS or number == count:
                writer.write_table(pa.Table.from_pylist(rows, writer.schema))
                rows = []
    return words


def _check(table: Path, count: int) -> int:
    """Each article has a quotation, and so records, and no record comes twice; how many there are."""
    ids = pq.read_table(table, columns=["id", "document"])
    documents = ids["document"].combine_chunks().field("id")
    pairs = set(zip(documents.to_pylist(), ids["id"].to_pylist(), strict=True))
    if len({document for document, _ in pairs}) != count or len(pairs) != len(ids):
        sys.exit("articles are missing, or records are doubled")
    return len(ids)


if __name__ == "__main__":
    main()
