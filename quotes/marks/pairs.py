"""The marks of one paragraph → pairs: double ones, and the single ones between them and outside."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import regex

from quotes.blanks import BLANK
from quotes.marks.signs import CLOSES, EITHER, OPENS, PUNCTUATION, Mark
from quotes.types import Range
from quotes.words import any_of

__all__ = ["END", "OPEN", "SAID", "Pair", "may_open", "pair_doubles", "pair_singles", "role_of", "split"]

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
        if not pair.close and (said := _SAID_WHO.search(text, max(pair.start, pair.end - _SAID_WHO_LONGEST), pair.end)):
            pair.end = said.start()
        pair.start, pair.end = _trim(text, pair.start, pair.end)
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
    said = _last_sign(text, start, pair.open.start)
    return said in ("", ":") and _last_sign(text, pair.start, following.open.start) not in PUNCTUATION - {":"}


def _last_sign(text: str, start: int, end: int) -> str:
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
    """Pair the single marks that stand directly in `region`; `recover` those left open at its beginning or a colon."""
    if not marks:
        return []
    roles = [role_of(text, mark) for mark in marks]
    if roles[-1] == _CLOSE and marks[-1].right >= region[1]:
        roles[-1] = END  # nothing is left that a quotation could go on with
    pairs: list[Pair] = []
    stack: list[tuple[Pair, bool]] = []  # an open pair, and whether only an END may close it
    for mark, role, closed_later in zip(marks, roles, _closed_later(roles), strict=True):
        if role == OPEN or (role in (_ELISION, _EDGE) and not stack):
            pairs.append(Pair(mark, None))
            stack.append((pairs[-1], role != OPEN))
        elif not stack or role == _ELISION or (role == _POSSESSIVE and closed_later):
            continue
        elif role == END or not stack[-1][1]:
            stack.pop()[0].close = mark
            if stack:
                stack[-1] = (stack[-1][0], True)
    kept = [p for p in pairs if p.close or (recover and _may_stay_open(text, p.open, region[0]))]
    return _measured(text, kept, region)


def _closed_later(roles: Sequence[int]) -> list[bool]:
    """For each mark: is the next plain opening or closing mark a closing one?"""
    found, later = [], False
    for role in reversed(roles):
        found.append(later)
        if role in (OPEN, _CLOSE, END):
            later = role != OPEN
    return found[::-1]


def _may_stay_open(text: str, mark: Mark, start: int) -> bool:
    """Only where no apostrophe would stand: first in its region, or after "said:"."""
    if role_of(text, mark) != OPEN:
        return False
    return mark.start == start or text[max(0, mark.start - 2) : mark.start].rstrip(BLANK).endswith((":", ","))


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
