"""Captions put into training articles: what was annotated says the same at its new place. Needs no torch."""

from __future__ import annotations

import random
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from training.captions import captioned  # noqa: E402
from training.passages import read_passages  # noqa: E402

ARTICLE = """=== a
Weir repairs have cost the town of Salt more than a new bridge would have done, a report found.

‘It leaks and it always did,’ Ana Roy told the council. ‘We asked for a new one in the spring of last year.

‘Nobody came to look at it.’

The council's engineer Bo Lee believes that the old stones will hold for ten more years. He was at the weir on Monday.
---
C Weir repairs have cost the town of Salt more than a new bridge would have done | S a report | Q found | K document
C ‘It leaks and it always did,’ ;; ‘We asked for a new one in the spring of last year. | S Ana Roy | Q told
C that the old stones will hold for ten more years | S The council's engineer Bo Lee | Q believes | F thought | N Bo Lee
"""


def said(article: dict[str, Any]) -> list[tuple[str, ...]]:
    """The words of each attribution, blanks aside, for content may be parted by a caption."""
    text = article["text"]

    def words(places: list[list[int]]) -> str:
        return "".join("".join(text[start:end] for start, end in places).split())

    return [tuple(words(one[field]) for field in ("source", "cue", "content")) for one in article["attributions"]]


def test_what_is_annotated_moves_along(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(ARTICLE, encoding="utf-8")
    (article,) = read_passages(tmp_path, noted=True)
    for seed in range(200):
        found = captioned(article, random.Random(seed))
        before, after = said(article), said(found)
        assert len(found["text"]) > len(article["text"])
        assert after[: len(before)] == before
        assert set(after) == set(before)  # a caption's copy says what its sentence says
        quoted = [[one["text"][mark["start"] : mark["end"]] for mark in one["quoted"]] for one in (article, found)]
        assert quoted[1][: len(quoted[0])] == quoted[0]


def test_a_caption_is_a_line_between_two_paragraphs(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(ARTICLE, encoding="utf-8")
    (article,) = read_passages(tmp_path, noted=True)
    paragraphs = article["text"].strip().split("\n\n")
    for seed in range(50):
        found = captioned(article, random.Random(seed))["text"].strip().split("\n\n")
        assert [one for one in found if one in paragraphs] == paragraphs
        added = [one for one in found if one not in paragraphs]
        assert all(any(one in paragraph for paragraph in paragraphs) and one[-1] not in ".!?" for one in added)
