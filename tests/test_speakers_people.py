"""The table of the wider world, and who said how much."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

import quotes.summary
from quotes.errors import PeopleError
from quotes.people import People, Person, read_people
from quotes.summary import plain, table, who_said_how_much
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
        (mention("Éva Bérg", role="Mayor"), "Q2", ()),
        (mention("Maria Holm", role="defence secretary"), "Q1", ()),
        (mention("Maria Holm", role="politician"), "Q1", ()),
        (mention("Maria Holm", role="marine biologist at Kiel"), None, ("Q1",)),
        (mention("Tarn Union", "place"), "Q4", ()),
        (mention("Paul Lund"), None, ()),
        (mention(None), None, ()),
    ],
)
def test_identify(people, who, id, candidates):
    found = people.identify(who)
    assert (found.id, found.candidates) == (id, candidates)


def test_whom_the_article_leaves_open_the_table_does_not_close(people):
    unsure = replace(mention("Maria Holm"), candidates=("Maria Holm", "Mara Holm"))
    assert people.identify(unsure) == unsure


def test_each_of_several_is_identified(people):
    both = replace(mention("Maria Holm and Paul Lund", "group"), members=(mention("Maria Holm"), mention("Paul Lund")))
    found = people.identify(both)
    assert (found.id, [member.id for member in found.members]) == (None, ["Q1", None])


def test_rows_that_tell_the_same_leave_no_doubt():
    twice = People(
        [Person("Eva Berg", "Q2"), Person("Eva Berg", "Q2", role="mayor"), Person("Jo Lee"), Person("Jo Lee", role="x")]
    )
    found = [twice.identify(mention(name)) for name in ("Eva Berg", "Jo Lee")]
    assert [(who.id, who.candidates) for who in found] == [("Q2", ()), (None, ())]


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
        ("a.csv", "id,kind\nQ1,person\n", "line 1: names no column 'name': begin"),
        ("a.csv", "", "line 1: names no column"),
        ("a.csv", "name,id\n,Q1\n", "line 2: has no name: fill"),
        ("a.csv", "name,id\nA,Q1\n...,Q2\n", "line 3: has no name"),
        ("a.csv", "name,id\nRoy, Ana,Q1\n", "line 2: has more fields than line 1: put quotation marks"),
        ("a.csv", 'name,id\nA,Q1\n"B,Q2\n', "is no CSV .*mend its quotation marks"),
        ("a.csv", "name,kind\nA,robot\n", "line 2: 'robot' is no kind: choose from person,"),
        ("a.csv", b"name\nA\nB\xff\n", "line 3: is not UTF-8: save"),
        ("a.jsonl", '{"name": "A"}\n[1]\n', "line 2: is no JSON object: write"),
        ("a.jsonl", '{"name": "A"}\n\n{', "line 3: is no JSON .*write one object a line"),
        ("a.jsonl", '{"name": "\\ud800"}', "line 1: is no JSON"),
        ("a.jsonl", '{"name": "A", "id": 5}', "line 1: 'id' is no string: put"),
        ("a.jsonl", '{"name": "A", "aliases": {"B": 1}}', "line 1: 'aliases' is no list of names: write"),
        ("a.csv", None, "cannot be read: No such file"),
        ("a.xlsx", "", "ends in .csv or .jsonl"),
    ],
)
def test_a_table_that_cannot_be_read_says_why(tmp_path, name, content, message):
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8"))
    with pytest.raises(PeopleError, match=message):
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


def test_roles_part_namesakes_but_not_within_one_article():
    said = [("a", "mayor"), ("a", "engineer"), ("b", "engineer"), ("c", "jockey")]
    rows = who_said_how_much(record(document, "Eva Berg", "one", **role(text)) for document, text in said)
    assert [(row.articles, row.quotes) for row in rows] == [(1, 2), (1, 1), (1, 1)]


def test_fuller_forms_of_a_name_are_one_where_roles_agree():
    said = [("a", "Eva Berg", "mayor of Tarn"), ("b", "Eva M. Berg", "Mayor"), ("c", "Eva M. Berg", "jockey")]
    rows = who_said_how_much(record(document, name, "one", **role(text)) for document, name, text in said)
    assert [(row.name, row.names, row.articles) for row in rows] == [
        ("Eva M. Berg", ["Eva Berg", "Eva M. Berg"], 2),
        ("Eva M. Berg", ["Eva M. Berg"], 1),
    ]


def test_words_said_together_count_for_each():
    both = record(
        "a",
        "Eva Berg and Jo Lee",
        "one two",
        members=[{"name": name, "kind": "person"} for name in ("Eva Berg", "Jo Lee")],
    )
    assert [(row.name, row.words) for row in who_said_how_much([both])] == [("Eva Berg", 2), ("Jo Lee", 2)]


def test_a_table_lines_up():
    said = [("Eva Berg", "mayor"), ("王小明", "engineer"), ("Jo\u0301 Lee", "jockey")]
    lines = list(table(who_said_how_much(record("a", name, "one", **role(text)) for name, text in said)))
    assert lines == [
        "speaker   role      kind    quotes  words  articles",
        "Eva Berg  mayor     person       1      1         1",
        "Jo\u0301 Lee    jockey    person       1      1         1",
        "王小明    engineer  person       1      1         1",
    ]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b[31mAna\x1b[0m Roy", "Ana Roy"),
        ("Ana\x07\r\n\tRoy\x9b2J", "Ana Roy"),
        ("\x1b]8;;http://x\x1b\\Roy\x1b]8;;\x1b\\", "Roy"),
        ("\u202eRoy\u200b", "Roy"),
        ("x" * 60, "x" * 47 + "…"),
    ],
)
def test_what_a_terminal_would_obey_is_stripped(text, shown):
    assert plain(text) == shown


def test_a_table_of_any_size_takes_no_more_time_and_room_than_its_rows() -> None:
    namesakes = People(Person("Ana Roy", f"Q{number}") for number in range(50_000))
    found = [namesakes.identify(mention("Ana Roy")) for _ in range(1_000)]
    assert {len(one.candidates) for one in found if one} == {100}


def test_namesakes_of_any_number_take_no_more_time_than_their_records(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    agree = quotes.summary._agree
    monkeypatch.setattr(quotes.summary, "_agree", lambda a, b: asked.append(a) or agree(a, b))
    words = [f"{a}{b}{c}" for a in "abcdefghij" for b in "abcdefghij" for c in "abcdefghij"]
    rows = who_said_how_much(
        record(f"{copy}{word}", "Ana Roy", "one", **role(f"minister{word}")) for copy in range(2) for word in words
    )
    assert [row.quotes for row in rows] == [2] * 1_000
    assert len(asked) < 2_000 * 2 * 40


@pytest.mark.parametrize("name", ["people.csv", "people.jsonl"])
def test_blanks_without_end_in_a_table(tmp_path: Path, name: str) -> None:
    odd = f"Ana{' ' * 60_000}Roy"
    table = f"name,aliases,role\n{odd},{odd}x|{odd}y,{odd}\n" if name.endswith("csv") else json.dumps({"name": odd})
    (tmp_path / name).write_text(table, encoding="utf-8")
    assert len(read_people(tmp_path / name).find(mention("Ana Roy"))) == 1
