"""Sources that stand apart from their words: passives, participles, a source of several cues.

All by rule, on the reader's attributions. Each rule knows one construction and leaves all else as it is.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

import regex

from quotes.attribution.inner import SAID_BEHIND, SOMEBODYS_CLAIM
from quotes.attribution.places import without
from quotes.attribution.words import load_words
from quotes.types import Attribution, Range

__all__ = ["Sentences", "mend_sources"]

LONGEST = 400  # characters of a sentence before the place that is asked about

_BE = r"(?:is|are|was|were|has\sbeen|have\sbeen|had\sbeen)"
_QUOTED_BY = regex.compile(
    rf"(?P<who>\S[^.!?\n\"“”]{{0,160}}?),?\s(?:{_BE})\s(?:\p{{Ll}}+\s)?(?:quoted|cited)\s(?:\p{{Ll}}+ly\s)?"
    r"by\s(?P<relay>[^,;:.!?\n\"“”]{1,80}?)\sas\s(?:saying|stating|telling|having\ssaid)\b"
)
_QUOTED = regex.compile(
    r"\b(?:quoted|quotes|cited|cites|quoting|citing)\s(?!by\s)(?P<who>\S[^.!?\n\"“”]{0,160}?),?\s"
    r"as\s(?:saying|stating|telling|having\ssaid)\b"
)
_ACCORDING_TO = regex.compile(r"according\sto|as\s(?:quoted|recalled|reported|told)\sby", regex.I)
_REPORTEDLY = regex.compile(
    rf"{_BE}\s(?:(?:reported|said|understood|believed|alleged|rumou?red|known)\sto\shave\s\p{{Ll}}+|(?:quoted|cited))\b"
)
_ASKS = regex.compile(r"(?:Am|Are|Can|Could|Did|Do|Does|Had|Has|Have|Is|Might|Should|Was|Were|Will|Would)\s(?=\S)")
_ENTITY = regex.compile(
    r"(?<=\w)\s?&(?:(?:nbsp|quot|apos|amp|[lr][sd]quo|[mn]dash|hellip|#\d{1,6}|#x[\da-f]{1,5})?;?)?(?=\s?\Z)", regex.I
)
_ROLE = regex.compile(r"\s\p{Ll}[\p{L}’'-]*(?:\s[\p{L}’'-]+){0,5}?,?\s")
_HYPHENED = regex.compile(r"\s\p{Ll}+-\p{Ll}+\s")
_WHOSE = regex.compile(r",\s(?=whose\s\p{Ll}[^,\n]{1,40},\s\p{Lu})")
_JOINT = regex.compile(r",?\s(?:and|as|but|while)(?=\s?\Z)")
_OF_THEM = regex.compile(
    r"\b(?:one|some|many|most|several|all|both|each|another|others|two|three)\sof\s(?:them|those|the\s[\p{L}-]+(?:\s[\p{L}-]+)?)(?=\s\Z)"
)
_OTHERS_CLAIM = regex.compile(rf"{SOMEBODYS_CLAIM}\Z")
_PARTICIPLE = regex.compile(rf"(?:{'|'.join(sorted(load_words('participles')))})\b")
_SUBJECT = regex.compile(r"(?:\G|[,;]\s)(?:\p{Lu}\p{Ll}+\s(?:\p{Ll}+\s){1,4})?([Hh]e|[Ss]he|[Tt]hey|I|[Ww]e)\s\p{Ll}")
_AND = regex.compile(r",?\s(?:and|but|yet)\s(?:\p{Ll}+ly\s|also\s|then\s|later\s)?\Z")


class Sentences:
    """Where sentences start, looked up by offset."""

    def __init__(self, sentences: Sequence[Range]):
        self.starts = [start for start, _ in sentences]

    def start(self, place: int) -> int:
        """The start of the sentence at `place`, at most so far before it."""
        index = bisect_right(self.starts, place) - 1
        return max(self.starts[index] if index >= 0 else 0, place - LONGEST)


def mend_sources(text: str, sentences: Sentences, attributions: Sequence[Attribution]) -> list[Attribution]:
    """The attributions, in the same order, with their sources where the sentence tells them."""
    whole = [_trimmed(text, _with_role(text, _claimed(text, attribution))) for attribution in attributions]
    mended = [_of_them(text, _passive(text, sentences, _reported(text, attribution))) for attribution in whole]
    return _coordinated(text, _participles(text, sentences, mended))


def _claimed(text: str, attribution: Attribution) -> Attribution:
    """ "Lee made light of Roy's claim that it was “a loss”": marked words are of whoever claims it."""
    claim = _OTHERS_CLAIM.search(text, *attribution.cue) if attribution.cue and attribution.quoted else None
    return replace(attribution, source=claim.span("who"), cue=claim.span("cue")) if claim else attribution


def _of_them(text: str, attribution: Attribution) -> Attribution:
    """ "a retreat one of them described as “slow”": the words right before the cue are the source."""
    cue = attribution.cue
    if attribution.source or cue is None:
        return attribution
    piece = next((piece for piece in attribution.content if piece[1] <= cue[0] <= piece[1] + 1), None)
    who = _OF_THEM.search(text, piece[0], cue[0]) if piece else None
    if piece is None or who is None or who.start() == piece[0]:
        return attribution
    content = tuple((piece[0], who.start() - 1) if one == piece else one for one in attribution.content)
    return _with_source(attribution, who.span(), content)


def _trimmed(text: str, attribution: Attribution) -> Attribution:
    """Neither the verb that opens a question ("Did Roy say …?") belongs to a source, nor a character entity behind a
    name ("Roy&nbsp;said") or what was cut off of one, nor the word that joins it to what follows ("Roy, as"), nor the
    body of which somebody speaks ("the board, whose chair, Ana Roy, said")."""
    source = attribution.source
    if not source:
        return attribution
    before = _ASKS.match(text, *source) if "question" in attribution.flags else None
    if attribution.cue and source[1] <= attribution.cue[0]:
        before = before or _WHOSE.search(text, *source)
    rest = _ENTITY.search(text, *source) or _JOINT.search(text, *source)
    trimmed = before.end() if before else source[0], rest.start() if rest else source[1]
    return replace(attribution, source=trimmed) if trimmed != source else attribution


def _with_role(text: str, attribution: Attribution) -> Attribution:
    """ "“It leaks,” whistle-blower Ana Roy said", "“It leaks,” repeated the foreman, Ana Roy": a few words before the
    source are the source's, where nothing but a cue stands between them and the marks."""
    source, last = attribution.source, attribution.quoted[-1] if attribution.quoted else None
    if source is None or last is None:
        return attribution
    cue = attribution.cue
    start = cue[1] if cue and last.end <= cue[0] <= last.end + 2 else last.end
    apart = any(start <= a and b <= source[0] for a, b in attribution.content)
    joined = any(a <= last.start and start < b <= source[0] for a, b in attribution.content)
    role = _ROLE if apart else _HYPHENED if joined else None
    if role is None or not role.fullmatch(text, start, source[0]):
        return attribution
    content = tuple(without(attribution.content, [(start, source[0])]))
    return replace(attribution, source=(start + 1, source[1]), content=content)


# --- passives --------------------------------------------------------------------------------------------------------


def _passive(text: str, sentences: Sentences, attribution: Attribution) -> Attribution:
    """ "Roy was quoted by TASS as saying", "TASS quoted Roy as saying": Roy speaks, TASS relays."""
    source = attribution.source
    if source is None or attribution.cue is None or attribution.via:
        return attribution
    start = min(sentences.start(source[0]), source[0])
    found = _QUOTED_BY.search(text, start, source[1] + 40)
    if (
        found
        and found.start("relay") <= source[1]
        and source[0] <= found.end("relay")
        and found.end("who") <= source[0]
    ):
        return _relayed_by(attribution, found.span("who"), found.span("relay"), found.end())
    found = _QUOTED.search(text, source[1], source[1] + 240)
    if found and found.start() <= attribution.cue[1] and attribution.cue[0] >= source[1]:
        return _relayed_by(attribution, found.span("who"), source, found.end())
    return _told_of(text, attribution)


def _told_of(text: str, attribution: Attribution) -> Attribution:
    """ "“It failed,” Roy told reporters, according to TASS": Roy speaks, TASS relays."""
    marks, cue = attribution.quoted, attribution.cue
    if not marks or cue is None or not _ACCORDING_TO.match(text, *cue):
        return attribution
    ends = (piece[1] for piece in attribution.content if piece[0] <= marks[0].start and marks[0].end < piece[1])
    said = next((said for end in ends if (said := SAID_BEHIND.match(text, marks[0].end, end))), None)
    if said is None:
        return attribution
    content = tuple((mark.start, mark.end) for mark in marks)
    return replace(attribution, source=said.span(1), cue=said.span(2), via=attribution.source, content=content)


def _relayed_by(attribution: Attribution, who: Range, relay: Range, end: int) -> Attribution:
    """What is said begins at `end`, but marks before it, as in “It failed,” he was quoted … as saying, stay."""
    pieces = [(max(a, end), b) if a < end < b and who[0] <= a else (a, b) for a, b in attribution.content]
    content = tuple((a, b) for a, b in pieces if b <= who[0] or end <= a)
    return replace(attribution, source=who, via=relay, content=content) if content else attribution


def _reported(text: str, attribution: Attribution) -> Attribution:
    """ "She is reported to have told friends", "Roy was quoted by TASS": right before such a cue stands no content but
    the source, and "to have told" is of the cue."""
    cue = attribution.cue
    reported = _REPORTEDLY.match(text, cue[0]) if cue else None
    if cue is None or not reported:
        return attribution
    cue = cue[0], max(cue[1], reported.end())
    spoken = [
        (max(a, cue[1]) if cue[0] <= a else a, b) for a, b in attribution.content if not cue[0] <= a < b <= cue[1]
    ]
    subject = next((piece for piece in spoken if not text[piece[1] : cue[0]].strip(", \r\n\u00a0")), None)
    rest = tuple(piece for piece in spoken if attribution.source or piece != subject)
    if not rest:
        return attribution
    attribution = replace(attribution, cue=cue, content=rest)
    return attribution if attribution.source or not subject else _with_source(attribution, subject, content=rest)


def _with_source(attribution: Attribution, source: Range, content: tuple[Range, ...]) -> Attribution:
    flags = tuple(flag for flag in attribution.flags if flag != "implicit_speaker")
    return replace(attribution, source=source, content=content, flags=flags)


# --- participles -----------------------------------------------------------------------------------------------------


def _participles(text: str, sentences: Sentences, attributions: Sequence[Attribution]) -> list[Attribution]:
    """ "He turned to the cameras, adding: “…”": the source is the subject of the main clause."""
    spoken: dict[int, list[Attribution]] = defaultdict(list)
    for attribution in attributions:
        if attribution.source and attribution.cue:
            spoken[sentences.start(attribution.cue[0])].append(attribution)

    def mended(attribution: Attribution) -> Attribution:
        cue = attribution.cue
        if attribution.source or cue is None or not _PARTICIPLE.match(text, cue[0]):
            return attribution
        if text[max(0, cue[0] - 2) : cue[0]].rstrip()[-1:] != ",":
            return attribution
        start = sentences.start(cue[0])
        earlier = [a for a in spoken[start] if a.cue and a.cue[1] <= cue[0]]
        subject = _SUBJECT.search(text, start, cue[0])
        source = earlier[-1].source if earlier else subject.span(1) if subject else None
        return _with_source(attribution, source, attribution.content) if source else attribution

    return [mended(attribution) for attribution in attributions]


# --- one source, several cues ----------------------------------------------------------------------------------------


def _coordinated(text: str, attributions: Sequence[Attribution]) -> list[Attribution]:
    """ "She confirmed that … but denied that …": the content of the first ends where the second begins."""
    by_source: dict[Range, list[Attribution]] = defaultdict(list)
    for attribution in attributions:
        if attribution.source and attribution.cue:
            by_source[attribution.source].append(attribution)

    def ended(attribution: Attribution) -> Attribution:
        cues = [a.cue for a in by_source.get(attribution.source or (0, 0), ()) if a.cue and a.cue != attribution.cue]
        if not attribution.source or not cues:
            return attribution
        content = tuple(_ended(text, attribution, piece, cues) for piece in attribution.content)
        return replace(attribution, content=content)

    return [ended(attribution) for attribution in attributions]


def _ended(text: str, attribution: Attribution, piece: Range, cues: Sequence[Range]) -> Range:
    for start, end in sorted(cues):
        joint = _AND.search(text, max(piece[0], start - 30), start)
        marked = any(mark.start <= start < mark.end for mark in attribution.quoted)
        if joint and piece[0] < joint.start() and end < piece[1] and not marked:
            return piece[0], joint.start()
    return piece
