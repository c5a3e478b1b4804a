"""Confidence is a chance: it grows with the network's own, and it was fitted to the weights that ship."""

from __future__ import annotations

import hashlib
import json
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quotes.attribution import Found, attributions_of
from quotes.attribution.candidates import Candidate
from quotes.attribution.reader.calibration import SUREST, Calibration, load_calibration, on_line
from quotes.marks import find_marks
from quotes.types import Attribution, Document, MarkedSpan

WEIGHTS = files("quotes.attribution") / "weights"
MARK = MarkedSpan(0, 5, 1, 4)


def test_it_was_fitted_to_the_weights_that_ship() -> None:
    """Otherwise: python -m training.calibrate DEV.jsonl"""
    fitted = json.loads((WEIGHTS / "calibration.json").read_text(encoding="utf-8"))
    for part in ("lower.onnx", "upper.onnx"):
        assert fitted["reader"][part] == hashlib.sha256((WEIGHTS / part).read_bytes()).hexdigest()


@given(st.floats(0, SUREST), st.floats(0, SUREST))
def test_the_surer_the_network_the_surer_the_record(one: float, other: float) -> None:
    shipped = load_calibration()
    for quoted in ((), (MARK,)):
        low, high = (shipped.of(Attribution(((0, 5),), quoted, confidence=c)) for c in sorted((one, other)))
        assert 0 < low <= high < 1


@pytest.mark.parametrize("confidence", [0.001, 0.3, 0.5, 0.9, 0.999])
def test_without_calibration_confidence_stays(confidence: float) -> None:
    assert on_line((1.0, 0.0), confidence) == pytest.approx(confidence)


def test_each_kind_has_its_own() -> None:
    text = "“It failed at noon,” Roy said. Lee thought it leaked then. The “Salt” is shut."
    roy = Candidate(((0, 20),), (0.5,), source=(21, 24), cue=(25, 29), score=0.5)
    lee = Candidate(((42, 57),), (0.5,), source=(31, 34), cue=(35, 42), score=0.5)
    calibration = Calibration(quoted=(1.0, 1.0), indirect=(1.0, -1.0), nobody=0.7)
    found = attributions_of(Document("a", text), find_marks(text), Found([roy, lee], list), calibration)
    assert [round(a.confidence, 2) for a in found] == [0.73, 0.27, 0.7]
    assert [("low_confidence" in a.flags) for a in found] == [False, True, False]
