"""The network that points from a phrase to those whom it may mean, alone and behind the ranker."""

import numpy as np
import pytest

from quotes.attribution import load_reader
from quotes.marks import find_marks
from quotes.pipeline import extract
from quotes.speakers.pointer import AWAY, View, load_pointer

TEXT = """Marta Quill, who sings alto, sold the house at Dunmore last spring.

Her brother Owen Quill keeps the orchard, and has never set foot on a stage.

“I miss the stairs,” the singer said."""


def view_of(text: str, phrase: str) -> tuple[View, tuple[int, int]]:
    start = text.rindex(phrase)
    seen = load_reader().around(text, find_marks(text))(start)
    assert seen is not None
    return load_pointer().view(seen), (start, start + len(phrase))


def ends(text: str, name: str) -> list[int]:
    return [text.index(name) + len(name)]


@pytest.mark.parametrize(
    ("text", "phrase", "right", "wrong"),
    [
        (TEXT, "the singer", "Marta Quill", "Owen Quill"),
        (TEXT.replace("the singer", "he"), "he", "Owen Quill", "Marta Quill"),
        (TEXT.replace("the singer", "she"), "she", "Marta Quill", "Owen Quill"),
        (
            "Rafiq Anand beat Tom Sillery in three sets on Court Two.\n\n"
            "Sillery, the champion, had led. “I lost my legs,” the beaten man said.",
            "the beaten man",
            "Tom Sillery",
            "Rafiq Anand",
        ),
    ],
)
def test_a_phrase_points_to_whom_it_means(text: str, phrase: str, right: str, wrong: str) -> None:
    view, place = view_of(text, phrase)
    chances = view.chances(place, place[1], [ends(text, right), ends(text, wrong)])
    assert chances is not None
    assert chances[0] > chances[1]


def test_what_a_phrase_holds_itself_and_what_is_out_of_sight_names_nobody() -> None:
    view, place = view_of(TEXT, "the singer")
    chances = view.chances(place, place[1], [[place[1]], [], [len(TEXT) + 500]])
    assert chances is not None
    assert chances[:3] == [AWAY] * 3
    assert np.exp(chances[3]) <= 1


def test_a_phrase_out_of_sight_has_no_chances() -> None:
    view, _ = view_of(TEXT, "the singer")
    assert view.chances((9000, 9003), 9003, [[11]]) is None


def test_where_the_trees_doubt_the_record_has_the_name_that_the_network_finds() -> None:
    (quote,) = extract(
        "Leo Marsh played the lead in the film, which Paul Dunn directed.\n\n"
        "“I learned my lines on the train,” the actor said."
    )
    assert quote.speaker is not None
    assert quote.speaker.name == "Leo Marsh"
    assert quote.speaker.confidence is not None
    assert quote.speaker.confidence > 0.5  # by the trees alone, 0.3


def test_the_paragraphs_around_are_cut_where_their_own_words_say() -> None:
    filler = "\n\n".join(
        f"The council met on day {n} and put off what was left of its list once more." for n in range(40)
    )
    before, _ = view_of(f"{filler}\n\n{TEXT}", "the singer")
    assert 0 < len(before.starts) < 320
