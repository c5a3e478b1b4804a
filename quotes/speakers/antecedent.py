"""Whom a phrase means: a learned ranker over the article's entities, "nobody with a name" among them.

The ranker is a sum of oblivious regression trees (Prokhorenkova et al. 2018), boosted so that the softmax over the
candidates of one phrase is the likelihood of each. `training/antecedents.py` makes it; it ships as numbers. Where it is
not sure, it asks the network of `quotes.speakers.pointer`, and the two chances are multiplied, each with its weight
(logarithmic pooling: Genest and Zidek 1986, "Combining Probability Distributions").
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray

from quotes.errors import ModelNotFoundError
from quotes.speakers.article import Article
from quotes.speakers.entities import Entity
from quotes.speakers.features import FEATURES, Query, Turn, candidates, rows
from quotes.speakers.phrases import Phrase
from quotes.speakers.pointer import AWAY, View

__all__ = ["FORMS", "Answer", "Forest", "Ranker", "form_of", "load_ranker"]

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
FILE = "antecedents.npz"
FORMS = ("pronouns", "people", "bodies", "names")
PARTS = ("columns", "borders", "leaves", "knots", "pooling")
SURE = 0.6
"""The ranker's own figure from which the network is not asked."""
DOUBT = 0.2
"""What is taken from the score of nobody, so that of two alike the name is told; chosen on the development articles."""


@dataclass(frozen=True, slots=True)
class Answer:
    """Whom a phrase means (None: nobody whom the article names), how likely that is right, and who comes next."""

    entity: Entity | None
    confidence: float
    second: Entity | None = None
    margin: float = 1.0


@dataclass(frozen=True, slots=True)
class Forest:
    """Trees: `columns` [trees, depth] and `borders` [trees, depth] of their questions, `leaves` [trees, 2**depth];
    the calibration of how likely the best is: `knots` [2, n], the ranker's own figure and the share that is right; and
    `pooling` [4]: the weight of the trees, that of the network, what nobody gets, and who is out of the network's
    sight."""

    columns: Ints
    borders: Floats
    leaves: Floats
    knots: Floats
    pooling: Floats = field(default_factory=lambda: np.array([1.0, 0.0, 0.0, 0.0]))

    def scores(self, features: Floats) -> Floats:
        """Of features [rows, FEATURES] the score [rows] of each row."""
        trees, depth = self.columns.shape
        answers = features[:, self.columns.ravel()] > self.borders.ravel()
        places = answers.reshape(-1, trees, depth) @ (1 << np.arange(depth))
        scores: Floats = self.leaves[np.arange(trees), places].sum(1)
        return scores

    def likely(self, features: Floats) -> Floats:
        """Of the features [candidates + 1, FEATURES] of one phrase, nobody last, how likely each is."""
        scores = self.scores(features)
        scores[-1] -= DOUBT
        likely: Floats = np.exp(scores - scores.max())
        likely /= likely.sum()
        return likely

    def pooled(self, likely: Floats, chances: Sequence[float]) -> Floats:
        """How likely each is, by the trees and by the network, whose log chances [candidates + 1] these are."""
        told = np.array(chances)
        trees, network, nobody, unseen = self.pooling
        scores = trees * np.log(np.maximum(likely, 1e-9)) + network * told + unseen * (told <= AWAY)
        scores[-1] += nobody
        pooled: Floats = np.exp(scores - scores.max())
        pooled /= pooled.sum()
        return pooled


Look = Callable[[int], View | None]
"""What the network sees around a place."""


def chances(article: Article, query: Query, entities: Sequence[Entity], look: Look) -> list[float] | None:
    """The network's log chances [entities + 1] of each entity, last nobody; None where it does not see the phrase."""
    phrase = query.phrase
    view = look(phrase.start)
    if view is None:
        return None
    ends = [[sight.end for one in entity.members or (entity,) for sight in article.sights[one]] for entity in entities]
    return view.chances((phrase.start, phrase.end), phrase.head_span[1] or phrase.end, ends)


def form_of(phrase: Phrase) -> str:
    """Which of `FORMS` a phrase has: "she" and "who", "the minister", "they" and "the firm", or a name."""
    if phrase.named:
        return "names"
    if phrase.kind != "person":
        return "bodies"
    return "pronouns" if phrase.is_pronoun else "people"


@dataclass(frozen=True, slots=True)
class Ranker:
    """A forest for each of `FORMS`: what tells whom "she" means is not what tells which firm "the firm" is."""

    forests: Mapping[str, Forest]

    def answer(self, article: Article, query: Query, turns: list[Turn], look: Look = lambda place: None) -> Answer:
        """Whom the phrase of `query` means; `turns` are those who spoke before it, in text order."""
        entities: list[Entity | None] = [*candidates(article, query, turns), None]
        forest = self.forests[form_of(query.phrase)]
        likely = forest.likely(np.array(rows(article, query, entities[:-1], turns), np.float64))  # type: ignore[arg-type]
        told = chances(article, query, entities[:-1], look) if likely.max() < SURE else None  # type: ignore[arg-type]
        likely = forest.pooled(likely, told) if told else likely
        order = np.argsort(-likely, kind="stable")
        best, second = int(order[0]), next((int(n) for n in order[1:] if entities[n] is not None), None)
        confidence = float(np.interp(likely[best], *forest.knots))
        if second is None:
            return Answer(entities[best], confidence)
        return Answer(entities[best], confidence, entities[second], float(likely[best] - likely[second]))


@cache
def load_ranker() -> Ranker:
    """The ranker that ships with the package; loaded once a process.

    Raises `ModelNotFoundError` where the package was installed without it, or with that of another version.
    """
    try:
        with np.load(str(files("quotes.speakers") / FILE)) as data:
            known = tuple(data["features"].tolist())
            ranker = Ranker({form: Forest(*(data[f"{form}_{part}"] for part in PARTS)) for form in FORMS})
    except FileNotFoundError:
        known, ranker = (), None
    if ranker is None or known != FEATURES:
        raise ModelNotFoundError(
            "the table that tells who is speaking is missing from this installation, or of another version: "
            "reinstall with `pip install --force-reinstall newsquotes`"
        )
    return ranker
