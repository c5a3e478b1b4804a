"""Text → paragraphs → paired quotation marks: pure functions, linear in the length of the text, that never raise.

Three looks at the marks, each simpler for the one before it:

1. one regular expression lists the candidates, and their neighbours say which way each faces (`_scan`);
2. double marks of every style are one class, paired paragraph by paragraph with a stack (`_pair_doubles`);
3. single marks, most of which are apostrophes, are paired among those that stand between the same double marks
   (`_pair_singles`), so that the two classes never cross.

Offsets are code points into the text, end-exclusive.
"""

from __future__ import annotations

import html
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

import regex

from quotes.blanks import BLANK, NEWLINES, SPACES, ZERO_WIDTH
from quotes.types import MarkedSpan, Range

__all__ = ["canonical", "find_marks", "paragraphs"]

# --- paragraphs ------------------------------------------------------------------------------------------------------

_LINE = regex.compile(rf"[^{NEWLINES}]++")
_NEWLINE = regex.compile(rf"\r\n|[{NEWLINES}]")
_PAGE = frozenset("\f\u2029")
_SENTENCE_END = regex.compile(r"[.!?…:;][\"')\]\p{Pf}*_]*+\Z")
_ITEM = regex.compile(r"[-*•–—>|+]\s|\d{1,3}[.)]\s|[#|]")
_LOWERCASE = regex.compile(r"(?!by\b|via\b|https?:|www\.)\p{Ll}")
# Words that end no paragraph (a heading at most, so the line must be longer than one): a page ended there.
_DANGLING = regex.compile(r"\b(?:the|an?|of|to|with|in|at|by|for|from|and|or|that|than|into|his|her|their|its)\Z")
_LONGEST_HEADING = 60
_WIDEST_WRAP = 130
_NARROWEST_WRAP = 35


def paragraphs(text: str) -> list[Range]:
    """Cut `text` into paragraphs: sorted, disjoint ranges without blank edges that cover all that is not blank.

    A blank line ends a paragraph, unless it breaks a sentence in two (a page break). A single newline ends one where
    the lines of the text are whole paragraphs, not where they are wrapped at a column.
    """
    lines = list(_lines(text))
    gaps = [_newlines(text[a[1] : b[0]]) for a, b in pairwise(lines)]
    width = _wrap_width(text, lines, gaps)
    found = lines[:1]
    for line, following, gap in zip(lines, lines[1:], gaps, strict=False):
        if _runs_on(text, line, following, gap, width):
            found[-1] = (found[-1][0], following[1])
        else:
            found.append(following)
    return found


def _lines(text: str) -> Iterator[Range]:
    """The lines that are not blank, without their blank edges."""
    for match in _LINE.finditer(text):
        line = match.group()
        if body := line.strip(BLANK):
            start = match.start() + len(line) - len(line.lstrip(BLANK))
            yield start, start + len(body)


def _newlines(gap: str) -> int:
    """How many newlines stand between two lines: two or more make a blank line, and a page break counts as two."""
    return 2 if _PAGE.intersection(gap) else len(_NEWLINE.findall(gap))


def _wrap_width(text: str, lines: Sequence[Range], gaps: Sequence[int]) -> int:
    """The column at which the text is wrapped, 0 where each line is a paragraph."""
    soft = [pair for pair, gap in zip(pairwise(lines), gaps, strict=False) if gap == 1]
    if not soft:
        return 0
    widths = sorted(end - start for start, end in lines)
    width = widths[(len(widths) - 1) * 19 // 20]
    if not _NARROWEST_WRAP <= width <= _WIDEST_WRAP:
        return 0
    full = sum(_is_full(text, line, following, width) for line, following in soft)
    return width if 2 * full >= len(soft) else 0


def _is_full(text: str, line: Range, following: Range, width: int) -> bool:
    """Had this line no room for the first word of the next one? (A tenth of the width is allowed for ragged edges.)"""
    space = text.find(" ", *following)
    word = (space if space >= 0 else following[1]) - following[0]
    return line[1] - line[0] + 1 + word > 0.9 * width


def _runs_on(text: str, line: Range, following: Range, newlines: int, width: int) -> bool:
    """Does the paragraph of `line` go on in the line after it?"""
    length = line[1] - line[0]
    tail, head = text[max(line[0], line[1] - 20) : line[1]], text[following[0] : following[0] + 8]
    if _ITEM.match(head):
        return False
    ends = _SENTENCE_END.search(tail) is not None
    if not ends and (_LOWERCASE.match(head) or (length > _LONGEST_HEADING and _DANGLING.search(tail))):
        return True
    if newlines > 1 or not width:
        return False
    return _is_full(text, line, following, width) or (not ends and length > 0.6 * width)


# --- candidates ------------------------------------------------------------------------------------------------------

_OPENS, _EITHER, _CLOSES = 1, 0, -1
_DIRECTION = dict.fromkeys([*"“„‟«〝‘‚‛‹`", "``", ",,", "‚‚", "‘‘"], _OPENS)
_DIRECTION |= dict.fromkeys([*"”»〞’›´", "’’", "´´"], _CLOSES)
_SINGLE = "'’‘‚‛‹›`´"
_DOUBLE = '"“”„‟«»〝〞＂'
_CANDIDATE = regex.compile(
    rf"""
      (?P<none>  # looks like marks and is none: markup, rulers, don''t, rock 'n' roll, the feet of 6' 2"
        <[A-Za-z][\w-]*+(?:\s++[\w:-]++(?:=(?:"[^"<>]*+"|'[^'<>]*+'|[^\s"'<>]++))?+)*+\s*+/?+>
      | \]\([^()\s]*+[ ]"[^"\n]*+"\)
      | [{_DOUBLE}{_SINGLE}]{{7,}}+ | ,{{3,}}+
      | (?<=\p{{L}})''(?=(?:t|s|re|ve|ll|d|m)\b)
      | ['’‘]n['’](?!\w)
      | (?<=\d)['’](?=\s?\d{{1,2}}(?:["”″]|''|’’))
      )
    | (?P<double> ''(?!')|''(?='')|''(?='\w) | ‘‘ | ’’ | `` | ´´ | [{_DOUBLE}]
      | (?<![^\s(\[{ZERO_WIDTH}])(?:,,|‚‚)(?=[^\s,‚]) )
    | (?P<single> (?<![\p{{L}}\p{{N}}])[{_SINGLE}](?!(?<=\S.)s\b) | [{_SINGLE}](?![\p{{L}}\p{{N}}]) )
    | (?P<entity>
        &(?:amp;)?+(?:[lrb]dquo|[lr]squo|sbquo|[lr]s?aquo|quot|apos
          |\#0*+(?:34|39|171|187|82(?:1[6-9]|2[0-2]|49|50))|\#[xX]0*+(?:2[27]|[aAbB][bB]|20(?:1[89a-eA-E]|39|3[aA])));
      )
    """,
    regex.VERBOSE,
)
# An apostrophe, unless a quotation that opens with it is plainly closed: '90s, '16, 'tis, 'em.
_ELIDED = regex.compile(
    r"(?:\d0?s|\d\d(?![\d%.,-]?\d)|tis|twas|twere|em|til|till|cause|cuz|bout|cept|round|neath|gainst|nuff|kay)\b",
    regex.IGNORECASE,
)
# An apostrophe or a closing mark: Lewis' fault, droppin' names, ol' man.
_APOSTROPHE = regex.compile(r"(?<=[sxzSXZ\d]|in|\b[oO]|\b(?:ol|an|th|lil))")
_WORD_NEXT = regex.compile(r"\s++[\p{L}\p{N}]")
_PUNCTUATION = frozenset(".,;:!?…")
_LEFT = dict.fromkeys(BLANK, 3) | dict.fromkeys("([{<>", 2) | dict.fromkeys("-–—―/…", 1)
_RIGHT = dict.fromkeys(BLANK, 3) | dict.fromkeys(".,;:!?)]}<", 2) | dict.fromkeys("-–—―/…", 1)
_INVISIBLE = frozenset(ZERO_WIDTH + "\u00ad")


@dataclass(slots=True)
class _Mark:
    """A candidate. `left` and `right` are the places of its nearest neighbours that are neither marks nor invisible."""

    start: int
    end: int
    single: bool
    direction: int  # what the character itself says
    left: int
    right: int
    facing: int = _EITHER  # what the neighbours say


def _scan(text: str) -> list[_Mark]:
    """List the candidates of the whole text, each with the way it faces."""
    marks: list[_Mark] = []
    for match in _CANDIDATE.finditer(text):
        kind = match.lastgroup
        if kind == "none":
            continue
        start, end = match.span()
        sign = match.group()
        if kind == "entity":
            sign = html.unescape(html.unescape(sign))
            if sign in _SINGLE and text[start - 1 : start].isalnum() and text[end : end + 1].isalnum():
                continue
        marks.append(_Mark(start, end, sign in _SINGLE, _DIRECTION.get(sign, _EITHER), start - 1, end))
    _look_around(text, marks)
    return marks


def _look_around(text: str, marks: list[_Mark]) -> None:
    """Set the neighbours and the facing of each mark; marks that touch share their neighbours."""
    for mark, before in zip(marks, [None, *marks], strict=False):
        while mark.left >= 0 and text[mark.left] in _INVISIBLE:
            mark.left -= 1
        if before and mark.left < before.end:
            mark.left = before.left
    after: _Mark | None = None
    for mark in reversed(marks):
        while mark.right < len(text) and text[mark.right] in _INVISIBLE:
            mark.right += 1
        if after and mark.right >= after.start:
            mark.right = after.right
        mark.facing = _facing(text, mark)
        after = mark


def _facing(text: str, mark: _Mark) -> int:
    """Which way the neighbours turn the mark: towards the side that is not blank."""
    left = _LEFT.get(text[mark.left], 0) if mark.left >= 0 else 3
    right = _RIGHT.get(text[mark.right], 0) if mark.right < len(text) else 3
    if right == 2 and _RIGHT.get(text[mark.right + 1 : mark.right + 2], 3) == 3:
        right = 4  # a lone comma or full stop: no word follows that a mark could open
    return (left > right) - (left < right)


# --- double marks ----------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Pair:
    """Marks that belong together; `close` is None where the quotation is left open."""

    open: _Mark
    close: _Mark | None
    start: int = 0  # what stands between them, without blanks
    end: int = 0

    @property
    def stop(self) -> int:
        return self.close.end if self.close else self.end


def _pair_doubles(text: str, marks: Sequence[_Mark], paragraph: Range) -> list[_Pair]:
    """Pair the double marks of one paragraph: sorted, nested or disjoint."""
    if not marks:
        return []
    pairs, faults = _by_facing(text, marks)
    if faults > 1 and len(marks) % 2 == 0:
        contradicted = sum(mark.facing == (_CLOSES, _OPENS)[i % 2] for i, mark in enumerate(marks))
        if contradicted < faults:
            pairs = [_Pair(a, b) for a, b in zip(marks[::2], marks[1::2], strict=True)]
    pairs = [p for p in pairs if p.close or _may_open(p.open) or p.open.start == paragraph[0]]
    return _measured(text, pairs, paragraph)


def _may_open(mark: _Mark) -> bool:
    """Whether a mark without another opens by its neighbours, or by its own shape where they do not tell."""
    return mark.facing == _OPENS or (mark.facing == _EITHER and mark.direction == _OPENS)


def _by_facing(text: str, marks: Sequence[_Mark]) -> tuple[list[_Pair], int]:
    """Pair marks with a stack, and count those that are left alone."""
    pairs: list[_Pair] = []
    stack: list[_Pair] = []
    strays = 0
    for mark, following in zip(marks, [*marks[1:], None], strict=True):
        if len(stack) < 2 and _is_inches(text, mark, following, bool(stack)):
            continue
        turn = _turn(mark, bool(stack))
        if turn == _OPENS:
            stack.append(_Pair(mark, None))
            pairs.append(stack[-1])
        elif turn == _CLOSES and stack:
            stack.pop().close = mark
        else:
            strays += 1
    return pairs, strays + len(stack)


def _is_inches(text: str, mark: _Mark, following: _Mark | None, inside: bool) -> bool:
    """Is this 12" pipe? Inside a quotation, only if a closing mark is still to come."""
    if mark.direction != _EITHER or not text[mark.start - 1 : mark.start].isdigit():
        return False
    return not inside or (following is not None and following.facing == _CLOSES)


def _turn(mark: _Mark, inside: bool) -> int:
    """Does this mark open, close or neither? Where sign and neighbours disagree, what is open already decides."""
    says = mark.direction or mark.facing
    if says != _EITHER and mark.facing in (says, _EITHER):
        return says
    if inside:
        return _CLOSES
    return _EITHER if mark.facing == _CLOSES else _OPENS


def _measured(text: str, pairs: Sequence[_Pair], region: Range) -> list[_Pair]:
    """Set what stands between the marks and drop what is empty.

    A quotation left open ends before the next one, and before the words that end its paragraph with who said it.
    """
    kept: list[_Pair] = []
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


_SAID_WHO = regex.compile(r"(?<=[,?!])\s(?:said|says|added|adds)\s\p{Lu}[^.!?\n]{0,200}\.?\Z")
_SAID_WHO_LONGEST = 210


def _frames(text: str, pair: _Pair, following: _Pair, start: int) -> bool:
    """Does `pair`, left open at the beginning or behind a colon, go on behind the quotation inside of it?

    So where that one has marks of another style ("Roy called it “slow” today.), and where it stands in the middle of a
    clause ('We said 'yes' to them.): words that end before the next quotation end with a stop or a comma.
    """
    if pair.open.start == start and text[start] != text[following.open.start]:
        return True
    said = _last_sign(text, start, pair.open.start)
    return said in ("", ":") and _last_sign(text, pair.start, following.open.start) not in _PUNCTUATION - {":"}


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

_OPEN, _ELISION, _EDGE, _CLOSE, _END, _POSSESSIVE = range(6)


def _role(text: str, mark: _Mark) -> int:
    """What a single mark may be: the apostrophes have to be told from the quotation marks.

    `_END` follows punctuation, so no apostrophe stands there; `_EDGE` opens or closes as the case may be.
    """
    if mark.facing == _OPENS:
        return _ELISION if mark.direction == _CLOSES or _ELIDED.match(text, mark.end) else _OPEN
    if mark.facing == _EITHER:
        return (_EDGE, _OPEN, _CLOSE)[mark.direction]
    if _APOSTROPHE.match(text, mark.start) and _WORD_NEXT.match(text, mark.end):
        return _POSSESSIVE
    return _END if mark.left >= 0 and text[mark.left] in _PUNCTUATION else _CLOSE


def _pair_singles(text: str, marks: Sequence[_Mark], region: Range, recover: bool) -> list[_Pair]:
    """Pair the single marks that stand directly in `region`; `recover` those left open at its beginning or a colon."""
    if not marks:
        return []
    roles = [_role(text, mark) for mark in marks]
    if roles[-1] == _CLOSE and marks[-1].right >= region[1]:
        roles[-1] = _END  # nothing is left that a quotation could go on with
    pairs: list[_Pair] = []
    stack: list[tuple[_Pair, bool]] = []  # an open pair, and whether only an _END may close it
    for mark, role, closed_later in zip(marks, roles, _closed_later(roles), strict=True):
        if role == _OPEN or (role in (_ELISION, _EDGE) and not stack):
            pairs.append(_Pair(mark, None))
            stack.append((pairs[-1], role != _OPEN))
        elif not stack or role == _ELISION or (role == _POSSESSIVE and closed_later):
            continue
        elif role == _END or not stack[-1][1]:
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
        if role in (_OPEN, _CLOSE, _END):
            later = role != _OPEN
    return found[::-1]


def _may_stay_open(text: str, mark: _Mark, start: int) -> bool:
    """Only where no apostrophe would stand: first in its region, or after "said:"."""
    if _role(text, mark) != _OPEN:
        return False
    return mark.start == start or text[max(0, mark.start - 2) : mark.start].rstrip(BLANK).endswith((":", ","))


def _split(marks: Iterable[_Mark], doubles: Sequence[_Pair]) -> list[list[_Mark]]:
    """Sort single marks by the innermost double marks around them: a list for each pair, the last for those outside."""
    inside: list[list[_Mark]] = [[] for _ in range(len(doubles) + 1)]
    around, following = [-1], 0
    for mark in marks:
        while following < len(doubles) and doubles[following].open.start < mark.start:
            around.append(following)
            following += 1
        while around[-1] >= 0 and doubles[around[-1]].stop <= mark.start:
            around.pop()
        inside[around[-1]].append(mark)
    return inside


# --- the article -----------------------------------------------------------------------------------------------------

_LONGEST_HEADLINE = 150


@dataclass(slots=True)
class _Paragraph:
    start: int
    end: int
    doubles: list[_Pair]
    nested: list[_Pair]  # single marks inside double ones
    singles: list[_Pair]  # single marks outside double ones: quotations only where the article uses them so
    heading: bool


def find_marks(text: str) -> list[MarkedSpan]:
    """Find the words between quotation marks, outermost and nested, sorted by start.

    Each span lies within one of `paragraphs(text)`; two spans are nested or disjoint. A quotation that goes on over
    several paragraphs, captions between them or not, is a span in each of them: `continues` on the later ones,
    `closed=False` on the earlier ones. An opening mark without a closing one runs to the next opening mark at its level
    or to the end of its paragraph. A closing mark without an opening one is no span. Single marks count in pairs; one
    that is left open counts in an article that prints speech between them. Marks written as HTML entities belong to the
    span as a whole.
    """
    article = _read_all(text)
    british = _speaks_in_single_marks(text, article)
    found: list[MarkedSpan] = []
    left_open: list[_Pair] = []
    for paragraph in article:
        pairs = paragraph.doubles + paragraph.nested
        everywhere = british or paragraph.heading
        pairs += [pair for pair in paragraph.singles if everywhere or pair.close]
        pairs.sort(key=lambda pair: pair.open.start)
        if pairs or not _is_caption(text, paragraph):
            spans, left_open = _nest(_merge_doubled(pairs), paragraph, left_open)
            found += spans
    return found


def _read_all(text: str) -> list[_Paragraph]:
    """Pair the marks of all paragraphs, one after another: what one leaves open a later one may close."""
    marks = _scan(text)
    starts = [mark.start for mark in marks]
    places = paragraphs(text)
    held = [marks[bisect_left(starts, start) : bisect_left(starts, end)] for start, end in places]
    alone = all(mark.single for mark in marks)
    article = []
    for n, place in enumerate(places):
        article.append(_read(text, held[n], place))
        pairs = article[-1].singles if alone else article[-1].doubles
        if any(pair.close is None and pair.end == place[1] for pair in pairs):
            _run_on(text, held, places, n, alone)
    return article


_MOST_RUN_ON = 6  # paragraphs
_WHO_SAID = regex.compile(
    r"(?:\w[\w.'’-]*\s){1,4}(?:said|says|added|adds|told)\b|(?:said|says|added|adds)\s\p{Lu}"
    r"|(?:\p{Lu}[\w.'’-]*\s){1,3}\p{Ll}+ed\b[^.!?\n\"“”]{0,60}\.?(?=\s*(?:\n|\Z))"
)


def _run_on(text: str, held: list[list[_Mark]], places: Sequence[Range], n: int, single: bool) -> None:
    """Where the next mark behind paragraph `n`, which leaves a quotation open, only closes: put an opening mark without
    width before each paragraph that the quotation runs over, for sites that print a paragraph a sentence. Single marks
    do so where there are no others: apostrophes are too many."""
    for last in range(n + 1, min(n + 1 + _MOST_RUN_ON, len(places))):
        found = next((m for m in held[last] if m.single == single and not (single and _may_be_letter(text, m))), None)
        if found is None and not _is_heading(text, places[last]):
            continue
        if (
            found
            and found.start > places[last][0]
            and (_role(text, found) == _END if single else _only_closes(text, found))
        ):
            found.direction = found.facing = _CLOSES
            for k in range(n + 1, last + 1):
                start = places[k][0]
                held[k].insert(0, _Mark(start, start, single, _OPENS, start - 1, start, _OPENS))
        return


def _may_be_letter(text: str, mark: _Mark) -> bool:
    """Whether a single mark may be an apostrophe."""
    return _role(text, mark) not in (_OPEN, _END)


def _only_closes(text: str, mark: _Mark) -> bool:
    """Does the first double mark of a paragraph close? So too where its blank stands on the wrong side (We left, "he
    said): behind it stands who said it, or before it a comma and nobody who says more."""
    if mark.facing != _OPENS or mark.direction == _OPENS:
        return mark.direction != _OPENS
    before = text[max(0, mark.start - _CLAUSE) : mark.start].rstrip(BLANK)
    if before[-1:] not in _PUNCTUATION - {":"}:
        return False
    sentence = max(before.rfind(sign, 0, -1) for sign in ".!?\n") + 1
    says = _SAYS.search(before, sentence) is not None
    return _WHO_SAID.match(text, mark.end) is not None or (before[-1] == "," and not says)


_CLAUSE = 120  # characters before a mark in which somebody may be told of who says what follows
_SAYS = regex.compile(
    r"\b(?:said|says?|saying|add(?:s|ed|ing)|told|tells?|telling|wrote|writes?|writing|ask(?:s|ed|ing)|repl(?:ies|ied)"
    r"|continued|explained|tweeted|posted|stat(?:es|ed|ing)|declared|according)\b"
)


def _read(text: str, marks: Sequence[_Mark], paragraph: Range) -> _Paragraph:
    """Pair the marks of one paragraph."""
    marks = list(_twins_apart(text, marks))
    doubles = _pair_doubles(text, [mark for mark in marks if not mark.single], paragraph)
    *inside, outside = _split([mark for mark in marks if mark.single], doubles)
    nested = [
        pair
        for around, singles in zip(doubles, inside, strict=True)
        for pair in _pair_singles(text, singles, (around.start, around.end), recover=around.close is None)
    ]
    singles = _pair_singles(text, outside, paragraph, recover=True)
    return _Paragraph(*paragraph, doubles, nested, singles, not doubles and _is_heading(text, paragraph))


def _twins_apart(text: str, marks: Iterable[_Mark]) -> Iterator[_Mark]:
    """The marks, with '' as two single ones where it closes and no double mark is open ('He said 'no.'')."""
    opened = 0
    for mark in marks:
        twins = text[mark.start : mark.end] in ("''", "’’")
        if twins and mark.facing == _CLOSES and not opened:
            middle = mark.start + 1
            yield replace(mark, end=middle, single=True)
            yield replace(mark, start=middle, single=True)
            continue
        if not mark.single:
            opened = max(0, opened + (1 if _may_open(mark) else -1))
        yield mark


def _is_heading(text: str, paragraph: Range) -> bool:
    return paragraph[1] - paragraph[0] <= _LONGEST_HEADLINE and text[paragraph[1] - 1] not in ".?!…:;,"


def _is_caption(text: str, paragraph: _Paragraph) -> bool:
    """Whether a paragraph may be the caption of a picture: it ends as no sentence does."""
    return text[paragraph.end - 1] not in ".?!…:;,"


def _speaks_in_single_marks(text: str, article: Sequence[_Paragraph]) -> bool:
    """Does the article print speech between single marks ('It failed,' he said)?

    Words that end in punctuation inside the marks are speech, and so is a paragraph that opens with a mark and leaves
    it open. An article without any double mark may also quote less.
    """
    doubles = sum(len(paragraph.doubles) for paragraph in article)
    singles = [pair for paragraph in article if not paragraph.heading for pair in paragraph.singles]
    speech = sum(pair.close is None or _role(text, pair.close) == _END for pair in singles)
    return 2 * speech > doubles or (not doubles and any(pair.close for pair in singles))


def _merge_doubled(pairs: Iterable[_Pair]) -> list[_Pair]:
    """Take double marks directly inside double marks (""It failed."") for one pair."""
    merged: list[_Pair] = []
    for pair in pairs:
        outer = merged[-1] if merged else None
        twice = outer and (outer.start, outer.end) == (pair.open.start, pair.stop)
        if outer and twice and not (outer.open.single or pair.open.single):
            outer.start, outer.end = pair.start, pair.end
        else:
            merged.append(pair)
    return merged


def _nest(
    pairs: Iterable[_Pair], paragraph: _Paragraph, left_open: Sequence[_Pair]
) -> tuple[list[MarkedSpan], list[_Pair]]:
    """Give each pair its depth; the second value is what the paragraph leaves open, outermost first.

    A pair continues one that the paragraph before left open if nothing stands before it but other such marks.
    """
    spans: list[MarkedSpan] = []
    around: list[_Pair] = []
    resumed, resume_at = 0, paragraph.start
    for pair in pairs:
        while around and around[-1].stop <= pair.open.start:
            around.pop()
        continues = resumed < len(left_open) and pair.open.start == resume_at
        continues = continues and pair.open.single == left_open[resumed].open.single
        if continues:
            resumed, resume_at = resumed + 1, pair.start
        closed, opened = pair.close is not None, pair.open.start < pair.open.end
        spans.append(
            MarkedSpan(
                *(pair.open.start, pair.stop, pair.start, pair.end),
                depth=len(around),
                single=pair.open.single,
                closed=closed,
                continues=continues,
                opened=opened,
            )
        )
        around.append(pair)
    return spans, [pair for pair in around if pair.close is None and pair.end == paragraph.end]


# --- one form for all styles -----------------------------------------------------------------------------------------

_PLAIN = str.maketrans(dict.fromkeys("’‘‛ʼ＇", "'") | dict.fromkeys(SPACES + ZERO_WIDTH, " "))


def canonical(text: str, marks: Iterable[MarkedSpan]) -> str:
    """Rewrite `text` in the American style, at exactly the same length, so that every offset holds.

    The marks of outermost spans become `"`, those of deeper ones `'`, filled up with spaces on the outer side. All
    other curly apostrophes become `'`; no-break and zero-width spaces become spaces.
    """
    edits: list[tuple[int, int, str]] = []
    for mark in marks:
        sign = "'" if mark.depth else '"'
        if mark.opened:
            edits.append((mark.start, mark.inner_start, sign.rjust(mark.inner_start - mark.start)))
        if mark.closed:
            edits.append((mark.inner_end, mark.end, sign.ljust(mark.end - mark.inner_end)))
    plain = text.translate(_PLAIN)
    pieces, done = [], 0
    for start, end, sign in sorted(edits):
        pieces += [plain[done:start], sign]
        done = end
    return "".join([*pieces, plain[done:]])
