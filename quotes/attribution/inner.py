"""Speech inside speech, by rule: marks within marks, and "Lee said Roy had told him …".

The learned reader sees whose words a story is; whom the story quotes stands in few constructions, which are read here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import regex

from quotes.attribution.words import load_words
from quotes.nlp.words import read_words
from quotes.types import Attribution, MarkedSpan, Range

__all__ = ["SAID_BEHIND", "SOMEBODYS_CLAIM", "claimed_inside", "quoted_inside", "told_inside"]

NEAR = 80  # characters beside an inner quotation in which its speaker is looked for
TOLD = 0.6  # confidence of a rule that no mark confirms

_PART = r"\p{Lu}[\p{L}-]*+(?:['’]\p{L}++)*+\.?"
_NAME = rf"{_PART}(?:\s{_PART}){{0,3}}"
_OWNED = r"(?:[Mm]y|[Oo]ur|[Yy]our|[Hh]is|[Hh]er|[Tt]heir|[Tt]he|[Aa]n?|[Oo]ne|[Ss]ome)"
_NOUN = rf"{_OWNED}(?:\s(?!(?:and|or|but|that)\b)\p{{Ll}}[\p{{L}}-]*+){{1,3}}?"
_WHO = rf"(?:I|[Ww]e|[Yy]ou|[Hh]e|[Ss]he|[Tt]hey|{_NOUN}|{_NAME})"
_AIDS = r"(?:(?:had|has|have|would|will|used\sto|always|once|just|then|also|later|never)\s){0,2}"
_SAY = rf"{_AIDS}(?:{'|'.join(sorted(load_words('saying')))})\b"
_WHOM = r"(?:\s(?:me|us|you|him|her|them|everyone|everybody|people))?"

_SAID_BEFORE = regex.compile(rf"\b({_WHO})\s({_SAY}){_WHOM}[,:]?\s?\Z")
_AND_SAID_BEFORE = regex.compile(rf"(?:\A|[.!?]\s)({_WHO})\s[^.!?]{{1,60}}\s(?:and|then)\s({_SAY}){_WHOM}[,:]?\s?\Z")
_WAS_BEFORE = regex.compile(rf"(?:\A|[.!?,]\s)({_NOUN})\s(was|is|read|reads|said|says)[,:]\s?\Z")
SAID_BEHIND = regex.compile(rf"\s?({_WHO})\s({_SAY})(?=[\s.,;:!?])")
_SAYS_WHO_BEHIND = regex.compile(rf"\s?(said|asked|says|asks)\s({_NOUN}|{_NAME})(?=[.,;:!?])")

_BODY = r"[Tt]he\s(?:\p{Lu}\p{Ll}+\s)?(?:\p{Ll}+\s){0,2}?\p{Ll}+"
_TOLD = r"(?:told|warned|assured|informed|reminded)"
_HAD_TOLD = regex.compile(
    r"(?:\A|\b(?:that|and|but|because|after|when)\s|[,;]\s)"
    rf"(?P<who>(?:[Hh]e|[Ss]he|[Tt]hey|{_BODY}|{_NAME})(?:,\s{_NAME})?),?\s"
    rf"(?P<cue>(?:had|has|have)\s(?:\p{{Ll}}+ly\s)?{_TOLD}|(?<=\A[^.!?]{{2,60}}){_TOLD})\s"
    rf"(?:him|her|them|me|us|it|(?:{_BODY}|{_NAME})(?:,\s{_NAME},)?)\s(?P<what>[\"“‘]?[\w’'-]+\s\S.*)",
    regex.DOTALL,
)

SOMEBODYS_CLAIM = (
    rf"\b(?P<who>{_NAME}['’]?)(?<=['’]s?)\s(?:\p{{Ll}}+\s){{0,2}}(?P<cue>{'|'.join(sorted(load_words('claims')))})"
)
_CLAIM = regex.compile(
    rf"{SOMEBODYS_CLAIM}\s"
    # Not: that it was new is “not true”.
    r"(?P<what>that\s(?![^\"“]*\b(?:is|are|was|were|has|have|had)\s[^\"“]*\b(?:is|are|was|were)\s[\"“])"
    r"[^.!?\n\"“”]{0,40}[\"“].*)",
    regex.DOTALL,
)


def quoted_inside(text: str, marks: Iterable[tuple[MarkedSpan, MarkedSpan]]) -> list[Attribution]:
    """“My boss said ‘hide it’, and …”: the inner marks, each given with those around it, that somebody speaks."""
    return list(_quoted_inside(text, marks))


def _quoted_inside(text: str, marks: Iterable[tuple[MarkedSpan, MarkedSpan]]) -> Iterator[Attribution]:
    for mark, around in marks:
        start = max(around.inner_start, mark.start - NEAR)
        before, behind = text[start : mark.start], text[mark.end : min(around.inner_end, mark.end + NEAR)]
        patterns = (_SAID_BEFORE, _AND_SAID_BEFORE, _WAS_BEFORE)
        found = next((match for pattern in patterns if (match := pattern.search(before))), None)
        if found:
            source, cue = _moved(found.span(1), start), _moved(found.span(2), start)
        elif text[mark.inner_end - 1] == ".":  # what comes behind is the next sentence
            continue
        elif said := SAID_BEHIND.match(behind):
            source, cue = _moved(said.span(1), mark.end), _moved(said.span(2), mark.end)
        elif said := _SAYS_WHO_BEHIND.match(behind):
            source, cue = _moved(said.span(2), mark.end), _moved(said.span(1), mark.end)
        else:
            continue
        yield Attribution(((mark.start, mark.end),), source=_without_opener(text, source), cue=cue)


def told_inside(text: str, attributions: Iterable[Attribution]) -> list[Attribution]:
    """ "… said the skipper had told him the winch was safe": whom the content of an attribution retells."""
    return _inside(text, _HAD_TOLD, attributions)


def claimed_inside(text: str, attributions: Iterable[Attribution]) -> list[Attribution]:
    """ "Lee rejected Roy's claim that it was “a loss”": the marked words in the content of an attribution are Roy's."""
    return _inside(text, _CLAIM, attributions)


def _inside(text: str, said: regex.Pattern[str], attributions: Iterable[Attribution]) -> list[Attribution]:
    """What a pattern with the groups who, cue and what finds first in each piece of content."""
    contents = dict.fromkeys(piece for attribution in attributions for piece in _retellings(attribution))
    found = ((start, said.search(text[start : min(end, start + 1000)])) for start, end in contents)
    return [
        Attribution(
            (_within_marks(text, _moved(told.span("what"), start)),),
            source=_without_opener(text, _moved(told.span("who"), start)),
            cue=_moved(told.span("cue"), start),
            confidence=TOLD,
        )
        for start, told in found
        if told
    ]


def _within_marks(text: str, place: Range) -> Range:
    """Without the mark that closes what was opened before, and the comma in it."""
    start, end = place
    inside = text[start:end]
    balance = sum(inside.count(mark) for mark in "“«„") - sum(inside.count(mark) for mark in "”»")
    return (start, start + len(inside.rstrip('"”», '))) if balance < 0 or inside.count('"') % 2 else place


def _retellings(attribution: Attribution) -> list[Range]:
    """The pieces of a content; those in one that neither the source nor the cue divides, but whom the speaker told."""
    joined: list[Range] = []
    others = [place for place in (attribution.source, attribution.cue) if place]
    for start, end in attribution.content:
        if joined and not any(joined[-1][1] <= a < start for a, _ in others):
            joined[-1] = joined[-1][0], end
        else:
            joined.append((start, end))
    return joined


def _moved(place: Range, by: int) -> Range:
    return place[0] + by, place[1] + by


def _without_opener(text: str, place: Range) -> Range:
    """ "When Roy" → "Roy": what has its capital from the sentence it opens."""
    first, _, rest = text[slice(*place)].partition(" ")
    opens = rest[:1].isupper() and first in read_words("quotes.nlp", "openers.txt")
    return (place[1] - len(rest), place[1]) if opens else place
