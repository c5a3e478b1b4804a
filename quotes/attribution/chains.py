"""Chains between attributions: to whom words were said, through whom they came, and whose speech holds whose.

All by rule, on the reader's attributions: an addressee follows its verb, a relaying source holds another's speech in
its own content, a nested speaker stands inside another's content.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import replace

import regex

from quotes.attribution.sources import Sentences, mend_sources
from quotes.attribution.words import load_words
from quotes.types import Attribution, Range

__all__ = ["link"]

NEAR = 160  # characters behind a cue in which its addressee or relaying source is looked for
GAP = 60  # characters between pieces of what one source relays: a verb and whom it tells
DEPTH = 20  # attributions around one place that are looked at

_ADDRESSING = regex.compile(rf"\b(?:{'|'.join(sorted(load_words('addressing')))})\s++")
_PASSIVE = regex.compile(r"\b(?:is|are|was|were|been|being|be)\s(?:\p{Ll}+ly\s)?\Z")
_DAY = r"(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day"
_BREAK = (
    r"(?=[,;:.!?\"“”«»‘(\[—–]|\s(?:that|in|on|at|during|to|by|after|before|when|while|how|what|why|whether|if|not|about|"
    r"through|from|as|over|of\sher|of\shis|is|are|was|were|will|would|has|had|have|can|could|should|he|she|it|they|we|I|"
    rf"there|this|last|earlier|later|{_DAY})\b|\Z)"
)
_NO_PHRASE = r"(?!(?:that|he|she|it|they|we|I|to|in|on|how|what|why|whether|if|about|of|several|again|questions?)\b)"
_PHRASE = rf"({_NO_PHRASE}[\p{{L}}\p{{N}}][^\n,;:!?\"“”]{{0,80}}?){_BREAK}"
_NOUN_PHRASE = regex.compile(_PHRASE)
_UNBROKEN = regex.compile(r"[\p{L}\p{N}\s'’-]*+")
_NAME = r"\p{Lu}[\p{L}.'’-]*+(?:\s\p{Lu}[\p{L}.'’-]*+){0,3}"
_APPOSED = regex.compile(rf",\s({_NAME})(?=,)")
_CUT_NAME = regex.compile(
    rf"({_NAME})(?:\s(?:in|on|at|during|by|over|via)\s[^,;:.!?\n\"“”]{{0,80}}?)?\s(?=that\b|to\s\p{{Ll}})"
)
_ADJUNCT = regex.compile(r"(?:after|at|before|by|during|in|on|over|via)\s[^,;:.!?\n\"“”]{1,60}?\s(?=that\s)")
_OBJECT = regex.compile(r"(him|her|them|me|us)\b\s?")
_BEFORE_NAME = regex.compile(r"(?!(?:the|an?|his|her|their|its)\s)(?:[\p{L}.'’-]+\s){0,3}\p{Ll}+(?<!s)\s")
_MEETING = regex.compile(
    rf"\bin\s(?:an?\s|the\s|his\s|her\s|their\s)?(?:[\p{{L}}-]+\s){{0,3}}?"
    rf"(?:{'|'.join(sorted(load_words('meetings'), key=len, reverse=True))})\s(?:with|to)\s{_PHRASE}"
)
_RELAYED = regex.compile(
    r"\b(?:(?:as\s)?(?:quoted|cited|reported|relayed)(?:\sas\ssaying)?\sby|in\s(?:an?\s)?(?:\p{L}+\s)?(?:statement|release|post|message|letter)\s"
    rf"(?:from|by|(?:released|issued|published|posted)\sby)|through|via)\s{_PHRASE}"
)
_RELAYED_BEHIND = regex.compile(
    r"[\"”’']?,[\"”’']?\s((?:the|an?|his|her|its|their)\s[^\n,;:.!?\"“”]{1,60}?)\s(?:said|says|added|adds)"
    rf"(?=[,.;]|\s(?:on|in|late|earlier)\b|\s{_DAY})"
)
_STOP = regex.compile(r"(?<=\p{Ll}{2})[.!?][\"”’']*+\s")
_RETOLD = regex.compile(
    r"((?:\p{Lu}[\p{L}.'’-]*+\s){0,4}\p{Lu}[\p{L}'’-]*+|He|She)\s(?:also\s)?"
    rf"({'|'.join(sorted(load_words('relayed_verbs')))})\b"
)
_HE = regex.compile(r"(?:that\s)?((?:he|she|they|it)\b)\s")


def link(text: str, sentences: Sequence[Range], attributions: Sequence[Attribution]) -> list[Attribution]:
    """The attributions, in the same order, with `addressee`, `via` and `within` filled in where the text tells them.

    What is already filled in stays, except where a sentence tells better who speaks and who relays.
    """
    starts = Sentences(sentences)
    linked = mend_sources(text, starts, attributions)
    linked = _nest(_grown(_unpack(text, starts, linked)))
    linked = [_from_that(text, _spoken_to(text, attribution)) for attribution in linked]
    linked = [_relayed_behind(text, _relayed_beside(text, attribution)) for attribution in linked]
    linked = [_relayed_around(text, attribution, linked) for attribution in linked]
    return _retell(text, linked)


# --- speech in a relaying source's words ------------------------------------------------------------------------------


def _unpack(text: str, sentences: Sentences, attributions: Sequence[Attribution]) -> list[Attribution]:
    """ "Roy stressed “the need”, the ministry said": the words are Roy's, the ministry relays them.

    Holds where a relaying source comes behind the words and the sentence begins with a name and a verb of saying.
    """
    unpacked, merged = list(attributions), set[int]()
    by_source: dict[Range | None, list[int]] = defaultdict(list)
    for n, attribution in enumerate(attributions):
        by_source[attribution.source].append(n)
    for n, attribution in enumerate(attributions):
        speaker = _relayed_speaker(text, sentences, attribution)
        if not speaker:
            continue
        subject, verb = speaker
        for k in by_source[subject]:
            if unpacked[k].via is None:
                unpacked[k] = replace(unpacked[k], via=attribution.source)
        content = tuple((max(a, verb[1] + 1), b) for a, b in attribution.content if b > verb[1] + 1)
        if not content or not attribution.quoted:
            continue
        inside = [k for k in by_source[subject] if any(_holds(piece, attributions[k]) for piece in attribution.content)]
        if not inside:
            rest = [k for k in by_source[subject] if attributions[k].cue == verb]
            whole = _as_one([replace(attribution, content=content), *(attributions[k] for k in rest)], subject)
            unpacked[n] = replace(whole, source=subject, cue=verb, via=attribution.source)
            merged.update(rest)
        elif len(inside) == 1 and not unpacked[inside[0]].quoted:
            unpacked[inside[0]] = replace(unpacked[inside[0]], content=content, quoted=attribution.quoted)
            unpacked[n] = replace(attribution, quoted=())
    return [attribution for n, attribution in enumerate(unpacked) if n not in merged]


def _as_one(parts: Sequence[Attribution], source: Range) -> Attribution:
    """The first with the words of all: what two readings claimed went to one, and the other was left with the rest."""
    pieces = sorted(piece for part in parts for piece in part.content)
    marks = sorted({mark for part in parts for mark in part.quoted}, key=lambda mark: mark.start)
    return replace(parts[0], content=_joined(pieces, source), quoted=tuple(marks))


def _relayed_speaker(text: str, sentences: Sentences, attribution: Attribution) -> tuple[Range, Range] | None:
    """The subject and the verb that open the sentence which a relaying source closes."""
    source, cue = attribution.source, attribution.cue
    if not source or not cue or min(source[0], cue[0]) < attribution.content[0][1]:
        return None
    found = _RETOLD.match(text, sentences.start(attribution.content[0][0]))
    if not found or found.end() > cue[0] or not _is_relay(text[source[0] : source[1]]):
        return None
    return found.span(1), found.span(2)


def _grown(attributions: Sequence[Attribution]) -> list[Attribution]:
    """A relaying source whose words were cut to "Roy stressed" says all that it lets Roy stress."""
    relayed: dict[Range, list[Attribution]] = defaultdict(list)
    for attribution in attributions:
        if attribution.via:
            relayed[attribution.via].append(attribution)

    def grown(attribution: Attribution) -> Attribution:
        inner = [a for a in relayed.get(attribution.source or (0, 0), ()) if _holds_source(attribution, a)]
        if not inner:
            return attribution
        pieces = sorted([*attribution.content, *(piece for a in inner for piece in a.content)])
        return replace(attribution, content=_joined(pieces, attribution.source or (0, 0)))

    return [grown(attribution) for attribution in attributions]


def _holds_source(outer: Attribution, inner: Attribution) -> bool:
    source = inner.source
    return source is not None and any(start <= source[0] and source[1] <= end for start, end in outer.content)


def _joined(pieces: Sequence[Range], source: Range) -> tuple[Range, ...]:
    """Pieces in text order as one where hardly anything stands between, and not the source."""
    joined = [pieces[0]]
    for start, end in pieces[1:]:
        last = joined[-1]
        if start <= last[1] + GAP and not last[1] <= source[0] < start:
            joined[-1] = last[0], max(last[1], end)
        else:
            joined.append((start, end))
    return tuple(joined)


# --- whose speech holds whose ----------------------------------------------------------------------------------------


def _nest(attributions: Sequence[Attribution]) -> list[Attribution]:
    """`within`: the attribution whose content most closely holds this one's cue and source."""
    pieces = sorted((start, end, index) for index, a in enumerate(attributions) for start, end in a.content)
    starts = [start for start, _, _ in pieces]

    def around(index: int, attribution: Attribution) -> int | None:
        if attribution.cue is None or attribution.within is not None:
            return attribution.within
        last = bisect_right(starts, attribution.cue[0])
        holding = [
            (end - start, other)
            for start, end, other in pieces[max(0, last - DEPTH) : last]
            if other != index and _holds((start, end), attribution) and not _same(attributions[other], attribution)
        ]
        return min(holding)[1] if holding else None

    return [replace(a, within=around(index, a)) for index, a in enumerate(attributions)]


def _holds(piece: Range, attribution: Attribution) -> bool:
    parts = [part for part in (attribution.cue, attribution.source) if part]
    return all(piece[0] <= start and end <= piece[1] for start, end in parts)


def _same(a: Attribution, b: Attribution) -> bool:
    return a.cue == b.cue or (a.source is not None and a.source == b.source)


# --- to whom ---------------------------------------------------------------------------------------------------------


def _spoken_to(text: str, attribution: Attribution) -> Attribution:
    """`addressee`: the object of "told", or whom an interview was given to."""
    if attribution.addressee or attribution.cue is None:
        return attribution
    start, end = attribution.cue
    limit = _limit(text, attribution, end)
    verb = next(_ADDRESSING.finditer(text, start, min(end + 1, len(text))), None)
    if verb and not _PASSIVE.search(text, max(0, verb.start() - 25), verb.start()):
        for cut in (_cut_name, _taken_in, _asked):
            if mended := cut(text, verb.end(), attribution):
                return mended
        found = _NOUN_PHRASE.match(text, verb.end(), limit)
        if found and not _meets(found.span(1), attribution):
            return replace(attribution, addressee=_with_name(text, _trimmed(text, found.span(1)), limit))
    meeting = _MEETING.search(text, start, limit)
    if meeting and not _marked(meeting.span(), attribution):
        return replace(attribution, addressee=_trimmed(text, meeting.span(1)))
    return attribution


def _with_name(text: str, phrase: Range, limit: int) -> Range:
    """ "the Swiss envoy, Beat Rüegg," is one phrase."""
    found = _APPOSED.match(text, phrase[1], limit)
    return (phrase[0], found.end(1)) if found else phrase


def _cut_name(text: str, start: int, attribution: Attribution) -> Attribution | None:
    """ "told Finnish counterpart | Ana Roy in Oslo that …": words cut in the name of whom they are said to."""
    for k, (a, b) in enumerate(attribution.content):
        found = _CUT_NAME.match(text, a, b)
        if found and start < a < start + NEAR and _BEFORE_NAME.fullmatch(text, start, a):
            content = (*attribution.content[:k], (found.end(), b), *attribution.content[k + 1 :])
            return replace(attribution, addressee=(start, found.end(1)), content=content)
    return None


def _taken_in(text: str, start: int, attribution: Attribution) -> Attribution | None:
    """ "told | friends | that she …": whom words are said to, taken for some of them."""
    pieces = attribution.content
    that = next((k for k, (a, _) in enumerate(pieces) if text.startswith("that ", a)), 0)
    if not that or pieces[0][0] != start or not _UNBROKEN.fullmatch(text, start, pieces[that][0]):
        return None
    found = _NOUN_PHRASE.match(text, start, pieces[that][0])
    return replace(attribution, addressee=_trimmed(text, found.span(1)), content=pieces[that:]) if found else None


def _asked(text: str, start: int, attribution: Attribution) -> Attribution | None:
    """ "asked | her | what time it was": whom a question is put to, taken for a part of it."""
    first, *others = attribution.content
    whom = _OBJECT.match(text, *first) if first[0] == start and others else None
    return replace(attribution, addressee=whom.span(1), content=(*others,)) if whom and whom.end() == first[1] else None


def _from_that(text: str, attribution: Attribution) -> Attribution:
    """ "told Roy | in a phone call that …": when and where is no part of what is said."""
    told, (first, *others) = attribution.addressee, attribution.content
    behind = told is not None and told[1] <= first[0] <= told[1] + 1
    found = _ADJUNCT.match(text, *first) if behind else None
    return replace(attribution, content=((found.end(), first[1]), *others)) if found else attribution


def _limit(text: str, attribution: Attribution, end: int) -> int:
    """Where to stop looking behind a cue: at its content, at the sentence's end, or after so many characters."""
    later = [start for start, _ in attribution.content if start >= end]
    limit = min([end + NEAR, *later])
    stop = _STOP.search(text, end, min(limit, len(text)))
    return stop.start() if stop else limit


def _meets(place: Range, attribution: Attribution) -> bool:
    parts = [*attribution.content, *([attribution.source] if attribution.source else [])]
    return any(start < place[1] and place[0] < end for start, end in parts)


def _marked(place: Range, attribution: Attribution) -> bool:
    return any(mark.start < place[1] and place[0] < mark.end for mark in attribution.quoted)


def _trimmed(text: str, place: Range) -> Range:
    start, end = place
    while end > start and not text[end - 1].isalnum() and text[end - 1] not in ".)":
        end -= 1
    return start, end


# --- through whom ----------------------------------------------------------------------------------------------------


def _relayed_beside(text: str, attribution: Attribution) -> Attribution:
    """`via` as the attribution itself tells it: "quoted by TASS", "in a statement from the ministry"."""
    if attribution.via or attribution.cue is None:
        return attribution
    start, end = attribution.cue
    parts = [start, *([attribution.source[0]] if attribution.source and attribution.source[0] < start else [])]
    found = _RELAYED.search(text, max(min(parts), start - NEAR), _limit(text, attribution, end))
    if not found or _meets(found.span(1), attribution):
        return attribution
    if found[0].startswith(("through", "via")) and not _is_relay(text[slice(*found.span(1))]):
        return attribution
    return replace(attribution, via=_trimmed(text, found.span(1)))


def _relayed_behind(text: str, attribution: Attribution) -> Attribution:
    """`via` is the body that closes the sentence: "Roy stressed “the need for calm,” the ministry said"."""
    source, cue, content = attribution.source, attribution.cue, attribution.content
    if attribution.via or not (source and cue and content) or max(source[1], cue[1]) > content[0][0]:
        return attribution
    end = content[-1][1]
    found = _RELAYED_BEHIND.search(text, max(0, end - 2), end + NEAR)
    if not found or found.start() > end or not _is_relay(found[1]):
        return attribution
    return replace(attribution, via=found.span(1))


def _relayed_around(text: str, attribution: Attribution, linked: Sequence[Attribution]) -> Attribution:
    """`via` is the source of the attribution around this one, where that is a body or paper, or comes as an
    afterthought: "Roy stressed the need, the ministry said"."""
    if attribution.via or attribution.within is None or attribution.cue is None:
        return attribution
    outer = linked[attribution.within]
    if outer.source is None or outer.cue is None:
        return attribution
    behind = outer.cue[0] > attribution.cue[1] and outer.source[0] > attribution.cue[1]
    if behind or _is_relay(text[outer.source[0] : outer.source[1]]):
        return replace(attribution, via=outer.source)
    return attribution


def _is_relay(phrase: str) -> bool:
    words = [word.lower().strip(".,'’") for word in phrase[:200].split()[:12]]
    relays = load_words("relays")
    return any(word in relays or word.removesuffix("s") in relays for word in words)


def _retell(text: str, linked: list[Attribution]) -> list[Attribution]:
    """A relaying source that goes on retelling: "…, the ministry said, adding that he “saw no danger”" is his speech.

    The same source must relay another in the same run of text, and its content must open with a pronoun.
    """
    relayed = {a.via for a in linked if a.via is not None}
    result = []
    for attribution in linked:
        start = attribution.content[0][0] if attribution.content else 0
        opening = _HE.match(text, start)
        if attribution.source in relayed and attribution.via is None and opening and attribution.quoted:
            attribution = replace(attribution, source=opening.span(1), via=attribution.source)
        result.append(attribution)
    return result
