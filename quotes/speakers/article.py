"""What the whole article tells before anybody is asked for: who stands where, in which roles, of which sex."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple

import regex

from quotes.speakers.entities import Entities, Entity, find_entities
from quotes.speakers.lexicon import (
    PRONOUNS,
    bare,
    is_title,
    is_trade,
    kind_of_noun,
    listed,
    noun_listed,
    sex_of,
    share_of_women,
)
from quotes.speakers.names import NameMention
from quotes.speakers.phrases import are_joined
from quotes.speakers.roles import Role, role_at
from quotes.types import Attribution, Document, Name, Range

__all__ = ["Article", "Sight"]

FARTHEST = 80  # characters between two names that "and" joins
MOST_MEMBERS = 6
PERSONAL = regex.compile(r"\b(?:[Hh](?:e|is|im|imself)|[Ss]he|[Hh]er(?:s|self)?)\b")
_STRANGER = regex.compile(
    r"(?i)(?:\b(?:an?|another|her|his|my|one|their|(the))|['’]s)\s(?=([\p{L}-]++(?:\s[\p{L}-]++){0,3}+))"
)
_BEFORE = regex.compile(r"(?r)([^\s]+)\s")
_AFTER = regex.compile(r"['’]s\b|\s?(\S+)")
_AGE = regex.compile(r",?\s\(?(?:who\s(?:is|was)\s)?(?:(?:now\s)?aged\s)?(\d{1,3})(?=[,.;:)\s])")
_AGE_BEFORE = regex.compile(r"\b(\d{1,3})[-‑\s]year[-‑\s]old,?((?:\s[\p{L}'’-]+){0,4},?)\s\Z")
_OFFICE = regex.compile(r"\s(\p{Lu}\p{Ll}+)\s\p{Lu}")
_WORD = regex.compile(r"\p{L}[\p{L}'’-]*")


@dataclass(frozen=True, slots=True)
class Sight:
    """One mention in its sentence: the number of the sentence, whether it stands between marks, how many people the
    sentence has named before, and the classes of the words before and behind."""

    start: int
    end: int
    sentence: int
    quoted: bool
    order: int
    before: int
    after: int


class Stranger(NamedTuple):
    """Somebody who is only described: where, the sex that the noun tells, and whether the text has not told of them:
    "a neighbour", "Roy's wife"."""

    start: int
    sex: str
    fresh: bool


class Article:
    """The facts of one article.

    `sights` are the mentions of each entity, in text order; `groups` those who are named together; `roles` each
    person's first role, `roles_beside` those told beside a name, by the name's offset; `ages` stand beside names;
    `pronouns` are "he" and "she" outside of marks, `strangers` people whom it only describes.
    """

    def __init__(
        self,
        document: Document,
        sentences: Sequence[Range],
        names: Iterable[Name],
        attributions: Sequence[Attribution],
        leave_out: Collection[str] = (),
    ) -> None:
        self.leave_out = leave_out
        self.text, self.author = document.text, None if "author" in leave_out else document.author
        sources = [a.source for a in attributions if a.source]
        self.entities: Entities = find_entities(self.text, sentences, names, sources, document.furniture, leave_out)
        self._sentences = [start for start, _ in sentences] or [0]
        self._quoted = list(_outermost((mark.start, mark.end) for a in attributions for mark in a.quoted))
        self._quoted_starts = [start for start, _ in self._quoted]
        self.evidence: dict[int, Entity] = {}
        self.sights: dict[Entity, list[Sight]] = defaultdict(list)
        self.groups: list[Entity] = []
        self.roles: dict[Entity, Role] = {}
        self.roles_beside: dict[int, Role] = {}
        self.ages: dict[Entity, set[str]] = defaultdict(set)
        self.by_word: dict[str, dict[Entity, None]] = defaultdict(dict)
        self.by_noun: dict[str, dict[Entity, None]] = defaultdict(dict)
        self._look()
        self._learn_roles()
        self.groups = list(self._find_groups())
        self.pronouns = [
            (match.start(), PRONOUNS[match[0].lower()])
            for match in PERSONAL.finditer(self.text)
            if not self.in_quotes(match.start())
        ]
        self._learn_sexes()
        if "alone" not in leave_out:
            self._learn_bodies()
        self.strangers = list(self._find_strangers())

    @cached_property
    def places(self) -> dict[str, list[int]]:
        """Where each word stands."""
        places: dict[str, list[int]] = defaultdict(list)
        for match in _WORD.finditer(self.text):
            places[bare(match[0]).removesuffix("'s")].append(match.start())
        return places

    def sentence(self, offset: int) -> int:
        """The number of the sentence at an offset."""
        return bisect_right(self._sentences, offset) - 1

    def opening(self, offset: int) -> int:
        """Where the sentence at an offset starts."""
        return self._sentences[max(0, self.sentence(offset))]

    def in_quotes(self, offset: int) -> bool:
        """Whether an offset stands between quotation marks."""
        at = bisect_right(self._quoted_starts, offset) - 1
        return at >= 0 and offset < self._quoted[at][1]

    def role(self, entity: Entity, place: Range | None) -> Role | None:
        """A person's role: the one told beside the mention at `place`, else the first one told."""
        beside = self.roles_beside.get(place[0]) if place else None
        return beside if beside and beside.span else self.roles.get(entity)

    def _look(self) -> None:
        people: Counter[int] = Counter()  # by the sentence
        for mention, entity in self.entities.pairs:
            here = self.sentence(mention.start)
            self.sights[entity].append(self._sight(mention.start, mention.end, people[here]))
            people[here] += entity.kind in ("person", "organization")
            for word in entity.words:
                self.by_word[word][entity] = None

    def _sight(self, start: int, end: int, order: int) -> Sight:
        before, after = self.class_before(start), self.class_after(end)
        return Sight(start, end, self.sentence(start), self.in_quotes(start), order, before, after)

    def class_before(self, start: int) -> int:
        """The class of the word before a place: 0 none in its sentence, 1 a mark, 9 a bracket, or that of `_class`."""
        if self.text[start - 1 : start] == "(":
            return 9
        match = _BEFORE.match(self.text, max(0, start - 30), start)
        if not match or self.opening(start) >= match.end():
            return 0
        word = match[1]
        if word.endswith((",", ";", ":", "–", "—", "-")):
            return 1
        return _class(word.strip("\"'“”‘’()"))

    def class_after(self, end: int) -> int:
        """The class of what follows a place: 0 nothing, 1 a mark, 8 "'s", 9 other, or that of `_class`."""
        match = _AFTER.match(self.text, end, min(len(self.text), end + 30))
        if not match or self.text[end : end + 1] == "\n":
            return 0
        if match[1] is None:
            return 8
        if match[0][0] in ",(":
            return 1
        return _class(match[1].rstrip(",.;:!?")) if match[0][0].isspace() else 9

    def _learn_roles(self) -> None:
        for mention, entity in self.entities.pairs:
            if entity.kind != "person":
                continue
            self.ages[entity].update(self._ages(mention.start, mention.end))
            role = role_at(self.text, mention.start, mention.end, self.entities)
            if role:
                self._learn_role(entity, mention.start, role)

    def _ages(self, start: int, end: int) -> Iterator[str]:
        """The ages that stand beside a name: "Ana Roy, 54,", "the 54-year-old painter Ana Roy"."""
        before = _AGE_BEFORE.search(self.text, max(0, start - 80), start)
        if before and (not before[2] or is_title(before[2].rstrip(",").rsplit(None, 1)[-1])):
            yield before[1]
        behind = _AGE.match(self.text, end)
        if behind:
            yield behind[1]

    def _learn_role(self, entity: Entity, start: int, role: Role) -> None:
        if role.nouns:
            self.roles_beside[start] = role
        known = self.roles.get(entity, Role(None))
        if not known.span or (role.nouns and not known.nouns):  # "Professor" alone is the least
            span, affiliation = role.span or known.span, role.affiliation or known.affiliation
            self.roles[entity] = Role(span, role.nouns, affiliation)
        entity.nouns |= role.nouns
        for noun in role.nouns:
            self.by_noun[noun][entity] = None
        entity.told.update(filter(None, map(sex_of, role.nouns)))

    def _find_groups(self) -> Iterator[Entity]:
        """Those whose names "and" joins, as entities with members; each is also seen where they are named."""
        known: dict[tuple[Entity, ...], Entity] = {}
        pairs = self.entities.pairs
        row = pairs[:1]
        for (last, _), one in pairwise(pairs):
            between = self.text[last.end : one[0].start][: FARTHEST + 1]
            row = [*row, one] if between == ", " or (len(between) <= FARTHEST and are_joined(between)) else [one]
            members = tuple(dict.fromkeys(entity for _, entity in row))
            if not 1 < len(members) <= MOST_MEMBERS or between == ", " or self._is_beside(*one):
                continue
            start = row[0][0].start
            group = known.get(members) or Entity(
                _joined([e.name for e in members]), (), "group", (start, one[0].end), members=members
            )
            known[members] = group
            self.sights[group].append(self._sight(start, one[0].end, 0))
        yield from known.values()

    def _is_beside(self, mention: NameMention, entity: Entity) -> bool:
        """Whether a name only tells of whom the next one is: Commerce Secretary Gary Locke."""
        office = _OFFICE.match(self.text, mention.end) if entity.kind != "person" else None
        return entity.kind == "place" or bool(office and is_title(office[1]))

    def _learn_sexes(self) -> None:
        """A pronoun tells the sex of the only person it can mean: no other is named in its sentence and the last."""
        people = [(m.start, e) for m, e in self.entities.pairs if e.kind == "person"]
        starts = [start for start, _ in people]
        for at, sex in self.pronouns:
            first = self._sentences[max(0, self.sentence(at) - 1)]
            near = {entity for _, entity in people[bisect_right(starts, first - 1) : bisect_right(starts, at)]}
            if len(near) == 1:
                entity = near.pop()
                entity.near[sex] += 1
                self.evidence[at] = entity

    def _learn_bodies(self) -> None:
        """What is called by one word alone, and has nothing that people have, is a body: as five of six such speakers
        are in the news annotated for this."""
        for entity in self.sights:
            if entity.kind == "person" and len(entity.words) == 1 and not _is_somebody(entity):
                entity.kind = "organization"

    def _find_strangers(self) -> Iterator[Stranger]:
        named = {sight.start for sights in self.sights.values() for sight in sights}
        for match in _STRANGER.finditer(self.text):
            noun = None if self.in_quotes(match.start()) else _person(match[2])
            if noun:
                end = match.start(2) + noun.end()
                if named.isdisjoint((end + 1, end + 2)) and self.text[end : end + 2] not in ("'s", "’s"):
                    yield Stranger(match.start(), sex_of(noun[0]), match[1] is None)


def _is_somebody(entity: Entity) -> bool:
    """Whether anything tells that a name is a person's: a title, a role, a pronoun, a given name that is known; of two
    letters nobody can tell."""
    told = entity.title or entity.nouns or entity.told.total() or entity.near.total() or len(entity.words[0]) < 3
    return bool(told) or entity.name.startswith("@") or share_of_women(entity.words[0]) is not None


def _person(words: str) -> regex.Match[str] | None:
    """The noun for a person that words behind a determiner lead to: "security guard", but not "death of a guard"."""
    for word in _WORD.finditer(words):
        if noun_listed(word[0]) == "person" or is_trade(word[0]):
            return word
        if word[0] in listed("prepositions.txt") or word[0] in listed("auxiliaries.txt"):
            return None
    return None


def _class(word: str) -> int:
    """The class of a word beside a name: 2 preposition, 3 and, 4 verb, 5 role, 6 determiner, 7 others."""
    lower = word.lower()
    if lower in listed("prepositions.txt"):
        return 2
    if lower in ("and", "&", "or"):
        return 3
    if lower in listed("auxiliaries.txt") or (lower.endswith("ed") and len(lower) > 4):
        return 4
    if kind_of_noun(bare(word)) == "person":
        return 5
    return 6 if lower in listed("determiners.txt") else 7


def _joined(names: Sequence[str]) -> str:
    """ "Roy and Lee", "Roy, Lee and Kim"."""
    return f"{', '.join(names[:-1])} and {names[-1]}"


def _outermost(ranges: Iterable[Range]) -> Iterator[Range]:
    """The ranges in text order, without those that lie in another."""
    reached = 0
    for start, end in sorted(ranges, key=lambda one: (one[0], -one[1])):
        if end > reached:
            yield start, end
            reached = end
