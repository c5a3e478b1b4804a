"""Records → groups of the same words across articles.

Appearances with the same words and speaker are one version. The versions come longest first; each joins the group whose
longest version it agrees with best, or begins one: versions are compared with that one alone, so unrelated ones cannot
be joined by a chain, and the order of the records does not matter.
"""

from __future__ import annotations

import hashlib
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from typing import Any

from quotes.extras import TRACE
from quotes.tracing.candidates import Candidates, Vocabulary
from quotes.tracing.values import Appearance, Article, Difference, EarliestBy, Group, Kind, TraceOptions
from quotes.tracing.versions import align, differences
from quotes.tracing.who import Who, is_other, is_same, who_of
from quotes.tracing.wording import Wording, content_words, read
from quotes.types import PIECES, Range

__all__ = ["trace"]

Record = Mapping[str, Any]
DEFAULTS = TraceOptions()
ID_DIGITS = 16
NEVER = datetime.max.replace(tzinfo=UTC)


def trace(records: Iterable[Record], options: TraceOptions = DEFAULTS) -> list[Group]:
    """The groups of JSON records as `quotes extract` writes them: those that differ most gravely first, then those of
    most articles. Each record is in one group at most. Raises MissingExtraError.

    The order of the records matters only where dates of publication do not tell which article is the earliest.
    """
    TRACE.require("rapidfuzz")
    versions = _versions(_said(records, options), options)
    groups = (_group(members) for members in _clusters(versions, options) if _articles(members) >= options.articles)
    return sorted(groups, key=_rank)


def _rank(group: Group) -> tuple[int, int, str, str]:
    gravest = list(Kind).index(group.kinds[0]) if group.kinds else len(Kind)
    return gravest, -group.articles, group.text, group.id


# --- records → appearances -------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Said:
    """An appearance, and what comparing it takes."""

    appearance: Appearance
    pieces: tuple[str, ...]
    who: Who
    reported: frozenset[str] = frozenset()  # words of the content outside the marks
    outer: bool = False  # somebody else's words stand inside

    @property
    def wording(self) -> Wording:
        return read(self.pieces)


def _said(records: Iterable[Record], options: TraceOptions) -> list[_Said]:
    """One appearance for each place in a text, however many articles have that very text."""
    found: dict[tuple[str, tuple[Range, ...]], list[_Said]] = defaultdict(list)
    outer = set()
    for number, record in enumerate(records):
        if record.get("within"):
            outer.add((_text_id(record), record["within"]))
        if record["type"] in options.types:
            place = tuple((span["start"], span["end"]) for span in record["spans"])
            found[_text_id(record), place].append(_one(record, number))
    return [_with_copies(text_id, same, outer) for (text_id, _), same in found.items()]


def _text_id(record: Record) -> str:
    document = record["document"]
    return str(document.get("sha256") or document["id"])


def _one(record: Record, number: int) -> _Said:
    speaker, document = record.get("speaker") or {}, record["document"]
    pieces = tuple(span["text"] for span in record["spans"])
    appearance = Appearance(
        record=record["id"],
        text=PIECES.join(pieces),
        speaker=speaker.get("name"),
        speaker_id=speaker.get("id"),
        article=Article(document["id"], *(document.get(key) for key in ("path", "title", "published", "url"))),
        sha256=document.get("sha256") or "",
        number=number,
    )
    return _Said(appearance, pieces, who_of(speaker), _reported(record, pieces))


def _reported(record: Record, pieces: tuple[str, ...]) -> frozenset[str]:
    if record["type"] != "mixed":
        return frozenset()
    content = read(tuple(span["text"] for span in record["content"]["spans"]))
    return frozenset(Counter(content.words) - Counter(read(pieces).words))


def _with_copies(text_id: str, same: list[_Said], outer: set[tuple[str, str]]) -> _Said:
    """The earliest of those that stand in the same place of the same text; the others are its copies."""
    first, *rest = _in_time(same)
    others = dict.fromkeys(said.appearance.article for said in rest)
    copies = tuple(article for article in others if article != first.appearance.article)
    holds = any((text_id, said.appearance.record) in outer for said in same)
    return replace(first, appearance=replace(first.appearance, copies=copies), outer=holds)


# --- appearances → versions → clusters -------------------------------------------------------------------------------


@dataclass(slots=True)
class _Version:
    """The appearances of the same words by the same speaker."""

    words: tuple[str, ...]
    who: Who
    said: list[_Said] = field(default_factory=list)

    @property
    def outer(self) -> bool:
        return any(said.outer for said in self.said)


def _versions(appearances: Iterable[_Said], options: TraceOptions) -> list[_Version]:
    """The longest first; of the same words, those of a known speaker. Those too short to be told by their words are
    left out."""
    found: dict[tuple[tuple[str, ...], Who], _Version] = {}
    for said in appearances:
        words = said.wording.words
        version = found.setdefault((words, said.who), _Version(words, said.who))
        version.said.append(said)
    for version in found.values():
        version.said.sort(key=lambda said: (said.appearance.sha256, said.appearance.text, said.appearance.record))
    telling = (version for version in found.values() if _tells(version, options))
    return sorted(telling, key=lambda v: (-len(v.words), v.words, not v.who.known, v.who))


def _tells(version: _Version, options: TraceOptions) -> bool:
    needed = options.same_speaker_words if version.who.known else options.unknown_speaker_words
    return len(set(content_words(version.words))) >= needed


def _clusters(versions: Sequence[_Version], options: TraceOptions) -> list[list[_Version]]:
    vocabulary = Vocabulary()
    links = [vocabulary.links(version.words) for version in versions]
    candidates = Candidates(links, many=sum(len(v.said) for v in versions) > options.exact_up_to)
    clusters: dict[int, list[_Version]] = {}
    for number, version in enumerate(versions):
        leader = _best(version, number, candidates.find(number), versions, options)
        if leader is None:
            clusters[number] = [version]
            candidates.add(number)
        else:
            clusters[leader].append(version)
    return list(clusters.values())


def _best(
    version: _Version, number: int, leaders: Iterable[int], versions: Sequence[_Version], options: TraceOptions
) -> int | None:
    """The leader that shares most words with the version; of several, one with its speaker, then the longest."""
    scored = []
    for leader in leaders:
        score = _score(versions[leader], version, options)
        if score is not None:
            scored.append((score, -leader))
    return -max(scored)[1] if scored else None


def _score(leader: _Version, version: _Version, options: TraceOptions) -> tuple[int, bool, float] | None:
    """None where the two are no versions of one quotation."""
    same = is_same(leader.who, version.who)
    other = not same and leader.who.known and version.who.known
    if other and leader.outer and len(leader.words) > len(version.words):
        return None  # words that the leader passes on, from somebody else
    common = TRACE.require("rapidfuzz.distance.LCSseq").similarity(leader.words, version.words)
    if common < options.similarity * len(version.words) / 2:
        return None
    alignment = align(leader.said[0].wording, version.said[0].wording)
    needed = options.same_speaker_words if same else options.other_speaker_words
    if not same and not other:
        needed = options.unknown_speaker_words
    if alignment.content < needed or alignment.similarity < options.similarity:
        return None
    return alignment.common, same, alignment.similarity


def _articles(versions: Iterable[_Version]) -> int:
    return len({said.appearance.sha256 or said.appearance.article.id for version in versions for said in version.said})


# --- a cluster → a group ---------------------------------------------------------------------------------------------


def _group(versions: Sequence[_Version]) -> Group:
    """`versions` have the longest one first."""
    leader = versions[0].said[0].wording
    said = _in_time([said for version in versions for said in version.said])
    reference = _reference(said, leader)
    appearances = [_compared(said[reference], other) for other in said]
    earliest, by = _earliest([appearance.article.published for appearance in appearances])
    return Group(
        id=_id(appearances),
        appearances=tuple(appearances),
        earliest=earliest,
        earliest_by=by,
        reference=reference,
        articles=_articles(versions),
        undated=sum(_day(appearance.article.published) is None for appearance in appearances),
    )


def _reference(said: Sequence[_Said], leader: Wording) -> int:
    """The earliest that is no part of the longest and has a speaker; if need be, without a speaker."""
    whole = [k for k, one in enumerate(said) if not align(leader, one.wording).is_cut]
    return next((k for k in whole if said[k].who.known), whole[0])


def _compared(reference: _Said, said: _Said) -> Appearance:
    found = () if said is reference else differences(align(reference.wording, said.wording), said.reported)
    return replace(said.appearance, differences=(*_speaker_difference(reference, said), *found))


def _speaker_difference(reference: _Said, said: _Said) -> tuple[Difference, ...]:
    before, after = reference.appearance.speaker or "", said.appearance.speaker or ""
    if is_other(reference.who, said.who):
        return (Difference(Kind.ANOTHER_SPEAKER, before, after),)
    if reference.who.known and not said.who.known:
        return (Difference(Kind.UNATTRIBUTED, before, ""),)
    return ()


def _id(appearances: Iterable[Appearance]) -> str:
    """A hash of what the group holds."""
    key = "\n".join(sorted(f"{one.sha256} {one.record}" for one in appearances))
    return hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()[:ID_DIGITS]


# --- time ------------------------------------------------------------------------------------------------------------


def _in_time(said: Sequence[_Said]) -> list[_Said]:
    """By day; within a day by time, where all of that day tell one, else by place in the input. No date comes last."""
    dates = {one.appearance.article.published for one in said}
    vague = {_day(date) for date in dates if not _moment(date)}

    def key(one: _Said) -> tuple[date, datetime, int]:
        day, moment = _day(one.appearance.article.published), _moment(one.appearance.article.published)
        return day or date.max, NEVER if moment is None or day in vague else moment, one.appearance.number

    return sorted(said, key=key)


def _day(published: str | None) -> date | None:
    """The day in UTC where a time of day is told, else as it is written; None for what is no ISO 8601 date."""
    moment = _moment(published)
    if moment:
        return moment.date()
    try:
        return date.fromisoformat(published or "")
    except ValueError:
        return None


def _moment(published: str | None) -> datetime | None:
    """The time in UTC; one without a zone is taken as such. None for a mere date."""
    if not published or len(published) <= len("2024-04-03"):
        return None
    try:
        moment = datetime.fromisoformat(published)
    except ValueError:
        return None
    try:
        return moment.replace(tzinfo=moment.tzinfo or UTC).astimezone(UTC)
    except OverflowError:
        return None


def _earliest(published: Sequence[str | None]) -> tuple[int, EarliestBy]:
    """The index of the earliest, and how that was told. The dates are in order, those that are none last."""
    day = _day(published[0])
    if day is None:
        return 0, EarliestBy.INPUT
    same_day = [one for one in published if _day(one) == day]
    moments = [_moment(one) for one in same_day]
    if len(same_day) == 1 or (all(moments) and moments.count(moments[0]) == 1):
        return 0, EarliestBy.PUBLISHED
    return 0, EarliestBy.PUBLISHED_THEN_INPUT
