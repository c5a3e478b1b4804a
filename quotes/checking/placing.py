"""A claim → the places in the sources that its words come from.

A claim is taken apart where it has an ellipsis, and its fragments are placed one after another, the longest first, the
others near it if they can be. A fragment whose beginning or end agrees with nothing where the rest stands may have been
joined from two: that part is placed by itself.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import chain, pairwise

from quotes.checking.index import Index, Text
from quotes.checking.values import CheckOptions, Claim
from quotes.tracing.versions import Alignment, Change, align
from quotes.tracing.who import is_same
from quotes.tracing.wording import Wording, content_words, read, read_once
from quotes.types import PIECES, Range

__all__ = ["Placed", "Placing", "View", "place"]

MARGIN = 200  # characters of a source beside a passage, and beside a place, on top of the claim's length
JOINED = 4  # words that may come from elsewhere …
TELLING = 1  # … content words among them
CLEAR = 0.8  # share of a fragment's words that stand near the others, so that it is not looked for elsewhere
WHOLE = (
    20_000  # characters of a text that is looked at as a whole; of longer ones, stretches that begin at multiples of
)
STRETCH = 2_000
FEWEST = 3  # words in common without which a place is none, where the fragment has so many
QUOTED, SAME = 0.1, 0.05  # how much likelier a place is between marks, and by the claimed speaker


@dataclass(frozen=True, slots=True)
class View:
    """A stretch of a source, whole or only what is between its marks (`quoted`). Its text begins at `base`."""

    text: Text
    base: int
    wording: Wording
    quoted: bool

    def range(self, first: int, last: int) -> Range:
        """Where words stand in the source."""
        start, end = self.wording.range(first, last)
        return self.base + start, self.base + end


@dataclass(frozen=True, slots=True)
class Placed:
    """Words `first` to `last` of the claim, where they come from, and how they were altered."""

    first: int
    last: int
    view: View
    alignment: Alignment

    @property
    def words(self) -> Range:
        """The words of the view that they come from."""
        edges = [change for change in self.alignment.changes if change.cut]
        first = max((one.before[1] for one in edges if one.before[0] == 0), default=0)
        size = len(self.view.wording.words)
        return first, min(
            (one.before[0] for one in edges if one.before[1] == size and one.before[0] >= first), default=size
        )

    @property
    def bounds(self) -> Range:
        """From the first of those words to the last, in the source."""
        return self.view.range(*self.words)


@dataclass(frozen=True, slots=True)
class Placing:
    """Where a claim's words come from, in the order of the claim; `lost` are words of it that stand nowhere."""

    wording: Wording
    placed: tuple[Placed, ...]
    lost: tuple[Range, ...]
    views: tuple[View, ...]


def place(index: Index, claim: Claim, options: CheckOptions) -> Placing:
    """Look for the claim's words in the sources."""
    wording = read(claim.pieces)
    found = [*_views(index, wording, 0, len(wording.words), options)]
    seeker = _Seeker(index, claim, wording, options)
    fragments = sorted(_fragments(claim, wording), key=lambda one: (one[0] - one[1], one))
    if len(fragments) < 2 or not seeker.stands(found):
        for first, last in fragments:
            seeker.seek(first, last)
    return Placing(
        wording, tuple(sorted(seeker.placed, key=lambda one: one.first)), tuple(sorted(seeker.lost)), tuple(found)
    )


def _fragments(claim: Claim, wording: Wording) -> Iterator[Range]:
    """Between ellipses, and between the pieces of a quotation that the claiming article broke off."""
    breaks = {0, len(wording.words), *wording.gaps}
    offset = 0
    for piece in claim.pieces[:-1]:
        offset += len(piece) + len(PIECES)
        breaks.add(sum(start < offset for start, _ in wording.ranges))
    edges = sorted(breaks)
    return ((a, b) for a, b in pairwise(edges))


class _Seeker:
    """Places fragments; `placed` and `lost` are what came of them."""

    def __init__(self, index: Index, claim: Claim, wording: Wording, options: CheckOptions):
        self.index, self.claim, self.wording, self.options = index, claim, wording, options
        self.placed: list[Placed] = []
        self.lost: list[Range] = []

    def stands(self, views: Iterable[View]) -> bool:
        """Place all of the claim where it stands word for word in one record; False where it does not."""
        size = len(self.wording.words)
        ways = [(view, alignment) for view in views for alignment in _exact(view, self.wording)]
        judged = [self._judged(view, alignment, number) for number, (view, alignment) in enumerate(ways)]
        whole = [one for one in judged if one and _is_one_record(Placed(0, size, one.view, one.alignment))]
        best = max(whole, key=lambda one: (one.score, -one.number), default=None)
        if best:
            self.placed.append(Placed(0, size, best.view, best.alignment))
        return best is not None

    def seek(self, first: int, last: int, least: float = 0.0) -> None:
        """Place words of the claim, where at least such a share of them agrees."""
        fragment = part(self.wording, first, last)
        best = self._best(fragment, self._near())
        if (best is None or best.score < CLEAR) and (not self.placed or last - first >= FEWEST):
            afar = self._best(fragment, _views(self.index, self.wording, first, last, self.options))
            best = max(filter(None, (best, afar)), key=lambda one: one.score, default=None)
        if best is None or best.score < least:
            self.lost.append((first, last))
            return
        at = _break(best.view, best.alignment, self.options.between)
        if at:
            self.seek(first, first + at)
            self.seek(first + at, last)
            return
        low, high = first + best.core[0], first + best.core[1]
        rest = [(a, b) for a, b in ((first, low), (high, last)) if self._is_joined(a, b)]
        low, high = (low if (first, low) in rest else first), (high if (high, last) in rest else last)
        whole = self._best(part(self.wording, low, high), [best.view])
        if whole:
            self.placed.append(Placed(low, high, whole.view, whole.alignment))
        else:
            self.lost.append((low, high))
        for one in rest:
            self.seek(*one, least=CLEAR)

    def _is_joined(self, first: int, last: int) -> bool:
        words = self.wording.words[first:last]
        return len(words) >= JOINED and len(content_words(words)) >= TELLING

    def _near(self) -> Iterator[View]:
        width = 2 * len(self.wording.text) + MARGIN
        for one in self.placed:
            start, end = one.bounds
            yield from _both(one.view.text, start - width, end + width)

    def _best(self, fragment: Wording, views: Iterable[View]) -> _Best | None:
        """The likest place; of several, the one nearest to what is placed already."""
        ways = ((view, alignment) for view in views for alignment in _alignments(view, fragment))
        found = [self._judged(view, alignment, number) for number, (view, alignment) in enumerate(ways)]
        return max(filter(None, found), key=lambda one: (one.score, -one.distance, -one.number), default=None)

    def _judged(self, view: View, alignment: Alignment, number: int) -> _Best | None:
        fragment = alignment.after
        size = len(fragment.words)
        common, low, high = _core(alignment, size)
        if common < min(size, FEWEST) or not (common == size or content_words(fragment.words[low:high])):
            return None
        placed = Placed(0, size, view, alignment)
        spoken = view.quoted or not view.text.printed
        same = self.claim.who.known and any(
            is_same(self.claim.who, one.who) for one in view.text.near(*placed.bounds) if one.type != "indirect"
        )
        score = common / size + QUOTED * spoken + SAME * same
        return _Best(score, self._distance(placed), number, view, alignment, (low, high))

    def _distance(self, one: Placed) -> int:
        """Characters to the nearest piece that is placed in the same source."""
        start, end = one.bounds
        others = [o.bounds for o in self.placed if o.view.text.source.sha256 == one.view.text.source.sha256]
        return min((max(a - end, start - b, 0) for a, b in others), default=0)


@dataclass(frozen=True, slots=True)
class _Best:
    """A place for a fragment; `core` are the fragment's words that agree with it best."""

    score: float
    distance: int
    number: int
    view: View
    alignment: Alignment
    core: Range


def _core(alignment: Alignment, size: int) -> tuple[int, int, int]:
    """The stretch of the fragment in which most agrees: words in common less others, its first word and its last."""
    other = set(chain.from_iterable(range(*change.after) for change in alignment.changes))
    best, total, start = (0, 0, 0), 0, 0
    for k in range(size):
        if total <= 0:
            total, start = 0, k
        total += -1 if k in other else 1
        best = max(best, (total, start, k + 1), key=lambda one: one[0])
    return best


def _is_one_record(one: Placed) -> bool:
    """Whether one record has all the words at a place, so that they are one speaker's."""
    start, end = one.bounds
    return any(said.bounds[0] <= start and end <= said.bounds[1] for said in one.view.text.near(start, end))


# --- alignment -------------------------------------------------------------------------------------------------------


def _alignments(view: View, fragment: Wording) -> list[Alignment]:
    """How a fragment lies in a view: wherever it stands word for word, else where it agrees best."""
    return _exact(view, fragment) or [_tightened(align(view.wording, fragment))]


def _exact(view: View, fragment: Wording) -> list[Alignment]:
    """Wherever a fragment stands in a view word for word."""
    whole, words = view.wording.words, fragment.words
    size, content = len(words), len(set(content_words(words)))
    exact = [k for k in range(len(whole) - size + 1) if whole[k] == words[0] and whole[k : k + size] == words]
    edges = [(_cut(0, k, 0), _cut(k + size, len(whole), size)) for k in exact]
    return [Alignment(view.wording, fragment, tuple(c for c in pair if c.size), size, content) for pair in edges]


def _cut(first: int, last: int, at: int) -> Change:
    return Change((first, last), (at, at), cut=True)


def _tightened(alignment: Alignment) -> Alignment:
    """The same words matched later at the beginning and earlier at the end, where they stand there as well: a "the"
    that stands far before the rest is another one."""
    before, after = alignment.before.words, alignment.after.words
    changes = list(alignment.changes)
    left_out = [k for k, change in enumerate(changes) if not change.cut and change.after[0] == change.after[1]]
    for k in reversed(left_out):
        end, size = changes[k].before[1], changes[k].after[0]
        if size and before[end - size : end] == after[:size]:
            changes[: k + 1] = [_cut(0, end - size, 0)]
            break
    left_out = [k for k, change in enumerate(changes) if not change.cut and change.after[0] == change.after[1]]
    for k in left_out:
        start, at = changes[k].before[0], changes[k].after[0]
        size = len(after) - at
        if size and before[start : start + size] == after[at:]:
            changes[k:] = [_cut(start + size, len(before), len(after))]
            break
    return replace(alignment, changes=tuple(changes))


def _break(view: View, alignment: Alignment, between: int) -> int | None:
    """The word of the fragment before which more of the article stands than may, None where it runs on."""
    last = None
    for before, after in _pairs(alignment):
        if last is not None and before > last:
            gap = view.wording.text[view.wording.ranges[last][1] : view.wording.ranges[before][0]]
            if len(gap.split()) > between and view.quoted:
                return after
        last = before
    return None


def _pairs(alignment: Alignment) -> Iterator[Range]:
    """The words in common, as numbers of the one and of the other."""
    b = a = 0
    for change in (*alignment.changes, Change((len(alignment.before.words),) * 2, (len(alignment.after.words),) * 2)):
        yield from zip(range(b, change.before[0]), range(a, change.after[0]), strict=False)
        (_, b), (_, a) = change.before, change.after


# --- stretches of sources --------------------------------------------------------------------------------------------


def _views(index: Index, wording: Wording, first: int, last: int, options: CheckOptions) -> Iterator[View]:
    """The stretches around the passages that hold words of the claim; those that overlap are one."""
    regions: dict[str, tuple[Text, list[Range]]] = {}
    width = len(wording.text) + MARGIN
    for text, (start, end) in index.find(wording.words[first:last], options.passages):
        regions.setdefault(text.source.sha256, (text, []))[1].append((start - width, end + width))
    for text, ranges in regions.values():
        for start, end in _joined(ranges):
            yield from _both(text, start, end)


def _joined(ranges: Iterable[Range]) -> list[Range]:
    found: list[Range] = []
    for start, end in sorted(ranges):
        if found and start <= found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return found


def _both(text: Text, start: int, end: int) -> tuple[View, ...]:
    """A stretch, and more around it, as what is said in it, and as it stands."""
    if len(text.text) <= WHOLE:
        return _stretch(text, 0, len(text.text))
    start, end = max(0, start) // STRETCH * STRETCH, -(-end // STRETCH) * STRETCH
    return _stretch(text, start, min(end, len(text.text)))


@lru_cache(maxsize=128)
def _stretch(text: Text, start: int, end: int) -> tuple[View, ...]:
    start, end = _whole_words(text.text, start, end)
    whole = read_once((text.text[start:end],), None)
    as_it_stands = View(text, start, whole, quoted=False)

    def quoted(first: int, last: int) -> bool:
        return text.is_quoted(start + first, start + last)

    inside = [k for k, place in enumerate(whole.ranges) if quoted(*place)]
    if not inside:
        return (as_it_stands,)
    closing = sorted({one.spans[-1][1] - start for one in text.said if one.type != "indirect"})
    return View(text, start, _closed(_select(whole, inside, quoted), closing), quoted=True), as_it_stands


def _whole_words(text: str, start: int, end: int) -> Range:
    while start > 0 and not text[start - 1].isspace():
        start -= 1
    while end < len(text) and not text[end].isspace():
        end += 1
    return start, end


def _select(wording: Wording, keep: Sequence[int], quoted: Callable[[int, int], bool]) -> Wording:
    """The words of these numbers alone, with what stands in brackets between marks; a paragraph ends a sentence."""
    words, ranges = ([column[k] for k in keep] for column in (wording.words, wording.ranges))
    inserted = [(bisect_left(keep, k), place) for k, place in wording.inserted if quoted(*place)]
    following = [*keep[1:], len(wording.words)]
    ends = [wording.ends[k] or _is_left(wording, k, after) for k, after in zip(keep, following, strict=True)]
    return Wording(wording.text, tuple(words), tuple(ranges), tuple(ends), frozenset(), tuple(inserted))  # type: ignore[arg-type]


def _is_left(wording: Wording, word: int, following: int) -> bool:
    """Whether a sentence is left off behind a word: its paragraph ends, or the next words are a new sentence's after
    the article's own: “It leaks,” she said. “We knew.”"""
    if following >= len(wording.words):
        return False
    start, end = wording.ranges[word][1], wording.ranges[following][0]
    return "\n\n" in wording.text[start:end] or (following > word + 1 and wording.text[end].isupper())


def _closed(wording: Wording, closing: Sequence[int]) -> Wording:
    """A quotation ends a sentence, whatever stands behind it. `closing` are the places where quotations end."""
    following = [*(start for start, _ in wording.ranges[1:]), len(wording.text)]
    places = (bisect_left(closing, end) for _, end in wording.ranges)
    closes = [place < len(closing) and closing[place] <= next for place, next in zip(places, following, strict=True)]
    ends = tuple(end or closed for end, closed in zip(wording.ends, closes, strict=True))
    return replace(wording, ends=ends)


def part(wording: Wording, first: int, last: int) -> Wording:
    """Words `first` to `last` alone, with what is in brackets among them."""
    return Wording(
        wording.text,
        wording.words[first:last],
        wording.ranges[first:last],
        wording.ends[first:last],
        frozenset(),
        tuple((k - first, place) for k, place in wording.inserted if first <= k <= last),
    )
