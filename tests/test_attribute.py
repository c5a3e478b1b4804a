"""Candidates and quotation marks joined: rival candidates, marks as hard evidence, paragraphs, and the work it takes.

The candidates are given; see `test_steps.py` for each step alone.
"""

from __future__ import annotations

import cProfile
import json
from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quotes.article import Article
from quotes.attribution import Found, attributions_of
from quotes.attribution.candidates import Candidate
from quotes.attribution.choose import LIMITS, Limits, choose
from quotes.attribution.flags import FLAGS
from quotes.attribution.reader.calibration import Calibration
from quotes.attribution.reader.labels import REASONS
from quotes.marks import find_marks
from quotes.schema import read_schema
from quotes.types import Attribution, Document


def candidate(text: str, source: str | None, cue: str | None, *content: str, score: float = 0.9) -> Candidate:
    """Each part where it stands first in the text."""

    def place(words: str) -> tuple[int, int]:
        return text.index(words), text.index(words) + len(words)

    pieces, said = tuple(map(place, content)), (score,) * len(content)
    return Candidate(pieces, said, place(source) if source else None, place(cue) if cue else None, score=score)


def attributed(text: str, *candidates: Candidate) -> list[Attribution]:
    return attributions_of(Document("x", text), find_marks(text), Found(list(candidates), list), Calibration())


def joined(text: str, *candidates: Candidate) -> list[list[str]]:
    """The content of each attribution that has a source."""
    return [[text[a:b] for a, b in one.content] for one in attributed(text, *candidates) if one.source]


# --- words without marks ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("gap", ["\n\n", "\r\n\r\n", "\r\r", "\n \n", "\u2029"])
def test_words_without_marks_stay_in_their_paragraph(gap: str) -> None:
    text = f"The dam failed at noon on the day of the fair.{gap}Roy said nobody had looked at it for a year."
    found = candidate(text, "Roy", "said", text[:46], "nobody had looked at it for a year")
    assert joined(text, found) == [["nobody had looked at it for a year"]]


def test_a_date_line_in_a_content_costs_nothing_but_itself() -> None:
    text = "2024-03-05\n\n“It failed at noon,” said Ana Roy."
    found = candidate(text, "Ana Roy", "said", "2024", "“It failed at noon,”")
    document = Document("x", text, furniture=((0, 10),))
    (kept,) = attributions_of(document, find_marks(text), Found([found], list), Calibration())
    assert [text[a:b] for a, b in kept.content] == ["“It failed at noon,”"]
    assert kept.source == found.source


def test_a_quotation_in_furniture_is_no_record() -> None:
    text = "Photo: the “Salt Road”\n\n“It failed at noon,” said Ana Roy."
    found = candidate(text, "Ana Roy", "said", "“It failed at noon,”")
    document = Document("x", text, furniture=((0, 22),))
    assert len(attributions_of(document, find_marks(text), Found([found], list), Calibration())) == 1


# --- words that two claim --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("roy", "lee"), [(0.9, 0.6), (0.6, 0.9)])
def test_words_that_two_candidates_claim_go_to_the_likelier(roy: float, lee: float) -> None:
    text = "Roy said it failed, Lee wrote, and it leaked."
    found = joined(
        text,
        candidate(text, "Roy", "said", "it failed", score=roy),
        candidate(text, "Lee", "wrote", "it failed", "it leaked", score=lee),
    )
    assert found == ([["it failed"], ["it leaked"]] if roy > lee else [["it failed", "it leaked"]])


@pytest.mark.parametrize("gap", ["\n\n", "\r\n\r\n"])
def test_a_quotation_that_two_claim_goes_to_the_likelier(gap: str) -> None:
    text = f"“It failed at noon,” said Ana Roy.{gap}“It had to,” added Jo Lee, who built it."
    roy = candidate(text, "Ana Roy", "said", "“It failed at noon,”", "“It had to,”", score=0.6)
    lee = candidate(text, "Jo Lee", "added", "“It had to,”", score=0.9)
    assert joined(text, roy, lee) == [["“It failed at noon,”"], ["“It had to,”"]]


def test_each_piece_is_weighed_by_itself() -> None:
    """Roy's is the likelier reading, and of its second piece the reader is not sure."""
    text = "“It failed,” Roy said. “It had to,” Lee added."
    roy = candidate(text, "Roy", "said", "“It failed,”", "“It had to,”")
    roy = Candidate(roy.content, (0.9, 0.5), roy.source, roy.cue, score=0.9)
    lee = candidate(text, "Lee", "added", "“It had to,”", score=0.7)
    assert joined(text, roy, lee) == [["“It failed,”"], ["“It had to,”"]]


def test_what_is_told_of_another_stays_with_both() -> None:
    text = "Lee said Roy had told him it failed."
    lee = candidate(text, "Lee", "said", "Roy had told him it failed")
    outer, inner = attributed(text, lee, candidate(text, "Roy", "had told", "it failed", score=0.5))
    assert ([text[a:b] for a, b in outer.content], inner.within) == (["Roy had told him it failed"], 0)


def test_nobody_has_words_twice_and_no_word_is_lost() -> None:
    text = "Roy said it failed and it leaked and it sank."
    both = [candidate(text, "Roy", "said", text[9:-1], score=0.5), candidate(text, None, None, "it leaked and")]
    places = [set(range(a, b)) for one in attributed(text, *both) for a, b in one.content]
    assert all(not a & b for a, b in pairwise(places))
    assert sum(map(len, places)) == len(text[9:-1])


# --- how sure a candidate must be ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("words", "score", "believed"),
    [
        ("it failed", LIMITS.likely, True),
        ("it failed", LIMITS.likely - 0.01, False),
        ("“it failed”", LIMITS.likely - 0.01, True),  # words between marks are somebody's
        ("“it failed”", LIMITS.doubted - 0.01, False),
    ],
)
def test_an_unsure_reading_is_believed_where_marked_words_are_nobody_elses(
    words: str, score: float, believed: bool
) -> None:
    text = f"Roy noted {words}."
    assert bool(joined(text, candidate(text, "Roy", "noted", words, score=score))) == believed


def test_an_unsure_reading_takes_nobodys_marked_words_away() -> None:
    text = "Roy noted “it failed” as Lee looked on."
    roy = candidate(text, "Roy", "noted", "“it failed”", score=0.5)
    lee = candidate(text, "Lee", "looked", "“it failed”", score=0.3)
    (only,) = [one for one in attributed(text, roy, lee) if one.source]
    assert text[slice(*only.source)] == "Roy"


# --- marks are hard evidence -----------------------------------------------------------------------------------------

HALVES = [
    ("Roy called it “a slow disaster”.", "slow disaster", ["“a slow disaster”"]),
    ("Roy called it “a slow disaster”.", "it “a slow disaster", ["it “a slow disaster”"]),
    ("Roy called it “a slow disaster for everybody”.", "it “a", ["it "]),
    (
        "Roy called it ‘a slow disaster’ and ‘a loss’.",
        "it ‘a slow disaster’ and ‘a loss",
        ["it ‘a slow disaster’ and ‘a loss’"],
    ),
    ('Roy called it "a slow disaster".', "disaster", ['"a slow disaster"']),
]


@pytest.mark.parametrize(("text", "read", "kept"), HALVES)
def test_a_marked_span_is_inside_or_outside(text: str, read: str, kept: list[str]) -> None:
    assert joined(text, candidate(text, "Roy", "called", read)) == [kept]


PARAGRAPHS = [
    ("“It failed.", "“Nobody looked.", "“We knew.”"),
    ('"It failed.', '"Nobody looked.', '"We knew."'),
    ("‘It failed and it wasn't new.", "‘Nobody looked.", "‘We knew.’"),
    ("'It failed and it wasn't new.", "'Nobody looked.", "'We knew.'"),
]


@pytest.mark.parametrize("pieces", PARAGRAPHS, ids=lambda pieces: pieces[0])
@pytest.mark.parametrize("read", [(0,), (1,), (0, 2), (0, 1, 2)])
def test_a_quotation_over_paragraphs_each_opened_by_a_mark_is_one(pieces: Sequence[str], read: Sequence[int]) -> None:
    """Whichever of its paragraphs the reader has seen to be Roy's."""
    text = "Roy said: " + "\n\n".join(pieces) + "\n\nThen she went home."
    (only,) = attributed(text, candidate(text, "Roy", "said", *(pieces[n] for n in read)))
    assert [text[a:b] for a, b in only.content] == list(pieces)
    assert [text[mark.start : mark.end] for mark in only.quoted] == list(pieces)


def test_such_a_quotation_is_whole_his_whose_cue_stands_before_it() -> None:
    text = "“No,” said Roy. She paused. “It failed.\n\n“Nobody looked.”\n\nThen she went home."
    cued = candidate(text, "Roy", "said", "“No,”", "“Nobody looked.”", score=0.7)
    alone = candidate(text, "Roy", None, "“It failed.", score=0.9)
    assert joined(text, cued, alone) == [["“No,”", "“It failed.", "“Nobody looked.”"]]


def test_of_two_who_claim_such_a_quotation_it_is_the_likeliers() -> None:
    text = "Roy said: “It failed.\n\n“Nobody looked.”\n\nLee laughed."
    roy = candidate(text, "Roy", "said", "“It failed.", score=0.8)
    lee = candidate(text, "Lee", "laughed", "“Nobody looked.”", score=0.6)
    assert joined(text, roy, lee) == [["“It failed.", "“Nobody looked.”"]]


def test_marked_words_within_marked_words_are_the_inner_speakers() -> None:
    text = "“My boss said ‘hide it’, and he did,” Roy said."
    roy = candidate(text, "Roy", "Roy said", "“My boss said ‘hide it’, and he did,”")
    boss = candidate(text, "My boss", "said", "‘hide it’", score=0.5)
    outer, inner = attributed(text, roy, boss)
    assert [[text[m.inner_start : m.inner_end] for m in one.quoted] for one in (outer, inner)] == [
        ["My boss said ‘hide it’, and he did,"],
        ["hide it"],
    ]
    assert (outer.within, inner.within) == (None, 0)


MARKS = st.lists(
    st.sampled_from(["“", "”", "‘", "’", '"', "\n\n", " Roy", " said", " it failed", ", ", ". "]), max_size=40
)


@settings(max_examples=200, deadline=None)
@given(MARKS.map("".join), st.data())
def test_every_outermost_marked_span_comes_out_exactly_once(text: str, data: st.DataObject) -> None:
    """Whatever candidates there are, and no content cuts one in two."""
    marks = find_marks(text)
    places = st.integers(0, len(text))
    ranges = st.tuples(places, places).map(sorted).map(tuple).filter(lambda r: r[0] < r[1])
    candidates = [
        Candidate(tuple(content), (score,) * len(content), source, cue, score=score)
        for content, source, cue, score in data.draw(
            st.lists(
                st.tuples(
                    st.lists(ranges, min_size=1, max_size=3).map(_disjoint),
                    st.none() | ranges,
                    st.none() | ranges,
                    st.floats(0.2, 1),
                ),
                max_size=4,
            )
            if text
            else st.just([])
        )
    ]
    found = attributed(text, *candidates)
    owned = [mark for one in found for mark in one.quoted if mark.depth == 0]
    assert sorted(mark.start for mark in owned) == [mark.start for mark in marks if mark.depth == 0]
    for one in found:
        assert all(a < b <= len(text) for a, b in one.content)
        assert all(b < c for (_, b), (c, _) in pairwise(one.content))
        assert one.within is None or _is_told_in(found[one.within], one)
    assert [one.content[0][0] for one in found] == sorted(one.content[0][0] for one in found)


def _is_told_in(outer: Attribution, inner: Attribution) -> bool:
    """All of the inner one's words are the outer one's, who says more: so there are no circles."""
    held = all(any(a <= start and end <= b for a, b in outer.content) for start, end in inner.content)
    return held and outer.content != inner.content


def test_two_who_hold_each_others_cues_are_in_no_circle() -> None:
    text = "He said the dam failed, Roy added, and the weir, Lee said."
    he = candidate(text, "He", "said", "the dam failed, Roy added, and the weir")
    roy = candidate(text, "Roy", "added", "He said the dam failed")
    assert [one.within for one in attributed(text, he, roy)] == [None, None]


def _disjoint(ranges: list[tuple[int, int]]) -> list[tuple[int, int]]:
    kept: list[tuple[int, int]] = []
    for start, end in sorted(ranges):
        if not kept or start > kept[-1][1]:
            kept.append((start, end))
    return kept


# --- flags -----------------------------------------------------------------------------------------------------------


def test_why_marked_words_are_nobodys_is_what_the_reader_says() -> None:
    text = "The “Salt Road” is shut, and the “reform” with it."
    marks = find_marks(text)
    chances = {
        mark.inner_start: np.array([reason == why for reason in REASONS], np.float32)
        for mark, why in zip(marks, ("title", "scare"), strict=True)
    }
    found = attributions_of(Document("x", text), marks, Found([], list, chances), Calibration(nobody=0.7))
    assert [(one.flags, one.confidence) for one in found] == [(("title_of_work",), 0.7), (("scare_quotes",), 0.7)]


WHYS = (
    # what she says, why the marked words are nobody's, and whether they are a quotation of hers all the same
    ("her favourite film is “The Long Road Home”", "title", False),
    ("the word “amber” was struck out", "mention", False),
    ("the plan was “a farce” from the start", "said", True),
    ("“Woven Here Since 1871”", "title", True),  # all that she says
)


@pytest.mark.parametrize(("said", "why", "hers"), WHYS, ids=[said[:12] for said, _, _ in WHYS])
def test_a_title_among_ones_words_is_no_quotation_of_ones_own(said: str, why: str, hers: bool) -> None:
    text = f"Ana Roy says {said}."
    marks = find_marks(text)
    found = Found(
        [candidate(text, "Ana Roy", "says", said)],
        list,
        {marks[0].inner_start: np.array([reason == why for reason in REASONS], np.float32)},
    )
    one, *others = attributions_of(Document("x", text), marks, found, Calibration())
    assert text[slice(*one.content[0])] == said
    assert (one.quoted, len(others)) == ((tuple(marks), 0) if hers else ((), 1))
    assert not others or (others[0].quoted, others[0].source) == (tuple(marks), None)


def test_every_reason_is_a_flag_of_the_schema() -> None:
    known = json.loads(read_schema())["properties"]["flags"]["items"]["enum"]
    assert [flag for reason in REASONS if (flag := FLAGS.get(reason, reason)) not in known] == []


# --- work ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("limits", "unit"),
    [
        (LIMITS, "Roy stressed “calm,” the ministry said. "),
        (Limits(likely=0.95), "Roy stressed “calm,” the ministry said. "),  # all are unsure
        (LIMITS, "“Roy stressed ‘calm,’ the mini said.\n\n"),  # one quotation without an end
    ],
)
def test_work_is_linear(limits: Limits, unit: str) -> None:
    def calls(number: int) -> int:
        text = unit * number
        starts = range(0, len(text), len(unit))
        found = [Candidate(((n, n + 20),), (0.9,), (n + 21, n + 33), (n + 34, n + 38), score=0.9) for n in starts]
        found += [Candidate(((n + 13, n + 20),), (0.8,), (n, n + 3), (n + 4, n + 12), score=0.8) for n in starts]
        profile = cProfile.Profile()
        profile.runcall(lambda: choose(Article(Document("x", text), find_marks(text)), found, limits))
        return sum(entry.callcount for entry in profile.getstats())

    assert calls(1600) < 4.5 * calls(400)


def test_the_whole_room_works_in_linear_time() -> None:
    def calls(number: int) -> int:
        text = "Roy stressed “calm,” the ministry said. " * number
        starts = range(0, len(text), 40)
        found = [Candidate(((n, n + 20),), (0.9,), (n + 21, n + 33), (n + 34, n + 38), score=0.9) for n in starts]
        profile = cProfile.Profile()
        profile.runcall(lambda: attributed(text, *found))
        return sum(entry.callcount for entry in profile.getstats())

    assert calls(1600) < 4.5 * calls(400)
