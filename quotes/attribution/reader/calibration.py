"""The reader's own probability → how often an attribution is right: Platt scaling (Platt 1999), a line in log-odds.

Marks help: an attribution of quoted words is right more often than one as sure of itself without them, so each kind has
its line. What a rule found (a credit, a turn of a transcript) and spans that are nobody's words have no probability of
their own; each share one. The numbers stand beside the weights that they were fitted to, by
`python -m training.calibrate`.
"""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from importlib.resources import files

from quotes.types import Attribution

__all__ = ["RULED", "SUREST", "Calibration", "Line", "load_calibration", "log_odds", "on_line"]

SUREST = 0.999  # beyond it the network tells nothing more
RULED = 1.0  # what rules find has this raw confidence

Line = tuple[float, float]
"""Slope and offset, in log-odds."""


@dataclass(frozen=True, slots=True)
class Calibration:
    """What `confidence` means; as it stands here, the network's own probability."""

    quoted: Line = (1.0, 0.0)
    indirect: Line = (1.0, 0.0)
    rules: float = 1.0
    nobody: float = 1.0

    def of(self, attribution: Attribution) -> float:
        """The chance that an attribution with this raw confidence is right."""
        if attribution.confidence == RULED:
            return self.rules
        return on_line(self.quoted if attribution.quoted else self.indirect, attribution.confidence)


def on_line(line: Line, confidence: float) -> float:
    """A raw confidence, scaled."""
    return 1 / (1 + math.exp(-line[0] * log_odds(confidence) - line[1]))


def log_odds(confidence: float) -> float:
    """Of a probability, kept from certainty."""
    kept = min(max(confidence, 1 - SUREST), SUREST)
    return math.log(kept / (1 - kept))


def load_calibration() -> Calibration:
    """The one that ships with the weights."""
    text = (files("quotes.attribution") / "weights" / "calibration.json").read_text(encoding="utf-8")
    fitted = json.loads(text)
    return Calibration(tuple(fitted["quoted"]), tuple(fitted["indirect"]), fitted["rules"], fitted["nobody"])
