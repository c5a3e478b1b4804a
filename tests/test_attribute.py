"""Readings and quotation marks joined: paragraphs, rival readings, and the work it takes."""

from __future__ import annotations

import cProfile

import pytest
from quotes.attribution.attribute import join_marks
from quotes.attribution.chains import link

from quotes.marks import find_marks
from quotes.nlp import split_sentences
from quotes.types import Attribution, Document


def attribution(text: str, source: str, cue: str, *content: str, confidence: float = 1.0) -> Attribution:
    """Each part where it stands first in the text."""

    def place(words: str) -> tuple[int, int]:
        return text.index(words), text.index(words) + len(words)

    return Attribution(tuple(map(place, content)), source=place(source), cue=place(cue), confidence=confidence)


def joined(text: str, *found: Attribution) -> list[list[str]]:
    """The content of each attribution that has a source."""
    attributions = join_marks(Document("x", text), find_marks(text), found)
    return [[text[a:b] for a, b in one.content] for one in attributions if one.source]


@pytest.mark.parametrize("gap", ["\n\n", "\r\n\r\n", "\r\r", "\n \n", "\u2029"])
def test_words_without_marks_stay_in_their_paragraph(gap: str) -> None:
    text = f"The dam failed at noon on the day of the fair.{gap}Roy said nobody had looked at it for a year."
    found = attribution(text, "Roy", "said", text[:46], "nobody had looked at it for a year")
    assert joined(text, found) == [["nobody had looked at it for a year"]]


@pytest.mark.parametrize("gap", ["\n\n", "\r\n\r\n"])
def test_a_cue_of_its_own_paragraph_claims_a_piece(gap: str) -> None:
    text = f"“It failed at noon,” said Ana Roy.{gap}“It had to,” added Jo Lee, who built it."
    roy = attribution(text, "Ana Roy", "said", "“It failed at noon,”", "“It had to,”", confidence=0.9)
    lee = attribution(text, "Jo Lee", "added", "“It had to,”", confidence=0.5)
    assert joined(text, roy, lee) == [["“It failed at noon,”"], ["“It had to,”"]]


def test_a_date_line_in_a_content_costs_nothing_but_itself() -> None:
    text = "2024-03-05\n\n“It failed at noon,” said Ana Roy."
    found = attribution(text, "Ana Roy", "said", "2024", "“It failed at noon,”")
    (kept,) = join_marks(Document("x", text, furniture=((0, 10),)), find_marks(text), [found])
    assert [text[a:b] for a, b in kept.content] == ["“It failed at noon,”"]
    assert kept.source == found.source


def test_words_that_two_readings_claim_go_to_the_likelier() -> None:
    text = "Roy said it failed, Lee said, and it leaked."
    roy = attribution(text, "Roy", "said", "it failed", confidence=0.9)
    lee = attribution(text, "Lee", "Lee said", "it failed", "it leaked", confidence=0.6)
    assert joined(text, roy, lee) == [["it failed"], ["it leaked"]]


SOURCES = [
    ("“No,” says one; another: “Yes.”", [("one", "No,"), ("another", "Yes.")]),
    ("“No,” said the first. “Yes,” said the second.", [("the first", "No,"), ("the second", "Yes,")]),
    ("Two came. The first: “No.” And the other: “Yes.”", [("The first", "No."), ("the other", "Yes.")]),
    ("“No,” said one of them.", []),
    ("“It failed.”\xa0― Ana Roy\xa0\r\n“It had to.” — Jo Lee", [("Ana Roy", "It failed."), ("Jo Lee", "It had to.")]),
    ("“ROY: It failed.\n\n“It had to.\n\n“LEE: Why?”", [("ROY", "It failed."), ("ROY", "It had to."), ("LEE", "Why?")]),
]


@pytest.mark.parametrize(("text", "expected"), SOURCES)
def test_sources_that_no_reader_needs_to_find(text: str, expected: list[tuple[str, str]]) -> None:
    attributions = join_marks(Document("x", text), find_marks(text), [])
    found = [
        (text[slice(*a.source)], text[m.inner_start : m.inner_end]) for a in attributions if a.source for m in a.quoted
    ]
    assert found == expected


GOING_ON = [
    ("Roy said it was “a loss” and the pier was “not worth a penny of it”.", True),
    ("Roy said it was “a loss.” The pier was “not worth a penny of it”.", False),
    ("Roy said it was “a loss”.\nThe pier was “not worth a penny of it”.", False),
    ("Roy said it was “a loss” on the show “What the Harbour Heard Today”.", False),
    ("Roy said it was “a loss” to the “blue pier”.", False),
]


@pytest.mark.parametrize(("text", "goes_on"), GOING_ON)
def test_whoever_is_quoted_goes_on_within_the_sentence(text: str, goes_on: bool) -> None:
    first = find_marks(text)[0]
    read = Attribution(((first.start, first.end),), source=(0, 3), cue=(4, 8), confidence=0.9)
    found = join_marks(Document("x", text), find_marks(text), [read])
    assert [len(a.quoted) for a in found if a.source] == [2 if goes_on else 1]


INNER = [
    ("“My boss said ‘hide it’, and he did,” Roy said.", ("My boss", "said", "hide it")),
    ("“When Haile shouted, ‘Run!’ we ran,” Roy said.", ("Haile", "shouted", "Run!")),
    ("“He looked at it and said ‘Well, well,’” Roy said.", ("He", "said", "Well, well,")),
    ("“Our doctor used to tell us, ‘Sit up,’” Roy said.", ("Our doctor", "used to tell", "Sit up,")),
    ("“The last line was, ‘Feed the cat.’” Roy wept.", ("The last line", "was", "Feed the cat.")),
    ("“‘Why?’ she asked, and I told her,” Roy said.", ("she", "asked", "Why?")),
    ("“‘Why?’ asked my mother, and I told her,” Roy said.", ("my mother", "asked", "Why?")),
    ("“They sang ‘Christ.’ I would say, ‘Yes,’” Roy said.", ("I", "would say", "Yes,")),
    ("“We saw ‘Faust’ twice,” Roy said.", None),
]


@pytest.mark.parametrize(("text", "expected"), INNER)
def test_speech_in_marks_within_marks(text: str, expected: tuple[str, str, str] | None) -> None:
    marks = find_marks(text)
    found = [a for a in join_marks(Document("x", text), marks, []) if a.source]
    shown = [
        (text[slice(*a.source)], text[slice(*(a.cue or (0, 0)))], text[a.quoted[0].inner_start : a.quoted[0].inner_end])
        for a in found
        if a.source
    ]
    assert shown == ([expected] if expected else [])


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        (
            "the skipper, Ana Roibal, had told him the winch was safe",
            ("the skipper, Ana Roibal", "had told", "the winch was safe"),
        ),
        ("that Orlov had warned her that ledgers burn", ("Orlov", "had warned", "that ledgers burn")),
        ("that ledgers burn", None),
    ],
)
def test_speech_that_the_content_retells(words: str, expected: tuple[str, str, str] | None) -> None:
    text = f"Lee said {words}."
    attributions = join_marks(Document("x", text), [], [attribution(text, "Lee", "said", words)])
    inner = [
        tuple(text[slice(*(place or (0, 0)))] for place in (a.source, a.cue, a.content[0])) for a in attributions[1:]
    ]
    assert inner == ([expected] if expected else [])


def test_work_is_linear() -> None:
    def calls(number: int) -> int:
        unit = "Roy stressed “calm,” the ministry said. "
        text = unit * number
        starts = range(0, len(text), len(unit))
        found = [
            Attribution(((n, n + 20),), source=(n + 21, n + 33), cue=(n + 34, n + 38), confidence=0.9) for n in starts
        ]
        found += [Attribution(((n + 13, n + 20),), source=(n, n + 3), cue=(n + 4, n + 12)) for n in starts]
        profile = cProfile.Profile()
        profile.runcall(
            lambda: link(text, list(split_sentences(text)), join_marks(Document("x", text), find_marks(text), found))
        )
        return sum(entry.callcount for entry in profile.getstats())

    assert calls(800) < 9 * calls(100)


BELIEVES = "Ball has rowed it twice. He believes the Yangtze is a better river.\n\n{}\n\nHe is writing a book."


@pytest.mark.parametrize(
    ("block", "sources"),
    [
        ("“You learn more from a river that will not be told.”", ["He", "He"]),
        ("“You learn more from a river.\n\n“It will not be told.”", ["He", "He"]),
        ("“You learn more from a river that will not be told.” It is long.", ["He"]),  # not alone in its paragraph
        ("'You learn more from a river than you think.'", ["He"]),  # a crosshead
        ("“Rivers. Always.”", ["He"]),
        ("“What would you learn from a river?”", ["He"]),  # questions come in lists
    ],
)
def test_a_quotation_that_floats_is_whoevers_was_speaking(block: str, sources: list[str]) -> None:
    text = BELIEVES.format(block)
    ball = attribution(text, "He", "believes", "the Yangtze is a better river", confidence=0.9)
    found = join_marks(Document("x", text), find_marks(text), [ball])
    assert [text[slice(*one.source)] for one in found if one.source] == sources
    assert [one.flags for one in found if one.source and not one.cue] == [("cue_less",)] * (len(sources) - 1)


def test_what_stands_elsewhere_as_well_was_picked_from_the_text() -> None:
    text = BELIEVES.format("“You learn more from a river.”") + " You learn more from a river, it begins."
    ball = attribution(text, "He", "believes", "the Yangtze is a better river", confidence=0.9)
    assert joined(text, ball) == [["the Yangtze is a better river"]]


def test_words_behind_which_somebody_is_told_to_speak_are_that_ones_alone() -> None:
    text = "“He said it was red,” Liu testified. “The bicycle or the dream?” the judge asked."
    liu = attribution(text, "Liu", "testified", "“He said it was red,”", "“The bicycle or the dream?”", confidence=0.9)
    judge = attribution(text, "the judge", "asked", "“He said it was red,”", "“The bicycle or the dream?”")
    assert joined(text, liu, judge) == [["“He said it was red,”"], ["“The bicycle or the dream?”"]]


def test_two_quotations_with_nothing_between_are_of_two() -> None:
    text = "Paolo disagrees. “Mamma, there were mines.” “There were signs,” she says. “A sign is no mine.”"
    she = attribution(text, "she", "says", *(text[m.start : m.end] for m in find_marks(text)))
    assert joined(text, she) == [["“There were signs,”", "“A sign is no mine.”"]]


@pytest.mark.parametrize(("content", "believed"), [("the rule in the talk", True), ("the rule", False)])
def test_a_word_or_two_must_be_surer(content: str, believed: bool) -> None:
    text = f"Roy noted {content}."
    assert bool(joined(text, attribution(text, "Roy", "noted", content, confidence=0.5))) == believed
