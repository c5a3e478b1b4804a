"""The table of the wider world, and who said how much."""

from __future__ import annotations

import json

import pytest

from quotes.errors import DocumentError
from quotes.speakers.people import People, Person, read_people
from quotes.speakers.summary import who_said_how_much
from quotes.types import Mention, Resolved, Span

CSV = """name,aliases,id,kind,role
Maria Holm,"M. Holm|Mia Holm",Q1,person,French defense minister
Eva Berg,,Q2,person,mayor of Tarn
Eva Berg,,Q3,person,chess player
Tarn Union,TU,Q4,organization,
"""


def mention(name: str | None, kind: str = "person", role: str | None = None) -> Mention:
    return Mention(name, Span(0, 1, "x"), kind, "name", role=Span(0, len(role), role) if role else None)


@pytest.fixture
def people(tmp_path) -> People:
    path = tmp_path / "people.csv"
    path.write_text(CSV, encoding="utf-8")
    return read_people(path)


@pytest.mark.parametrize(
    ("who", "id", "candidates"),
    [
        (mention("Maria Holm"), "Q1", ()),
        (mention("Mia Holm"), "Q1", ()),
        (mention("the Tarn Union", "organization"), "Q4", ()),
        (mention("TU", "organization"), "Q4", ()),
        (mention("TU", "person"), None, ()),
        (mention("Eva Berg"), None, ("Q2", "Q3")),
        (mention("Eva Berg", role="Mayor"), "Q2", ()),
        (mention("Paul Lund"), None, ()),
        (mention(None), None, ()),
    ],
)
def test_identify(people, who, id, candidates):
    found = people.identify(who)
    assert (found.id, found.candidates) == (id, candidates)


def test_all_parts_are_identified(people):
    found = people.identify_all(Resolved(mention("Maria Holm"), via=mention("TU", "organization")))
    assert found.speaker and found.via
    assert (found.speaker.id, found.addressee, found.via.id) == ("Q1", None, "Q4")


def test_jsonl(tmp_path):
    path = tmp_path / "people.jsonl"
    path.write_text(json.dumps({"name": "Maria Holm", "aliases": ["Mia Holm"], "id": "Q1"}) + "\n\n", encoding="utf-8")
    assert read_people(path).find(mention("Mia Holm")) == [Person("Maria Holm", "Q1", ("Mia Holm",))]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.csv", "id,kind\nQ1,person\n", "no column 'name'"),
        ("a.csv", "name,id\n,Q1\n", "line 2"),
        ("a.jsonl", '{"name": "A"}\n[1]\n', "line 2"),
        ("a.jsonl", "{", "no table of people"),
        ("a.csv", None, "no table of people"),
    ],
)
def test_a_table_that_cannot_be_read_says_why(tmp_path, name, content, message):
    path = tmp_path / name
    if content is not None:
        path.write_text(content, encoding="utf-8")
    with pytest.raises(DocumentError, match=message):
        read_people(path)


def record(document: str, name: str | None, words: str, **speaker) -> dict:
    who = {"name": name, "kind": "person", **speaker} if name else None
    return {"document": {"id": document}, "speaker": who, "spans": [{"text": words}]}


def role(text: str) -> dict:
    return {"role": {"start": 0, "end": len(text), "text": text}}


def test_aliases_merge_across_articles():
    rows = who_said_how_much(
        [
            record("a", "Maria Holm", "one two three"),
            record("b", "Maria Holm", "four", **role("Minister")),
            record("b", "Holm", "five six"),
            record("c", "Holm", "seven"),
            record("c", None, "nobody"),
            record("d", "Eva Berg", "eight", **role("mayor of Tarn")),
            record("e", "Eva Berg", "nine ten", **role("chess player")),
            record("e", "Tarn Union", "eleven", kind="organization", id="Q4"),
            record("f", "TU", "twelve", kind="organization", id="Q4"),
        ]
    )
    shown = [(row.name, row.quotes, row.words, row.articles) for row in rows]
    assert shown[0] == ("Maria Holm", 2, 4, 2)
    assert sorted(shown[1:]) == [
        ("Eva Berg", 1, 1, 1),
        ("Eva Berg", 1, 2, 1),
        ("Holm", 1, 1, 1),
        ("Holm", 1, 2, 1),
        ("Tarn Union", 2, 2, 2),
    ]
    assert json.loads(json.dumps(rows[0].to_dict()))["names"] == ["Maria Holm"]
