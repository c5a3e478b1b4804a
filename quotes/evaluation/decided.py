"""Reviewed records as gold: only what a person decided on counts, and what was predicted for the rest is not judged."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from quotes.evaluation.articles import Article, Said
from quotes.evaluation.pairing import Comparison, compare
from quotes.types import Range

__all__ = ["is_reviewed", "undecided", "without_undecided"]


def is_reviewed(gold: Iterable[Article]) -> bool:
    """Whether somebody decided on some of it, but not on all: files of records that nobody reviewed are gold as a
    whole, as annotated articles are."""
    decided = {said.decided for article in gold for said in article.said}
    return decided == {True, False}


def undecided(gold: Iterable[Article]) -> int:
    """How many attributions nobody decided on."""
    return sum(not said.decided for article in gold for said in article.said)


def without_undecided(found: Comparison) -> Comparison:
    """The comparison without the attributions that nobody decided on, and without the predictions for them: those that
    were paired with one of them, or stand in its words and were paired with nothing."""
    gold, predicted = found.gold, found.predicted
    left_open = [said for said in gold.said if not said.decided]
    if not left_open:
        return found
    places = [place for said in left_open for place in said.content]

    def judged(number: int, said: Said) -> bool:
        if number in found.contents:
            return gold.said[found.contents[number][0]].decided
        return not any(_overlap(a, b) for a in said.content for b in places)

    said = tuple(one for number, one in enumerate(predicted.said) if judged(number, one))
    kept = {id(one) for one in said}
    marked = tuple(
        (span, one)
        for number, (span, one) in enumerate(predicted.marked)
        if id(one) in kept and (number not in found.spans or gold.marked[found.spans[number]][1].decided)
    )
    return compare(_decided(gold), replace(predicted, said=said, marked=marked))


def _decided(gold: Article) -> Article:
    marked = tuple((span, said) for span, said in gold.marked if said.decided)
    return replace(gold, said=tuple(said for said in gold.said if said.decided), marked=marked)


def _overlap(one: Range, other: Range) -> bool:
    return one[0] < other[1] and other[0] < one[1]
