"""What checking takes and gives: claims, and for each a label, places in the sources, and what differs."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

from quotes.tracing.who import NOBODY, Who
from quotes.types import PIECES, Span

__all__ = ["GOOD", "Change", "CheckOptions", "Claim", "Difference", "Finding", "Label", "Piece", "Source"]


class Label(Enum):
    """How the sources bear out a claimed quotation; never whether what it says is true."""

    VERBATIM = "verbatim"
    """Word for word, sign for sign."""
    TYPOGRAPHIC = "typographic"
    """Word for word; marks, case, blanks, dashes, insertions in brackets or a harmless ellipsis differ."""
    ALTERED = "altered"
    """Words were changed, left out or put in."""
    STITCHED = "stitched"
    """Joined from places apart, or by an ellipsis that turns the sense."""
    OTHER_SPEAKER = "other_speaker"
    """The words are there, from somebody else."""
    PARAPHRASE_ONLY = "paraphrase_only"
    """The source has it only in its own words: as reported speech, or outside quotation marks."""
    NOT_FOUND = "not_found"
    """No source has it."""


GOOD = frozenset({Label.VERBATIM, Label.TYPOGRAPHIC})
"""What may be published as it stands."""


class Change(Enum):
    """What differs between a claim and its source."""

    NEGATION = "negation"
    """A "not" or "never" is gone, or new."""
    QUALIFIER = "qualifier"
    """A "may", "almost", "allegedly" is gone, or new."""
    NUMBER = "number"
    """Another number."""
    NAME = "name"
    """Another name."""
    WORDS = "words"
    """Other words."""
    INSERTION = "insertion"
    """Words in brackets, which are the writer's."""
    ELLIPSIS = "ellipsis"
    """Words left out where the claim has an ellipsis."""
    JOIN = "join"
    """The claim runs on where the sources do not: words stand between, or it is another place."""
    CUT = "cut"
    """The sentence begins before the claim, or goes on behind it."""
    SPEAKER = "speaker"
    """Somebody else says it, or the source never names the claimed speaker."""
    UNTOLD = "untold"
    """The source leaves open whether it is the claimed speaker who says it."""


@dataclass(frozen=True, slots=True)
class CheckOptions:
    """What is enough. Shares are of words.

    `similarity`: 2 × common / all words, below which words are not the same ones altered. `reported`: the share of the
    claim's content words that reported speech must hold to be its paraphrase. `dropped`: words that an ellipsis may
    leave out, `between`: those of the article that may stand between two quotations, before the pieces count as places
    apart. `sure`: the confidence of a source's speaker below which nobody is called another one. `passages` are looked
    at for each claim.
    """

    similarity: float = 0.6
    reported: float = 0.6
    dropped: int = 50
    between: int = 40
    sure: float = 0.5
    passages: int = 8


@dataclass(frozen=True, slots=True)
class Claim:
    """Words that somebody is said to have said; `pieces` where the claiming article breaks them off, else one.

    `place` says where the claim stands: a file and line, or a record's id.
    """

    pieces: tuple[str, ...]
    who: Who = NOBODY
    speaker: str | None = None
    place: str = ""

    @property
    def text(self) -> str:
        """The pieces joined by " … "."""
        return PIECES.join(self.pieces)


@dataclass(frozen=True, slots=True)
class Source:
    """A document of the index. Offsets into it are code points of the text that has this `sha256`."""

    id: str
    path: str | None
    sha256: str
    title: str | None = None
    published: str | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Piece:
    """Where words of a claim come from: `span` of the source's text, `claimed` of the claim's. `quoted` says whether
    they stand between marks (or under a speaker's label); `speaker` who says them there, as far as that is known."""

    source: Source
    span: Span
    claimed: Span
    quoted: bool
    speaker: str | None = None
    record: str | None = None


@dataclass(frozen=True, slots=True)
class Difference:
    """`source` are words of the source, `claimed` those that the claim has instead; either may be empty.

    Offsets are code points of the source's text, and of the claim's. For `SPEAKER` and `UNTOLD` the texts are names.
    """

    what: Change
    source: Span
    claimed: Span


@dataclass(frozen=True, slots=True)
class Finding:
    """What the sources say to a claim. `same_speaker` is None where the claim or the source names nobody, or the source
    leaves it open. `similarity` is the share of words in common, 0 to 1."""

    claim: Claim
    label: Label
    pieces: tuple[Piece, ...] = ()
    differences: tuple[Difference, ...] = ()
    same_speaker: bool | None = None
    similarity: float = 0.0
