"""What the whole article tells before it is walked through: entities, roles, and the sex of its people."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from itertools import pairwise

import regex

from quotes.speakers.entities import Entities, Entity, find_entities
from quotes.speakers.names import sex_of, vocabulary
from quotes.speakers.nouns import kind_of_noun
from quotes.speakers.pronouns import PERSONAL, Where, sex_of_pronoun
from quotes.speakers.roles import Role, role_at
from quotes.types import Attribution, Document, Name, Range

__all__ = ["Article"]

NAMESAKES = 50
_DESCRIBED = regex.compile(
    r"\s*+(?:(?:When|As|After|While|Then|But|And|Once|Yet)\s)?(?:[Aa]n?|[Mm]y|[Oo]ur|[Oo]ne|[Aa]nother)\s"
    r"((?:\p{Ll}[\p{L}'’-]*+,?\s){2,7})"
)
_ASKED = regex.compile(
    r"(?<![^\s“\"])(?:When\s)?(?:[Aa]sked|[Pp]ressed|[Qq]uestioned|[Qq]uizzed)\s(?:(?:about|by|how|if|on|what|when|where|whether|who|"
    r"why)\s|[^.!?\n“”\",]{1,60}\s(?:about|how|if|what|when|where|whether|who|why)\s)[^.!?\n“”\"]{1,240}?(?=,\s(?:he|she|they|the|an?|one|another)\s)"
)
_OBJECT = regex.compile(
    r"him\b|her\b(?=[^\w\s]|\s(?:about|at|by|for|how|if|in|on|that|to|what|when|where|whether|who|why|with)\b)"
)
_DEFINITE = regex.compile(r"\s*+([Tt]he\s(?:\p{L}[\p{L}-]*\s){1,5}(?!\p{Lu})\S)")
_CROWD = regex.compile(
    r"(?<=\s)(\p{Ll}[\p{L}-]+s)\s(?:say|said|argued?|claim(?:ed)?|insist(?:ed)?|complain(?:ed)?|believed?|fear(?:ed)?|hoped?|want(?:ed)?)\b"
)
_WORD = regex.compile(r"\S++")
_DOES = regex.compile(r"\s(\p{Ll}{3,}?)s\b")


class Article:
    """The facts of one article. `roles` are each person's first ones, `roles_beside` those told beside a name, by the
    name's offset; `nouns` are all words of a person's roles. `by_noun` finds people by them, `by_word` bodies by the
    words of their names. `questions` are the clauses that tell what was asked: "Asked if Putin would come, he said …"
    is not about what Putin said."""

    def __init__(
        self,
        document: Document,
        sentences: Sequence[Range],
        names: Iterable[Name],
        attributions: Sequence[Attribution],
    ) -> None:
        self.text, self.author = document.text, document.author
        sources = [a.source for a in attributions if a.source]
        self.entities: Entities = find_entities(self.text, sentences, names, sources, document.furniture)
        quoted = [(mark.start, mark.end) for a in attributions for mark in a.quoted]
        self.questions = [found.span() for found in _ASKED.finditer(self.text)]
        self.where = Where(sentences, [*quoted, *self.questions])
        self.roles: dict[Entity, Role] = {}
        self.roles_beside: dict[int, Role] = {}
        self.nouns: dict[Entity, set[str]] = defaultdict(set)
        self.by_noun: dict[str, dict[Entity, None]] = defaultdict(dict)
        self.by_word: dict[str, dict[Entity, None]] = defaultdict(dict)
        self._learn_roles()
        self._learn_sexes()

    @cached_property
    def strangers(self) -> dict[int, str]:
        """Where sentences begin with somebody whom the article only describes: offset → noun ("A neighbour said …")."""
        return {start: noun for start, noun, _ in self._openings(_DESCRIBED, self.where.sentence_starts)}

    @cached_property
    def described(self) -> dict[int, int]:
        """Where a sentence, or what follows a question in it, begins "The prince smiled": offset → end of the noun."""
        starts = [*self.where.sentence_starts, *(end + 2 for _, end in self.questions)]
        return {start: end for start, _, end in self._openings(_DEFINITE, starts)}

    @cached_property
    def crowds(self) -> list[int]:
        """Where people without names speak outside of marks: what the plan's defenders say."""
        found = (match for match in _CROWD.finditer(self.text) if kind_of_noun(match[1]) == "group")
        return [match.start() for match in found if not self.where.in_quotes(match.start())]

    def _openings(self, pattern: regex.Pattern[str], starts: Iterable[int]) -> Iterator[tuple[int, str, int]]:
        """Descriptions of people at such places outside of marks: where they begin, their noun, and where it ends."""
        for match in filter(None, (pattern.match(self.text, start) for start in starts)):
            noun, end = _person_in(match[1])
            if noun and not self.where.in_quotes(match.start(1)):
                yield match.start(1), noun, match.start(1) + end

    def learn_body(self, entity: Entity) -> None:
        """Make a body known by the words of its name."""
        self._index(self.by_word, entity.words, entity)

    def _learn_roles(self) -> None:
        for mention, entity in zip(self.entities.mentions, self.entities.owners, strict=True):
            if entity.kind == "organization":
                self.learn_body(entity)
            if entity.kind != "person":
                continue
            self._learn_trade(entity, mention.end)
            role = role_at(self.text, mention.start, mention.end, self.entities)
            if role:
                self._learn_role(entity, mention.start, role)

    def _learn_trade(self, entity: Entity, end: int) -> None:
        """Whoever pitches is "the pitcher"."""
        verb = _DOES.match(self.text, end)
        trades = {f"{stem}er" for stem in (verb[1], verb[1].removesuffix("e"))} if verb else set()
        self.nouns[entity] |= trades
        self._index(self.by_noun, frozenset(trades), entity)

    def _learn_role(self, entity: Entity, start: int, role: Role) -> None:
        self.roles_beside[start] = role
        if role.span and not (entity in self.roles and self.roles[entity].span):
            self.roles[entity] = role
        self.roles.setdefault(entity, role)
        self.nouns[entity] |= role.nouns
        self._index(self.by_noun, role.nouns, entity)
        entity.sexes.update({sex: 3 for sex in map(sex_of, role.nouns) if sex})

    def _index(
        self, index: dict[str, dict[Entity, None]], words: Sequence[str] | frozenset[str], entity: Entity
    ) -> None:
        for word in words:
            if len(index[word]) < NAMESAKES:
                index[word][entity] = None

    def _learn_sexes(self) -> None:
        """A pronoun tells the sex of the only person it can mean: no other is named in three sentences.

        Whoever "asked her" is somebody else, and so may "she" be then.
        """
        others: dict[str, int] = {}
        for match in PERSONAL.finditer(self.text):
            at, sex = match.start(), sex_of_pronoun(match[0])
            if self.where.in_quotes(at):
                continue
            start = self.where.opening(at, back=1)
            near = {e: m.start for m, e in self.entities.before(at) if e.kind == "person" and m.start >= start}
            if _OBJECT.match(self.text, at) and max(near.values(), default=0) >= self.where.opening(at):
                others[sex] = at
            elif len(near) == 1 and others.get(sex, -1) < start:
                near.popitem()[0].sexes[sex] += 1


def _person_in(words: str) -> tuple[str, int]:
    """The first noun of some words that names a person, where no name follows, and where it ends: "neighbour" of "old
    neighbour came"; nothing where there is none."""
    roles = vocabulary("roles.txt")
    for word, following in pairwise(_WORD.finditer(words)):
        noun = word[0].rstrip(",")
        if noun in roles and following[0] not in roles:
            return ("", 0) if following[0] in ("called", "named") else (noun, word.start() + len(noun))
    return "", 0
