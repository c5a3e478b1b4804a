"""Two wordings → whether they are versions of one quotation, and word by word where they differ.

The longer one is laid under the shorter: what is missing at the beginning, at the end and at an ellipsis is cut; what
is left must agree.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from quotes.extras import TRACE
from quotes.tracing.values import Difference, Kind
from quotes.tracing.wording import Wording, content_words, hedges, negations
from quotes.types import Range

__all__ = ["Alignment", "Change", "align", "differences"]


BRACKETED = 4  # words at an edge that a bracket may stand for


@dataclass(frozen=True, slots=True)
class Change:
    """Words of the one that stand otherwise in the other: indices of words, end-exclusive, either may be empty."""

    before: Range
    after: Range
    cut: bool = False

    @property
    def size(self) -> int:
        """Words on both sides."""
        return self.before[1] - self.before[0] + self.after[1] - self.after[0]


@dataclass(frozen=True, slots=True)
class Alignment:
    """How `after` was made of `before`: what changed, in order, how many words are common, and how many content words
    among them."""

    before: Wording
    after: Wording
    changes: tuple[Change, ...]
    common: int
    content: int

    @property
    def similarity(self) -> float:
        """2 × common / all words, cuts aside."""
        changed = sum(change.size for change in self.changes if not change.cut)
        return 2 * self.common / (2 * self.common + changed) if self.common else 0.0

    @property
    def is_cut(self) -> bool:
        """Whether words at the edges or at an ellipsis are left out."""
        return any(change.cut for change in self.changes)


# --- alignment -------------------------------------------------------------------------------------------------------


def align(before: Wording, after: Wording) -> Alignment:
    """Lay the words of `before`, the longer one as a rule, under those of `after`."""
    changes = tuple(_with_cuts(before, after, _changes(before, after)))
    same = list(_unchanged(before, changes))
    content = len(set(content_words(same)))
    return Alignment(before, after, changes, len(same), content)


def _changes(before: Wording, after: Wording) -> list[Change]:
    """The changes of a whole version; of a part, those inside the place that it was taken from."""
    changes = _compare(before.words, after.words)
    if len(after.words) >= 0.8 * len(before.words) or after.gaps:
        return changes
    low, high = _window(changes, len(before.words), len(after.words))
    inside = _compare(before.words[low:high], after.words)
    shifted = [replace(change, before=(change.before[0] + low, change.before[1] + low)) for change in inside]
    outside = [Change((0, low), (0, 0)), Change((high, len(before.words)), (len(after.words), len(after.words)))]
    return _joined([outside[0], *shifted, outside[1]])


def _compare(before: tuple[str, ...], after: tuple[str, ...]) -> list[Change]:
    codes: Any = TRACE.require("rapidfuzz.distance.Indel").opcodes(before, after)
    changes = (
        Change((code.src_start, code.src_end), (code.dest_start, code.dest_end))
        for code in codes
        if code.tag != "equal"
    )
    return _joined(changes)


def _joined(changes: Iterable[Change]) -> list[Change]:
    """Changes that touch are one."""
    found: list[Change] = []
    for change in changes:
        last = found[-1] if found else None
        if not change.size:
            continue
        if last and (last.before[1], last.after[1]) == (change.before[0], change.after[0]):
            found[-1] = Change((last.before[0], change.before[1]), (last.after[0], change.after[1]))
        else:
            found.append(change)
    return found


def _window(changes: list[Change], before: int, after: int) -> Range:
    """Where in the longer version a part of it must stand: around the longest stretch of words that agree."""
    _, at_before, at_after = max(_stretches(changes, after), key=lambda stretch: stretch[0])
    slack = after // 4 + 2
    return max(0, at_before - at_after - slack), min(before, at_before + after - at_after + slack)


def _stretches(changes: list[Change], after: int) -> Iterator[tuple[int, int, int]]:
    """Size and places of the words that agree between changes."""
    b = a = 0
    for change in changes:
        yield change.after[0] - a, b, a
        b, a = change.before[1], change.after[1]
    yield after - a, b, a


def _with_cuts(before: Wording, after: Wording, changes: Iterable[Change]) -> Iterator[Change]:
    """Mark what is cut; where words at an edge are altered as well, tell the two apart."""
    for change in changes:
        (b1, b2), (a1, a2) = change.before, change.after
        surplus = (b2 - b1) - (a2 - a1)
        if _stands_for(after, change):
            surplus = 0
        if surplus > 0 and b1 == 0:
            yield Change((b1, b1 + surplus), (a1, a1), cut=True)
            change = Change((b1 + surplus, b2), change.after)
        elif surplus > 0 and b2 == len(before.words):
            yield from _sized(Change((b1, b2 - surplus), change.after))
            change = Change((b2 - surplus, b2), (a2, a2), cut=True)
        elif surplus > 0 and a1 == a2 and a1 in after.gaps:
            change = replace(change, cut=True)
        yield from _sized(change)


def _stands_for(after: Wording, change: Change) -> bool:
    """Whether a bracket stands for the few words that are missing: "it" became "[the bill]"."""
    few = change.before[1] - change.before[0] <= BRACKETED and change.after[0] == change.after[1]
    return few and any(k == change.after[0] for k, _ in after.inserted)


def _sized(change: Change) -> Iterator[Change]:
    if change.size:
        yield change


def _unchanged(before: Wording, changes: Iterable[Change]) -> Iterator[str]:
    place = 0
    for change in changes:
        yield from before.words[place : change.before[0]]
        place = change.before[1]
    yield from before.words[place:]


# --- changes → differences -------------------------------------------------------------------------------------------


def differences(alignment: Alignment, reported: Container[str] = ()) -> tuple[Difference, ...]:
    """What became of the words of `before`, in the order of the text. `reported` are words that the article of `after`
    gives in its own wording around the quoted ones: said it may cost “four hundred jobs”."""
    before, after = alignment.before, alignment.after
    moved = _moved(alignment)
    found: list[Difference] = []
    bracketed = _brackets(alignment)
    for change in alignment.changes:
        if change.cut:
            found += _cut(alignment, change, moved, reported)
        elif change not in bracketed:
            found.append(_difference(before, after, change, _kind(before, after, change, moved)))
    found += bracketed.values()
    found += _lone_brackets(alignment)
    return tuple(sorted(found, key=lambda d: (d.before_range, d.after_range, list(Kind).index(d.kind))))


def _difference(before: Wording, after: Wording, change: Change, kind: Kind) -> Difference:
    b, a = before.range(*change.before), after.range(*change.after)
    return Difference(kind, before.text[slice(*b)], after.text[slice(*a)], b, a)


def _moved(alignment: Alignment) -> Counter[tuple[str, ...]]:
    """Hedges that were left out in one place and put in at another."""
    sides: tuple[Counter[tuple[str, ...]], Counter[tuple[str, ...]]] = (Counter(), Counter())
    for change in alignment.changes:
        sides[0].update(_hedges_in(alignment.before, change.before))
        sides[1].update(_hedges_in(alignment.after, change.after))
    return sides[0] & sides[1]


def _hedges_in(wording: Wording, place: Range) -> list[tuple[str, ...]]:
    """The hedges that stand in a place, or begin or end there."""
    low, high = max(0, place[0] - 6), place[1] + 6
    near = wording.words[low:high]
    found = ((low + start, low + end) for start, end in hedges(near))
    return [wording.words[start:end] for start, end in found if start < place[1] and end > place[0]]


def _kind(before: Wording, after: Wording, change: Change, moved: Counter[tuple[str, ...]]) -> Kind:
    old, new = before.words[slice(*change.before)], after.words[slice(*change.after)]
    if negations(old) != negations(new):
        return Kind.NEGATION
    lost = [hedge for hedge in _hedges_in(before, change.before) if not moved[hedge]]
    gained = [hedge for hedge in _hedges_in(after, change.after) if not moved[hedge]]
    if lost and not gained:
        return Kind.DROPPED_QUALIFIER
    if gained and not lost:
        return Kind.ADDED_QUALIFIER
    return Kind.ALTERED


def _cut(
    alignment: Alignment, change: Change, moved: Counter[tuple[str, ...]], reported: Container[str]
) -> Iterator[Difference]:
    """The cut, and what it takes away from the sentence that it breaks."""
    before, after = alignment.before, alignment.after
    start, end = _broken_sentence(before, change)
    lost = [(change.before, Kind.CUT if start < end else Kind.SHORTENED)]
    lost += [(place, Kind.NEGATION) for place in _negations(before.words, start, end)]
    places = [(start + k, start + n) for k, n in hedges(before.words[start:end])]
    lost += [(place, Kind.DROPPED_QUALIFIER) for place in places if not moved[before.words[slice(*place)]]]
    for place, kind in lost:
        if not all(word in reported for word in before.words[slice(*place)]):
            yield _difference(before, after, Change(place, change.after), kind)


def _negations(words: Sequence[str], start: int, end: int) -> Iterator[Range]:
    return ((k, k + 1) for k in range(start, end) if negations(words[k : k + 1]))


def _broken_sentence(before: Wording, change: Change) -> Range:
    """The words of a cut that belong to a sentence of which other words are kept; none where it ends between two."""
    start, end = change.before
    stops = [k + 1 for k in range(start, end) if before.ends[k]]
    if start == 0:
        return (stops[-1] if stops else start), end
    if before.ends[start - 1]:
        return start, start
    return start, (stops[0] if stops and end == len(before.words) else end)


# --- brackets --------------------------------------------------------------------------------------------------------


def _brackets(alignment: Alignment) -> dict[Change, Difference]:
    """Words that a bracket stands for: "it" became "[the bill]"."""
    found = {}
    for change in alignment.changes:
        place = next((p for k, p in alignment.after.inserted if change.after[0] <= k <= change.after[1]), None)
        pure = change.after[0] == change.after[1] and not change.cut
        if pure and place and _kind(alignment.before, alignment.after, change, Counter()) is Kind.ALTERED:
            old = alignment.before.range(*change.before)
            text = alignment.before.text[slice(*old)]
            found[change] = Difference(Kind.INSERTION, text, alignment.after.text[slice(*place)], old, place)
    return found


def _lone_brackets(alignment: Alignment) -> Iterator[Difference]:
    """Brackets of one version alone, which stand for no word of the other."""
    taken = {change.after[0] for change in _brackets(alignment)}
    both = {"".join(_texts(alignment.before))} & {"".join(_texts(alignment.after))}
    if both:
        return
    for k, place in alignment.after.inserted:
        if k not in taken:
            at = alignment.before.range(_opposite(alignment, k), _opposite(alignment, k))
            yield Difference(Kind.INSERTION, "", alignment.after.text[slice(*place)], at, place)


def _texts(wording: Wording) -> Iterator[str]:
    return (wording.text[slice(*place)] for _, place in wording.inserted)


def _opposite(alignment: Alignment, word: int) -> int:
    """The place in `before` that stands against the word of `after`."""
    shift = 0
    for change in alignment.changes:
        if change.after[0] > word or (change.after[0] == word and not change.cut):
            break
        shift = change.before[1] - change.after[1]
    return max(0, min(word + shift, len(alignment.before.words)))
