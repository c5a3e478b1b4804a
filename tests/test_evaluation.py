"""Gold against predictions: figures that can be counted by hand."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from hypothesis import given, settings
from hypothesis import strategies as st
from said_reader import SaidReader

from quotes.cli import main
from quotes.errors import EvaluationError
from quotes.evaluation import (
    FIGURES,
    Comparison,
    calibration_error,
    compare,
    compare_all,
    from_gold,
    from_records,
    is_source,
    read_articles,
    same_name,
    score,
    trust,
)
from quotes.evaluation.articles import Said
from quotes.evaluation.pairing import _overlapping
from quotes.options import Options
from quotes.pipeline import Extractor
from quotes.record import to_record
from quotes.types import Range

TEXT = "“It leaks,” said Ana Roy, an engineer. The “Salt Road” is shut. Wilk doubted that it would open."
LEAKS, ROY, ROAD = (1, 10), (17, 37), (44, 53)
WILK, OPEN = (64, 68), (77, 95)


def article(**changes: Any) -> dict[str, Any]:
    return {
        "id": "weir",
        "text": TEXT,
        "attributions": [
            {"source": [ROY], "cue": [[12, 16]], "content": [[0, 11]], "source_head": [21, 24], "name": "Ana Roy"},
            {"source": [WILK], "cue": [[69, 76]], "content": [OPEN], "source_head": WILK, "name": "Jan Wilk"},
        ],
        "quoted": [
            {"start": LEAKS[0], "end": LEAKS[1], "attribution": 0},
            {"start": ROAD[0], "end": ROAD[1], "attribution": None},
        ],
        **changes,
    }


def record(type: str, spans: list[Range], speaker: Range | None, name: str | None = None, **changes: Any) -> Any:
    def span(place: Range) -> dict[str, Any]:
        return {"start": place[0], "end": place[1], "text": TEXT[slice(*place)]}

    who = {"name": name, "mention": span(speaker), "kind": "person", "form": "name"} if speaker else None
    return {
        "document": {"id": "weir.txt"},
        "type": type,
        "spans": [span(s) for s in spans],
        "content": {"spans": [span(s) for s in spans]},
        "speaker": who,
        "cue": span((12, 16)) if who else None,
        "confidence": 0.9,
        "context": {"sentence": span((0, 38))},
        **changes,
    }


def compared(*records: Any) -> list[Comparison]:
    return compare_all([from_gold(article())], [from_records("weir.txt", records)])


def counts(*records: Any) -> dict[str, tuple[int, int, int]]:
    return {name: (f.right, f.predicted, f.gold) for name, f in score(compared(*records)).items()}


LEAKS_BY_ROY = record("direct", [LEAKS], (17, 24), "Ana Roy")
ROAD_BY_NOBODY = record("direct", [ROAD], None)
OPEN_BY_WILK = record("indirect", [OPEN], WILK, "Wilk")


@pytest.mark.parametrize(
    ("records", "expected"),
    [
        ([], {"spans": (0, 0, 2), "attrib": (0, 0, 1), "content": (0, 0, 2)}),
        (
            [LEAKS_BY_ROY, ROAD_BY_NOBODY, OPEN_BY_WILK],
            {"spans": (2, 2, 2), "detect": (1, 1, 1), "attrib": (1, 1, 1), "content": (2, 3, 2), "exact": (2, 3, 2)},
        ),
        ([record("direct", [LEAKS], WILK, "Wilk")], {"detect": (1, 1, 1), "attrib": (0, 1, 1), "name": (0, 1, 1)}),
        ([record("direct", [LEAKS], (21, 24), "Roy")], {"attrib": (1, 1, 1), "name": (0, 1, 1)}),
        ([record("direct", [ROAD], WILK, "Jan Wilk")], {"spans": (1, 1, 2), "detect": (0, 1, 1), "name": (0, 1, 1)}),
        ([record("direct", [(1, 6)], ROY)], {"spans": (0, 1, 2), "detect": (0, 1, 1)}),
        ([record("indirect", [(72, 90)], WILK)], {"content": (1, 1, 2), "triple": (1, 1, 2), "exact": (0, 1, 2)}),
        ([record("indirect", [OPEN], ROY)], {"content": (1, 1, 2), "triple": (0, 1, 2), "exact": (1, 1, 2)}),
        ([LEAKS_BY_ROY, LEAKS_BY_ROY], {"spans": (1, 2, 2), "attrib": (1, 2, 1), "content": (1, 2, 2)}),
    ],
)
def test_figures_are_counts(records: list[Any], expected: dict[str, tuple[int, int, int]]) -> None:
    found = counts(*records)
    assert {name: found[name] for name in expected} == expected


def test_words_that_gold_gives_to_no_named_source_are_left_out() -> None:
    said = {"source": [], "cue": [], "content": [[0, 11]], "source_head": None}
    gold = from_gold(article(attributions=[said], quoted=[{"start": 1, "end": 10, "attribution": 0}]))
    (figures,) = [score([compare(gold, from_records("weir", [LEAKS_BY_ROY]))])]
    assert (figures["detect"].predicted, figures["detect"].gold, figures["spans"].right) == (0, 0, 1)


def test_trust_says_who_was_right_to_be_sure() -> None:
    records = [LEAKS_BY_ROY, record("direct", [ROAD], None, confidence=0.6), record("indirect", [OPEN], ROY)]
    assert trust(compared(*records)) == {"quoted": [(0.9, True)], "indirect": [(0.9, False)], "nobody": [(0.6, True)]}


@pytest.mark.parametrize(
    ("judged", "expected"),
    [
        ([], 0.0),
        ([(1.0, True)] * 20, 0.0),
        ([(1.0, False)] * 20, 1.0),
        ([(0.5, True), (0.5, False)] * 10, 0.0),
        ([(0.2, False)] * 10 + [(0.9, True)] * 10, 0.15),
    ],
)
def test_calibration_error(judged: list[tuple[float, bool]], expected: float) -> None:
    assert calibration_error(judged) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("mention", "right"), [((17, 24), True), ((21, 24), True), ((17, 20), False), ((25, 37), True), (None, False)]
)
def test_a_mention_is_the_source_by_its_head_or_by_half_of_it(mention: Range | None, right: bool) -> None:
    assert is_source(TEXT, mention, Said(source=ROY, head=(21, 24))) is right


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("Ana Roy", "Ana Roy", True),
        ("Mrs. Ana Roy", "ana roy", True),
        ("Ana Maria Roy", "Ana Roy", True),
        ("Roy", "Ana Roy", False),
        ("Bo Roy", "Ana Roy", False),
        ("Jan Wilk", "Ana Roy & Jan Wilk", True),
        (None, "Ana Roy", False),
        ("Dr.", "Dr.", False),
    ],
)
def test_names(one: str | None, other: str | None, same: bool) -> None:
    assert same_name(one, other) is same


Ranges = st.lists(st.tuples(st.integers(0, 30), st.integers(0, 30)).map(lambda pair: (min(pair), max(pair))))


@settings(max_examples=60, deadline=None)
@given(Ranges, Ranges)
def test_the_sweep_finds_what_a_comparison_of_all_with_all_finds(ones: list[Range], others: list[Range]) -> None:
    expected = [(n, m) for n, (a, b) in enumerate(ones) for m, (c, d) in enumerate(others) if max(a, c) < min(b, d)]
    assert sorted(_overlapping(ones, others)) == expected


# --- files -----------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """Gold and records of the same article, the latter as the program writes them."""
    folder = tmp_path_factory.mktemp("eval")
    extractor = Extractor(Options(), SaidReader())  # type: ignore[arg-type]
    records = [to_record(quote, "none") for quote in extractor.extract(TEXT)]
    gold, found = folder / "gold.jsonl", folder / "found.jsonl"
    gold.write_text(json.dumps(article(id="text")) + "\n", "utf-8")
    found.write_text("".join(f"{json.dumps(record)}\n" for record in records), "utf-8")
    return gold, found


def test_the_command_prints_a_table(files: tuple[Path, Path]) -> None:
    result = CliRunner().invoke(main, ["eval", *map(str, files)])
    assert result.exit_code == 0
    assert [line.split()[0] for line in result.stdout.splitlines()] == ["P", *FIGURES]
    assert "attrib    100.0  100.0  100.0       1       1       1" in result.stdout


def test_the_command_gives_json(files: tuple[Path, Path]) -> None:
    figures = json.loads(CliRunner().invoke(main, ["eval", "--json", *map(str, files)]).stdout)
    assert figures["content"] == {"precision": 0.5, "recall": 0.5, "f1": 0.5, "right": 1, "predicted": 2, "gold": 2}


@pytest.mark.parametrize("order", [(0, 0), (1, 1), (1, 0)])
def test_either_may_be_records_or_articles(files: tuple[Path, Path], order: tuple[int, int]) -> None:
    gold, found = (files[n] for n in order)
    figures = score(compare_all(read_articles(gold), read_articles(found)))
    assert figures["spans"].f1 == figures["attrib"].f1 == 1
    assert figures["exact"].f1 == (1 if gold == found else 0.5)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("nonsense", r"gold.jsonl:1: is neither a record nor an annotated article: JSONDecodeError"),
        ("[]", r"gold.jsonl:1: is neither .* \$: \[\] is not of type 'object'"),
        ('{"attributions": 3}', r"gold.jsonl:1: is neither a record nor an annotated article"),
        ('{"id": "a"}', r"gold.jsonl:1: is neither .* is a required property"),
    ],
)
def test_a_file_of_something_else_is_refused_with_its_line(tmp_path: Path, line: str, reason: str) -> None:
    file = tmp_path / "gold.jsonl"
    file.write_text(line, "utf-8")
    with pytest.raises(EvaluationError, match=reason):
        read_articles(file)


def test_records_at_the_end_of_a_text_beyond_all_use_are_refused(files: tuple[Path, Path], tmp_path: Path) -> None:
    """A line that says so would take as many bytes, or fill the memory."""
    record = json.loads(files[1].read_text("utf-8").splitlines()[0])
    for far, reason in [(10**14, "text: is too long to be compared"), (10**6, f"{tmp_path}/far.jsonl: is more")]:
        for one in (*record["spans"], *record["content"]["spans"], record["context"]["sentence"]):
            one.update(start=far, end=far + len(one["text"]))
        record["spans"], record["content"]["spans"] = record["spans"][:1], record["spans"][:1]
        record["text"] = record["content"]["text"] = record["spans"][0]["text"]
        (tmp_path / "far.jsonl").write_text(json.dumps(record), "utf-8")
        result = CliRunner().invoke(
            main, ["eval", str(files[0]), str(tmp_path / "far.jsonl"), "--max-kept-bytes", "500000"]
        )
        assert result.exit_code == 1
        assert result.stderr.startswith(f"quotes: {reason}"), result.stderr


def test_of_reviewed_records_only_the_decided_ones_are_gold(files: tuple[Path, Path], tmp_path: Path) -> None:
    records = [json.loads(line) for line in files[1].read_text("utf-8").splitlines()]
    records[0]["review"] = {"decision": "corrected", "speaker": "Piet Haan", "at": None}
    records[0]["speaker"] = None
    gold = tmp_path / "reviewed.jsonl"
    gold.write_text("".join(f"{json.dumps(record)}\n" for record in records), "utf-8")
    result = CliRunner().invoke(main, ["eval", "--json", str(gold), str(files[1])])
    figures = json.loads(result.stdout)
    left = len(records) - 1
    assert (figures["exact"]["gold"], figures["exact"]["predicted"]) == (1, 1)
    assert (figures["spans"]["right"], figures["triple"]["right"]) == (1, 0)
    assert result.stderr == f"quotes: {left} record{'s' * (left > 1)} of {gold} left out: nobody decided on them\n"


def test_of_150_records_the_three_decisions_are_gold(tmp_path: Path) -> None:
    """From the articles over the page's decisions to the figures, by the commands alone."""

    def quotes(*arguments: object) -> Result:
        return CliRunner().invoke(main, [str(one) for one in arguments], prog_name="quotes")

    said = "\n\n".join(f"“There are {number} weirs on the Lind,” said Ana Roy." for number in range(2, 152))
    (tmp_path / "weirs.txt").write_text(said, "utf-8")
    found, decisions, reviewed = (tmp_path / f"{name}.jsonl" for name in ("found", "decisions", "reviewed"))
    assert quotes("extract", tmp_path / "weirs.txt", "-o", found).exit_code == 0
    records = [json.loads(line) for line in found.read_text("utf-8").splitlines()]
    decided = [("accepted", "Ana Roy"), ("corrected", "Jo Lee"), ("rejected", "Ana Roy")]
    lines = [
        {"id": record["id"], "sha256": record["document"]["sha256"], "decision": how, "speaker": name, "at": None}
        for record, (how, name) in zip(records[::50], decided, strict=True)
    ]
    decisions.write_text("".join(f"{json.dumps(line)}\n" for line in lines), "utf-8")
    assert quotes("review", "--apply", decisions, found, "-o", reviewed).stderr.endswith("147 undecided\n")
    result = quotes("eval", "--json", reviewed, found)
    figures = json.loads(result.stdout)["exact"]
    assert (len(records), figures["gold"], figures["predicted"], figures["right"]) == (150, 2, 3, 2)
    assert result.stderr == f"quotes: 147 records of {reviewed} left out: nobody decided on them\n"


def test_records_that_nobody_reviewed_are_gold_as_a_whole(files: tuple[Path, Path]) -> None:
    result = CliRunner().invoke(main, ["eval", "--json", str(files[1]), str(files[1])])
    assert (json.loads(result.stdout)["exact"]["f1"], result.stderr) == (1.0, "")


def test_predictions_for_other_articles_are_refused() -> None:
    other = from_gold(article(id="dam"))
    with pytest.raises(EvaluationError, match="gold has no article 'dam'"):
        compare_all([from_gold(article())], [other])


def test_predictions_from_another_text_are_refused() -> None:
    other = from_gold(article(text=TEXT.replace("Wilk", "Bilk")))
    with pytest.raises(EvaluationError, match=r"weir: predictions were made from another text.*at character 64"):
        compare_all([from_gold(article())], [other])
