"""What tracing gives: groups of appearances of the same words, and how each differs."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from quotes.types import QuoteType, Range

__all__ = ["Appearance", "Article", "Difference", "EarliestBy", "Group", "Kind", "TraceOptions"]


class Kind(Enum):
    """How a version differs from the one it is compared with; the gravest first."""

    ANOTHER_SPEAKER = "another_speaker"
    """The same words, from somebody else."""
    NEGATION = "negation"
    """A "not" or "never" is gone, or new."""
    DROPPED_QUALIFIER = "dropped_qualifier"
    """A "may", "almost", "allegedly" is gone."""
    ADDED_QUALIFIER = "added_qualifier"
    """A "may", "almost", "allegedly" is new."""
    ALTERED = "altered"
    """Other words."""
    CUT = "cut"
    """Words are left out at the beginning, the end or an ellipsis, and a sentence is broken there."""
    INSERTION = "insertion"
    """Words in brackets, which are the writer's and not the speaker's."""
    SHORTENED = "shortened"
    """Whole sentences are left out at the beginning or the end."""
    UNATTRIBUTED = "unattributed"
    """This article names nobody for the words; the other one does."""


class EarliestBy(Enum):
    """How the earliest appearance was told."""

    PUBLISHED = "published"
    """By the dates of publication, as far as articles have one."""
    PUBLISHED_THEN_INPUT = "published_then_input"
    """Several have the earliest date: the first of them in the input."""
    INPUT = "input"
    """No article has a date: the first in the input."""


@dataclass(frozen=True, slots=True)
class TraceOptions:
    """What makes two quotations versions of one.

    `similarity` is the share of words (0 to 1, 2 × common / all) that two versions have in common, cuts aside. They
    share at least so many content words: `same_speaker_words` where one person says both, `other_speaker_words` where
    two do, `unknown_speaker_words` where an article does not say who. `exact_up_to` records are compared with all
    that share two neighbouring content words, more with those that share rare ones. Only records of `types` are traced.
    A group spans at least `articles` different texts.
    """

    similarity: float = 0.8
    same_speaker_words: int = 2
    unknown_speaker_words: int = 4
    other_speaker_words: int = 5
    articles: int = 2
    exact_up_to: int = 10_000
    types: tuple[QuoteType, ...] = ("direct", "mixed")


@dataclass(frozen=True, slots=True)
class Article:
    """An article as its records tell of it."""

    id: str
    path: str | None = None
    title: str | None = None
    published: str | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Difference:
    """`before` are the words of the version compared with, `after` those that stand here instead; either may be empty.

    The ranges are their code points in the two texts, end-exclusive. For `ANOTHER_SPEAKER` and `UNATTRIBUTED`, `before`
    and `after` are the names, and the ranges are empty.
    """

    kind: Kind
    before: str
    after: str
    before_range: Range = (0, 0)
    after_range: Range = (0, 0)


@dataclass(frozen=True, slots=True)
class Appearance:
    """One record of a group. `copies` are other articles with the very same text, `number` its place in the input."""

    record: str
    text: str
    speaker: str | None
    speaker_id: str | None
    article: Article
    sha256: str
    number: int
    copies: tuple[Article, ...] = ()
    differences: tuple[Difference, ...] = ()


@dataclass(frozen=True, slots=True)
class Group:
    """The same words in several articles. `articles` counts different texts; all ranges are of `appearances`.

    `earliest` and `reference` are indices of `appearances`, which stand in the order of time as far as it is known.
    The reference is what the others are compared with: the earliest that is no mere part of another and has a speaker.
    `undated` counts appearances without a date of publication, which may be earlier still.
    """

    id: str
    appearances: tuple[Appearance, ...]
    earliest: int
    earliest_by: EarliestBy
    reference: int
    articles: int
    undated: int = 0

    @property
    def text(self) -> str:
        """The reference's words."""
        return self.appearances[self.reference].text

    @property
    def kinds(self) -> tuple[Kind, ...]:
        """The kinds of difference in the group, the gravest first."""
        met = {difference.kind for appearance in self.appearances for difference in appearance.differences}
        return tuple(kind for kind in Kind if kind in met)
