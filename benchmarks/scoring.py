"""What was found in articles → F1 of each figure, by `quotes eval` or by another scorer."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path, PurePath
from typing import Any

__all__ = ["f1_by_quotes", "f1_by_scorer", "to_prediction", "write_predictions"]

Json = Mapping[str, Any]


def f1_by_quotes(python: str, gold: Path, found: Path) -> dict[str, float]:
    """`found` holds records or annotated articles; `python` is that of an environment with quotes.

    A figure of which gold has nothing is left out.
    """
    figures = _ask(python, "-P", "-m", "quotes", "eval", "--json", str(gold), str(found))
    return {name: figure["f1"] for name, figure in figures.items() if figure["gold"]}


def f1_by_scorer(scorer: Path, gold: Path, found: Path) -> dict[str, float]:
    """The same by a program called as `score.py GOLD PREDICTIONS --json`: {"detect": [precision, recall, F1] …}."""
    predictions = found.with_suffix(".predictions.jsonl")
    with found.open(encoding="utf-8") as lines:
        write_predictions((one for line in lines for one in _predictions(json.loads(line))), predictions)
    figures = _ask(sys.executable, str(scorer), str(gold), str(predictions), "--json")
    return {name: figure[2] for name, figure in figures.items() if isinstance(figure, list)}


def _ask(*command: str) -> Any:
    return json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE, encoding="utf-8").stdout)


def write_predictions(predictions: Iterable[Json], file: Path) -> None:
    file.write_text("".join(f"{json.dumps(one)}\n" for one in predictions), encoding="utf-8")


def _predictions(found: Json) -> Iterator[Json]:
    """Of a record, or of an annotated article."""
    if "attributions" not in found:
        yield to_prediction(found)
    for number, one in enumerate(found.get("attributions", ())):
        yield {
            "document": found["id"],
            "quoted": [(q["start"], q["end"]) for q in found["quoted"] if q["attribution"] == number],
            "content": one["content"],
            "speaker": (one["source"][0][0], one["source"][-1][1]) if one["source"] else None,
            "name": one["name"],
            "cue": one["cue"][0] if one["cue"] else None,
        }


def to_prediction(record: Json) -> Json:
    """A record as a scorer's prediction."""
    speaker = record["speaker"]
    spans = [_bounds(span) for span in record["spans"]]
    return {
        "document": PurePath(record["document"]["path"]).stem,
        "quoted": [] if record["type"] == "indirect" else spans,
        "content": [_bounds(span) for span in record["content"]["spans"]],
        "speaker": _bounds(speaker["mention"]) if speaker else None,
        "name": speaker["name"] if speaker else None,
        "cue": _bounds(record["cue"]) if record["cue"] else None,
    }


def _bounds(span: Json) -> tuple[int, int]:
    return span["start"], span["end"]
