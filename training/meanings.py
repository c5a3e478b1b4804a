"""Texts of which gold tells whom their phrases mean → groups of candidates, one of them right.

An article is read whole, as the sentences around one attribution, and as its first paragraphs: short texts are known as
well, and as a reader finds them, its sources cut short here and there. In the short readings people have other given
names, so that it is not learned of which sex those are whom the news of some years quoted.
"""

from __future__ import annotations

import csv
import gzip
import json
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from itertools import product
from pathlib import Path
from typing import Any

import numpy as np
import regex

from quotes.attribution import load_reader
from quotes.marks import find_marks
from quotes.nlp import split_sentences
from quotes.reading import to_document
from quotes.speakers.antecedent import Answer, Look, Ranker, chances, form_of
from quotes.speakers.article import Article
from quotes.speakers.entities import Entity
from quotes.speakers.features import Query, Turn, candidates, rows
from quotes.speakers.lexicon import share_of_women, unaccented
from quotes.speakers.phrases import read_phrase
from quotes.speakers.resolve import RELAY, SOURCE, Walk, looking
from quotes.types import Attribution, Name, Range
from training.boosting import Group
from training.corpora import ANNOTATED, annotated, is_kept_back
from training.passages import read_passages
from training.renaming import given_names

__all__ = ["Names", "Text", "gap", "gum", "newsroom", "phrased", "right_ones", "written"]

Gold = dict[str, Any]
Generator = np.random.Generator
PASSAGES = Path(__file__).parent
TITLES = frozenset({"the", "mr", "mrs", "ms", "dr", "sen", "rep", "gov", "president", "senator", "sir"})
OTHER, SHORT, OWN = 0.6, 0.4, 1.0  # what a group of another kind of text weighs, one of a short reading, and of our own
ANYWHERE = 0.3  # and one of a phrase that need not speak
SPARED = 4  # of so many "he" and "she" among those one is read: they are more than all else
SPARE = frozenset(("he", "she", "him", "her", "his"))
READINGS = {"written": 3, "whose": 3}  # how often our own passages are read, all but the first time under other names
UNKNOWN = 0.15  # of the other given names, how many no table has
PARTS = ("content", "source", "cue", "to", "via")
BEFORE, BEHIND = 3, 1  # sentences around an attribution in an excerpt
PARAGRAPHS = (3, 7)  # lines of an opening, from and below
MISSED, CUT = 0.1, 0.3  # of a short reading's attributions those left out, and whose source ends at its first comma
ASKED = ("he", "she", "they", "it", "him", "her", "his")


@dataclass(slots=True)
class Text:
    """A text with what is asked of it. `walk` goes through it and gives its groups; without an argument gold tells who
    spoke before."""

    id: str
    walk: Callable[[Ranker | None], list[Group]]
    groups: list[Group] = field(default_factory=list)


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


# --- attributions with names -----------------------------------------------------------------------------------------


def newsroom(articles: Iterable[Gold], names: Names) -> Iterator[Text]:
    """Articles with attributions and the names of their sources."""
    for article in articles:
        yield from (_told(part, names) for part in (article, _excerpt(article), _opening(article)))


def written(names: Names) -> Iterator[Text]:
    """Our own passages, each as it stands and under other given names."""
    for folder, readings in READINGS.items():
        for passage, reading in product(read_passages(PASSAGES / folder, noted=True), range(readings)):
            yield _told(passage | {"short": True, "reading": reading, **({"from": 0} if reading else {})}, names)


def _excerpt(article: Gold) -> Gold:
    """The few sentences around one of the attributions."""
    text, told = article["text"], article["attributions"]
    middle = told[len(text) % len(told)]["content"][0][0] if told else 0
    sentences = list(split_sentences(text))
    at = max((n for n, (start, _) in enumerate(sentences) if start <= middle), default=0)
    return _part_of(article, sentences[max(0, at - BEFORE)][0], sentences[min(len(sentences) - 1, at + BEHIND)][1])


def _opening(article: Gold) -> Gold:
    """The first paragraphs, which introduce people as a short text does, with some attributions missed."""
    ends = [match.end() for match in regex.finditer(r"\S[^\n]*", article["text"])]
    random = np.random.default_rng(len(article["text"]))
    short = _part_of(article, 0, ends[min(len(ends), int(random.integers(*PARAGRAPHS))) - 1])
    kept = [_as_read(gold, short["text"], random) for gold in short["attributions"] if random.random() > MISSED]
    return short | {"attributions": kept}


def _as_read(gold: Gold, text: str, random: Generator) -> Gold:
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
    return {"id": article["id"], "text": text[start:end], "attributions": shifted, "from": start, "short": True}


def _told(article: Gold, names: Names) -> Text:
    document = to_document(article["text"])
    attributions = gold_attributions(article)
    sentences = list(split_sentences(document.text))
    facts = Article(document, sentences, names.of(article["id"], document.text, article.get("from", 0)), attributions)
    whole = "short" not in article
    if "from" in article:
        _rename(facts, article)
    told = {id(a): gold for a, gold in zip(attributions, article["attributions"], strict=True)}
    look = None
    if whole and is_kept_back(article["id"]):
        look = looking(load_reader().around(document.text, find_marks(document.text)))

    def walk(ranker: Ranker | None) -> list[Group]:
        taught = _Taught(facts, attributions, told, ranker, look)
        taught.run()
        weight = 1.0 if whole else SHORT if "reading" not in article else OWN
        return [replace(group, whole=whole, weight=weight) for group in taught.groups]

    return Text(article["id"], walk)


def _rename(facts: Article, article: Gold) -> None:
    """Give people other given names, of the sex that gold's pronouns or else their own given name tell."""
    random = np.random.default_rng(len(article["text"]) + article.get("reading", 0))
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
            share = share_of_women(entity.words[0])
            sex = sex or random.choice(["m", "f"], p=[1 - share, share] if share is not None else None)
            entity.words = ("" if random.random() < UNKNOWN else _given_name(sex, random), *entity.words[1:])


def _given_name(sex: str, random: Generator) -> str:
    names = given_names(sex)
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
    return [replace(one, within=_around(found, one)) for one in found]


def _around(attributions: Sequence[Attribution], one: Attribution) -> int | None:
    """The attribution in whose words another one stands: that of the shortest piece that holds its cue and source."""
    parts = [part for part in (one.cue, one.source) if part]
    if one.cue is None:
        return None
    holding = [
        (end - start, n)
        for n, other in enumerate(attributions)
        for start, end in other.content
        if other is not one
        and other.source != one.source
        and other.cue != one.cue
        and all(start <= a and b <= end for a, b in parts)
    ]
    return min(holding)[1] if holding else None


def _hull(ranges: Any) -> Range | None:
    pairs = _pairs(ranges)
    return (pairs[0][0], pairs[-1][1]) if pairs else None


def _pairs(ranges: Any) -> list[list[int]]:
    return [] if not ranges else [ranges] if isinstance(ranges[0], int) else [list(pair) for pair in ranges]


class _Taught(Walk):
    """A walk on which gold answers, and each phrase becomes a group; `heard` tells who spoke before, if not gold."""

    def __init__(
        self,
        article: Article,
        attributions: Sequence[Attribution],
        told: dict[int, Gold],
        heard: Ranker | None,
        look: Look | None,
    ) -> None:
        super().__init__(article, attributions, self._answer)
        self.told, self.heard, self.look = told, heard, look
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
            features = np.array(rows(self.article, query, entities, turns), np.float32)
            told = chances(self.article, query, entities, self.look) if self.look else None
            self.groups.append(Group(features, right, form_of(query.phrase), chances=told))
        if self.heard:
            return self.heard.answer(self.article, query, turns)
        return Answer(entities[right[0]] if right and right[0] < len(entities) else None, 1.0)


# --- phrases anywhere ------------------------------------------------------------------------------------------------

Right = Callable[[Article, Sequence[Entity], Any], list[int]]
"""Which candidates are the one that gold tells of, as `right_ones` gives them."""


def phrased(data: Path, seen: Collection[str], names: Names) -> Iterator[Text]:
    """Articles annotated phrase by phrase, whether these speak or not, but for those whose speakers are `seen`."""
    for article in annotated(ANNOTATED / "phrases.jsonl", data / "raw"):
        if article["id"] not in seen:
            told = enumerate(article["phrases"])
            asked = [((a, b), name) for n, (a, b, name) in told if n % SPARED == 0 or _is_rare(article["text"][a:b])]
            yield _asked(f"{article['id']} {article['crc32']}", article["text"], asked, _named, names, ANYWHERE)


def _is_rare(phrase: str) -> bool:
    return phrase.lower() not in SPARE


def _named(facts: Article, entities: Sequence[Entity], name: str | None) -> list[int]:
    return right_ones(entities, name)


def gum(path: Path, names: Names) -> Iterator[Text]:
    """Texts with entity chains: their pronouns, and whom these mean."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        for text in map(json.loads, file):
            asked = [
                ((start, end), cluster)
                for cluster in text["clusters"]
                for start, end, form in cluster["mentions"]
                if form == "pronoun" and text["text"][start:end].lower() in ASKED
            ]
            yield _asked(text["id"], text["text"], asked, _chained, names, OTHER)


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
                asked = [((start, start + len(row["Pronoun"])), cluster)]
                yield _asked(row["ID"], row["Text"], asked, _chained, names, OTHER)


def _asked(id: str, raw: str, asked: Sequence[tuple[Range, Any]], right: Right, names: Names, weight: float) -> Text:
    """A text with phrases that need not speak, and whom they mean."""
    document = to_document(raw)
    facts = Article(document, list(split_sentences(raw)), names.of(id, raw), [])

    def walk(ranker: Ranker | None) -> list[Group]:
        groups = []
        for (start, end), gold in asked if raw == document.text else ():
            query = Query(read_phrase(raw, start, end, facts.entities), quoted=facts.in_quotes(start))
            entities = candidates(facts, query, [])
            if found := right(facts, entities, gold):
                features = np.array(rows(facts, query, entities, []), np.float32)
                groups.append(Group(features, found, form_of(query.phrase), weight))
        return groups

    return Text(id, walk)


def _chained(facts: Article, entities: Sequence[Entity], cluster: Gold) -> list[int]:
    """The candidates that a chain names: they share a named mention."""
    ends = {end for _, end, form in cluster["mentions"] if form == "name"}
    found = [n for n, one in enumerate(entities) if any(sight.end in ends for sight in facts.sights[one])]
    return found or ([] if cluster["name"] else [len(entities)])
