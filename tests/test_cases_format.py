"""The inline gold itself is read right: text, ranges, names, faults."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from cases_format import ANY, Case, FormatError, head_of, parse_cases, read_cases, strip_edges, to_gold

from quotes.marks import find_marks

TWO_SENTENCES = """=== two sentences
note: one attribution, two pieces
xfail: not built yet

Divers saw it.

⟦C1 “We knew,”⟧ ⟦S1 ⟦H1 Roy⟧ of Damco⟧ ⟦Q1 told⟧ ⟦A1 AFP⟧. ⟦C1 “Nobody asked.”⟧ The film ⟦W2 “Salt”⟧ opened.

-> 1 direct "Ana Roy" form=name addressee="Agence France-Presse"
-> 2 nobody flags=title_of_work
"""


def case(source: str) -> Case:
    (only,) = parse_cases(source, "file")
    return only


def show(case: Case, ranges: tuple[tuple[int, int], ...]) -> list[str]:
    return [case.text[start:end] for start, end in ranges]


def test_markup_is_stripped_and_its_ranges_are_those_of_the_text() -> None:
    found = case(TWO_SENTENCES)
    first, second = found.expected
    assert found.text == "Divers saw it.\n\n“We knew,” Roy of Damco told AFP. “Nobody asked.” The film “Salt” opened."
    assert (found.id, found.xfail) == ("file:two sentences", "not built yet")
    assert show(found, first.content) == show(found, first.quoted) == ["“We knew,”", "“Nobody asked.”"]
    assert [show(found, part) for part in (first.source, first.cue, first.addressee)] == [
        ["Roy of Damco"],
        ["told"],
        ["AFP"],
    ]
    assert first.facts == {"form": "name", "addressee": "Agence France-Presse"}
    assert (second.type, second.name, show(found, second.quoted)) == ("nobody", None, ["“Salt”"])


def test_parts_nest_and_are_shared() -> None:
    found = case(
        "=== a\n\n⟦S1,S2 Roy⟧ ⟦Q1 said⟧ ⟦C1 it ⟦W1 “leaks”⟧⟧ and ⟦Q2 left⟧ ⟦C2 it⟧.\n-> 1 mixed null\n-> 2 indirect"
    )
    mixed, indirect = found.expected
    assert found.text == "Roy said it “leaks” and left it."
    assert (mixed.source, mixed.name, show(found, mixed.quoted)) == (indirect.source, None, ["“leaks”"])
    assert (indirect.name, indirect.quoted) == (ANY, ())


def test_escapes_are_for_what_an_editor_hides() -> None:
    assert case("=== a\nescapes\nnone\n\nOne\\r\nt\\u200bwo\\f").text == "One\r\nt\u200bwo\f"


@pytest.mark.parametrize(
    ("fault", "source"),
    [
        ("stands before", "text\n=== a\n"),
        ("unknown directive", "=== a\nskip: yes\n\nText."),
        ("never closed", "=== a\n\n⟦C1 “Yes,” he said."),
        ("without label or partner", "=== a\n\n“Yes,”⟧ he said."),
        ("without label or partner", "=== a\n\n⟦X1 “Yes,”⟧ he said."),
        ("cannot read", "=== a\n\n⟦C1 “Yes,”⟧ he said.\n-> 1 said"),
        ("unknown fact", "=== a\n\n⟦C1 “Yes,”⟧ he said.\n-> 1 direct sex=f"),
        ("unknown directive", "=== a\nonly\n\n⟦C1 “Yes,”⟧ he said.\n-> 1 direct"),
        ("expected twice", "=== a\n\n⟦C1 “Yes,”⟧ he said.\n-> 1 direct\n-> 1 direct"),
        ("no line '-> 2'", "=== a\n\n⟦C1 “Yes,”⟧ ⟦S2 he⟧ said.\n-> 1 direct"),
        ("neither content nor words", "=== a\n\n“Yes,” ⟦S1 he⟧ said.\n-> 1 direct"),
        ("is mixed and needs", "=== a\n\nHe said ⟦C1 it “leaks”⟧.\n-> 1 mixed"),
        ("which is not there", "=== a\n\n⟦C1 “Yes,”⟧ he said.\n-> 1 direct within=2"),
        ("or 'none'", "=== a\n\nNothing was said."),
    ],
)
def test_a_fault_in_the_markup_is_named(fault: str, source: str) -> None:
    with pytest.raises(FormatError, match=fault):
        parse_cases(source, "file")


@pytest.mark.parametrize(
    ("phrase", "head"),
    [
        ("Kenya’s sports minister, Ababu Otieno,", "minister"),
        ("a spokesman for Damco", "spokesman"),
        ("Ana O’Brien (D-Mass.)", "O’Brien"),
        ("Roy’s", "Roy"),
        ("Roy’s lawyer", "lawyer"),
        ("people close to the talks", "people"),
        ("she", "she"),
        ("?", "?"),
    ],
)
def test_the_head_of_a_noun_phrase(phrase: str, head: str) -> None:
    start, end = head_of(f"… {phrase}", (2, 2 + len(phrase)))
    assert f"… {phrase}"[start:end] == head


def test_gold_has_the_marked_spans_that_are_outermost_or_somebodys_and_the_attributions_that_cover_them() -> None:
    found = case(
        "=== roy\npublisher: The Post\n\n⟦C1 “She told me, ⟦C2 ‘Run,’⟧ so I ran,”⟧ ⟦S1 Lee⟧ ⟦Q1 said⟧ at “⟦W3 Salt⟧”.\n"
        '-> 1 direct "Min Lee"\n-> 2 direct null within=1\n-> 3 nobody'
    )
    gold = to_gold(found)
    text = gold["text"]
    assert (gold["id"], gold["publisher"]) == ("roy", "The Post")
    assert [(text[q["start"] : q["end"]], q["attribution"]) for q in gold["quoted"]] == [
        ("She told me, ‘Run,’ so I ran", 0),
        ("Run", 1),
        ("Salt", None),
    ]
    first, second = gold["attributions"]
    start, end = first["source_head"]
    assert (text[start:end], first["name"], first["type"], first["nominal"]) == ("Lee", "Min Lee", "person", "name")
    assert (second["source"], second["source_head"], second["name"]) == ([], None, None)


KINDS = (*range(1, 58), *range(65, 70), 72)


def test_every_hard_kind_has_two_cases_at_least() -> None:
    """A case's id begins with the number of the kind of hard case it is about: 01_inversion … 72_statement_read…."""
    counts = Counter(int(case.id[:2]) for case in read_cases(Path(__file__).parent / "cases"))
    assert [kind for kind in KINDS if counts[kind] < 2] == []


def test_edges() -> None:
    assert strip_edges("a “No.” b", (1, 8)) == (3, 5)
    assert strip_edges("“”", (0, 2)) == (2, 2)


GATE = [to_gold(case) for case in read_cases(Path(__file__).parent.parent / "fixtures" / "gate")]


def test_the_gate_is_as_large_as_its_readme_says() -> None:
    assert len(GATE) == len({gold["id"] for gold in GATE}) == 12
    assert sum(len(gold["attributions"]) for gold in GATE) >= 120


@pytest.mark.parametrize("gold", GATE, ids=lambda gold: gold["id"])
def test_every_quoted_span_of_the_gate_lies_in_the_content_of_its_attribution(gold: dict[str, Any]) -> None:
    quoted = [(q["start"], q["end"], q["attribution"]) for q in gold["quoted"]]
    assert all(a[1] <= b[0] or b[1] <= a[1] for a, b in pairwise(quoted))
    for start, end, index in quoted:
        assert gold["text"][start:end].strip() == gold["text"][start:end] != ""
        assert index is None or any(a <= start and end <= b for a, b in gold["attributions"][index]["content"])


@pytest.mark.parametrize("gold", GATE, ids=lambda gold: gold["id"])
def test_every_mark_of_the_gate_belongs_to_a_quoted_span(gold: dict[str, Any]) -> None:
    marks = [(strip_edges(gold["text"], (m.inner_start, m.inner_end)), m.depth) for m in find_marks(gold["text"])]
    quoted = {(q["start"], q["end"]) for q in gold["quoted"]}
    assert {span for span, depth in marks if depth == 0} <= quoted <= {span for span, _ in marks}
