"""Fit the reader's calibration: `python -m training.calibrate DEV.jsonl...`.

DEV is annotated articles that the reader was not trained on. The whole program reads them, every type of speech, and
two numbers are fitted for attributions of quoted words, two for others, one for what rules find, one for spans that
are nobody's words. What is written is fitted to all articles. Printed is the expected calibration error before and
after; after, each fifth of the articles is judged by numbers that were fitted to the others.
"""

from __future__ import annotations

import argparse
import hashlib
import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from pathlib import Path

import numpy as np

from quotes.attribution import Reader, load_reader
from quotes.attribution.reader.calibration import RULED, Calibration, Line, log_odds, on_line
from quotes.evaluation import Comparison, calibration_error, compare, from_gold, from_records, trust
from quotes.options import Options
from quotes.pipeline import Extractor
from quotes.reading import to_document
from quotes.record import to_record

WEIGHTS = Path(__file__).parent.parent / "quotes" / "attribution" / "weights"
FOLDS = 5
RIDGE = 1.0  # how strongly the line is held to "as it stands", in attributions
STEPS = 50

Judged = Sequence[tuple[float, bool]]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("dev", type=Path, nargs="+")
    parser.add_argument("-o", "--output", type=Path, default=WEIGHTS / "calibration.json")
    arguments = parser.parse_args()
    compared = [one for dev in arguments.dev for one in read(dev)]
    report(compared)
    fitted = fit(trust(compared))
    arguments.output.write_text(to_json(fitted), encoding="utf-8")
    print(f"written to {arguments.output}")


def read(dev: Path) -> Iterator[Comparison]:
    """Gold and what the program finds in it, with the confidence that it has before calibration."""
    shipped = load_reader()
    raw = Reader(shipped.network, shipped.tokenizer, shipped.options)
    extractor = Extractor(Options(types="all"), raw)
    for line in dev.open(encoding="utf-8"):
        gold = from_gold(json.loads(line))
        (quotes,) = extractor.extract_documents([to_document(gold.text, gold.id)])
        yield compare(gold, from_records(gold.id, [to_record(quote, extractor.model) for quote in quotes]))


def fit(judged: dict[str, list[tuple[float, bool]]]) -> Calibration:
    said = judged["quoted"] + judged["indirect"]
    return Calibration(
        fit_line(_read(judged["quoted"])),
        fit_line(_read(judged["indirect"])),
        _share(right for confidence, right in said if confidence == RULED),
        _share(right for _, right in judged["nobody"]),
    )


def _read(judged: Judged) -> Judged:
    return [one for one in judged if one[0] != RULED]


def _share(right: Iterable[bool]) -> float:
    """How many are right, by the rule of succession."""
    told = list(right)
    return round((sum(told) + 1) / (len(told) + 2), 4)


def fit_line(judged: Judged) -> Line:
    """Logistic regression on the log-odds, by Newton's method."""
    x = np.array([[log_odds(confidence), 1.0] for confidence, _ in judged]).reshape(-1, 2)
    y = np.array([right for _, right in judged], float)
    start = np.array([1.0, 0.0])
    line = start.copy()
    for _ in range(STEPS):
        share = 1 / (1 + np.exp(-x @ line))
        slope = x.T @ (share - y) + RIDGE * (line - start)
        curve = (x * (share * (1 - share))[:, None]).T @ x + RIDGE * np.eye(2)
        line = line - np.linalg.solve(curve, slope)
    return round(float(line[0]), 4), round(float(line[1]), 4)


def report(compared: Sequence[Comparison]) -> None:
    """Print the errors, each fold judged by numbers that were fitted to the others."""
    before: dict[str, list[tuple[float, bool]]] = {"quoted": [], "indirect": []}
    after: dict[str, list[tuple[float, bool]]] = {"quoted": [], "indirect": []}
    for k in range(FOLDS):
        fold = trust(compared[k::FOLDS])
        fitted = fit(trust([one for n, one in enumerate(compared) if n % FOLDS != k]))
        for kind in before:
            before[kind] += fold[kind]
            after[kind] += [(_scaled(fitted, kind, confidence), right) for confidence, right in fold[kind]]
    for kind in before:
        print_errors(kind, before[kind], after[kind])
    print_errors("all", *(both["quoted"] + both["indirect"] for both in (before, after)))


def _scaled(fitted: Calibration, kind: str, confidence: float) -> float:
    return fitted.rules if confidence == RULED else on_line(getattr(fitted, kind), confidence)


def print_errors(kind: str, before: Judged, after: Judged) -> None:
    print(
        f"{kind:9s} {len(before):5d} attributions, expected calibration error "
        f"{100 * calibration_error(before):.1f} % before, {100 * calibration_error(after):.1f} % after"
    )


def to_json(fitted: Calibration) -> str:
    """With the sha256 of the weights that it was fitted to."""
    digests = {part: hashlib.sha256((WEIGHTS / part).read_bytes()).hexdigest() for part in ("lower.onnx", "upper.onnx")}
    return json.dumps({**asdict(fitted), "reader": digests}, indent=2) + "\n"


if __name__ == "__main__":
    main()
