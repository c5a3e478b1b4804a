"""The same article with captions: sentences from elsewhere in it, each on a line of its own between two paragraphs.

News pages print captions of pictures in the middle of what somebody says over several paragraphs. They repeat what
stands elsewhere and often name others; whoever spoke before them speaks behind them.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from typing import Any

import regex

from training.renaming import FIELDS, PLACES, Article

__all__ = ["captioned"]

Place = tuple[int, int]
MOST = 3  # captions in one article
BEFORE_MARKS = 4  # how much likelier a caption is before a paragraph that opens with a mark
_BREAK = regex.compile(r"(?<=\S)[^\S\n]*\n\s*(?=\S)")
_SENTENCE = regex.compile(
    r"(?:(?<=\n)|(?<=[.!?] )|(?<=[.!?]['\"’”] ))(?!(?:He|She|It|They|But|And|This|That)\b)"
    r"\p{Lu}[^\n.!?]{30,180}(?=[.!?]['\"’”]?\s)"
)
_MARK = regex.compile(r"['\"‘“`]")


def captioned(article: Article, rng: random.Random) -> Article:
    """The article with up to three captions; places move along, and what a sentence tells is told in its copy too."""
    for _ in range(rng.randint(1, MOST)):
        sentences, breaks = [*_sentences(article)], [*_breaks(article)]
        if not (sentences and breaks):
            return article
        weights = [BEFORE_MARKS if _MARK.match(article["text"], end) else 1 for _, end in breaks]
        article = _with(article, rng.choice(sentences), rng.choices(breaks, weights)[0])
    return article


def _breaks(article: Article) -> Iterator[Place]:
    """The gaps between paragraphs, but for those that more than content runs over."""
    held = [place for field in FIELDS for one in article[field] for place in _places(one, but="content")]
    for found in _BREAK.finditer(article["text"]):
        if not any(a < found.end() and found.start() < b for a, b in held):
            yield found.span()


def _sentences(article: Article) -> Iterator[Place]:
    """Sentences that nothing annotated runs into or out of."""
    records = [[*_places(one)] for field in FIELDS for one in article[field]]
    for found in _SENTENCE.finditer(article["text"]):
        start, end = found.span()
        sides = ({_side(place, start, end) for place in places} for places in records)
        if all(side in ({"in"}, {"out"}, set()) for side in sides):
            yield start, end


def _side(place: Place, start: int, end: int) -> str:
    """Whether a place stands in or out of a range, or runs over its edge."""
    if place[1] <= start or end <= place[0]:
        return "out"
    return "in" if start <= place[0] and place[1] <= end else "over"


def _places(record: Article, but: str = "") -> Iterator[Place]:
    """All places of a record: of an attribution, or of marked words."""
    if "start" in record:
        yield record["start"], record["end"]
    for field in PLACES:
        place = record.get(field) if field != but else None
        if place:
            yield from [tuple(place)] if isinstance(place[0], int) else map(tuple, place)


def _with(article: Article, sentence: Place, gap: Place) -> Article:
    """The article with a copy of `sentence` behind `gap`, and the gap once more behind it."""
    text, (start, end), (begin, at) = article["text"], sentence, gap
    caption = text[start:end] + text[begin:at]

    def shift(place: Place, by: int) -> list[int]:
        return [place[0] + by, place[1] + by]

    def move(place: Place) -> list[list[int]]:
        """Where a place is now: content that runs over the gap is in two pieces."""
        if place[0] < at < place[1]:
            return [[place[0], begin], shift((at, place[1]), len(caption))]
        return [shift(place, len(caption) if place[0] >= at else 0)]

    changed = {"text": text[:at] + caption + text[at:]}
    for field in FIELDS:
        copied = [one for one in article[field] if {_side(p, start, end) for p in _places(one)} == {"in"}]
        changed[field] = [
            *(_moved(one, move) for one in article[field]),
            *(_moved(one, lambda place: [shift(place, at - start)]) for one in copied),
        ]
    return article | changed


def _moved(record: Article, move: Any) -> Article:
    """The record with each of its places where `move` puts it."""
    moved = dict(record)
    if "start" in record:
        ((moved["start"], moved["end"]),) = move((record["start"], record["end"]))
    for field in PLACES:
        place = record.get(field)
        if place:
            single = isinstance(place[0], int)
            found = [piece for one in ([place] if single else place) for piece in move(tuple(one))]
            moved[field] = found[0] if single else found
    return moved
