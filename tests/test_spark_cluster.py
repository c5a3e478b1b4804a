"""What a cluster gives is what one process gives: a master and two workers on this machine, and one of them killed."""

from __future__ import annotations

import json
import os
import shlex
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow
import pyarrow.parquet
import pytest
import regex
from cases_format import read_cases, to_gold
from click.testing import CliRunner

import quotes
from quotes.cli import main
from quotes.spark import JOB

pyspark = pytest.importorskip("pyspark", reason="pyspark is not installed: pip install 'newsquotes[spark]'")
if shutil.which("java") is None and "JAVA_HOME" not in os.environ:
    pytest.skip("there is no Java: apt-get install openjdk-17-jre-headless", allow_module_level=True)

GATE = Path(__file__).resolve().parent.parent / "fixtures" / "gate"
BIN = Path(pyspark.__file__).parent / "bin"
PATIENCE = 120.0  # seconds, on a machine that has other things to do
QUICK_JVM = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
ENVIRONMENT = {
    **os.environ,
    "SPARK_HOME": str(BIN.parent),
    "SPARK_LOCAL_IP": "127.0.0.1",
    "SPARK_DAEMON_MEMORY": "256m",
    "SPARK_DAEMON_JAVA_OPTS": QUICK_JVM,
    "SPARK_LAUNCHER_OPTS": QUICK_JVM,
    "PYSPARK_PYTHON": sys.executable,
    "PYTHONPATH": str(Path(quotes.__file__).parent.parent),  # on a real cluster it is installed
}
CONF = {
    "spark.executor.memory": "512m",
    "spark.executor.extraJavaOptions": QUICK_JVM,
    "spark.driver.memory": "512m",
    "spark.driver.extraJavaOptions": QUICK_JVM,
    "spark.driver.bindAddress": "127.0.0.1",
    "spark.ui.enabled": "false",
    "spark.sql.adaptive.enabled": "false",
}


def wait_for(condition: Callable[[], Any], what: str) -> Any:
    """What the condition gives, once it gives something."""
    end = time.monotonic() + PATIENCE
    while not (found := condition()):
        assert time.monotonic() < end, f"waited in vain for {what}"
        time.sleep(0.05)
    return found


@dataclass
class Program:
    """A program in a session of its own, so that all that it starts is known and nothing of it is left."""

    process: subprocess.Popen[bytes]
    log: Path

    @classmethod
    def start(cls, log: Path, folder: Path, name: str, *arguments: object) -> Program:
        with log.open("wb") as file:
            command = [str(BIN / name), *map(str, arguments)]
            process = subprocess.Popen(
                command, stdout=file, stderr=subprocess.STDOUT, env=ENVIRONMENT, cwd=folder, start_new_session=True
            )
        return cls(process, log)

    def said(self, pattern: str) -> regex.Match[str]:
        """Wait until the log has it."""

        def look() -> regex.Match[str] | None:
            said = self.log.read_text(encoding="utf-8", errors="replace")
            assert self.process.poll() is None, said[-3000:]
            return regex.search(pattern, said)

        found: regex.Match[str] = wait_for(look, pattern)
        return found

    def end(self) -> str:
        """Wait until it has ended by itself, and well; its log."""
        wait_for(lambda: self.process.poll() is not None, "the end of the job")
        said = self.log.read_text(encoding="utf-8", errors="replace")
        assert self.process.returncode == 0, said[-3000:]
        return said

    def kill(self) -> None:
        """All of it, at once."""
        for pid in self.members():
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        self.process.wait()
        wait_for(lambda: not self.members(), "the end of all that it started")

    def members(self) -> list[int]:
        """Those that live; a dead one that nobody has buried counts no more."""
        return [pid for pid, state, session in _processes() if session == self.process.pid and state != "Z"]


def _processes() -> Iterator[tuple[int, str, int]]:
    """Process, state and session of all."""
    for path in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            state, _, _, session, *_ = path.read_text(errors="replace").rpartition(")")[2].split()
            yield int(path.parent.name), state, int(session)


@dataclass
class Cluster:
    """A master and two workers of one core each."""

    folder: Path
    master: Program
    url: str = ""
    workers: list[Program] = field(default_factory=list)
    jobs: list[Program] = field(default_factory=list)

    def submit(self, folder: Path, *arguments: object, **conf: str) -> Program:
        """A job, begun in this folder."""
        settings = [part for name, value in {**CONF, **conf}.items() for part in ("--conf", f"{name}={value}")]
        log = self.folder / f"job{len(self.jobs)}.log"
        self.jobs.append(Program.start(log, folder, "spark-submit", "--master", self.url, *settings, *arguments))
        return self.jobs[-1]


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    folder = tmp_path_factory.mktemp("cluster")
    cluster = Cluster(folder, _daemon(folder, "master.Master"))
    try:
        cluster.url = cluster.master.said(r"Starting Spark master at (spark://\S+)")[1]
        own = ("--cores", 1, "--memory", "512m")
        for name in ("one", "two"):
            cluster.workers.append(_daemon(folder, "worker.Worker", *own, "-d", folder / name, cluster.url))
        for worker in cluster.workers:
            worker.said("Successfully registered with master")
        yield cluster
    finally:
        for program in (*cluster.jobs, *cluster.workers, cluster.master):
            program.kill()


def _daemon(folder: Path, name: str, *arguments: object) -> Program:
    log = folder / f"{name}{len(list(folder.glob('*.log')))}.log"
    place = ("--host", "127.0.0.1", "--port", 0, "--webui-port", 0)
    return Program.start(log, folder, "spark-class", f"org.apache.spark.deploy.{name}", *place, *arguments)


# --- the records of a cluster ----------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def articles() -> list[dict[str, str | None]]:
    """Rows of a table, named as `quotes extract news.jsonl` names its lines."""
    texts = [to_gold(case)["text"] for case in read_cases(GATE)]
    return [
        {"id": f"news.jsonl#{n}", "body": text, "author": "Jo Lee" if n % 2 else None, "date": "3 May 2021"}
        for n, text in enumerate(texts)
    ]


@pytest.fixture(scope="module")
def expected(articles: list[dict[str, str | None]], tmp_path_factory: pytest.TempPathFactory) -> list[Any]:
    """The records that one process gives, in order of their ids."""
    path = tmp_path_factory.mktemp("local") / "news.jsonl"
    lines = [json.dumps({**row, "id": str(row["id"]).partition("#")[2]}) for row in articles]
    path.write_text("\n".join(lines), encoding="utf-8")
    result = CliRunner().invoke(main, ["extract", str(path), "--text-field", "body", "--type", "all"])
    assert result.exit_code == 0, result.output
    records = [json.loads(line) for line in result.stdout.splitlines()]
    for record in records:
        record["document"]["path"] = None
    return sorted(records, key=lambda record: str(record["id"]))


def write(path: Path, rows: list[dict[str, str | None]]) -> Path:
    columns = pyarrow.schema({name: pyarrow.string() for name in rows[0]})
    pyarrow.parquet.write_table(pyarrow.Table.from_pylist(rows, columns), path)
    return path


def read(path: Path) -> tuple[list[Any], dict[str | None, str]]:
    """The records, in order of their ids, and what went wrong with which article."""
    rows = pyarrow.parquet.read_table(path).to_pylist()
    failed = {row["document"]["id"]: row["error"] for row in rows if row["error"] is not None}
    records = [_without_nulls(row) for row in rows if row.pop("error") is None]
    return sorted(records, key=lambda record: str(record["id"])), failed


def _without_nulls(row: dict[str, Any]) -> dict[str, Any]:
    """A joint speaker's members have no `members` in a table, and an empty list in a record."""
    for mention in filter(None, (row["speaker"], row["addressee"], row["via"])):
        for member in mention["members"]:
            member["members"] = []
    return row


BAD: list[dict[str, str | None]] = [
    {"id": "nothing", "body": None, "author": None, "date": None},
    {"id": "blank", "body": " \n ", "author": None, "date": None},
    {"id": None, "body": "“It leaks,” said Ana Roy.", "author": None, "date": None},
]


def shown(name: str) -> str:
    """A block of docs/cluster.md."""
    page = Path(__file__).resolve().parent.parent / "docs" / "cluster.md"
    found = regex.search(rf"<!-- run: {name} -->\n```\w+\n(.*?)```", page.read_text(encoding="utf-8"), regex.DOTALL)
    assert found
    return found[1]


def test_a_cluster_gives_the_records_of_one_process(
    cluster: Cluster, articles: list[dict[str, str | None]], expected: list[Any], tmp_path: Path
) -> None:
    job = CliRunner().invoke(main, ["spark-submit-job"]).stdout
    assert job == f"{JOB}\n"
    write(tmp_path / "articles.parquet", [*articles, *BAD])
    command = shown("spark-submit").replace("$(quotes spark-submit-job)", job.strip()).replace("\\\n", "")
    submit, master, _, *arguments = shlex.split(command)
    assert (submit, master) == ("spark-submit", "--master")
    said = cluster.submit(tmp_path, *arguments).end()
    records, failed = read(tmp_path / "quotes.parquet")
    assert records == expected
    assert failed == {
        "nothing": 'has no text in "text"',
        "blank": "holds no text; left out",
        None: 'has no id in "id"',
    }
    assert f"quotes: {len(expected)} records, 3 articles with an error" in said


def test_a_worker_that_is_killed_in_mid_job_costs_nothing(
    cluster: Cluster, articles: list[dict[str, str | None]], expected: list[Any], tmp_path: Path
) -> None:
    """All that the worker had started goes with it; what it was at is done by the other."""
    (tmp_path / "articles.parquet").mkdir()
    for number, row in enumerate(articles):
        write(tmp_path / "articles.parquet" / f"{number}.parquet", [row])
    (tmp_path / "job.py").write_text(shown("extract_dataframe"), encoding="utf-8")
    a_task_each = {"spark.sql.files.maxPartitionBytes": "4m"}  # no more than opening a file counts for
    job, output = cluster.submit(tmp_path, "job.py", **a_task_each), tmp_path / "quotes.parquet"
    wait_for(lambda: job.process.poll() is not None or _tasks_done(output), "the first task")
    assert 0 < _tasks_done(output) < len(articles)
    cluster.workers[0].kill()
    assert job.process.poll() is None
    assert "Lost executor" in job.end()
    assert read(output) == (expected, {})


def _tasks_done(output: Path) -> int:
    return len(list(output.glob("_temporary/*/task_*")))
