"""What is said in gold ↔ what was predicted, article by article: one to one, the likest first."""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

import regex

from quotes.errors import EvaluationError
from quotes.evaluation.articles import Article, Marked, Said
from quotes.types import Range

__all__ = ["Comparison", "bare", "compare", "compare_all", "is_source", "same_name"]

SAME_SPAN = 0.8  # intersection over union of the characters
SAME_CONTENT = 0.5  # Dice coefficient of the words
HALF = 0.5

_EDGES = " \t\r\n\"“”„«»‘’'.,;:!?()[]—–-\u00a0…"
_WORD = regex.compile(r"\w+(?:['’\-]\w+)*")
_TITLES = frozenset({"the", "mr", "mrs", "ms", "dr", "sen", "rep", "gov", "president", "senator", "sir"})


@dataclass(frozen=True, slots=True)
class Comparison:
    """Gold and predictions of one article, paired: index of a prediction → index of gold.

    `spans` pairs what stands in `marked`, `contents` what stands in `said`, with the Dice coefficient.
    """

    gold: Article
    predicted: Article
    text: str
    spans: Mapping[int, int]
    contents: Mapping[int, tuple[int, float]]


def compare_all(gold: Iterable[Article], predicted: Iterable[Article]) -> list[Comparison]:
    """Each article of gold with what was predicted for it, nothing where it has no prediction.

    An article is known by its id; a prediction's may be the name of the file `id.txt`. Raises EvaluationError where
    predictions name an article that gold does not hold, or were made from another text.
    """
    wanted = {article.id: article for article in gold}
    found = {_known_as(article.id, wanted): article for article in predicted}
    if strays := sorted(found.keys() - wanted.keys()):
        raise EvaluationError(f"gold has no article {strays[0]!r}: score predictions for the articles that it has")
    return [compare(article, found.get(id, Article(id, ""))) for id, article in wanted.items()]


def _known_as(id: str, wanted: Mapping[str, Article]) -> str:
    stem = PurePosixPath(id).stem
    return id if id in wanted or stem not in wanted else stem


def compare(gold: Article, predicted: Article) -> Comparison:
    """Pair the spans and the contents of gold with those predicted: one to one, the likest first.

    Raises EvaluationError where the two were made from different texts.
    """
    text = _common_text(gold, predicted)
    return Comparison(
        gold,
        predicted,
        text,
        {p: g for p, g, _ in _one_to_one(_like_spans(text, gold.marked, predicted.marked))},
        {p: (g, dice) for p, g, dice in _one_to_one(_like_contents(text, gold.said, predicted.said))},
    )


def _common_text(gold: Article, predicted: Article) -> str:
    """What either shows of the text."""
    length = max(len(gold.text), len(predicted.text))
    both = list(zip(gold.text.ljust(length), predicted.text.ljust(length), strict=True))
    for place, (a, b) in enumerate(both):
        if a != b and a != " " and b != " ":
            raise EvaluationError(
                f"{gold.id}: predictions were made from another text: it differs from gold's at character {place}"
            )
    return "".join(b if a == " " else a for a, b in both)


Scored = tuple[int, int, float]
"""Index of a prediction, index of gold, how alike they are."""


def _one_to_one(pairs: Iterable[Scored]) -> Iterator[Scored]:
    """The best pairs, none of whose parts is in a better one."""
    taken_p: set[int] = set()
    taken_g: set[int] = set()
    for p, g, value in sorted(pairs, key=lambda pair: (pair[2], pair[0], pair[1]), reverse=True):
        if p not in taken_p and g not in taken_g:
            taken_p.add(p)
            taken_g.add(g)
            yield p, g, value


def _like_spans(text: str, gold: Sequence[Marked], predicted: Sequence[Marked]) -> Iterator[Scored]:
    ones, others = ([bare(text, span) for span, _ in marked] for marked in (predicted, gold))
    for p, g in _overlapping(ones, others):
        value = _overlap(ones[p], others[g])
        if value >= SAME_SPAN:
            yield p, g, value


def _overlapping(ones: Sequence[Range], others: Sequence[Range]) -> Iterator[tuple[int, int]]:
    """Indices of ranges that share a character, by one sweep from left to right."""
    sides = (ones, others)
    reaching: tuple[list[int], list[int]] = ([], [])  # of each side, those begun and not ended
    begins = sorted((span, side, n) for side, spans in enumerate(sides) for n, span in enumerate(spans))
    for (start, end), side, n in begins:
        if start < end:
            across = 1 - side
            reaching[across][:] = [m for m in reaching[across] if sides[across][m][1] > start]
            yield from ((n, m) if side == 0 else (m, n) for m in reaching[across])
            reaching[side].append(n)


def _like_contents(text: str, gold: Sequence[Said], predicted: Sequence[Said]) -> Iterator[Scored]:
    starts = [word.start() for word in _WORD.finditer(text)]
    ones, others = ([_words(starts, said.content) for said in side] for side in (predicted, gold))
    holders: dict[int, list[int]] = defaultdict(list)
    for g, words in enumerate(others):
        for word in words:
            holders[word].append(g)
    for p, words in enumerate(ones):
        for g, shared in Counter(g for word in words for g in holders[word]).items():
            dice = 2 * shared / (len(words) + len(others[g]))
            if dice >= SAME_CONTENT:
                yield p, g, dice


def _words(starts: Sequence[int], content: Iterable[Range]) -> set[int]:
    return {word for a, b in content for word in starts[bisect_left(starts, a) : bisect_left(starts, b)]}


def bare(text: str, span: Range) -> Range:
    """A span without marks, blanks and punctuation at its edges."""
    start, end = span
    while start < end and text[start] in _EDGES:
        start += 1
    while end > start and text[end - 1] in _EDGES:
        end -= 1
    return start, end


def _overlap(one: Range, other: Range) -> float:
    """Intersection over union."""
    both = min(one[1], other[1]) - max(one[0], other[0])
    return both / (max(one[1], other[1]) - min(one[0], other[0])) if both > 0 else 0.0


def is_source(text: str, predicted: Range | None, gold: Said) -> bool:
    """Whether a mention is gold's source: it holds its head word, or overlaps half of it."""
    if predicted is None or gold.source is None:
        return False
    if gold.head and predicted[0] <= gold.head[0] and gold.head[1] <= predicted[1]:
        return True
    return _overlap(bare(text, predicted), bare(text, gold.source)) >= HALF


def same_name(one: str | None, other: str | None) -> bool:
    """The same words, titles aside, or the same last word and one name holding all the words of the other.

    `other` may be any of several names, joined by " & ".
    """
    return any(_same_name(_name_words(one), _name_words(name)) for name in (other or "").split(" & "))


def _name_words(name: str | None) -> list[str]:
    return [word.lower() for word in _WORD.findall(name or "") if word.lower() not in _TITLES]


def _same_name(a: list[str], b: list[str]) -> bool:
    if not a or not b:
        return False
    return a == b or (a[-1] == b[-1] and (set(a) <= set(b) or set(b) <= set(a)) and min(len(a), len(b)) > 1)
