"""The quality gate: our own annotated articles, read by the program as it stands, against the floors that it holds.

    python tests/gate.py            what the program reaches now, beside the floors
    python tests/gate.py --update   set the floors anew: a little below what it reaches now

`fixtures/gate/floors.json` has the floors (F1 in percent) and the sha256 of what they were measured with: the articles,
and the code that reads and scores them. Where either changes, the floors say nothing any more and are set anew, after
somebody has looked at what changed.
"""

from __future__ import annotations

import argparse
import hashlib
import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from cases_format import read_cases, to_gold

import quotes.evaluation
from quotes import Options, load
from quotes.evaluation import Comparison, Figure, compare, from_gold, from_records, score, table
from quotes.reading import to_document
from quotes.record import to_record

__all__ = ["FLOORS", "GATED", "compare_gate", "inputs", "read_floors"]

GATE = Path(__file__).resolve().parent.parent / "fixtures" / "gate"
FLOORS = GATE / "floors.json"
GATED = ("detect", "attrib", "name", "content", "exact")
SLACK = 1.0  # percent: less than an attribution in a hundred


def compare_gate() -> list[Comparison]:
    """Each article of the gate with what the shipped program finds in it."""
    extractor = load(Options(types="all"))
    golds = [from_gold(to_gold(case)) for case in read_cases(GATE)]
    documents = [to_document(gold.text, gold.id) for gold in golds]
    found = extractor.extract_documents(documents)
    return [
        compare(gold, from_records(gold.id, [to_record(quote, extractor.model) for quote in quotes]))
        for gold, quotes in zip(golds, found, strict=True)
    ]


def inputs() -> dict[str, str]:
    """The sha256 of the articles and of the scorer."""
    scorer = [Path(__file__).with_name("cases_format.py"), *Path(quotes.evaluation.__file__).parent.glob("*.py")]
    return {"articles": _digest(GATE.glob("*.txt")), "scorer": _digest(scorer)}


def _digest(files: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for file in sorted(files, key=lambda file: file.name):
        text = file.read_text(encoding="utf-8")  # line ends aside, which a checkout may change
        digest.update(f"{file.name}\n{len(text)}\n{text}".encode())
    return digest.hexdigest()


def read_floors() -> dict[str, Any]:
    floors: dict[str, Any] = json.loads(FLOORS.read_text(encoding="utf-8"))
    return floors


def _update(figures: dict[str, Figure]) -> None:
    floors = {name: round(100 * figures[name].f1 - SLACK, 1) for name in GATED}
    FLOORS.write_text(json.dumps({"floors": floors, "sha256": inputs()}, indent=2) + "\n", encoding="utf-8")


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--update", action="store_true", help="set the floors anew")
    update = parser.parse_args().update
    figures = score(compare_gate())
    print(*table(figures), sep="\n")
    if update:
        _update(figures)
    print("floors:", ", ".join(f"{name} {floor}" for name, floor in read_floors()["floors"].items()))


if __name__ == "__main__":
    main()
