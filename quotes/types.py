"""The values that travel through the pipeline: frozen, typed, without behaviour.

Every offset is a code-point offset into `Document.text`, end-exclusive. A `Range` is such a pair; a `Span` is a
`Range` with the text that stands there.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from html import escape
from typing import Any, Literal

from quotes.markup import marked

__all__ = [
    "PIECES",
    "Act",
    "Attribution",
    "Document",
    "Form",
    "Kind",
    "MarkedSpan",
    "Mention",
    "Name",
    "Quote",
    "QuoteType",
    "Range",
    "Resolved",
    "Span",
    "Speaker",
]

PIECES = " … "
"""Stands between the pieces of a split quotation in a record's text."""

Range = tuple[int, int]
QuoteType = Literal["direct", "mixed", "indirect"]
Act = Literal["speech", "thought"]
Kind = Literal["person", "group", "organization", "document", "place", "unknown"]
Form = Literal["name", "pronoun", "nominal"]


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of a document: `text == document.text[start:end]`."""

    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Document:
    """One article as it was read. `text` is never altered after reading.

    `furniture` lists the ranges that are no article prose (byline, date line, captions, URLs): nothing in them is ever
    a quotation or a speaker. The headline is prose: it can quote.
    """

    id: str
    text: str
    path: str | None = None
    sha256: str = ""
    title: str | None = None
    author: str | None = None
    published: str | None = None
    url: str | None = None
    furniture: tuple[Range, ...] = ()


@dataclass(frozen=True, slots=True)
class Name:
    """A name as a recogniser found it, as a range of the text."""

    start: int
    end: int
    kind: Kind


@dataclass(frozen=True, slots=True)
class MarkedSpan:
    """Words between a pair of quotation marks, within one paragraph.

    `start`/`end` include the marks, `inner_start`/`inner_end` do not. `depth` is 0 for outermost marks, 1 for marks
    inside those, and so on. `continues` says that this span takes up the quotation left open at the end of the
    paragraph before; `opened` is False where it does so without an opening mark of its own, and begins with its
    paragraph. `closed` is False where no closing mark was found: the span then ends with its paragraph. A span left
    open because the next one continues it is `closed=False` as well.
    """

    start: int
    end: int
    inner_start: int
    inner_end: int
    depth: int = 0
    single: bool = False
    closed: bool = True
    continues: bool = False
    opened: bool = True


@dataclass(frozen=True, slots=True)
class Attribution:
    """Who said what, as ranges of the text, before anybody asks who "he" is.

    `content` is all that is attributed, words outside the marks included; `quoted` the marked spans inside it
    (outermost ones). `within` is the index, in the same article's list, of the attribution whose content holds this
    one (a nested speaker). `act` tells speech and writing from what is believed, hoped or planned.
    """

    content: tuple[Range, ...]
    quoted: tuple[MarkedSpan, ...] = ()
    source: Range | None = None
    cue: Range | None = None
    addressee: Range | None = None
    via: Range | None = None
    act: Act = "speech"
    confidence: float = 1.0
    flags: tuple[str, ...] = ()
    within: int | None = None


@dataclass(frozen=True, slots=True)
class Mention:
    """Someone named in a record: the words that mention them and the fullest name the article holds for them.

    `name_at` is where the article holds that name, `title` what stands before it there ("Dr", "Lord"), `confidence` how
    likely the name is the right one. Of several who speak together, `name` joins the names and `members` are they, one
    by one.
    """

    name: str | None
    mention: Span
    kind: Kind
    form: Form
    role: Span | None = None
    affiliation: Span | None = None
    id: str | None = None
    candidates: tuple[str, ...] = ()
    members: tuple[Mention, ...] = ()
    name_at: Span | None = None
    title: Span | None = None
    confidence: float = 1.0


Speaker = Mention


@dataclass(frozen=True, slots=True)
class Resolved:
    """Who the three parts of an attribution are. `flags` join those of the attribution."""

    speaker: Mention | None
    addressee: Mention | None = None
    via: Mention | None = None
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Quote:
    """One record as a Python value. `to_dict()` gives its JSON form; a notebook shows it in its sentence.

    `spans` are the quoted words, marks left out, one for each piece; for indirect speech they equal `content`.
    """

    id: str
    type: QuoteType
    spans: tuple[Span, ...]
    content: tuple[Span, ...]
    speaker: Speaker | None
    cue: Span | None
    cue_lemma: str | None
    addressee: Mention | None
    via: Mention | None
    sentence: Span
    prefix: str
    suffix: str
    confidence: float
    flags: tuple[str, ...]
    document: Document = field(repr=False)
    within: str | None = None
    act: Act = "speech"

    @property
    def text(self) -> str:
        """The quoted words, pieces joined by " … "."""
        return PIECES.join(span.text for span in self.spans)

    def to_dict(self, model: str = "reader") -> dict[str, Any]:
        """The record, JSON-ready, as `quotes extract` writes it; `model` found the names (`Extractor.model` says)."""
        from quotes.record import to_record  # it lays out what this module knows only as values

        return to_record(self, model)

    def _repr_html_(self) -> str:
        """In a notebook: who said it, and the words where they stand, marked."""
        who = (self.speaker.name or self.speaker.mention.text) if self.speaker else "(nobody)"
        places = [*((span, "quotation") for span in self.spans), *((span, "cue") for span in [self.cue] if span)]
        places += [(mention.mention, "speaker") for mention in [self.speaker] if mention]
        origin = self.sentence.start
        text = marked(self.sentence.text, ((s.start - origin, s.end - origin, what) for s, what in places))
        about = escape(", ".join([self.type, f"{self.confidence:.0%} sure", *self.flags]))
        return f"<p><b>{escape(who)}</b> <small>{about}</small><br>{text}</p>"
