"""Whose the words between marks are, by what stands right beside them: hard evidence, however sure a reading is."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from itertools import pairwise

import regex

from quotes.attribution.places import Tree, merged, nested, owners_of, without
from quotes.types import Attribution, MarkedSpan, Range

__all__ = ["handed_back", "told_beside"]

NEXT = 2  # characters between marks and what tells who speaks, at most
SURE = 0.5  # confidence from which a reading tells it


def told_beside(text: str, attributions: Sequence[Attribution], tree: Tree) -> list[Attribution]:
    """“A,” Roy said. “B?” Lee asked: each is that one's alone. “A.” “B,” Lee said: “A” is not Lee's.

    Marked spans of one speaker with nothing between are items of a list, “A,” “B” and “C”: all of 14 in PolNeAR.
    """
    holders = _holders(attributions, tree)
    taken: dict[int, list[int]] = defaultdict(list)
    for rule in (_told_to_others, _of_neighbours):
        for n, k in rule(text, attributions, tree, holders):
            taken[n].append(k)
    left = (_less(attribution, [tree.marks[k] for k in taken[n]]) for n, attribution in enumerate(attributions))
    return [attribution for attribution in left if attribution.content]


Holders = Mapping[int, set[int]]  # marked span → the readings whose content holds it


def _holders(attributions: Sequence[Attribution], tree: Tree) -> Holders:
    """Of the outermost marked spans alone."""
    holders: dict[int, set[int]] = defaultdict(set)
    for n, attribution in enumerate(attributions):
        for start, end in attribution.content:
            for k in tree.within((start, end), None):
                if start <= tree.marks[k].start and tree.marks[k].end <= end:
                    holders[k].add(n)
    return holders


def _told_to_others(
    text: str, attributions: Sequence[Attribution], tree: Tree, holders: Holders
) -> Iterator[tuple[int, int]]:
    """Readings that claim words behind which another says who speaks: “A,” Roy said."""
    for k, claiming in holders.items():
        telling = [n for n in claiming if len(claiming) > 1 and _is_told_behind(text, tree.marks[k], attributions[n])]
        for n in claiming.difference(telling) if telling else ():
            if not any(nested(attributions[n], attributions[other]) for other in telling):
                yield n, k


def _is_told_behind(text: str, mark: MarkedSpan, attribution: Attribution) -> bool:
    """Whether source and cue come right behind a marked span that ends with no full stop."""
    if attribution.source is None or attribution.cue is None or attribution.confidence < SURE:
        return False
    if text[mark.inner_end - 1] not in ",?!":
        return False
    start = min(attribution.source[0], attribution.cue[0])
    return mark.end <= start <= mark.end + NEXT and not text[mark.end : start].strip(" \u00a0")


def _of_neighbours(
    text: str, attributions: Sequence[Attribution], tree: Tree, holders: Holders
) -> Iterator[tuple[int, int]]:
    """Readings that claim what another says right before, or right behind, who is told to speak: “A.” “B,” Lee said."""
    for k, following in pairwise(tree.outermost()):
        mark, behind = tree.marks[k], tree.marks[following]
        if not (text[mark.inner_end - 1] in ".?!" and _BLANK.fullmatch(text, mark.end, behind.start)):
            continue
        for n in holders.get(k, set()) & holders.get(following, set()):
            cue = attributions[n].cue
            if cue and not mark.start <= cue[0] < behind.end:
                yield n, k if cue[0] >= behind.end else following


_BLANK = regex.compile(r"[^\S\r\n]+")


def _less(attribution: Attribution, marks: Sequence[MarkedSpan]) -> Attribution:
    places = [(mark.start, mark.end) for mark in marks]
    return replace(attribution, content=tuple(without(attribution.content, places))) if marks else attribution


def handed_back(text: str, attributions: Sequence[Attribution], tree: Tree) -> list[Attribution]:
    """“A,” Roy said. “B.” Lee agreed: “B” is Roy's.

    Of 3,000 quotations that end in a full stop one has its cue right behind it (PolNeAR, credits behind a dash aside).
    """
    owners = owners_of(attributions, tree)
    contents = [list(attribution.content) for attribution in attributions]
    for before, k in pairwise(tree.outermost()):
        mine, theirs, mark = owners.get(k), owners.get(before), tree.marks[k]
        if mine is None or theirs is None or mine == theirs:
            continue
        between = tree.marks[before].end, mark.start
        if _told_behind(text, mark, attributions[mine]) and _told_between(text, between, attributions[theirs]):
            contents[mine] = without(contents[mine], [(mark.start, mark.end)])
            contents[theirs].append((mark.start, mark.end))
    pairs = zip(attributions, contents, strict=True)
    return [replace(attribution, content=merged(content)) for attribution, content in pairs if content]


def _told_behind(text: str, mark: MarkedSpan, attribution: Attribution) -> bool:
    """Whether source and cue stand in the sentence that begins behind a full stop in the marks."""
    told = [place for place in (attribution.source, attribution.cue) if place]
    stopped = text[mark.inner_end - 1] == "." and not text.endswith("..", mark.inner_start, mark.inner_end)
    behind = stopped and _NEXT_SENTENCE.match(text, mark.end) is not None
    return behind and all(start >= mark.end and "\n" not in text[mark.end : start] for start, _ in told)


def _told_between(text: str, between: Range, attribution: Attribution) -> bool:
    """Whether the cue stands between two marked spans of one paragraph."""
    start, end = between
    cue = attribution.cue
    return cue is not None and start <= cue[0] and cue[1] <= end and "\n" not in text[start:end]


_NEXT_SENTENCE = regex.compile(r"\s+\p{Lu}")
