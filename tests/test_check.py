"""`quotes check`: claimed quotations against sources, from the command line inwards, on articles of our own."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from quotes.checking import Change, Claim, Index, Label, check, note, page, table
from quotes.cli import main
from quotes.options import Options
from quotes.pipeline import outcomes
from quotes.reading import to_document
from quotes.tracing.who import who_of
from quotes.types import Document

WEIR = """\
Weir at Lindal may go before the winter

“The weir does not hold more than four hundred tonnes of water, and it has never been tested,” said Ana Roy, the city
engineer. “We will probably close the road in March, unless the council finds another way to pay for the repair.”

Mayor Jo Lee said that the town had always paid its share of the costs. Nobody in the town hall wanted to name a date.

“It is a beautiful old thing,” Lee told reporters. “My grandfather built half of it with his own hands.”

The river board, which owns the weir, asked for more time. Its members met twice last week, walked along both banks with
an architect from the university, looked at drawings from before the war, and agreed in the end to come back after the
holidays with a plan that everybody could read. Some of them had not seen the place since they were children.

“Salmon came up here until the mill was built,” Lee added. “They [the board] could bring them back.”
"""
FAIR = """\
Record crowd at the boat fair

“We sold twelve thousand tickets in a single day,” said Tom Okafor, who runs the fair. “Not all of the boats were new.”

Okafor's sister Ruth said visitors had come from as far as Norway. “The sea takes what it wants and we don't,” he said.

“The old jetty at the fair, which stays; the fair could move to the lake,” Ruth Okafor said.
"""
CLAIMS: list[tuple[str, str | None, Label, Change | None]] = [
    ("It is a beautiful old thing", "Jo Lee", Label.VERBATIM, None),
    ("it has never been tested", "Ana Roy", Label.VERBATIM, Change.CUT),
    (
        "It is a beautiful old thing. My grandfather built half of it with his own hands.",
        "Lee",
        Label.TYPOGRAPHIC,
        None,
    ),
    ("it is a BEAUTIFUL old  thing", "Jo Lee", Label.TYPOGRAPHIC, None),
    ("They could bring them back.", "Jo Lee", Label.TYPOGRAPHIC, None),
    ("They [the board] could bring them back.", "Jo Lee", Label.VERBATIM, None),
    ("Salmon [wild ones] came up here until the mill was built", "Jo Lee", Label.TYPOGRAPHIC, Change.INSERTION),
    ("We sold … tickets in a single day", "Tom Okafor", Label.TYPOGRAPHIC, Change.ELLIPSIS),
    ("The weir does hold more than four hundred tonnes of water", "Ana Roy", Label.ALTERED, Change.NEGATION),
    ("The weir does not hold more than five hundred tonnes of water", "Ana Roy", Label.ALTERED, Change.NUMBER),
    ("We will close the road in March", "Ana Roy", Label.ALTERED, Change.QUALIFIER),
    ("We will probably close the road in April", "Ana Roy", Label.ALTERED, Change.NAME),
    ("My grandfather built half of it with his own money", "Jo Lee", Label.ALTERED, Change.WORDS),
    ("all of the boats were new", "Tom Okafor", Label.ALTERED, Change.NEGATION),
    ("We will probably close the road in March", "Ana Roy", Label.ALTERED, Change.CUT),
    ("The sea takes what it wants and we do", "Tom Okafor", Label.ALTERED, Change.NEGATION),
    ("The fair could not move to the lake", "Ruth Okafor", Label.ALTERED, Change.NEGATION),
    ("The weir … hold more than four hundred tonnes of water", "Ana Roy", Label.STITCHED, Change.ELLIPSIS),
    (
        "It is a beautiful old thing. Salmon came up here until the mill was built",
        "Jo Lee",
        Label.STITCHED,
        Change.JOIN,
    ),
    (
        "It has never been tested. We sold twelve thousand tickets in a single day",
        None,
        Label.STITCHED,
        Change.JOIN,
    ),
    ("It is a beautiful old thing", "Ana Roy", Label.OTHER_SPEAKER, Change.SPEAKER),
    ("It is a beautiful old thing", "Piet Haan", Label.OTHER_SPEAKER, Change.SPEAKER),
    ("The town has always paid its share of the costs", "Jo Lee", Label.PARAPHRASE_ONLY, None),
    ("agreed in the end to come back after the holidays", None, Label.PARAPHRASE_ONLY, None),
    ("Nothing can stop the motorway through the old forest", "Ana Roy", Label.NOT_FOUND, None),
    ("Yes", "Ana Roy", Label.NOT_FOUND, None),
    ("What is it that they have not", "Ana Roy", Label.NOT_FOUND, None),
]


def articles() -> list[Document]:
    return [to_document(WEIR, "weir.txt", "weir.txt"), to_document(FAIR, "fair.txt", "fair.txt")]


@pytest.fixture(scope="module")
def index() -> Iterator[Index]:
    index = Index()
    add(index, articles())
    yield index
    index.close()


def add(index: Index, documents: list[Document]) -> int:
    found = index.add(
        documents, lambda new: ((document, one.records) for document, one in outcomes(new, Options(types="all"), 1))
    )
    return found


def claim(text: str, speaker: str | None = None) -> Claim:
    return Claim((text,), who_of({"name": speaker, "kind": "unknown"}), speaker, "here")


@pytest.mark.parametrize(("text", "speaker", "label", "what"), CLAIMS, ids=lambda value: str(value)[:40])
def test_a_claim_gets_its_label(
    index: Index, text: str, speaker: str | None, label: Label, what: Change | None
) -> None:
    finding = check(index, claim(text, speaker))
    changes = [one.what for one in finding.differences]
    assert finding.label is label, [note(one) for one in finding.differences]
    assert what is None or what in changes, [note(one) for one in finding.differences]
    for piece in finding.pieces:
        source = {"weir.txt": WEIR, "fair.txt": FAIR}[piece.source.id]
        assert source[piece.span.start : piece.span.end] == piece.span.text
        assert text[piece.claimed.start : piece.claimed.end] == piece.claimed.text


def test_what_differs_is_told_with_its_place(index: Index) -> None:
    text = "We sold twenty thousand tickets in a single day"
    (difference,) = check(index, claim(text, "Okafor")).differences
    assert (difference.what, difference.source.text, difference.claimed.text) == (Change.NUMBER, "twelve", "twenty")
    assert FAIR[difference.source.start : difference.source.end] == "twelve"
    assert text[difference.claimed.start : difference.claimed.end] == "twenty"


def test_pieces_of_a_broken_quotation_are_one(index: Index) -> None:
    pieces = ("It is a beautiful old thing", "My grandfather built half of it with his own hands.")
    finding = check(index, Claim(pieces, who_of({"name": "Jo Lee", "kind": "person"}), "Jo Lee"))
    assert (finding.label, finding.same_speaker) == (Label.VERBATIM, True)


def test_of_several_places_the_claimed_speakers_is_taken(index: Index) -> None:
    other = Index()
    same = "“The ice will not carry a car,” said {}, who lives at the lake.\n"
    add(other, [to_document(same.format(name), name) for name in ("Una Berg", "Sam Voss")])
    for name in ("Una Berg", "Sam Voss"):
        finding = check(other, claim("The ice will not carry a car", name))
        assert (finding.label, finding.pieces[0].source.id) == (Label.VERBATIM, name)


def test_words_of_a_source_without_marks_are_its_own(index: Index) -> None:
    speech = Index()
    add(speech, [to_document("Friends, we have waited for this bridge for thirty years. Today it opens.", "speech")])
    assert check(speech, claim("we have waited for this bridge for thirty years")).label is Label.VERBATIM


def test_a_place_deep_in_a_long_source_is_found(index: Index) -> None:
    filler = "The committee then turned to the next item of a very long agenda and heard a report on drains. " * 600
    long = Index()
    add(long, [to_document(f"{filler}\n\n{WEIR}\n\n{filler}", "long")])
    finding = check(long, claim("My grandfather built half of it with his own hands.", "Jo Lee"))
    assert finding.label is Label.VERBATIM
    assert finding.pieces[0].span.start > len(filler)


def test_the_whole_claim_in_one_place_comes_before_its_pieces(index: Index) -> None:
    box = "“The dam is old. It is a proud thing ... It leaks,” said Ana Roy."
    text = "“The dam is old. It is a proud thing,” said Ana Roy in May. “We had a plan. It leaks,” she said.\n\n"
    own = Index()
    add(own, [to_document(f"{text}{box}\n", "dam")])
    finding = check(own, claim("The dam is old. It is a proud thing ... It leaks", "Ana Roy"))
    assert (finding.label, len(finding.pieces)) == (Label.VERBATIM, 1)


@pytest.mark.parametrize(
    ("speaker", "label"), [("Elin Rose", Label.VERBATIM), ("Nora Rose", Label.OTHER_SPEAKER), ("Rose", Label.VERBATIM)]
)
def test_a_source_that_names_two_of_a_family_tells_them_apart(speaker: str, label: Label) -> None:
    own = Index()
    text = "“The ice will not carry a car,” said Elin Rose, a nurse. “It did in my time,” said her aunt, Nora Rose.\n"
    add(own, [to_document(text, "ice")])
    assert check(own, claim("The ice will not carry a car", speaker)).label is label


def test_what_a_source_reports_is_no_quotation_even_where_it_has_no_marks() -> None:
    own = Index()
    add(own, [to_document("Mayor Jo Lee told the council that the bridge would stay closed until the spring.\n", "a")])
    found = check(own, claim("the bridge would stay closed until the spring", "Jo Lee"))
    assert (found.label, found.same_speaker) == (Label.PARAPHRASE_ONLY, None)


def test_words_that_are_everywhere_are_found_as_they_stand() -> None:
    own = Index()
    every = "{} says that no person can think of one thing to say in public that anyone has done in private."
    add(own, [to_document(every.format(number), f"{number}") for number in range(110)])
    add(own, [to_document("“I don't think anyone can say I have done another thing in public,” said Ana Roy.\n", "a")])
    found = check(own, claim("I don’t think anyone can say I have done another thing in public", "Ana Roy"))
    assert (found.label, found.pieces[0].source.id) == (Label.TYPOGRAPHIC, "a")


def test_an_abbreviation_may_be_the_bodys_name() -> None:
    own = Index()
    text = "“No plan,” the Justice Department said. “The charges will be dropped in all three cases,” the DOJ said.\n"
    add(own, [to_document(text, "a")])
    found = check(own, claim("The charges will be dropped in all three cases", "Justice Department"))
    assert found.label is Label.VERBATIM


# --- the command line ------------------------------------------------------------------------------------------------


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("sources").mkdir()
    for document in articles():
        Path("sources", document.id).write_text(document.text, encoding="utf-8")
    return tmp_path


def run(*arguments: str) -> Result:
    return CliRunner().invoke(main, ["check", *arguments])


def lines(result: Result) -> list[dict[str, Any]]:
    return [json.loads(line) for line in result.stdout.splitlines()]


def test_claims_in_csv(folder: Path) -> None:
    Path("claims.csv").write_text(
        'text,speaker\n“It is a beautiful old thing”,Jo Lee\n,Nobody\n"We sold ten thousand tickets in a day",\n',
        encoding="utf-8",
    )
    result = run("claims.csv", "--sources", "sources", "--format", "jsonl")
    assert result.exit_code == 1
    assert [(one["claim"]["place"], one["label"]) for one in lines(result)] == [
        ("claims.csv:2", "verbatim"),
        ("claims.csv:4", "altered"),
    ]
    assert 'claims.csv:3: has no words in "text"' in result.stderr
    assert "2 claims checked: 1 verbatim, 1 altered" in result.stderr


def test_all_well_is_exit_code_0_and_several_sources_follow(folder: Path) -> None:
    Path("claims.jsonl").write_text(
        '{"text": "Not all of the boats were new.", "speaker": "Okafor"}\n', encoding="utf-8"
    )
    result = run("claims.jsonl", "--sources", "sources/weir.txt", "sources/fair.txt")
    assert (result.exit_code, result.stdout.splitlines()[0]) == (
        0,
        "1. verbatim: “Not all of the boats were new.” (Okafor)",
    )


def test_an_article_is_read_first_and_does_not_bear_itself_out(folder: Path) -> None:
    Path("sources/draft.txt").write_text(
        "“It is a beautiful new thing,” said Mayor Jo Lee. “We lost all the oars this year,” said Tom Okafor.\n",
        encoding="utf-8",
    )
    result = run("sources/draft.txt", "--sources", "sources", "--format", "jsonl")
    assert [one["label"] for one in lines(result)] == ["altered", "not_found"]


def test_an_index_is_built_once_and_asked_again(folder: Path) -> None:
    Path("claims.jsonl").write_text('{"text": "It is a beautiful old thing"}\n', encoding="utf-8")
    first = run("claims.jsonl", "--sources", "sources", "--index", "news.index", "--format", "jsonl")
    for path in Path("sources").iterdir():
        path.unlink()
    again = run("claims.jsonl", "--index", "news.index", "--format", "jsonl")
    assert (first.exit_code, again.exit_code) == (0, 0)
    assert first.stdout == again.stdout


def test_only_new_sources_are_added(index: Index) -> None:
    own = Index()
    assert [add(own, articles()), add(own, articles()), len(own)] == [2, 0, 2]


def test_what_a_stopped_run_left_is_found(tmp_path: Path) -> None:
    def stopped(new: Iterable[Document]) -> Iterator[tuple[Document, Sequence[Any]]]:
        read = outcomes(new, Options(types="all"), 1)
        yield from ((document, one.records) for document, one in islice(read, 1))
        raise KeyboardInterrupt

    own = Index(tmp_path / "a.index")
    with pytest.raises(KeyboardInterrupt):
        own.add(articles(), stopped)
    own.close()
    again = Index(tmp_path / "a.index")
    assert (add(again, []), len(again)) == (0, 1)
    assert check(again, claim("It is a beautiful old thing", "Jo Lee")).label is Label.VERBATIM
    again.close()


def test_records_are_claims(folder: Path) -> None:
    made = CliRunner().invoke(main, ["extract", "sources", "-o", "quotes.jsonl"])
    assert made.exit_code == 0
    result = run("quotes.jsonl", "--sources", "sources", "--format", "jsonl")
    assert {one["label"] for one in lines(result)} == {"verbatim"}
    assert result.exit_code == 0


def test_csv_and_page(folder: Path) -> None:
    text = "<script>alert(1)</script> =1+1 the weir does hold more than four hundred tonnes of water"
    Path("claims.jsonl").write_text(json.dumps({"text": text, "speaker": "=Ana Roy"}) + "\n", encoding="utf-8")
    assert run("claims.jsonl", "--sources", "sources", "-o", "found.csv").exit_code == 1
    (row,) = csv.DictReader(io.StringIO(Path("found.csv").read_text(encoding="utf-8")))
    assert (row["label"], row["speaker"], row["document"]) == ("altered", "'=Ana Roy", "weir.txt")
    assert run("claims.jsonl", "--sources", "sources", "-o", "found.html").exit_code == 1
    html = Path("found.html").read_text(encoding="utf-8")
    assert "<script" not in html and "alert(1)" in html
    assert "<del>not</del>" in html


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["claims.jsonl"], 2, "Name what to look in"),
        (["claims.jsonl", "--index", "none.index"], 2, "There is no none.index yet"),
        (["none.csv", "--sources", "sources"], 1, "none.csv: cannot be read"),
        (["columns.csv", "--sources", "sources"], 1, 'has no column "text", only quote, who'),
        (["claims.jsonl", "--sources", "sources", "--index", "columns.csv"], 1, "is no index of sources"),
        (["broken.jsonl", "--sources", "sources"], 1, "broken.jsonl:1: is no JSON"),
        (["claims.jsonl", "--sources", "nowhere"], 1, "nowhere"),
    ],
)
def test_mistakes_are_told(folder: Path, arguments: list[str], code: int, says: str) -> None:
    Path("claims.jsonl").write_text('{"text": "It is a beautiful old thing"}\n', encoding="utf-8")
    Path("columns.csv").write_text("quote,who\na,b\n", encoding="utf-8")
    Path("broken.jsonl").write_text("{\n", encoding="utf-8")
    result = run(*arguments)
    assert (result.exit_code, says in result.stderr) == (code, True), result.stderr


@pytest.mark.parametrize("name", ["claims.csv", "source", "kept.index", "link"])
def test_nothing_that_is_read_is_written_over(folder: Path, name: str) -> None:
    source = str(sorted(Path("sources").iterdir())[0])
    Path("link").hardlink_to(source)
    Path("claims.csv").write_text("text\nNot all of the boats were new.\n", encoding="utf-8")
    Path("kept.index").write_bytes(b"what was read")
    output = Path(source if name == "source" else name)
    before = output.read_bytes()
    for sources in ("sources", source):
        result = run("claims.csv", "--sources", sources, "--index", "kept.index", "-o", str(output))
        assert result.exit_code == 2
        assert "would be written over" in result.stderr
        assert output.read_bytes() == before


def test_nothing_of_a_claim_is_obeyed_by_a_terminal(index: Index) -> None:
    finding = check(index, claim("It is a beautiful\x1b[31m old\n thing", "Jo\x1b Lee"))
    assert all(line.isprintable() for line in table([finding]))
    assert "\x1b" not in page([finding])
