"""Attributions → who speaks, to whom, through whom: the names, kinds and roles that the article holds."""

from __future__ import annotations

from bisect import bisect_left, insort
from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

import regex

from quotes.attribution.reader.model import Seen
from quotes.speakers.antecedent import Answer, Look, load_ranker
from quotes.speakers.article import Article
from quotes.speakers.entities import Entity
from quotes.speakers.features import Query, Turn
from quotes.speakers.phrases import Phrase, read_phrase
from quotes.speakers.pointer import View, load_pointer
from quotes.speakers.roles import Role, role_in
from quotes.types import Attribution, Document, Form, Mention, Name, Range, Resolved, Span

__all__ = ["Decide", "Walk", "resolve"]

LONGEST_SOURCE = 600
THIN = 0.5
"""The margin under which the runner-up is told, and the speaker flagged `uncertain_speaker`."""
VIEWS = 8  # of the network, how many are kept
REMEMBERED = 60  # of those who spoke before, how many are looked at
_PARTNER = regex.compile(r",?\s(?:and|&)\s(?=(?:his|her|their|its|the|an?|others?|several|some|many|colleagues)\b)")
SOURCE, ADDRESSEE, RELAY = 0, 1, 2
_ASKS = regex.compile(r"\b(?:ask|press|question|quizz)", regex.I)

Decide = Callable[[Query, list[Turn]], Answer]


def resolve(
    document: Document,
    sentences: Sequence[Range],
    names: Iterable[Name],
    attributions: Sequence[Attribution],
    leave_out: Collection[str] = (),
    around: Callable[[int], Seen | None] = lambda place: None,
) -> list[Resolved]:
    """The speaker, addressee and relaying source of each attribution, in the order given.

    `names` are those that a recogniser has found in the document, and of which kind it thinks they are. The speakers'
    are the fullest forms that the article holds, None where it names nobody. Where two are nearly as likely, the
    speaker's `candidates` name both and the flag is `uncertain_speaker`. `leave_out` names rules of
    `NAME_RULES` that are not followed. `around` gives what the reader sees around a place.
    """
    if not attributions:
        return []
    article, ranker = Article(document, sentences, names, attributions, leave_out), load_ranker()
    look = looking(around)
    found = Walk(article, attributions, lambda query, turns: ranker.answer(article, query, turns, look)).run()
    return [_resolved(article, parts) for parts in found]


def looking(around: Callable[[int], Seen | None]) -> Look:
    """What the network makes of what the reader sees around a place; the last few are kept, for phrases stand close."""

    @lru_cache(maxsize=VIEWS)
    def view(seen: Seen) -> View:
        return load_pointer().view(seen)  # most short articles need none

    def look(place: int) -> View | None:
        seen = around(place)
        return view(seen) if seen else None

    return look


@dataclass(frozen=True, slots=True)
class Found:
    """A phrase, where it stands, and whom it means."""

    place: Range
    phrase: Phrase
    answer: Answer


Parts = tuple[Found | None, Found | None, Found | None]


# --- from phrase to phrase -------------------------------------------------------------------------------------------


class Walk:
    """One walk through the attributions: outer ones before those in their words, each in text order. `decide` says
    whom a phrase means."""

    def __init__(self, article: Article, attributions: Sequence[Attribution], decide: Decide) -> None:
        self.article, self.attributions, self.decide = article, attributions, decide
        self.turns: list[Turn] = []
        self.found: dict[int, Parts] = {}

    def run(self) -> list[Parts]:
        """Source, addressee and relay of each attribution, in the order given."""
        order = range(len(self.attributions))
        for index in sorted(order, key=lambda n: (self._depth(n), _place(self.attributions[n]), n)):
            self.found[index] = self._parts(self.attributions[index])
        return [self.found[index] for index in order]

    def _depth(self, index: int) -> int:
        depth, outer = 0, self.attributions[index].within
        while outer is not None and depth < len(self.attributions):
            depth, outer = depth + 1, self.attributions[outer].within
        return depth

    def _parts(self, attribution: Attribution) -> Parts:
        heard = self._read(attribution.addressee) if attribution.addressee else None
        source = self._find(attribution, attribution.source, SOURCE, hearer=heard.named if heard else None)
        speaker = source.answer.entity if source else None
        addressee = self._find(attribution, attribution.addressee, ADDRESSEE, speaker)
        via = self._find(attribution, attribution.via, RELAY)
        if source:
            asks = self._asks(attribution)
            start = source.phrase.start
            turn = Turn(start, self.article.sentence(start), source.phrase, speaker, asks)
            insort(self.turns, turn, key=lambda one: one.start)
        return source, addressee, via

    def _asks(self, attribution: Attribution) -> bool:
        """Whether what is said is a question, by its cue or its end."""
        text, end = self.article.text, attribution.content[-1][1] if attribution.content else 0
        asked = attribution.cue is not None and _ASKS.search(text, *attribution.cue) is not None
        return asked or "?" in text[max(0, end - 3) : end]

    def _read(self, place: Range) -> Phrase:
        start, end = place
        return read_phrase(self.article.text, start, min(end, start + LONGEST_SOURCE), self.article.entities)

    def _find(
        self,
        attribution: Attribution,
        place: Range | None,
        part: int,
        speaker: Entity | None = None,
        hearer: Entity | None = None,
    ) -> Found | None:
        if place is None:
            return None
        article, phrase = self.article, self._read(place)
        around = self.found.get(attribution.within) if attribution.within is not None else None
        outer = around[0] if around else None
        query = Query(
            phrase=phrase,
            part=part,
            own=attribution.content,
            quoted=article.in_quotes(phrase.start),
            cue=attribution.cue,
            nested=attribution.within is not None,
            outer=outer.answer.entity if outer else None,
            speaker=speaker,
            hearer=hearer,
        )
        if phrase.pronoun == "i" and phrase.is_pronoun and (outer or not query.quoted):  # whose words these are
            return Found(place, phrase, outer.answer if outer else Answer(None, 1.0))
        at = bisect_left(self.turns, phrase.start, key=lambda turn: turn.start)
        turns = self.turns[max(0, at - REMEMBERED) : at]
        return Found(place, phrase, self.decide(query, turns))


def _place(attribution: Attribution) -> int:
    return (attribution.source or attribution.cue or next(iter(attribution.content), (0, 0)))[0]


# --- what a record tells ---------------------------------------------------------------------------------------------


def _resolved(article: Article, parts: Parts) -> Resolved:
    speaker, addressee, via = (_mention(article, found) if found else None for found in parts)
    doubtful = bool(speaker and speaker.candidates)
    return Resolved(speaker, addressee, via, ("uncertain_speaker",) if doubtful else ())


def _mention(article: Article, found: Found) -> Mention:
    """What the record says of a phrase."""
    phrase, answer = found.phrase, found.answer
    entity = answer.entity
    if entity is None:
        author = phrase.pronoun == "i" and phrase.is_pronoun and not article.in_quotes(phrase.start)
        form: Form = "pronoun" if phrase.is_pronoun else "nominal"
        role = _described(article, phrase)
        mention = Mention(
            article.author if author else None,
            _span(article, found.place),
            phrase.kind,
            form,
            role=_span(article, role.span) if role and role.span else None,
            affiliation=_span(article, role.affiliation) if role and role.affiliation else None,
        )
    else:
        mention = _with_partner(article, phrase, _named(article, found.place, phrase, entity))
    thin = answer.second is not None and answer.margin < THIN
    names = tuple(dict.fromkeys(one.name for one in (entity, answer.second) if one)) if thin else ()
    return replace(mention, confidence=answer.confidence, candidates=names if len(names) > 1 or not entity else ())


def _named(article: Article, place: Range, phrase: Phrase, entity: Entity) -> Mention:
    inside = {owner: (name.start, name.end) for name, owner in article.entities.within(phrase.start, phrase.end)[::-1]}
    here = inside.get(entity) or (inside.get(entity.members[0]) if entity.members else None)
    role = None if entity.members else article.role(entity, here)
    if phrase.head not in entity.words and not entity.members and not (role and role.span):
        role = _described(article, phrase) or role
    members = tuple(_named(article, inside.get(one, place), phrase, one) for one in entity.members)
    return Mention(
        name=entity.name,
        mention=_span(article, place),
        kind=entity.kind,
        form="pronoun" if phrase.is_pronoun else "name" if here else "nominal",
        name_at=_span(article, entity.place),
        title=_span(article, entity.title) if entity.title else None,
        role=_span(article, role.span) if role and role.span else None,
        affiliation=_span(article, role.affiliation) if role and role.affiliation else None,
        members=members,
    )


def _described(article: Article, phrase: Phrase) -> Role | None:
    """The role that the phrase itself tells of a person: "the club's manager"."""
    if phrase.kind != "person" or phrase.is_pronoun or phrase.named:
        return None
    return role_in(article.text, phrase.start, phrase.head_span, phrase.end, article.entities)


def _with_partner(article: Article, phrase: Phrase, mention: Mention) -> Mention:
    """Of "Roy and his lawyer" both, though one has no name."""
    joint = _PARTNER.match(article.text, phrase.head_span[1], phrase.end) if mention.form == "name" else None
    if not joint or mention.members or article.entities.within(joint.end(), phrase.end):
        return mention
    partner = read_phrase(article.text, joint.end(), phrase.end, article.entities)
    if partner.kind not in ("person", "group"):
        return mention
    whole = (joint.end(), partner.head_span[1])
    unnamed = Mention(None, _span(article, whole), partner.kind, "nominal", confidence=mention.confidence)
    named = replace(mention, mention=_span(article, (mention.mention.start, joint.start())))
    return replace(mention, kind="group", role=None, affiliation=None, members=(named, unnamed))


def _span(article: Article, place: Range) -> Span:
    return Span(*place, article.text[place[0] : place[1]])
