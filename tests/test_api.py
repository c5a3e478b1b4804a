"""What a user of the Python API meets: values for other libraries, threads, mistakes that are told."""

from __future__ import annotations

import io
import json
from concurrent.futures import ThreadPoolExecutor
from html.parser import HTMLParser
from typing import Any

import pandas as pd
import pytest
from click.testing import CliRunner

import quotes
from quotes import Extractor, Options, Quote, errors, extract, load, to_dataframe
from quotes.cli import main
from quotes.nlp import MODEL

ARTICLE = (
    "<b>Weir</b> & dam\n\nMarta Nowak, the city engineer, said the old weir was “a danger <to> everyone”. “We "
    "found cracks,” she told the mayor. “Nobody drives over that.”"
)


def test_a_quote_as_a_dict_is_the_record_on_the_command_line() -> None:
    written = CliRunner().invoke(main, ["extract", "--type", "all"], input=ARTICLE)
    found = [quote.to_dict() for quote in extract(ARTICLE, Options(types="all"))]
    records = [json.loads(line) for line in written.stdout.splitlines()]
    for record, expected in zip(found, records, strict=True):
        about = {"document", "id"}  # standard input has another name
        assert {k: v for k, v in record.items() if k not in about} == {
            k: v for k, v in expected.items() if k not in about
        }
    assert json.loads(json.dumps(found)) == found


def test_a_data_frame_has_a_row_a_quotation() -> None:
    found = extract(ARTICLE)
    frame = to_dataframe(found)
    assert list(frame["text"]) == [quote.text for quote in found]
    assert list(frame["speaker_name"]) == ["Marta Nowak"] * len(found)
    assert frame["confidence"].dtype.kind == "f"
    assert frame.groupby("speaker_name").size().to_dict() == {"Marta Nowak": len(found)}
    assert pd.read_json(io.StringIO(frame.to_json())).shape == frame.shape
    assert list(to_dataframe([]).columns) == list(frame.columns)


def test_a_notebook_shows_the_words_marked_and_runs_nothing() -> None:
    class Marks(HTMLParser):
        def __init__(self) -> None:
            super().__init__()
            self.marks: list[tuple[str, str]] = []
            self.title = ""
            self.tags: set[str] = set()

        def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
            self.tags.add(tag)
            self.title = dict(attrs).get("title") or "" if tag == "mark" else ""

        def handle_endtag(self, tag: str) -> None:
            self.title = ""

        def handle_data(self, data: str) -> None:
            if self.title:
                self.marks.append((self.title, data))

    parsed = Marks()
    (first, *_) = extract(ARTICLE)
    parsed.feed(first._repr_html_())
    assert parsed.tags == {"p", "b", "small", "br", "mark"}
    assert ("quotation", "a danger <to> everyone") in parsed.marks
    assert ("cue", "said") in parsed.marks
    assert any(title == "speaker" and words.startswith("Marta Nowak") for title, words in parsed.marks)


@pytest.mark.parametrize(
    ("call", "error", "told"),
    [
        (lambda: extract(None), TypeError, "str, not NoneType"),
        (lambda: extract(b"x"), TypeError, "decode the bytes first"),
        (lambda: Options(types="foo"), ValueError, "choose from direct, mixed, indirect"),
        (lambda: Options(types="direct"), ValueError, r'types=\("direct",\)'),
        (lambda: Options(types=("direct", "foo")), quotes.OptionsError, "'foo' is no type"),
        (lambda: load(Options(model="xx_none")), quotes.ModelNotFoundError, "is not installed"),
    ],
)
def test_a_mistake_is_told(call: Any, error: type[Exception], told: str) -> None:
    with pytest.raises(error, match=told):
        call()


def test_every_error_can_be_imported_from_the_package() -> None:
    assert set(errors.__all__) <= set(quotes.__all__)
    for name in quotes.__all__:
        assert getattr(quotes, name) is not None


TEXTS = [f"{name} Roy, the mayor, said on Monday: “The {name} dam leaks.”" * 2 for name in ("Ana", "Jo", "Lea", "Max")]


@pytest.mark.parametrize("model", ["reader", MODEL])
def test_threads_may_share_it(model: str) -> None:
    extractor: Extractor = load(Options(model=model))
    expected: list[list[Quote]] = [extractor.extract(text) for text in TEXTS]
    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(extractor.extract, TEXTS * 10)) == expected * 10
