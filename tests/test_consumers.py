"""The files that tools of others read, read by the tools' own code, in JavaScript: every mark lies on its words.

It needs Node.js and, in tests/consumers, `npm ci --ignore-scripts`.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from quotes.cli import main

HERE = Path(__file__).with_name("consumers")
NODE = shutil.which("node")
pytestmark = pytest.mark.skipif(
    NODE is None or not (HERE / "node_modules").is_dir(),
    reason="needs Node.js, and `npm ci --ignore-scripts` in tests/consumers",
)

# Before the words: characters of two UTF-16 units, of several code points, of two and of four bytes, and CR LF.
ARTICLE = (
    "🧱 Café 👩‍👩‍👧 e\u0301 🇫🇷\r\n\r\nMarta Nowak, the engineer, said the weir was “a 😀 danger”. “We found cracks,” "
    "she told Jo Lee. “Nobody drives over that 🚗.”\r\n\r\nLee added: “👍🏽 Ja, e\u0301galement.”\r\n"
)

Places = list[tuple[int, int]]


def ran(script: str, value: object) -> Any:
    assert NODE is not None
    run = subprocess.run(
        [NODE, str(HERE / script)],
        input=json.dumps(value),
        capture_output=True,
        text=True,
        encoding="utf-8",
        check=False,
    )
    assert run.returncode == 0, run.stderr
    return json.loads(run.stdout)


@pytest.fixture(scope="module")
def extracted(tmp_path_factory: pytest.TempPathFactory) -> Callable[..., str]:
    """What `quotes extract` writes of the article."""
    file = tmp_path_factory.mktemp("article") / "weir.txt"
    file.write_bytes(ARTICLE.encode())

    def extract(*arguments: str) -> str:
        result = CliRunner().invoke(main, ["extract", "--type", "all", *arguments, str(file)])
        assert result.exit_code == 0, result.stderr
        return result.stdout

    return extract


def spans_of(record: Any) -> Iterator[dict[str, Any]]:
    """Every span of a record."""
    if isinstance(record, dict):
        if "start" in record:
            yield record
        for part in record.values():
            yield from spans_of(part)
    elif isinstance(record, list):
        for part in record:
            yield from spans_of(part)


def check(consumer: str, text: str, places: Sequence[tuple[int, int]], words: Sequence[str]) -> None:
    assert len(places) >= 8
    assert ran("slice.mjs", [{"consumer": consumer, "text": text, "places": places}]) == [list(words)]


@pytest.mark.parametrize("arguments", [(), ("--offsets", "grapheme")], ids=["units", "graphemes"])
def test_doccano_draws_its_marks_on_the_words(extracted: Callable[..., str], arguments: Sequence[str]) -> None:
    example = json.loads(extracted("--format", "doccano", *arguments))
    records = [json.loads(line) for line in extracted().splitlines()]
    said = {span["text"] for record in records for span in spans_of(record)}
    places = [(start, end) for start, end, _ in example["label"]]
    (words,) = ran(
        "slice.mjs",
        [{"consumer": "doccano" + "-graphemes" * bool(arguments), "text": example["text"], "places": places}],
    )
    assert len(words) >= 8
    assert set(words) <= said
    assert {span["text"] for record in records for span in record["spans"]} <= set(words)
    assert [(e["start_offset"], e["end_offset"]) for e in example["entities"]] == places


@pytest.mark.parametrize("unit", ["codepoint", "utf16", "utf8"])
def test_records_count_as_they_say(extracted: Callable[..., str], unit: str) -> None:
    records = [json.loads(line) for line in extracted("--offsets", unit).splitlines()]
    assert {record["offset_unit"] for record in records} == {unit}
    found = [span for record in records for span in spans_of(record)]
    check(unit, ARTICLE, [(s["start"], s["end"]) for s in found], [s["text"] for s in found])


def test_label_studio_prodigy_brat_and_the_w3c_count_code_points(extracted: Callable[..., str], tmp_path: Path) -> None:
    (task,) = json.loads(extracted("--format", "labelstudio"))
    regions = [one["value"] for one in task["predictions"][0]["result"] if one["type"] == "labels"]
    check("codepoint", task["data"]["text"], [(r["start"], r["end"]) for r in regions], [r["text"] for r in regions])

    task = json.loads(extracted("--format", "prodigy"))
    tokens = task["tokens"]
    check("codepoint", task["text"], [(t["start"], t["end"]) for t in tokens], [t["text"] for t in tokens])

    extracted("-o", str(tmp_path / "weir.brat"))
    text = (tmp_path / "weir.brat" / "weir.txt").read_bytes().decode()
    lines = (tmp_path / "weir.brat" / "weir.ann").read_text(encoding="utf-8").splitlines()
    marks = [line.split("\t")[1:] for line in lines if line.startswith("T") and ";" not in line]
    check("codepoint", text, [tuple(map(int, place.split()[1:])) for place, _ in marks], [words for _, words in marks])  # type: ignore[misc]

    annotations = json.loads(extracted("--format", "webannotation"))["annotations"]
    both = [target["selector"] for one in annotations for target in one["target"]] * 2
    places = [(position["start"], position["end"]) for _, position in both]
    check("codepoint", ARTICLE, places, [quote["exact"] for quote, _ in both])


def test_hypothesis_finds_the_words_in_the_page() -> None:
    """Its client anchors each target on the page as it is served, not on the text that was taken out of it."""
    pages = sorted((HERE / "pages").glob("*.html"))
    assert len(pages) == 5
    asked = []
    for page in pages:
        result = CliRunner().invoke(main, ["extract", "--format", "webannotation", str(page)])
        assert result.exit_code == 0, result.stderr
        targets = [target for one in json.loads(result.stdout)["annotations"] for target in one["target"]]
        assert len(targets) >= 2
        assert all([selector["type"] for selector in target["selector"]] == ["TextQuoteSelector"] for target in targets)
        asked.append({"page": page.read_text(encoding="utf-8"), "targets": targets})
    for one, marked in zip(asked, ran("anchor.mjs", asked), strict=True):
        exact = [target["selector"][0]["exact"] for target in one["targets"]]  # type: ignore[index]
        assert [" ".join(words.split()) for words in marked] == [" ".join(words.split()) for words in exact]
