"""Sentences and lemmas read well; a spaCy pipeline's names stand where they should in any text."""

from __future__ import annotations

import hashlib
from importlib.resources import files
from time import process_time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from spacy.strings import get_string_id

from quotes.errors import ModelNotFoundError
from quotes.nlp import MODEL, lemma_of_cue, load_pipeline, recognise, split_sentences
from quotes.nlp.lemmas import ADJECTIVE, VERB

BLANK = " \n\r\u00a0\u200b"
WEIGHTS = {
    "ner/model": "cd93e9ca9126c69f1d10a1039ef67c3d9ec1223b44d079856705970f0f19ff4e",
    "ner/moves": "d82b13473ebd33e0396004dd22f00c71fe3c1251742bf1f7c4554f23fd3b0af4",
    "lemmatizer/lookups/lookups.bin": "eb64f40c0f8396d1762730c0ddf4dad2a52d138f5a389f71a1a1d088173b7737",
    "vocab/strings.json": "b1966d1f07a05b68576df07f43f40203b4e11124ad82cc839e8312ad8d7fdae7",
}


@pytest.fixture(scope="module")
def nlp():
    return load_pipeline()


@pytest.mark.parametrize("name", WEIGHTS)
def test_weights_are_the_ones_measured(name):
    path = files(MODEL).joinpath(f"{MODEL}-3.8.0", *name.split("/"))
    assert hashlib.sha256(path.read_bytes()).hexdigest() == WEIGHTS[name]


def test_only_the_recogniser_is_loaded(nlp):
    assert nlp.pipe_names == ["ner"]


def test_a_missing_model_names_the_command():
    with pytest.raises(ModelNotFoundError, match="pip install no-such-model"):
        load_pipeline("no_such_model")


def test_names_stand_at_their_place_in_the_text(nlp):
    text = "The dam\u00a0leaks, said\r\nAngela Merkel in Berlin.\n\nIt is “old”."
    names = [(text[name.start : name.end], name.kind) for name in recognise(nlp, text)]
    assert names == [("Angela Merkel", "person"), ("Berlin", "place")]


def test_a_long_text_is_read_in_pieces_with_the_same_offsets(nlp):
    line = "Maria Holm of the Tarn Valley Union told Reuters on Friday that it was over.\n\n"
    text = line * 1000
    people = [name.start for name in recognise(nlp, text) if text[name.start : name.end] == "Maria Holm"]
    assert people == list(range(0, len(text), len(line)))


@pytest.mark.parametrize("unit", ['"', "''", "(", "“”", "\n", "\r", "\u200b", "a", "$", "x."])
def test_runs_take_linear_time(nlp, unit):
    before = process_time()
    assert recognise(nlp, unit * 100_000) == []
    assert process_time() - before < 5


@settings(max_examples=60, deadline=None)
@given(st.text(st.sampled_from("Aa.é \n\r\u00a0\u200b\U0001f600\"“”'’!?-"), max_size=80))
def test_no_text_raises_and_sentences_tile_it(nlp, text):
    assert all(0 <= name.start < name.end <= len(text) for name in recognise(nlp, text))
    end = 0
    for start, stop in split_sentences(text):
        assert not text[end:start].strip(BLANK) and start < stop
        end = stop
    assert not text[end:].strip(BLANK)


SENTENCES = [
    "Mr. Lee left.| He was tired.",
    "U.S. officials met Sen. Ann Roy of Ohio.| The talks went on.",
    "They live in the U.S.| The rest left.",
    "He came at 7 p.m. on Friday, Jan. 3, with J. P. Roy.",
    "It opened at 7 p.m.| The doors stayed shut.",
    "“It leaks,” Roy said.| “Nobody asked.”| She shrugged.",
    '"Why?" she asked.| "No idea!" Ana Roy said.',
    "Damco Inc. said no.| Ana Roy Jr. agreed.| Then it rained.",
    "He lost 3.5 kg.| 12 others gained.",
    "Dam fails, says Roy|\nTARN, Ohio (AP) - The dam failed at dawn, and all who live below it had left for the hills.|"
    "\nNobody stayed.",
    "Fears grew in the days\n\nbefore the games.| Then they passed.",
    "The dam which was built in the year that old Ana\nRoy was born leaks again, said people who\nhave seen it.|"
    " They left.",
    "“It fell . . . and broke.”|\n\n“We left.”",
    "No. 5 won.| He said no.| 5 others lost.",
]


@pytest.mark.parametrize("marked", SENTENCES)
def test_sentences(marked):
    text = marked.replace("|", "")
    assert [text[a:b] for a, b in split_sentences(text)] == [part.strip() for part in marked.split("|")]


@pytest.mark.parametrize(
    ("cue", "lemma"),
    [
        ("said", "say"),
        ("was quoted as saying", "quote"),
        ("has repeatedly told", "tell"),
        ("’s claiming", "claim"),
        ("wrote", "write"),
        ("According to", "according to"),
        ("swore", "swear"),
        ("tweeted:", "tweet"),
        ("denied", "deny"),
        (":", ":"),
        ("—", "—"),
        ("", ""),
    ],
)
def test_lemma_of_cue(cue, lemma):
    assert lemma_of_cue(cue) == lemma


def test_the_lemmatizer_is_asked_for_by_the_right_numbers():
    assert (get_string_id("adj"), get_string_id("verb")) == (ADJECTIVE, VERB)
