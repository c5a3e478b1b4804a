"""Sentences and lemmas read well; a spaCy pipeline's names stand where they should in any text."""

from __future__ import annotations

import hashlib
import subprocess
import sys
from importlib.resources import files
from pathlib import Path
from time import process_time

import pytest
import spacy
from hypothesis import given, settings
from hypothesis import strategies as st

from quotes.errors import ModelNotFoundError
from quotes.nlp import MODEL, lemma_of_cue, load_pipeline, recognise, split_sentences
from quotes.nlp.lemmas import describes, verb_of
from quotes.words import read_words

BLANK = " \n\r\u00a0\u200b"
WEIGHTS = {
    "ner/model": "cd93e9ca9126c69f1d10a1039ef67c3d9ec1223b44d079856705970f0f19ff4e",
    "ner/moves": "d82b13473ebd33e0396004dd22f00c71fe3c1251742bf1f7c4554f23fd3b0af4",
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


def test_lemmas_are_those_of_spacy_whose_tables_lie_here() -> None:
    """Of every form that the tables or the rules for endings reach, by spaCy's own lemmatizer."""
    lemmatizer = spacy.load(MODEL).get_pipe("lemmatizer")
    verbs = read_words("quotes.nlp", "verbs.txt")
    forms = {line.partition(" ")[0] for line in read_words("quotes.nlp", "verb_forms.txt")}
    forms |= {verb + ending for verb in verbs for ending in ("", "s", "es", "ed", "d", "ing")}
    forms |= {verb[:-1] + ending for verb in verbs for ending in ("ies", "ing")}
    tables = (lemmatizer.lookups.get_table(f"lemma_{name}") for name in ("index", "exc", "rules"))
    index, exceptions, rules = (table["verb"] for table in tables)
    known = frozenset(index)

    def expected(form: str) -> str:
        if form in exceptions:
            return str(exceptions[form][0])
        stems = [form] if form in known else [form[: -len(a)] + b for a, b in rules if form.endswith(a)]
        return next((stem for stem in stems if stem in known), form)

    assert len(forms) > 40_000
    assert [form for form in sorted(forms) if verb_of(form) != expected(form)] == []
    assert [describes(word) for word in ("tall", "run", "weir")] == [True, True, False]


def test_no_model_is_needed_for_lemmas(tmp_path: Path) -> None:
    """Nor anything in the folder that a user happens to be in."""
    (tmp_path / "x" / "lemmatizer" / "lookups").mkdir(parents=True)
    (tmp_path / "x" / "lemmatizer" / "lookups" / "lookups.bin").write_bytes(b"\x80")
    code = (
        f"import sys; sys.modules['{MODEL}'] = None; from quotes.nlp import lemma_of_cue; print(lemma_of_cue('told'))"
    )
    run = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert run.stdout == "tell\n"
