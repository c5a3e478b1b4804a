"""The command line as a user has it: what goes where, exit codes, pipes and interrupts."""

from __future__ import annotations

import contextlib
import json
import os
import pty
import signal
import subprocess
import sys
import termios
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from said_reader import FAILS, SaidReader

from quotes import __version__, pipeline
from quotes.cli import main
from quotes.options import Options
from quotes.people import People, read_people
from quotes.pipeline import Extractor
from quotes.schema import read_schema

ARTICLE = "“It leaks,” said Ana Roy. “Où est l’eau ?” said Bé.\n"
PROGRAM = [sys.executable, str(Path(__file__).with_name("said_reader.py"))]


@pytest.fixture(autouse=True, scope="module")
def loaded_once() -> Iterator[None]:
    """The program within this process has the reader of these tests."""
    load = pipeline.load
    pipeline.load = lambda options: Extractor(options, SaidReader(), people=_people(options))  # type: ignore[arg-type,assignment]
    yield
    pipeline.load = load


def _people(options: Options) -> People | None:
    return read_people(options.people) if options.people else None


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    path = tmp_path / "articles"
    path.mkdir()
    for name in ("a.txt", "b.txt"):
        (path / name).write_text(ARTICLE, encoding="utf-8")
    return path


def quotes(*arguments: object, stdin: str | bytes | None = None) -> Result:
    """Run within this process. Standard input is a pipe."""
    return CliRunner().invoke(main, [str(argument) for argument in arguments], input=stdin, prog_name="quotes")


def spawn(*arguments: object, **settings: object) -> subprocess.Popen[bytes]:
    """Run as a program of its own."""
    pipes = {"bufsize": 0, "stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    return subprocess.Popen([*PROGRAM, *map(str, arguments)], **{**pipes, **settings})  # type: ignore[call-overload,no-any-return]


# --- extract ---------------------------------------------------------------------------------------------------------


def test_records_alone_go_to_standard_output(folder: Path) -> None:
    result = quotes("extract", folder)
    assert result.exit_code == 0
    assert result.stderr == ""
    records = [json.loads(line) for line in result.stdout.splitlines()]
    assert [(record["document"]["id"], record["speaker"]["name"]) for record in records] == [
        ("a.txt", "Ana Roy"),
        ("a.txt", "Bé"),
        ("b.txt", "Ana Roy"),
        ("b.txt", "Bé"),
    ]


def test_the_same_bytes_come_out_each_time(folder: Path) -> None:
    assert quotes("extract", folder).stdout_bytes == quotes("extract", folder).stdout_bytes


@pytest.mark.parametrize("arguments", [[], ["-"]])
def test_an_article_is_piped_in(arguments: list[str]) -> None:
    result = quotes("extract", *arguments, stdin=ARTICLE)
    assert result.exit_code == 0
    record = json.loads(result.stdout.splitlines()[0])
    assert (record["document"]["id"], record["document"]["path"]) == ("stdin", None)


def test_no_quotation_is_success() -> None:
    result = quotes("extract", stdin="It rained in Weston.\n")
    assert (result.exit_code, result.stdout, result.stderr) == (0, "", "")


def test_one_bad_document_costs_exit_1_and_nothing_else(folder: Path) -> None:
    (folder / "aa.txt").write_bytes(b"\0\1\2")
    (folder / "ab.txt").write_text(f"“{FAILS}”", encoding="utf-8")
    result = quotes("extract", folder, folder / "none.txt")
    assert result.exit_code == 1
    assert len(result.stdout.splitlines()) == 4
    assert sorted(line.partition(" (")[0] for line in result.stderr.splitlines()) == [
        f"quotes: {folder / 'aa.txt'}: is no text",
        f"quotes: {folder / 'ab.txt'}: failed: ValueError: stumbled",
        f"quotes: {folder / 'none.txt'}: cannot be read: No such file or directory",
    ]


def test_a_folder_without_articles_is_named(tmp_path: Path) -> None:
    result = quotes("extract", tmp_path)
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.startswith(f"quotes: {tmp_path}: holds no articles")


def test_a_file_appears_whole_under_its_name(folder: Path, tmp_path: Path) -> None:
    output = tmp_path / "out.jsonl"
    result = quotes("extract", folder, "-o", output)
    assert (result.exit_code, result.stdout) == (0, "")
    assert output.read_text(encoding="utf-8") == quotes("extract", folder).stdout
    assert {path.name for path in tmp_path.iterdir()} == {"articles", "out.jsonl"}
    assert output.stat().st_mode & 0o777 == 0o666 & ~_umask()


def _umask() -> int:
    mask = os.umask(0)
    os.umask(mask)
    return mask


def test_a_file_is_kept_until_the_new_one_is_whole(folder: Path, tmp_path: Path) -> None:
    output, link = tmp_path / "out.jsonl", tmp_path / "link.jsonl"
    output.write_text("old", encoding="utf-8")
    output.chmod(0o600)
    link.symlink_to(output)
    assert quotes("extract", folder, "--model", "none", "-o", link).exit_code == 0  # the tests' program ignores it
    assert link.is_symlink()
    assert output.read_text(encoding="utf-8") == quotes("extract", folder).stdout
    assert output.stat().st_mode & 0o777 == 0o600


def test_a_failed_run_leaves_no_file(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("quotes.writing.jsonl.JsonLines.write", full)
    output = tmp_path / "out.jsonl"
    result = quotes("extract", folder, "-o", output)
    assert result.exit_code == 1
    assert result.stderr == f"quotes: {output}: cannot be written: No space left on device\n"
    assert [path.name for path in tmp_path.iterdir()] == ["articles"]


def test_a_folder_is_no_output(folder: Path) -> None:
    result = quotes("extract", folder, "-o", folder)
    assert result.exit_code == 1
    assert result.stderr == f"quotes: {folder}: cannot be written: Is a directory\n"


def test_a_device_is_written_to_and_not_replaced(folder: Path) -> None:
    assert quotes("extract", folder, "-o", os.devnull).exit_code == 0
    assert not Path(os.devnull).is_file()


@pytest.mark.parametrize(
    ("act", "words"),
    [("speech", ["It leaks,"]), ("thought", ["It will hold,"]), ("all", ["It leaks,", "It will hold,"])],
)
def test_speech_and_thought_are_told_apart(act: str, words: list[str]) -> None:
    result = quotes("extract", "--act", act, stdin="“It leaks,” said Ana Roy. “It will hold,” hoped Jo Lee.\n")
    found = [json.loads(line) for line in result.stdout.splitlines()]
    assert [record["text"] for record in found] == words
    assert act in ("all", *{record["act"] for record in found})


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["extract", "--type", "said", "x.txt"], "'said' is no type; choose from direct, mixed, indirect"),
        (["extract", "--act", "said", "x.txt"], "'said' is no act; choose from speech, thought"),
        (["extract", "-o", "no/such/out.jsonl", "x.txt"], "there is no folder no/such"),
        (["extract", "--modell", "x", "x.txt"], "No such option"),
        (["validate"], "Missing argument"),
        (["validate", "x", "--against", "no/such"], "does not exist"),
        (["extrakt"], "No such command"),
    ],
)
def test_usage_errors_say_what_is_wrong(arguments: list[str], reason: str) -> None:
    result = quotes(*arguments)
    assert (result.exit_code, result.stdout) == (2, "")
    assert reason in result.stderr


def test_a_line_holds_no_control_characters(tmp_path: Path) -> None:
    result = quotes("extract", tmp_path / "\x1b[31mred\n.txt")
    assert result.stderr.count("\n") == 1
    assert "\x1b" not in result.stderr


# --- as a program ----------------------------------------------------------------------------------------------------


def test_help_does_not_wait_for_what_is_heavy() -> None:
    heavy = {"spacy", "numpy", "onnxruntime", "jsonschema", "tqdm"}
    code = (
        "import sys; from quotes.cli import main\n"
        "for arguments in (['--help'], ['extract', '--help'], ['--version']):\n"
        "    main(arguments, standalone_mode=False)\n"
        f"print(sorted({heavy} & sys.modules.keys()))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.endswith("[]\n")


def test_extraction_does_not_wait_for_what_it_does_not_need(tmp_path: Path) -> None:
    idle = {"spacy", "jsonschema", "tqdm", "multiprocessing.connection", "jinja2", "charset_normalizer"}
    article = tmp_path / "article.txt"
    article.write_text(ARTICLE, encoding="utf-8")
    code = (
        "import sys; from quotes.cli import main\n"
        f"main(['extract', {str(article)!r}, '-o', {str(tmp_path / 'out.jsonl')!r}], standalone_mode=False)\n"
        f"print(sorted({idle} & sys.modules.keys()))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "[]\n"
    assert (tmp_path / "out.jsonl").read_text(encoding="utf-8").count("\n") == 2


def test_it_runs_as_a_module() -> None:
    done = subprocess.run([sys.executable, "-m", "quotes", "--version"], capture_output=True, text=True, check=True)
    assert done.stdout == f"quotes, version {__version__}\n"


def test_a_missing_pipeline_names_the_command_that_installs_it() -> None:
    done = subprocess.run(
        [*PROGRAM, "extract", "--model", "en_core_web_xl", "x.txt"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr.startswith("quotes: spaCy pipeline 'en_core_web_xl' is not installed")
    assert done.stderr.count("\n") == 1


def test_output_is_utf_8_in_every_locale(folder: Path) -> None:
    odd = {**os.environ, "LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONIOENCODING": "latin-1", "PYTHONCOERCECLOCALE": "0"}
    out, err = spawn("extract", folder, env=odd).communicate(timeout=60)
    assert err == b""
    assert out.decode("utf-8") == quotes("extract", folder).stdout


def test_a_terminal_on_standard_input_is_no_article() -> None:
    terminal, stdin = pty.openpty()
    process = spawn("extract", stdin=stdin)
    _, err = process.communicate(timeout=60)
    os.close(stdin)
    os.close(terminal)
    assert process.returncode == 2
    assert b"Give the files or folders to read" in err


def test_a_terminal_is_shown_no_page(folder: Path) -> None:
    (folder / "q.jsonl").write_text(quotes("extract", folder).stdout, encoding="utf-8")
    terminal, stdout = pty.openpty()
    process = spawn("review", folder / "q.jsonl", stdout=stdout)
    _, err = process.communicate(timeout=60)
    os.close(stdout)
    os.close(terminal)
    assert process.returncode == 2
    assert b"-o review.html" in err


def test_progress_is_shown_on_a_terminal_only(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("QUOTES_QUIET")
    terminal, stderr = pty.openpty()
    termios.tcsetwinsize(stderr, (24, 80))
    process = spawn("extract", folder, stderr=stderr)
    out, _ = process.communicate(timeout=60)
    os.close(stderr)
    shown = b""
    with suppress(OSError):  # the end of a terminal whose other side is closed
        while chunk := os.read(terminal, 10_000):
            shown += chunk
    os.close(terminal)
    assert b"2 articles, 0 left" in shown
    assert b"words/s" in shown
    assert len(out.splitlines()) == 4


@pytest.fixture
def many(tmp_path: Path) -> Path:
    """More than a pipe holds, in many files."""
    path = tmp_path / "many"
    path.mkdir()
    for k in range(400):
        (path / f"{k:03}.txt").write_text(ARTICLE * 20, encoding="utf-8")
    return path


def test_a_closed_pipe_ends_the_run_quietly(many: Path) -> None:
    process = spawn("extract", many)
    assert process.stdout and process.stderr
    assert json.loads(process.stdout.readline())
    process.stdout.close()
    assert process.stderr.read() == b""
    assert process.wait(timeout=60) == 141


def test_an_interrupt_leaves_whole_lines(many: Path) -> None:
    process = spawn("extract", many)
    assert process.stdout
    first = process.stdout.readline()
    process.send_signal(signal.SIGINT)
    rest, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert err == b"quotes: interrupted\n"
    assert all(json.loads(line) for line in (first + rest).splitlines())
    assert (first + rest).endswith(b"\n")


def interrupted(process: subprocess.Popen[bytes]) -> int:
    """Press Ctrl-C until the process ends: Python drops an interrupt that falls into a C callback."""
    for _ in range(8):
        process.send_signal(signal.SIGINT)
        with contextlib.suppress(subprocess.TimeoutExpired):
            return process.wait(timeout=10)
    raise AssertionError("the process does not end")


def test_an_interrupt_leaves_no_file_under_its_name(many: Path, tmp_path: Path) -> None:
    process = spawn("extract", many, "-", "-o", tmp_path / "out.jsonl")  # it waits for standard input
    while not list(tmp_path.glob("out.jsonl.part")):
        assert process.poll() is None
    assert interrupted(process) == 130
    _, err = process.communicate()
    left = {path.name for path in tmp_path.iterdir()} - {"many"}
    assert left == ({"out.jsonl.part", "out.jsonl.journal"} if b"--resume goes on" in err else set())


# --- validate, schema ------------------------------------------------------------------------------------------------


def test_what_is_extracted_is_valid(folder: Path, tmp_path: Path) -> None:
    output = tmp_path / "out.jsonl"
    quotes("extract", folder, "-o", output)
    result = quotes("validate", output, "--against", folder)
    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr == "quotes: 4 records in 1 file checked: no problems\n"
    assert quotes("validate", "-", stdin=output.read_bytes()).exit_code == 0


def test_one_file_may_hold_the_sources(folder: Path, tmp_path: Path) -> None:
    output, article = tmp_path / "out.jsonl", folder / "a.txt"
    quotes("extract", article, "-o", output)
    assert quotes("validate", output, "--against", article).exit_code == 0
    (tmp_path / "other.txt").write_text(ARTICLE.upper(), encoding="utf-8")
    told = quotes("validate", output, "--against", tmp_path / "other.txt")
    assert (told.exit_code, "the source has changed" in told.stderr) == (1, True)


def test_each_problem_is_a_line(folder: Path, tmp_path: Path) -> None:
    output = tmp_path / "out.jsonl"
    records = quotes("extract", folder).stdout.replace('"direct"', '"dirct"', 1)
    output.write_text(records + "{\n", encoding="utf-8")
    result = quotes("validate", output, tmp_path / "none.jsonl")
    assert (result.exit_code, result.stdout) == (1, "")
    first, second, third, summary = result.stderr.splitlines()
    assert first.startswith(f"quotes: {output}:1: $.type: 'dirct' is not one of")
    assert second.startswith(f"quotes: {output}:5: $: is no JSON: ")
    assert third == f"quotes: {tmp_path / 'none.jsonl'}: cannot be read: No such file or directory"
    assert summary == "quotes: 5 records in 2 files checked: 3 problems"


# --- people and speakers ---------------------------------------------------------------------------------------------


def test_known_people_get_their_ids(folder: Path, tmp_path: Path) -> None:
    people = tmp_path / "people.csv"
    people.write_text("name,aliases,id\nAnna Roy,Ana Roy,Q1\nBe,,Q2\nBé,,Q3\n", encoding="utf-8")
    roy, be = (
        json.loads(line)["speaker"]
        for line in quotes("extract", folder / "a.txt", "--people", people).stdout.splitlines()
    )
    assert (roy["id"], roy["candidates"]) == ("Q1", [])
    assert (be["id"], be["candidates"]) == (None, ["Q2", "Q3"])


def test_a_bad_table_of_people_is_one_line_and_exit_2(folder: Path, tmp_path: Path) -> None:
    people = tmp_path / "people.csv"
    people.write_text("name,id\nAna Roy,Q1\n,Q2\n", encoding="utf-8")
    result = quotes("extract", folder, "--people", people)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr == f"quotes: {people}, line 3: has no name: fill in 'name', or take the line out\n"


def test_who_said_how_much_is_a_table(folder: Path, tmp_path: Path) -> None:
    output = tmp_path / "out.jsonl"
    quotes("extract", folder, "-o", output)
    result = quotes("speakers", output)
    assert result.exit_code == 0
    assert result.stdout.splitlines() == [
        "speaker  role  kind    quotes  words  articles",
        "Ana Roy        person       2      4         2",
        "Bé             person       1      4         1",
        "Bé             person       1      4         1",
    ]
    assert quotes("speakers", "-", stdin=output.read_bytes()).stdout == result.stdout


def test_who_said_how_much_is_json(folder: Path, tmp_path: Path) -> None:
    output = tmp_path / "out.jsonl"
    quotes("extract", folder / "a.txt", "-o", output)
    be, roy = map(json.loads, quotes("speakers", "--json", output).stdout.splitlines())
    assert (be["name"], roy["name"], roy["quotes"], roy["words"], roy["articles"]) == ("Bé", "Ana Roy", 1, 2, 1)


def test_a_name_cannot_command_the_terminal(folder: Path, tmp_path: Path) -> None:
    output = tmp_path / "out.jsonl"
    quotes("extract", folder / "a.txt", "-o", output)
    records = [json.loads(line) for line in output.read_text(encoding="utf-8").splitlines()]
    records[0]["speaker"]["name"] = "\x1b[31mAna\x1b[0m\x07\r\n\u202eRoy\x1b]0;owned\x07"
    output.write_text("".join(json.dumps(record) + "\n" for record in records), encoding="utf-8")
    shown = quotes("speakers", output).stdout
    assert "Ana Roy " in shown
    assert "owned" not in shown
    assert all(c.isprintable() for line in shown.splitlines() for c in line)


def test_what_is_no_record_is_named(folder: Path) -> None:
    result = quotes("speakers", folder / "a.txt")
    assert result.exit_code == 1
    assert result.stderr.startswith(f"quotes: {folder / 'a.txt'}:1: $: is no JSON")


def test_the_schema_is_printed() -> None:
    assert quotes("schema").stdout == read_schema()


def test_options_have_the_same_defaults_everywhere() -> None:
    help = quotes("extract", "--help").stdout
    assert ",".join(Options().types) in help
    assert Options().model in help
