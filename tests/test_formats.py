"""Every format, read back as its consumer reads it: what was found is there, at its place, whatever the text holds."""

from __future__ import annotations

import csv
import importlib
import json
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow.parquet
import pytest
import regex
import spacy
import sqlite_utils
from click.testing import CliRunner
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator
from pyld import jsonld
from spacy.tokens import DocBin

import quotes.component  # noqa: F401 - `doc._.quotes`
from quotes.cli import main
from quotes.errors import DocumentError, OutputError, ResumeError
from quotes.marks import find_marks
from quotes.reading import to_document
from quotes.reading.rows import refuse_records
from quotes.record import build_quotes, to_record
from quotes.types import Attribution, Document, Mention, Range, Resolved, Span
from quotes.writing import FORMATS, choose_format, open_writer
from quotes.writing.csv import COLUMNS, SHORT, defused, restored
from quotes.writing.marks import LABELS, RELATIONS
from quotes.writing.values import Columns, Folder

SCHEMAS = Path(__file__).with_name("schemas")
TEXT = (
    "=HYPERLINK(1) & Söhne\n\n"
    "Ana Roy, the engineer, said the dam was “a 😀 danger” below. “We found\r\ncracks,” she told Jo\tLee. “Nobody "
    "drives.”\n\nThe “</script><!-- Salt\0Road” \u202eis shut.\u2028"
)
Pair = tuple[Document, list[dict[str, Any]]]


def made(text: str, quotations: Sequence[Attribution], who: Resolved, **about: str) -> Pair:
    """A document and the records of the attributions, all with the same speaker."""
    document = replace(to_document(text), **about)
    built = build_quotes(document, [(0, len(document.text))], quotations, [who] * len(quotations))
    return document, [to_record(quote, "test-1.0") for quote in built]


def sample() -> Pair:
    text, marks = TEXT, find_marks(TEXT)
    at = {
        words: (text.index(words), text.index(words) + len(words))
        for words in (
            "Ana Roy, the engineer",
            "she",
            "Jo\tLee",
            "said",
            "told",
            "the dam was “a 😀 danger” below",
            "the engineer",
        )
    }

    def mention(words: str) -> Mention:
        span = Span(*at[words], words)
        return Mention("Ana Roy", span, "person", "name", role=Span(*at["the engineer"], "the engineer"), id="Q1")

    def span(k: int) -> Range:
        return marks[k].start, marks[k].end

    quotations = [
        Attribution((at["the dam was “a 😀 danger” below"],), (marks[0],), at["Ana Roy, the engineer"], at["said"]),
        Attribution((span(1), span(2)), (marks[1], marks[2]), at["she"], at["told"], at["Jo\tLee"]),
        Attribution((span(3),), (marks[3],), flags=("title_of_work",)),
    ]
    resolved = [
        Resolved(mention("Ana Roy, the engineer")),
        Resolved(mention("she"), addressee=replace(mention("Jo\tLee"), name="=Jo", kind="unknown")),
        Resolved(None),
    ]
    document = replace(
        to_document(TEXT),
        id="a/b ü.txt",
        title="=1+1</script>",
        url="https://example.org/a b?c=</x>",
        published="2024-04-03",
    )
    built = build_quotes(document, [(0, len(TEXT))], quotations, resolved)
    first, second, third = (to_record(quote, "test-1.0") for quote in built)
    return document, [first, second | {"within": first["id"]}, third]


NONE: Pair = (replace(to_document("Nobody says anything here."), id="none.txt"), [])


def written(tmp_path: Path, format: str, *pairs: Pair, columns: Columns = "short") -> Path:
    path = tmp_path / f"out.{format}"
    with open_writer(path, format, columns=columns) as writer:
        for document, records in pairs:
            writer.write(document, records)
    return path


def spans(records: Sequence[Mapping[str, Any]]) -> list[tuple[int, int]]:
    return sorted((span["start"], span["end"]) for record in records for span in record["spans"])


# --- the output's name, whole or absent ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("path", "format"),
    [
        (None, "jsonl"),
        ("out", "jsonl"),
        ("out.txt", "text"),
        ("out.xlsx", "xlsx"),
        ("out.db", "sqlite"),
        ("out.ndjson", "jsonl"),
        ("out.CSV", "csv"),
        ("out.parquet", "parquet"),
        ("out.spacy", "docbin"),
        ("out.brat", "brat"),
        ("out.prodigy.jsonl", "prodigy"),
        ("out.claimreview.jsonld", "claimreview"),
    ],
)
def test_the_ending_says_the_format(path: str | None, format: str) -> None:
    assert choose_format(Path(path) if path else None) == format
    assert choose_format(Path("other.csv"), format) == format


def test_an_ending_of_several_formats_asks_for_one() -> None:
    with pytest.raises(OutputError, match=r"out\.json: several formats end so: give --format"):
        choose_format(Path("out.json"))


@pytest.mark.parametrize("name", ["out.jsonl.gz", "out.xls", "out.csv.bak", "out.json5", "archive.2024"])
def test_an_ending_of_no_format_is_refused(name: str) -> None:
    """A file must not hold anything but what its name promises."""
    with pytest.raises(OutputError, match=r"give --format, or one of the endings \.jsonl, \.text, \.csv"):
        choose_format(Path(name))
    assert choose_format(Path(name), "csv") == "csv"


def test_a_folder_does_not_go_to_standard_output() -> None:
    assert [name for name, kind in FORMATS.items() if isinstance(kind, Folder)] == ["brat"]
    with pytest.raises(OutputError, match="name a new one with -o"):
        choose_format(None, "brat")


def test_the_command_line_knows_every_format() -> None:
    help = CliRunner().invoke(main, ["extract", "--help"]).output
    assert all(name in help for name in FORMATS)
    for arguments in (["--format", "xml"], ["--format", "brat"], ["-o", "x.json"]):
        assert CliRunner().invoke(main, ["extract", *arguments, "x.txt"]).exit_code == 2


@pytest.mark.parametrize("format", FORMATS)
def test_output_is_whole_or_absent(tmp_path: Path, format: str) -> None:
    with pytest.raises(RuntimeError), open_writer(tmp_path / "out", format):
        raise RuntimeError
    assert list(tmp_path.iterdir()) == []
    written(tmp_path, format, sample(), NONE)
    assert [path.name for path in tmp_path.iterdir()] == [f"out.{format}"]


@pytest.mark.parametrize("format", FORMATS)
def test_the_same_input_gives_the_same_bytes(tmp_path: Path, format: str) -> None:
    found = []
    for k in "ab":
        (tmp_path / k).mkdir()
        path = written(tmp_path / k, format, sample(), NONE)
        found.append({p.name: p.read_bytes() for p in (path.iterdir() if path.is_dir() else [path])})
    assert found[0] == found[1]


@pytest.mark.parametrize("format", FORMATS)
def test_no_document_is_no_failure(tmp_path: Path, format: str) -> None:
    path = written(tmp_path, format)
    assert path.exists()
    if format in ("webannotation", "claimreview", "labelstudio"):
        json.loads(path.read_bytes())


def test_a_folder_replaces_nothing(tmp_path: Path) -> None:
    (tmp_path / "out.brat").mkdir()
    path = written(tmp_path, "brat", sample())
    with pytest.raises(OutputError, match="name a new one"), open_writer(path, "brat"):
        pass
    assert len(list(path.iterdir())) == 3


def test_what_failed_is_no_example(tmp_path: Path) -> None:
    with open_writer(tmp_path / "out", "doccano") as writer:
        writer.write(NONE[0], [], ["it failed"])
    assert (tmp_path / "out").read_bytes() == b""


def test_formats_do_not_resume_each_other(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError), open_writer(tmp_path / "out", "doccano") as writer:
        writer.write(*sample())
        raise RuntimeError
    with pytest.raises(ResumeError), open_writer(tmp_path / "out", "jsonl", resume=True):
        pass
    with pytest.raises(ResumeError, match="jsonl, prodigy, doccano"), open_writer(tmp_path / "o", "csv", resume=True):
        pass


def test_a_missing_library_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyarrow.parquet", None)
    with pytest.raises(OutputError, match=r"pip install 'newsquotes\[parquet\]'"):
        written(tmp_path, "parquet", sample())
    assert list(tmp_path.iterdir()) == []


# --- tables ----------------------------------------------------------------------------------------------------------


def read_csv(path: Path) -> list[dict[str, str]]:
    assert path.read_bytes().startswith(b"\xef\xbb\xbf"), "without it Excel reads another encoding"
    with path.open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


def test_csv_is_flat_and_disarmed(tmp_path: Path) -> None:
    document, records = sample()
    rows = read_csv(written(tmp_path, "csv", (document, records), NONE, columns="all"))
    assert [row["id"] for row in rows] == [record["id"] for record in records]
    for row, record in zip(rows, records, strict=True):
        assert tuple(row) == COLUMNS
        assert not any(regex.match(r"[=+\-@\t\r\n]", cell) for cell in row.values())
        cells = {name: restored(cell) for name, cell in row.items()}
        assert cells["text"] == record["text"]
        assert cells["prefix"] == record["context"]["prefix"]
        assert cells["document_title"] == "=1+1</script>"
        places = [tuple(map(int, place.split(":"))) for place in cells["spans"].split("; ")]
        assert " … ".join(TEXT[start:end] for start, end in places) == record["text"]
    assert restored(rows[1]["addressee_name"]) == "=Jo"


@given(st.text(alphabet="'=+-@\t\r\n＝a\0\x1b\x85\u202e\\u0", max_size=9))
def test_disarming_is_undone(cell: str) -> None:
    assert restored(defused(cell)) == cell
    assert not regex.match(r"[=+\-@\t\r\n＝]", defused(cell))
    assert not regex.search(r"[\0\x1b\x85\u202e]", defused(cell))


def test_short_columns_are_what_a_person_reads(tmp_path: Path) -> None:
    document, records = sample()
    row, *_ = read_csv(written(tmp_path, "csv", (document, records)))
    assert tuple(row) == SHORT
    assert set(SHORT) < set(COLUMNS)
    assert (row["speaker_name"], row["text"], row["id"]) == ("Ana Roy", "a 😀 danger", records[0]["id"])
    with pytest.raises(DocumentError, match="holds records of quotations"):
        refuse_records(row)


@pytest.mark.parametrize(("columns", "names"), [("short", SHORT), ("all", COLUMNS)])
def test_a_workbook_opens_and_runs_nothing(tmp_path: Path, columns: Columns, names: Sequence[str]) -> None:
    document, records = sample()
    sheet = openpyxl.load_workbook(written(tmp_path, "xlsx", (document, records), NONE, columns=columns)).active
    assert sheet is not None
    head, *rows = sheet.iter_rows()
    assert tuple(cell.value for cell in head) == names
    assert len(rows) == len(records)
    for row, record in zip(rows, records, strict=True):
        cells = dict(zip(names, row, strict=True))
        assert {cell.data_type for cell in row} <= {"s", "n", "inlineStr"}, "no formula, no link"
        # No XML can hold NUL, and Excel has but one line end.
        assert cells["text"].value == record["text"].replace("\r\n", "\n").replace("\0", "\ufffd")
        assert cells["document_title"].value == "=1+1</script>"
        assert cells["confidence"].value == record["confidence"]
    assert sheet.freeze_panes == "A2"


def test_a_workbook_says_when_it_is_full(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("quotes.writing.xlsx.MOST_ROWS", 3)
    with pytest.raises(OutputError, match="write csv, sqlite or parquet"):
        written(tmp_path, "xlsx", sample())
    assert list(tmp_path.iterdir()) == []


def test_a_database_joins_and_searches(tmp_path: Path) -> None:
    """As sqlite-utils, and so Datasette, sees it: tables, keys, a full-text index that it finds by itself."""
    document, records = sample()
    database = sqlite_utils.Database(written(tmp_path, "sqlite", (document, records), NONE))
    assert {"documents", "quotations", "speakers", "spans"} <= set(database.table_names())
    quotations = database.table("quotations")
    assert quotations.detect_fts() == "quotations_fts"
    assert [row["id"] for row in quotations.search("danger")] == [records[0]["id"]]
    assert {(key.column, key.other_table) for key in quotations.foreign_keys} == {
        ("document", "documents"),
        ("within", "quotations"),
        *((part, "speakers") for part in ("speaker", "addressee", "via")),
    }
    assert database.execute("PRAGMA foreign_key_check").fetchall() == []
    assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
    assert [row["id"] for row in database.table("documents").rows] == [document.id, NONE[0].id]
    said = "SELECT s.name, count(*) FROM quotations q JOIN speakers s ON s.number = q.speaker GROUP BY s.name"
    assert database.execute(said).fetchall() == [("Ana Roy", 2)]
    within = "SELECT a.id, b.id FROM quotations a JOIN quotations b ON a.within = b.number"
    assert database.execute(within).fetchall() == [(records[1]["id"], records[0]["id"])]
    for start, end, words in database.execute('SELECT start, "end", text FROM spans').fetchall():
        assert TEXT[start:end] == words
    places = database.execute("SELECT start, \"end\" FROM spans WHERE part = 'words' ORDER BY 1").fetchall()
    assert places == spans(records)


def test_a_listing_is_for_reading(tmp_path: Path) -> None:
    document, records = sample()
    records[2]["confidence"] = 0.3
    lines = written(tmp_path, "text", (document, records), NONE).read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if line] == [
        "a/b ü.txt",
        "=1+1</script>",
        "  Ana Roy, the engineer",
        "    the dam was “a 😀 danger” below",
        "    said · mixed · 100% sure",
        "  Ana Roy, the engineer",
        "    “We found cracks, … Nobody drives.”",
        "    told · to =Jo · direct · 100% sure",
        "  (nobody)",
        "    “</script><!-- Salt Road”",
        "    direct · 30% sure: doubtful · title_of_work",
    ]


def test_a_listing_is_no_surer_than_the_name(tmp_path: Path) -> None:
    document, records = sample()
    records[0]["speaker"]["confidence"] = 0.3
    listing = written(tmp_path, "text", (document, records)).read_text(encoding="utf-8")
    assert "    said · mixed · 30% sure: doubtful" in listing.splitlines()


def test_a_listing_commands_no_terminal(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    document, records = sample()
    records[0]["speaker"]["name"] = "\x1b[31mAna\r\u202e"
    plain = written(tmp_path, "text", (document, records)).read_bytes()
    assert not regex.search(rb"[\x00-\x09\x0b-\x1f]|\xe2\x80\xae", plain)
    monkeypatch.setenv("FORCE_COLOR", "1")
    coloured = written(tmp_path, "text", (document, records)).read_bytes()
    assert b"\x1b[1;36m  [31mAna" in coloured
    assert regex.sub(rb"\x1b\[[0-9;]*m", b"", coloured) == plain
    monkeypatch.setenv("NO_COLOR", "1")
    assert written(tmp_path, "text", (document, records)).read_bytes() == plain


def test_parquet_gives_the_records_back(tmp_path: Path) -> None:
    document, records = sample()
    records[0]["speaker"]["members"] = [{**records[0]["speaker"], "members": []}] * 2
    table = pyarrow.parquet.read_table(written(tmp_path, "parquet", (document, records), NONE))
    expected = json.loads(json.dumps(records))
    for member in expected[0]["speaker"]["members"]:
        del member["members"]
    assert table.to_pylist() == expected


def test_parquet_goes_out_in_row_groups(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("quotes.writing.parquet.GROUP", 5_000)
    table = pyarrow.parquet.ParquetFile(written(tmp_path, "parquet", *[sample()] * 4))
    assert (table.metadata.num_rows, table.num_row_groups) == (12, 3)


# --- linked data -----------------------------------------------------------------------------------------------------

OA, AS, RDF = (
    "http://www.w3.org/ns/oa#",
    "http://www.w3.org/ns/activitystreams#",
    "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
)
REFERENCE = {"@type": "@id"}
# The terms that are used, as the W3C's context (www.w3.org/ns/anno.jsonld) has them.
ANNOTATION_CONTEXT = {
    "id": {"@type": "@id", "@id": "@id"},
    "type": {"@type": "@id", "@id": "@type"},
    **{
        name: f"{OA}{name}"
        for name in (
            *("Annotation", "TextualBody", "SpecificResource", "TextQuoteSelector", "TextPositionSelector"),
            *("identifying", "tagging", "exact", "prefix", "suffix", "start", "end", "text"),
        )
    },
    "Software": f"{AS}Application",
    "body": {"@id": f"{OA}hasBody", **REFERENCE},
    "target": {"@id": f"{OA}hasTarget", **REFERENCE},
    "source": {"@id": f"{OA}hasSource", **REFERENCE},
    "selector": {"@id": f"{OA}hasSelector", **REFERENCE},
    "generator": {"@id": f"{AS}generator", **REFERENCE},
    "motivation": {"@type": "@vocab", "@id": f"{OA}motivatedBy"},
    "purpose": {"@type": "@vocab", "@id": f"{OA}hasPurpose"},
    "format": "http://purl.org/dc/elements/1.1/format",
    "value": f"{RDF}value",
    "name": "http://xmlns.com/foaf/0.1/name",
}
CONTEXTS = {
    "http://www.w3.org/ns/anno.jsonld": ANNOTATION_CONTEXT,
    "https://schema.org": {"@vocab": "https://schema.org/"},
}


def expanded(value: Any) -> list[dict[str, Any]]:
    """As a JSON-LD processor reads it, without network."""

    def load(url: str, options: object) -> dict[str, Any]:
        return {"contextUrl": None, "documentUrl": url, "document": {"@context": CONTEXTS[url]}}

    found: list[dict[str, Any]] = jsonld.expand(value, {"documentLoader": load})
    return found


def test_web_annotations_are_those_of_the_w3c(tmp_path: Path) -> None:
    document, records = sample()
    document = replace(document, url=None)
    data = written(tmp_path, "webannotation", (document, records), NONE).read_bytes()
    assert b"<" not in data, "it may stand inside a <script>"
    value = json.loads(data)
    validator = Draft202012Validator(json.loads((SCHEMAS / "webannotation.json").read_text(encoding="utf-8")))
    assert [error.message for one in value["annotations"] for error in validator.iter_errors(one)] == []
    nodes = expanded(value)
    assert [node["@id"] for node in nodes] == [f"urn:newsquotes:quote:{record['id']}" for record in records]
    for node, record in zip(nodes, records, strict=True):
        assert node["@type"] == [f"{OA}Annotation"]
        assert set(node) == {
            "@id", "@type", f"{OA}motivatedBy", f"{AS}generator", f"{OA}hasBody", f"{OA}hasTarget"
        }  # fmt: skip
        assert node[f"{OA}motivatedBy"] == [{"@id": f"{OA}identifying"}]
        targets = node[f"{OA}hasTarget"]
        assert {target[f"{OA}hasSource"][0]["@id"] for target in targets} == {f"urn:newsquotes:text:{document.sha256}"}
        for target, span in zip(targets, record["spans"], strict=True):
            quote, position = target[f"{OA}hasSelector"]
            exact = quote[f"{OA}exact"][0]["@value"]
            start, end = (position[f"{OA}{name}"][0]["@value"] for name in ("start", "end"))
            assert (start, end, exact) == (span["start"], span["end"], TEXT[start:end])
            around = [quote[f"{OA}{name}"][0]["@value"] for name in ("prefix", "suffix")]
            assert around[0] + exact + around[1] in TEXT


def test_hypothesis_imports_web_annotations(tmp_path: Path) -> None:
    """Its client takes any JSON object with a list `annotations`, and of each keeps these five."""
    value = json.loads(written(tmp_path, "webannotation", sample()).read_bytes())
    for annotation in value["annotations"]:
        kept = {name: annotation[name] for name in ("target", "tags", "text", "uri", "document")}
        assert kept["uri"] == kept["target"][0]["source"] == "https://example.org/a%20b?c=%3C/x%3E"
        assert kept["target"][0]["selector"][0]["type"] == "TextQuoteSelector"
    assert [one["text"] for one in value["annotations"]] == ["Ana Roy, the engineer"] * 2 + [""]
    assert value["annotations"][2]["tags"] == ["direct", "title_of_work"]


@pytest.mark.parametrize("url", ["javascript:alert(1)", "seven", "http://[", "", None])
def test_what_is_no_web_address_is_no_source(tmp_path: Path, url: str | None) -> None:
    document, records = sample()
    pair = replace(document, url=url), records
    for format in ("webannotation", "claimreview"):
        data = written(tmp_path, format, pair).read_text(encoding="utf-8")
        assert "alert" not in data
        assert f"urn:newsquotes:text:{document.sha256}" in data


def properties(type: str) -> Iterator[tuple[str, str]]:
    """What schema.org lets such a thing have, and what values, of it and its kin."""
    for kind in getattr(importlib.import_module("msgspec_schemaorg.models"), type).__mro__:
        yield from getattr(kind, "__annotations__", {}).items()


def kin(type: str) -> set[str]:
    return {kind.__name__ for kind in getattr(importlib.import_module("msgspec_schemaorg.models"), type).__mro__}


def check_node(node: Mapping[str, Any]) -> None:
    """Every property is one of the type's, every thing in it of a type that the property takes."""
    allowed = dict(properties(node.get("@type", "Person")))
    for name, value in node.items():
        assert name in allowed or name in ("@type", "@id"), (node["@type"], name)
        for one in value if isinstance(value, list) else [value]:
            if isinstance(one, dict):
                check_node(one)
                wanted = set(regex.findall(r"\w+", allowed[name]))
                assert wanted & (kin(one["@type"]) if "@type" in one else {"Person", "Organization"}), (name, one)


def test_claims_are_in_schema_orgs_words(tmp_path: Path) -> None:
    document, records = sample()
    data = written(tmp_path, "claimreview", (document, records), NONE).read_bytes()
    assert b"<" not in data, "it may stand inside a <script>"
    assert not regex.search(rb"(?i)rating|verdict|ClaimReview|claimReviewed", data)
    value = json.loads(data)
    for node in value["@graph"]:
        check_node(node)
    mixed, direct, nobody = value["@graph"]
    assert (mixed["@type"], mixed["text"]) == ("Claim", "the dam was “a 😀 danger” below")
    assert mixed["isBasedOn"]["text"] == "a 😀 danger"
    assert mixed["author"] == {
        "@type": "Person", "name": "Ana Roy", "identifier": "Q1", "jobTitle": "the engineer"
    }  # fmt: skip
    assert direct["isBasedOn"]["spokenByCharacter"]["name"] == "Ana Roy"
    assert direct["appearance"]["datePublished"] == "2024-04-03"
    assert (nobody["@type"], "author" in nobody) == ("Quotation", False)
    graph = expanded(value)
    assert [node["@id"] for node in graph] == [f"urn:newsquotes:quote:{record['id']}" for record in records]


def test_who_has_no_name_is_no_author(tmp_path: Path) -> None:
    """A fact-checker must not read that "which" or "a second" made a claim."""
    document, records = sample()
    for record in records[:2]:
        record["speaker"] |= {"name": None, "members": [{**record["speaker"], "name": None, "members": []}]}
    for node in json.loads(written(tmp_path, "claimreview", (document, records)).read_bytes())["@graph"]:
        assert "author" not in node
        assert "spokenByCharacter" not in node.get("isBasedOn", {})
    assert [
        (row["speaker_name"], row["speaker_members"])
        for row in read_csv(written(tmp_path, "csv", (document, records), columns="all"))
    ] == [("", "")] * 3


# --- tools for annotation --------------------------------------------------------------------------------------------


def check_labelstudio(path: Path, pairs: Sequence[Pair]) -> None:
    tasks = json.loads(path.read_bytes())
    validator = Draft202012Validator(json.loads((SCHEMAS / "labelstudio_task.json").read_text(encoding="utf-8")))
    for task, (document, records) in zip(tasks, pairs, strict=True):
        assert [error.message for error in validator.iter_errors(task)] == []
        text, result = task["data"]["text"], task["predictions"][0]["result"]
        assert text == document.text.replace("\0", "\ufffd")
        regions = {region["id"]: region["value"] for region in result if region["type"] == "labels"}
        for value in regions.values():
            assert value["text"] == text[value["start"] : value["end"]]
        for relation in (one for one in result if one["type"] == "relation"):
            assert {relation["from_id"], relation["to_id"]} <= regions.keys()
            assert relation["labels"][0] in RELATIONS
        check_words([(v["start"], v["end"], v["labels"][0]) for v in regions.values()], records)


def check_words(marks: Sequence[tuple[int, int, str]], records: Sequence[Mapping[str, Any]]) -> None:
    assert {label for *_, label in marks} <= set(LABELS)
    assert sorted((start, end) for start, end, label in marks if label in LABELS[:3]) == spans(records)
    for record in records:
        if record["speaker"]:
            mention = record["speaker"]["mention"]
            assert (mention["start"], mention["end"], "SPEAKER") in marks


def check_prodigy(path: Path, pairs: Sequence[Pair]) -> None:
    """As Prodigy's documentation lays tasks out: tokens tell the text, spans lie on them, relations join spans."""
    lines = path.read_bytes().splitlines()
    for line, (document, records) in zip(lines, pairs, strict=True):
        task = json.loads(line)
        assert task["text"] == document.text
        place = 0
        for number, token in enumerate(task["tokens"]):
            assert token["id"] == number
            assert task["text"][token["start"] : token["end"]] == token["text"] != ""
            assert task["text"][place : token["start"]] in ("", " ")
            assert token["ws"] == (task["text"][token["end"] : token["end"] + 1] == " ")
            place = token["end"]
        for span in task["spans"]:
            check_span(span, task["tokens"])
        for relation in task["relations"]:
            assert relation["head_span"] in task["spans"]
            assert relation["child_span"] in task["spans"]
            assert relation["head"] == relation["head_span"]["token_end"]
        check_words([(span["start"], span["end"], span["label"]) for span in task["spans"]], records)


def check_span(span: Mapping[str, Any], tokens: Sequence[Mapping[str, Any]]) -> None:
    assert tokens[span["token_start"]]["start"] == span["start"]
    assert tokens[span["token_end"]]["end"] == span["end"]


def check_doccano(path: Path, pairs: Sequence[Pair]) -> None:
    """As doccano's importer reads it: `SpanLabel` and `RelationLabel` of its backend."""
    lines = path.read_bytes().splitlines()
    for line, (document, records) in zip(lines, pairs, strict=True):
        example = json.loads(line)
        assert example["text"] == document.text.replace("\0", "\ufffd")
        entities = example["entities"]
        assert example["label"] == [[e["start_offset"], e["end_offset"], e["label"]] for e in entities]
        units = example["text"].encode("utf-16-le")
        assert all(0 <= e["start_offset"] < e["end_offset"] <= len(units) // 2 and e["label"] for e in entities)
        ids = {entity["id"] for entity in entities}
        assert len(ids) == len(entities)
        for relation in example["relations"]:
            assert {relation["from_id"], relation["to_id"]} <= ids
            assert relation["type"]
        points = [
            (*(len(units[: 2 * k].decode("utf-16-le")) for k in place), label) for *place, label in example["label"]
        ]
        check_words(points, records)  # type: ignore[arg-type]


T_LINE = regex.compile(r"T(\d+)\t(\S+) (\d+ \d+(?:;\d+ \d+)*)\t([^\t]*)")
R_LINE = regex.compile(r"R\d+\t(\S+) Arg1:T(\d+) Arg2:T(\d+)")
N_LINE = regex.compile(r"#\d+\tAnnotatorNotes T(\d+)\t[^\t]+")


@dataclass
class Standoff:
    marks: dict[int, tuple[str, list[tuple[int, int]]]]
    relations: list[tuple[str, int, int]]


def parse_standoff(text: str, annotations: str) -> Standoff:
    """brat's standoff format (brat.nlplab.org/standoff.html): every offset is held against the text."""
    marks, relations = {}, []
    for line in annotations.splitlines():
        if found := T_LINE.fullmatch(line):
            pieces = [(int(a), int(b)) for a, b in (piece.split() for piece in found[3].split(";"))]
            assert " ".join(text[start:end] for start, end in pieces) == found[4]
            marks[int(found[1])] = found[2], pieces
        elif found := R_LINE.fullmatch(line):
            relations.append((found[1], int(found[2]), int(found[3])))
        else:
            found = N_LINE.fullmatch(line)
            assert found is not None, line
            assert int(found[1]) in marks
    return Standoff(marks, relations)


def check_brat(path: Path, pairs: Sequence[Pair]) -> None:
    texts = {file.with_suffix(".ann"): file.read_bytes().decode("utf-8") for file in path.glob("*.txt")}
    assert sorted(texts.values()) == sorted(document.text for document, _ in pairs)
    by_text = {document.text: records for document, records in pairs}
    for file, text in texts.items():
        found = parse_standoff(text, file.read_bytes().decode("utf-8"))
        words = [piece for label, pieces in found.marks.values() if label in LABELS[:3] for piece in pieces]
        covered = {k for start, end in words for k in range(start, end)}
        wanted = {k for start, end in spans(by_text[text]) for k in range(start, end)}
        assert covered <= wanted
        assert all(text[k] in "\t\n\x0b\x0c\r\x1c\x1d\x1e\x85\u2028\u2029" for k in wanted - covered)
        assert all(head in found.marks and child in found.marks for _, head, child in found.relations)


def check_docbin(path: Path, pairs: Sequence[Pair]) -> None:
    docs = list(DocBin().from_disk(path).get_docs(spacy.blank("en").vocab))
    for doc, (document, records) in zip(docs, pairs, strict=True):
        assert doc.text == document.text
        assert doc._.quotes == records
        group = doc.spans["quotes"]
        assert group.attrs["document"]["id"] == document.id
        assert sorted(map(tuple, group.attrs["offsets"])) == spans(records)
        for span, (start, end) in zip(group, group.attrs["offsets"], strict=True):
            assert span.start_char <= start < end <= span.end_char


CHECKS: dict[str, Callable[[Path, Sequence[Pair]], None]] = {
    "labelstudio": check_labelstudio,
    "prodigy": check_prodigy,
    "doccano": check_doccano,
    "brat": check_brat,
    "docbin": check_docbin,
}


@pytest.mark.parametrize("format", CHECKS)
def test_a_tool_for_annotation_finds_every_mark(tmp_path: Path, format: str) -> None:
    pairs = [sample(), NONE]
    CHECKS[format](written(tmp_path, format, *pairs), pairs)


def test_brats_files_are_told_apart_and_stay_in_their_folder(tmp_path: Path) -> None:
    ids = ["../../x.txt", "x.txt", "x", "X.TXT", "a b", "a_b", "", ".", "..", "é" * 300, "con\0"]
    pairs = [(replace(NONE[0], id=id), []) for id in [*ids, *ids]]
    path = written(tmp_path, "brat", *pairs)
    assert [file.name for file in tmp_path.iterdir()] == ["out.brat"]
    assert len(list(path.glob("*.txt"))) == len(list(path.glob("*.ann"))) == len(pairs)
    assert not any(file.name.startswith(".") for file in path.iterdir())
    assert (path / "annotation.conf").read_text(encoding="utf-8").startswith("[entities]\nDIRECT\n")


# --- any text --------------------------------------------------------------------------------------------------------

HOSTILE = st.text(
    alphabet=st.one_of(
        st.sampled_from("“”\"'‘’<>&;,\t\n\r\0\x0b\x1c\x85\u2028\u2029\ufeff\u202e\u200d😀e\u0301= /\\{}a."),
        st.characters(exclude_categories=["Cs"]),
    ),
    max_size=60,
)


@st.composite
def articles(draw: st.DrawFn) -> Pair:
    text = draw(HOSTILE.filter(str.strip))
    places = st.integers(0, len(text))
    attributions = []
    who = Resolved(None)
    for _ in range(draw(st.integers(0, 3))):
        a, b, c, d = sorted(draw(st.lists(places, min_size=4, max_size=4)))
        attributions.append(Attribution(((a, b), (c, d)), cue=(b, c), within=draw(st.sampled_from([None, 0]))))
        if text[a:b].strip() == text[a:b] != "":
            who = Resolved(Mention(text[a:b], Span(a, b, text[a:b]), "person", "name"))
    return made(text, attributions, who, id=draw(HOSTILE), title=draw(HOSTILE), url=f"https://x.org/{draw(HOSTILE)}")


@settings(max_examples=20, deadline=None)
@given(st.lists(articles(), min_size=1, max_size=3, unique_by=lambda pair: pair[0].text))
def test_no_text_breaks_a_format(tmp_path_factory: pytest.TempPathFactory, pairs: list[Pair]) -> None:
    folder = tmp_path_factory.mktemp("any")
    for format in FORMATS:
        path = written(folder, format, *pairs)
        if format in CHECKS:
            CHECKS[format](path, pairs)
    records = [record for _, found in pairs for record in found]
    ids = [record["id"] for record in records]
    assert [row["id"] for row in read_csv(folder / "out.csv")] == ids
    assert [restored(row["text"]) for row in read_csv(folder / "out.csv")] == [record["text"] for record in records]
    assert pyarrow.parquet.read_table(folder / "out.parquet").to_pylist() == json.loads(json.dumps(records))
    annotations = json.loads((folder / "out.webannotation").read_bytes())["annotations"]
    assert [one["target"][0]["selector"][0]["exact"] for one in annotations] == [r["spans"][0]["text"] for r in records]
    assert len(expanded(json.loads((folder / "out.claimreview").read_bytes()))) == len(records)


@pytest.mark.parametrize("format", FORMATS)
def test_lone_surrogates_break_no_format(tmp_path: Path, format: str) -> None:
    """No reader lets one through; a program may."""
    document, records = sample()
    broken = json.loads(json.dumps(records).replace("danger", "\\ud800anger").replace("Ana", "\\udfffna"))
    text = document.text.replace("danger", "\ud800anger").replace("Ana", "\udfffna")
    path = written(tmp_path, format, (replace(document, text=text, title="\udc80"), broken))
    for file in path.iterdir() if path.is_dir() else [path]:
        if format not in ("parquet", "docbin", "xlsx", "sqlite"):
            file.read_bytes().decode("utf-8")


@pytest.mark.parametrize("format", FORMATS)
def test_a_long_text_takes_its_time_and_no_more(tmp_path: Path, format: str) -> None:
    pair = made("“" + '"' * 100_000 + "” " + "a" * 100_000, [Attribution(((1, 100_000),))], Resolved(None))
    written(tmp_path, format, NONE)  # what is loaded at first is no matter of length
    before = time.process_time()
    with open_writer(tmp_path / "long", format) as writer:
        writer.write(*pair)
    assert time.process_time() - before < 2
