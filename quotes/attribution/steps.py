"""STEPS: everything that happens to the reader's candidates before one assignment is chosen, in its order.

A step is certain: the law of a format, or of quotation marks. What is a judgement the reader has learned. Each has an
id, by which it can be left out, and one sentence of why; `tests/test_steps.py` has texts in which it must act and
neighbours in which it must not, and `benchmarks/ablate.py` prints what it changes.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import regex

from quotes.article import Article, holds_word
from quotes.attribution.candidates import Candidate, with_pieces
from quotes.types import MarkedSpan, Range

__all__ = ["STEPS", "Step", "prepare"]

Candidates = list[Candidate]


@dataclass(frozen=True, slots=True)
class Step:
    """A certainty: `act` returns the candidates of an article as they are after it."""

    id: str
    why: str
    act: Callable[[Article, Candidates], Candidates]


def prepare(article: Article, candidates: Sequence[Candidate], leave_out: Collection[str] = ()) -> Candidates:
    """The candidates behind all steps but those left out."""
    prepared = list(candidates)
    for step in STEPS:
        if step.id not in leave_out:
            prepared = step.act(article, prepared)
    return prepared


# --- what is no article prose ----------------------------------------------------------------------------------------


def _furniture(article: Article, candidates: Candidates) -> Candidates:
    """What begins in a byline, a date line or a caption falls away."""
    found = (
        with_pieces(one, [piece for piece in one.pieces() if not article.in_furniture(piece[0][0])])
        for one in candidates
    )
    return [one for one in found if one.content]


# --- gaps ------------------------------------------------------------------------------------------------------------

_WORDS = regex.compile(r"(?:[\p{L}\p{M}\p{N}]|(?<=\p{L})['’-](?=\p{L})|[^\S\r\n])*+")


def _gaps(article: Article, candidates: Candidates) -> Candidates:
    """What somebody says is parted by whoever tells it, a sign or a line's end: bare words in between belong to it.

    Of 5,900 gaps in what was annotated 22 are otherwise, and "on Wednesday" in most of these.
    """
    return [with_pieces(one, [*one.pieces(), *_bare(article.text, one)]) for one in candidates]


def _bare(text: str, candidate: Candidate) -> Iterator[tuple[Range, float]]:
    """Gaps between pieces of content that hold words alone, and none that tell whose they are."""
    telling = [part for part in (candidate.source, candidate.cue, candidate.addressee, candidate.via) if part]
    for (_, start), (end, _) in pairwise(candidate.content):
        if _WORDS.fullmatch(text, start, end) and not any(_overlap((start, end), part) for part in telling):
            yield (start, end), 0.0


# --- relative pronouns -----------------------------------------------------------------------------------------------

_RELATIVE = regex.compile(r",? (?:that|which|whom|who)(?= \Z)")


def _relatives(article: Article, candidates: Candidates) -> Candidates:
    """Of "a step that rivals have called “cowardly”" the pronoun is a word of theirs where the step is.

    Annotators have it either way, so that a reader's choice hangs on the names around; here it is always one.
    """
    return [with_pieces(one, [*one.pieces(), *_pronoun(article.text, one)]) for one in candidates]


def _pronoun(text: str, candidate: Candidate) -> Iterator[tuple[Range, float]]:
    if candidate.source:
        found = _RELATIVE.search(text, max(0, candidate.source[0] - 8), candidate.source[0])
        if found and any(end == found.start() for _, end in candidate.content):
            yield found.span(), 0.0


# --- marks -----------------------------------------------------------------------------------------------------------


def _marks(article: Article, candidates: Candidates) -> Candidates:
    """Each piece of content grows or shrinks until every marked span is inside or outside, as most of it is."""
    return [fitted for one in candidates if (fitted := with_pieces(one, _fitted(article, one))).content]


def _fitted(article: Article, candidate: Candidate) -> Iterator[tuple[Range, float]]:
    parent = article.marks.around(candidate.cue[0]) if candidate.cue else None
    for piece, weight in candidate.pieces():
        for k in article.marks.within(piece, parent):
            piece = _fit(piece, article.marks.spans[k])
        if piece[0] < piece[1]:
            yield piece, weight


def _fit(piece: Range, mark: MarkedSpan) -> Range:
    a, b = piece
    inside = min(b, mark.inner_end) - max(a, mark.inner_start)
    if 2 * inside >= mark.inner_end - mark.inner_start or mark.start <= a < b <= mark.end:
        return min(a, mark.start), max(b, mark.end)
    if a < mark.start < b <= mark.end:
        return a, mark.start
    return (mark.end, b) if mark.start <= a < mark.end < b else piece


# --- paragraphs ------------------------------------------------------------------------------------------------------


def _paragraphs(article: Article, candidates: Candidates) -> Candidates:
    """Words without marks stay in the paragraph of their cue, unless a colon hands over to the next."""
    found = (with_pieces(one, _at_home(article, one)) for one in candidates)
    return [replace(one, source=_source_at_home(article, one)) for one in found if one.content]


def _at_home(article: Article, candidate: Candidate) -> Iterator[tuple[Range, float]]:
    for piece, weight in candidate.pieces():
        for start, end in article.paragraphs.parts(*piece):
            home = candidate.cue is None or article.paragraphs.hold((start, end), candidate.cue)
            handed = article.text[max(0, start - 200) : start].rstrip()[-1:] == ":"
            if home or handed or article.marks.around(start) is not None:
                yield (start, end), weight


def _source_at_home(article: Article, candidate: Candidate) -> Range | None:
    """A source ends with its paragraph."""
    parts = list(article.paragraphs.parts(*candidate.source)) if candidate.source else []
    cue = candidate.cue
    return next((part for part in parts if cue and article.paragraphs.hold(part, cue)), candidate.source)


# --- credits ---------------------------------------------------------------------------------------------------------

_BLANK = r"[^\S\r\n]"
_NAMED = r"\p{Lu}[\p{L}.'’-]*+(?:[^\S\r\n](?:\p{Lu}[\p{L}.'’-]*+|\p{Ll}{1,3}(?=[^\S\r\n]\p{Lu}))){0,5}"
_CREDIT = regex.compile(
    rf"[.,]?(?:{_BLANK}|\n)*+([―—–]|--?){_BLANK}*+({_NAMED}(?:,[^\r\n\"“”:;.!?]{{1,60}})?)(?:{_BLANK}|\.)*+(?=[\r\n]|\Z)"
)


def _credits(article: Article, candidates: Candidates) -> Candidates:
    """“It failed.” — Ana Roy: a dash and a name behind the marks, up to the end of the line, say whose they are."""
    spans = [article.marks.spans[k] for k in article.marks.outermost()]
    found = ((mark, _CREDIT.match(article.text, mark.end)) for mark in spans)
    return [
        *candidates,
        *(
            Candidate(((mark.start, mark.end),), (1.0,), source=credit.span(2), cue=credit.span(1), origin="credits")
            for mark, credit in found
            if credit
        ),
    ]


# --- transcripts -----------------------------------------------------------------------------------------------------


def _turns(article: Article, candidates: Candidates) -> Candidates:
    """SMITH: It failed. The label says whose the turn is, and is nobody who speaks in it."""
    turns = [Candidate((turn.said,), (1.0,), source=turn.who, cue=turn.cue, origin="turns") for turn in article.turns]
    labels = {turn.who for turn in article.turns}
    return [*(one for one in candidates if one.source not in labels), *turns]


# --- readings that agree ---------------------------------------------------------------------------------------------

CERTAIN = 0.95  # score above which readings that agree make each other no surer
_THAT = regex.compile(r"that\s")


def _alike(article: Article, candidates: Candidates) -> Candidates:
    """Readings that put the same words into the same mouth, by "said" and by "both said", are one: chances add up."""
    alike: dict[tuple[Range, ...], Candidates] = defaultdict(list)
    for one in sorted(candidates, key=lambda one: -one.score):
        found = alike[_behind_that(article.text, one.content)]
        same = next((n for n, other in enumerate(found) if _overlap(one.source, other.source)), None)
        if same is None:
            found.append(one)
        else:
            score = max(found[same].score, min(found[same].score + one.score, CERTAIN))
            found[same] = replace(found[same], score=score)
    return [one for found in alike.values() for one in found]


def _behind_that(text: str, content: tuple[Range, ...]) -> tuple[Range, ...]:
    """Content without the "that" that it may begin with."""
    that = _THAT.match(text, *content[0])
    return ((that.end(), content[0][1]), *content[1:]) if that else content


def _overlap(a: Range | None, b: Range | None) -> bool:
    return a is not None and b is not None and a[0] < b[1] and b[0] < a[1]


# --- lines of their own ----------------------------------------------------------------------------------------------

LONGEST_CROSSHEAD = 8  # words


def is_crosshead(article: Article, mark: MarkedSpan) -> bool:
    """Whether a few words in marks, without an end, have a line to themselves: 'Fight for freedom'."""
    text, inner = article.text, article.text[mark.inner_start : mark.inner_end]
    line_end = text.find("\n", mark.end)
    before = text[text.rfind("\n", 0, mark.start) + 1 : mark.start]
    behind = text[mark.end : line_end if line_end >= 0 else len(text)]
    alone = not before.strip(" \t#*_") and not behind.strip(" \t\r.*_")
    return alone and len(inner.split()) <= LONGEST_CROSSHEAD and inner[-1:] not in ".!?,…"


def _crossheads(article: Article, candidates: Candidates) -> Candidates:
    """A few words in marks on a line of their own, without an end, are a heading: nobody says them there."""
    heads = [m for m in article.marks.spans if m.depth == 0 and is_crosshead(article, m)]
    headings = {(mark.start, mark.end) for mark in heads}
    found = (with_pieces(one, [p for p in one.pieces() if p[0] not in headings]) for one in candidates)
    return [one for one in found if any(holds_word(article.text, *piece) for piece in one.content)]


STEPS: tuple[Step, ...] = (
    Step("furniture", "A byline, a date line or a caption is nobody's speech.", _furniture),
    Step("credits", "A dash and a name behind a quotation say whose it is.", _credits),
    Step("turns", "A label before a colon says who speaks in a transcript.", _turns),
    Step("gaps", "What is said is parted only by signs, lines and the words that tell whose it is.", _gaps),
    Step("relatives", "A relative pronoun that leads from the words said to who says them is one of them.", _relatives),
    Step("marks", "A marked span is inside one content or outside of all.", _marks),
    Step("paragraphs", "Words without marks do not run on into another paragraph than their cue's.", _paragraphs),
    Step("crossheads", "A few words in marks with a line to themselves and no end are a heading.", _crossheads),
    Step("alike", "Readings that give the same words to the same source are one.", _alike),
)
