"""The page on which a person judges records, as HTML, and what becomes of the decisions."""

from __future__ import annotations

import base64
import hashlib
import json
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from html.parser import HTMLParser
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import regex
from click.testing import CliRunner, Result
from hypothesis import example, given, settings
from hypothesis import strategies as st

from quotes.cli import main
from quotes.marks import find_marks
from quotes.pages import style
from quotes.reading import to_document
from quotes.reading.encoding import well_formed
from quotes.record import build_quotes, to_record
from quotes.review import Decision, Page, apply_decisions, by_article, read_decisions
from quotes.review.marked import DEEPEST, Place, find_paragraphs
from quotes.texts import save_text
from quotes.types import Attribution, Document, Form, Mention, Range, Resolved, Span
from quotes.validate import Validator
from quotes.writing import open_writer

Record = dict[str, Any]

WEIR = """Old weir to be torn down

“The weir leaks,” said Ana Roy, the city engineer. She called it “a danger” to boats.

“We need it,” said Jo Lee, a miller. He had told her that “the mill stands still” without it.
"""


def place(text: str, words: str) -> Range:
    start = text.index(words)
    return start, start + len(words)


def spoken(words: str, name: str | None, mention: str | None = None, form: Form = "name", **parts: Any) -> Any:
    """What `record` takes: words of the text, who says them, by which words."""
    return words, name, mention or name, form, parts


def records(document: Document, *said: Any) -> list[Record]:
    text, attributions, resolved = document.text, [], []
    for words, name, mention, form, parts in said:
        range_ = place(text, words)
        marks = tuple(m for m in find_marks(text) if range_[0] <= m.start and m.end <= range_[1] and not m.depth)
        cue = place(text, parts["cue"]) if "cue" in parts else None
        attributions.append(Attribution((range_,), marks, cue=cue, flags=parts.get("flags", ())))
        role = Span(*place(text, parts["role"]), parts["role"]) if "role" in parts else None
        speaker = mention and Mention(name, Span(*place(text, mention), mention), "person", form, role)
        resolved.append(Resolved(speaker or None))
    sentences = [(0, len(text))]
    return [to_record(quote, "test-1.0") for quote in build_quotes(document, sentences, attributions, resolved)]


def weir() -> tuple[Document, list[Record]]:
    document = replace(to_document(WEIR), id="weir.txt", path="weir.txt", title="Old weir to be torn down")
    return document, records(
        document,
        spoken("“The weir leaks,”", "Ana Roy", cue="said", role="city engineer"),
        spoken("“a danger”", "Jo Lee", "She", "pronoun", cue="called"),
        spoken("“We need it,”", "Ana Roy", "Jo Lee"),
        spoken("“the mill stands still”", None, flags=("no_speaker",)),
    )


def page_of(*articles: tuple[Document, Sequence[Record]]) -> str:
    page = Page()
    for document, found in articles:
        page.add(document, found)
    return page.html()


def quotes(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments], prog_name="quotes")


# --- marks -----------------------------------------------------------------------------------------------------------


def test_marks_that_cross_are_cut_where_they_do() -> None:
    ((*pieces,),) = find_paragraphs("abcdef", [Place(0, 4, "direct", 1), Place(2, 6, "mixed", 2)])
    shown = [(piece.text, [mark.number for mark in piece.marks], piece.begins) for piece in pieces]
    assert shown == [("ab", [1], (1,)), ("cd", [1, 2], (2,)), ("ef", [2], ())]


def test_a_paragraph_ends_at_an_empty_line() -> None:
    text = "\n\na\nb \n \nc\r\n\r\nd\n"
    found = find_paragraphs(text, [Place(2, len(text), "direct", 1)])
    assert ["".join(piece.text for piece in pieces).strip() for pieces in found] == ["a\nb", "c", "d"]
    assert [piece.begins for pieces in found for piece in pieces if piece.begins] == [(1,)]


PLACES = st.builds(
    Place, st.integers(-2, 50), st.integers(-2, 50), st.sampled_from(["direct", "cue"]), st.integers(1, 9)
)


@given(st.text(alphabet="ab \n", max_size=40), st.lists(PLACES, max_size=8), st.integers(0, 5))
def test_every_character_is_shown_once_with_the_marks_that_hold_there(
    text: str, places: list[Place], base: int
) -> None:
    pieces = [piece for paragraph in find_paragraphs(text, places, base) for piece in paragraph]
    assert "".join("".join(piece.text for piece in pieces).split()) == "".join(text.split())
    at = 0
    for piece in pieces:
        at = text.index(piece.text, at) if piece.text.strip() else at
        if piece.text.strip():
            holding = [one for one in places if one.start - base <= at and at + len(piece.text) <= one.end - base]
            assert len(piece.marks) == min(len(holding), DEEPEST)
            assert {(mark.kind, mark.number) for mark in piece.marks} <= {(one.kind, one.number) for one in holding}
            at += len(piece.text)


@pytest.mark.parametrize("places", [[(k, 40_000 - k) for k in range(20_000)], [(k, k + 3) for k in range(30_000)]])
def test_marks_take_linear_time(places: list[Range]) -> None:
    before = time.process_time()
    find_paragraphs("a \n\n" * 10_000, [Place(*ends, "direct", k) for k, ends in enumerate(places)])
    assert time.process_time() - before < 4


# --- the page --------------------------------------------------------------------------------------------------------

EVIL = '</script></style><img src=x onerror="window.ran = 1">\'&lt;\u202e\0'


class Tags(HTMLParser):
    """Checks that elements nest, and keeps what a test asks for."""

    def __init__(self, html: str):
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(html)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        if tag not in {"meta", "input"}:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        if not {"style", "script"} & set(self.open):
            self.text += data

    def named(self, name: str) -> list[dict[str, str | None]]:
        return [attributes for tag, attributes in self.tags if tag == name]


def test_all_stands_in_the_page_without_a_script() -> None:
    tags = Tags(page_of(weir()))
    for words in (
        "The weir leaks,",
        "city engineer",
        "Ana Roy",
        "Nobody named",
        "no speaker",
        "called",
        "4 quotations",
    ):
        assert words in tags.text
    assert [card["id"] for card in tags.named("li") if card.get("class") == "card"] == ["r1", "r2", "r3", "r4"]
    assert {"header", "nav", "main", "h1", "h2", "h3", "noscript"} <= {tag for tag, _ in tags.tags}
    targets = {attributes.get("id") for _, attributes in tags.tags}
    assert all(link["href"].removeprefix("#") in targets for link in tags.named("a") if link["href"])
    assert "".join(WEIR.split()) in "".join(regex.sub(r"(?<=“|^)[1-4](?=\w)", "", tags.text).split())


def test_ids_and_names_are_there_once() -> None:
    tags = Tags(page_of(weir(), weir()))
    ids = [attributes["id"] for _, attributes in tags.tags if "id" in attributes]
    assert len(ids) == len(set(ids))
    for tag, attributes in tags.tags:
        for name in ("aria-labelledby", "for", "list"):
            assert attributes.get(name) is None or attributes[name] in ids, tag


def test_headings_leave_no_level_out_and_controls_have_names() -> None:
    tags = Tags(page_of(weir()))
    levels = [int(tag[1]) for tag, _ in tags.tags if regex.fullmatch(r"h\d", tag)]
    assert levels[0] == 1
    assert all(below <= above + 1 for above, below in pairwise(levels))
    named = {label.get("for") for label in tags.named("label")}
    fields = {field["id"] for field in tags.named("input") if field.get("type") not in ("checkbox", "search", "number")}
    assert fields == {"exact", "name", "role", "addressee", "note", "status"} <= named
    assert all(link.get("aria-label") for link in tags.named("a") if link.get("class") == "number")


def test_bars_are_as_long_as_speakers_said_much() -> None:
    tags = Tags(page_of(weir()))
    assert [bar["data-who"] for bar in tags.named("button") if "data-who" in bar] == [
        "Ana Roy",
        "Jo Lee",
        "Nobody named",
    ]
    assert [bar["width"] for bar in tags.named("rect")] == ["100.0", "50.0", "50.0"]


def test_without_the_text_each_record_stands_in_its_sentence() -> None:
    document, found = weir()
    for text in ("", WEIR.replace("leaks", "holds")):
        tags = Tags(page_of((replace(document, text=text), found)))
        assert not any(attributes.get("class") == "text" for _, attributes in tags.tags)
        assert len(tags.named("blockquote")) == 4
        assert "The weir leaks," in tags.text


def test_the_policy_lets_nothing_in_but_the_pages_own() -> None:
    html = page_of(weir())
    (policy,) = regex.findall(r'Content-Security-Policy" content="([^"]*)"', html)
    parts = dict(part.split(" ", 1) for part in policy.replace("&#39;", "'").split("; "))
    assert parts.pop("default-src") == parts.pop("base-uri") == parts.pop("form-action") == "'none'"
    for name, element in (("style-src", "style"), ("script-src", "script")):
        (content,) = regex.findall(f"<{element}>(.*?)</{element}>", html, flags=regex.DOTALL)
        digest = base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()
        assert parts.pop(name) == f"'sha256-{digest}'"
    assert parts == {}
    assert not regex.search(r"""(?:src|href|action|url|@import)\s*[=(]\s*["']?\s*(?:https?:|//|data:)""", html)
    assert not regex.search(r"\s(?:style|on\w+)=", regex.sub(r"<script>.*</script>", "", html, flags=regex.DOTALL))


def told(name: str, words: str, title: str = "The weir") -> tuple[Document, list[Record]]:
    text = f"“{words}” said {name}."
    document = replace(to_document(text), id=f"{name}.txt", path=None, title=title)
    return document, records(document, spoken(f"“{words}”", name, cue="said"))


HOLDS = "The old weir may hold back the river for another year,"


@pytest.mark.parametrize(
    ("name", "words", "shown"),
    [
        ("Ana Roy", HOLDS.replace("may", "will"), "dropped qualifier: “may” → “will”"),
        ("Jo Lee", HOLDS, "another speaker: Ana Roy → Jo Lee"),
    ],
)
def test_the_same_words_in_other_articles(name: str, words: str, shown: str) -> None:
    html = page_of(told("Ana Roy", HOLDS), told(name, words, "Evening"))
    tags = Tags(html)
    assert "The same words elsewhere" in tags.text
    assert "2 articles; earliest no dates: first in the input" in tags.text
    assert shown in tags.text
    assert {"#r1", "#r2"} <= {link["href"] for link in tags.named("a")}
    assert ("<ins>will</ins>" in html) == ("will" in words)


def test_nothing_is_traced_in_one_article_or_where_nothing_is_the_same() -> None:
    other = told("Jo Lee", "We have never needed the mill, and we do not need it now,", "Evening")
    for articles in ([weir()], [told("Ana Roy", HOLDS), other]):
        assert "The same words elsewhere" not in page_of(*articles)


def test_what_traced_articles_hold_is_text_to_the_page() -> None:
    html = page_of(told("Ana Roy", HOLDS, EVIL), told("Ana Roy", HOLDS.replace("may", "will"), EVIL))
    tags = Tags(html)
    assert "The same words elsewhere" in tags.text
    assert "img" not in {tag for tag, _ in tags.tags}
    assert not regex.search(r"[\0\u202e]", html)


def test_a_page_says_what_it_lacks_to_trace(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "rapidfuzz", None)
    monkeypatch.setitem(sys.modules, "rapidfuzz.distance", None)
    page = page_of(told("Ana Roy", HOLDS), told("Ana Roy", HOLDS.replace("may", "will")))
    assert "pip install &#39;newsquotes[trace]&#39;" in page


def hostile() -> tuple[Document, list[Record]]:
    text = f"“{EVIL} leaks,” said {EVIL}Roy."
    document = replace(
        to_document(text), id=EVIL, path=EVIL, title=EVIL, author=EVIL, published=EVIL, url="javascript:alert(1)"
    )
    return document, records(document, spoken(f"“{EVIL} leaks,”", f"{EVIL}Roy", cue="said"))


def test_what_an_article_holds_is_text_to_the_page() -> None:
    html = page_of(hostile())
    tags = Tags(html)
    assert "img" not in {tag for tag, _ in tags.tags}
    assert len(tags.named("script")) == len(tags.named("style")) == 1
    assert "javascript:" not in html
    assert not regex.search(r"[\0\u202e]", html)
    assert "[U+202E][U+0000]" in tags.text


ANY = st.text(alphabet=st.one_of(st.sampled_from("<>&\"'{}%“”\0\u202e\n a/!-"), st.characters()), max_size=12)


@settings(max_examples=50, deadline=None)
@given(ANY, ANY, ANY, ANY)
@example("", "\ud800", "\ud800", "\ud800")
def test_any_text_makes_a_sound_page(before: str, words: str, title: str, url: str) -> None:
    text = f"{before}\n\n“x{words}x,” said Roy."
    document = replace(to_document(text), title=title, url=url)
    said = well_formed(f"“x{words}x,”")  # as the document holds it: without lone surrogates
    tags = Tags(page_of((document, records(document, spoken(said, "Roy")))))
    plain = len(Tags(page_of((replace(document, title="t", url=None), []))).named("button"))
    assert len(tags.named("button")) == plain + 4
    assert len(tags.named("script")) == 1


def test_a_page_of_nothing() -> None:
    assert "0 quotations to review" in Tags(page_of()).text
    document, _ = weir()
    assert "0 quotations to review" in Tags(page_of((document, []))).text


def test_the_key_is_that_of_the_records() -> None:
    document, found = weir()
    other = [{**found[0], "confidence": 0.1}, *found[1:]]
    keys = [Tags(page_of((document, one))).named("body")[0]["data-key"] for one in (found, found, other)]
    assert keys[0] == keys[1] != keys[2]


def test_extract_writes_the_same_page(tmp_path: Path) -> None:
    with open_writer(tmp_path / "page.html") as writer:
        writer.write(*weir())
    assert (tmp_path / "page.html").read_text(encoding="utf-8") == page_of(weir())


# --- colours ---------------------------------------------------------------------------------------------------------

TEXT_ON = {
    "card": "ink quiet link good bad corrected",
    "page": "ink quiet link",
    **dict.fromkeys(("direct", "mixed", "indirect"), "ink"),
}
LINE_ON = {
    "card": "control link good bad corrected",
    "page": "bar link",
    "direct": "direct-line",
    "mixed": "mixed-line",
    "indirect": "indirect-line",
}


def luminance(colour: str) -> float:
    parts = [int(colour[k : k + 2], 16) / 255 for k in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    dark, light = sorted([luminance(one), luminance(other)])
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("pairs", "least"), [(TEXT_ON, 4.5), (LINE_ON, 3)])
def test_contrast_is_that_of_wcag_aa(scheme: str, pairs: dict[str, str], least: float) -> None:
    css = style("quotes.review", "page.css")
    dark = regex.findall(r"@media screen and \(prefers-color-scheme: dark\) \{.*?\n\}", css, flags=regex.DOTALL)
    light = regex.sub(r"@media .*?\n\}", "", css, flags=regex.DOTALL)
    colours = dict(regex.findall(r"--([\w-]+): (#\w{6});", "".join(dark) if scheme == "dark" else light))
    assert len(colours) == 17
    for ground, inks in pairs.items():
        for ink in inks.split():
            assert contrast(colours[ink], colours[ground]) >= least, (ink, ground)


# --- decisions -------------------------------------------------------------------------------------------------------

VALIDATOR = Validator()


def decided(record: Record, decision: Any, speaker: str | None = None) -> Decision:
    return Decision(record["id"], record["document"]["sha256"], decision, speaker, None, "d:1")


def test_accepted_ones_are_marked_and_rejected_ones_left_out() -> None:
    _, found = weir()
    decisions = [decided(found[0], "accepted", "Ana Roy"), decided(found[1], "rejected")]
    outcome = apply_decisions(found, decisions, pytest.fail)
    assert outcome.counts == {"accepted": 1, "corrected": 0, "rejected": 1, "added": 0, "undecided": 2}
    review = {"decision": "accepted", "speaker": "Ana Roy", "at": None}
    assert outcome.records == [{**found[0], "review": review}, found[2], found[3]]


@pytest.mark.parametrize(
    ("number", "name", "mention", "form"),
    [
        (1, "Ana Roy", "She", "pronoun"),  # who "she" is was wrong, the mention was right
        (1, "Kim Park", "She", "pronoun"),
        (2, "Jo Lee", "Jo Lee", "name"),  # the mention is hers already
        (0, "Jo Lee", None, None),  # no record names her: "She" and "Jo Lee" were read as somebody else, or might be
        (0, "Kim Park", None, None),
        (0, None, None, None),
        (3, "Ana Roy", "Ana Roy", "name"),  # had none: the nearest place where the article names her
        (3, "Kim Park", None, None),
    ],
)
def test_a_corrected_speaker_has_only_words_that_stand_in_the_article(
    number: int, name: str | None, mention: str | None, form: str | None
) -> None:
    document, found = weir()
    outcome = apply_decisions(found, [decided(found[number], "corrected", name)], pytest.fail)
    record = outcome.records[number]
    assert VALIDATOR.check(record) == VALIDATOR.check_against(record, document.text) == []
    assert record["review"] == {"decision": "corrected", "speaker": name, "at": None}
    assert "no_speaker" not in record["flags"]
    speaker = record["speaker"]
    assert (speaker and speaker["name"]) == (mention and name)
    assert (speaker and speaker["mention"]["text"], speaker and speaker["form"]) == (mention, form)


def test_what_was_missed_and_mended_is_applied() -> None:
    document, found = weir()
    start, end = place(WEIR, "Old weir")
    words = {"start": start, "end": end, "text": "Old weir"}
    context = {"sentence": {"start": 0, "end": 24, "text": WEIR[:24]}, "prefix": "", "suffix": WEIR[end : end + 32]}
    mention = dict(zip(("start", "end", "text"), (*place(WEIR, "Jo Lee"), "Jo Lee"), strict=True))
    sha256 = document.sha256
    told = {"note": "heard it", "status": "checked against recording", "role": "the city engineer"}
    decisions = [
        Decision("+0-8", sha256, "added", "Jo Lee", None, "d:1", words, context, mention),
        Decision(found[0]["id"], sha256, "corrected", "Ana Roy", None, "d:2", words, context, None, told),
    ]
    outcome = apply_decisions(found, decisions, pytest.fail)
    assert outcome.counts == {"accepted": 0, "corrected": 1, "rejected": 0, "added": 1, "undecided": 3}
    mended, new = outcome.records[0], outcome.records[-1]
    assert (mended["text"], mended["speaker"]["name"], mended["review"]["note"]) == ("Old weir", "Ana Roy", "heard it")
    assert (new["text"], new["speaker"]["mention"], new["review"]["decision"]) == ("Old weir", mention, "added")
    for record in outcome.records:
        assert Validator().check(record) == [] == Validator().check_against(record, WEIR)


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ({"decision": "added", "id": None}, "'words' of what was added are missing"),
        ({"decision": "added", "id": "a"}, "'id' is missing or no text"),
        ({"decision": "corrected", "id": None}, "'id' is missing or no text"),
        ({"decision": "corrected", "id": "a", "words": {"start": 0, "end": 3, "text": "ab"}}, "'words' is no span"),
        ({"decision": "corrected", "id": "a", "words": {"start": 0, "end": 2, "text": "ab"}}, "'context' of the words"),
    ],
)
def test_a_mended_record_must_stand_in_the_article(tmp_path: Path, line: dict[str, Any], problem: str) -> None:
    file, problems = tmp_path / "decisions.jsonl", list[str]()
    file.write_text(json.dumps({"sha256": "", "speaker": None, "at": None, **line}), encoding="utf-8")
    assert read_decisions(file, problems.append) == []
    assert problem in problems[0]


def test_a_pronoun_is_no_speaker_in_lists() -> None:
    document, _ = weir()
    found = records(document, spoken("“a danger”", None, "She", "pronoun", cue="called"))
    tags = Tags(page_of((document, found)))
    assert [bar["data-who"] for bar in tags.named("button") if "data-who" in bar] == ["Nobody named"]


def test_where_the_name_stands_is_shown() -> None:
    document, found = weir()
    start, end = place(WEIR, "Ana Roy")
    found[1]["speaker"]["name_at"] = {"start": start, "end": end, "text": "Ana Roy"}
    tags = Tags(page_of((document, found)))
    assert ("span", {"class": "name", "data-n": "2"}) in tags.tags
    assert any(button.get("data-do") == "named" for button in tags.named("button"))


def test_the_last_decision_holds() -> None:
    _, found = weir()
    decisions = [decided(found[0], "rejected"), decided(found[0], "accepted", "Ana Roy")]
    assert apply_decisions(found, decisions, pytest.fail).counts["accepted"] == 1


def test_decisions_on_other_records_are_named() -> None:
    _, found = weir()
    problems: list[str] = []
    stray = replace(decided(found[0], "rejected"), id="0" * 16)
    outcome = apply_decisions(found, [stray, decided(found[1], "accepted", "Ana Roy")], problems.append)
    assert outcome.records == found
    assert [regex.sub(r"[0-9a-f]{16}", "ID", problem) for problem in problems] == [
        "d:1: Ana Roy was accepted as speaker of ID, which now has Jo Lee",
        "d:1: there is no record ID: give the records that the page shows",
    ]


GOOD = {"id": "a", "sha256": "b", "decision": "rejected", "speaker": None, "at": None}


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("{", "Expecting property name"),
        ("[]", "no JSON object"),
        (json.dumps(GOOD | {"decision": "maybe"}), "`decision` must be one of"),
        (json.dumps(GOOD | {"decision": ["x"]}), "`decision` must be one of"),
        (json.dumps(GOOD | {"speaker": 1}), "'speaker' is missing"),
        ("[" * 100_000, "recursion"),
        ("\ud800".encode("utf-8", "surrogatepass"), "utf-8"),
    ],
)
def test_a_line_that_is_no_decision_is_named(tmp_path: Path, line: str | bytes, problem: str) -> None:
    problems: list[str] = []
    data = line if isinstance(line, bytes) else line.encode()
    (tmp_path / "d").write_bytes(data + b"\n\n" + json.dumps(GOOD).encode() + b"\n")
    assert len(read_decisions(tmp_path / "d", problems.append)) == 1
    assert len(problems) == 1
    assert problems[0].startswith(f"{tmp_path / 'd'}:1: is no decision: ")
    assert problem in problems[0]


def test_an_article_has_its_records_wherever_they_come() -> None:
    document, found = weir()
    other = [{**record, "document": {**record["document"], "id": "other"}} for record in found]
    mixed = [one for pair in zip(found, other, strict=True) for one in pair]
    assert [(one.id, part) for one, part in by_article(mixed)] == [(document.id, found), ("other", other)]


# --- the command -----------------------------------------------------------------------------------------------------


def lines(*values: Any) -> str:
    return "".join(json.dumps(value) + "\n" for value in values)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    document, found = weir()
    save_text(tmp_path / "texts", document)
    (tmp_path / "quotes.jsonl").write_text(lines(*found), encoding="utf-8")
    return tmp_path


def test_a_page_with_and_without_texts(folder: Path) -> None:
    for options, known in (([], 0), (["--against", folder / "texts"], 1)):
        result = quotes("review", folder / "quotes.jsonl", "-o", folder / "page.html", *options)
        assert (result.exit_code, result.stdout) == (0, "")
        assert (folder / "page.html").read_text(encoding="utf-8").count('class="text"') == known
    assert quotes("review", folder / "quotes.jsonl").stdout.startswith("<!doctype html>")
    (folder / "none").mkdir()
    result = quotes("review", folder / "quotes.jsonl", "-o", folder / "page.html", "--against", folder / "none")
    assert result.stderr == f"quotes: weir.txt: not in {folder / 'none'}: shown sentence by sentence\n"
    assert result.exit_code == 0


def test_records_are_not_written_over(folder: Path) -> None:
    result = quotes("review", folder / "quotes.jsonl", "-o", folder / "quotes.jsonl")
    assert result.exit_code == 2
    assert "name another file" in result.stderr


@pytest.mark.parametrize("call", [Path.symlink_to, Path.hardlink_to], ids=["symlink", "hardlink"])
@pytest.mark.parametrize("name", ["quotes.jsonl", "decisions.jsonl", "articles/weir.txt"])
@pytest.mark.parametrize("link", [True, False])
def test_nothing_that_is_read_is_written_over(
    folder: Path, name: str, link: bool, call: Callable[[Path, Path], None]
) -> None:
    (folder / "decisions.jsonl").write_text("", encoding="utf-8")
    (folder / "articles").mkdir()
    (folder / "articles" / "weir.txt").write_text("“It leaks,” said Ana Roy.\n", encoding="utf-8")
    read, output = folder / name, folder / "other" if link else folder / name
    if link:
        call(output, read)
    before = read.read_bytes()
    for more in ([], ["--apply", folder / "decisions.jsonl"]):
        if not more and name == "decisions.jsonl":
            continue
        result = quotes("review", folder / "quotes.jsonl", "--against", folder / "articles", "-o", output, *more)
        assert (result.exit_code, "would be written over" in result.stderr) == (2, True)
        assert read.read_bytes() == before


def test_decisions_are_applied_and_reviewed_records_score_a_run(folder: Path) -> None:
    _, found = weir()
    decisions = [
        {"decision": "accepted", "speaker": "Ana Roy"},
        {"decision": "corrected", "speaker": "Ana Roy"},
        {"decision": "corrected", "speaker": "Jo Lee"},
        {"decision": "corrected", "speaker": "Kim Park"},
    ]
    ids = [{"id": r["id"], "sha256": r["document"]["sha256"], "at": "2026-01-02T03:04:05.678Z"} for r in found]
    (folder / "decisions.jsonl").write_text(lines(*(a | b for a, b in zip(ids, decisions, strict=True))))
    reviewed = folder / "reviewed.jsonl"
    result = quotes("review", "--apply", folder / "decisions.jsonl", folder / "quotes.jsonl", "-o", reviewed)
    assert (result.exit_code, result.stdout) == (0, "")
    assert result.stderr == "quotes: 1 accepted, 3 corrected, 0 rejected, 0 added, 0 undecided\n"
    assert quotes("validate", reviewed, "--against", folder / "texts").exit_code == 0
    said = quotes("speakers", reviewed, "--json").stdout.splitlines()
    assert {one["name"]: one["quotes"] for one in map(json.loads, said)} == {"Ana Roy": 2, "Jo Lee": 1, "Kim Park": 1}
    # Words whose speaker the article does not name are not scored: one of three is right.
    figures = json.loads(quotes("eval", reviewed, folder / "quotes.jsonl", "--json").stdout)
    assert figures["name"]["recall"] == 0.3333
    page = quotes("review", reviewed).stdout
    assert page.count('data-before="corrected"') == 3
    assert 'data-who="Kim Park"' in page


def test_a_missing_file_of_decisions_is_named(folder: Path) -> None:
    result = quotes("review", folder / "quotes.jsonl", "--apply", folder / "none", "-o", folder / "out.jsonl")
    assert result.exit_code == 1
    assert f"{folder / 'none'}: cannot be read" in result.stderr
    assert not (folder / "out.jsonl").exists()


@pytest.mark.parametrize("arguments", [["gone.jsonl"], ["quotes.jsonl", "--apply", "gone.jsonl"]])
def test_nothing_read_replaces_nothing(folder: Path, arguments: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(folder)
    (folder / "out").write_text("of yesterday", encoding="utf-8")
    result = quotes("review", *arguments, "-o", "out")
    assert (result.exit_code, result.stderr.splitlines()[-1].partition(": no ")[0]) == (
        1,
        "quotes: out: is not written",
    )
    assert (folder / "out").read_text(encoding="utf-8") == "of yesterday"
