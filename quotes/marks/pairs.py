"""The marks of one paragraph → pairs: double ones, and the single ones between them and outside."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import regex

from quotes.blanks import BLANK
from quotes.marks.signs import CLOSES, EITHER, OPENS, PUNCTUATION, Mark
from quotes.types import Range
from quotes.words import any_of

__all__ = ["END", "OPEN", "SAID", "Pair", "last_sign", "may_open", "pair_doubles", "pair_singles", "role_of", "split"]

# --- double marks ----------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class Pair:
    """Marks that belong together; `close` is None where the quotation is left open."""

    open: Mark
    close: Mark | None
    start: int = 0  # what stands between them, without blanks
    end: int = 0

    @property
    def stop(self) -> int:
        return self.close.end if self.close else self.end


def pair_doubles(text: str, marks: Sequence[Mark], paragraph: Range) -> list[Pair]:
    """Pair the double marks of one paragraph: sorted, nested or disjoint."""
    if not marks:
        return []
    pairs, faults = _by_facing(text, marks)
    if faults > 1 and len(marks) % 2 == 0:
        contradicted = sum(mark.facing == (CLOSES, OPENS)[i % 2] for i, mark in enumerate(marks))
        if contradicted < faults:
            pairs = [Pair(a, b) for a, b in zip(marks[::2], marks[1::2], strict=True)]
    pairs = [p for p in pairs if p.close or may_open(p.open) or p.open.start == paragraph[0]]
    return _measured(text, pairs, paragraph)


def may_open(mark: Mark) -> bool:
    """Whether a mark without another opens by its neighbours, or by its own shape where they do not tell."""
    return mark.facing == OPENS or (mark.facing == EITHER and mark.direction == OPENS)


def _by_facing(text: str, marks: Sequence[Mark]) -> tuple[list[Pair], int]:
    """Pair marks with a stack, and count those that are left alone."""
    pairs: list[Pair] = []
    stack: list[Pair] = []
    strays = 0
    for mark, following in zip(marks, [*marks[1:], None], strict=True):
        if len(stack) < 2 and _is_inches(text, mark, following, bool(stack)):
            continue
        turn = _turn(mark, bool(stack))
        if turn == OPENS:
            stack.append(Pair(mark, None))
            pairs.append(stack[-1])
        elif turn == CLOSES and stack:
            stack.pop().close = mark
        else:
            strays += 1
    return pairs, strays + len(stack)


def _is_inches(text: str, mark: Mark, following: Mark | None, inside: bool) -> bool:
    """Is this 12" pipe? Inside a quotation, only if a closing mark is still to come."""
    if mark.direction != EITHER or not text[mark.start - 1 : mark.start].isdigit():
        return False
    return not inside or (following is not None and following.facing == CLOSES)


def _turn(mark: Mark, inside: bool) -> int:
    """Does this mark open, close or neither? Where sign and neighbours disagree, what is open already decides."""
    says = mark.direction or mark.facing
    if says != EITHER and mark.facing in (says, EITHER):
        return says
    if inside:
        return CLOSES
    return EITHER if mark.facing == CLOSES else OPENS


def _measured(text: str, pairs: Sequence[Pair], region: Range) -> list[Pair]:
    """Set what stands between the marks and drop what is empty.

    A quotation left open ends before the next one, and before the words that end its paragraph with who said it.
    """
    kept: list[Pair] = []
    for pair in reversed(pairs):
        pair.start = pair.open.end
        pair.end = pair.close.start if pair.close else region[1]
        if not pair.close and kept and not _frames(text, pair, kept[-1], region[0]):
            pair.end = kept[-1].open.start
        pair.start, pair.end = _trim(text, pair.start, pair.end)
        if not pair.close and (said := _SAID_WHO.search(text, max(pair.start, pair.end - _SAID_WHO_LONGEST), pair.end)):
            pair.start, pair.end = _trim(text, pair.start, said.start())
        if pair.start < pair.end:
            kept.append(pair)
    kept.reverse()
    return kept


SAID = any_of("quotes.marks.words", "said.txt")
_SAID_WHO = regex.compile(rf"(?<=[,?!])\s{SAID}\s\p{{Lu}}[^.!?\n]{{0,200}}\.?\Z")
_SAID_WHO_LONGEST = 210


def _frames(text: str, pair: Pair, following: Pair, start: int) -> bool:
    """Does `pair`, left open at the beginning or behind a colon, go on behind the quotation inside of it?

    So where that one has marks of another style ("Roy called it “slow” today.), and where it stands in the middle of a
    clause ('We said 'yes' to them.): words that end before the next quotation end with a stop or a comma.
    """
    if pair.open.start == start and text[start] != text[following.open.start]:
        return True
    said = last_sign(text, start, pair.open.start)
    return said in ("", ":") and last_sign(text, pair.start, following.open.start) not in PUNCTUATION - {":"}


def last_sign(text: str, start: int, end: int) -> str:
    """The last character of a range that is not blank, if there is one."""
    while end > start and text[end - 1] in BLANK:
        end -= 1
    return text[end - 1] if end > start else ""


def _trim(text: str, start: int, end: int) -> Range:
    while start < end and text[start] in BLANK:
        start += 1
    while end > start and text[end - 1] in BLANK:
        end -= 1
    return start, end


# --- single marks ----------------------------------------------------------------------------------------------------

# An apostrophe, unless a quotation that opens with it is plainly closed: '90s, '16, 'tis, 'em.
_ELIDED = regex.compile(
    rf"(?:\d0?s|\d\d(?![\d%.,-]?\d)|{any_of('quotes.marks.words', 'elisions.txt')})\b",
    regex.IGNORECASE,
)
# An apostrophe or a closing mark: Lewis' fault, droppin' names, ol' man.
_APOSTROPHE = regex.compile(r"(?<=[sxzSXZ\d]|in|\b[oO]|\b(?:ol|an|th|lil))")
_WORD_NEXT = regex.compile(r"\s++[\p{L}\p{N}]")
OPEN, _ELISION, _EDGE, _CLOSE, END, _POSSESSIVE = range(6)


def role_of(text: str, mark: Mark) -> int:
    """What a single mark may be: the apostrophes have to be told from the quotation marks.

    `END` follows punctuation, so no apostrophe stands there; `_EDGE` opens or closes as the case may be.
    """
    if mark.facing == OPENS:
        return _ELISION if mark.direction == CLOSES or _ELIDED.match(text, mark.end) else OPEN
    if mark.facing == EITHER:
        return (_EDGE, OPEN, _CLOSE)[mark.direction]
    if _APOSTROPHE.match(text, mark.start) and _WORD_NEXT.match(text, mark.end):
        return _POSSESSIVE
    return END if mark.left >= 0 and text[mark.left] in PUNCTUATION else _CLOSE


def pair_singles(text: str, marks: Sequence[Mark], region: Range, recover: bool) -> list[Pair]:
    """Pair the single marks that stand directly in `region`; `recover` those left open where a clause begins."""
    if not marks:
        return []
    roles = [role_of(text, mark) for mark in marks]
    if roles[-1] == _CLOSE and marks[-1].right >= region[1]:
        roles[-1] = END  # nothing is left that a quotation could go on with
    pairs = _paired(text, marks, roles, region)
    if recover and pairs and roles[-1] in (_POSSESSIVE, _ELISION) and _is_taken_up(text, pairs[-1], region):
        pairs[-1].close = None
    kept = [p for p in pairs if p.close or (recover and _may_stay_open(text, p.open, region[0]))]
    return _measured(text, kept, region)


@dataclass(slots=True)
class _Open:
    """A pair that is open, the role of its mark, and whether it may stay open."""

    pair: Pair
    role: int
    may_stay: bool


def _paired(text: str, marks: Sequence[Mark], roles: Sequence[int], region: Range) -> list[Pair]:
    """Pairs in the order of their opening marks, some without a closing one."""
    pairs: list[Pair] = []
    stack: list[_Open] = []
    for mark, role, closing in zip(marks, roles, _closing(roles), strict=True):
        if role == OPEN or (role in (_ELISION, _EDGE) and not stack):
            pairs.append(Pair(mark, None))
            stack.append(_Open(pairs[-1], role, _may_stay_open(text, mark, region[0])))
        elif stack and _closes(text, stack, mark, role, closing):
            stack.pop().pair.close = mark
            if stack:
                stack[-1].role = _EDGE
    return pairs


def _closes(text: str, stack: Sequence[_Open], mark: Mark, role: int, closing: int) -> bool:
    """Whether `mark` closes the innermost pair that is open, with so many plain closing marks to come."""
    if role == _POSSESSIVE:  # an apostrophe, as long as enough is left for what is open
        needed = 1 + sum(one.may_stay for one in stack[-3:-1])
        return closing < needed and stack[-1].role == OPEN
    if role == END or stack[-1].role == OPEN:
        return role != _ELISION
    return role == _CLOSE and _is_no_elision(text, stack, mark)


def _closing(roles: Sequence[int]) -> list[int]:
    """For each mark: how many plain closing marks come before the next plain opening one."""
    found, closing = [], 0
    for role in reversed(roles):
        found.append(closing)
        if role in (OPEN, _CLOSE, END):
            closing = 0 if role == OPEN else closing + 1
    return found[::-1]


def _is_no_elision(text: str, stack: Sequence[_Open], mark: Mark) -> bool:
    """Whether what looked like 'cause or '50 opens words that `mark` closes: 'cause for hope', '50 Cent'."""
    first = stack[0]
    if len(stack) > 1 or first.role != _ELISION or _APOSTROPHE.match(text, mark.start):
        return False
    return _ELIDED.fullmatch(text, first.pair.open.end, mark.start) is None


_TAKES_UP = regex.compile(r"\s*\n\s*['‘](?=[\p{L}\p{N}\[(])")
_OWN_NOTHING = regex.compile(rf"\s{any_of('quotes.marks.words', 'own_nothing.txt')}\b", regex.IGNORECASE)
_SAID_LATER = regex.compile(rf"[,:]?\s{SAID}\b")


def _is_taken_up(text: str, pair: Pair, region: Range) -> bool:
    """Whether the last mark of a paragraph that closes `pair` is an apostrophe ('The boys' bikes were stolen.), for the
    next paragraph goes on with the quotation, as this one began."""
    close = pair.close
    if close is None or role_of(text, close) != _POSSESSIVE or not _may_stay_open(text, pair.open, region[0]):
        return False
    inside = text[pair.open.end : close.start].split()
    titled = all(word[0].isupper() for word in inside if len(word) > 3)
    ends = text[region[1] - 1] in ".?!…" and not _SAID_LATER.search(text, close.end, region[1])
    goes_on = ends and not _OWN_NOTHING.match(text, close.end)
    return goes_on and len(inside) > 1 and not titled and _TAKES_UP.match(text, region[1]) is not None


def _may_stay_open(text: str, mark: Mark, start: int) -> bool:
    """Only where no apostrophe would stand: first in its region, or behind a sign that ends a clause."""
    return role_of(text, mark) == OPEN and (mark.start == start or last_sign(text, start, mark.start) in PUNCTUATION)


def split(marks: Iterable[Mark], doubles: Sequence[Pair]) -> list[list[Mark]]:
    """Sort single marks by the innermost double marks around them: a list for each pair, the last for those outside."""
    inside: list[list[Mark]] = [[] for _ in range(len(doubles) + 1)]
    around, following = [-1], 0
    for mark in marks:
        while following < len(doubles) and doubles[following].open.start <= mark.start:
            around.append(following)
            following += 1
        while around[-1] >= 0 and doubles[around[-1]].stop <= mark.start:
            around.pop()
        inside[around[-1]].append(mark)
    return inside
