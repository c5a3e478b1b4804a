"""STEPS: each acts where it must, keeps its hands off the neighbours, and can be left out.

The candidates are given, written into the texts as in `cases_format`: ⟦S1 source⟧ ⟦Q1 cue⟧ ⟦C1 content⟧.
"""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from cases_format import strip_markup
from click.testing import CliRunner, Result
from said_reader import SaidReader

from quotes import pipeline
from quotes.article import Article
from quotes.attribution.candidates import Candidate
from quotes.attribution.steps import CERTAIN, STEPS, prepare
from quotes.cli import main
from quotes.marks import find_marks
from quotes.pipeline import RULES, Extractor
from quotes.reading import to_document

BY_ID = {step.id: step for step in STEPS}
SCORE = 0.4
Shown = list[tuple[str | None, list[str]]]
"""Source and content of each candidate."""


def given(marked: str) -> tuple[Article, list[Candidate]]:
    """An article, its furniture found as in the program, and the candidates written into it."""
    text, parts = strip_markup("text", marked)
    numbers = sorted({int(label[1:]) for label in parts})
    candidates = []
    for n in numbers:
        source, cue = (parts.get(f"{label}{n}", [None])[0] for label in "SQ")
        content = tuple(parts[f"C{n}"])
        candidates.append(Candidate(content, (SCORE,) * len(content), source, cue, score=SCORE))
    return Article(to_document(text), find_marks(text)), candidates


def shown(article: Article, candidates: list[Candidate]) -> Shown:
    return [
        (article.text[slice(*one.source)] if one.source else None, [article.text[a:b] for a, b in one.content])
        for one in candidates
    ]


ACTS: list[tuple[str, str, Shown]] = [
    (
        "furniture",
        "Lamp goes out on Quay Street\n\nBy Rowan Achebe\n\n⟦C1 14 November 2023⟧\n\n"
        "⟦C1 The lamp went out at six⟧, ⟦S1 Jill Tranter⟧ ⟦Q1 said⟧.",
        [("Jill Tranter", ["The lamp went out at six"])],
    ),
    (
        "furniture",
        "Lamp goes out on Quay Street\n\nBy Rowan Achebe\n\n⟦C1 ⟦S1 Jill Tranter⟧ ⟦Q1 on her last round⟧. "
        "Photo: Desmond Fry⟧\n\nThe last gas lamp in Whitby went out at six.",
        [],
    ),
    ("credits", "“It held for years.” — Ana Roy\n\nRain fell.", [("Ana Roy", ["“It held for years.”"])]),
    (
        "credits",
        'Two readers wrote.\n\n"It never held."\n– Bo Lind, Malmö\n\nRain fell.',
        [("Bo Lind, Malmö", ['"It never held."'])],
    ),
    ("turns", "SMITH: It failed at noon.\n\nLEE: Why?", [("SMITH", ["It failed at noon."]), ("LEE", ["Why?"])]),
    (
        "turns",
        "⟦S1 Q⟧⟦Q1 .⟧ ⟦C1 When was the pump⟧ last seen?\n\nA. Never, as far as I know.",
        [("Q", ["When was the pump last seen?"]), ("A", ["Never, as far as I know."])],
    ),
    (
        "marks",
        "⟦S1 Roy⟧ ⟦Q1 called⟧ it “a ⟦C1 slow disaster for farmers⟧”.",
        [("Roy", ["“a slow disaster for farmers”"])],
    ),
    (
        "marks",
        "⟦S1 Roy⟧ ⟦Q1 said⟧ ⟦C1 the dam was new, “the⟧ best that was ever built” by anyone.",
        [("Roy", ["the dam was new, "])],
    ),
    (
        "paragraphs",
        "⟦S1 Roy⟧ ⟦Q1 said⟧ ⟦C1 the dam had failed.\n\nRain fell on the hills⟧ all day.",
        [("Roy", ["the dam had failed."])],
    ),
    (
        "paragraphs",
        "It was opened in ⟦S1 May.\n\nRoy⟧ ⟦Q1 said⟧ ⟦C1 it had failed⟧.",
        [("Roy", ["it had failed"])],
    ),
    (
        "crossheads",
        "⟦S1 Roy⟧ ⟦Q1 said⟧: ⟦C1 “It failed.”⟧\n\n⟦C1 “Fight for freedom”⟧\n\nRain fell on the hills.",
        [("Roy", ["“It failed.”"])],
    ),
    (
        "gaps",
        "⟦S1 The letter⟧ ⟦Q1 describes⟧ ⟦C1 the council⟧’s ledgers as ⟦C1 hard to reconcile with one another⟧.",
        [("The letter", ["the council’s ledgers as hard to reconcile with one another"])],
    ),
    (
        "gaps",
        "⟦S1 Rivals⟧ ⟦Q1 have called⟧ ⟦C1 it a⟧ very ⟦C1 cowardly step⟧.\n\nRain fell on the hills.",
        [("Rivals", ["it a very cowardly step"])],
    ),
    (
        "relatives",
        "She took ⟦C1 a step⟧ that ⟦S1 rivals⟧ ⟦Q1 have called⟧ ⟦C1 “cowardly”⟧.",
        [("rivals", ["a step that", "“cowardly”"])],
    ),
    (
        "relatives",
        "He bought ⟦C1 the mill⟧, which ⟦S1 the town⟧ ⟦Q1 says⟧ ⟦C1 will never turn⟧.",
        [("the town", ["the mill, which", "will never turn"])],
    ),
    ("crossheads", "⟦S1 Roy⟧ ⟦Q1 believes⟧ so.\n\n**⟦C1 “A walk with a torch”⟧**\n\nRain fell on the hills.", []),
    ("alike", "⟦S1,S2 Roy and Lee⟧ ⟦Q1 both⟧ ⟦Q2 said⟧ ⟦C1,C2 it failed⟧.", [("Roy and Lee", ["it failed"])]),
    ("alike", "⟦S1,S2 Roy⟧ ⟦Q1 went on⟧ ⟦Q2 to say⟧ ⟦C1 that ⟦C2 it failed⟧⟧.", [("Roy", ["that it failed"])]),
]
KEEPS: list[tuple[str, str]] = [
    # A headline is prose, and "By noon …" no byline.
    ("furniture", "⟦C1 Lamp ‘failing’⟧, ⟦Q1 says⟧ ⟦S1 Tranter⟧\n\nBy Rowan Achebe\n\nThe lamp went out at six."),
    ("furniture", "⟦C1 By noon the lamp was out⟧, ⟦S1 Jill Tranter⟧ ⟦Q1 said⟧.\n\nRain fell on the hills."),
    ("credits", "⟦C1 “It held for years”⟧ – or so ⟦S1 Roy⟧ ⟦Q1 thought⟧.\n\nRain fell."),
    ("credits", "Roy wrote “it held” – Lind and the others who had built the weir wrote nothing.\n\nRain fell."),
    ("turns", "NOTE: The dam failed at noon.\n\nRain fell on the hills."),
    ("turns", "A. The dam at Leiria.\n\nA. The weir above Caldas."),
    ("marks", "⟦S1 Roy⟧ ⟦Q1 called⟧ ⟦C1 it “a slow disaster” for farmers⟧."),
    ("marks", "“⟦S1 My boss⟧ ⟦Q1 said⟧ ⟦C1 it would hold⟧, and it did,” Roy said."),
    ("paragraphs", "⟦S1 Roy⟧ ⟦Q1 wrote⟧:\n\n⟦C1 The pier has been closed since the storm.⟧\n\nRain fell."),
    ("paragraphs", "⟦C1 “It failed,”⟧ ⟦S1 Roy⟧ ⟦Q1 said⟧.\n\n⟦C1 “Nobody had looked at it for a year.”⟧"),
    # Whoever tells it may stand there; so may an aside, a sentence, and the end of a line.
    ("gaps", "⟦C1 It failed⟧ ⟦S1 Roy⟧ ⟦Q1 said⟧ ⟦C1 in the night⟧, and it leaked."),
    ("gaps", "⟦S1 Roy⟧ ⟦Q1 said⟧ ⟦C1 it failed⟧, as they put it, ⟦C1 in the night⟧.\n\nRain fell on the hills."),
    # The pronoun may be who says it, and may lead from words that nobody says.
    ("relatives", "⟦C1 “It failed,”⟧ ⟦Q1 said⟧ ⟦S1 Roy, who⟧ left, ⟦C1 “at noon”⟧."),
    ("relatives", "She took a step that ⟦S1 rivals⟧ ⟦Q1 have called⟧ ⟦C1 “cowardly”⟧."),
    ("crossheads", "⟦S1 Roy⟧ ⟦Q1 shrugged⟧.\n\n⟦C1 “Fight for freedom.”⟧\n\nRain fell on the hills."),
    ("crossheads", "⟦C1 “Fight for freedom”⟧ was what ⟦S1 Roy⟧ ⟦Q1 shouted⟧.\n\nRain fell on the hills."),
    ("alike", "⟦S1 Roy⟧ ⟦Q1 said⟧ and ⟦S2 Lee⟧ ⟦Q2 said⟧ ⟦C1,C2 it failed⟧."),
    ("alike", "⟦S1,S2 Roy⟧ ⟦Q1 said⟧ ⟦C1 it failed⟧ and ⟦Q2 warned⟧ ⟦C2 that it leaked⟧."),
]


def test_every_step_has_an_id_a_reason_and_its_examples() -> None:
    assert len(BY_ID) == len(STEPS) == len(set(BY_ID) & set(RULES))
    assert all(step.why.endswith(".") for step in STEPS)
    for table in (ACTS, KEEPS):
        ids = [id for id, *_ in table]
        assert {id: ids.count(id) for id in ids} == dict.fromkeys(BY_ID, 2)


@pytest.mark.parametrize(("id", "marked", "expected"), ACTS)
def test_a_step_acts(id: str, marked: str, expected: Shown) -> None:
    article, candidates = given(marked)
    assert shown(article, BY_ID[id].act(article, candidates)) == expected != shown(article, candidates)


@pytest.mark.parametrize(("id", "marked"), KEEPS)
def test_a_step_keeps_its_hands_off(id: str, marked: str) -> None:
    article, candidates = given(marked)
    assert BY_ID[id].act(article, list(candidates)) == candidates


@pytest.mark.parametrize(("id", "marked", "expected"), ACTS)
def test_a_step_left_out_does_not_act(id: str, marked: str, expected: Shown) -> None:
    article, candidates = given(marked)
    assert prepare(article, candidates, set(BY_ID)) == candidates
    assert shown(article, prepare(article, candidates, set(BY_ID) - {id})) == expected


def test_readings_that_agree_are_surer_together_but_never_certain() -> None:
    article, candidates = given("⟦S1,S2,S3 Roy and Lee⟧ ⟦Q1 both⟧ ⟦Q2 later⟧ ⟦Q3 said⟧ ⟦C1,C2,C3 it failed⟧.")
    assert [one.score for one in BY_ID["alike"].act(article, candidates[:2])] == [2 * SCORE]
    assert [one.score for one in BY_ID["alike"].act(article, candidates)] == [CERTAIN]


# --- from the command line -------------------------------------------------------------------------------------------

CREDITED = "“It held for years.” — Ana Roy\n\nRain fell.\n"
TURNS = "SMITH: It failed at noon.\n\nLEE: Why did it fail?\n"


@pytest.fixture
def program(monkeypatch: pytest.MonkeyPatch) -> None:
    """The command line with a reader that finds none of what steps find."""
    monkeypatch.setattr(pipeline, "load", lambda options: Extractor(options, SaidReader()))  # type: ignore[arg-type]


def extract(path: Path, *arguments: str) -> Result:
    return CliRunner().invoke(main, ["extract", "--type", "all", *arguments, str(path)], prog_name="quotes")


@pytest.mark.parametrize(("id", "text", "speakers"), [("credits", CREDITED, ["Ana Roy"]), ("turns", TURNS, 2)])
def test_a_step_is_left_out_by_its_id(program: None, tmp_path: Path, id: str, text: str, speakers: object) -> None:
    article = tmp_path / "a.txt"
    article.write_text(text, encoding="utf-8")
    with_it, without = extract(article), extract(article, "--without", id, "--without", "alike")
    assert (with_it.exit_code, without.exit_code) == (0, 0)
    spoken, left = (
        [line["speaker"]["mention"]["text"] for line in map(json.loads, done.stdout.splitlines()) if line["speaker"]]
        for done in (with_it, without)
    )
    assert (spoken if isinstance(speakers, list) else len(spoken)) == speakers
    assert left == []


@pytest.mark.parametrize("id", ["nonsense", "Credits", ""])
def test_an_id_that_no_step_has_is_refused_with_the_choice(program: None, tmp_path: Path, id: str) -> None:
    done = extract(tmp_path, "--without", "credits", "--without", id)
    assert done.exit_code == 2
    assert f"{id!r} is no rule; the rules are {', '.join(step.id for step in STEPS)}" in " ".join(done.stderr.split())


def test_the_switch_is_for_measuring_and_not_in_the_help() -> None:
    assert "--without" not in CliRunner().invoke(main, ["extract", "--help"]).output
