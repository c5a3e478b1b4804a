"""Flags: what a reader should know of an attribution before trusting it, and why marked words are nobody's speech.

Read off the attributions as they are in the end; nothing here changes one.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
import numpy.typing as npt
import regex

from quotes.article import Article
from quotes.attribution.reader.labels import REASONS
from quotes.attribution.steps import is_crosshead
from quotes.attribution.words import load_words
from quotes.types import Attribution, MarkedSpan

__all__ = ["flags_of", "is_said", "reason_of"]

LOOK_BACK = 120  # characters before a cue in which its clause begins
SURE_ENOUGH = 0.5
WORD = regex.compile(r"[\p{L}\p{N}]+(?:[’'-][\p{L}\p{N}]+)*")
FLAGS = {
    "said": "no_speaker",
    "title": "title_of_work",
    "scare": "scare_quotes",
    "mention": "word_mention",
    "name": "proper_name",
}
"""What a reason is called in records, where not by its own name."""

Reasons = Mapping[int, npt.NDArray[np.float32]]


def reason_of(article: Article, mark: MarkedSpan, reasons: Reasons) -> tuple[str, ...]:
    """Why the words in marks have no speaker, and `unclosed_mark` where no closing mark was found."""
    why = _why(mark, reasons)
    reason = "crosshead" if is_crosshead(article, mark) else FLAGS.get(why, why)
    return (reason, *(() if mark.closed else ("unclosed_mark",)))


def is_said(mark: MarkedSpan, reasons: Reasons) -> bool:
    """Whether words in marks are a quotation, and no title, name or scare word."""
    return _why(mark, reasons) == "said"


def _why(mark: MarkedSpan, reasons: Reasons) -> str:
    chances = reasons.get(mark.inner_start)
    return "said" if chances is None else REASONS[int(chances.argmax())]


def flags_of(article: Article, attribution: Attribution) -> tuple[str, ...]:
    """Flags of an attribution, in a fixed order."""
    return tuple(_flags(article, attribution))


def _flags(article: Article, attribution: Attribution) -> Iterator[str]:
    document, text = article.document, article.text
    if attribution.source is None:
        yield "implicit_speaker"
    if attribution.quoted and not attribution.quoted[-1].closed:
        yield "unclosed_mark"
    if attribution.cue:
        said = max((b for _, b in attribution.content if b <= attribution.cue[0]), default=0)
        yield from _flags_of_cue(text, *attribution.cue, said)
        if _asks(text, attribution):
            yield "question"
    elif attribution.source:
        yield "cue_less"
    if document.title and attribution.content[-1][1] <= text.find(document.title) + len(document.title):
        yield "headline"
    if attribution.confidence < SURE_ENOUGH:
        yield "low_confidence"


def _asks(text: str, attribution: Attribution) -> bool:
    """Did Roy say it failed?"""
    end = attribution.content[-1][1]
    if attribution.source is None or "?" not in text[end - 1 : end + 3]:
        return False
    start, end = attribution.source
    within = [word for word in WORD.findall(text[start:end])[:-1][:1] if word not in ("May", "Will")]  # given names
    opening = [*WORD.findall(text[max(0, start - 20) : start])[-1:], *within]
    return any(word.lower() in load_words("auxiliaries") and word[0].isupper() for word in opening)


def _flags_of_cue(text: str, start: int, end: int, behind: int) -> Iterator[str]:
    """What the words of the cue, and the few before it that stand behind an offset, say of the speech act."""
    cue = {w.lower().replace("’", "'") for w in WORD.findall(text[start:end])}
    clause = regex.split(r"[.!?;\n“”\"]", text[max(behind, start - LOOK_BACK) : start])[-1]
    words = [w for w in WORD.findall(clause) if w != "May"]
    beside = WORD.findall(clause.rpartition(",")[2]) or words  # of "if it was not, she laughed" no more than "she"
    near = {w.lower().replace("’", "'") for w in beside[-3:]}
    if (cue | near) & load_words("negations"):
        yield "negated"
    imagined = {w.lower() for w in words} & load_words("suppositions")
    if imagined or (cue | near) & load_words("modals"):
        yield "hypothetical"
    if text[start:end].strip() in {":", ".", "Q:", "A:"} and text[max(0, start - 2) : start].isupper():
        yield "transcript"
