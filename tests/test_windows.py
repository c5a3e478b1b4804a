"""Windows are whole paragraphs, cover every piece once, and do not depend on what stands far above them."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quotes.attribution import load_reader
from quotes.attribution.reader.windows import FEATURES, Pieces, Window, cut_windows, encode
from quotes.marks import find_marks

SIZE, REACH = 384, 96


def drawn(lengths: list[int], seed: int) -> Pieces:
    """Paragraphs of these lengths; ids and features by chance."""
    draw, count = np.random.default_rng(seed), sum(lengths)
    ids, features = draw.integers(0, 30_000, count), draw.integers(0, FEATURES, count)
    places, paragraph = np.arange(count), np.repeat(np.arange(len(lengths)), lengths)
    return Pieces(ids, features, places, places + 1, np.ones(count, bool), paragraph)


def edges(pieces: Pieces) -> set[int]:
    """Where paragraphs begin, and the end."""
    return {*np.flatnonzero(np.diff(pieces.paragraph, prepend=-1)).tolist(), len(pieces.ids)}


FIRST = 2  # the window that the paragraph joins, and one that is cut anew beside it
LENGTHS = st.lists(st.integers(1, 120), max_size=60)
SEEDS = st.integers(0, 2**32 - 1)


@settings(max_examples=100, deadline=None)
@given(LENGTHS, SEEDS, st.integers(1, 400))
def test_windows_are_whole_paragraphs_and_cover_every_piece_once(lengths: list[int], seed: int, size: int) -> None:
    pieces = drawn(lengths, seed)
    windows, breaks = cut_windows(pieces, size, REACH), edges(pieces)
    assert [window.start for window in windows] == [0, *(window.end for window in windows)][: len(windows)]
    assert (windows[-1].end if windows else 0) == len(pieces.ids)
    for window in windows:
        assert window.start < window.end
        assert {window.start, window.end} <= breaks
        alone = len(breaks & set(range(window.start, window.end))) == 1
        assert window.end - window.start <= size or alone


def test_nothing_has_no_window() -> None:
    assert cut_windows(drawn([], 0), SIZE, REACH) == []


@settings(max_examples=300, deadline=None, derandomize=True)
@given(LENGTHS.filter(len), st.integers(1, 300), SEEDS)
def test_a_paragraph_in_front_changes_only_the_first_windows(lengths: list[int], more: int, seed: int) -> None:
    """Cut from the start, every window would be another."""
    behind = drawn([more, *lengths], seed)
    arrays = ("ids", "features", "start", "end", "first", "paragraph")
    alone = Pieces(*(getattr(behind, name)[more:] for name in arrays))
    pushed = cut_windows(behind, SIZE, REACH)
    kept = [Window(window.start + more, window.end + more) in pushed for window in cut_windows(alone, SIZE, REACH)]
    assert all(kept[FIRST:])


@pytest.mark.parametrize("size", [64, 128])
@settings(max_examples=40, deadline=None)
@given(paragraphs=st.lists(st.text("ab “”.\n", max_size=300), max_size=12))
def test_windows_of_a_text(size: int, paragraphs: list[str]) -> None:
    """Paragraphs longer than the limit are encoded in parts, so that windows of a text are never too long."""
    text = "\n\n".join(paragraphs)
    pieces = encode(text, find_marks(text), load_reader().tokenizer, size - 24)
    windows = cut_windows(pieces, size, REACH)
    assert all(a.end == b.start for a, b in pairwise(windows))
    assert sum(window.end - window.start for window in windows) == len(pieces.ids)
    assert all(window.end - window.start <= size for window in windows)
