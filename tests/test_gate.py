"""Quality cannot drop in silence: the shipped program reads our annotated articles at least as well as it did."""

from __future__ import annotations

import pytest
from gate import GATED, compare_gate, inputs, read_floors

from quotes.evaluation import Figure, score

ANEW = "look at what changed, then set the floors anew with `python tests/gate.py --update`"


@pytest.fixture(scope="module")
def figures() -> dict[str, Figure]:
    return score(compare_gate())


def test_the_floors_were_measured_with_these_articles_and_this_scorer() -> None:
    assert read_floors()["sha256"] == inputs(), ANEW


@pytest.mark.parametrize("name", GATED)
def test_no_figure_falls_below_its_floor(figures: dict[str, Figure], name: str) -> None:
    floor = read_floors()["floors"][name]
    assert 100 * figures[name].f1 >= floor, f"{name} F1 fell below {floor}: mend it, or, if it must be, {ANEW}"
