"""No text, no bytes, no name breaks the program.

Nothing is raised, offsets are exact, records are sound, the same bytes come out twice, and what stands in an article
commands no terminal."""

from __future__ import annotations

import ast
import cProfile
import json
import time
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import pyarrow.parquet
import pytest
import regex
from click.testing import CliRunner, Result
from fuzz import targets
from hypothesis import example, given, settings
from hypothesis import strategies as st

from quotes import Options, load
from quotes.attribution import load_reader
from quotes.blanks import UNSEEN, plain
from quotes.cli import main
from quotes.marks import find_marks
from quotes.nlp import split_sentences
from quotes.pipeline import Extractor
from quotes.reading import ReadOptions, find_front_matter, read_documents
from quotes.record import build_quotes, to_record
from quotes.types import Attribution, Document, Mention, Name, Quote, Resolved, Span
from quotes.validate import Validator
from quotes.visible import Visible
from quotes.writing.text import to_json

HERE = Path(__file__).resolve().parent
CORPUS = HERE / "fuzz" / "corpus"
PACKAGE = HERE.parent / "quotes"
VALIDATOR = Validator()


@pytest.fixture(scope="module")
def program() -> Extractor:
    return load(Options(types="all"))


# --- any text through the whole program ------------------------------------------------------------------------------

WORDS = [
    *"“”‘’\"'«»„()[]<>&=+@-—…:;,.!?/\\|*_#`´",
    *" \n\t\r\0\x0b\x1b\x7f\x85\u00a0\u200b\u200d\u2028\u2029\u202e\u2066\ufeff\ufffd\ufffe\ud800\udc80",
    "\n\n", "''", "``", "&quot;", "e\u0301", "ﷺ", "👩‍🚒", "𝕎eir", "said ", "she ", "told ", "Ana Roy ", "Mr. ",
    "the mayor ", "according to ", "that ", "“It leaks,” ", "he said. ", "By Ana Roy\n", "April 3, 2024\n", "1,000 ",
    "https://a.example/b ", "=HYPERLINK(1)", "\x1b[31m", "I ", "who ", "İstanbul ", "ß", "ﬁ", "Ǆ",
]  # fmt: skip
texts = st.one_of(
    st.text(st.characters(), max_size=200),
    st.lists(st.sampled_from(WORDS), max_size=80).map("".join),
)


@settings(max_examples=60, deadline=None)
@given(texts)
@example("“" * 3000)
@example("“a ‘b " * 400 + "said Ana Roy.")
@example("said " * 1500)
@example("“It leaks,” said Ana Roy. " * 60)
@example("\0“\0It\0”\0 said\0 Roy")
@example("A" * 5000 + "“b” said " + "C" * 5000)
@example("\u202e“skael tI” said Ana Roy.\u202c")
def test_any_text_gives_sound_records_twice(program: Extractor, text: str) -> None:
    one, other = (program.extract(text) for _ in range(2))
    records = [to_record(quote, program.model) for quote in one]
    assert [to_json(record) for record in records] == [to_json(to_record(q, program.model)) for q in other]
    for quote, record in zip(one, records, strict=True):
        assert VALIDATOR.check(record) == []
        assert VALIDATOR.check_against(record, quote.document.text) == []
        assert all(quote.document.text[s.start : s.end] == s.text for s in (*quote.spans, *quote.content))
        assert len(quote.document.text) == len(text)
    assert len({record["id"] for record in records}) == len(records)


ODD_BLANKS = "\x0b\x1c\x1d\x1e\x1f\x85\u00a0\u1680\u2003\u2009\u2028\u202f\u205f\u3000"
TOLD = "By Ana Roy\n\n“It leaks,” said Åsa Roy, the mayor of Weston.\n\nMr. Lee told reporters that Roy “was right.”"

LETTER_PAIRS = regex.compile(r"(?<=\p{L}{2}|\p{L}’)(?=\p{L})")


@pytest.mark.parametrize("blank", ODD_BLANKS, ids=ascii)
@pytest.mark.parametrize("word", ["Ã{}sa", "e\u0301{}sa", "Ana Ã{}sa Roy", "Jose\u0301{} Roy", "the{}mayor"])
def test_a_blank_within_a_word_costs_no_article(program: Extractor, blank: str, word: str) -> None:
    """As it stands in text whose encoding was mistaken: Å is Ã and U+0085 then."""
    for text in (
        "“It leaks,” {} said.",
        "“It leaks,” said {}. He said that it{}leaks.",
        "{} told Roy that “it” leaks.",
    ):
        [(quotes_, problem)] = program.extract_batch([Document("a", text.replace("{}", word.replace("{}", blank)))])
        assert (problem, bool(quotes_)) == (None, True)


@pytest.mark.parametrize("blank", ODD_BLANKS, ids=ascii)
def test_every_blank_is_one(program: Extractor, blank: str) -> None:
    """What is read does not depend on which blank a typesetter took; what is written is what stands there."""
    usual = "\n" if blank in "\x0b\x1c\x1d\x1e\x85\u2028" else " "
    odd = TOLD.replace(usual, blank)
    found = program.extract(odd)
    assert found
    assert [_told(quote) for quote in found] == [_told(quote) for quote in program.extract(TOLD)]
    for quote in found:
        assert VALIDATOR.check_against(to_record(quote, program.model), odd) == []


@pytest.mark.parametrize("unseen", "\u00ad\u034f\u200b\u200c\u200d\u2060\u202e\ufe0f\ufeff", ids=ascii)
def test_what_nobody_sees_inside_words_changes_nothing(program: Extractor, unseen: str) -> None:
    """Soft hyphens, joiners and turns of direction, as publishing systems put them into long words and names."""
    told = TOLD.replace("Mr. Lee", "Shaun O’Neill")
    odd = LETTER_PAIRS.sub(unseen, told)
    found, usual = program.extract(odd), program.extract(told)
    assert len(usual) > 1
    for quote, other in zip(found, usual, strict=True):
        assert VALIDATOR.check_against(to_record(quote, program.model), odd) == []
        assert [one.text.replace(unseen, "") for one in (*quote.spans, *quote.content)] == [
            one.text for one in (*other.spans, *other.content)
        ]
        assert quote.speaker and other.speaker and quote.speaker.name == other.speaker.name
        assert (quote.type, quote.confidence, quote.flags) == (other.type, other.confidence, other.flags)


@settings(deadline=None)
@given(st.text(st.sampled_from("aÅ\u0301 .“\u00ad\u200b\u00a0"), max_size=40), st.data())
def test_places_without_what_nobody_sees(text: str, data: st.DataObject) -> None:
    """A range of the text that is read has the same letters as where it is written, and its edges are letters there."""
    seen = Visible(Document("a", text))
    start, end = sorted(data.draw(st.integers(0, len(seen.document.text))) for _ in range(2))
    written = text[slice(*seen.written(start, end))]
    assert plain(UNSEEN.sub("", text))[start:end] == seen.document.text[start:end]
    assert [c for c in plain(written) if c not in "\u00ad\u200b"] == [
        c for c in seen.document.text[start:end] if c not in "\u00ad\u200b"
    ]
    assert seen.names([Name(*seen.written(start, end), "person")]) == [Name(start, end, "person")]


def _told(quote: Quote) -> tuple[object, ...]:
    places = [(span.start, span.end) for span in (*quote.spans, *quote.content, *([quote.cue] if quote.cue else []))]
    who = quote.speaker
    return quote.type, places, quote.confidence, quote.flags, who and (who.name, who.mention.start, who.mention.end)


# --- what the fuzzers found, and their corpus ------------------------------------------------------------------------


@pytest.mark.parametrize("target", [targets.marks, targets.readers], ids=lambda target: target.__name__)
def test_the_fuzzers_corpus(target: Callable[[bytes], None]) -> None:
    for path in sorted((CORPUS / target.__name__).iterdir()):
        try:
            target(path.read_bytes())
        except Exception as error:
            raise AssertionError(f"{path}: {error!r}") from error


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=400))
def test_any_bytes(data: bytes) -> None:
    targets.marks(data)
    targets.readers(data)


# --- work grows with the text and no faster --------------------------------------------------------------------------

PIECES = [
    '"',
    "“",
    "“‘",
    "“a ",
    "“a ‘b ",
    ". ",
    ".",
    "...\n",
    "!”",
    "7",
    "said ",
    "\n",
    " \n",
    " ",
    "([",
    "e\u0301",
    "By A. B.\n",
]


@pytest.mark.parametrize("piece", PIECES)
def test_work_is_linear(piece: str) -> None:
    """Functions called are the same on every machine, however busy."""
    assert _calls(piece * 8_000) < 5 * _calls(piece * 2_000) + 2_000


def _calls(text: str) -> int:
    profile = cProfile.Profile()
    profile.runcall(_read, text)
    return sum(entry.callcount for entry in profile.getstats())


def _read(text: str) -> None:
    find_front_matter(text)
    marks, sentences = find_marks(text), list(split_sentences(text))
    said = [Attribution(((mark.start, mark.end),), (mark,)) for mark in marks if not mark.depth]
    build_quotes(Document("a", text), sentences, said, [Resolved(None)] * len(said))


@pytest.mark.parametrize("piece", PIECES)
def test_no_pattern_looks_again_and_again(piece: str) -> None:
    """One that goes over the same characters from each place takes sixteen times as long for four times the text."""
    assert _seconds(piece, 200_000) < 10 * _seconds(piece, 50_000) + 1


def _seconds(piece: str, size: int) -> float:
    start = time.process_time()
    _read((piece * size)[:size])
    return time.process_time() - start


# --- what is small on disk and large in memory -----------------------------------------------------------------------


def test_a_table_of_one_long_cell_many_times(tmp_path: Path) -> None:
    """Parquet stores it once: a few kilobytes for gigabytes of text."""
    path, rows, size = tmp_path / "bomb.parquet", 1000, 2_000_000
    cells = pyarrow.DictionaryArray.from_arrays(pyarrow.array([0] * rows, pyarrow.int32()), ["a " * (size // 2)])
    pyarrow.parquet.write_table(pyarrow.table({"text": cells}), path, compression="zstd")
    assert path.stat().st_size < 10_000
    documents = read_documents([path], on_error=pytest.fail)
    tracemalloc.start()
    assert len(next(documents).text) == size
    assert tracemalloc.get_traced_memory()[1] < 20 * size
    tracemalloc.stop()
    told: list[str] = []
    assert list(read_documents([path], on_error=told.append, options=ReadOptions(max_bytes=size // 2))) == []
    assert told[0] == f"{path}: row 1: is too large (over 1,000,000 bytes; raise `max_bytes`)"
    assert len(told) == rows


# --- what stands in an article commands nobody -----------------------------------------------------------------------

COMMANDS = "\x1b[31m\x9b31m\x07\x08\u202e\u2066"


def quotes(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments], prog_name="quotes")


@pytest.mark.parametrize(
    "arguments",
    [
        ["extract", "NAME.txt"],
        ["extract", "-o", "NAME/out.jsonl", "x"],
        ["extract", "-o", "NAME.json", "x"],
        ["extract", "--format", "NAME", "x"],
        ["extract", "--type", "NAME", "x"],
        ["extract", "--people", "NAME.csv", "x"],
        ["extract", "--model", "NAME", "x"],
        ["extract", "--input-format", "NAME", "x"],
        ["validate", "NAME"],
        ["validate", "--against", "NAME", "x"],
        ["speakers", "NAME"],
        ["eval", "NAME", "NAME"],
        ["NAME"],
    ],
)
def test_no_name_commands_a_terminal(arguments: list[str]) -> None:
    result = quotes(*(argument.replace("NAME", f"no{COMMANDS}ne") for argument in arguments))
    assert result.exit_code in (1, 2)
    assert isinstance(result.exception, SystemExit)
    assert "no" in result.stderr
    assert not set(COMMANDS) - set("[31m") & set(result.output)


def test_no_file_commands_a_terminal(tmp_path: Path) -> None:
    (tmp_path / f"a{COMMANDS}.txt").write_text("", encoding="utf-8")
    (tmp_path / "b.jsonl").write_text(json.dumps({f"x{COMMANDS}": 1}) + "\nno {COMMANDS}\n", encoding="utf-8")
    (tmp_path / "c.csv").write_text(f"{COMMANDS},b\n1,2\n", encoding="utf-8")
    (tmp_path / "d.html").write_text(f"<p>{COMMANDS}", encoding="utf-8")
    (tmp_path / "e.pdf").write_text(f"%PDF{COMMANDS}", encoding="utf-8")
    result = quotes("extract", tmp_path)
    assert result.exit_code == 1
    assert len(result.stderr.splitlines()) >= 6
    assert not set(COMMANDS) - set("[31m") & set(result.output)


def test_no_record_commands_a_terminal() -> None:
    line = to_json({"text": f"{COMMANDS}\x7f\x85\u2028é😀\0"})
    assert not regex.search(r"[\p{Cc}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069]", line.decode("utf-8"))
    assert json.loads(line) == {"text": f"{COMMANDS}\x7f\x85\u2028é😀\0"}


def test_a_speaker_with_a_broken_name_is_counted(tmp_path: Path) -> None:
    """JSON can say half a character."""
    document = Document("a", "“It leaks,” said \ud800na Roy.")
    who = Resolved(Mention("\ud800na Roy", Span(17, 24, "\ud800na Roy"), "person", "name"))
    [quote] = build_quotes(document, [(0, 25)], [Attribution(((0, 11),), tuple(find_marks(document.text)))], [who])
    path = tmp_path / "records.jsonl"
    path.write_text(json.dumps({**to_record(quote, "a-1")}).replace('"sha256": ""', f'"sha256": "{"0" * 64}"'), "utf-8")
    for arguments in (["speakers", path], ["speakers", path, "--json"], ["validate", path]):
        result = quotes(*arguments)
        assert (result.exit_code, result.exception) == (0, None)


# --- data is no program ----------------------------------------------------------------------------------------------

FORBIDDEN = {
    "eval",
    "exec",
    "compile",
    "__import__",
    "marshal",
    "pickle",
    "cPickle",
    "dill",
    "joblib",
    "shelve",
    "yaml",
}


def test_no_code_comes_out_of_data() -> None:
    """Nothing is unpickled, evaluated or imported by a name that an article or a table gives."""
    found = [
        f"{path.relative_to(PACKAGE)}:{node.lineno}: {name}"
        for path in sorted(PACKAGE.rglob("*.py"))
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        for name in _names(node)
        if name in FORBIDDEN or name in ("os.system", "os.popen", "subprocess")
    ]
    assert found == []


def _names(node: ast.AST) -> list[str]:
    """What is called by its bare name, or imported, or called on `os`."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
        return [node.func.id]
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) and isinstance(node.func.value, ast.Name):
        return [f"{node.func.value.id}.{node.func.attr}"]
    if isinstance(node, ast.Import):
        return [alias.name.partition(".")[0] for alias in node.names]
    return [(node.module or "").partition(".")[0]] if isinstance(node, ast.ImportFrom) else []


def test_no_network_is_asked_for() -> None:
    """But for the desk, which listens on this machine alone (`test_desk.py`)."""
    files = (path for path in PACKAGE.rglob("*.py") if path.parent.name != "desk")
    source = "\n".join(path.read_text(encoding="utf-8") for path in files)
    imported = set(regex.findall(r"^\s*(?:from|import) ([\w.]+)", source, regex.M))
    assert not imported & {"socket", "ssl", "urllib", "urllib.request", "http.client", "requests", "httpx", "ftplib"}


def test_the_weights_hold_numbers_alone() -> None:
    """ONNX and JSON: neither can hold a program of its own; the reader that they make reads any text."""
    assert load_reader() is not None
    kinds = {path.suffix for path in (PACKAGE / "attribution" / "weights").iterdir() if path.is_file()}
    assert kinds <= {".onnx", ".json", ".md", ""}
