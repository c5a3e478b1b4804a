"""(phrase, entity) → numbers, by which `antecedent` tells whom a phrase means.

Every feature is a plain count, distance or class that a reader of the text could check. No feature knows a name: only
how its words, its sex, its roles and its places in the text fit the phrase.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from math import log2

import numpy as np
import regex
from numpy.typing import NDArray

from quotes.speakers.article import Article, Sight
from quotes.speakers.entities import Entity
from quotes.speakers.lexicon import kin, listed, singular
from quotes.speakers.phrases import Phrase
from quotes.types import Range

__all__ = ["FEATURES", "Query", "Turn", "candidates", "rows"]

Floats = NDArray[np.float64]
NONE = -1.0  # where there is nothing to measure
FAR = 50.0
POSSESSIVE = 8  # the class of what follows a name that owns something
IMPOSSIBLE = -3.5  # log-odds under which a sex forbids somebody
UNFIT = -1.5  # log-odds under which a sex speaks against somebody
NAMESAKES, MOST = 20, 60  # of one name or role, and of all
SPEAKING = ("person", "organization")
RECENT, NEXT = 12, 3  # entities that are weighed for having been named lately, or being named soon

MENTIONED = 6  # of the places that have the noun of a phrase
REMEMBERED = 12  # of the last who spoke, those that count
AROUND = 4000  # characters in which mentions are counted: what stands farther off, as in another article, tells nothing
CLOSE = 1200  # characters in which other people are counted

_PRONOUNS = ("", "m", "f", "it", "they", "i", "we", "who", "which", "one", "you")
_DETERMINERS = ("", "the", "a", "an", "its", "this", "that", "these", "those", "another")
_KINDS = ("unknown", "person", "group", "organization", "document", "place")
_SEXES = ("", "m", "f")
_CASES = ("he", "she", "they", "him", "her", "them", "his", "their")
_AGED = regex.compile(r"\b\d{1,3}(?=[-‑\s]year)")
_EMPTY = frozenset({"the", "a", "an", "of", "his", "her", "its", "their", "and", ""})
_ASIDE = regex.compile(r"(?:\A|\s)(?:of|for|to|from|by|with|at|in|on|behind|against|as)\s")
_RELATIVE = regex.compile(r"\s(?:who|whose|whom|which|that)\s")


@dataclass(frozen=True, slots=True)
class Turn:
    """Who said something before: where its phrase stood, whom it meant (nobody with a name: None), and whether it was
    a question."""

    start: int
    sentence: int
    phrase: Phrase
    entity: Entity | None
    asks: bool = False


@dataclass(frozen=True, slots=True)
class Query:
    """A phrase whose meaning is asked for: `part` 0 source, 1 addressee, 2 relay, 3 any other place; `own` are the
    words that it says, `outer` says the words that it stands in; `speaker` and `hearer` are at the other end."""

    phrase: Phrase
    part: int = 3
    own: tuple[Range, ...] = ()
    quoted: bool = False
    cue: Range | None = None
    nested: bool = False
    outer: Entity | None = None
    speaker: Entity | None = None
    hearer: Entity | None = None


# --- whom to weigh ---------------------------------------------------------------------------------------------------


def candidates(article: Article, query: Query, turns: Sequence[Turn]) -> list[Entity]:
    """The entities that a phrase may mean, each once, without those that it cannot: nobody tells himself."""
    joint = _joint(article, query.phrase)
    found = list(islice(dict.fromkeys(_at_hand(article, query, turns)), MOST))
    if joint or "barred" in article.leave_out:
        return joint or found
    barred = {query.speaker, query.hearer, *_owners(article, query.phrase)}
    return [entity for entity in found if entity not in barred and not _is_of_other_sex(article, query.phrase, entity)]


def _at_hand(article: Article, query: Query, turns: Sequence[Turn]) -> Iterator[Entity]:
    """Those in a phrase, those whose name or role shares a word with it, the ones named or speaking lately, and the
    ones named next."""
    phrase, entities = query.phrase, article.entities
    yield from (entity for _, entity in entities.within(phrase.start, phrase.end))
    for word in phrase.words:
        yield from islice(article.by_word.get(word, ()), NAMESAKES)
    for noun in () if phrase.is_pronoun else sorted(kin(phrase.head)):
        yield from islice(article.by_noun.get(noun, ()), NAMESAKES)
    yield from (turn.entity for turn in turns[-4:] if turn.entity)
    yield from (query.outer,) if query.outer else ()
    start, end = (bisect_left(entities.starts, at) for at in (phrase.start, phrase.end))
    before = (entity for entity in entities.owners[max(0, start - 40) : start][::-1] if entity.kind in SPEAKING)
    yield from islice(dict.fromkeys(before), RECENT)
    yield from (entity for entity in entities.owners[end : end + NEXT] if entity.kind in SPEAKING)
    at = bisect_left(article.groups, phrase.end, key=lambda group: article.sights[group][0].start)
    yield from article.groups[max(0, at - 3) : at]


def _joint(article: Article, phrase: Phrase) -> list[Entity]:
    """Those whose names a phrase joins: "Ana Roy and Bo Lee" are both, "Ana and Bo's parents" are not they."""
    for group in article.groups if phrase.named else ():
        for sight in article.sights[group]:
            if sight.start == phrase.head_span[0] and sight.end <= phrase.end + 1 and sight.after != POSSESSIVE:
                return [group]
    return []


def _has_namesakes(article: Article, entity: Entity) -> bool:
    """Whether others have the last word of somebody's name: then a title can tell them apart."""
    known = (other for word in entity.words[-1:] for other in islice(article.by_word.get(word, ()), 2))
    return any(other is not entity for other in known)


def _owners(article: Article, phrase: Phrase) -> Iterator[Entity]:
    """Those within a phrase whom its head is not: Roy of "Roy's lawyer" and "a spokesman for Roy"; but "the mayor of
    Salt Ana Roy" is Ana Roy."""
    if phrase.named or phrase.kind != "person":
        return
    head, end = phrase.head_span
    related = phrase.determiner and singular(phrase.head) in listed("relations.txt")
    for mention, entity in article.entities.within(phrase.start, phrase.end):
        between = article.text[end : mention.start]
        behind = related and mention.start >= end and "," not in between and _ASIDE.search(between)
        if behind or (mention.end < head and article.text[mention.end] in "'’"):
            yield entity


def _is_of_other_sex(article: Article, phrase: Phrase, entity: Entity) -> bool:
    titled = phrase.words[:1] in (("mr",), ("mrs",), ("ms",), ("miss",)) and _has_namesakes(article, entity)
    sex = phrase.sex if phrase.is_pronoun or titled or entity is not phrase.named else ""
    own = article.evidence.get(phrase.start) is entity
    return bool(sex) and entity.odds(sex) - own < IMPOSSIBLE


# --- the features ----------------------------------------------------------------------------------------------------

FEATURES = (
    # the phrase
    "part", "form", "pronoun", "determiner", "kind", "sex", "several", "words", "names", "quoted",
    "cue", "place", "nested", "case", "p_before", "p_after",
    "last_named", "last_ago", "last_pronoun", "last_sex", "last_far", "stranger",
    "people_near", "aged", "noun_places",
    # the entity
    "nobody", "e_kind", "e_words", "e_count",
    # inside the phrase
    "in", "head", "order", "from_end", "in_before", "in_after", "at_end", "gap",
    "shared_words", "shares_last",
    # agreement
    "odds", "told", "near",
    # roles
    "role_words", "role_head", "role_kin", "name_head", "age", "noun_near",
    # distance
    "sentences", "characters", "before", "after", "order_there", "count_before", "presence", "next",
    "next_sentence", "own", "subject", "pronouns_alike", "pronouns_unlike", "paragraphs",
    # who spoke
    "turn_ago", "turn_sentences", "turns", "asked", "outer", "alike",
    # beside the others
    "fitting", "nearer", "more_present", "later_subject", "fitter",
    "best_role", "best_noun", "best_age", "best_name", "best_turn",
)  # fmt: skip


def rows(article: Article, query: Query, entities: Sequence[Entity], turns: Sequence[Turn]) -> Floats:
    """The features [entities + 1, FEATURES] of each entity, and last those of nobody."""
    view = _View(article, query, turns)
    nobody = [1.0, *[NONE] * (_OWN - 2), view.as_before(None)]
    own = np.array([*map(view.of, entities), nobody], np.float64)
    fits = np.array([*(_fits(query.phrase, entity) for entity in entities), False])
    return np.hstack([np.tile(view.shared(), (len(own), 1)), own, _beside(own, fits)])


_SHARED, _OWN = FEATURES.index("nobody"), FEATURES.index("fitting") - FEATURES.index("nobody")
# What is compared with the others, and whether less (1) or more (-1) of it speaks for somebody.
_RANKED = {"characters": 1, "presence": -1, "subject": 1, "odds": -1}
_BEST = {"role_words": -1, "noun_near": 1, "age": -1, "shares_last": -1, "turn_ago": 1}
_COMPARED = [FEATURES.index(name) - _SHARED for name in (*_RANKED, *_BEST)]
_SIGNS = np.array([*_RANKED.values(), *_BEST.values()], np.float64)


def _fits(phrase: Phrase, entity: Entity) -> bool:
    """Whether kind and sex allow that a phrase means somebody."""
    if phrase.sex or phrase.kind == "person":
        return entity.kind == "person" and (not phrase.sex or entity.odds(phrase.sex) > UNFIT)
    return not entity.members and (entity.kind == phrase.kind or phrase.kind in ("unknown", "group"))


def _beside(own: Floats, fits: NDArray[np.bool_]) -> Floats:
    """How many fit, how many of them are better in this and that, and the best that others have to show; for nobody,
    who comes last, the best in all of it."""
    mine = own[:, _COMPARED] * _SIGNS
    rivals = np.sort(mine[fits], axis=0)
    first, second = np.vstack([rivals, np.full((2, len(_SIGNS)), FAR)])[:2]
    shown = _SIGNS * np.where(fits[:, None] & (mine == first), second, first)
    shown[:-1, : len(_RANKED)] = (rivals < mine[:-1, None])[..., : len(_RANKED)].sum(1)
    return np.column_stack([np.full(len(own), len(rivals)), shown])


def _index(values: Sequence[str], value: str) -> float:
    return float(values.index(value)) if value in values else float(len(values))


class _View:
    """One phrase, as it looks at the entities of its article."""

    def __init__(self, article: Article, query: Query, turns: Sequence[Turn]) -> None:
        self.article, self.query, self.turns = article, query, turns
        self.phrase = phrase = query.phrase
        self.sentence = article.sentence(phrase.start)
        self.inside = article.entities.within(phrase.start, phrase.end)
        self.ages = set(_AGED.findall(article.text[phrase.start : phrase.end]))
        self.kin = kin(phrase.head) if phrase.head else frozenset()
        self.told = frozenset().union(*map(kin, phrase.words)) - _EMPTY
        described = not phrase.is_pronoun and phrase.named is None
        self.nouns = self._places(self.kin) if described else []
        self.alike = next((turn for turn in reversed(turns) if turn.phrase.head == phrase.head), None)

    def _places(self, words: Iterable[str]) -> list[int]:
        """Where else the article has one of some words, the nearest to the phrase."""
        start, end = self.phrase.start, self.phrase.end
        near: list[int] = []
        for places in (self.article.places.get(word, []) for word in words):
            before, behind = bisect_left(places, start), bisect_left(places, end)
            near += places[max(0, before - MENTIONED) : before] + places[behind : behind + MENTIONED]
        near = [at for at in near if abs(at - start) < AROUND]
        return sorted(near, key=lambda at: (abs(at - start), at))[:MENTIONED]

    def shared(self) -> list[float]:
        """What is the same for every entity."""
        phrase, query, article = self.phrase, self.query, self.article
        form = 0 if phrase.is_pronoun else 3 if phrase.named else 2 if self.inside else 1
        last = self.turns[-1] if self.turns else None
        return [
            0 if query.part == 1 else query.part,  # an addressee is asked for as a source is
            form,
            _index(_PRONOUNS, phrase.pronoun),
            _index(_DETERMINERS, phrase.determiner),
            _index(_KINDS, phrase.kind),
            _index(_SEXES, phrase.sex),
            phrase.pronoun in ("they", "we") or phrase.kind == "group",
            min(len(phrase.words), 30),
            len(self.inside),
            query.quoted,
            0 if not query.cue else 1 if query.cue[0] <= phrase.start else 2,
            min(phrase.start - article.opening(phrase.start), 300) / 10,
            query.nested,
            _index(_CASES, phrase.head),
            article.class_before(phrase.start),
            article.class_after(phrase.end),
            last.entity is not None if last else NONE,
            min(self.sentence - last.sentence, FAR) if last else NONE,
            last.phrase.pronoun == phrase.pronoun if last else NONE,
            self._same_sex(last),
            article.text.count("\n\n", last.start, phrase.start)
            if last and phrase.start - last.start < AROUND
            else FAR,
            self._stranger(),
            self._people_near(),
            bool(self.ages),
            len(self.nouns),
        ]

    def _same_sex(self, last: Turn | None) -> float:
        """Whether who spoke last may be of the sex of the phrase: 1 or -1, 0 where nothing tells."""
        sex = self.phrase.sex
        if not last or not sex:
            return 0.0
        if last.entity and not last.phrase.sex:
            return float(last.entity.odds(sex) > 1) - float(last.entity.odds(sex) < -1)
        return 0.0 if not last.phrase.sex else 1.0 if last.phrase.sex == sex else -1.0

    def _people_near(self) -> float:
        entities, start = self.article.entities, self.phrase.start
        first, last = bisect_left(entities.starts, start - CLOSE), bisect_left(entities.starts, start)
        return min(len({owner for owner in entities.owners[first:last] if owner.kind == "person"}), 9)

    def _stranger(self) -> float:
        """How many sentences before somebody stands whom the article does not name."""
        strangers = self.article.strangers
        at = bisect_left(strangers, self.phrase.start) - 1
        return FAR if at < 0 else min(self.sentence - self.article.sentence(strangers[at]), FAR)

    def of(self, entity: Entity) -> list[float]:
        """What is an entity's own."""
        sights = self.article.sights[entity]
        return [
            0.0,
            _index(_KINDS, entity.kind),
            len(entity.words),
            self._count(sights, self.phrase.end + CLOSE),
            *self._inside(entity),
            *self._agreement(entity),
            *self._roles(entity),
            *self._distance(entity, sights),
            *self._turns(entity),
        ]

    def _count(self, sights: list[Sight], end: int) -> float:
        """How often somebody is named from some thousand characters before the phrase up to a place."""
        first, last = (bisect_left(sights, at, key=lambda s: s.start) for at in (self.phrase.start - AROUND, end))
        return min(last - first, 6)

    def _inside(self, entity: Entity) -> tuple[float, ...]:
        if entity.members:
            return self._group_inside(entity)
        orders = [n for n, (_, owner) in enumerate(self.inside) if owner is entity]
        shared = self.told.intersection(entity.words)
        last = bool(entity.words) and entity.words[-1] in shared
        if not orders:
            return 0, 0, NONE, NONE, NONE, NONE, 0, NONE, len(shared), last
        n = orders[0]
        sight = self._first(entity, self.inside[n][0].start)
        assert sight is not None
        at_end = sight.end >= self.phrase.end - 1
        head = entity is self.phrase.named
        from_end = len(self.inside) - 1 - n
        gap = self._gap(sight.start)
        return 1, head, n, from_end, sight.before, sight.after, at_end, gap, len(shared), last

    def _first(self, entity: Entity, start: int) -> Sight | None:
        """The first sight of an entity from a place on."""
        sights = self.article.sights[entity]
        at = bisect_left(sights, start, key=lambda sight: sight.start)
        return sights[at] if at < len(sights) else None

    def _group_inside(self, group: Entity) -> tuple[float, ...]:
        named = {owner for _, owner in self.inside}
        inside = sum(member in named for member in group.members)
        whole = inside == len(group.members)
        sight = self._first(group, self.phrase.start)
        here = whole and sight is not None and sight.end <= self.phrase.end + 1
        offset = sight.start - self.phrase.start if sight and here else NONE
        head = here and self.phrase.named is group.members[0]
        after = sight.after if sight and here else NONE
        return here, head, offset, len(named), NONE, after, 0, NONE, inside, 0

    def _gap(self, start: int) -> float:
        """What stands between the head and a name behind it: a comma 1, a preposition 2, "who" or "which" 4, or all."""
        between = self.article.text[self.phrase.head_span[1] : start]
        return ("," in between) + 2 * bool(_ASIDE.search(between)) + 4 * bool(_RELATIVE.search(between))

    def _agreement(self, entity: Entity) -> tuple[float, ...]:
        if not self.phrase.sex:
            return 0, 0, 0
        told, near = entity.leaning(self.phrase.sex)
        own = self.article.evidence.get(self.phrase.start) is entity  # a pronoun does not speak for itself
        return entity.odds(self.phrase.sex) - own, told, max(-5, min(5, near - own))

    def _roles(self, entity: Entity) -> tuple[float, ...]:
        head, nouns = self.phrase.head, entity.nouns
        ages = self.article.ages.get(entity)
        return (
            len(self.told & nouns),
            head in nouns,
            not self.kin.isdisjoint(nouns) or self._ends_so(nouns),
            head in entity.words,
            NONE if not ages or not self.ages else float(not ages.isdisjoint(self.ages)),
            self._noun_near(entity),
        )

    def _ends_so(self, nouns: Iterable[str]) -> bool:
        """Whether a noun told of somebody ends in the head: a neurosurgeon is a surgeon."""
        return len(self.phrase.head) > 4 and any(noun.endswith(self.phrase.head) for noun in nouns)

    def _noun_near(self, entity: Entity) -> float:
        """How near to the entity the noun of the phrase stands elsewhere."""
        sights = self.article.sights[entity]
        gaps: list[int] = []
        for place in self.nouns:
            at = bisect_left(sights, place, key=lambda sight: sight.start)
            gaps += [max(sight.start - place, place - sight.end, 0) for sight in sights[max(0, at - 1) : at + 1]]
        return log2(1 + min(gaps)) if gaps else FAR

    def _distance(self, entity: Entity, sights: list[Sight]) -> tuple[float, ...]:
        start, end = self.phrase.start, self.phrase.end
        at = bisect_left(sights, start, key=lambda sight: sight.start)
        before = [s for s in sights[max(0, at - 8) : at] if not self._in_own(s)]
        behind = next((s for s in sights[at : at + 4] if s.start >= end and not self._in_own(s)), None)
        following = (log2(1 + behind.start - end), min(behind.sentence - self.sentence, FAR)) if behind else (FAR, FAR)
        rest = (*following, self._own(sights))
        if not before:
            return FAR, FAR, NONE, NONE, NONE, 0, 0.0, *rest, FAR, 0, 0, FAR
        last = before[-1]
        presence = sum(0.5 ** (self.sentence - s.sentence) * (0.3 if s.quoted else 1) for s in before)
        subject = next((self.sentence - s.sentence for s in reversed(before) if _is_subject(s)), FAR)
        alike, unlike = self._pronouns_since(last.end)
        return (
            min(self.sentence - last.sentence, FAR),
            log2(1 + start - last.end) if start > last.end else 0.0,
            last.before,
            last.after,
            last.order,
            self._count(sights, start),
            presence,
            *rest,
            min(subject, FAR),
            alike,
            unlike,
            min(self.article.text.count("\n\n", last.end, start), 20) if start - last.end < AROUND else 20,
        )

    def _own(self, sights: list[Sight]) -> int:
        """How many sights are in the words that are said, of a few in each piece."""
        firsts = (bisect_left(sights, start, key=lambda sight: sight.start) for start, _ in self.query.own)
        pieces = zip(firsts, self.query.own, strict=True)
        return sum(sight.start < end for at, (_, end) in pieces for sight in sights[at : at + 5])

    def _in_own(self, sight: Sight) -> bool:
        return any(start <= sight.start < end for start, end in self.query.own)

    def _pronouns_since(self, end: int) -> tuple[float, float]:
        """How many pronouns of this sex, and of the other, stand between."""
        pronouns = self.article.pronouns
        first, last = bisect_left(pronouns, (end, "")), bisect_left(pronouns, (self.phrase.start, ""))
        alike = sum(sex == self.phrase.sex for _, sex in pronouns[first:last][-20:])
        return alike, min(last - first, 20) - alike

    def _turns(self, entity: Entity) -> tuple[float, ...]:
        turns = ((n, turn.sentence) for n, turn in enumerate(reversed(self.turns)) if turn.entity is entity)
        ago, sentence = next(turns, (FAR, -2 * FAR))
        last = self.turns[-1] if self.turns else None
        return (
            min(ago, FAR),
            min(self.sentence - sentence, FAR),
            sum(turn.entity is entity for turn in self.turns[-REMEMBERED:]),
            last is not None and last.asks and last.entity is entity,
            entity is self.query.outer,
            self.as_before(entity),
        )

    def as_before(self, entity: Entity | None) -> float:
        """Whether the same head meant the same the last time that it spoke."""
        return NONE if self.alike is None else float(self.alike.entity is entity)


def _is_subject(sight: Sight) -> bool:
    return sight.order == 0 and sight.before != 2 and sight.after != 8
