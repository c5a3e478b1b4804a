"""The entities of an article: every named person, body, place and work, with all its mentions.

Forms of one name ("Ana Roy", "Dr. Roy", "A. Roy") make one entity.
"""

from __future__ import annotations

from bisect import bisect_left
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice, pairwise
from math import log

import regex

from quotes.speakers.lexicon import any_of, bare, is_given_name, listed, peoples, sex_of, share_of_women, short_forms
from quotes.speakers.mentions import find_names
from quotes.speakers.names import ACRONYM, COURTESY, SMALL, NameMention, Words, initials, words_of
from quotes.types import Kind, Name, Range

__all__ = ["Entities", "Entity", "find_entities", "same_person"]


@dataclass(slots=True, eq=False)
class Entity:
    """Somebody or something with a name. `words` are those of its fullest form, `name` is that form, at `place`.

    `told` counts what titles and relations tell of the sex ("m", "f"), `near` what pronouns do that have nobody else
    to mean. `nouns` are the words of the roles that the article tells. `members` are the people of a group that is
    mentioned by their names: "Ana Roy and Bo Lee".
    """

    name: str
    words: Words
    kind: Kind
    place: Range
    told: Counter[str] = field(default_factory=Counter)
    near: Counter[str] = field(default_factory=Counter)
    nouns: set[str] = field(default_factory=set)
    members: tuple[Entity, ...] = ()
    title: Range | None = None

    def odds(self, sex: str) -> float:
        """How much speaks for a sex, as log-odds: what is told outweighs who else a pronoun could mean, and both the
        given name."""
        if self.kind != "person":
            return NEVER
        told, near = self.leaning(sex)
        women = share_of_women(self.words[0])
        share = 0.5 if women is None else women if sex == "f" else 1 - women
        return 6.0 * told + max(-2, min(2, near)) + log((share + 0.02) / (1.02 - share))

    def leaning(self, sex: str) -> tuple[int, int]:
        """Whether what is told speaks for a sex (1) or for the other (-1), and how many more pronouns are of it."""
        other = "f" if sex == "m" else "m"
        return (self.told[sex] > 0) - (self.told[other] > 0), self.near[sex] - self.near[other]

    def may_be(self, sex: str) -> bool:
        """Whether nothing that is told of a person speaks against a sex, nor, where nothing is, a given name that
        hardly anybody of that sex has: Mrs Roy is not Owen Roy."""
        if not sex:
            return True
        told, otherwise = self.told[sex], self.told["f" if sex == "m" else "m"]
        return told >= otherwise if told or otherwise else self.odds(sex) > UNLIKELY


class Entities:
    """All mentions in text order, each with its entity: `pairs`; `starts` and `owners` are the columns of it."""

    def __init__(self, pairs: list[tuple[NameMention, Entity]]) -> None:
        self.pairs = pairs
        self.starts = [mention.start for mention, _ in pairs]
        self.owners = [owner for _, owner in pairs]

    def within(self, start: int, end: int) -> list[tuple[NameMention, Entity]]:
        """The mentions that lie within a range."""
        first, last = bisect_left(self.starts, start), bisect_left(self.starts, end)
        return [(mention, owner) for mention, owner in self.pairs[first:last] if mention.end <= end]

    def last_before(self, offset: int) -> tuple[NameMention, Entity] | None:
        """The mention nearest before an offset."""
        at = bisect_left(self.starts, offset)
        return self.pairs[at - 1] if at else None


def find_entities(
    text: str,
    sentences: Sequence[Range],
    names: Iterable[Name],
    sources: Sequence[Range] = (),
    skip: Sequence[Range] = (),
    leave_out: Collection[str] = (),
) -> Entities:
    """The entities of a text. `names` are what a recogniser has found, `sources` who is said to speak, `skip` ranges
    that name nobody; `leave_out` names rules that are not followed."""
    mentions = find_names(text, sentences, names, sources, skip, leave_out)
    shortened = "short-form" not in leave_out
    persons, bodies = _Persons(text, shortened), _Bodies(text)
    for mention in mentions:
        (persons if mention.kind == "person" else bodies).learn(mention)
    people = [mention for mention in mentions if mention.kind == "person"]
    for one, other in pairwise(people) if "couple" not in leave_out else ():
        persons.marry(one, other)
    persons.settle()
    if shortened:
        bodies.settle()
    pairs = [(mention, (persons if mention.kind == "person" else bodies).owner(mention)) for mention in mentions]
    return Entities(pairs if "camp" in leave_out else list(_camps(text, pairs)))


# A bare surname is somebody mentioned within so many characters, if any is; of so many namesakes at most.
NEVER, UNLIKELY, MANY = -9.0, -2.5, 300
STALE = 4000
RIVALS = 40
ALONE = 3  # times that a body is called by a name before the first longer one that begins or ends so
# The word before a name, “her husband, Bob Roy”, “her husband, the painter Bob Roy”; of “a good boy,” Ana Roy said no
# "boy".
_BESIDE = regex.compile(r"(\p{L}+|\p{Lu}\p{Ll}{1,3}\.)(?:,?\s+|,\sthe\s(?:\p{Ll}+\s){1,3})\Z")
_TITLE = regex.compile(rf"\b({any_of('titles.txt', without=COURTESY)})\.?\s\Z")


_CAMP = regex.compile(rf"(?:['’]s)?\s(?:{any_of('camps.txt')})\b(?!\s(?:trail|stop|event))")
_BODY = regex.compile(
    rf"(?:['’]s?)?(?:\s(?:{any_of('modifiers.txt')}))*+\s(?:{any_of('public_bodies.txt')})"
    r"\b(?!\s(?:officer|official|chief|spokes|department|minister))"
)


def _camps(text: str, pairs: Iterable[tuple[NameMention, Entity]]) -> Iterator[tuple[NameMention, Entity]]:
    """Bodies called after a person, a people or a place: "Roy's campaign", "the French defense ministry"; a people
    of which nothing is called says nothing."""
    camps: dict[tuple[Entity, Words], Entity] = {}
    for mention, owner in pairs:
        pattern = {"person": _CAMP, "group": _BODY, "place": _BODY}.get(owner.kind)
        match = pattern.match(text, mention.end) if pattern else None
        if match:
            name, place = " ".join((owner.name + match[0]).split()), (mention.start, match.end())
            body = Entity(name, words_of(name), "organization", place)
            yield NameMention(*place, "organization"), camps.setdefault((owner, words_of(match[0])), body)
        elif owner.kind != "group" or not peoples(owner.words):
            yield mention, owner


def _fullness(form: str) -> tuple[int, int, bool]:
    """How full a form of a name is: its words, those that are spelled out, and whether its case is proper."""
    words = words_of(form)
    return len(words), sum(len(word) > 1 for word in words), not form.isupper()


class _Persons:
    """Forms of people's names → people. Learn every mention, settle once, then ask for owners in text order."""

    def __init__(self, text: str, shortened: bool = True) -> None:
        self.text, self.shortened = text, shortened
        self.forms: dict[Words, tuple[str, Range]] = {}
        self.titles: dict[Words, Range] = {}
        self.couples: dict[int, Words] = {}
        self.sexes: dict[Words, Counter[str]] = defaultdict(Counter)
        self.full: dict[Words, Entity] = {}
        self.by_last: dict[str, list[Entity]] = defaultdict(list)
        self.by_first: dict[str, list[Entity]] = defaultdict(list)
        self.last: dict[Entity, int] = {}

    def learn(self, mention: NameMention) -> None:
        form = " ".join(self.text[mention.start : mention.end].split())
        words = words_of(form)
        if words not in self.forms or _fullness(form) > _fullness(self.forms[words][0]):
            self.forms[words] = form, (mention.start, mention.end)
        title = _TITLE.search(self.text, max(0, mention.start - 30), mention.start)
        if title:
            self.titles.setdefault(words, title.span(1))
        beside = _BESIDE.search(self.text, max(0, mention.start - 30), mention.start)
        for sex in filter(None, (mention.sex, sex_of(beside[1]) if beside else "")):
            self.sexes[words][sex] += 1

    def marry(self, one: NameMention, other: NameMention) -> None:
        """John of "John and Mary Reed" is a Reed, where nobody else has that name."""
        if self.text[one.end : other.start] not in (" and ", " & "):
            return
        first, last = words_of(self.text[one.start : one.end]), words_of(self.text[other.start : other.end])
        if len(first) == 1 < len(last) and is_given_name(first[0]) and first[0] not in self.taken:
            surname = self.text[other.start : other.end].split()[-1]
            self.couples[one.start] = words = (*first, last[-1])
            self.forms.setdefault(words, (f"{self.text[one.start : one.end]} {surname}", (one.start, one.end)))

    @cached_property
    def taken(self) -> set[str]:
        """The first and last words of the full names, before any couple is one."""
        return {word for words in self.forms if len(words) > 1 for word in (words[0], words[-1])}

    def settle(self) -> None:
        """Make people of the full names, the longest first; one-word names wait for the text order."""
        for words in sorted((w for w in self.forms if len(w) > 1), key=len, reverse=True):
            known = (e for e in self.by_last[words[-1]][:RIVALS] if same_person(words, e.words))
            self.full[words] = self._told(next(known, None) or self._new(words), words)

    def owner(self, mention: NameMention) -> Entity:
        words = self.couples.get(mention.start) or words_of(self.text[mention.start : mention.end])
        entity = self.full[words] if len(words) > 1 else self._one_word(words, mention)
        self.last[entity] = mention.start
        return entity

    def _one_word(self, words: Words, mention: NameMention) -> Entity:
        """Who a surname or a given name most likely means: of those mentioned lately, whom its title fits, the last.

        The ranker weighs all who have the name once more.
        """
        namesakes = (self.by_last.get(words[0]) or self.by_first.get(words[0]) or [])[:RIVALS]
        namesakes = namesakes or self._initialled(mention) or self._misspelt(words[0])
        fitting = [entity for entity in namesakes if entity.may_be(mention.sex)]
        if not fitting:
            return self._lone(words)
        fresh = [e for e in fitting if mention.start - self.last.get(e, -STALE) < STALE] or fitting
        entity = max(fresh, key=lambda e: self.last.get(e, 0))
        if mention.sex:
            entity.told[mention.sex] += len(fitting) == 1
        entity.title = entity.title or self.titles.get(words)
        return entity

    def _initialled(self, mention: NameMention) -> list[Entity]:
        """Who alone has these initials: LK of an interview is Leilani Kahananui."""
        word = self.text[mention.start : mention.end]
        found = self.by_initials.get(word.casefold(), []) if self.shortened and word.isupper() else []
        return found if len(found) == 1 else []

    @cached_property
    def by_initials(self) -> dict[str, list[Entity]]:
        """The people of the full names by the first letters of all their names."""
        found: dict[str, list[Entity]] = defaultdict(list)
        for entity in dict.fromkeys(self.full.values()):
            found[initials(entity.words)].append(entity)
        return found

    def _misspelt(self, word: str) -> list[Entity]:
        """People whose surname has one letter more or less: "Shurig" is Schurig."""
        surnames = [name for name in islice(self.by_last, MANY) if len(word) + len(name) > 10 and _slipped(word, name)]
        return [entity for surname in surnames for entity in self.by_last[surname]]

    def _lone(self, words: Words) -> Entity:
        """A person of whom the article holds one name only."""
        entity = self._told(self._new(words), words)
        if entity.title and self.text[slice(*entity.title)] in listed("noble.txt"):
            entity.place = entity.title[0], entity.place[1]
            entity.name = " ".join(self.text[slice(*entity.place)].split())
        return entity

    def _new(self, words: Words) -> Entity:
        name, place = self.forms[words]
        entity = Entity(name, words, "person", place)
        self.by_last[words[-1]].append(entity)
        if len(words) > 1:
            self.by_first[words[0]].append(entity)
        return entity

    def _told(self, entity: Entity, words: Words) -> Entity:
        """A person, with what stands beside one form of the name."""
        entity.told.update(self.sexes[words])
        entity.title = entity.title or self.titles.get(words)
        return entity


def _slipped(one: str, other: str) -> bool:
    """Whether two words differ by a letter that one of them has not."""
    short, long = sorted((one, other), key=len)
    return len(short) + 1 == len(long) and any(long[:n] + long[n + 1 :] == short for n in range(1, len(long)))


def _same_given(a: str, b: str) -> bool:
    return a == b or (1 in (len(a), len(b)) and a[0] == b[0]) or b in short_forms(a)


def same_person(a: Words, b: Words) -> bool:
    """Whether two full names may name one person: one surname, and given names that agree."""
    few, many = sorted((a[:-1], b[:-1]), key=len)
    given = many[-len(few) :] == few or any(_same_given(few[0], name) for name in many)
    return a[-1] == b[-1] and given


class _Bodies:
    """Forms of other names → bodies, places, works: articles aside, acronyms and cut-off forms count."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.forms: dict[Words, Entity] = {}
        self.alias: dict[Words, Words] = {}
        self.places: dict[Words, list[int]] = defaultdict(list)

    def learn(self, mention: NameMention) -> None:
        form = " ".join(self.text[mention.start : mention.end].split())
        words = words_of(form)
        self.forms.setdefault(words, Entity(form, words, mention.kind, (mention.start, mention.end)))
        self.places[words].append(mention.start)
        acronym = ACRONYM.match(self.text, mention.end)
        if acronym:
            self.alias[(bare(acronym[1]),)] = words

    def settle(self) -> None:
        """Tie acronyms and cut-off forms to the full ones: first come first served."""
        for words in sorted(self.forms, key=len, reverse=True):
            for short in self._shorter(words) if 1 < len(words) < 15 else ():
                if short != words and short in self.forms and self._may_be_short_for(short, words):
                    self._tie(short, words)

    def _may_be_short_for(self, short: Words, words: Words) -> bool:
        """Whether both are of a kind, and the article does not use the short one too long before to mean the other:
        Microsoft is not the Microsoft Security Response Alliance."""
        alone = bisect_left(self.places[short], self.places[words][0])
        part = short in (words[: len(short)], words[-len(short) :])
        return self.forms[short].kind == self.forms[words].kind and not (part and alone >= ALONE)

    def _tie(self, short: Words, words: Words) -> None:
        """Let a form stand for a fuller one; of two with the same words, the Department of Justice and the Justice
        Department, the first gives the name."""
        if self.alias.setdefault(short, words) == words and len(short) > 1 and set(words) - set(short) <= SMALL:
            body, other = self.forms[words], self.forms[short]
            body.place, body.name = min((body.place, body.name), (other.place, other.name))

    def _shorter(self, words: Words) -> Iterator[Words]:
        """What a name may be cut to; but "Florida" is not North Florida, nor the "U.N." its Security Council."""
        yield (initials(word for word in words if word not in SMALL),)
        yield (initials(words),)
        if "of" in words:  # the Department of Justice is the Justice Department
            at = words.index("of")
            yield (*words[at + 1 :], *words[:at])
        if self.forms[words].kind == "place":
            return
        yield from (words[i:] for i in range(1, len(words)))
        first = self.forms.get(words[:1])
        yield from (words[:i] for i in ((2,) if first and first.name.isupper() else (1, 2)))

    def owner(self, mention: NameMention) -> Entity:
        words = words_of(self.text[mention.start : mention.end])
        seen = {words}
        while words in self.alias and self.alias[words] not in seen:
            words = self.alias[words]
            seen.add(words)
        return self.forms[words]
