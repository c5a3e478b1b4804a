"""Teach the ranker that tells whom "she", "the minister" and "Roy" mean; it ships as `quotes/speakers/antecedents.npz`.

    python -m training.antecedents NEWSROOM.jsonl [--gum GUM.jsonl.gz] [--gap GAP.tsv] [--cache NAMES.json]

NEWSROOM has articles with attributions and the names of their sources (`training/README.md` tells the form), GUM entity
chains of other texts, GAP pronouns between two names. Names are found by the reader that ships, so train that first.

1. Every phrase whose meaning gold tells is laid beside the candidates that `quotes.speakers.features` finds: one group.
2. Trees are boosted on the groups of all but one fold, with gold for who spoke before; each fold is then walked through
   with those that have not seen it, so that the last trees learn beside the mistakes that they will meet.
3. What the likeliest candidate's figure is worth is counted on those folds: the calibration.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import json
import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import regex
from catboost import CatBoost, Pool

from quotes.attribution import load_reader
from quotes.marks import find_marks
from quotes.nlp import split_sentences
from quotes.reading import to_document
from quotes.speakers.antecedent import FILE, Answer, Floats, Forest, Ranker
from quotes.speakers.antecedent import PARTS as TABLES
from quotes.speakers.article import Article
from quotes.speakers.entities import Entity
from quotes.speakers.features import FEATURES, Query, Turn, candidates, rows
from quotes.speakers.lexicon import listed, unaccented
from quotes.speakers.phrases import read_phrase
from quotes.speakers.resolve import RELAY, SOURCE, Walk
from quotes.types import Attribution, Name, Range
from training.passages import read_passages

OUT = Path(__file__).parents[1] / "quotes" / "speakers" / FILE
WRITTEN = Path(__file__).parent / "written"
TITLES = frozenset({"the", "mr", "mrs", "ms", "dr", "sen", "rep", "gov", "president", "senator", "sir"})
OTHER = 0.6  # what a group of another kind of text weighs
UNKNOWN = 0.05  # of the given names, how many the ranker is told nothing of, so that it can do without
PARTS = ("content", "source", "cue", "to", "via")
BEFORE, BEHIND = 3, 1  # sentences around an attribution in an excerpt
PARAGRAPHS = (3, 7)  # lines of an opening, from and below
MISSED, CUT = 0.1, 0.3  # of an opening's attributions those left out, and whose source ends at its first comma
KNOTS = 16

Gold = dict[str, Any]


@dataclass(frozen=True, slots=True)
class TrainOptions:
    """How the trees are boosted. All of it is chosen on the development articles."""

    trees: int = 240
    trial_trees: int = 60
    depth: int = 6
    rate: float = 0.08
    shrink: float = 3.0
    folds: int = 2
    seed: int = 1
    short: tuple[float, ...] = (1.0, 0.5)
    """What the short texts weigh in each of the forests whose mean is taken."""


@dataclass(slots=True)
class Group:
    """A phrase: the features [candidates + 1, FEATURES] and which of them are right."""

    rows: Floats
    right: list[int]
    pronoun: bool
    weight: float = 1.0
    short: bool = False


@dataclass(slots=True)
class Text:
    """An article with what is asked of it. `walk` goes through it and gives its groups; without an argument gold tells
    who spoke before."""

    id: str
    walk: Callable[[Ranker | None], list[Group]]
    groups: list[Group] = field(default_factory=list)
    short: bool = False


# --- names -----------------------------------------------------------------------------------------------------------


def _words(name: str) -> list[str]:
    return [w for w in unaccented(name.casefold()).replace("-", " ").replace("’", "'").split() if w not in TITLES]


def same_name(found: str, gold: str) -> bool:
    """Whether two forms name the same: they are equal, or end in one word and one holds all words of the other."""
    a, b = _words(found), _words(gold)
    if not a or not b:
        return False
    return a == b or (a[-1] == b[-1] and (set(a) <= set(b) or set(b) <= set(a)) and min(len(a), len(b)) > 1)


def right_ones(entities: Sequence[Entity], name: str | None) -> list[int]:
    """Which candidates are the one that gold names; the last number is nobody; none where it is not among them."""
    if not name:
        return [len(entities)]
    parts = name.split(" & ")
    together = [n for n, entity in enumerate(entities) if len(entity.members) == len(parts) > 1 and _all(entity, parts)]
    alone = [n for n, e in enumerate(entities) if not e.members and any(same_name(e.name, part) for part in parts)]
    return together or alone


def _all(group: Entity, parts: Iterable[str]) -> bool:
    return all(any(same_name(member.name, part) for member in group.members) for part in parts)


class Names:
    """The names of texts, found by the reader, and kept in a file."""

    def __init__(self, cache: Path | None) -> None:
        self.cache = cache
        self.known: dict[str, list[tuple[int, int, Any]]] = {}
        if cache and cache.exists():
            self.known = json.loads(cache.read_text(encoding="utf-8"))

    def of(self, id: str, text: str, start: int = 0) -> list[Name]:
        """The names of a text, or of a part of one that is known and begins at `start`."""
        if id not in self.known:
            found = load_reader().read(text, find_marks(text)).names()
            self.known[id] = [(name.start, name.end, name.kind) for name in found]
        inside = ((a - start, b - start, kind) for a, b, kind in self.known[id])
        return [Name(a, b, kind) for a, b, kind in inside if a >= 0 and b <= len(text)]

    def save(self) -> None:
        """Keep what was found."""
        if self.cache:
            self.cache.write_text(json.dumps(self.known), encoding="utf-8")


# --- gold → texts ----------------------------------------------------------------------------------------------------


def newsroom(path: Path, names: Names) -> Iterator[Text]:
    """Articles with attributions and the names of their sources."""
    with path.open(encoding="utf-8") as file:
        for article in map(json.loads, file):
            yield _newsroom_text(article, names)
            yield _newsroom_text(excerpt(article), names, short=True)
            yield _newsroom_text(opening(article), names, short=True)


def excerpt(article: Gold) -> Gold:
    """The few sentences around one of the attributions, so that short texts are known as well."""
    text, told = article["text"], article["attributions"]
    middle = told[len(text) % len(told)]["content"][0][0] if told else 0
    sentences = list(split_sentences(text))
    at = max((n for n, (start, _) in enumerate(sentences) if start <= middle), default=0)
    return _part_of(article, sentences[max(0, at - BEFORE)][0], sentences[min(len(sentences) - 1, at + BEHIND)][1])


def opening(article: Gold) -> Gold:
    """The first paragraphs, which introduce people as a short text does, as a reader finds them: what it takes for the
    source may end early, and it misses some."""
    ends = [match.end() for match in regex.finditer(r"\S[^\n]*", article["text"])]
    random = np.random.default_rng(len(article["text"]))
    short = _part_of(article, 0, ends[min(len(ends), int(random.integers(*PARAGRAPHS))) - 1])
    kept = [_as_read(gold, short["text"], random) for gold in short["attributions"] if random.random() > MISSED]
    return short | {"attributions": kept}


def _as_read(gold: Gold, text: str, random: np.random.Generator) -> Gold:
    start, end = gold["source"][0] if gold["source"] else (0, 0)
    stop = text.find(",", start, end) if end and random.random() < CUT else -1
    return gold | {"source": [[start, stop]]} if stop > 0 else gold


def _part_of(article: Gold, start: int, end: int) -> Gold:
    text, told = article["text"], article["attributions"]
    inside = [
        gold for gold in told if all(start <= a and b <= end for part in PARTS for a, b in _pairs(gold.get(part)))
    ]
    shifted = [
        gold | {part: [[a - start, b - start] for a, b in _pairs(gold.get(part))] for part in PARTS} for gold in inside
    ]
    return {"id": article["id"], "text": text[start:end], "attributions": shifted, "from": start}


def _newsroom_text(article: Gold, names: Names, short: bool = False) -> Text:
    document = to_document(article["text"])
    attributions = gold_attributions(article)
    sentences = list(split_sentences(document.text))
    facts = Article(document, sentences, names.of(article["id"], document.text, article.get("from", 0)), attributions)
    if "from" in article:
        rename(facts, article)
    told = {id(a): gold for a, gold in zip(attributions, article["attributions"], strict=True)}

    def walk(ranker: Ranker | None) -> list[Group]:
        taught = _Taught(facts, attributions, told, ranker)
        taught.run()
        return [replace(group, short=short) for group in taught.groups]

    return Text(article["id"], walk, short=short)


def rename(facts: Article, article: Gold) -> None:
    """Give people other given names, and those of whom gold's pronouns tell no sex one or the other, so that it is not
    learned of which sex those are whom the news of some years quoted."""
    random = np.random.default_rng(len(article["text"]))
    sexes = {"he": "m", "she": "f"}
    said = [
        (gold, article["text"][slice(*_hull(gold["source"]))].lower())
        for gold in article["attributions"]
        if gold["source"]
    ]
    known = [(gold["name"], sexes[words]) for gold, words in said if words in sexes and gold["name"]]
    for entity in facts.sights:
        if entity.kind == "person" and entity.words and not entity.told:
            sex = next((sex for name, sex in known if same_name(entity.name, name)), "")
            entity.near.clear()
            entity.words = (_given_name(sex or random.choice(["m", "f"]), random), *entity.words[1:])


@cache
def _given_names(sex: str) -> list[str]:
    rows = (line.split() for line in sorted(listed("given_names.txt")))
    return [
        name
        for name, share, bearers in rows
        if int(bearers) > 4 and (int(share) > 60 if sex == "f" else int(share) < 40)
    ]


def _given_name(sex: str, random: np.random.Generator) -> str:
    names = _given_names(sex)
    return names[int(random.integers(len(names)))]


def gold_attributions(article: Gold) -> list[Attribution]:
    """The attributions of an article as the pipeline has them."""
    marks = [mark for mark in find_marks(article["text"]) if mark.depth == 0]
    found = []
    for gold in article["attributions"]:
        content = tuple((start, end) for start, end in gold["content"])
        quoted = tuple(m for m in marks if any(start <= m.start < end for start, end in content))
        source, cue, to, via = (_hull(gold.get(part)) for part in ("source", "cue", "to", "via"))
        found.append(Attribution(content or ((0, 0),), quoted, source, cue, to, via))
    return found


def _hull(ranges: Any) -> Range | None:
    if not ranges:
        return None
    pairs = _pairs(ranges)
    return pairs[0][0], pairs[-1][1]


def _pairs(ranges: Any) -> list[list[int]]:
    return [] if not ranges else [ranges] if isinstance(ranges[0], int) else [list(pair) for pair in ranges]


class _Taught(Walk):
    """A walk on which gold answers, and each phrase becomes a group; `heard` tells who spoke before, if not gold."""

    def __init__(
        self, article: Article, attributions: Sequence[Attribution], told: dict[int, Gold], heard: Ranker | None
    ) -> None:
        super().__init__(article, attributions, self._answer)
        self.told, self.heard = told, heard
        self.groups: list[Group] = []
        self.gold: Gold = {}

    def _parts(self, attribution: Attribution) -> Any:
        self.gold = self.told[id(attribution)]
        return super()._parts(attribution)

    def _answer(self, query: Query, turns: list[Turn]) -> Answer:
        if query.part not in (SOURCE, RELAY):
            return Answer(query.phrase.named, 1.0)
        entities = candidates(self.article, query, turns)
        right = right_ones(entities, self.gold["name"] if query.part == SOURCE else self.gold["via_name"])
        if right:
            self.groups.append(
                Group(np.array(rows(self.article, query, entities, turns), np.float32), right, query.phrase.is_pronoun)
            )
        if self.heard:
            return self.heard.answer(self.article, query, turns)
        return Answer(entities[right[0]] if right and right[0] < len(entities) else None, 1.0)


def gum(path: Path, names: Names) -> Iterator[Text]:
    """Texts with entity chains: their pronouns, and whom these mean."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        for text in map(json.loads, file):
            asked = [
                ((start, end), cluster)
                for cluster in text["clusters"]
                for start, end, form in cluster["mentions"]
                if form == "pronoun"
                and text["text"][start:end].lower() in ("he", "she", "they", "it", "him", "her", "his")
            ]
            yield _chained(text["id"], text["text"], asked, names)


def _chained(id: str, raw: str, asked: list[tuple[Range, Gold]], names: Names) -> Text:
    document = to_document(raw)
    facts = Article(document, list(split_sentences(raw)), names.of(id, raw), [])

    def walk(ranker: Ranker | None) -> list[Group]:
        groups = []
        for (start, end), cluster in asked:
            query = Query(read_phrase(raw, start, end, facts.entities))
            entities = candidates(facts, query, [])
            right = [n for n, one in enumerate(entities) if _is_in(facts, one, cluster)] or (
                [] if cluster["name"] else [len(entities)]
            )
            if right and raw == document.text:
                groups.append(Group(np.array(rows(facts, query, entities, []), np.float32), right, True, OTHER))
        return groups

    return Text(id, walk)


def _is_in(facts: Article, entity: Entity, cluster: Gold) -> bool:
    """Whether an entity is a chain's: they share a named mention."""
    ends = {end for _, end, form in cluster["mentions"] if form == "name"}
    return any(sight.end in ends for sight in facts.sights[entity])


def gap(path: Path, names: Names) -> Iterator[Text]:
    """Pronouns, each between two names."""
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE):
            mentions = [
                [int(row[f"{one}-offset"]), int(row[f"{one}-offset"]) + len(row[one]), "name"]
                for one in ("A", "B")
                if row[f"{one}-coref"] == "TRUE"
            ]
            start = int(row["Pronoun-offset"])
            cluster = {"name": "told", "mentions": mentions}
            if mentions:
                yield _chained(row["ID"], row["Text"], [((start, start + len(row["Pronoun"])), cluster)], names)


# --- boosting --------------------------------------------------------------------------------------------------------


def boost(groups: Sequence[Group], trees: int, options: TrainOptions) -> Ranker:
    """A forest for pronouns and one for all else."""
    return Ranker(
        *(_forest([group for group in groups if group.pronoun is kind], trees, options) for kind in (True, False))
    )


def _forest(groups: Sequence[Group], trees: int, options: TrainOptions) -> Forest:
    """The trees that make the right candidates likely."""
    random = np.random.default_rng(options.seed)
    sizes = [len(group.rows) for group in groups]
    table = np.concatenate([group.rows for group in groups])
    untold = table[:, FEATURES.index("told")] == 0
    table[untold & (random.random(len(table)) < UNKNOWN), FEATURES.index("odds")] = 0
    right = np.concatenate([_target(group) for group in groups])
    weights = np.repeat([group.weight for group in groups], sizes)
    pool = Pool(table, right, group_id=np.repeat(np.arange(len(groups)), sizes), group_weight=weights)
    settings = {
        "loss_function": "QuerySoftMax", "iterations": trees, "depth": options.depth, "learning_rate": options.rate,
        "l2_leaf_reg": options.shrink, "random_seed": options.seed, "bootstrap_type": "Bernoulli", "subsample": 0.8,
        "border_count": 48, "rsm": 0.5, "thread_count": 4, "verbose": False, "allow_writing_files": False,
    }  # fmt: skip
    return _tables(CatBoost(settings).fit(pool))


def _target(group: Group) -> Floats:
    target = np.zeros(len(group.rows))
    target[group.right] = 1 / len(group.right)
    return target


def _tables(model: CatBoost) -> Forest:
    """CatBoost's trees as the tables that ship."""
    path = Path(f"{OUT}.{os.getpid()}.json")
    model.save_model(str(path), format="json")
    stored = json.loads(path.read_text(encoding="utf-8"))
    path.unlink()
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


def weighed(groups: Iterable[Group], weight: float) -> Iterator[Group]:
    """The groups, those of short texts with another weight."""
    return (replace(group, weight=group.weight * weight) if group.short else group for group in groups)


def mean(forests: Sequence[Forest]) -> Forest:
    """A forest whose scores are the mean of those of several."""
    columns, borders = (np.vstack([getattr(one, part) for one in forests]) for part in ("columns", "borders"))
    leaves = np.vstack([one.leaves for one in forests]) / np.float32(len(forests))
    return Forest(columns, borders, leaves, forests[0].knots)


def likelihoods(ranker: Ranker, group: Group) -> Floats:
    """How likely each candidate is."""
    return _part(ranker, group.pronoun).likely(group.rows.astype(np.float64))


def _part(ranker: Ranker, pronoun: bool) -> Forest:
    return ranker.pronouns if pronoun else ranker.phrases


def calibrated(figures: Sequence[tuple[float, bool]]) -> Floats:
    """Knots [2, n] from the ranker's figure to the share that is right, by equal bins, never falling; less two standard
    errors, for the forests that ship have more trees than those of the folds, and are surer."""
    table = np.array(sorted(figures))
    bins = np.array_split(table, KNOTS)
    told = np.array([part[:, 0].mean() for part in bins])
    found = np.array([part[:, 1].mean() for part in bins])
    errors = np.sqrt(found * (1 - found) / len(bins[-1]))
    share = np.maximum.accumulate(found - 2 * errors)
    return np.array([[0.0, *told, 1.0], [share[0], *share, share[-1]]])


def train(news: Sequence[Text], others: Sequence[Text], options: TrainOptions) -> Ranker:
    """The ranker, and what its figures are worth."""
    for text in (*news, *others):
        text.groups = text.walk(None)
    rest = [group for text in others for group in text.groups]
    articles = list(dict.fromkeys(text.id for text in news))  # an article and its parts are of one fold
    folds = [
        [text for text in news if text.id in part]
        for part in (frozenset(articles[n :: options.folds]) for n in range(options.folds))
    ]
    heard: list[list[Group]] = []
    figures: dict[bool, list[tuple[float, bool]]] = {True: [], False: []}
    for n, fold in enumerate(folds):
        seen = [g for k, other in enumerate(folds) if k != n for text in other for g in text.groups]
        trial = boost([*seen, *rest], options.trial_trees, options)
        heard.append([group for text in fold for group in text.walk(trial)])
        for group in heard[-1]:
            likely = likelihoods(trial, group)
            if not group.short:
                figures[group.pronoun].append((float(likely.max()), int(likely.argmax()) in group.right))
        shares = [100 * np.mean([right for _, right in figures[kind]]) for kind in (True, False)]
        print(f"after fold {n}: {shares[0]:.1f} % of pronouns right, {shares[1]:.1f} % of the rest", flush=True)
    groups = [*(group for fold in heard for group in fold), *rest]
    rankers = [boost(list(weighed(groups, weight)), options.trees, options) for weight in options.short]
    ranker = Ranker(mean([one.pronouns for one in rankers]), mean([one.phrases for one in rankers]))
    forests = (replace(_part(ranker, kind), knots=calibrated(figures[kind])) for kind in (True, False))
    return Ranker(*forests)


def main() -> None:
    """Train, and write the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("newsroom", type=Path, nargs="+")
    parser.add_argument("--gum", type=Path)
    parser.add_argument("--gap", type=Path)
    parser.add_argument("--cache", type=Path)
    parser.add_argument("--out", type=Path, default=OUT)
    args = parser.parse_args()
    names = Names(args.cache)
    news = [text for path in args.newsroom for text in newsroom(path, names)]
    own = [_newsroom_text(passage, names, short=True) for passage in read_passages(WRITTEN, noted=True)]
    others = [*own, *(gum(args.gum, names) if args.gum else ()), *(gap(args.gap, names) if args.gap else ())]
    names.save()
    ranker = train(news, others, TrainOptions())
    forests = {"pronouns": ranker.pronouns, "phrases": ranker.phrases}
    tables = {f"{name}_{part}": getattr(forest, part) for name, forest in forests.items() for part in TABLES}
    np.savez_compressed(args.out, features=np.array(FEATURES), **tables)


if __name__ == "__main__":
    main()
