"""Attributions → quotes → records: types, pieces, context, ids."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from quotes.marks import find_marks
from quotes.nlp import split_sentences
from quotes.reading import to_document
from quotes.record import as_written, build_quotes, quote_id, to_record
from quotes.types import Attribution, Document, MarkedSpan, Mention, Quote, Range, Resolved, Span
from quotes.validate import Validator

VALIDATOR = Validator()
MODEL = "en_test-1.0"


def attribution(text: str, *content: str, cue: str | None = None, **parts: object) -> Attribution:
    """An attribution of the pieces `content`, with the marked spans that stand in them."""
    pieces = tuple(place(text, piece) for piece in content)
    quoted = tuple(m for m in find_marks(text) if any(a <= m.start and m.end <= b for a, b in pieces) and not m.depth)
    return Attribution(pieces, quoted, cue=place(text, cue) if cue else None, **parts)  # type: ignore[arg-type]


def place(text: str, words: str) -> Range:
    start = text.index(words)
    return start, start + len(words)


def build(text: str, *attributions: Attribution, who: Resolved = Resolved(None)) -> list[Quote]:  # noqa: B008
    document = to_document(text)
    return build_quotes(document, list(split_sentences(text)), attributions, [who] * len(attributions))


def texts(spans: tuple[Span, ...]) -> list[str]:
    return [span.text for span in spans]


ranges = st.tuples(st.integers(0, 60), st.integers(0, 60)).map(lambda pair: (min(pair), max(pair)))


@settings(deadline=None)
@given(st.lists(ranges, max_size=4), st.lists(ranges, max_size=4), st.lists(ranges, min_size=4, max_size=4))
def test_whatever_is_attributed_makes_sound_records(
    content: list[Range], quoted: list[Range], said: list[Range]
) -> None:
    """Words outside their content, places that overlap or are out of order, mentions that hold nothing."""
    text = "The mayor will “have tweeted” \n was quoted as  saying it is not"
    marks = tuple(MarkedSpan(start, end, start, end) for start, end in quoted)
    mention, role, cue, via = (Span(start, end, text[start:end]) for start, end in said)
    who = Resolved(Mention("Roy", mention, "person", "nominal", role), via=Mention("Lee", via, "person", "name"))
    for quote in build(
        text,
        Attribution(tuple(content), marks, cue=(cue.start, cue.end)),
        who=as_written(text, who, lambda start, end: (start, end)),
    ):
        record = to_record(quote, MODEL)
        assert VALIDATOR.check(record) == []
        assert VALIDATOR.check_against(record, text) == []
        assert (quote.speaker is None) == ("no_speaker" in quote.flags)


@pytest.mark.parametrize(
    ("text", "content", "type", "spans", "all_words"),
    [
        ('"It leaks," said Ana Roy.', ['"It leaks,"'], "direct", ["It leaks,"], ["It leaks,"]),
        ("“ It leaks ” , said Ana Roy.", ["“ It leaks ” ,"], "direct", ["It leaks"], ["It leaks"]),
        (
            "“We knew,” Roy said, “and waited.”",
            ["“We knew,”", "“and waited.”"],
            "direct",
            ["We knew,", "and waited."],
            ["We knew,", "and waited."],
        ),
        (
            'Roy called it "a slow disaster" for farmers.',
            ['"a slow disaster" for farmers'],
            "mixed",
            ["a slow disaster"],
            ['"a slow disaster" for farmers'],
        ),
        (
            'The gates are "stuck" and "rusty", Roy said.',
            ['The gates are "stuck" and "rusty"'],
            "mixed",
            ["stuck", "rusty"],
            ['The gates are "stuck" and "rusty"'],
        ),
        ("Roy said the dam leaks.", [" the dam leaks"], "indirect", ["the dam leaks"], ["the dam leaks"]),
        (
            "The dam, Roy said, leaks.",
            ["The dam", "leaks"],
            "indirect",
            ["The dam", "leaks"],
            ["The dam", "leaks"],
        ),
    ],
)
def test_type_and_words(text: str, content: list[str], type: str, spans: list[str], all_words: list[str]) -> None:
    (quote,) = build(text, attribution(text, *content))
    assert (quote.type, texts(quote.spans), texts(quote.content)) == (type, spans, all_words)
    assert quote.text == " … ".join(spans)


@pytest.mark.parametrize("content", [(), ((3, 3),), ((0, 2),)])
def test_what_holds_no_word_is_no_record(content: tuple[Range, ...]) -> None:
    assert build("  \n Roy spoke.", Attribution(content)) == []


def test_context_is_the_sentences_around_and_32_characters_each_side() -> None:
    text = "Divers went down in June. “We knew,” said Ana Roy. “Nobody asked us about the gate.” It rained."
    (quote,) = build(text, attribution(text, "“We knew,”", "“Nobody asked us about the gate.”", cue="said"))
    assert quote.sentence.text == "“We knew,” said Ana Roy. “Nobody asked us about the gate.”"
    assert quote.prefix == "Divers went down in June. “"
    assert quote.suffix == "” It rained."
    assert len(build("x" * 99 + text, attribution("x" * 99 + text, "“We knew,”"))[0].prefix) == 32


def test_an_endless_sentence_is_not_repeated_in_each_record() -> None:
    text = "“Yes,” said Ann, and " * 5000
    everything = [Attribution(((m.start, m.end),), (m,)) for m in find_marks(text)]
    quotes = build(text, *everything)
    assert len(quotes) == 5000
    assert max(len(quote.sentence.text) for quote in quotes) < 700


def test_the_cue_has_its_lemma() -> None:
    text = "“It leaks,” Roy has told reporters."
    (quote,) = build(text, attribution(text, "“It leaks,”", cue="has told"))
    assert quote.cue == Span(16, 24, "has told")
    assert quote.cue_lemma == "tell"


def test_flags_come_once_and_confidence_is_a_share() -> None:
    text = "“It leaks,” said Roy."
    who = Resolved(None, flags=("uncertain_speaker", "negated"))
    (quote,) = build(text, attribution(text, "“It leaks,”", flags=("negated",), confidence=1.00001), who=who)
    assert quote.flags == ("negated", "uncertain_speaker")
    assert quote.confidence == 1.0


@pytest.mark.parametrize(
    ("outer", "inner", "is_within"),
    [
        ("“Roy said ‘it leaks’,”", "‘it leaks’", True),
        ("“Roy said ‘it leaks’,”", "“Roy said ‘it leaks’,”", False),
        ("“Roy said ‘it leaks’,”", "“Roy said ", False),
        ("Roy said ‘it leaks’", "‘it leaks’,” Lee said", False),
    ],
)
def test_a_record_within_another_stands_in_its_content(outer: str, inner: str, is_within: bool) -> None:
    text = "“Roy said ‘it leaks’,” Lee said."
    first, second = build(text, attribution(text, outer, within=1), attribution(text, inner, within=0))
    assert (first.within, second.within) == (None, first.id if is_within else None)


def test_ids_name_what_is_pointed_at() -> None:
    text = "“It leaks,” said Roy. Lee said that Roy said it leaks."
    outer, inner = attribution(text, "that Roy said it leaks"), attribution(text, "it leaks", within=0)
    first, second = build(text, outer, inner)
    assert second.within == first.id != second.id
    assert [quote.id for quote in build(text, outer, replace(inner, confidence=0.1))] == [first.id, second.id]
    assert len({quote.id for quote in build(text, outer, outer, outer)}) == 3
    assert quote_id("a.txt", "direct", [(0, 1)], [(0, 1)]) != quote_id("b.txt", "direct", [(0, 1)], [(0, 1)])
    assert quote_id("a.txt", "direct", [(0, 1)], [(0, 1)]) == "25df5ae60c3f5a58"


def test_a_record_holds_all_of_a_quote() -> None:
    text = "By Lee\n\n“It leaks,” said Ana Roy, chief engineer at Damco, a company paper says."
    role, firm = Span(*place(text, "chief engineer"), "chief engineer"), Span(*place(text, "Damco"), "Damco")
    name = Span(*place(text, "Ana Roy"), "Ana Roy")
    roy = Mention("Ana Roy", name, "person", "name", role, firm, "Q1", ("Ana Roy",), name_at=name, confidence=0.87654)
    paper = Mention(None, Span(*place(text, "a company paper"), "a company paper"), "document", "nominal")
    (quote,) = build(text, attribution(text, "“It leaks,”", cue="said"), who=Resolved(roy, via=paper))
    record = json.loads(json.dumps(to_record(quote, MODEL)))
    assert VALIDATOR.check(record) == VALIDATOR.check_against(record, text) == []
    assert record["speaker"] == {
        "name": "Ana Roy",
        "name_at": {"start": 25, "end": 32, "text": "Ana Roy"},
        "title": None,
        "confidence": 0.8765,
        "mention": {"start": 25, "end": 32, "text": "Ana Roy"},
        "kind": "person",
        "form": "name",
        "role": {"start": 34, "end": 48, "text": "chief engineer"},
        "affiliation": {"start": 52, "end": 57, "text": "Damco"},
        "id": "Q1",
        "candidates": ["Ana Roy"],
        "members": [],
    }
    assert record["via"]["mention"]["text"] == "a company paper"
    assert record["addressee"] is None
    assert record["cue"] == {"start": 20, "end": 24, "text": "said", "lemma": "say"}
    assert record["content"] == {"text": "It leaks,", "spans": record["spans"]}


WORDS = st.text(st.sampled_from("ab “”\"'’.\n\r\u00a0\u200b\u2028😀é\ud800Ö?!,"), max_size=60)


@st.composite
def articles(draw: st.DrawFn) -> tuple[Document, list[Attribution]]:
    """Any text with any attributions that a reader may find in it."""
    document = to_document(draw(WORDS))
    place = st.integers(0, len(document.text))
    ranges = st.tuples(place, place).map(lambda ends: (min(ends), max(ends)))
    contents = st.lists(ranges, max_size=3).map(_disjoint)
    found = []
    for content in draw(st.lists(contents, max_size=4)):
        quoted = tuple(m for m in find_marks(document.text) if _inside(m.start, m.end, content) and not m.depth)
        cue = draw(st.none() | ranges.filter(lambda r: r[0] < r[1])) if document.text else None
        found.append(Attribution(content, quoted, cue=cue, within=0 if found else None))
    return document, found


def _disjoint(ranges: list[Range]) -> tuple[Range, ...]:
    kept: list[Range] = []
    for start, end in sorted(ranges):
        if not kept or start >= kept[-1][1]:
            kept.append((start, end))
    return tuple(kept)


def _inside(start: int, end: int, ranges: tuple[Range, ...]) -> bool:
    return any(a <= start and end <= b for a, b in ranges)


@given(articles())
def test_every_record_is_sound(article: tuple[Document, list[Attribution]]) -> None:
    document, found = article
    sentences = list(split_sentences(document.text))
    quotes = build_quotes(document, sentences, found, [Resolved(None)] * len(found))
    records = [to_record(quote, MODEL) for quote in quotes]
    for record in records:
        assert VALIDATOR.check(record) == []
        assert VALIDATOR.check_against(record, document.text) == []
    assert len({record["id"] for record in records}) == len(records)
    assert records == [
        to_record(q, MODEL) for q in build_quotes(document, sentences, found, [Resolved(None)] * len(found))
    ]
