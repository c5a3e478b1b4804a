"""A reader that knows `“…” said Name` and, of thoughts, `“…” hoped Name`: for tests of what stands around the reader.

Run as a program it is the command line with this reader (`python said_reader.py extract …`); so are its workers.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Sequence

import numpy as np
import regex

import quotes.pipeline
from quotes.attribution import Found
from quotes.attribution.candidates import Candidate
from quotes.attribution.reader.calibration import Calibration
from quotes.attribution.reader.labels import REASONS
from quotes.types import MarkedSpan

FAILS = "the reader stumbles here"
KILLS = "the reader dies here"
_SAID = regex.compile(r"\s*(said|hoped)\s+(\p{Lu}\w+(?: \p{Lu}\w+)*)")
_TITLE = (np.arange(len(REASONS)) == REASONS.index("title")).astype(np.float32)


class SaidReader:
    """Stands where the learned reader stands; raises where a text holds `FAILS`, takes its process along at `KILLS`."""

    calibration = Calibration()

    def read(self, text: str, marks: Sequence[MarkedSpan], *, everywhere: bool = True) -> Found:
        """Every marked span that is followed by who said it or hoped it; all others are titles."""
        if FAILS in text:
            raise ValueError("stumbled")
        if KILLS in text:
            os.kill(os.getpid(), signal.SIGKILL)
        found = ((mark, _SAID.match(text, mark.end)) for mark in marks)
        candidates = [
            Candidate(
                ((mark.start, mark.end),),
                (0.9,),
                source=said.span(2),
                cue=said.span(1),
                thought=0.9 if said[1] == "hoped" else 0.1,
                score=0.9,
            )
            for mark, said in found
            if said
        ]
        return Found(candidates, list, {mark.inner_start: _TITLE for mark in marks})


if __name__ in ("__main__", "__mp_main__"):
    quotes.pipeline.load_reader = SaidReader  # type: ignore[assignment]
if __name__ == "__main__":
    from quotes.cli import main

    main(prog_name="quotes")
