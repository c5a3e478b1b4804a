"""The learned reader: its weights, its windows, its decoding, and the marks as hard evidence."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from importlib.resources import files
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quotes.attribution import Reader, ReaderOptions, attribute, decode, load_reader
from quotes.attribution.reader.decode import (
    B_CONTENT,
    B_SOURCE,
    CUE,
    I_CONTENT,
    I_SOURCE,
    OUTSIDE,
    TAGS,
    best_tags,
    readings,
)
from quotes.attribution.reader.windows import cut_windows, encode, near_marks
from quotes.marks import find_marks
from quotes.types import Attribution, Document

ARTICLE = (
    "The bridge at Olsztyn will stay shut until May, the city said on Monday.\n\n"
    "“We found cracks in nine of the twelve piers,” said Marta Nowak, the city engineer. “Nobody drives over that.”\n\n"
    "Nowak called the last inspection “a walk with a torch”. Her predecessor, Jan Wilk, denied the charge.\n\n"
    "The mayor told reporters that the repairs would cost four million."
)


@pytest.fixture(scope="module")
def reader() -> Reader:
    return load_reader()


def read(reader: Reader, text: str) -> list[Attribution]:
    return attribute(reader, Document("a", text), find_marks(text)).attributions


def test_the_weights_are_the_ones_that_were_measured() -> None:
    folder = files("quotes.attribution") / "weights"
    for line in (folder / "SHA256SUMS").read_text(encoding="utf-8").splitlines():
        digest, name = line.split()
        assert hashlib.sha256((folder / name).read_bytes()).hexdigest() == digest


def test_it_reads_source_cue_and_content(reader: Reader) -> None:
    found = [
        tuple(ARTICLE[a:b] for a, b in (x.source or (0, 0), x.cue or (0, 0), x.content[0]))
        for x in read(reader, ARTICLE)
    ]
    assert ("the city", "said", "The bridge at Olsztyn will stay shut until May") in [
        (source, cue.split(" on ")[0], content.rstrip(",")) for source, cue, content in found
    ]
    assert any(source.startswith("Marta Nowak") and "cracks" in content for source, _, content in found)


def test_an_article_reads_the_same_in_any_company(reader: Reader) -> None:
    alone = read(reader, ARTICLE)
    read(reader, "“No,” said Roy.")
    assert read(reader, ARTICLE) == alone


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=400))
def test_any_text_is_read_within_its_bounds(text: str) -> None:
    for attribution in read(load_reader(), text):
        for start, end in [*attribution.content, *filter(None, [attribution.source, attribution.cue])]:
            assert 0 <= start < end <= len(text)
        assert all(b <= c for (_, b), (c, _) in pairwise(attribution.content))


@settings(max_examples=40, deadline=None)
@given(st.lists(st.text("ab “”.\n", max_size=300), max_size=12))
def test_windows_cover_every_piece_once(paragraphs: list[str]) -> None:
    text = "\n\n".join(paragraphs)
    pieces = encode(text, find_marks(text), load_reader().tokenizer, 40)
    windows = cut_windows(pieces, 64)
    assert [w.start for w in windows] == [0, *(w.end for w in windows[:-1])][: len(windows)]
    assert not windows or windows[-1].end == len(pieces.ids)
    assert all(w.start < w.end and w.end - w.start <= 64 for w in windows)


def scores(*tags: int) -> np.ndarray:
    table = np.zeros((1, len(tags), len(TAGS)), np.float32)
    table[0, range(len(tags)), tags] = 5
    return table


@pytest.mark.parametrize(
    ("wanted", "place", "expected"),
    [
        ([B_SOURCE, CUE, B_CONTENT, I_CONTENT], 1, [B_SOURCE, CUE, B_CONTENT, I_CONTENT]),
        ([I_SOURCE, CUE, I_CONTENT, I_CONTENT], 1, [B_SOURCE, CUE, B_CONTENT, I_CONTENT]),
        ([B_SOURCE, OUTSIDE, B_CONTENT, CUE], 1, [B_SOURCE, CUE, B_CONTENT, OUTSIDE]),
        ([CUE, OUTSIDE], 0, [CUE, OUTSIDE]),
    ],
)
def test_decoding_gives_whole_pieces_and_one_cue(wanted: list[int], place: int, expected: list[int]) -> None:
    found = best_tags([(scores(*wanted), np.array([place]))])[0].tolist()[0]
    assert found[place] == CUE
    assert [t == CUE for t in found] == [t == CUE for t in expected]
    for before, tag in pairwise([OUTSIDE, *found]):
        assert tag not in (I_SOURCE, I_CONTENT) or before in (tag, tag - 1)


def test_a_reading_without_content_is_none() -> None:
    assert read_scores(scores(B_SOURCE, CUE), cue=1) == []


@pytest.mark.parametrize(
    ("against", "stops", "content"),
    [
        (1, [6], (2, 6)),  # little speaks against the rest of the clause
        (1, [4], (2, 4)),  # it is at its end
        (1, [5], (2, 5)),
        (1, [], (2, 7)),
        (4, [6], (2, 4)),
    ],
)
def test_a_content_goes_on_to_the_end_of_its_clause(against: int, stops: list[int], content: tuple[int, int]) -> None:
    found = scores(B_SOURCE, CUE, B_CONTENT, I_CONTENT, OUTSIDE, OUTSIDE, OUTSIDE)
    found[0, 4:, I_CONTENT] = found[0, 4:, OUTSIDE] - against / 2
    assert [reading.content for reading in read_scores(found, cue=1, stops=stops)] == [(content,)]


def read_scores(found: np.ndarray, cue: int, stops: Sequence[int] = ()) -> list[decode.Reading]:
    place = np.array([cue])
    tags = best_tags([(found.copy(), place)])[0]
    return readings(np.array([3.0], np.float32), found, place, tags, np.array(stops, np.int64))


def test_punctuation_that_belongs_to_words_ends_no_clause() -> None:
    text = "Mr. Roy's son-in-law paid 7.5 kroner, he said: “No.” It rained."
    pieces = encode(text, find_marks(text), load_reader().tokenizer, 99)
    assert [text[a:b] for a, b in zip(pieces.start[pieces.stop], pieces.end[pieces.stop], strict=True)] == [
        *(",", ":", "“", ".", "”", ".")
    ]


def test_windows_decoded_together_are_decoded_as_alone() -> None:
    windows = [
        (scores(B_SOURCE, CUE, B_CONTENT, I_CONTENT), np.array([1])),
        (np.zeros((0, 7, len(TAGS)), np.float32), np.array([], np.int64)),
        (scores(B_CONTENT, I_CONTENT, I_CONTENT, B_SOURCE, CUE, OUTSIDE), np.array([4])),
    ]
    together = [tags.tolist() for tags in best_tags(windows)]
    assert together == [best_tags([window])[0].tolist() for window in windows]


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 4), st.integers(1, 30), st.integers(0, 2**32 - 1))
def test_what_is_stepped_over_would_have_been_outside(cues: int, words: int, seed: int) -> None:
    draw = np.random.default_rng(seed)
    table = draw.normal(size=(cues, words, len(TAGS))).astype(np.float32) * 3
    table[draw.random((cues, words)) < 0.5, OUTSIDE] = 1e3
    window = (table, draw.integers(0, words, cues))
    with pytest.MonkeyPatch.context() as all_looked_at:
        all_looked_at.setattr(decode, "SURE", np.inf)
        wanted = best_tags([window])[0].tolist()
    assert best_tags([window])[0].tolist() == wanted


FAR = "Rain fell on the hills."


@pytest.mark.parametrize(
    ("paragraph", "read"),
    [
        # The speaker may stand in a neighbour …
        ("“It leaks.”", f"{FAR}\n\n“It leaks.”\n\n{FAR}"),
        ("“It leaks,” said Ana Roy.", f"{FAR}\n\n“It leaks,” said Ana Roy.\n\n{FAR}"),
        # … but not of a paragraph with enough words of its own.
        ("Ana Roy, who built the dam, said: “It leaks.”", "Ana Roy, who built the dam, said: “It leaks.”"),
    ],
)
def test_only_paragraphs_near_marks_are_read(paragraph: str, read: str, reader: Reader) -> None:
    text = "\n\n".join([*[FAR] * 40, paragraph, *[FAR] * 40])
    everything = encode(text, find_marks(text), reader.tokenizer, 300)
    near, far = near_marks(everything), near_marks(everything, far=True)
    assert text[near.start[0] : near.end[-1]] == read
    assert sorted([*near.start, *far.start]) == everything.start.tolist()


def test_who_speaks_near_marks_is_found(reader: Reader) -> None:
    far = f"{FAR}\n\n" * 40
    text = f"{far}“It leaks,” said Ana Roy.\n\n{far}"
    [found] = reader.read(text, find_marks(text), everywhere=False).attributions
    assert text[slice(*found.source)] == "Ana Roy"
    assert reader.read(far, [], everywhere=False).attributions == []


def test_a_sure_reader_believes_less(reader: Reader) -> None:
    strict = Reader(reader.network, reader.tokenizer, ReaderOptions(threshold=0.99))
    marks = find_marks(ARTICLE)
    assert len(strict.read(ARTICLE, marks).attributions) <= len(reader.read(ARTICLE, marks).attributions)


@pytest.mark.parametrize(
    ("text", "owned"),
    [
        ("“It held for years.” — Ana Roy\n\n“It never held.” — Bo Lind", ["Ana Roy", "Bo Lind"]),
        ("“It held for years.” ― Ana Roy, Malmö\n\nRain fell.", ["Ana Roy, Malmö"]),
    ],
)
def test_a_credit_names_the_speaker(reader: Reader, text: str, owned: list[str]) -> None:
    found = [a for a in read(reader, text) if a.quoted]
    assert [text[slice(*a.source)] for a in found if a.source] == owned


def test_every_marked_span_comes_out_exactly_once(reader: Reader) -> None:
    owned = [m for a in read(reader, ARTICLE) for m in a.quoted]
    assert sorted(m.start for m in owned) == [m.start for m in find_marks(ARTICLE)]
