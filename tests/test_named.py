"""The reader's names: its weights find them in any text, and decoding keeps each whole and of one kind."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quotes.attribution import Reader, load_reader
from quotes.attribution.reader.named import KINDS, named
from quotes.marks import find_marks

TAGS = 2 * len(KINDS) + 1
PERSON, BODY = 1, 3  # the tags that begin them
FREE = np.zeros((TAGS, TAGS), np.float32)


@pytest.fixture(scope="module")
def reader() -> Reader:
    return load_reader()


def names(reader: Reader, text: str, **wanted: bool) -> list[tuple[str, str]]:
    found = reader.read(text, find_marks(text), **wanted).names()
    assert all(one.end <= other.start for one, other in pairwise(found))
    return [(text[name.start : name.end], name.kind) for name in found]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("“It leaks,” said Angela Merkel in Berlin.", [("Angela Merkel", "person"), ("Berlin", "place")]),
        (
            "Sébastien Lecornu met officials of the European Commission in Brussels.",
            [("Sébastien Lecornu", "person"), ("European Commission", "organization"), ("Brussels", "place")],
        ),
        ("Russian troops left, Vladimir Putin said.", [("Russian", "group"), ("Vladimir Putin", "person")]),
        ("It rained on the hills.", []),
        ("", []),
    ],
)
def test_names_and_their_kinds(reader: Reader, text: str, expected: list[tuple[str, str]]) -> None:
    assert [(name.removeprefix("the "), kind) for name, kind in names(reader, text)] == expected


def test_names_far_from_marks_are_found_where_only_marked_words_are_read(reader: Reader) -> None:
    text = "Angela Merkel came.\n\n" + "It rained on the hills.\n\n" * 30 + "“It leaks,” said Ana Roy."
    assert names(reader, text, everywhere=False) == [("Angela Merkel", "person"), ("Ana Roy", "person")]


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=400))
def test_in_any_text_they_stand_within_it_in_order(text: str) -> None:
    names(load_reader(), text)


def scores(*tags: int) -> np.ndarray:
    table = np.zeros((len(tags), TAGS), np.float32)
    table[range(len(tags)), tags] = 5
    return table


def test_a_name_goes_on_until_another_begins() -> None:
    (found,) = named([scores(0, PERSON, PERSON + 1, PERSON, BODY, BODY + 1, 0)], FREE)
    assert found == [((1, 3), "person"), ((3, 4), "person"), ((4, 6), "organization")]


def test_what_goes_on_with_nothing_begins() -> None:
    (found,) = named([scores(PERSON + 1, PERSON + 1, BODY + 1)], FREE)
    assert found == [((0, 2), "person"), ((2, 3), "organization")]


def test_steps_between_tags_count() -> None:
    steps = FREE.copy()
    steps[PERSON, 0] = -9  # a person has a word more
    table = scores(PERSON, 0, 0)
    table[0, PERSON] = 15
    (found,) = named([table], steps)
    assert [end - start for (start, end), _ in found] == [2]


def test_windows_decoded_together_are_decoded_as_alone() -> None:
    steps = np.random.default_rng(1).normal(size=FREE.shape).astype(np.float32)
    windows = [scores(PERSON, PERSON + 1), scores(0, BODY, BODY + 1, 0, PERSON), np.zeros((0, TAGS), np.float32)]
    assert named(windows, steps) == [named([window], steps)[0] for window in windows]
