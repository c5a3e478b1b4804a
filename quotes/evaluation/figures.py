"""Pairs of gold and predictions → figures: precision, recall, F1, and how far confidence can be trusted."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from quotes.evaluation.articles import NOBODY, Said
from quotes.evaluation.pairing import Comparison, bare, is_source, same_name
from quotes.types import Range

__all__ = ["FIGURES", "Figure", "calibration_error", "score", "table", "to_json", "trust"]

FIGURES = ("spans", "detect", "attrib", "name", "content", "triple", "exact")
BINS = 10


@dataclass(frozen=True, slots=True)
class Figure:
    """How many are right, of how many predicted and how many in gold."""

    right: int = 0
    predicted: int = 0
    gold: int = 0

    def __add__(self, other: Figure) -> Figure:
        return Figure(self.right + other.right, self.predicted + other.predicted, self.gold + other.gold)

    @property
    def precision(self) -> float:
        return self.right / self.predicted if self.predicted else 0.0

    @property
    def recall(self) -> float:
        return self.right / self.gold if self.gold else 0.0

    @property
    def f1(self) -> float:
        total = self.predicted + self.gold
        return 2 * self.right / total if total else 0.0


def score(comparisons: Iterable[Comparison]) -> dict[str, Figure]:
    """The figures named in `FIGURES`, over all articles."""
    total = dict.fromkeys(FIGURES, Figure())
    for comparison in comparisons:
        for name, figure in _figures(comparison).items():
            total[name] += figure
    return total


def _figures(c: Comparison) -> dict[str, Figure]:
    given = list(_given(c))
    sourced = [said for span, said in c.gold.marked if said.source and _holds_words(c.text, span)]
    named = [(who, gold) for who, gold in given if who.name and (not gold.speech or gold.name)]
    found = [(c.predicted.said[p], c.gold.said[g], dice) for p, (g, dice) in c.contents.items()]
    marked = (sum(_holds_words(c.text, span) for span, _ in side.marked) for side in (c.predicted, c.gold))
    attributions = (len(c.predicted.said), len(c.gold.said))
    return {
        "spans": Figure(len(c.spans), *marked),
        "detect": Figure(sum(gold.speech for _, gold in given), len(given), len(sourced)),
        "attrib": Figure(sum(is_source(c.text, who.source, gold) for who, gold in given), len(given), len(sourced)),
        "name": Figure(
            sum(same_name(who.name, gold.name) for who, gold in named), len(named), sum(bool(s.name) for s in sourced)
        ),
        "content": Figure(len(found), *attributions),
        "triple": Figure(sum(_same_speaker(c.text, who, gold) for who, gold, _ in found), *attributions),
        "exact": Figure(sum(dice == 1 for *_, dice in found), *attributions),
    }


def _given(c: Comparison) -> Iterator[tuple[Said, Said]]:
    """Each quoted span that was given a speaker, with gold's attribution; those that gold leaves open are left out."""
    for p, (span, who) in enumerate(c.predicted.marked):
        gold = c.gold.marked[c.spans[p]][1] if p in c.spans else NOBODY
        open_in_gold = gold.speech and not gold.source
        if who.source and not open_in_gold and _holds_words(c.text, span):
            yield who, gold


def _holds_words(text: str, span: Range) -> bool:
    """Whether more than marks stands in a span."""
    start, end = bare(text, span)
    return start < end


def _same_speaker(text: str, who: Said, gold: Said) -> bool:
    return is_source(text, who.source, gold) if gold.source else who.source is None


def trust(comparisons: Iterable[Comparison]) -> dict[str, list[tuple[float, bool]]]:
    """How sure the program was of each attribution, and whether it was right to be.

    `quoted`: each quoted span that was given a speaker: right as in attrib. `indirect`: each attribution without
    quoted words: right as in triple. `nobody`: each span said to be nobody's words: right where gold says so, too.
    """
    found: dict[str, list[tuple[float, bool]]] = {"quoted": [], "indirect": [], "nobody": []}
    for c in comparisons:
        found["quoted"] += [(who.confidence, is_source(c.text, who.source, gold)) for who, gold in _given(c)]
        found["indirect"] += [
            (who.confidence, p in c.contents and _same_speaker(c.text, who, c.gold.said[c.contents[p][0]]))
            for p, who in enumerate(c.predicted.said)
            if who.type == "indirect"
        ]
        found["nobody"] += [
            (who.confidence, not c.gold.marked[c.spans[p]][1].speech)
            for p, (_, who) in enumerate(c.predicted.marked)
            if not who.speech and p in c.spans
        ]
    return found


def calibration_error(judged: Sequence[tuple[float, bool]], bins: int = BINS) -> float:
    """Expected calibration error: how far confidence is from the share that is right, over bins of equal size."""
    ranked = sorted(judged, key=lambda one: one[0])
    edges = [round(k * len(ranked) / bins) for k in range(bins + 1)]
    groups = (ranked[a:b] for a, b in pairwise(edges))
    off = sum(abs(sum(confidence - right for confidence, right in group)) for group in groups)
    return off / len(ranked) if ranked else 0.0


# --- figures → output ------------------------------------------------------------------------------------------------


def table(figures: Mapping[str, Figure]) -> Iterator[str]:
    """Lines to read: precision, recall and F1 in percent."""
    yield f"{'':8s} {'P':>6s} {'R':>6s} {'F1':>6s} {'right':>7s} {'found':>7s} {'gold':>7s}"
    for name, f in figures.items():
        percent = " ".join(f"{100 * value:6.1f}" for value in (f.precision, f.recall, f.f1))
        yield f"{name:8s} {percent} {f.right:7,d} {f.predicted:7,d} {f.gold:7,d}"


def to_json(figures: Mapping[str, Figure]) -> dict[str, dict[str, float]]:
    """The figures as shares of one, four digits."""
    return {
        name: {
            "precision": round(f.precision, 4),
            "recall": round(f.recall, 4),
            "f1": round(f.f1, 4),
            "right": f.right,
            "predicted": f.predicted,
            "gold": f.gold,
        }
        for name, f in figures.items()
    }
