"""The learned reader: its weights, its decoding, and what it makes of an article. See `test_windows.py` for windows."""

from __future__ import annotations

import hashlib
from importlib.resources import files
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quotes.attribution import Found, Reader, ReaderOptions, attribute, load_reader
from quotes.attribution.candidates import Candidate
from quotes.attribution.reader import decode
from quotes.attribution.reader.decode import Anchors, best_tags, readings
from quotes.attribution.reader.labels import CUE, OUTSIDE, PARTS, REASONS, TAGS
from quotes.attribution.reader.windows import encode, near_marks
from quotes.marks import find_marks
from quotes.types import Attribution, Document

B_SOURCE, I_SOURCE = PARTS["source"], PARTS["source"] + 1
B_CONTENT, I_CONTENT = PARTS["content"], PARTS["content"] + 1
B_TO, I_TO = PARTS["addressee"], PARTS["addressee"] + 1
B_VIA = PARTS["via"]
GOES_ON = (I_SOURCE, I_CONTENT, I_TO, B_VIA + 1)
ARTICLE = (
    "The bridge at Olsztyn will stay shut until May, the city said on Monday.\n\n"
    "“We found cracks in nine of the twelve piers,” said Marta Nowak, the city engineer. “Nobody drives over that.”\n\n"
    "Nowak called the last inspection “a walk with a torch”. Her predecessor, Jan Wilk, denied the charge.\n\n"
    "The mayor told reporters that the repairs would cost four million."
)


@pytest.fixture(scope="module")
def reader() -> Reader:
    return load_reader()


def believed(found: Found) -> list[Candidate]:
    return [one for one in found.candidates if one.score > 0.5]


def read(reader: Reader, text: str) -> list[Attribution]:
    return attribute(reader, Document("a", text), find_marks(text))[0]


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


# --- decoding --------------------------------------------------------------------------------------------------------


def window(*rows: tuple[list[int], int], floating: bool = False, score: float = 3, act: float = -3) -> Anchors:
    """Anchors that want these tags, each at its place."""
    count = len(rows)
    table = np.zeros((count, len(rows[0][0]) if rows else 7, len(TAGS)), np.float32)
    for n, (tags, _) in enumerate(rows):
        table[n, range(len(tags)), tags] = 5
    return Anchors(
        np.full(count, score, np.float32),
        np.array([place for _, place in rows], np.int64),
        np.full(count, int(floating), np.int64),
        table,
        np.full(count, act, np.float32),
    )


def decoded(anchors: Anchors) -> list[list[int]]:
    return best_tags([anchors])[0].tolist()


@pytest.mark.parametrize(
    ("wanted", "place", "expected"),
    [
        ([B_SOURCE, CUE, B_CONTENT, I_CONTENT], 1, [B_SOURCE, CUE, B_CONTENT, I_CONTENT]),
        ([I_SOURCE, CUE, I_CONTENT, I_CONTENT], 1, [B_SOURCE, CUE, B_CONTENT, I_CONTENT]),
        ([B_SOURCE, OUTSIDE, B_CONTENT, CUE], 1, [B_SOURCE, CUE, B_CONTENT, OUTSIDE]),
        ([CUE, OUTSIDE], 0, [CUE, OUTSIDE]),
        ([CUE, B_TO, I_SOURCE, I_TO], 0, [CUE, B_TO, I_TO, I_TO]),
    ],
)
def test_decoding_gives_whole_pieces_and_one_cue(wanted: list[int], place: int, expected: list[int]) -> None:
    (found,) = decoded(window((wanted, place)))
    assert found[place] == CUE
    assert [t == CUE for t in found] == [t == CUE for t in expected]
    for before, tag in pairwise([OUTSIDE, *found]):
        assert tag not in GOES_ON or before in (tag, tag - 1)


@settings(max_examples=100, deadline=None)
@given(st.integers(1, 4), st.integers(1, 30), st.booleans(), st.integers(0, 2**32 - 1))
def test_whatever_the_scores_every_piece_begins_and_the_anchor_is_one(
    count: int, words: int, floating: bool, seed: int
) -> None:
    anchors = drawn(count, words, floating, np.random.default_rng(seed))
    for place, tags in zip(anchors.places.tolist(), decoded(anchors), strict=True):
        assert tags[place] == (B_CONTENT if floating else CUE)
        cues = [n for n, tag in enumerate(tags) if tag == CUE]
        assert cues == ([] if floating else list(range(place, place + len(cues))))
        assert all(tag not in GOES_ON or before in (tag, tag - 1) for before, tag in pairwise([OUTSIDE, *tags]))


def drawn(count: int, words: int, floating: bool, draw: np.random.Generator) -> Anchors:
    """Anchors with scores by chance; half of their words are outside beyond doubt."""
    table = draw.normal(size=(count, words, len(TAGS))).astype(np.float32) * 3
    table[draw.random((count, words)) < 0.5, OUTSIDE] = 1e3
    zero = np.zeros(count, np.float32)
    return Anchors(zero, draw.integers(0, words, count), np.full(count, int(floating)), table, zero)


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 4), st.integers(1, 30), st.booleans(), st.integers(0, 2**32 - 1))
def test_what_is_stepped_over_would_have_been_outside(count: int, words: int, floating: bool, seed: int) -> None:
    anchors = drawn(count, words, floating, np.random.default_rng(seed))
    with pytest.MonkeyPatch.context() as all_looked_at:
        all_looked_at.setattr(decode, "SURE", np.inf)
        wanted = decoded(anchors)
    assert decoded(anchors) == wanted


def test_windows_decoded_together_are_decoded_as_alone() -> None:
    windows = [
        window(([B_SOURCE, CUE, B_CONTENT, I_CONTENT], 1)),
        window(),
        window(([B_CONTENT, I_CONTENT, I_CONTENT, B_SOURCE, CUE, OUTSIDE], 4)),
        window(([B_CONTENT, I_CONTENT, B_SOURCE], 0), floating=True),
    ]
    together = [tags.tolist() for tags in best_tags(windows)]
    assert together == [best_tags([one])[0].tolist() for one in windows]


def read_window(anchors: Anchors) -> list[decode.Reading]:
    return readings(anchors, best_tags([anchors])[0])


def test_a_reading_has_all_its_parts() -> None:
    (found,) = read_window(window(([B_SOURCE, I_SOURCE, CUE, B_TO, B_CONTENT, OUTSIDE, B_CONTENT, B_VIA], 2), act=3))
    assert (found.source, found.cue, found.addressee, found.via) == ((0, 2), (2, 3), (3, 4), (7, 8))
    assert found.content == ((4, 5), (6, 7))
    assert found.thought == pytest.approx(0.953, abs=1e-3)
    assert found.weights[0] == found.weights[1] < found.confidence < 0.953  # the anchor is sure of itself


def test_words_without_a_cue_begin_at_their_anchor() -> None:
    (found,) = read_window(window(([B_SOURCE, OUTSIDE, I_CONTENT, I_CONTENT], 2), floating=True))
    assert (found.source, found.cue, found.content) == ((0, 1), None, ((2, 4),))


def test_of_several_sources_the_likeliest_is_the_source() -> None:
    anchors = window(([B_SOURCE, OUTSIDE, B_SOURCE, CUE, B_CONTENT], 3))
    anchors.tags[0, 2, B_SOURCE] = 9
    assert [reading.source for reading in read_window(anchors)] == [(2, 3)]


def test_a_reading_without_content_is_none() -> None:
    assert read_window(window(([B_SOURCE, CUE], 1))) == []


# --- the network -----------------------------------------------------------------------------------------------------


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
    [found] = believed(reader.read(text, find_marks(text), everywhere=False))
    assert text[slice(*found.source)] == "Ana Roy"
    assert reader.read(far, [], everywhere=False).candidates == []


def test_a_sure_reader_believes_less(reader: Reader) -> None:
    strict = Reader(reader.network, reader.tokenizer, ReaderOptions(threshold=0.99))
    marks = find_marks(ARTICLE)
    assert len(strict.read(ARTICLE, marks).candidates) < len(reader.read(ARTICLE, marks).candidates)


def test_of_marked_words_it_tells_whether_and_why_nobody_says_them(reader: Reader) -> None:
    marks = find_marks(ARTICLE)
    reasons = reader.read(ARTICLE, marks).reasons
    assert sorted(reasons) == [mark.inner_start for mark in marks]
    assert all(chances.shape == (len(REASONS),) for chances in reasons.values())
    assert all(chances.sum() == pytest.approx(1, abs=1e-5) for chances in reasons.values())


@pytest.mark.parametrize("marks", ["“”", "‘’", '""', "''"])
@pytest.mark.parametrize("gap", [" ", "\u00a0", "\n"])
def test_reasons_stand_where_the_marked_words_begin(reader: Reader, marks: str, gap: str) -> None:
    """Blanks behind the mark are none of the words."""
    text = f"Roy said: {marks[0]}It leaked, and it had leaked for years.{marks[1]}{gap}Rain fell, and Lee went home."
    spans = find_marks(text)
    assert sorted(reader.read(text, spans).reasons) == [mark.inner_start for mark in spans if not mark.depth]


def test_an_article_longer_than_a_window_is_read_to_its_end(reader: Reader) -> None:
    text = "\n\n".join([ARTICLE] * 12)
    found = believed(reader.read(text, find_marks(text)))
    names = {text.find("Marta Nowak", n * (len(ARTICLE) + 2)) for n in range(12)}
    assert len(names & {one.source[0] for one in found if one.source}) >= 10


def test_every_marked_span_comes_out_exactly_once(reader: Reader) -> None:
    owned = [m for a in read(reader, ARTICLE) for m in a.quoted]
    assert sorted(m.start for m in owned) == [m.start for m in find_marks(ARTICLE)]
