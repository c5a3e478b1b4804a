"""Shells complete commands, options and values; the manual page is sound; Ctrl-C is told in a line."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from quotes.__main__ import start
from quotes.writing import FORMATS

ROOT = Path(__file__).resolve().parent.parent
PROGRAM = Path(sys.executable).with_name("quotes")
pytestmark = pytest.mark.skipif(not PROGRAM.exists(), reason="needs the package to be installed")

# What a user types → what each shell offers, one a line.
ASK = {
    "bash": """
        eval "$(_QUOTES_COMPLETE=bash_source quotes)"
        COMP_WORDS=(%s); COMP_CWORD=$((${#COMP_WORDS[@]} - 1)); [ "${COMP_WORDS[-1]}" = _ ] && COMP_WORDS[-1]=""
        _quotes_completion quotes
        printf '%%s\\n' "${COMPREPLY[@]}"
    """,
    "zsh": """
        autoload -U compinit; compinit -u -D
        eval "$(_QUOTES_COMPLETE=zsh_source quotes)"
        _describe() { local name; for name in "${@:#-*}"; do print -l -- "${(@P)name%%%%:*}"; done 2> /dev/null; }
        compadd() { print -l -- "${(@P)${@[-1]}}"; }
        words=(%s); CURRENT=$#words; [ "$words[-1]" = _ ] && words[-1]=""
        _quotes_completion
    """,
    "fish": """
        _QUOTES_COMPLETE=fish_source quotes | source
        complete -C (string replace -r ' _$' ' ' '%s') | string replace -r '\\t.*' ''
    """,
}


def offered(shell: str, typed: str) -> list[str]:
    if shutil.which(shell) is None:
        pytest.skip(f"needs {shell}")
    options = {"bash": ["--norc"], "zsh": ["-f"], "fish": ["--no-config"]}[shell]
    environment = {**os.environ, "PATH": f"{PROGRAM.parent}{os.pathsep}{os.environ['PATH']}"}
    run = subprocess.run(
        [shell, *options, "-c", ASK[shell] % typed], capture_output=True, text=True, env=environment, check=False
    )
    assert run.stderr == ""
    return run.stdout.split()


@pytest.mark.parametrize("shell", ASK)
@pytest.mark.parametrize(
    ("typed", "expected"),
    [
        ("quotes ex", {"extract"}),
        ("quotes extract --offs", {"--offsets"}),
        ("quotes extract --offsets ut", {"utf16", "utf8"}),
        ("quotes extract --format _", set(FORMATS)),
    ],
)
def test_a_shell_completes(shell: str, typed: str, expected: set[str]) -> None:
    assert set(offered(shell, typed)) == expected


def test_the_manual_page_is_sound() -> None:
    if shutil.which("mandoc") is None:
        pytest.skip("needs mandoc")
    page = ROOT / "docs" / "quotes.1"
    checked = subprocess.run(["mandoc", "-Tlint", "-Wwarning", page], capture_output=True, text=True, check=False)
    assert [line for line in checked.stdout.splitlines() if "missing date" not in line] == []
    shown = subprocess.run(["mandoc", "-Tutf8", page], capture_output=True, text=True, check=True).stdout
    plain = "".join(c for n, c in enumerate(shown) if c != "\b" and shown[n + 1 : n + 2] != "\b")
    assert all(words in plain for words in ("quotes extract", "--offsets", "EXIT STATUS"))


@pytest.mark.parametrize("after", [0.1, 0.2, 0.4, 3])
def test_ctrl_c_is_told_in_a_line_whenever_it_comes(after: float) -> None:
    """Python itself, before it begins with the program, ends at once, or with its own lines about its start."""
    process = subprocess.Popen(
        [PROGRAM, "extract"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    time.sleep(after)
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=60)
    if process.returncode != -signal.SIGINT and b"quotes/" in said.replace(b"quotes: interrupted", b""):
        pytest.fail(said.decode())
    if after == 3:
        assert (process.returncode, said) == (130, b"quotes: interrupted\n")


@pytest.mark.parametrize(("error", "code"), [(KeyboardInterrupt(), 130), (ImportError("no such file"), None)])
def test_what_a_library_makes_of_ctrl_c_is_ctrl_c(
    error: BaseException, code: int | None, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def main(prog_name: str) -> None:
        raise ImportError("initialization failed") from error

    monkeypatch.setattr("quotes.cli.main", main)
    with pytest.raises(SystemExit if code else ImportError) as raised:
        start()
    assert getattr(raised.value, "code", None) == code
    assert capsys.readouterr().err == ("quotes: interrupted\n" if code else "")
