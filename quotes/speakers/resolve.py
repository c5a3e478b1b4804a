"""Attributions → who speaks, to whom, through whom: the names, kinds and roles that the article holds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace

import regex

from quotes.speakers.article import Article
from quotes.speakers.entities import Entity, stranger
from quotes.speakers.phrases import PRONOUNS, Phrase, are_joined, read_phrase
from quotes.speakers.pronouns import OTHER, PERSONAL, POSSESSIVE, PRONOUN, SPEAKER, SUBJECT, Discourse, sex_of_pronoun
from quotes.speakers.referents import Referents
from quotes.speakers.roles import Role
from quotes.types import Attribution, Document, Form, Kind, Mention, Name, Range, Resolved, Span

__all__ = ["resolve"]

LONGEST_SOURCE = 600
FARTHEST = 80
SENTENCE = 30  # characters that are more than a few words
SOON = 2  # sentences between a question and the answer
_ANSWERED = regex.compile(r"\b(?:answer|repl|respond|retort)\p{Ll}+", regex.I)
_APPOSED = regex.compile(r"['’]s\s(?:\p{Ll}[\p{L}-]*\s){0,3}\p{Ll}[\p{L}-]*,\s\Z")  # Roy's uncle, Lee
_ASKED = regex.compile(r"\b(?:ask(?:ed|s|ing)?|pressed|question(?:ed|s))\b", regex.I)


def resolve(
    document: Document, sentences: Sequence[Range], names: Iterable[Name], attributions: Sequence[Attribution]
) -> list[Resolved]:
    """The speaker, addressee and relaying source of each attribution, in the order given.

    `names` are those that a recogniser has found in the document, and of which kind it thinks they are. The speakers'
    are the fullest forms that the article holds, None where it names nobody. A surname that fits several people equally
    is flagged `ambiguous_speaker`.
    """
    article = Article(document, sentences, names, attributions)
    return _Walk(article, attributions).resolved()


class _Walk:
    """One walk through the article, from mention to mention, keeping in mind who is present."""

    def __init__(self, article: Article, attributions: Sequence[Attribution]) -> None:
        self.article, self.attributions = article, attributions
        self.discourse = Discourse()
        self.referents = Referents(article, self.discourse)
        self.met: set[Entity] = set()
        self.person: int | None = None
        self.asked: tuple[Range | None, tuple[Entity, ...]] = None, ()

    def resolved(self) -> list[Resolved]:
        found: dict[int, Resolved] = {}
        for _, step, index in sorted(self._steps()):
            if step == 0:
                found[index] = self._attribution(index)
            elif step == 1:
                self._meet_pronoun(index)
            elif step == 2:
                self._meet(index)
            elif step == 3:
                self._note(stranger(self.article.strangers[index]), index, SUBJECT)
            elif step == 4:
                self._meet_described(index)
            else:
                self._note_together((), index)
        return [self._inside(index, found) for index in range(len(self.attributions))]

    def _steps(self) -> Iterator[tuple[int, int, int]]:
        """Offset, kind of step, and what it is about. A source is resolved before its own words are met."""
        for index, attribution in enumerate(self.attributions):
            yield _place(attribution), 0, index
        for match in PERSONAL.finditer(self.article.text):
            if not self.article.where.in_quotes(match.start()):
                yield match.start(), 1, match.start()
        for index, mention in enumerate(self.article.entities.mentions):
            yield mention.start, 2, index
        for offset in self.article.strangers:
            yield offset, 3, offset
        for offset in self.article.described:
            yield offset, 4, offset
        for offset in self.article.crowds:
            yield offset, 5, offset

    # --- meeting people ---

    def _meet(self, index: int) -> None:
        entities, where = self.article.entities, self.article.where
        mention, entity = entities.mentions[index], entities.owners[index]
        first = not index or entities.mentions[index - 1].start < where.opening(mention.start)
        introduced = entity not in self.met and " " in self.article.text[mention.start : mention.end]
        apposed = _APPOSED.search(self.article.text, max(0, mention.start - FARTHEST), mention.start)
        weight = SUBJECT if first or introduced or apposed else OTHER
        if self.article.text[mention.end : mention.end + 2] in ("'s", "’s"):
            weight *= POSSESSIVE
        self.met.add(entity)
        self._note(entity, mention.start, weight)
        if entity.kind == "person":
            self._meet_together(index)

    def _meet_together(self, index: int) -> None:
        """People whose names "and" joins are mentioned together."""
        entities, last, self.person = self.article.entities, self.person, index
        if last is not None:
            start = entities.mentions[index].start
            between = self.article.text[entities.mentions[last].end : start][: FARTHEST + 1]
            if len(between) <= FARTHEST and are_joined(between):
                self._note_together((entities.owners[last], entities.owners[index]), start)

    def _meet_pronoun(self, offset: int) -> None:
        sex = sex_of_pronoun(self.article.text[offset : offset + 3])
        entity = self.discourse.antecedent(self.article.where.sentence(offset), offset, sex)
        if entity:
            self._note(entity, offset, PRONOUN)

    def _meet_described(self, offset: int) -> None:
        """Somebody whom a sentence begins with: "The senator shrugged"."""
        phrase = read_phrase(self.article.text, offset, self.article.described[offset], self.article.entities)
        found, kind = self.referents.of(phrase)
        if kind == "person":
            for entity in found or (stranger(phrase.head),):
                self._note(entity, offset, SUBJECT)

    def _note(self, entity: Entity, offset: int, weight: float) -> None:
        where = self.article.where
        self.discourse.mention(entity, where.sentence(offset), offset, weight, where.in_quotes(offset))

    def _note_together(self, found: Sequence[Entity], offset: int) -> None:
        self.discourse.mention_together(tuple(dict.fromkeys(found)), self.article.where.sentence(offset), offset)

    # --- attributions ---

    def _attribution(self, index: int) -> Resolved:
        attribution = self.attributions[index]
        self.discourse.barred = self._askers(attribution)
        self.discourse.own = tuple((mark.start, mark.end) for mark in attribution.quoted)
        self.discourse.cited = self._cited()
        speaker, speaking = self._mention(attribution.source, SPEAKER)
        self.discourse.own, self.discourse.cited = (), frozenset()
        self.discourse.barred = speaking  # whoever tells her something is not she
        addressee, _ = self._mention(attribution.addressee, OTHER)
        self.discourse.barred = ()
        via, _ = self._mention(attribution.via, OTHER)
        if attribution.cue and _ASKED.search(self.article.text, *attribution.cue):
            self.asked = attribution.addressee, speaking
        doubtful = bool(speaker and speaker.candidates)
        return Resolved(speaker, addressee, via, ("ambiguous_speaker",) if doubtful else ())

    def _cited(self) -> frozenset[Entity]:
        """Whom somebody's own words name, more than to call them: “Roy, wake up.”"""
        told = ((start, end) for start, end in self.discourse.own if end - start >= SENTENCE)
        named = (one for own in told for one in self.article.entities.within(*own))
        return frozenset(entity for name, entity in named if self.article.text[name.end : name.end + 1] != ",")

    def _askers(self, attribution: Attribution) -> tuple[Entity, ...]:
        """Who cannot be "she": Hale asked her why. “It leaks,” she said. Hale asked Roy why. “It leaks,” he replied."""
        asked, askers = self.asked
        if asked is None or attribution.source is None:
            return ()
        where, text = self.article.where, self.article.text
        near = where.sentence(attribution.source[0]) - where.sentence(asked[0]) <= SOON
        both = [text[start : start + 3] for start, _ in (asked, attribution.source)]
        alike = all(map(PERSONAL.match, both)) and len(set(map(sex_of_pronoun, both))) == 1
        answers = attribution.cue is not None and _ANSWERED.search(text, *attribution.cue) is not None
        return askers if near and (alike or answers) else ()

    def _mention(self, place: Range | None, weight: float) -> tuple[Mention | None, tuple[Entity, ...]]:
        """What a phrase says of whom it means, and those of them who have names."""
        if place is None:
            return None, ()
        start, end = self.article.entities.widened(place[0], min(place[1], place[0] + LONGEST_SOURCE))
        phrase = read_phrase(self.article.text, start, end, self.article.entities)
        found, kind = self.referents.of(phrase)
        for entity in found:
            self._note(entity, start, weight)
        if not found and phrase.kind in ("person", "organization") and phrase.form == "nominal":
            self._note(stranger(phrase.head, phrase.kind), start, weight)
        mention = self._as_mention(place, found, kind, phrase.form, phrase.name_span)
        if len(found) > 1 or phrase.partner or (kind == "group" and not found):
            self._note_together(found, start)
        if len(found) < 2 and not phrase.partner:
            return mention, tuple(found)
        members = (*self._members(phrase, found, mention), *self._partner(phrase)) if found else ()
        return replace(mention, kind="group", role=None, affiliation=None, members=members), tuple(found)

    def _members(self, phrase: Phrase, found: Sequence[Entity], whole: Mention) -> Iterator[Mention]:
        """Each of those whom one phrase means, at its own name or, of "they", at the pronoun."""
        inside = self.article.entities.within(phrase.start, phrase.end)[::-1]
        names = {owner: (name.start, name.end) for name, owner in inside}
        for entity in found:
            place = names.get(entity, (whole.mention.start, whole.mention.end))
            form: Form = "name" if entity in names else phrase.form
            yield self._as_mention(place, (entity,), entity.kind, form, names.get(entity))

    def _partner(self, phrase: Phrase) -> Iterator[Mention]:
        """Who speaks with them and has no name."""
        if phrase.partner:
            partner = read_phrase(self.article.text, *phrase.partner, self.article.entities)
            yield self._as_mention(phrase.partner, (), partner.kind, "nominal", None)

    def _as_mention(self, place: Range, found: Sequence[Entity], kind: Kind, form: Form, name: Range | None) -> Mention:
        role = self._role(name, found[0]) if len(found) == 1 and kind == "person" else None
        return Mention(
            name=_joined([entity.name for entity in found]),
            mention=self._span(place),
            kind=kind,
            form=form,
            role=self._span(role.span) if role and role.span else None,
            affiliation=self._span(role.affiliation) if role and role.affiliation else None,
            candidates=self.article.entities.doubts.get(name[0], ()) if name else (),
        )

    def _inside(self, index: int, found: dict[int, Resolved]) -> Resolved:
        """Whom pronouns mean in somebody's own words."""
        resolved, attribution = found[index], self.attributions[index]
        outer = found[attribution.within].speaker if attribution.within in found else None
        cited = attribution.source is not None and self.article.where.in_quotes(attribution.source[0])
        speaker, addressee = (self._own(one, outer, cited) for one in (resolved.speaker, resolved.addressee))
        return replace(resolved, speaker=speaker, addressee=addressee)

    def _own(self, mention: Mention | None, outer: Mention | None, cited: bool) -> Mention | None:
        """ "I" and "me" are the speaker of the quotation that they stand in, outside of any the author; between its
        marks "he" is somebody else."""
        pronoun = PRONOUNS.get(mention.mention.text.lower()) if mention and mention.form == "pronoun" else None
        if mention is None or pronoun is None:
            return mention
        if pronoun == "i":
            name, kind = (outer.name, outer.kind) if outer else (self.article.author, mention.kind)
            return replace(mention, name=name, kind=kind)
        if pronoun in ("m", "f") and cited and outer and outer.name == mention.name:
            return replace(mention, name=None, role=None, affiliation=None)
        return mention

    def _role(self, name: Range | None, entity: Entity) -> Role | None:
        """A person's role: the one told beside this mention of the name, else the first one told."""
        beside = self.article.roles_beside.get(name[0]) if name else None
        return beside if beside and beside.span else self.article.roles.get(entity)

    def _span(self, place: Range) -> Span:
        return Span(*place, self.article.text[place[0] : place[1]])


def _place(attribution: Attribution) -> int:
    return (attribution.source or attribution.cue or next(iter(attribution.content), (0, 0)))[0]


def _joined(names: Sequence[str]) -> str | None:
    """ "Roy", "Roy and Lee", "Roy, Lee and Kim"; None of nobody."""
    return " and ".join(filter(None, (", ".join(names[:-1]), *names[-1:]))) or None
