"""What the rules make of a recogniser's names, given by hand: kinds that are corrected, names made whole or dropped."""

from __future__ import annotations

import re

import pytest

from quotes.nlp import split_sentences
from quotes.speakers.mentions import find_names
from quotes.types import Kind, Name

FOUND: list[tuple[str, dict[str, Kind], dict[str, Kind]]] = [
    # two persons do not stand side by side
    ("It was Ida Roy Bell who came.", {"Ida Roy": "person", "Bell": "person"}, {"Ida Roy Bell": "person"}),
    # names made whole, trades cut off
    ("Then came paramedic Kieran Flood.", {"paramedic Kieran": "person"}, {"Kieran Flood": "person"}),
    ("We saw Cameraman Luke Adair run.", {"Cameraman Luke Adair": "person"}, {"Luke Adair": "person"}),
    ("It was Publisher Bloom who paid.", {"Publisher Bloom": "organization"}, {"Bloom": "organization"}),
    (
        "We asked Medical Adviser Professor Ida Roy.",
        {"Medical Adviser Professor Ida Roy": "person"},
        {"Ida Roy": "person"},
    ),
    # the last word of a body's name is no name
    ("The Justice Department met.", {"Department": "person"}, {"Justice Department": "organization"}),
    # "liberal" is what somebody is, and a party's name
    ("Then Liberal Democrats left.", {"Liberal Democrats": "organization"}, {"Liberal Democrats": "organization"}),
    # 's is a part of a name that is never without it, and does something with it
    ("A Bakewell's van hit him. Bakewell's said no.", {"Bakewell": "organization"}, {"Bakewell's": "organization"}),
    ("Bakewell's said no to Bakewell.", {"Bakewell": "organization"}, {"Bakewell": "organization"}),
    ("A Bakewell's van hit Bakewell's wall.", {"Bakewell": "organization"}, {"Bakewell": "organization"}),
    # a number belongs to a channel and to two doors
    ("We rang Channel 10 and No 10.", {"Channel": "person"}, {"Channel 10": "organization", "No 10": "organization"}),
    ("Then No 10 Bryn Holm kicked.", {"Bryn Holm": "person"}, {"Bryn Holm": "person"}),
    # a nickname stands within a name
    (
        'Then Ida "The Weir" Holm left.',
        {"Ida": "person", "Holm": "person"},
        {'Ida "The Weir" Holm': "person"},
    ),
    ('Then Ida sang "Weir" to Holm.', {"Ida": "person", "Holm": "person"}, {"Ida": "person", "Holm": "person"}),
    # a place begins the name of a body
    (
        "Then Salt Lake Herons won.",
        {"Salt Lake": "place", "Herons": "organization"},
        {"Salt Lake Herons": "organization"},
    ),
    (
        "Then in Salt Lake, Herons won.",
        {"Salt Lake": "place", "Herons": "organization"},
        {"Salt Lake": "place", "Herons": "organization"},
    ),
    # initials in brackets are of the kind of what they are short for
    (
        "Then Salt Herons Aid (SHA) met. Later SHA left.",
        {"Salt Herons Aid": "organization", "SHA": "person"},
        {"Salt Herons Aid": "organization", "SHA": "organization"},
    ),
    # behind a courtesy every word is a name
    ("Then Mr King and Ms. Bishop left the King.", {}, {"King": "person", "Bishop": "person"}),
    # handles are names, addresses are none
    ("Then @salt_lake and ida@holm.org left.", {}, {"@salt_lake": "person"}),
    # an adverb is no given name, and Beverly no adverb
    ("Reportedly Holm left.", {"Reportedly Holm": "person"}, {"Holm": "person"}),
    ("Then Beverly Holm left.", {"Beverly Holm": "person"}, {"Beverly Holm": "person"}),
    # offices are no names, nor are peoples behind an article
    ("The Minister for Ports left.", {"Minister for Ports": "organization"}, {}),
    ("The Fisheries Minister left.", {"Fisheries Minister": "organization"}, {}),
    ("The Fisheries Ministry left.", {"Fisheries Ministry": "organization"}, {"Fisheries Ministry": "organization"}),
    ("He met the Spaniard there.", {"Spaniard": "organization"}, {}),
    ("Then the Pole left.", {"Pole": "person"}, {}),
    ("Then Pole left.", {"Pole": "person"}, {"Pole": "person"}),
    # a person's whole name outweighs what the recogniser thinks
    ("We met Bryn Holm and left.", {"Bryn Holm": "organization"}, {"Bryn Holm": "person"}),
    # … but not whenever it is named
    (
        "France Cable paid. Then France Cable left.",
        {"France Cable": "organization"},
        {"France Cable": "organization"},
    ),
    ("They saw Mary's Instagram page.", {"Mary's Instagram": "person"}, {"Mary": "person"}),
    ("Her wife, Marisol, left.", {"Marisol": "organization"}, {"Marisol": "person"}),
    ("Then the Duchess of Kent left.", {"Kent": "place"}, {"Duchess of Kent": "person"}),
    # a body's noun in small letters is no part of its name
    ("Then charity Clean Rivers left.", {"charity Clean Rivers": "organization"}, {"Clean Rivers": "organization"}),
    ("He left the de Young Museum.", {"de Young Museum": "organization"}, {"de Young Museum": "organization"}),
    # a label of capitals is of the kind of the one name that has these initials
    (
        "Tess Moloi met Salt Weekly.\nTM: Yes.",
        {"Tess Moloi": "person", "Salt Weekly": "organization", "TM": "organization"},
        {"Tess Moloi": "person", "Salt Weekly": "organization", "TM": "person"},
    ),
    (
        "Tess Moloi left TM on Friday.",
        {"Tess Moloi": "person", "TM": "organization"},
        {"Tess Moloi": "person", "TM": "organization"},
    ),
    (
        "Tess Moloi met Tim Mann.\nTM: Yes.",
        {"Tess Moloi": "person", "Tim Mann": "person", "TM": "organization"},
        {"Tess Moloi": "person", "Tim Mann": "person", "TM": "organization"},
    ),
    # a particle within a name is no common word, even where nearly all words have capitals
    (
        "Luiz Inácio Lula da Silva Won.",
        {"Luiz Inácio Lula da Silva": "person"},
        {"Luiz Inácio Lula da Silva": "person"},
    ),
]


@pytest.mark.parametrize(("text", "given", "expected"), FOUND)
def test_names_are_put_right(text: str, given: dict[str, Kind], expected: dict[str, Kind]) -> None:
    places = [(match.span(), kind) for name, kind in given.items() for match in re.finditer(re.escape(name), text)]
    names = [Name(*place, kind) for place, kind in sorted(places)]
    found = find_names(text, list(split_sentences(text)), names)
    assert {text[mention.start : mention.end]: mention.kind for mention in found} == expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [("Police Norway", {"Police Norway"}), ("The Police Norway", {"Police Norway"}), ("Police in Norway", {"Norway"})],
)
def test_a_source_that_ends_in_a_place_is_a_body_where_all_of_it_is_a_name(source: str, expected: set[str]) -> None:
    text = f"{source} said so."
    at = text.index("Norway")
    found = find_names(text, list(split_sentences(text)), [Name(at, at + 6, "place")], [(0, len(source))])
    assert {text[mention.start : mention.end] for mention in found} == expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("the Salt and Weir Rescue Service (SWRS)", {"Salt and Weir Rescue Service"}),
        ("the Fire and Rescue Service", {"Fire and Rescue Service"}),
        ("Salt and the Rescue Service", set()),
        ("Ida and Rescue Service", {"Ida"}),
    ],
)
def test_a_source_of_capitals_that_ends_in_a_noun_for_bodies_is_one(source: str, expected: set[str]) -> None:
    text = f"Then {source} said so."
    names = [Name(text.index("Ida"), text.index("Ida") + 3, "person")] if "Ida" in source else []
    found = find_names(text, list(split_sentences(text)), names, [(5, 5 + len(source))])
    assert {text[mention.start : mention.end] for mention in found} == expected


@pytest.mark.parametrize(("source", "expected"), [("The Pole, 27", set()), ("Pole, 27", {"Pole"})])
def test_a_people_behind_an_article_is_no_source_with_a_name(source: str, expected: set[str]) -> None:
    text = f"{source}, said so."
    found = find_names(text, list(split_sentences(text)), [], [(0, len(source))])
    assert {text[mention.start : mention.end] for mention in found} == expected
