"""Who "he" is: the people and bodies mentioned so far, each as present to the reader as text has made them."""

from __future__ import annotations

from bisect import bisect_right
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field

import regex

from quotes.speakers.entities import Entity
from quotes.types import Range

__all__ = [
    "OTHER",
    "PERSONAL",
    "POSSESSIVE",
    "PRONOUN",
    "SPEAKER",
    "SUBJECT",
    "Discourse",
    "Where",
    "sex_of_pronoun",
]

PERSONAL = regex.compile(r"\b(?:[Hh](?:e|is|im|imself)|[Ss]he|[Hh]er(?:s|self)?)\b")
# How a mention fades from one sentence to the next; what one between quotation marks weighs outside them, and for who
# says those very words; what a person weighs of whom the text does not tell whether "he" fits.
DECAY = 0.2
ASIDE = 0.15
OWN = 0.02
CITED = 0.3  # of somebody's whole presence, whom those words call by name
UNSURE = 0.6
UNLIKELY = 0.15  # the same of whom the given name speaks against it
REMEMBERED = 60
FAR = 12
# How present a mention makes somebody: who speaks, who opens a sentence or is introduced, who is named elsewhere, a
# pronoun, and what a possessive takes off.
SPEAKER, SUBJECT, OTHER, PRONOUN, POSSESSIVE = 1.4, 1.0, 0.7, 0.5, 0.7
# "They" goes back to people mentioned together so many sentences before, at most.
TOGETHER = 3


class Where:
    """Sentences, paragraphs and quoted regions of a text, looked up by offset."""

    def __init__(self, sentences: Sequence[Range], quoted: Iterable[Range]) -> None:
        self.sentence_starts = [start for start, _ in sentences]
        self.quoted = list(_outermost(quoted))
        self.quoted_starts = [start for start, _ in self.quoted]

    def sentence(self, offset: int) -> int:
        """The number of the sentence at an offset."""
        return bisect_right(self.sentence_starts, offset) - 1

    def opening(self, offset: int, back: int = 0) -> int:
        """Where the sentence at an offset starts, or the one so many sentences back."""
        return self.sentence_starts[max(0, self.sentence(offset) - back)] if self.sentence_starts else 0

    def in_quotes(self, offset: int) -> bool:
        """Whether an offset stands between quotation marks."""
        at = bisect_right(self.quoted_starts, offset) - 1
        return at >= 0 and offset < self.quoted[at][1]


def _outermost(ranges: Iterable[Range]) -> Iterator[Range]:
    """The ranges in text order, without those that lie in another."""
    reached = 0
    for start, end in sorted(ranges, key=lambda one: (one[0], -one[1])):
        if end > reached:
            yield start, end
            reached = end


@dataclass(slots=True)
class _Seen:
    entity: Entity
    sentence: int
    offset: int
    weight: float
    quoted: bool


@dataclass(frozen=True, slots=True)
class _Several:
    entities: tuple[Entity, ...]
    sentence: int
    offset: int


@dataclass(slots=True)
class Discourse:
    """What has been mentioned so far, in text order; `several` are those last mentioned together, `barred` those whom
    no pronoun means just now, `own` the words of whoever is asked for, `cited` whom these name: few name themselves."""

    seen: deque[_Seen] = field(default_factory=lambda: deque(maxlen=REMEMBERED))
    several: _Several | None = None
    barred: tuple[Entity, ...] = ()
    own: tuple[Range, ...] = ()
    cited: frozenset[Entity] = frozenset()

    def mention(self, entity: Entity, sentence: int, offset: int, weight: float, quoted: bool = False) -> None:
        """Note a mention. `weight` is one of `SPEAKER`, `SUBJECT`, `OTHER`, `PRONOUN`, or less."""
        self.seen.append(_Seen(entity, sentence, offset, weight, quoted))

    def mention_together(self, entities: tuple[Entity, ...], sentence: int, offset: int) -> None:
        """Note several who are mentioned together; no entities are people whom the article does not name."""
        self.several = _Several(entities, sentence, offset)

    def together(self, sentence: int, before: int) -> tuple[Entity, ...] | None:
        """Those whom "they" may mean: who were mentioned together a moment ago, where no body has spoken since."""
        last = self.several
        if last is None or last.offset >= before or sentence - last.sentence > TOGETHER:
            return None
        since = (i for i in self.seen if last.offset < i.offset < before and i.weight > SUBJECT and not i.quoted)
        return None if any(item.entity.kind == "organization" for item in since) else last.entities

    def ranked(
        self,
        sentence: int,
        before: int,
        sex: str = "",
        kinds: frozenset[str] = frozenset({"person"}),
        quoted: bool = False,
    ) -> list[tuple[float, Entity]]:
        """The entities of those kinds that a pronoun may mean, the most present first, with their presence."""
        presence: dict[Entity, float] = {}
        for item in self.seen:
            entity, far = item.entity, sentence - item.sentence
            if item.offset >= before or far > FAR or entity.kind not in kinds or not _agrees(entity, sex):
                continue
            if entity in self.barred:
                continue
            aside = 1.0 if quoted or not item.quoted else OWN if self._is_own(item.offset) else ASIDE
            presence[entity] = presence.get(entity, 0.0) + item.weight * DECAY**far * aside
        weighed = ((p * _surety(e, sex) * (CITED if e in self.cited else 1), e) for e, p in presence.items())
        return sorted(weighed, key=lambda pair: -pair[0])

    def _is_own(self, offset: int) -> bool:
        return any(start <= offset < end for start, end in self.own)

    def antecedent(self, sentence: int, before: int, sex: str) -> Entity | None:
        """The person most present of those whom "he" or "she" may mean, or None."""
        ranked = self.ranked(sentence, before, sex)
        return ranked[0][1] if ranked else None


def sex_of_pronoun(word: str) -> str:
    """ "m" for he, his, him, himself, "f" for she, her, hers, herself."""
    word = word.lower()
    return "f" if word.startswith(("she", "her")) else "m"


def _agrees(entity: Entity, sex: str) -> bool:
    return not sex or not entity.sex or entity.sex == sex


def _surety(entity: Entity, sex: str) -> float:
    if not sex or entity.sex == sex:
        return 1.0
    return UNLIKELY if entity.likely_sex not in ("", sex) else UNSURE
