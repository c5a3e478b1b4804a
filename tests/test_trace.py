"""The same words in several articles: which records are versions of one quotation, and how they differ."""

from __future__ import annotations

import hashlib
import json
import random
import subprocess
import sys
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from hypothesis import given, settings
from hypothesis import strategies as st

from quotes.cli import main
from quotes.tracing import EarliestBy, Group, Kind, TraceOptions, note, sections, table, to_dict, trace
from quotes.types import PIECES

ROY = "Ana Roy"
Record = dict[str, Any]


def mention(name: str | None, kind: str = "person", **more: Any) -> dict[str, Any] | None:
    """A speaker as records have it; `role` and `affiliation` are words."""
    if name is None:
        return None
    parts = {
        key: {"start": 0, "end": len(more[key]), "text": more[key]} for key in ("role", "affiliation") if key in more
    }
    found = {"start": 0, "end": len(name), "text": name}
    known = {"name_at": found, "title": None, "confidence": 1.0}
    empty = {**known, "role": None, "affiliation": None, "id": None, "candidates": [], "members": []}
    return {"name": name, "mention": found, "kind": kind, "form": "name", **empty, **more, **parts}


def record(
    text: str | tuple[str, ...],
    speaker: str | dict[str, Any] | None = ROY,
    article: str = "a",
    published: str | None = None,
    *,
    body: str | None = None,
    start: int = 0,
    **more: Any,
) -> Record:
    """A record of an article; articles with one `body` have the very same text."""
    pieces, spans = (text,) if isinstance(text, str) else text, []
    for piece in pieces:
        spans.append({"start": start, "end": start + len(piece), "text": piece})
        start += len(piece) + 20
    said = PIECES.join(pieces)
    key = json.dumps([article, spans]).encode()
    return {
        "schema_version": "1.1",
        "offset_unit": "codepoint",
        "id": hashlib.sha256(key).hexdigest()[:16],
        "document": {
            "id": article,
            "path": article,
            "sha256": hashlib.sha256((body or article).encode()).hexdigest(),
            "title": None,
            "author": None,
            "published": published,
            "url": None,
        },
        "type": "direct",
        "act": "speech",
        "text": said,
        "text_clean": said,
        "spans": spans,
        "content": {"text": said, "spans": spans},
        "speaker": mention(speaker) if isinstance(speaker, str) else speaker,
        "cue": None,
        "addressee": None,
        "via": None,
        "within": None,
        "context": {"sentence": spans[0], "prefix": "", "suffix": ""},
        "confidence": 1.0,
        "flags": [],
        "extractor": {"name": "newsquotes", "version": "0", "model": "none"},
        **more,
    }


def members(groups: Iterable[Group]) -> set[frozenset[str]]:
    """The articles of each group."""
    return {frozenset(one.article.id for one in group.appearances) for group in groups}


def two(before: str | tuple[str, ...], after: str | tuple[str, ...], other: Any = ROY) -> list[Group]:
    """The groups of two articles, the second of which is compared with the first."""
    return trace([record(before, article="a", published="2024-01-01"), record(after, other, "b", "2024-01-02")])


def notes(groups: list[Group]) -> list[str]:
    (group,) = groups
    assert group.reference == group.earliest == 0
    return [note(difference) for difference in group.appearances[1].differences]


# --- how versions differ ---------------------------------------------------------------------------------------------

MILL = "The new mill may cost the valley almost four hundred jobs by spring."


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (MILL, MILL.upper()),
        (MILL, "The new mill  may\ncost the valley almost four hundred jobs by spring,"),
        ("We don't trust the owner's word", "we don’t trust the owner’s word"),
        ("We don't trust the mill, we can't", "We do not trust the mill; we cannot"),
        ("A long-term plan for the river bank", "a long term plan — for the river bank"),
        ("Élodie sold the café in Besançon", "Elodie sold the cafe in Besancon"),
        ("The U.S. mill lost 1,000 jobs last winter", "The US mill lost 1000 jobs last winter"),
        (("The mill is closed,", "and the river is dead."), "The mill is closed, and the river is dead."),
        ("He called the mill “a rotten tooth”", "He called the mill 'a rotten tooth'"),
        ("[T]he mill poison[ed] the whole valley", "The mill poisoned the whole valley"),
        ("The owner [Jo Lee] sold the rusty mill", "the owner [Jo Lee] sold the rusty mill"),
        ("The mill … it poisoned the whole valley", "The mill... it poisoned the whole valley"),
    ],
)
def test_the_same_words_do_not_differ(before: Any, after: Any) -> None:
    assert notes(two(before, after)) == []


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (MILL, MILL.replace("may", "will"), ["dropped qualifier: “may” → “will”"]),
        (MILL, MILL.replace("almost ", ""), ["dropped qualifier: without “almost”"]),
        (MILL, MILL.replace("almost ", "up to almost "), ["added qualifier: with “up to”"]),
        (MILL, MILL.replace("may", "might"), ["altered: “may” → “might”"]),
        (MILL, MILL.replace("jobs", "homes"), ["altered: “jobs” → “homes”"]),
        (MILL, MILL.replace("new ", ""), ["altered: without “new”"]),
        (MILL, MILL.replace("may cost", "may not cost"), ["negation: with “not”"]),
        ("We won't sell the mill to a stranger", "We will sell the mill to a stranger", ["negation: without “won't”"]),
        (MILL, "The new mill may cost the valley almost four hundred jobs", ["cut: without “by spring”"]),
        (
            MILL,
            "the valley almost four hundred jobs by spring",
            ["cut: without “The new mill may cost”", "dropped qualifier: without “may”"],
        ),
        (
            MILL,
            "The new mill may cost … four hundred jobs by spring",
            ["cut: without “the valley almost”", "dropped qualifier: without “almost”"],
        ),
        (
            MILL,
            "The new mill may cost [...] four hundred jobs by spring",
            ["cut: without “the valley almost”", "dropped qualifier: without “almost”"],
        ),
        (
            "I don't think the owner sold the old mill",
            "the owner sold the old mill",
            ["cut: without “I don't think”", "negation: without “don't”"],
        ),
        (MILL + " We are angry.", MILL, ["shortened: without “We are angry”"]),
        ("We are angry. " + MILL, MILL, ["shortened: without “We are angry”"]),
        ("Mr. Lee sold the rusty mill in March", "Lee sold the rusty mill in March", ["cut: without “Mr”"]),
        (
            "Then it poisoned the whole river valley",
            "Then [the mill] poisoned the whole river valley",
            ["insertion: “it” → “[the mill]”"],
        ),
        (
            "It poisoned the whole river valley",
            "[The mill] poisoned the whole river valley",
            ["insertion: “It” → “[The mill]”"],
        ),
        ("The owner sold the rusty mill", "The owner [Jo Lee] sold the rusty mill", ["insertion: with “[Jo Lee]”"]),
        ("The owner sold the rusty mill", "The owner (Jo Lee) sold the rusty mill", ["insertion: with “(Jo Lee)”"]),
        ("Sales rose 3.5 percent at the old mill", "Sales rose 35 percent at the old mill", ["altered: “3.5” → “35”"]),
    ],
)
def test_differences(before: str, after: str, expected: list[str]) -> None:
    assert notes(two(before, after)) == expected


def test_sentences_end_between_the_pieces_of_a_split_quotation() -> None:
    split = ("The mill poisoned the whole valley,", "We never sold it to a stranger.")
    assert notes(two(split, split[0])) == ["shortened: without “We never sold it to a stranger”"]


def test_a_hedge_that_the_article_gives_in_its_own_words_is_not_dropped() -> None:
    quoted = "the valley almost four hundred jobs by spring"
    content = f"the planned mill may cost “{quoted}”"
    spans = {"text": content, "spans": [{"start": 0, "end": len(content), "text": content}]}
    mixed = record(quoted, ROY, "b", "2024-01-02", type="mixed", content=spans)
    assert notes(trace([record(MILL, ROY, "a", "2024-01-01"), mixed])) == ["cut: without “The new mill may cost”"]


def test_a_hedge_that_moved_is_not_dropped() -> None:
    groups = two("Perhaps the owner sold the rusty mill in March", "The owner sold the rusty mill in March, perhaps")
    assert Kind.DROPPED_QUALIFIER not in groups[0].kinds


def test_ranges_are_those_of_the_texts() -> None:
    (group,) = two(
        ("The new mill,", "may cost the valley its four hundred jobs"),
        "The mill will cost the valley its four hundred jobs",
    )
    first, second = group.appearances
    assert second.differences
    for difference in second.differences:
        assert first.text[slice(*difference.before_range)] == difference.before
        assert second.text[slice(*difference.after_range)] == difference.after


# --- who said it -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("one", "other", "kinds"),
    [
        (ROY, "Ana Roy", ()),
        (ROY, "Roy", ()),
        (ROY, "Ana B. Roy", ()),
        (ROY, "A. Roy", ()),
        (ROY, "Dr. Ana Roy", ()),
        (ROY, "Mayor Roy", ()),
        ("Àna Roy", "Ana Roy", ()),
        (ROY, "Jo Lee", (Kind.ANOTHER_SPEAKER,)),
        (ROY, "Leo Roy", (Kind.ANOTHER_SPEAKER,)),
        (ROY, None, (Kind.UNATTRIBUTED,)),
        (ROY, mention("Leo Roy", candidates=["Ana Roy", "Leo Roy"]), ()),
        (mention(ROY, id="Q1"), mention("Ann Roy-Lee", id="Q1"), ()),
        (mention(ROY, id="Q1"), mention(ROY, id="Q2"), (Kind.ANOTHER_SPEAKER,)),
        (mention(ROY, role="spokeswoman for Tarn Mills"), mention("Tarn Mills", "organization"), ()),
        (mention(ROY, affiliation="Tarn Mills"), mention("the Tarn Mills", "organization"), ()),
        (mention("Tarn Valley Union", "organization"), mention("TVU", "organization"), ()),
        (ROY, mention("Tarn Mills", "organization"), (Kind.ANOTHER_SPEAKER,)),
        (mention("Ana Roy and Jo Lee", "group", members=[mention(ROY), mention("Jo Lee")]), "Jo Lee", ()),
    ],
)
def test_who_is_another(one: Any, other: Any, kinds: tuple[Kind, ...]) -> None:
    dates = ("2024-01-01", "2024-01-02")
    groups = trace([record(MILL, who, date, date) for who, date in zip((one, other), dates, strict=True)])
    assert [group.kinds for group in groups] == [kinds]


def test_a_version_without_a_speaker_is_compared_with_one_that_has_one() -> None:
    (group,) = trace([record(MILL, None, "a", "2024-01-01"), record(MILL, ROY, "b", "2024-01-02")])
    assert (group.earliest, group.reference, group.kinds) == (0, 1, (Kind.UNATTRIBUTED,))


# --- which records belong together -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "records",
    [
        [record("Yes.", ROY, "a"), record("Yes.", ROY, "b")],
        [record("Very good", ROY, "a"), record("very good!", "Jo Lee", "b")],
        [record("We will win this", None, "a"), record("We will win this", None, "b")],
        [record("a danger to everyone", ROY, "a"), record("a danger to everyone", "Jo Lee", "b")],
        [record(MILL, ROY, "a"), record("four hundred jobs", "Jo Lee", "b")],
        [record(MILL, ROY, "a"), record("four hundred jobs", None, "b")],
        [record(MILL, ROY, "a"), record("The old school may get the town some thirty pupils by autumn.", ROY, "b")],
        [record(MILL, ROY, "a"), record(MILL, ROY, "b", body="a")],  # one text, printed twice
        [record(MILL, ROY, "a"), record(MILL, ROY, "a", start=900)],
        [record(MILL, ROY, "a", type="indirect"), record(MILL, ROY, "b", type="indirect")],
    ],
)
def test_no_group(records: list[Record]) -> None:
    assert trace(records) == []


def test_a_short_part_of_the_same_speaker_s_words_is_a_part_of_them() -> None:
    assert notes(two(MILL, "four hundred jobs", "Roy"))[0].startswith("cut: ")


def test_a_long_part_from_another_speaker_is_found() -> None:
    (group,) = two(MILL, "cost the valley almost four hundred jobs by spring", "Jo Lee")
    assert group.kinds[0] is Kind.ANOTHER_SPEAKER


def test_what_somebody_passes_on_is_not_taken_from_him() -> None:
    said = "the rusty mill poisoned the whole river valley"
    outer = record(f"The doctor told me: ‘{said}’", ROY, "a")
    inner = record(said, "Jo Lee", "a", start=21, within=outer["id"])
    groups = trace([outer, inner, record(said, "Jo Lee", "b")])
    assert members(groups) == {frozenset("ab")}
    assert groups[0].kinds == ()


def test_versions_are_not_joined_by_a_chain() -> None:
    """Each of these is near the next one, the last one far from the first."""
    words = [f"word{k}" for k in range(20)]
    chain = [" ".join([f"other{k}" for k in range(n)] + words[n:]) for n in range(0, 20, 3)]
    groups = trace([record(text, ROY, str(k)) for k, text in enumerate(chain)])
    for group in groups:
        assert len(group.appearances) < len(chain)
        longest = max(group.appearances, key=lambda one: len(one.text)).text.split()
        assert all(len(set(one.text.split()) & set(longest)) > 10 for one in group.appearances)


def test_the_same_text_in_two_papers_is_one_appearance_with_a_copy() -> None:
    wire = [record(MILL, ROY, paper, date, body="wire") for paper, date in (("b", "2024-01-02"), ("c", "2024-01-01"))]
    (group,) = trace([*wire, record(MILL, "Jo Lee", "d", "2024-01-03"), wire[0]])
    first, last = group.appearances
    assert (first.article.id, [copy.id for copy in first.copies]) == ("c", ["b"])
    assert (last.article.id, last.copies, group.articles) == ("d", (), 2)


def test_a_repetition_within_an_article_is_an_appearance() -> None:
    (group,) = trace([record(MILL), record(MILL[:-11], start=900), record(MILL, ROY, "b")])
    assert ([one.article.id for one in group.appearances], group.articles) == (["a", "a", "b"], 2)


def test_indirect_speech_on_demand() -> None:
    records = [record(MILL, ROY, article, type="indirect") for article in "ab"]
    assert len(trace(records, TraceOptions(types=("indirect",)))) == 1


# --- the earliest ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("dates", "earliest", "by", "undated"),
    [
        (["2024-05-02", "2024-05-01"], 1, EarliestBy.PUBLISHED, 0),
        (["2024-05-02", None, "2024-05-01"], 2, EarliestBy.PUBLISHED, 1),
        ([None, "2024-05-01"], 1, EarliestBy.PUBLISHED, 1),
        ([None, None], 0, EarliestBy.INPUT, 2),
        (["last Tuesday", ""], 0, EarliestBy.INPUT, 2),
        (["2024-05-01", "2024-05-01"], 0, EarliestBy.PUBLISHED_THEN_INPUT, 0),
        (["2024-05-01T09:00", "2024-05-01T08:00"], 1, EarliestBy.PUBLISHED, 0),
        (["2024-05-01T09:00+02:00", "2024-05-01T08:00Z"], 0, EarliestBy.PUBLISHED, 0),
        (["2024-05-01T00:30+02:00", "2024-05-01"], 0, EarliestBy.PUBLISHED, 0),
        (["2024-05-01T08:00Z", "2024-05-01"], 0, EarliestBy.PUBLISHED_THEN_INPUT, 0),
        (["2024-05-01", "2024-05-01T08:00Z"], 0, EarliestBy.PUBLISHED_THEN_INPUT, 0),
        (["0001-01-01T00:00+14:00", "2024-05-01"], 1, EarliestBy.PUBLISHED, 1),
    ],
)
def test_the_earliest(dates: list[str | None], earliest: int, by: EarliestBy, undated: int) -> None:
    (group,) = trace([record(MILL, ROY, str(k), date) for k, date in enumerate(dates)])
    assert (group.appearances[group.earliest].article.id, group.earliest_by) == (str(earliest), by)
    assert group.undated == undated


# --- any records -----------------------------------------------------------------------------------------------------

VOCABULARY = "the mill may not poison river [it] … ... ‘ ” ( ] valley don't U.S. 3.5 won’t owner . ,"
WORDS = st.sampled_from(VOCABULARY.split())
TEXTS = st.lists(WORDS, min_size=1, max_size=14).map(" ".join) | st.text(min_size=1)
PIECED = st.lists(TEXTS, min_size=1, max_size=2).map(tuple)
SPEAKERS = st.sampled_from([ROY, "Roy", "Jo Lee", "", None])
DATES = st.sampled_from([None, "2024-01-01", "2024-01-02T10:00Z", "x", "9999-12-31T23:00-05:00"])
RECORDS = st.lists(
    st.builds(record, PIECED, SPEAKERS, st.sampled_from("abc"), DATES, start=st.integers(0, 10_000)), max_size=12
)
LOOSE = TraceOptions(similarity=0.5, same_speaker_words=1, unknown_speaker_words=1, other_speaker_words=1)


@settings(deadline=None)
@given(RECORDS)
def test_any_records(records: list[Record]) -> None:
    for groups in (trace(records), trace(records, LOOSE)):
        places = [(one.sha256, one.record) for group in groups for one in group.appearances]
        assert len(places) == len(set(places)) <= len(records)
        json.dumps([to_dict(group) for group in groups])
        assert all(line.isprintable() for line in table(groups))
        for group in groups:
            before = group.appearances[group.reference]
            assert not before.differences
            for one in group.appearances:
                for difference in one.differences:
                    if difference.kind not in (Kind.ANOTHER_SPEAKER, Kind.UNATTRIBUTED):
                        assert before.text[slice(*difference.before_range)] == difference.before
                        assert one.text[slice(*difference.after_range)] == difference.after


@settings(deadline=None)
@given(RECORDS, st.randoms(use_true_random=False))
def test_the_order_of_the_records_does_not_matter(records: list[Record], chance: random.Random) -> None:
    for number, one in enumerate(records):
        one["document"]["published"] = f"2024-01-01T10:00:{number:02}Z"
    shuffled = list(records)
    chance.shuffle(shuffled)
    assert [to_dict(group) for group in trace(records, LOOSE)] == [to_dict(group) for group in trace(shuffled, LOOSE)]


def invented(number: int) -> list[Record]:
    chance = random.Random(7)
    words = ["".join(chance.choices("abcdeiou", k=6)) for _ in range(900)]
    said = [" ".join(chance.choices(words, k=chance.randint(8, 30))) for _ in range(number)]
    versions = [" ".join(text.split()[: chance.randint(6, 30)]) for text in said[::3]]
    return [record(text, ROY, str(k)) for k, text in enumerate(said + versions)]


def test_many_records_give_the_same_groups() -> None:
    records = invented(300)
    found = members(trace(records, TraceOptions(exact_up_to=0)))
    assert found == members(trace(records))
    assert len(found) == 100


@pytest.mark.parametrize(
    "text", ["[a" * 200_000, "“" * 400_000, "a. " * 130_000, "… " * 200_000, "mill river " * 40_000]
)
def test_long_quotations_take_linear_time(text: str) -> None:
    started = time.process_time()
    trace([record(text, ROY, "a"), record(text + " more", "Jo Lee", "b"), record(text[:-9], None, "c")])
    assert time.process_time() - started < 5


# --- what is shown ---------------------------------------------------------------------------------------------------

WILL = MILL.replace("may", "will")
NEWS = [record(MILL, ROY, "a.txt", "2024-04-03"), record(WILL, "Jo Lee", "b.txt", "2024-04-04", start=5)]


def test_the_table() -> None:
    assert list(table(trace(NEWS))) == [
        f"1. “{MILL}”",
        "   2 articles; earliest by date",
        "   Ana Roy  2024-04-03  a.txt  earliest, compared with",
        "   Jo Lee   2024-04-04  b.txt  another speaker: Ana Roy → Jo Lee; dropped qualifier: “may” → “will”",
    ]


def test_the_gravest_come_first() -> None:
    calm = [record("The school opens its garden in May", ROY, article, start=99) for article in ("a", "b", "c")]
    assert [group.kinds[:1] for group in trace([*calm, *NEWS])] == [(Kind.ANOTHER_SPEAKER,), ()]


def test_sections_are_plain_data() -> None:
    (section,) = sections(trace(NEWS))
    assert json.loads(json.dumps(section)) == section
    assert [one["notes"] for one in section["appearances"]][1][1] == "dropped qualifier: “may” → “will”"
    assert [(one["earliest"], one["reference"]) for one in section["appearances"]] == [(True, True), (False, False)]


# --- the command line ------------------------------------------------------------------------------------------------


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return write(tmp_path / "quotes.jsonl", NEWS)


def write(path: Path, records: Iterable[Record]) -> Path:
    path.write_text("".join(json.dumps(one) + "\n" for one in records), encoding="utf-8")
    return path


def quotes(*arguments: object, stdin: bytes | None = None) -> Result:
    return CliRunner().invoke(main, ["trace", *map(str, arguments)], input=stdin, prog_name="quotes")


def test_a_table_by_default(file: Path) -> None:
    result = quotes(file)
    assert (result.exit_code, result.stdout.splitlines()) == (0, list(table(trace(NEWS))))
    assert result.stderr == "quotes: 1 group of the same words, 1 with differences\n"


@pytest.mark.parametrize("arguments", [["--json"], ["--format", "jsonl"]])
def test_json_lines_on_demand(file: Path, arguments: list[str]) -> None:
    (line,) = quotes(*arguments, "-", stdin=file.read_bytes()).stdout.splitlines()
    assert json.loads(line) == to_dict(trace(NEWS)[0])


def test_only_what_differs(tmp_path: Path) -> None:
    file = write(tmp_path / "same.jsonl", [record(MILL, ROY, article) for article in "ab"])
    assert (quotes(file, "--differing").stdout, quotes(file).stdout != "") == ("", True)


def test_an_empty_file_has_no_groups(tmp_path: Path) -> None:
    result = quotes(write(tmp_path / "empty.jsonl", []))
    assert (result.exit_code, result.stdout) == (0, "")


def test_what_is_no_record_is_told_and_the_rest_is_traced(file: Path) -> None:
    file.write_text(file.read_text() + "{}\nnonsense\n")
    result = quotes(file, "no/such.jsonl")
    assert result.exit_code == 1
    assert [line.split(": ")[1].rsplit("/")[-1] for line in result.stderr.splitlines()[:-1]]
    assert "quotes.jsonl:3: " in result.stderr
    assert "quotes.jsonl:4: $: is no JSON" in result.stderr
    assert "no/such.jsonl: cannot be read" in result.stderr
    assert result.stdout.startswith("1. ")


def test_a_missing_package_is_named_with_its_extra(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "rapidfuzz", None)
    result = quotes(file)
    assert result.exit_code == 2
    assert result.stderr == "quotes: comparing wordings needs rapidfuzz: pip install 'newsquotes[trace]'\n"


def test_a_terminal_obeys_nothing(tmp_path: Path) -> None:
    evil = "\x1b[31mThe rusty mill\x07 poisoned\x9b2J the whole\u202e river valley"
    file = write(tmp_path / "evil.jsonl", [record(evil, "Jo\x1b[2J Lee", name) for name in ("a\x1b]0;x\x07", "b\r")])
    result = quotes(file)
    assert result.exit_code == 0
    assert all(line.isprintable() for line in result.stdout.splitlines())


def test_nobody_reads_on(tmp_path: Path) -> None:
    file = write(tmp_path / "many.jsonl", invented(300))
    command = [sys.executable, "-m", "quotes", "trace", "--json", str(file)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout and process.stderr
        process.stdout.readline()
        process.stdout.close()
        assert (process.wait(60), process.stderr.read()) == (141, b"")
