"""How the time of `quotes extract --type all` is shared out: `python benchmarks/shares.py FOLDER`.

FOLDER holds articles, .txt files. Loading is left out; the seconds are the processor's. Each step is timed inside the
program as it works, and what no step has is the rest.
"""

from __future__ import annotations

import sys
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

from quotes import Options, attribution, pipeline
from quotes.attribution.reader import model
from quotes.reading import read_documents

STEPS = {
    "marks": (pipeline, "find_marks"),
    "word pieces": (model, "encode"),
    "windows": (model, "cut_windows"),
    "the network: lower": (model.Reader, "_see"),
    "the network: upper": (model.Reader, "_score"),
    "names": (model, "named"),
    "tags": (model, "best_tags"),
    "readings": (model, "readings"),
    "steps": (attribution, "prepare"),
    "choice": (attribution, "choose"),
    "flags": (attribution, "flags_of"),
    "who they are": (pipeline, "resolve"),
    "records": (pipeline, "build_quotes"),
    "records as JSON": (pipeline, "to_record"),
    "the schema": (pipeline.Validator, "check"),
    "the source": (pipeline.Validator, "check_against"),
}


def main() -> None:
    spent: dict[str, float] = defaultdict(float)
    for step, (holder, name) in STEPS.items():
        setattr(holder, name, timed(spent, step, getattr(holder, name)))
    work = pipeline.start(Options(types="all"))
    documents = list(read_documents([Path(sys.argv[1])], on_error=print, on_warning=print))
    start = time.process_time()
    for document in documents:
        work([document])
    whole = time.process_time() - start
    for step in STEPS:
        print(f"{step:20} {spent[step]:6.2f} s {100 * spent[step] / whole:5.1f} %")
    rest = whole - sum(spent.values())
    print(f"{'the rest':20} {rest:6.2f} s {100 * rest / whole:5.1f} %")
    print(f"{'all':20} {whole:6.2f} s")


def timed(spent: dict[str, float], step: str, run: Callable[..., Any]) -> Callable[..., Any]:
    def watched(*arguments: Any, **named: Any) -> Any:
        start = time.process_time()
        try:
            return run(*arguments, **named)
        finally:
            spent[step] += time.process_time() - start

    return watched


if __name__ == "__main__":
    main()
