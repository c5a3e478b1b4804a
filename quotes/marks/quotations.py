"""The pairs of all paragraphs → quotations, which one paragraph may leave open and a later one take up."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

import regex

from quotes.blanks import BLANK
from quotes.marks.layout import paragraphs
from quotes.marks.pairs import END, OPEN, SAID, Pair, last_sign, may_open, pair_doubles, pair_singles, role_of, split
from quotes.marks.signs import CLOSES, OPENS, PUNCTUATION, Mark, scan
from quotes.types import MarkedSpan, Range
from quotes.words import any_of

__all__ = ["find_marks"]

_LONGEST_HEADLINE = 150


@dataclass(slots=True)
class Paragraph:
    start: int
    end: int
    doubles: list[Pair]
    nested: list[Pair]  # single marks inside double ones
    singles: list[Pair]  # single marks outside double ones: quotations only where the article uses them so
    heading: bool


def find_marks(text: str) -> list[MarkedSpan]:
    """Find the words between quotation marks, outermost and nested, sorted by start.

    Each span lies within one of `paragraphs(text)`; two spans are nested or disjoint. A quotation that goes on over
    several paragraphs, captions between them or not, is a span in each of them: `continues` on the later ones,
    `closed=False` on the earlier ones, `opened=False` where the later one only closes what was left open. An opening
    mark without a closing one runs to the next opening mark at its level or to the end of its paragraph. Any other
    closing mark without an opening one is no span. Single marks count in pairs; one that is left open counts in an
    article that prints speech between them. Marks written as HTML entities belong to the span as a whole.
    """
    article = _read_all(text)
    british = _speaks_in_single_marks(text, article)
    found: list[MarkedSpan] = []
    left_open: list[Pair] = []
    for paragraph in article:
        pairs = paragraph.doubles + paragraph.nested
        everywhere = british or paragraph.heading
        pairs += [pair for pair in paragraph.singles if everywhere or pair.close]
        pairs.sort(key=lambda pair: pair.open.start)
        spans, open_now = _nest(text, _merge_doubled(pairs), paragraph, left_open)
        found += spans
        aside = not open_now and not any(span.continues for span in spans) and _is_caption(text, paragraph.end)
        left_open = left_open if aside else open_now
    return found


def _read_all(text: str) -> list[Paragraph]:
    """Pair the marks of all paragraphs, one after another: what one leaves open a later one may close."""
    marks = scan(text)
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
    rf"(?:\w[\w.'’-]*\s){{1,4}}{SAID}\b|{SAID}\s\p{{Lu}}"
    r"|(?:\p{Lu}[\w.'’-]*\s){1,3}\p{Ll}+ed\b[^.!?\n\"“”]{0,60}\.?(?=\s*(?:\n|\Z))"
)


def _run_on(text: str, held: list[list[Mark]], places: Sequence[Range], n: int, single: bool) -> None:
    """Where the next mark behind paragraph `n`, which leaves a quotation open, only closes: put an opening mark without
    width before each paragraph that the quotation runs over, for sites that print a paragraph a sentence. Single marks
    do so where there are no others: apostrophes are too many."""
    close = _close(text, held, places, n, single)
    if close is None:
        return
    close.direction = close.facing = CLOSES
    for (start, _), marks in zip(places[n + 1 : n + 1 + _MOST_RUN_ON], held[n + 1 :], strict=False):
        if start > close.start:
            return
        marks.insert(0, Mark(start, start, single, OPENS, start - 1, start, OPENS))


def _close(text: str, held: Sequence[Sequence[Mark]], places: Sequence[Range], n: int, single: bool) -> Mark | None:
    """The mark that closes in a later paragraph what paragraph `n` leaves open: the next one, if it does no more."""
    for place, marks in zip(places[n + 1 : n + 1 + _MOST_RUN_ON], held[n + 1 :], strict=False):
        found = next((m for m in marks if m.single == single and not (single and _may_be_letter(text, m))), None)
        if found:
            closes = role_of(text, found) == END if single else _only_closes(text, found)
            return found if closes and found.start > place[0] else None
        if _is_heading(text, place):
            return None
    return None


def _may_be_letter(text: str, mark: Mark) -> bool:
    """Whether a single mark may be an apostrophe."""
    return role_of(text, mark) not in (OPEN, END)


def _only_closes(text: str, mark: Mark) -> bool:
    """Does the first double mark of a paragraph close? So too where its blank stands on the wrong side (We left, "he
    said): behind it stands who said it, or before it a comma and nobody who says more."""
    if mark.facing != OPENS or mark.direction == OPENS:
        return mark.direction != OPENS
    before = text[max(0, mark.start - _CLAUSE) : mark.start].rstrip(BLANK)
    if before[-1:] not in PUNCTUATION - {":"}:
        return False
    sentence = max(before.rfind(sign, 0, -1) for sign in ".!?\n") + 1
    says = _TELLS.search(before, sentence) is not None
    return _WHO_SAID.match(text, mark.end) is not None or (before[-1] == "," and not says)


_CLAUSE = 120  # characters before a mark in which somebody may be told of who says what follows
_TELLS = regex.compile(rf"\b{any_of('quotes.marks.words', 'tells.txt')}\b")


def _read(text: str, marks: Sequence[Mark], paragraph: Range) -> Paragraph:
    """Pair the marks of one paragraph."""
    marks = _of_one_kind(text, list(_twins_apart(text, marks)), paragraph)
    doubles = pair_doubles(text, [mark for mark in marks if not mark.single], paragraph)
    *inside, outside = split([mark for mark in marks if mark.single], doubles)
    nested = [
        pair
        for around, singles in zip(doubles, inside, strict=True)
        for pair in pair_singles(text, singles, (around.start, around.end), recover=around.close is None)
    ]
    singles = pair_singles(text, outside, paragraph, recover=True)
    return Paragraph(*paragraph, doubles, nested, singles, not doubles and _is_heading(text, paragraph))


def _of_one_kind(text: str, marks: list[Mark], paragraph: Range) -> list[Mark]:
    """The marks of a paragraph; where one double and one single mark stand there, and the first opens what the other
    closes ('It leaks," he said), the second is what the first is."""
    doubles = [mark for mark in marks if not mark.single]
    if len(doubles) != 1:
        return marks
    singles = [mark for mark in marks if mark.single and role_of(text, mark) in (OPEN, END)]
    if len(singles) != 1:
        return marks
    first, last = sorted(doubles + singles, key=lambda mark: mark.start)
    opens = first.facing == OPENS and (
        first.start == paragraph[0] or last_sign(text, paragraph[0], first.start) in PUNCTUATION
    )
    closes = last.facing == CLOSES and last.start > last.left >= 0 and text[last.left] in PUNCTUATION
    if not (opens and closes and first.start < first.end):
        return marks
    return [replace(mark, single=first.single, direction=CLOSES) if mark is last else mark for mark in marks]


def _twins_apart(text: str, marks: Iterable[Mark]) -> Iterator[Mark]:
    """The marks, with '' as two single ones where it closes and no double mark is open ('He said 'no.'')."""
    opened = 0
    for mark in marks:
        twins = text[mark.start : mark.end] in ("''", "’’")
        if twins and mark.facing == CLOSES and not opened:
            middle = mark.start + 1
            yield replace(mark, end=middle, single=True)
            yield replace(mark, start=middle, single=True)
            continue
        if not mark.single:
            opened = max(0, opened + (1 if may_open(mark) else -1))
        yield mark


def _is_heading(text: str, paragraph: Range) -> bool:
    return paragraph[1] - paragraph[0] <= _LONGEST_HEADLINE and text[paragraph[1] - 1] not in PUNCTUATION


def _is_caption(text: str, end: int) -> bool:
    """Whether the paragraph up to `end` may be the caption of a picture: it ends as no sentence does."""
    return text[max(0, end - 8) : end].rstrip("\"”'’")[-1:] not in PUNCTUATION


def _speaks_in_single_marks(text: str, article: Sequence[Paragraph]) -> bool:
    """Does the article print speech between single marks ('It failed,' he said)?

    Words that end in punctuation inside the marks are speech, and so is a paragraph that opens with a mark and leaves
    it open. An article without any double mark may also quote less.
    """
    doubles = sum(len(paragraph.doubles) for paragraph in article)
    singles = [pair for paragraph in article if not paragraph.heading for pair in paragraph.singles]
    speech = sum(pair.close is None or role_of(text, pair.close) == END for pair in singles)
    return 2 * speech > doubles or (not doubles and any(pair.close for pair in singles))


def _merge_doubled(pairs: Iterable[Pair]) -> list[Pair]:
    """Take double marks directly inside double marks (""It failed."") for one pair."""
    merged: list[Pair] = []
    for pair in pairs:
        outer = merged[-1] if merged else None
        twice = outer and (outer.start, outer.end) == (pair.open.start, pair.stop)
        if outer and twice and not (outer.open.single or pair.open.single):
            outer.start, outer.end = pair.start, pair.end
        else:
            merged.append(pair)
    return merged


def _nest(
    text: str, pairs: Iterable[Pair], paragraph: Paragraph, left_open: Sequence[Pair]
) -> tuple[list[MarkedSpan], list[Pair]]:
    """Give each pair its depth; the second value is what the paragraph leaves open, outermost first.

    A pair continues one that the paragraph before left open if nothing stands before it but other such marks, and it
    is not what a caption begins with ('Never again': Roy at the weir).
    """
    spans: list[MarkedSpan] = []
    around: list[Pair] = []
    resumed, resume_at = 0, paragraph.start
    for pair in pairs:
        while around and around[-1].stop <= pair.open.start:
            around.pop()
        continues = resumed < len(left_open) and pair.open.start == resume_at
        continues = continues and pair.open.single == left_open[resumed].open.single
        continues = continues and not (pair.close and text[pair.stop : pair.stop + 1] == ":")
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
