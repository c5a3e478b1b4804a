"""Our own passages for training are read as they are meant, and a wrong annotation is named. Needs no torch."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from training.passages import read_passages  # noqa: E402

NOTED = """=== a name
“It leaks,” Ana Roy told the council. “Nobody asked,” the ministry said. Roy hopes it will hold.
---
C “It leaks,” ;; “Nobody asked,” | S Ana Roy | Q told | T the council | V the ministry = Ministry of Works | N Ana Roy
C it will hold | S Roy | Q hopes | F thought | N Ana Roy
"""


def read(folder: Path, source: str, *, noted: bool = True) -> list[dict[str, Any]]:
    (folder / "file.txt").write_text(source, encoding="utf-8")
    return read_passages(folder, noted=noted)


def cut(article: dict[str, Any], place: tuple[int, int] | None) -> str | None:
    return article["text"][slice(*place)] if place else None


def test_notes_are_places_of_the_text(tmp_path: Path) -> None:
    (article,) = read(tmp_path, NOTED)
    first, second = article["attributions"]
    assert article["id"] == "file: a name"
    assert [cut(article, place) for place in first["content"]] == ["“It leaks,”", "“Nobody asked,”"]
    assert [cut(article, place) for place in (*first["source"], *first["cue"], first["to"], first["via"])] == [
        *("Ana Roy", "told", "the council", "the ministry")
    ]
    assert (first["name"], first["via_name"], first["act"]) == ("Ana Roy", "Ministry of Works", "speech")
    assert (second["act"], second["to"], second["via"]) == ("thought", None, None)
    assert cut(article, second["source"][0]) == "Roy"
    assert second["source"][0][0] > article["text"].index("said")  # the nearest to the content, not the first


def test_marked_words_are_somebodys_or_nobodys_with_a_reason(tmp_path: Path) -> None:
    (article,) = read(
        tmp_path,
        "=== a\n“It leaks,” said Ana Roy of her film “Salt Road” and the “reform”.\n---\n"
        "C “It leaks,” | S Ana Roy | Q said\nM Salt Road | title\n",
    )
    shown = [(article["text"][one["start"] : one["end"]], one.get("why")) for one in article["quoted"]]
    assert shown == [("It leaks,", None), ("Salt Road", "title")]  # of the reform the notes tell nothing


@pytest.mark.parametrize(
    ("note", "content"),
    [
        ("C it leaks ⋯ for years | S Roy | Q said", "it leaks and has leaked for years"),
        ("C Lee said ⟦it leaks⟧ and has | S Roy | Q said", "it leaks"),
        ("C leaked for | S - | Q said", "leaked for"),
    ],
)
def test_strings_of_notes(tmp_path: Path, note: str, content: str) -> None:
    (article,) = read(tmp_path, f"=== a\nRoy said it held. Lee said it leaks and has leaked for years.\n---\n{note}\n")
    (only,) = article["attributions"]
    assert [cut(article, place) for place in only["content"]] == [content]
    assert len(only["source"]) == ("S -" not in note)


def test_a_quotation_without_a_cue_has_none(tmp_path: Path) -> None:
    (article,) = read(tmp_path, "=== a\nRoy shrugged. “Nobody asked.”\n---\nC “Nobody asked.” | S Roy\n")
    assert article["attributions"][0]["cue"] == []


BRACKETS = """=== two
⟦S1,S2 Roy⟧ ⟦Q1 said⟧ ⟦C1 it failed⟧ and ⟦Q2 warned⟧ ⟦C2 that ⟦S3 Lee⟧ ⟦Q3 thought⟧ ⟦C3 it leaked⟧⟧.
"""


def test_brackets_are_places_of_the_text(tmp_path: Path) -> None:
    (article,) = read(tmp_path, BRACKETS, noted=False)
    assert article["text"] == "Roy said it failed and warned that Lee thought it leaked."
    assert [
        tuple(cut(article, one[field][0]) for field in ("source", "cue", "content")) for one in article["attributions"]
    ] == [
        ("Roy", "said", "it failed"),
        ("Roy", "warned", "that Lee thought it leaked"),
        ("Lee", "thought", "it leaked"),
    ]


def test_a_folder_may_hold_both_ways(tmp_path: Path) -> None:
    (tmp_path / "b.txt").write_text(BRACKETS, encoding="utf-8")
    assert [one["id"] for one in read(tmp_path, NOTED)] == ["file: a name"]
    assert [one["id"] for one in read_passages(tmp_path, noted=False)] == ["b: two"]


@pytest.mark.parametrize(
    ("fault", "note"),
    [
        ("2 places for 'it'", "C it | S Roy | Q said"),
        ("0 places for 'it sank'", "C it sank | S Roy | Q said"),
        ("not found: 'Orr'", "C leaked | S Orr | Q said"),
        ("'C'", "S Roy | Q said"),
        ("'why'", "M leaked | because"),
    ],
)
def test_a_wrong_note_is_named_with_its_passage(tmp_path: Path, fault: str, note: str) -> None:
    with pytest.raises(ValueError, match="file: a") as raised:
        read(tmp_path, f"=== a\nRoy said it failed and it leaked.\n---\n{note}\n")
    assert fault in str(raised.value)
    assert note.split(" | ")[0] in str(raised.value)


@pytest.mark.parametrize("marked", ["⟦S1 Roy⟧ ⟦Q1 said⟧ it⟧.", "⟦S1 Roy⟧ ⟦Q1 said ⟦C1 it⟧.", "⟦S1 Roy⟧ said ⟦C1 it⟧."])
def test_wrong_brackets_are_named_with_their_passage(tmp_path: Path, marked: str) -> None:
    with pytest.raises(ValueError, match="file: a: "):
        read(tmp_path, f"=== a\n{marked}\n", noted=False)


@pytest.mark.parametrize("noted", [True, False])
@pytest.mark.parametrize("folder", ["written", "held"])
def test_all_passages_of_the_project_are_read(folder: str, noted: bool) -> None:
    found = read_passages(ROOT / "training" / folder, noted=noted)
    assert len({one["id"] for one in found}) == len(found)
    for article in found:
        for one in article["attributions"]:
            assert all(0 <= a < b <= len(article["text"]) for a, b in one["content"])
