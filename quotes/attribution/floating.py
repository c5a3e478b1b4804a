"""Quotations that float: a paragraph all between marks, with nothing to say who speaks but what stands before it."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

import regex

from quotes.attribution.places import Paragraphs, Tree, holds_word
from quotes.attribution.signals import WORD
from quotes.nlp.words import read_words
from quotes.types import Attribution, Document, MarkedSpan, Range

__all__ = ["floating"]

FLOATING = 0.55  # confidence on the network's own scale
SHORTEST = 4  # words
LONGEST_ACT = 80  # characters
AROUND = 20_000  # characters in which the same words may stand again
# "She laughs about it now."
_ACT = regex.compile(
    r"\s*+(?P<who>He|She|\p{Lu}\p{Ll}[\p{L}.’'-]*+(?:\s\p{Lu}[\p{L}.’'-]*+){0,2})\s\p{Ll}[^.!?:\"“”\n]*+\.?\s*"
)
_NOBODY = "The|An?|Many|Some|Most|Both|Other|They|We|It|You"
_SOMEBODY = regex.compile(rf"[Hh]e|[Ss]he|(?!(?:{_NOBODY})\b)\p{{Lu}}\p{{Ll}}.*|\D*\s\p{{Lu}}\p{{Ll}}.*")


def floating(
    document: Document, home: Paragraphs, tree: Tree, free: Iterable[MarkedSpan], attributions: Sequence[Attribution]
) -> Iterator[Attribution]:
    """The words of whoever was speaking as the paragraph before ended, or did something in a sentence of its own.

    `free` are marked spans that nobody says so far. In PolNeAR such a quotation is that speaker's five times in
    six; one in single marks is a crosshead, and one that stands elsewhere as well was picked from the text.
    """
    text = document.text
    closing = _closing(text, home, tree, attributions)
    for mark in free:
        before = _paragraph_before(text, home, mark) if text[mark.start] in '"“”„«' else None
        if before and _is_speech(text, mark):
            source = closing.get(before) or _acting(text, before)
            if source:
                yield Attribution(((mark.start, mark.end),), source=source, confidence=FLOATING)


def _is_speech(text: str, mark: MarkedSpan) -> bool:
    """Whether a whole sentence or more stands between marks, and nowhere else around; of questions there are lists."""
    inner = text[mark.inner_start : mark.inner_end]
    alone = text.count(inner[:-1], max(0, mark.start - AROUND), mark.end + AROUND) == 1
    return len(WORD.findall(inner)) >= SHORTEST and inner[-1] in ".!" and alone


def _paragraph_before(text: str, home: Paragraphs, mark: MarkedSpan) -> Range | None:
    """The paragraph before one that holds no word beside the mark."""
    at = bisect_right(home.starts, mark.start) - 1
    start, end = home.ranges[at]
    alone = not holds_word(text, start, mark.start) and not holds_word(text, mark.end, end)
    return home.ranges[at - 1] if alone and at > 0 else None


def _closing(text: str, home: Paragraphs, tree: Tree, attributions: Sequence[Attribution]) -> dict[Range, Range]:
    """Paragraph → the source of the attribution that ends with it; of one inside another it is the outer one's."""
    ended: dict[Range, list[Attribution]] = defaultdict(list)
    for attribution in attributions:
        paragraph = _ends(text, home, attribution)
        if paragraph and attribution.cue and tree.around(attribution.cue[0]) is None:
            ended[paragraph].append(attribution)
    longest = {
        place: max(found, key=lambda a: sum(end - start for start, end in a.content)) for place, found in ended.items()
    }
    sources = ((place, attribution.source) for place, attribution in longest.items())
    return {place: source for place, source in sources if source and _SOMEBODY.fullmatch(text, *source)}


def _ends(text: str, home: Paragraphs, attribution: Attribution) -> Range | None:
    """The paragraph of the cue, if nothing but punctuation stands between the attribution and its end."""
    if attribution.cue is None:
        return None
    paragraph = home.ranges[bisect_right(home.starts, attribution.cue[0]) - 1]
    places = [place for place in (attribution.source, attribution.cue, *attribution.content) if place]
    last = max(end for _, end in places)
    return paragraph if last <= paragraph[1] and not holds_word(text, last, paragraph[1]) else None


def _acting(text: str, paragraph: Range) -> Range | None:
    """Whom a short paragraph says something of: She laughs about it now."""
    act = _ACT.fullmatch(text, *paragraph) if paragraph[1] - paragraph[0] <= LONGEST_ACT else None
    named = act and (
        act["who"] in ("He", "She") or act["who"].split()[0] not in read_words("quotes.nlp", "openers.txt")
    )
    return act.span("who") if act and named else None
