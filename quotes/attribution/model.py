"""The learned reader: a small transformer that finds cues and reads the source and the content around each.

How it was made stands in `training/`; what it was made from, and how well it reads, in `model_card.md` beside its
weights. It reads one window at a time: with weights in eight bits the scale of a batch would depend on its other
windows, and the same article must give the same bytes in whatever company it is read.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
from tokenizers import Tokenizer

from quotes.attribution.calibration import Calibration, load_calibration
from quotes.attribution.decode import Floats, Ints, Reading, best_tags, readings
from quotes.attribution.windows import Pieces, Window, cut_windows, encode, near_marks
from quotes.errors import ModelNotFoundError
from quotes.types import Attribution, MarkedSpan, Range

__all__ = ["Reader", "ReaderOptions", "Run", "load_reader"]

CLS, SEP = 101, 102
GROUP = 16  # windows whose scores are in memory at a time

# (ids [1,T], features [1,T], words [1,W], threshold) → (cue logits [N], places [N], tag logits [N,W,6])
Run = Callable[[Ints, Ints, Ints, float], tuple[Floats, Ints, Floats]]


@dataclass(frozen=True, slots=True)
class ReaderOptions:
    """How an article is cut up and how sure the reader must be; sizes in word pieces."""

    window: int = 384
    threshold: float = 0.15


@cache
def load_reader(options: ReaderOptions | None = None) -> Reader:
    """The reader that ships with the package; loaded once a process.

    Raises `ModelNotFoundError` where the package was installed without its weights.
    """
    folder = files("quotes.attribution") / "weights"
    try:
        network, vocabulary = (folder / "reader.onnx").read_bytes(), (folder / "tokenizer.json").read_bytes()
        calibration = load_calibration()
    except FileNotFoundError:
        raise ModelNotFoundError(
            "the reader's weights are missing from this installation: "
            "reinstall with `pip install --force-reinstall newsquotes`"
        ) from None
    return Reader(_onnx_run(network), Tokenizer.from_buffer(vocabulary), options, calibration)


def _onnx_run(network: bytes) -> Run:
    import onnxruntime

    settings = onnxruntime.SessionOptions()
    settings.intra_op_num_threads = settings.inter_op_num_threads = 1  # processes are the parallel way, and repeatable
    # The runtime adds and normalises faster apart than in its one step for both.
    slower = ["SkipLayerNormFusion"]
    session = onnxruntime.InferenceSession(
        network, settings, providers=["CPUExecutionProvider"], disabled_optimizers=slower
    )

    def run(ids: Ints, features: Ints, words: Ints, threshold: float) -> tuple[Floats, Ints, Floats]:
        inputs = {"ids": ids, "features": features, "words": words, "threshold": np.array(threshold, np.float32)}
        scores, places, tags = session.run(["scores", "places", "tags"], inputs)
        sure = scores > threshold  # the likeliest cue comes in any case
        return scores[sure], places[sure], tags[sure]

    return run


class Reader:
    """Reads attributions from a text and its quotation marks. `run` is the network, whatever runs it.

    The confidence of what it reads is the network's own; `calibration` is for whoever has the last word on it.
    """

    def __init__(
        self,
        run: Run,
        tokenizer: Tokenizer,
        options: ReaderOptions | None = None,
        calibration: Calibration | None = None,
    ):
        self.run = run
        self.tokenizer = tokenizer
        self.options = options or ReaderOptions()
        self.calibration = calibration or Calibration()

    def read(self, text: str, marks: Sequence[MarkedSpan], *, everywhere: bool = True) -> list[Attribution]:
        """Every attribution of `text` in the order of their cues; ranges are code points, end-exclusive.

        Where only words between marks are wanted, `everywhere=False` leaves out the paragraphs far from any.
        """
        options = self.options
        pieces = encode(text, marks, self.tokenizer, options.window)
        if not everywhere:
            pieces = near_marks(pieces)
        windows = cut_windows(pieces, options.window)
        groups = (windows[n : n + GROUP] for n in range(0, len(windows), GROUP))
        return [found for group in groups for found in self._read(pieces, group)]

    def _read(self, pieces: Pieces, group: Sequence[Window]) -> list[Attribution]:
        windows = [self._scored(pieces, window) for window in group]
        found = best_tags([(window.scores, window.places) for window in windows])
        return [
            _attribution(reading, window.starts, window.ends)
            for window, tags in zip(windows, found, strict=True)
            for reading in readings(window.cues, window.scores, window.places, tags)
        ]

    def _scored(self, pieces: Pieces, window: Window) -> _Scored:
        span = slice(window.start, window.end)
        words = np.flatnonzero(pieces.first[span])
        ids = np.r_[CLS, pieces.ids[span], SEP]
        features = np.r_[0, pieces.features[span], 0]
        logit = float(np.log(self.options.threshold / (1 - self.options.threshold)))
        cues, places, scores = self.run(ids[None], features[None], (words + 1)[None], logit)
        return _Scored(pieces.start[span][words], pieces.end[span][words], cues, places, scores)


@dataclass(frozen=True, slots=True)
class _Scored:
    """What the network says of one window: its words' bounds [W], its cues' logits [N], places [N] and tags [N,W,6]."""

    starts: Ints
    ends: Ints
    cues: Floats
    places: Ints
    scores: Floats


def _attribution(reading: Reading, starts: Ints, ends: Ints) -> Attribution:
    def place(words: Range) -> Range:
        return int(starts[words[0]]), int(ends[words[1] - 1])

    return Attribution(
        content=tuple(place(piece) for piece in reading.content),
        source=place(reading.source) if reading.source else None,
        cue=place(reading.cue),
        confidence=reading.confidence,
    )
