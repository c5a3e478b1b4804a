"""What all peers share: a folder of articles → a file of annotated articles, as `quotes eval` reads them."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

__all__ = ["Quotation", "main"]

Range = tuple[int, int]


@dataclass(frozen=True)
class Quotation:
    """What a peer found: code points, end-exclusive; `name` where the peer says who the speaker is."""

    content: Range
    source: Range
    cue: Range
    name: str | None = None


def main(read: Callable[[str], Iterable[Quotation]]) -> int:
    """Read all articles. One at which `read` fails has no quotations and is named on standard error; the exit code."""
    arguments = _arguments()
    code = 0
    with arguments.output.open("w", encoding="utf-8") as output:
        for path in sorted(arguments.folder.glob("*.txt")):
            text = path.read_text(encoding="utf-8")
            try:
                found = list(read(text))
            except Exception as error:  # whatever it is: the user has no quotations of this article
                found, code = [], 1
                print(f"{path}: {type(error).__name__}: {' '.join(str(error).split())}", file=sys.stderr)
            output.write(json.dumps(_annotated(path.stem, text, found)) + "\n")
    return code


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    parser.add_argument("folder", type=Path)
    parser.add_argument("-o", "--output", type=Path, required=True)
    return parser.parse_args()


def _annotated(id: str, text: str, found: list[Quotation]) -> dict[str, Any]:
    attributions = [
        {"source": [one.source], "source_head": None, "cue": [one.cue], "content": [one.content], "name": one.name}
        for one in found
    ]
    quoted = [{"start": one.content[0], "end": one.content[1], "attribution": n} for n, one in enumerate(found)]
    return {"id": id, "text": text, "attributions": attributions, "quoted": quoted}
