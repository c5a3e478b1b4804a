"""Phrases without a name → the entities they mean, by what the article and the discourse so far tell."""

from __future__ import annotations

import regex

from quotes.speakers.article import Article
from quotes.speakers.entities import Entity
from quotes.speakers.names import bare, sex_of, vocabulary, words_of
from quotes.speakers.nouns import kin, kind_of_noun, parties, peoples
from quotes.speakers.phrases import Phrase
from quotes.speakers.pronouns import Discourse
from quotes.types import Kind

__all__ = ["Referents"]

Found = tuple[Entity, ...]

PERSONS = frozenset({"person"})
BODIES = frozenset({"organization"})
_DEFINITE = frozenset({"the", "this", "that", "these", "those"})
JUST_MENTIONED = 0.2
"""How present a body is that the sentence before names as its subject."""
_SEEN = regex.compile(r"\b(?:seen|obtained|reviewed|viewed|leaked|read|shared|sent|provided) (?:by|to|with)\b")
_WRITTEN_BY = regex.compile(r"\b(?:written|drafted|signed|penned|prepared|compiled)\sby\s")
_PAIR = frozenset({"both", "couple", "duo", "pair", "two"})
_ANYBODY = frozenset({"man", "woman", "boy", "girl", "lady"})
_AGED = regex.compile(r"\d-year-old")
_LAST_WORD = regex.compile(r"(?r)[\p{L}'’-]+")


class Referents:
    """Finds whom a phrase means. `authors` remembers who stood behind the last letter, statement, article."""

    def __init__(self, article: Article, discourse: Discourse) -> None:
        self.article, self.discourse = article, discourse
        self.authors: dict[str, Entity] = {}
        self.bodies: dict[str, Entity] = {}
        self.answering: Found | None = None

    def of(self, phrase: Phrase) -> tuple[Found, Kind]:
        """The entities that a phrase means, none where the article does not tell, and the kind of speaker."""
        if phrase.named:
            return phrase.named, phrase.kind
        if self.article.text[phrase.start : phrase.end] in ("Q", "A"):
            return self._interviewed(phrase), "person"
        if phrase.form == "pronoun":
            return self._pronoun(phrase)
        kind: Kind = "person" if phrase.kind == "unknown" and phrase.head in self.article.by_noun else phrase.kind
        by_kind = {"document": self._document, "organization": self._body, "person": self._person, "group": self._group}
        find = by_kind.get(kind)
        return (find(phrase) if find else ()), kind

    def _interviewed(self, phrase: Phrase) -> Found:
        """In questions and answers, A is whom the article was about when they began; nobody says who asks."""
        if phrase.head == "q":
            return ()
        if self.answering is None:
            self.answering = self._present(phrase, PERSONS)
        return self.answering

    # --- pronouns ---

    def _pronoun(self, phrase: Phrase) -> tuple[Found, Kind]:
        if phrase.pronoun in ("m", "f"):
            return self._present(phrase, PERSONS, phrase.pronoun), "person"
        if phrase.pronoun in ("who", "which"):
            return self._relative(phrase)
        if phrase.pronoun == "they":
            several = self._together(phrase)
            if several is not None or phrase.head == "both":
                return several or (), "group"
        if phrase.pronoun in ("it", "they"):
            return self._present(phrase, BODIES), "organization"
        return (), phrase.kind

    def _together(self, phrase: Phrase) -> Found | None:
        """Those whom "they" means, where it means several: none of them may have a name."""
        return self.discourse.together(self.article.where.sentence(phrase.start), phrase.start)

    def _group(self, phrase: Phrase) -> Found:
        """ "The two", "both men" are two who were mentioned together."""
        words = self.article.text[phrase.start : phrase.head_span[1]].lower().split()
        several = self._together(phrase) if _PAIR & set(words) and words[0] in ("the", "both") else None
        return several if several and len(several) == 2 else ()

    def _relative(self, phrase: Phrase) -> tuple[Found, Kind]:
        """ "who" and "which" go with what stands just before them."""
        word = _LAST_WORD.search(self.article.text, max(0, phrase.start - 40), phrase.start)
        opening = self.article.where.opening(phrase.start)
        kinds = BODIES if phrase.pronoun == "which" else PERSONS
        near = [
            (mention, entity)
            for mention, entity in self.article.entities.before(phrase.start)
            if mention.start >= opening and entity.kind in kinds
        ]
        adjacent = near and word and near[0][0].end >= word.end()
        kind = kind_of_noun(word[0]) if word and not adjacent else "unknown"
        if kind == "group" or (kind == "person" and (not near or phrase.start - near[0][0].end > 80)):
            return (), kind
        between = self.article.text[near[0][0].end : phrase.start].split() if near else []
        nearest = next((kind for word in between[::-1] if (kind := kind_of_noun(word)) in ("group", "person")), kind)
        if nearest == "group":  # Roy told supporters in Lyon, who cheered
            return (), "group"
        return ((near[0][1],), near[0][1].kind) if near else ((), phrase.kind)

    # --- descriptions ---

    def _document(self, phrase: Phrase) -> Found:
        """Who stands behind a document: who wrote it, is named in it, stood behind the last such one, or was just
        mentioned."""
        for entity in (*self._writers(phrase), phrase.modifier, *phrase.names):
            if entity and entity.kind in ("organization", "person") and not self._has_only_seen(entity, phrase):
                self.authors[phrase.head] = entity
                return (entity,)
        if not self._is_definite(phrase) or phrase.pronoun:
            return ()
        alike = (phrase.head, *sorted(kin(phrase.head)))
        known = next((self.authors[noun] for noun in alike if noun in self.authors), None)
        return (known,) if known else self._present(phrase, BODIES, least=JUST_MENTIONED)

    def _writers(self, phrase: Phrase) -> list[Entity]:
        """The people by whom a phrase says that a document was written."""
        written = _WRITTEN_BY.search(self.article.text, phrase.start, phrase.end)
        inside = self.article.entities.within(written.end(), phrase.end) if written else []
        return [entity for _, entity in inside if entity.kind == "person"]

    def _has_only_seen(self, entity: Entity, phrase: Phrase) -> bool:
        """Whether a phrase tells that a body saw a document that others wrote: "a report seen by the Herald"."""
        return entity is not phrase.modifier and bool(_SEEN.search(self.article.text, phrase.start, phrase.end))

    def _body(self, phrase: Phrase) -> Found:
        """The body that "the ministry" is: one with that noun in its name, else the one most present.

        "The road department" is a name of its own where no longer one holds its words.
        """
        if phrase.modifier and phrase.owner_span:
            return (self._called(phrase.modifier.name + self.article.text[phrase.owner_span[1] : phrase.head_span[1]]),)
        bare_noun = phrase.start == phrase.head_span[0]
        if not bare_noun and not self._is_definite(phrase):
            return ()
        wanted = self._words(phrase)
        alike = {entity: len(wanted & set(entity.words)) for entity in self.article.by_word.get(phrase.head, ())}
        if not any(alike.values()) and self._is_institution(phrase):
            return (self._called(" ".join(self._up_to_head(phrase)[1:])),)
        told = bare_noun or phrase.pronoun or phrase.owner or self._is_told_apart(phrase)
        return self._best(phrase, alike) or (() if told else self._present(phrase, BODIES))

    def _is_told_apart(self, phrase: Phrase) -> bool:
        """Whether a phrase tells more of a body than its noun: "the dpa news agency" is not just the last one named."""
        return len(self._up_to_head(phrase)) > 2

    def _is_institution(self, phrase: Phrase) -> bool:
        """Whether a phrase tells what a public body is for: "the road department", "the national weather office"."""
        words = self._up_to_head(phrase)
        told = len(words) > 2 and not (phrase.pronoun or phrase.owner)
        return told and phrase.head in vocabulary("institutions.txt") and all(word.islower() for word in words[1:])

    def _called(self, name: str) -> Entity:
        """The body of a name that no recogniser finds; the same one whenever it is called so."""
        name = " ".join(name.split())
        if name not in self.bodies:
            self.bodies[name] = Entity(name, words_of(name), "organization")
            self.article.learn_body(self.bodies[name])
        return self.bodies[name]

    def _person(self, phrase: Phrase) -> Found:
        """The person that "the senator" is: one with that role, else, if the phrase is no mere function, the most
        present one."""
        if not self._is_definite(phrase):
            return ()
        wanted = self._words(phrase)
        known = (entity for noun in sorted(kin(phrase.head)) for entity in self.article.by_noun.get(noun, ()))
        people = [entity for entity in dict.fromkeys(known) if self._may_be(entity, wanted)]
        best = self._best(phrase, {entity: self._alike(entity, phrase.head, wanted) for entity in people})
        if best or self._is_owned(phrase) or not self._is_epithet(phrase):
            return best
        found = self._present(phrase, PERSONS, sex_of(phrase.head))
        unfit = found and self._is_function(phrase) and found[0] in self.article.roles
        return () if unfit or not all(self._may_be(entity, wanted) for entity in found) else found

    def _alike(self, entity: Entity, head: str, wanted: frozenset[str]) -> int:
        """How well a description fits: by the words that it tells, then by its very noun, for "the chancellor" may be a
        premier, but is rather a chancellor."""
        nouns = self.article.nouns[entity]
        return 2 * len(wanted & nouns) + (head in nouns)

    def _may_be(self, entity: Entity, described: frozenset[str]) -> bool:
        """Whether nothing that the article tells of a person forbids a description: "the Democratic nominee" is no
        Republican, "the Ukrainian leader" no Russian, "the presidential nominee" no vice presidential one."""
        told = self.article.nouns[entity]
        if "vice" in told and "vice" not in described and "presidential" in described:
            return False
        pairs = ((words(described), words(told)) for words in (parties, peoples))
        return all(not one or not other or bool(one & other) for one, other in pairs)

    def _is_definite(self, phrase: Phrase) -> bool:
        first = self.article.text[phrase.start : phrase.end].split(None, 1)[0].lower()
        return first in _DEFINITE or bool(phrase.owner or phrase.pronoun)

    def _is_owned(self, phrase: Phrase) -> bool:
        text = self.article.text[phrase.start : phrase.end].replace("’", "'")
        return bool(phrase.owner or phrase.pronoun) or "'s " in text

    def _is_function(self, phrase: Phrase) -> bool:
        """Whether a phrase but names an office or a place in a family: nobody of another role is "the chairman", "the
        prime minister", "the FBI director"."""
        _, *words = self._up_to_head(phrase)
        offices, told = vocabulary("roles.txt"), vocabulary("modifiers.txt")
        bodies = {word for word in words if word.isupper() and not parties([word.lower()])}
        lands = {word for word in words if peoples([word.lower()])}
        known = words and all(word in offices or word in told or word in bodies | lands for word in words)
        return bool(known) and phrase.head in offices and phrase.head not in _ANYBODY

    def _is_epithet(self, phrase: Phrase) -> bool:
        """Whether a description tells more than a function: "the New York businessman", "the actress", "the German"."""
        words = self._up_to_head(phrase)
        told = _AGED.search(words[-1]) or sex_of(phrase.head) or phrase.head in vocabulary("epithets.txt")
        return len(words) > 2 or words[-1][0].isupper() or bool(told)

    def _up_to_head(self, phrase: Phrase) -> list[str]:
        """The words of a phrase as far as its noun: "the road department" of "the road department of Ohio"."""
        return self.article.text[phrase.start : phrase.head_span[1]].split()

    def _words(self, phrase: Phrase) -> frozenset[str]:
        words = self.article.text[phrase.start : phrase.end].split()
        return frozenset(bare(word) for word in words) - {phrase.head, "the", "of", ""}

    # --- choosing ---

    def _best(self, phrase: Phrase, alike: dict[Entity, int]) -> Found:
        """Of the entities that fit, the one that shares most words with the phrase, then the most present; none where
        that does not tell them apart."""
        if not alike:
            return ()
        ranked = self._ranked(phrase, frozenset(entity.kind for entity in alike), "")
        presence = {entity: weight for weight, entity in ranked}
        weights = {entity: (words, presence.get(entity, 0.0)) for entity, words in alike.items()}
        most = max(weights.values())
        best = [entity for entity, weight in weights.items() if weight == most]
        return (best[0],) if len(best) == 1 else ()

    def _present(self, phrase: Phrase, kinds: frozenset[str], sex: str = "", least: float = 0.0) -> Found:
        ranked = self._ranked(phrase, kinds, sex)
        return (ranked[0][1],) if ranked and ranked[0][0] >= least else ()

    def _ranked(self, phrase: Phrase, kinds: frozenset[str], sex: str) -> list[tuple[float, Entity]]:
        where = self.article.where
        return self.discourse.ranked(
            where.sentence(phrase.start), phrase.start, sex, kinds, where.in_quotes(phrase.start)
        )
