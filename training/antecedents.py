"""Teach the ranker that tells whom "she", "the minister" and "Roy" mean; it ships as `quotes/speakers/antecedents.npz`.

    python -m training.antecedents DATA [--gum] [--cache NAMES.json]

DATA holds the corpora that `training/corpora.py` lists, of which those are read that name their sources, and `names/`:
pronouns between two names (GAP) and, where asked for, entity chains of other texts (GUM). Names are found by the reader
that ships, so train that first.

1. Every phrase whose meaning gold tells is laid beside the candidates that `quotes.speakers.features` finds: one group.
2. Trees are boosted on the groups of all but one fold, with gold for who spoke before; each fold is then walked through
   with those that have not seen it, so that the last trees learn beside the mistakes that they will meet.
3. On the articles that the network (`training/pointer.py`) has not read, its weight beside the trees is found, and
   counted what the likeliest candidate's figure is worth: the calibration.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from quotes.speakers.antecedent import FILE, FORMS, SURE, Floats, Forest, Ranker
from quotes.speakers.antecedent import PARTS as TABLES
from quotes.speakers.features import FEATURES
from training.boosting import Group, TrainOptions, boost, calibrated, likelihoods, pooled, pooling
from training.corpora import CORPORA, GAP, GUM
from training.meanings import Names, Text, gap, gum, newsroom, phrased, written

OUT = Path(__file__).parents[1] / "quotes" / "speakers" / FILE


def train(news: Sequence[Text], others: Sequence[Text], options: TrainOptions) -> Ranker:
    """The ranker, and what its figures are worth."""
    for text in (*news, *others):
        text.groups = text.walk(None)
    rest = [group for text in others for group in text.groups]
    folds = _folds(news, options.folds)
    heard: list[Group] = []
    cases: dict[str, list[tuple[Floats, Group]]] = {form: [] for form in FORMS}
    for n, fold in enumerate(folds):
        seen = [group for other in folds[:n] + folds[n + 1 :] for text in other for group in text.groups]
        trial = boost([*seen, *rest], options.trial_trees, options)
        unseen = [group for text in fold for group in text.walk(trial)]
        heard += unseen
        for group in (group for group in unseen if group.whole):
            cases[group.form].append((likelihoods(trial, group), group))
        shares = ", ".join(f"{form} {_right(found):.1f} %" for form, found in cases.items())
        print(f"right after fold {n}: {shares}", flush=True)
    ranker = boost([*heard, *rest], options.trees, options)
    return Ranker({form: _worth(forest, cases[form]) for form, forest in ranker.forests.items()})


def _worth(forest: Forest, cases: Sequence[tuple[Floats, Group]]) -> Forest:
    """The forest with the weights beside the network's, and with what its figures are worth, by the articles that
    neither has read."""
    read = [(likely, group) for likely, group in cases if group.chances]
    unsure = [(likely, group) for likely, group in read if likely.max() < SURE]
    forest = replace(forest, pooling=pooling(unsure))
    before, after = _right(unsure), _right([(pooled(forest, *case), case[1]) for case in unsure])
    print(f"of {len(unsure)} unsure of {len(read)}: {before:.1f} % right, with the network {after:.1f} %")
    told = ((pooled(forest, *case), case[1]) for case in read)
    return replace(
        forest, knots=calibrated([(float(one.max()), int(one.argmax()) in group.right) for one, group in told])
    )


def _right(cases: Sequence[tuple[Floats, Group]]) -> float:
    """Of how many in a hundred the likeliest is right."""
    return 100 * float(np.mean([int(likely.argmax()) in group.right for likely, group in cases]))


def _folds(texts: Sequence[Text], folds: int) -> list[list[Text]]:
    """An article and its parts are of one fold."""
    ids = list(dict.fromkeys(text.id for text in texts))
    return [[text for text in texts if text.id in part] for part in (frozenset(ids[n::folds]) for n in range(folds))]


def save(ranker: Ranker, path: Path) -> None:
    """Write the tables that ship."""
    tables = {f"{form}_{part}": getattr(forest, part) for form, forest in ranker.forests.items() for part in TABLES}
    np.savez_compressed(path, features=np.array(FEATURES), **tables)


def main() -> None:
    """Train, and write the tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--gum", action="store_true", help="learn from texts of other kinds, too")
    parser.add_argument("--cache", type=Path, help="keeps the names that the reader has found")
    parser.add_argument("--out", type=Path, default=OUT)
    args = parser.parse_args()
    names = Names(args.cache)
    named = [corpus for corpus in CORPORA if corpus.path and "names" in corpus.labels]
    news = [text for corpus in named for text in newsroom(corpus.articles(args.data), names)]
    chains = gum(args.data / GUM, names) if args.gum else ()
    told = phrased(args.data, {text.id for text in news}, names)
    others = [*written(names), *told, *chains, *gap(args.data / GAP, names)]
    names.save()
    save(train(news, others, TrainOptions()), args.out)


if __name__ == "__main__":
    main()
