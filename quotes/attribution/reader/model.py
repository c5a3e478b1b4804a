"""The learned reader: a small transformer that finds names, and cues with the source and the content around each.

How it was made stands in `training/`; what it was made from, and how well it reads, in `model_card.md` beside its
weights. Its first layers are enough for names, and are all that reads where only those are wanted. It reads one window
at a time: with weights in eight bits the scale of a batch would depend on its other windows, and the same article must
give the same bytes in whatever company it is read.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache
from importlib.resources import files
from itertools import chain
from typing import TYPE_CHECKING

import numpy as np

from quotes.attribution.candidates import Candidate
from quotes.attribution.reader.calibration import Calibration, load_calibration
from quotes.attribution.reader.decode import Anchors, Floats, Ints, Reading, best_tags, readings
from quotes.attribution.reader.named import named
from quotes.attribution.reader.windows import Pieces, Window, cut_windows, encode, is_opening, near_marks
from quotes.attribution.reader.wordpiece import Tokenizer
from quotes.errors import ModelNotFoundError
from quotes.types import MarkedSpan, Name, Range

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

    from onnxruntime import InferenceSession

__all__ = ["Found", "Network", "Reader", "ReaderOptions", "Seen", "load_reader", "session"]

CLS, SEP = 101, 102
SLOWER = ["SkipLayerNormFusion"]  # the runtime adds and normalises faster apart than in its one step for both
GROUP = 16  # windows whose scores are in memory at a time

# (ids [1,T], features [1,T], words [1,W]) → (states [1,T,width], name tag logits [W,13] and those of its steps [13,13])
Lower = Callable[[Ints, Ints, Ints], tuple[Floats, Floats, Floats]]
# (states [1,T,width], words [1,W], threshold) → (anchors, logits [W,9] of `REASONS` for each word)
Upper = Callable[[Floats, Ints, float], tuple[Anchors, Floats]]


@dataclass(frozen=True, slots=True)
class Network:
    """The two parts of the network, whatever runs them: `lower` reads words, `upper` who said what."""

    lower: Lower
    upper: Upper


@dataclass(frozen=True, slots=True)
class Found:
    """What the reader finds in a text: candidates in the order of their anchors; `names()` are the names, in text
    order.

    `reasons` tells of marked words, by where they begin, the chances [9] of `REASONS`. Names far from any candidate are
    looked for when they are asked for: most articles without one need none. `around` gives what the lower part sees in
    the paragraphs around a place, with marks or without.
    """

    candidates: list[Candidate]
    names: Callable[[], list[Name]]
    reasons: Mapping[int, Floats] = field(default_factory=dict)
    around: Callable[[int], Seen | None] = lambda place: None


@dataclass(frozen=True, slots=True)
class ReaderOptions:
    """How an article is cut up and how sure the reader must be; sizes in word pieces.

    `reach`, and `far_reach` for paragraphs far from quotation marks, say how many pieces away a break must have no
    rival to be a cut. Reported speech without marks has its source beside it, and needs little around. What is seen
    around a place are `around` pieces: the `core` that it stands in, and those before it.
    """

    window: int = 384
    reach: int = 96
    far_reach: int = 40
    threshold: float = 0.15
    around: int = 256
    core: int = 160


@cache
def load_reader(options: ReaderOptions | None = None) -> Reader:
    """The reader that ships with the package; loaded once a process.

    Raises `ModelNotFoundError` where the package was installed without its weights.
    """
    folder = files("quotes.attribution") / "weights"
    try:
        network = _onnx_network(folder / "lower.onnx", folder / "upper.onnx")
        tokenizer = Tokenizer.from_json((folder / "tokenizer.json").read_bytes())
        calibration = load_calibration()
    except FileNotFoundError:
        raise ModelNotFoundError(
            "the reader's weights are missing from this installation: "
            "reinstall with `pip install --force-reinstall newsquotes`"
        ) from None
    return Reader(network, tokenizer, options, calibration)


def _onnx_network(lower: Traversable, upper: Traversable) -> Network:
    """The network as ONNX files hold it, run by onnxruntime."""
    first, last = session(lower), session(upper)

    def run_lower(ids: Ints, features: Ints, words: Ints) -> tuple[Floats, Floats, Floats]:
        inputs = {"ids": ids, "features": features, "words": words}
        states, names, steps = first.run(None, inputs)
        return states, names, steps

    def run_upper(states: Floats, words: Ints, threshold: float) -> tuple[Anchors, Floats]:
        inputs = {"states": states, "words": words, "threshold": np.array(threshold, np.float32)}
        *anchors, reasons = last.run(None, inputs)
        sure = anchors[0] > threshold  # the likeliest anchor comes in any case
        return Anchors(*(one[sure] for one in anchors)), reasons

    return Network(run_lower, run_upper)


def session(file: Traversable) -> InferenceSession:
    """The network of an ONNX file, on one thread. Raises FileNotFoundError where there is no such file."""
    import onnxruntime

    if not file.is_file():
        raise FileNotFoundError(file)
    settings = onnxruntime.SessionOptions()
    settings.intra_op_num_threads = settings.inter_op_num_threads = 1  # processes are the parallel way, and repeatable
    settings.enable_mem_pattern = False  # windows differ in size: a plan for each would be made and kept
    return onnxruntime.InferenceSession(
        str(file), settings, providers=["CPUExecutionProvider"], disabled_optimizers=SLOWER
    )


class Reader:
    """Reads attributions and names from a text and its quotation marks.

    The confidence of what it reads is the network's own; `calibration` is for whoever has the last word on it.
    """

    def __init__(
        self,
        network: Network,
        tokenizer: Tokenizer,
        options: ReaderOptions | None = None,
        calibration: Calibration | None = None,
    ):
        self.network = network
        self.tokenizer = tokenizer
        self.options = options or ReaderOptions()
        self.calibration = calibration or Calibration()

    def read(self, text: str, marks: Sequence[MarkedSpan], *, everywhere: bool = True) -> Found:
        """Every attribution and name of `text`; ranges are code points, end-exclusive.

        The paragraphs near quotation marks are read apart from those far from any, which `everywhere=False` leaves
        unread: what is read between marks is the same with and without them.
        """
        size = self.options.window
        pieces = encode(text, marks, self.tokenizer, size)
        near, far = self._cut(pieces, self.options.reach), self._cut(pieces, self.options.far_reach, far=True)
        candidates: list[Candidate] = []
        reasons: dict[int, Floats] = {}
        tagged: list[Tagged] = []
        for seen in chain(self._seen(near), self._seen(far) if everywhere else ()):
            scored = [(one, *self._score(one)) for one in seen]
            candidates += _candidates([(one.tagged, anchors) for one, anchors, _ in scored])
            for one, _, told in scored:
                reasons |= _reasons(one, told)
            tagged += [one.tagged for one in seen]

        def all_names() -> list[Name]:
            unread = () if everywhere else self._seen(far)
            names = _names([*tagged, *(one.tagged for seen in unread for one in seen)])
            return sorted(names, key=lambda name: name.start)

        return Found(candidates, all_names, reasons, self._around(pieces))

    def around(self, text: str, marks: Sequence[MarkedSpan]) -> Callable[[int], Seen | None]:
        """What the lower part sees around a place of `text`; None where no word stands before its end."""
        return self._around(encode(text, marks, self.tokenizer, self.options.window))

    def _around(self, pieces: Pieces) -> Callable[[int], Seen | None]:
        @cache  # most articles are never asked for
        def cores() -> list[Window]:
            return cut_windows(pieces, self.options.core, self.options.reach)

        @lru_cache(maxsize=GROUP)
        def see(core: Window) -> Seen:
            edges = np.r_[np.flatnonzero(np.diff(pieces.paragraph, prepend=-1)), len(pieces.ids)]
            before = int(edges[np.searchsorted(edges, core.end - self.options.around, "left")])
            return self._see(pieces, Window(min(before, core.start), core.end))

        def around(place: int) -> Seen | None:
            at = int(np.searchsorted(pieces.start, place, "right")) - 1
            return see(cores()[bisect_right(cores(), at, key=lambda core: core.start) - 1]) if at >= 0 else None

        return around

    def _cut(self, pieces: Pieces, reach: int, *, far: bool = False) -> tuple[Pieces, list[Window]]:
        """The paragraphs near marks, or those far from any, with their windows."""
        part = near_marks(pieces, far=far)
        return part, cut_windows(part, self.options.window, reach)

    def _seen(self, part: tuple[Pieces, list[Window]]) -> Iterator[list[Seen]]:
        """What the lower part sees, a few windows at a time."""
        pieces, windows = part
        for n in range(0, len(windows), GROUP):
            yield [self._see(pieces, window) for window in windows[n : n + GROUP]]

    def _see(self, pieces: Pieces, window: Window) -> Seen:
        span = slice(window.start, window.end)
        first = np.flatnonzero(pieces.first[span])
        ids = np.concatenate(([CLS], pieces.ids[span], [SEP]))
        features = np.concatenate(([0], pieces.features[span], [0]))
        words = (first + 1)[None]
        states, *tags = self.network.lower(ids[None], features[None], words)
        opening = np.flatnonzero(is_opening(pieces.features[span][first]))
        return Seen(Tagged(pieces.start[span][first], pieces.end[span][first], *tags), words, opening, states)

    def _score(self, seen: Seen) -> tuple[Anchors, Floats]:
        threshold = self.options.threshold
        return self.network.upper(seen.states, seen.words, float(np.log(threshold / (1 - threshold))))


@dataclass(frozen=True, slots=True)
class Tagged:
    """A window's words: their bounds [W], their tags as parts of names [W,13], and what each tag (row) thinks of the
    next [13,13]."""

    starts: Ints
    ends: Ints
    tags: Floats
    steps: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Seen:
    """What the lower part sees in one window: its words, their first pieces [1,W], those words that are opening marks,
    the states of all pieces [1,T,width]."""

    tagged: Tagged
    words: Ints
    opening: Ints
    states: Floats


def _names(windows: Sequence[Tagged]) -> Iterator[Name]:
    """In no order. Windows of like length are searched together: the longest of a group sets what it costs."""
    windows = sorted(windows, key=lambda one: len(one.starts))
    for n in range(0, len(windows), GROUP):
        group = windows[n : n + GROUP]
        for window, names in zip(group, named([one.tags for one in group], group[0].steps), strict=True):
            for words, kind in names:
                yield Name(*_place(words, window.starts, window.ends), kind)


def _candidates(windows: Sequence[tuple[Tagged, Anchors]]) -> Iterator[Candidate]:
    """What is read in windows."""
    found = best_tags([anchors for _, anchors in windows])
    for (tagged, anchors), tags in zip(windows, found, strict=True):
        for reading in readings(anchors, tags):
            yield _candidate(reading, tagged.starts, tagged.ends)


def _candidate(reading: Reading, starts: Ints, ends: Ints) -> Candidate:
    def place(words: Range | None) -> Range | None:
        return _place(words, starts, ends) if words else None

    return Candidate(
        content=tuple(_place(piece, starts, ends) for piece in reading.content),
        weights=reading.weights,
        source=place(reading.source),
        cue=place(reading.cue),
        addressee=place(reading.addressee),
        via=place(reading.via),
        thought=reading.thought,
        score=reading.confidence,
    )


def _reasons(seen: Seen, logits: Floats) -> Iterator[tuple[int, Floats]]:
    """For marked words, by where they begin, the chances that they are somebody's, or nobody's for a reason."""
    chances = np.exp(logits[seen.opening] - np.logaddexp.reduce(logits[seen.opening], axis=-1, keepdims=True))
    return zip(seen.tagged.ends[seen.opening].tolist(), chances, strict=True)


def _place(words: Range, starts: Ints, ends: Ints) -> Range:
    """Words of a window as a range of the text."""
    return int(starts[words[0]]), int(ends[words[1] - 1])
