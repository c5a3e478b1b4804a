"""What a stranger finds around the program: where all that ships comes from, forms, a citation of this version."""

from __future__ import annotations

import tomllib
from fnmatch import fnmatch
from pathlib import Path

import pytest
import regex

from quotes.version import __version__

ROOT = Path(__file__).resolve().parent.parent


def test_everything_that_ships_and_is_no_program_has_its_source_told() -> None:
    notice = (ROOT / "NOTICE").read_text(encoding="utf-8")
    told = regex.findall(r"^(?:quotes|training)/\S+$", notice, flags=regex.MULTILINE)
    files = [path for folder in ("quotes", "training") for path in (ROOT / folder).rglob("*") if path.is_file()]
    shipped = [path.relative_to(ROOT).as_posix() for path in files]
    programs = (".py", ".pyc", "py.typed", ".so", "training/README.md")
    data = [path for path in shipped if not path.endswith(programs)]
    assert len(data) > 100
    assert [path for path in data if not any(fnmatch(path, pattern) for pattern in told)] == []
    assert [
        pattern for pattern in told if "schemas" not in pattern and not any(fnmatch(p, pattern) for p in data)
    ] == []


def test_a_list_from_elsewhere_is_told_in_the_notice() -> None:
    notice = (ROOT / "NOTICE").read_text(encoding="utf-8")
    for path in (ROOT / "quotes").rglob("*.txt"):
        head = [line for line in path.read_text(encoding="utf-8").splitlines()[:8] if line.startswith("#")]
        if "licence: NOTICE" in " ".join(head):
            assert path.relative_to(ROOT).as_posix() in notice.splitlines()


def test_the_citation_names_this_version() -> None:
    citation = (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    assert f"\nversion: {__version__}\n" in citation
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert f"\nlicense: {project['license']}\n" in citation


@pytest.mark.parametrize("name", ["wrong_speaker", "missed_quotation", "crash"])
def test_a_form_asks_for_the_shortest_text(name: str) -> None:
    form = (ROOT / ".github" / "ISSUE_TEMPLATE" / f"{name}.yml").read_text(encoding="utf-8")
    assert regex.search(r"label: The shortest (?:text|file) in which it happens", form)
    assert form.count("required: true") >= 2
