"""Words as they are read beside the words as they were set."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import regex
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from quotes.cleaning import clean
from quotes.cli import main


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("The oﬃcial ﬁgures of the staﬀ", "The official figures of the staff"),
        ("It was con-\nﬁrmed on Mon-\n  day", "It was confirmed on Monday"),
        ("a well-\nknown flaw", "a well-known flaw"),
        ("a soft\u00adhyphen", "a softhyphen"),
        ("between 1990-\n1995", "between 1990- 1995"),
        ("the Ross-\nSmith bill", "the Ross- Smith bill"),
        ("one\nline  and\u00a0another", "one line and another"),
        ("it’s “so” – isn’t it", "it’s “so” – isn’t it"),
    ],
)
def test_what_is_cleaned_and_what_is_not(text: str, cleaned: str) -> None:
    assert clean(text, f"{text} It was well-known.") == cleaned


@given(st.text())
def test_it_is_cleaned_once_for_all(text: str) -> None:
    once = clean(text, text)
    assert clean(once, text) == once
    assert not regex.search(r"[^\S ]|  |[ﬀ-ﬆ\u00ad]", once)


def test_a_record_has_both(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("“The oﬃcial ﬁgures were con-\nﬁrmed on Monday,” said Ana Roy.\n", encoding="utf-8")
    record = json.loads(CliRunner().invoke(main, ["extract", str(tmp_path)]).stdout)
    assert record["text"] == "The oﬃcial ﬁgures were con-\nﬁrmed on Monday,"
    assert record["text_clean"] == "The official figures were confirmed on Monday,"
