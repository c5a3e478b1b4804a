"""One assignment: all words go to the candidate with the best claim to them, or to nobody.

Marks are hard evidence. A marked span stands inside one content or outside of all, belongs to the innermost speaker,
and is one with the spans that take it up in the paragraphs below.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from quotes.article import Article, Tree, holds_word
from quotes.attribution.candidates import Candidate, nested, with_pieces, without
from quotes.types import Attribution, Range

__all__ = ["Limits", "choose"]

BLOCK = 256  # characters of text, for looking up what stands near
DEPTH = 64  # contents that are looked through for the one around a cue


@dataclass(frozen=True, slots=True)
class Limits:
    """How sure a candidate must be: `likely` to be believed, `doubted` to be believed where marked words are nobody
    else's. Words between marks are somebody's so often that there an unsure reading beats none."""

    likely: float = 0.43
    doubted: float = 0.15


LIMITS = Limits()


def choose(article: Article, candidates: Iterable[Candidate], limits: Limits = LIMITS) -> list[Attribution]:
    """The attributions of an article, raw scores for their confidence, sorted by their anchors."""
    possible = [candidate for candidate in candidates if candidate.score >= limits.doubted]
    believed = sorted(_believed(article.marks, _apart(article.text, possible), limits), key=_anchor)
    owners = _joined(article, _owners(article.marks, believed), believed)
    owned: dict[int, list[int]] = defaultdict(list)
    for k, owner in owners.items():
        owned[owner].append(k)
    chosen = (
        _attribution(article, one, owned[n], _lost(article, n, believed, owners)) for n, one in enumerate(believed)
    )
    return _nest([one for one in chosen if any(holds_word(article.text, *piece) for piece in one.content)])


def _anchor(candidate: Candidate) -> Range:
    return candidate.cue or candidate.content[0]


# --- words: each to one ----------------------------------------------------------------------------------------------


def _apart(text: str, candidates: Sequence[Candidate]) -> list[Candidate]:
    """Words that two candidates claim go to the one with the better claim; one left without words goes.

    Nested speech stays: there one's cue stands inside the other's content.
    """
    claims = sorted(
        ((weight, n, piece) for n, one in enumerate(candidates) for piece, weight in one.pieces()), key=lambda c: -c[0]
    )
    taken: dict[int, list[tuple[int, Range]]] = defaultdict(list)
    left: dict[int, list[tuple[Range, float]]] = defaultdict(list)
    for weight, n, piece in claims:
        near = {claim: None for block in _blocks(piece) for claim in taken[block]}
        rivals = (there for m, there in near if m != n and not nested(candidates[m], candidates[n]))
        for kept in without([piece], rivals):
            if holds_word(text, *kept):
                left[n].append((kept, weight))
                for block in _blocks(kept):
                    taken[block].append((n, kept))
    return [with_pieces(one, left[n]) for n, one in enumerate(candidates) if left[n]]


def _blocks(piece: Range) -> Iterable[int]:
    """The blocks of text that a piece stands in: only pieces that share one can claim the same words."""
    return range(piece[0] // BLOCK, piece[1] // BLOCK + 1)


def _believed(marks: Tree, candidates: Sequence[Candidate], limits: Limits) -> Iterator[Candidate]:
    """The sure ones, and of the unsure those that give a marked span its only speaker."""
    sure = [one for one in candidates if one.score >= limits.likely]
    held = _owners(marks, sure)
    unsure = [one for one in candidates if one.score < limits.likely]
    useful = {n for k, n in _owners(marks, unsure).items() if k not in held}
    yield from sure
    yield from (unsure[n] for n in sorted(useful))


# --- marked spans: each to one ---------------------------------------------------------------------------------------

Owners = Mapping[int, int]
"""Number of a marked span → number of the candidate it belongs to."""


def _owners(marks: Tree, candidates: Sequence[Candidate]) -> dict[int, int]:
    """Each marked span goes to the candidate with the shortest content that holds it."""
    owners: dict[int, int] = {}
    length = [sum(b - a for a, b in candidate.content) for candidate in candidates]
    for n, candidate in enumerate(candidates):
        parent = marks.around(candidate.cue[0]) if candidate.cue else None
        for piece in candidate.content:
            for k in marks.within(piece, parent):
                mark = marks.spans[k]
                held = piece[0] <= mark.inner_start and mark.inner_end <= piece[1]
                if held and (k not in owners or length[n] < length[owners[k]]):
                    owners[k] = n
    return owners


def _joined(article: Article, owners: Owners, candidates: Sequence[Candidate]) -> Owners:
    """What goes on over paragraphs, each opened by a mark, is one speaker's, whose cue stands before it or else who has
    its first words, unless a cue in one of these paragraphs tells of another."""
    joined, spans = dict(owners), article.marks.spans
    for chain in article.marks.chains():
        claimed = [k for k in chain if k in owners]
        if not claimed:
            continue
        start, cues = spans[chain[0]].start, {k: candidates[owners[k]].cue for k in claimed}
        before = [owners[k] for k, cue in cues.items() if cue and cue[0] < start]
        speaker = before[0] if before else owners[claimed[0]]
        for k in chain:
            cue = cues.get(k)
            if cue and cue[0] > start and article.paragraphs.hold((spans[k].start, spans[k].end), cue):
                speaker = owners[k]
            joined[k] = speaker
    return joined


def _lost(article: Article, n: int, candidates: Sequence[Candidate], owners: Owners) -> list[Range]:
    """The marked spans in the content of the n-th candidate that are another's."""
    candidate, spans = candidates[n], article.marks.spans
    parent = article.marks.around(candidate.cue[0]) if candidate.cue else None
    held = (k for piece in candidate.content for k in article.marks.within(piece, parent))
    others = (k for k in held if owners.get(k, n) != n and not nested(candidate, candidates[owners[k]]))
    return [(spans[k].start, spans[k].end) for k in others]


def _attribution(article: Article, candidate: Candidate, own: Iterable[int], lost: Sequence[Range]) -> Attribution:
    marks = sorted((article.marks.spans[k] for k in own), key=lambda mark: mark.start)
    kept = [*without(candidate.content, lost), *((mark.start, mark.end) for mark in marks)]
    return Attribution(
        content=with_pieces(candidate, ((piece, 1.0) for piece in kept)).content,
        quoted=tuple(marks),
        source=candidate.source,
        cue=candidate.cue,
        addressee=candidate.addressee,
        via=candidate.via,
        act="thought" if candidate.thought > 0.5 else "speech",
        confidence=candidate.score,
    )


# --- whose speech holds whose ----------------------------------------------------------------------------------------


def _nest(attributions: Sequence[Attribution]) -> list[Attribution]:
    """`within`: the attribution whose content most closely holds this one, with its cue and source."""
    pieces = sorted((*piece, index) for index, one in enumerate(attributions) for piece in one.content)
    starts = [start for start, _, _ in pieces]

    def around(index: int, one: Attribution) -> int | None:
        if one.cue is None:
            return None
        last = bisect_right(starts, one.cue[0])
        holding = [
            (end - start, other)
            for start, end, other in pieces[max(0, last - DEPTH) : last]
            if other != index and _holds((start, end), one) and _is_inside(one, attributions[other])
        ]
        return min(holding)[1] if holding else None

    return [replace(one, within=around(index, one)) for index, one in enumerate(attributions)]


def _holds(piece: Range, one: Attribution) -> bool:
    parts = [part for part in (one.cue, one.source) if part]
    return all(piece[0] <= start and end <= piece[1] for start, end in parts)


def _is_inside(inner: Attribution, outer: Attribution) -> bool:
    """Whether the outer one's content holds all of the inner one's and more: no two hold each other."""
    around = (outer.content[bisect_left(outer.content, (start + 1, 0)) - 1] for start, _ in inner.content)
    held = all(a <= start and end <= b for (start, end), (a, b) in zip(inner.content, around, strict=True))
    return held and inner.content != outer.content and not _same(inner, outer)


def _same(a: Attribution, b: Attribution) -> bool:
    return a.cue == b.cue or (a.source is not None and a.source == b.source)
