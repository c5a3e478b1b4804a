"""(phrase, entity) → numbers, by which `antecedent` tells whom a phrase means.

Every feature is a plain count, distance or class that a reader of the text could check. No feature knows a name: only
how its words, its sex, its roles and its places in the text fit the phrase.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from math import log2

import numpy as np
import regex
from numpy.typing import NDArray

from quotes.speakers.article import Article, Sight
from quotes.speakers.entities import UNLIKELY, Entity
from quotes.speakers.lexicon import kin, listed, singular
from quotes.speakers.phrases import COMPOUND, Phrase
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
STRANGERS = 8  # of those before a phrase that count
CLOSE = 1200  # characters in which other people are counted

_NOWHERE_BEFORE = Sight(-(2**50), -(2**50), -(2**50), False, -1, -1, -1)  # so far away that its logarithm is FAR
_NOWHERE_BEHIND = Sight(2**50, 2**50, 2**50, False, -1, -1, -1)

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
    aged = query.phrase.kind == "person" and _AGED.search(article.text, query.phrase.start, query.phrase.end)
    people = [entity for entity in found if not aged or entity.kind == "person"]  # only they are 58 years old
    return [
        entity
        for entity in people
        if entity not in barred
        and not _is_of_other_sex(article, query.phrase, entity)
        and not _is_of_other_name(query.phrase, entity)
        and not _is_of_other_number(query.phrase, entity)
    ]


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
    """Those within a phrase whom its head is not: Roy of "Roy's lawyer" and "a spokesman for Roy", Leeds of "the
    Leeds-born pianist"; but "the mayor of Salt Ana Roy" is Ana Roy."""
    if phrase.named:
        return
    head, end = phrase.head_span
    person = phrase.kind == "person"
    related = person and phrase.determiner and singular(phrase.head) in listed("relations.txt")
    for mention, entity in article.entities.within(phrase.start, phrase.end):
        between = article.text[end : mention.start]
        behind = related and mention.start >= end and "," not in between and _ASIDE.search(between)
        owns = mention.end < head and person and article.text[mention.end] in "'’"
        if behind or owns or COMPOUND.match(article.text, mention.end, head):
            yield entity


def _is_of_other_name(phrase: Phrase, entity: Entity) -> bool:
    """Whether a phrase that is a name and no more has no word of somebody's."""
    name = phrase.named.words if phrase.named else ()
    return bool(name) and {*phrase.words} - _EMPTY == {*name} - _EMPTY and {*name}.isdisjoint(entity.words)


def _is_of_other_number(phrase: Phrase, entity: Entity) -> bool:
    """Whether a phrase tells of two or more, as "the couple" does, and somebody is one; or of one body, as "it" and
    "the company" do, and several are named."""
    one = phrase.pronoun == "it" or (phrase.kind == "organization" and not phrase.head.endswith("s"))
    return bool(entity.members and one) or (entity.kind == "person" and phrase.head in listed("couples.txt"))


def _is_of_other_sex(article: Article, phrase: Phrase, entity: Entity) -> bool:
    titled = phrase.words[:1] in (("mr",), ("mrs",), ("ms",), ("miss",)) and _has_namesakes(article, entity)
    sex = phrase.sex if phrase.is_pronoun or titled or entity is not phrase.named else ""
    own = article.evidence.get(phrase.start) is entity
    return bool(sex) and entity.odds(sex) - own < (UNLIKELY if titled else IMPOSSIBLE)


# --- the features ----------------------------------------------------------------------------------------------------


def rows(article: Article, query: Query, entities: Sequence[Entity], turns: Sequence[Turn]) -> Floats:
    """The features [entities + 1, FEATURES] of each entity, and last those of nobody."""
    view = _View(article, query, turns)
    shared = [feature(view) for feature in _OF_PHRASE.values()]
    looks = [_Look(view, entity) for entity in entities]
    nobody = [1.0, *[NONE] * (len(_OF_ENTITY) - 2), view.as_before(None)]
    own = np.array([*([feature(look) for feature in _OF_ENTITY.values()] for look in looks), nobody], np.float64)
    fits = np.array([*(_fits(query.phrase, entity) for entity in entities), False])
    return np.hstack([np.tile(shared, (len(own), 1)), own, _beside(own, fits)])


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
    shown[:-1, :COUNTED] = (rivals < mine[:-1, None])[..., :COUNTED].sum(1)
    return np.column_stack([np.full(len(own), len(rivals)), shown])


class _View:
    """One phrase, as it looks at its article."""

    def __init__(self, article: Article, query: Query, turns: Sequence[Turn]) -> None:
        self.article, self.query, self.turns = article, query, turns
        self.phrase = phrase = query.phrase
        self.start, self.end = phrase.start, phrase.end
        self.sentence = article.sentence(phrase.start)
        self.last = turns[-1] if turns else None
        self.inside = [owner for _, owner in article.entities.within(phrase.start, phrase.end)]
        self.ages = set(_AGED.findall(article.text[phrase.start : phrase.end]))
        self.kin = kin(phrase.head) if phrase.head else frozenset()
        self.told = frozenset().union(*map(kin, phrase.words)) - _EMPTY
        described = not phrase.is_pronoun and phrase.named is None
        self.nouns = self._places(self.kin) if described else []
        self.stranger = self._stranger(fresh=False)
        self.fresh = self._stranger(fresh=True)
        self.alike = next((turn for turn in reversed(turns) if turn.phrase.head == phrase.head), None)

    def _places(self, words: Iterable[str]) -> list[int]:
        """Where else the article has one of some words, the nearest to the phrase."""
        near: list[int] = []
        for places in (self.article.places.get(word, []) for word in words):
            before, behind = bisect_left(places, self.start), bisect_left(places, self.end)
            near += places[max(0, before - MENTIONED) : before] + places[behind : behind + MENTIONED]
        near = [at for at in near if abs(at - self.start) < AROUND]
        return sorted(near, key=lambda at: (abs(at - self.start), at))[:MENTIONED]

    def form(self) -> float:
        """0 a pronoun, 1 a description, 2 one with a name in it, 3 a name."""
        return 0 if self.phrase.is_pronoun else 3 if self.phrase.named else 2 if self.inside else 1

    def paragraphs(self, place: int) -> float:
        """How many paragraphs end between an earlier place and the phrase."""
        far = self.start - place >= AROUND
        return FAR if far else self.article.text.count("\n\n", place, self.start)

    def same_sex(self) -> float:
        """Whether who spoke last may be of the sex of the phrase: 1 or -1, 0 where nothing tells."""
        last, sex = self.last, self.phrase.sex
        if not last or not sex:
            return 0.0
        if last.entity and not last.phrase.sex:
            return float(last.entity.odds(sex) > 1) - float(last.entity.odds(sex) < -1)
        return 0.0 if not last.phrase.sex else 1.0 if last.phrase.sex == sex else -1.0

    def people_near(self) -> float:
        """How many people are named shortly before."""
        entities = self.article.entities
        first, last = bisect_left(entities.starts, self.start - CLOSE), bisect_left(entities.starts, self.start)
        return min(len({owner for owner in entities.owners[first:last] if owner.kind == "person"}), 9)

    def _stranger(self, fresh: bool) -> int:
        """Where somebody stands before whom the article does not name and the phrase may mean by its sex; `fresh` asks
        for those whom it has not told of."""
        at = bisect_left(self.article.strangers, self.start, key=lambda one: one.start)
        near = self.article.strangers[max(0, at - STRANGERS) : at]
        fits = (one.start for one in near if one.fresh >= fresh and {one.sex, self.phrase.sex} != {"m", "f"})
        last = self.last
        unnamed = last.start if last and not last.entity and last.phrase.kind == "person" else -1
        return max(unnamed, *fits, -1)

    def sentences_since(self, place: int) -> float:
        """How many sentences before the phrase a place is."""
        return FAR if place < 0 else min(self.sentence - self.article.sentence(place), FAR)

    def opens(self, place: int) -> float:
        """How far into its sentence a place is, in tens of characters."""
        return NONE if place < 0 else min(place - self.article.opening(place), 300) / 10

    def as_before(self, entity: Entity | None) -> float:
        """Whether the same head meant the same the last time that it spoke."""
        return NONE if self.alike is None else float(self.alike.entity is entity)

    def in_own(self, sight: Sight) -> bool:
        """Whether a sight is in the words that are said."""
        return any(start <= sight.start < end for start, end in self.query.own)


class _Look:
    """A phrase's look at one entity: where it stands `here`, in the phrase, and `last` and `next`, around it and
    outside of the words that are said."""

    def __init__(self, view: _View, entity: Entity) -> None:
        self.view, self.phrase, self.entity, self.first = view, view.phrase, entity, (entity.members or (entity,))[0]
        self.sights = sights = view.article.sights[entity]
        at = _at(sights, view.start)
        self.here = sights[at] if at < len(sights) and sights[at].end <= view.end + 1 else None
        self.before = [sight for sight in sights[max(0, at - 8) : at] if not view.in_own(sight)]
        self.last = self.before[-1] if self.before else _NOWHERE_BEFORE
        behind = (sight for sight in sights[at : at + 4] if sight.start >= view.end and not view.in_own(sight))
        self.next = next(behind, _NOWHERE_BEHIND)
        turns = ((n, turn.sentence) for n, turn in enumerate(reversed(view.turns)) if turn.entity is entity)
        self.turn_ago, self.turn_sentence = next(turns, (2**50, -(2**50)))
        self.shared = view.told.intersection(entity.words)

    def count(self, end: int) -> float:
        """How often it is named from some thousand characters before the phrase up to a place."""
        return min(_at(self.sights, end) - _at(self.sights, self.view.start - AROUND), 6)

    def order(self) -> float:
        """How many names the phrase has before it."""
        return self.view.inside.index(self.first) if self.here and self.first in self.view.inside else NONE

    def gap(self) -> float:
        """What stands between the head and a name behind it: a comma 1, a preposition 2, "who" or "which" 4, or all."""
        if not self.here:
            return NONE
        between = self.view.article.text[self.phrase.head_span[1] : self.here.start]
        return ("," in between) + 2 * bool(_ASIDE.search(between)) + 4 * bool(_RELATIVE.search(between))

    def itself(self) -> bool:
        """Whether the phrase is a pronoun that tells the sex of nobody else: it does not speak for itself."""
        return self.view.article.evidence.get(self.view.start) is self.entity

    def near(self) -> float:
        """How much pronouns speak for the sex of the phrase."""
        return max(-5, min(5, self.entity.leaning(self.phrase.sex)[1] - self.itself())) if self.phrase.sex else 0

    def is_kin(self) -> bool:
        """Whether a noun told of it means what the head does, or ends so: a neurosurgeon is a surgeon."""
        head, nouns = self.phrase.head, self.entity.nouns
        return not self.view.kin.isdisjoint(nouns) or (len(head) > 4 and any(noun.endswith(head) for noun in nouns))

    def age(self) -> float:
        """Whether it is as old as the phrase says."""
        ages = self.view.article.ages.get(self.entity)
        return NONE if not ages or not self.view.ages else float(not ages.isdisjoint(self.view.ages))

    def noun_near(self) -> float:
        """How near to it the noun of the phrase stands elsewhere."""
        gaps: list[int] = []
        for place in self.view.nouns:
            at = _at(self.sights, place)
            beside = self.sights[max(0, at - 1) : at + 1]
            gaps += [max(sight.start - place, place - sight.end, 0) for sight in beside]
        return log2(1 + min(gaps)) if gaps else FAR

    def presence(self) -> float:
        """How often it has been named, the farther off the less."""
        return sum(0.5 ** (self.view.sentence - s.sentence) * (0.3 if s.quoted else 1) for s in self.before)

    def subject(self) -> float:
        """How many sentences before it was named first, behind no preposition, as nobody's owner."""
        firsts = (s for s in reversed(self.before) if s.order == 0 and s.before != 2 and s.after != POSSESSIVE)
        return min(self.view.sentence - next(firsts, _NOWHERE_BEFORE).sentence, FAR)

    def own(self) -> int:
        """How many sights are in the words that are said, of a few in each piece."""
        pieces = ((_at(self.sights, start), end) for start, end in self.view.query.own)
        return sum(sight.start < end for at, end in pieces for sight in self.sights[at : at + 5])

    def pronouns(self, alike: bool) -> float:
        """How many pronouns of the sex of the phrase, or of the other, stand since, of the last twenty."""
        pronouns = self.view.article.pronouns
        first, last = bisect_left(pronouns, (self.last.end, "")), bisect_left(pronouns, (self.view.start, ""))
        return sum((sex == self.phrase.sex) is alike for _, sex in pronouns[first:last][-20:]) if self.before else 0


def _at(sights: list[Sight], place: int) -> int:
    """The number of the first sight from a place on."""
    return bisect_left(sights, place, key=lambda sight: sight.start)


def _index(values: Sequence[str], value: str) -> float:
    return float(values.index(value)) if value in values else float(len(values))


_OF_PHRASE: dict[str, Callable[[_View], float]] = {
    "part": lambda view: 0 if view.query.part == 1 else view.query.part,  # an addressee is asked for as a source is
    "form": _View.form,
    "pronoun": lambda view: _index(_PRONOUNS, view.phrase.pronoun),
    "determiner": lambda view: _index(_DETERMINERS, view.phrase.determiner),
    "kind": lambda view: _index(_KINDS, view.phrase.kind),
    "sex": lambda view: _index(_SEXES, view.phrase.sex),
    "several": lambda view: view.phrase.pronoun in ("they", "we") or view.phrase.kind == "group",
    "words": lambda view: min(len(view.phrase.words), 30),
    "names": lambda view: len(view.inside),
    "quoted": lambda view: view.query.quoted,
    "cue": lambda view: 0 if not view.query.cue else 1 if view.query.cue[0] <= view.start else 2,
    "place": lambda view: min(view.start - view.article.opening(view.start), 300) / 10,
    "nested": lambda view: view.query.nested,
    "case": lambda view: _index(_CASES, view.phrase.head),
    "p_before": lambda view: view.article.class_before(view.start),
    "p_after": lambda view: view.article.class_after(view.end),
    "last_named": lambda view: view.last.entity is not None if view.last else NONE,
    "last_ago": lambda view: min(view.sentence - view.last.sentence, FAR) if view.last else NONE,
    "last_pronoun": lambda view: view.last.phrase.pronoun == view.phrase.pronoun if view.last else NONE,
    "last_sex": _View.same_sex,
    "last_far": lambda view: view.paragraphs(view.last.start) if view.last else FAR,
    "stranger": lambda view: view.sentences_since(view.stranger),
    "fresh": lambda view: view.sentences_since(view.fresh),
    "fresh_place": lambda view: view.opens(view.fresh),
    "people_near": _View.people_near,
    "aged": lambda view: bool(view.ages),
    "noun_places": lambda view: len(view.nouns),
}
"""What is the same for every entity."""
_OF_ENTITY: dict[str, Callable[[_Look], float]] = {
    "nobody": lambda look: 0,
    "e_kind": lambda look: _index(_KINDS, look.entity.kind),
    "e_words": lambda look: len(look.entity.words),
    "e_count": lambda look: look.count(look.view.end + CLOSE),
    # inside the phrase
    "in": lambda look: look.here is not None,
    "head": lambda look: look.here is not None and look.first is look.phrase.named,
    "order": _Look.order,
    "from_end": lambda look: len(look.view.inside) - 1 - look.order() if look.order() >= 0 else NONE,
    "in_before": lambda look: look.here.before if look.here else NONE,
    "in_after": lambda look: look.here.after if look.here else NONE,
    "at_end": lambda look: look.here is not None and look.here.end >= look.view.end - 1,
    "gap": _Look.gap,
    "shared_words": lambda look: len(look.shared),
    "shares_last": lambda look: bool(look.entity.words) and look.entity.words[-1] in look.shared,
    # agreement
    "odds": lambda look: look.entity.odds(look.phrase.sex) - look.itself() if look.phrase.sex else 0,
    "told": lambda look: look.entity.leaning(look.phrase.sex)[0] if look.phrase.sex else 0,
    "near": _Look.near,
    # roles
    "role_words": lambda look: len(look.view.told & look.entity.nouns),
    "role_head": lambda look: look.phrase.head in look.entity.nouns,
    "role_kin": _Look.is_kin,
    "name_head": lambda look: look.phrase.head in look.entity.words,
    "age": _Look.age,
    "noun_near": _Look.noun_near,
    # distance
    "sentences": lambda look: min(look.view.sentence - look.last.sentence, FAR),
    "characters": lambda look: min(log2(max(1, 1 + look.view.start - look.last.end)), FAR),
    "before": lambda look: look.last.before,
    "after": lambda look: look.last.after,
    "order_there": lambda look: look.last.order,
    "count_before": lambda look: look.count(look.view.start) if look.before else 0,
    "presence": _Look.presence,
    "next": lambda look: min(log2(1 + look.next.start - look.view.end), FAR),
    "next_sentence": lambda look: min(look.next.sentence - look.view.sentence, FAR),
    "own": _Look.own,
    "subject": _Look.subject,
    "pronouns_alike": lambda look: look.pronouns(alike=True),
    "pronouns_unlike": lambda look: look.pronouns(alike=False),
    "paragraphs": lambda look: look.view.paragraphs(look.last.end),
    "since_stranger": lambda look: NONE if look.view.fresh < 0 else look.last.start > look.view.fresh,
    # who spoke
    "turn_ago": lambda look: min(look.turn_ago, FAR),
    "turn_sentences": lambda look: min(look.view.sentence - look.turn_sentence, FAR),
    "turns": lambda look: sum(turn.entity is look.entity for turn in look.view.turns[-REMEMBERED:]),
    "asked": lambda look: look.view.last is not None and look.view.last.asks and look.view.last.entity is look.entity,
    "outer": lambda look: look.entity is look.view.query.outer,
    "alike": lambda look: look.view.as_before(look.entity),
}
"""What is an entity's own."""
COUNTED = 4
_BESIDE = {
    "nearer": ("characters", 1),
    "more_present": ("presence", -1),
    "later_subject": ("subject", 1),
    "fitter": ("odds", -1),
    "best_role": ("role_words", -1),
    "best_noun": ("noun_near", 1),
    "best_age": ("age", -1),
    "best_name": ("shares_last", -1),
    "best_turn": ("turn_ago", 1),
}
"""What is compared with the others, and whether less (1) or more (-1) of it speaks for somebody; of the first `COUNTED`
those who are better are counted."""
_COMPARED = [list(_OF_ENTITY).index(name) for name, _ in _BESIDE.values()]
_SIGNS = np.array([sign for _, sign in _BESIDE.values()], np.float64)
FEATURES = (*_OF_PHRASE, *_OF_ENTITY, "fitting", *_BESIDE)
