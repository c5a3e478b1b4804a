"""The table of given names is searched as it stands, so it must be sorted."""

from __future__ import annotations

import pytest

from quotes.speakers.lexicon import LEXICON, is_given_name, share_of_women
from quotes.words import read_lines


def test_every_line_of_the_table_is_found() -> None:
    lines = read_lines(LEXICON, "given_names.txt")
    assert lines == sorted(lines)
    for line in (*lines[:3], *lines[::1000], *lines[-3:]):
        name, share, bearers = line.split(" ")
        assert share_of_women(name.title()) == int(share) / 100
        assert is_given_name(name) == (int(bearers) >= 4)


@pytest.mark.parametrize("word", ["", "aaban 0", "Aabanx", "zzzz", "0", "-", "leaks"])
def test_what_the_table_does_not_have_is_no_name(word: str) -> None:
    assert share_of_women(word) is None
    assert not is_given_name(word)
