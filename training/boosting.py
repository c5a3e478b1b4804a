"""Groups of candidates, one of them right → the trees of `quotes.speakers.antecedent`; what their figures are worth."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from catboost import CatBoost, Pool
from scipy.optimize import minimize

from quotes.speakers.antecedent import FORMS, SURE, Floats, Forest, Ranker

__all__ = ["Group", "TrainOptions", "boost", "calibrated", "likelihoods", "pooled", "pooling"]

KNOTS = 12
ERRORS = 1.645  # standard errors that a share may be lower: in nineteen of twenty cases it is not
RIDGE = 0.002  # what a weight of the pooling costs


@dataclass(frozen=True, slots=True)
class TrainOptions:
    """How the trees are boosted. All of it is chosen on the development articles."""

    trees: int = 240
    trial_trees: int = 80
    depth: int = 6
    rate: float = 0.12
    shrink: float = 3.0
    folds: int = 2
    seed: int = 1
    threads: int = 2


@dataclass(slots=True)
class Group:
    """A phrase: the features [candidates + 1, FEATURES], nobody last, and which of them are right."""

    rows: Floats
    right: list[int]
    form: str
    """One of `FORMS`."""
    weight: float = 1.0
    whole: bool = True
    """Whether the whole article was read: only then its figure counts for the calibration."""
    chances: list[float] | None = None
    """The network's log chances [candidates + 1], where it has not read the article's gold."""


def boost(groups: Sequence[Group], trees: int, options: TrainOptions) -> Ranker:
    """A forest for each form of phrases."""
    return Ranker({form: _forest([one for one in groups if one.form == form], trees, options) for form in FORMS})


def _forest(groups: Sequence[Group], trees: int, options: TrainOptions) -> Forest:
    """The trees that make the right candidates likely."""
    sizes = [len(group.rows) for group in groups]
    table = np.concatenate([group.rows for group in groups])
    right = np.concatenate([_target(group) for group in groups])
    weights = np.repeat([group.weight for group in groups], sizes)
    pool = Pool(table, right, group_id=np.repeat(np.arange(len(groups)), sizes), group_weight=weights)
    settings = {
        "loss_function": "QuerySoftMax", "iterations": trees, "depth": options.depth, "learning_rate": options.rate,
        "l2_leaf_reg": options.shrink, "random_seed": options.seed, "bootstrap_type": "Bernoulli", "subsample": 0.8,
        "border_count": 32, "rsm": 0.5, "thread_count": options.threads, "verbose": False, "allow_writing_files": False,
    }  # fmt: skip
    return _tables(CatBoost(settings).fit(pool))


def _target(group: Group) -> Floats:
    target = np.zeros(len(group.rows))
    target[group.right] = 1 / len(group.right)
    return target


def _tables(model: CatBoost) -> Forest:
    """CatBoost's trees as the tables that ship."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "trees.json"
        model.save_model(str(path), format="json")
        stored = json.loads(path.read_text(encoding="utf-8"))
    flat = {one["feature_index"]: one["flat_feature_index"] for one in stored["features_info"]["float_features"]}
    trees = stored["oblivious_trees"]
    depth = max(len(tree["splits"]) for tree in trees)
    columns, borders = np.zeros((len(trees), depth), np.int16), np.full((len(trees), depth), np.inf, np.float32)
    leaves = np.zeros((len(trees), 2**depth), np.float32)
    for n, tree in enumerate(trees):
        for k, split in enumerate(tree["splits"]):
            columns[n, k], borders[n, k] = flat[split["float_feature_index"]], split["border"]
        leaves[n] = np.tile(tree["leaf_values"], 2**depth // len(tree["leaf_values"]))
    return Forest(columns, borders, leaves, np.array([[0.0, 1.0], [0.0, 1.0]]))


def likelihoods(ranker: Ranker, group: Group) -> Floats:
    """How likely each candidate is."""
    return ranker.forests[group.form].likely(group.rows.astype(np.float64))


def pooled(forest: Forest, likely: Floats, group: Group) -> Floats:
    """How likely each candidate is, by the network as well where the trees are not sure."""
    return forest.pooled(likely, group.chances) if group.chances and likely.max() < SURE else likely


def pooling(cases: Sequence[tuple[Floats, Group]]) -> Floats:
    """The weights that make the right candidates likeliest, of groups with how likely the trees find each."""

    def loss(weights: Floats) -> float:
        forest = Forest(*(np.zeros((0, 0)) for _ in range(4)), weights)
        pooled = (forest.pooled(likely, group.chances)[group.right].sum() for likely, group in cases)
        return -float(np.mean([np.log(max(one, 1e-9)) for one in pooled])) + RIDGE * float(np.square(weights).sum())

    best: Floats = minimize(loss, np.array([1.0, 0.5, 0.0, 0.0]), method="Nelder-Mead", options={"maxiter": 600}).x
    return best


def calibrated(figures: Sequence[tuple[float, bool]]) -> Floats:
    """Knots [2, n] from the ranker's figure to the share that is right, by equal bins, never falling: the lower end of
    each share's interval (Wilson 1927), for the forests that ship have more trees than those of the folds, and are
    surer, and of fifty right ones nobody knows that the next will be."""
    table = np.array(sorted(figures))
    bins = np.array_split(table, KNOTS)
    told = np.array([part[:, 0].mean() for part in bins])
    found = np.array([part[:, 1].mean() for part in bins])
    share = np.maximum.accumulate(_lower_end(found, len(bins[-1])))
    return np.array([[0.0, *told, 1.0], [share[0], *share, share[-1]]])


def _lower_end(shares: Floats, count: int) -> Floats:
    """Under which a share of so many cases lies in one of twenty."""
    room = ERRORS**2 / count
    middle = shares + room / 2
    lower: Floats = (middle - np.sqrt(room * (shares * (1 - shares) + room / 4))) / (1 + room)
    return lower
