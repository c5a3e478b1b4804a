"""Where a claim's words come from → a label, and what differs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import cache
from itertools import pairwise

import regex

from quotes.checking.index import Index, Said
from quotes.checking.placing import Placed, Placing, View, place
from quotes.checking.values import Change, CheckOptions, Claim, Difference, Finding, Label, Piece
from quotes.speakers.names import SMALL, key_of
from quotes.tracing.values import Difference as Traced
from quotes.tracing.values import Kind
from quotes.tracing.versions import differences
from quotes.tracing.who import Who, is_other, is_same
from quotes.tracing.wording import content_words, hedges, negations, read
from quotes.types import Range, Span
from quotes.words import read_words

__all__ = ["check"]

DEFAULTS = CheckOptions()
CLEAR, MANY = 0.8, 4  # similarity, and words in common, from which on one content word is enough
LEAD = 3  # words directly before a claim in which a "not" or "perhaps" governs it
AROUND = 40  # characters around a place in which signs of the claim stand that belong to none of its words
SPOKEN = 0.3  # share of a place between marks from which on it is speech, whatever became of a mark
SKIPPED = 12  # words that may be left out without an ellipsis and count as altered, not as joined from places apart
_LISTS = "quotes.checking.words"
_KINDS = {
    Kind.NEGATION: Change.NEGATION,
    Kind.DROPPED_QUALIFIER: Change.QUALIFIER,
    Kind.ADDED_QUALIFIER: Change.QUALIFIER,
    Kind.INSERTION: Change.INSERTION,
}
_WORD = regex.compile(r"\w+")
_EDGES = regex.compile(r"^[\W_]+|[\W_]+$")


def check(index: Index, claim: Claim, options: CheckOptions = DEFAULTS) -> Finding:
    """What the sources of the index say to a claim. Raises MissingExtraError."""
    placing = place(index, claim, options)
    if not placing.placed:
        return _reported(claim, placing, options) or Finding(claim, Label.NOT_FOUND)
    return _Judge(claim, placing, options).finding()


class _Judge:
    """Everything that is asked of one claim, whose words stand somewhere."""

    def __init__(self, claim: Claim, placing: Placing, options: CheckOptions):
        self.claim, self.options = claim, options
        self.placing, self.placed, self.wording = placing, placing.placed, placing.wording
        self.similarity = _similarity(placing)
        self.records = [_innermost(one) for one in self.placed]

    def finding(self) -> Finding:
        """The label, the gravest that fits."""
        inner = [difference for one in self.placed for difference in _inside(self.claim, one)]
        inner += [Difference(Change.WORDS, Span(0, 0, ""), self._claimed(*place)) for place in self.placing.lost]
        cuts, turned = self._cuts()
        joins, apart, skipped = self._joins()
        found = [*inner, *joins, *cuts]
        altered = turned or skipped or any(one.what is not Change.INSERTION for one in inner)
        if self.similarity < self.options.similarity or not self._tells(altered):
            return _reported(self.claim, self.placing, self.options) or self._result(Label.NOT_FOUND, ())
        if any(map(_is_reported, self.placed, self.records)):
            return self._result(Label.PARAPHRASE_ONLY, [*inner, *joins])
        same = self._same_speaker()
        if same is False or (same is None and self.claim.speaker):
            found.append(self._speakers(Change.SPEAKER if same is False else Change.UNTOLD))
        if apart:
            return self._result(Label.STITCHED, found, same)
        if altered:
            return self._result(Label.ALTERED, found, same)
        if same is False:
            return self._result(Label.OTHER_SPEAKER, found, same)
        plain = not inner and not joins and self._is_verbatim()
        return self._result(Label.VERBATIM if plain else Label.TYPOGRAPHIC, found, same)

    def _result(self, label: Label, found: Iterable[Difference], same: bool | None = None) -> Finding:
        pieces = () if label is Label.NOT_FOUND else tuple(map(self._piece, self.placed, self.records))
        return Finding(self.claim, label, pieces, tuple(found), same, round(self.similarity, 4))

    def _piece(self, one: Placed, said: Said | None) -> Piece:
        claimed = self._claimed(one.first, one.last)
        name, record = (said.speaker, said.id) if said else (None, None)
        return Piece(one.view.text.source, _source(one.view, one.bounds), claimed, one.view.quoted, name, record)

    def _claimed(self, first: int, last: int) -> Span:
        return _span(self.wording.text, self.wording.range(first, last))

    def _tells(self, altered: bool) -> bool:
        """Whether the words in common tell that these are the claimed ones: all of them do, else some content words."""
        if not altered:
            return True
        content = sum(one.alignment.content for one in self.placed)
        if self.similarity >= CLEAR and sum(one.alignment.common for one in self.placed) >= MANY:
            return content > 0
        return content >= (2 if self._same_speaker() else 3)

    # --- wording

    def _is_verbatim(self) -> bool:
        """Sign for sign, but for marks and stops at the edges, which are the writer's."""
        wanted = [_bare(piece) for piece in self.claim.pieces]
        (start, _), (_, end), text = self.placed[0].bounds, self.placed[-1].bounds, self.placed[0].view.text
        runs = [*self._all_runs()]
        return (
            wanted[0] == _bare(" ".join(runs))
            or [_bare(run) for run in runs] == wanted
            or (len(wanted) == 1 and wanted[0] in _around(text.text, start, end))
        )

    def _all_runs(self) -> Iterator[str]:
        return (run for one in self.placed for run in self._runs(one))

    def _runs(self, one: Placed) -> list[str]:
        """The source's words, without what its writer says between two of its pieces."""
        (start, end), text = one.bounds, one.view.text
        if not one.view.quoted:
            return [text.text[start:end]]
        inside = ((max(a, start), min(b, end)) for a, b in text.quoted if a < end and b > start)
        return [text.text[a:b].strip() for a, b in inside]

    # --- edges

    def _cuts(self) -> tuple[list[Difference], bool]:
        """What is cut off the sentences at both edges of a piece, and whether that turns or limits them."""
        found, turned = [], False
        for one in self.placed:
            before, after = _broken(one)
            before = before if one is self.placed[0] else (0, 0)
            after = after if one is self.placed[-1] else (0, 0)
            for words in filter(lambda words: words[0] < words[1], (before, after)):
                span = _source(one.view, one.view.range(*words))
                found.append(Difference(Change.CUT, span, Span(0, 0, "")))
            if half := _halved(one.view, after):
                found.append(half)
            what = _governing(one.view, before)
            if what:
                span = _source(one.view, one.view.range(max(before[0], before[1] - LEAD), before[1]))
                found.append(Difference(what, span, Span(0, 0, "")))
            turned = turned or bool(what or half) or _is_limited(one.view, after)
        return found, turned

    # --- pieces

    def _joins(self) -> tuple[list[Difference], bool, bool]:
        """What stands between neighbouring pieces; whether they are apart, and whether words between them were skipped
        without an ellipsis."""
        found, apart, skipped = [], False, False
        for one, other in pairwise(self.placed):
            marked = self._is_marked(one.last, other.first)
            between = _between(one, other)
            if between is None or self._changes_hands(one, other):
                apart = True
                found.append(Difference(Change.JOIN, Span(0, 0, ""), self._claimed(one.last - 1, other.first + 1)))
                continue
            dropped, weight = between
            size = len(read((dropped.text,)).words) if dropped.text else 0
            if marked and (size or self._is_ours(one, other)):
                found.append(Difference(Change.ELLIPSIS, dropped, Span(0, 0, "")))
                apart = apart or weight or size > self.options.dropped
            elif not marked and (size > SKIPPED or _narrated(one, other) > self.options.between):
                apart = True
                found.append(Difference(Change.JOIN, dropped, self._claimed(one.last - 1, other.first + 1)))
            elif not marked and size:
                skipped = True
                found.append(Difference(Change.WORDS, dropped, Span(0, 0, "")))
        return found, apart, skipped

    def _is_marked(self, last: int, first: int) -> bool:
        """Whether the claim breaks off between two of its words."""
        if any(last <= gap <= first for gap in self.wording.gaps):
            return True
        start, end = self.wording.ranges[last - 1][1], self.wording.ranges[first][0]
        return len(self.claim.pieces) > 1 and "…" in self.wording.text[start:end]

    def _is_ours(self, one: Placed, other: Placed) -> bool:
        """Whether an ellipsis is the claim's own, and none that the source has as well."""
        between = one.view.text.text[one.bounds[1] : other.bounds[0]]
        return len(self.claim.pieces) == 1 and not regex.search(r"…|\.\s?\.", between)

    def _changes_hands(self, one: Placed, other: Placed) -> bool:
        first, second = _innermost(one), _innermost(other)
        return bool(first and second) and is_other(first.who, second.who)  # type: ignore[union-attr]

    # --- who

    def _same_speaker(self) -> bool | None:
        """Whether the claimed speaker says it in the source; None where nobody can tell."""
        told = [self._is_speaker(one, said) for one, said in zip(self.placed, self.records, strict=True)]
        return False if False in told else True if True in told else None

    def _is_speaker(self, one: Placed, said: Said | None) -> bool | None:
        claim, text = self.claim, one.view.text
        if not claim.who.known:
            return None
        around = [other for other in text.near(*one.bounds) if other.type != "indirect"]
        if any(_is_one(claim, who, name) for other in around for who, name in other.names):
            return True
        if not text.names(claim.who):
            return False if text.printed else None
        if said is None or said.sure < self.options.sure:
            return None
        if not is_other(claim.who, said.who) or _is_short(said.speaker, claim.speaker):
            return None
        return False if text.tells_apart(claim.who, said.who) or not _fits(claim, said) else None

    def _speakers(self, what: Change) -> Difference:
        name = next((said.speaker for said in self.records if said and said.speaker), None) or ""
        return Difference(what, Span(0, 0, name), Span(0, 0, self.claim.speaker or ""))


def _is_one(claim: Claim, who: Who, name: str | None) -> bool:
    """Whether a speaker of the source may be the claimed one; "Justice Department" is the Department of Justice."""
    words = [set(key_of(one or "")) - SMALL for one in (claim.speaker, name)]
    return is_same(claim.who, who) or bool(words[0] and words[0] == words[1])


def _fits(claim: Claim, said: Said) -> bool:
    """Whether they may be the claimed one all the same: "Roy" at the quotation may be another Roy, "she" another of her
    name, and a body speaks through people."""
    who = claim.who
    if who.kind == "person" != said.who.kind:
        return True
    mention = key_of(said.mention)
    fitting = set(mention) if said.named else set(said.who.name[-1:])
    return bool(who.name) and (fitting <= set(who.name) if said.named else who.name[-1] in fitting)


def _is_short(one: str | None, other: str | None) -> bool:
    """Whether one of two names may stand for the other as "DOJ" does for the Justice Department: it is a word that has
    the other's initials, in any order, and a letter more at most."""
    short, long = sorted((key_of(one or ""), key_of(other or "")), key=len)
    letters, initials = Counter("".join(short)), Counter(word[0] for word in long if word not in SMALL)
    return len(short) == 1 and len(initials) > 1 and initials <= letters and (letters - initials).total() <= 1


# --- words -----------------------------------------------------------------------------------------------------------


def _similarity(placing: Placing) -> float:
    common = sum(one.alignment.common for one in placing.placed)
    changed = sum(change.size for one in placing.placed for change in one.alignment.changes if not change.cut)
    changed += sum(last - first for first, last in placing.lost)
    return 2 * common / (2 * common + changed) if common else 0.0


def _inside(claim: Claim, one: Placed) -> Iterator[Difference]:
    """What differs inside a piece, its edges aside."""
    whole = replace(one.alignment, changes=tuple(change for change in one.alignment.changes if not change.cut))
    for traced in differences(whole):
        if traced.kind is Kind.INSERTION and not traced.before:
            if traced.after in _around(one.view.text.text, *one.bounds):
                continue  # the source has it as well
            yield Difference(Change.INSERTION, Span(0, 0, ""), _span(one.alignment.after.text, traced.after_range))
            continue
        start, end = traced.before_range
        source = Span(one.view.base + start, one.view.base + end, traced.before)
        yield Difference(_what(traced, one), source, Span(*traced.after_range, traced.after))


def _around(text: str, start: int, end: int) -> str:
    return text[max(0, start - AROUND) : end + AROUND]


def _what(traced: Traced, one: Placed) -> Change:
    if traced.kind in _KINDS:
        return _KINDS[traced.kind]
    if _numbers(traced.before) != _numbers(traced.after):
        return Change.NUMBER
    before, after = one.view.wording.text, one.alignment.after.text
    if _names(before, traced.before_range) != _names(after, traced.after_range):
        return Change.NAME
    return Change.WORDS


def _numbers(text: str) -> list[str]:
    known = read_words(_LISTS, "numbers.txt")
    return [word for word in read((text,)).words if any(c.isdigit() for c in word) or word in known]


def _names(text: str, place: Range) -> list[str]:
    """Capitalised words that do not begin a sentence."""
    start, end = place
    words = (match for match in _WORD.finditer(text, start, end) if match[0][0].isupper() and match[0] != "I")
    return [match[0] for match in words if not _begins(text, match.start())]


def _begins(text: str, place: int) -> bool:
    before = text[:place].rstrip(" \n\t\"'“”‘’([")
    return not before or before[-1] in ".!?:…"


@cache
def _conditions() -> frozenset[str]:
    return read_words(_LISTS, "conditions.txt")


# --- sentences -------------------------------------------------------------------------------------------------------


def _broken(one: Placed) -> tuple[Range, Range]:
    """The words of the first sentence before a piece, and those of its last behind it, as numbers of the view's."""
    (first, last), ends = one.words, one.view.wording.ends
    before = first
    while before > 0 and not ends[before - 1]:
        before -= 1
    after = last
    if last > 0 and not ends[last - 1]:
        while after < len(ends) and not ends[after]:
            after += 1
        after = min(after + 1, len(ends))
    return (before, first), (last, after)


def _governing(view: View, before: Range) -> Change | None:
    """Whether the words directly before a piece turn it or make it less sure: “Not all votes count” is not “all votes
    count”."""
    near = view.wording.words[max(before[0], before[1] - LEAD) : before[1]]
    if negations(near):
        return Change.NEGATION
    return Change.QUALIFIER if any(True for _ in hedges(near)) else None


def _halved(view: View, after: Range) -> Difference | None:
    """What a piece leaves of a word that stands for two: "does" of “doesn't”."""
    first, last = after
    if not 0 < first < last or view.wording.ranges[first - 1] != view.wording.ranges[first]:
        return None
    what = Change.NEGATION if negations(view.wording.words[first : first + 1]) else Change.WORDS
    return Difference(what, _source(view, view.range(first, first + 1)), Span(0, 0, ""))


def _is_limited(view: View, after: Range) -> bool:
    words = view.wording.words[slice(*after)][:3]
    return bool(words) and any(word in _conditions() for word in words[: 1 + (words[0] in ("but", "and", "only"))])


def _between(one: Placed, other: Placed) -> tuple[Span, bool] | None:
    """The words between two pieces of one source, those of its writer left out, and whether they weigh; None where the
    pieces are of two sources, or stand the other way round."""
    text, (start, end) = one.view.text, (one.bounds[1], other.bounds[0])
    if text.source.sha256 != other.view.text.source.sha256 or end < start:
        return None
    runs = [(start, end)]
    if one.view.quoted and other.view.quoted:
        runs = [(max(a, start), min(b, end)) for a, b in text.quoted if a < end and b > start]
    runs = [run for run in runs if _WORD.search(text.text, *run)]
    if not runs:
        return Span(start, start, ""), False
    dropped = Span(runs[0][0], runs[-1][1], " ".join(text.text[a:b].strip() for a, b in runs))
    return dropped, _weighs(dropped.text)


def _weighs(dropped: str) -> bool:
    """Whether what an ellipsis leaves out turns or limits the sentence that it breaks: whole sentences do not."""
    wording = read((dropped,))
    ends = [0, *(k + 1 for k, end in enumerate(wording.ends) if end)]
    broken = [*wording.words[ends[-1] :]] if len(ends) == 1 else [*wording.words[: ends[1]], *wording.words[ends[-1] :]]
    return bool(negations(broken)) or any(True for _ in hedges(broken)) or any(word in _conditions() for word in broken)


def _narrated(one: Placed, other: Placed) -> int:
    between = one.view.text.text[one.bounds[1] : other.bounds[0]]
    return len(_WORD.findall(between))


def _bare(text: str) -> str:
    return _EDGES.sub("", text)


def _quoted_share(one: Placed) -> float:
    return 1.0 if one.view.quoted else _held(one.view.text.quoted, one.bounds)


def _is_reported(one: Placed, said: Said | None) -> bool:
    """Whether the source has it in its own words: outside the marks of a text that prints speech between marks, or as
    what it reports of somebody."""
    if _quoted_share(one) >= SPOKEN:
        return False
    return one.view.text.printed or bool(said and said.speaker and _shared(said, one) >= CLEAR)


# --- sources ---------------------------------------------------------------------------------------------------------


def _innermost(one: Placed) -> Said | None:
    """The record that says a piece: of those that hold most of it, the narrowest."""
    near = [said for said in one.view.text.near(*one.bounds) if one.view.quoted == (said.type != "indirect")]
    return max(near, key=lambda said: (_shared(said, one), said.bounds[0] - said.bounds[1]), default=None)


def _shared(said: Said, one: Placed) -> float:
    """The share of a piece that a record holds."""
    return _held(said.spans if one.view.quoted else said.content, one.bounds)


def _held(ranges: Iterable[Range], place: Range) -> float:
    """The share of a place that ranges hold, which do not overlap."""
    start, end = place
    return sum(max(0, min(end, b) - max(start, a)) for a, b in ranges) / max(1, end - start)


def _source(view: View, place: Range) -> Span:
    return _span(view.text.text, place)


def _span(text: str, place: Range) -> Span:
    return Span(*place, text[slice(*place)])


# --- reported speech -------------------------------------------------------------------------------------------------


def _reported(claim: Claim, placing: Placing, options: CheckOptions) -> Finding | None:
    """The reported speech that holds most of the claim's content words, where that is enough."""
    wanted = _stems(placing.wording.words)
    if len(wanted) < 2:
        return None
    scored = [(_share(wanted, view, said), view, said) for view, said in _indirect(placing.views)]
    scored = [one for one in scored if one[0] >= options.reported]
    if not scored:
        return None
    share, view, said = max(scored, key=lambda one: (one[0], is_same(claim.who, one[2].who)))
    text, whole = view.text, Span(0, len(claim.text), claim.text)
    piece = Piece(text.source, _span(text.text, said.bounds), whole, False, said.speaker, said.id)
    return Finding(claim, Label.PARAPHRASE_ONLY, (piece,), (), _same(claim.who, said.who), round(share, 4))


def _indirect(views: Iterable[View]) -> Iterator[tuple[View, Said]]:
    for view in views:
        if not view.quoted:
            near = view.text.near(view.base, view.base + len(view.wording.text))
            yield from ((view, said) for said in near if said.type != "direct")


def _share(wanted: frozenset[str], view: View, said: Said) -> float:
    held = _stems(read(tuple(view.text.text[a:b] for a, b in said.content)).words)
    common = len(wanted & held)
    return common / len(wanted) if common >= min(3, len(wanted)) else 0.0


def _stems(words: Iterable[str]) -> frozenset[str]:
    """Content words without the endings that tense and number give them."""
    return frozenset(_ENDING.sub("", word) for word in content_words(list(words)))


_ENDING = regex.compile(r"(?<=\p{L}{3})(?:'s|ing|ed|es|s|e)$")


def _same(claimed: Who, found: Who) -> bool | None:
    return is_same(claimed, found) if claimed.known and found.known else None
