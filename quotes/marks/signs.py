"""The signs of a text that may be quotation marks, and which way each faces."""

from __future__ import annotations

import html
from dataclasses import dataclass

import regex

from quotes.blanks import BLANK, ZERO_WIDTH

__all__ = ["CLOSES", "EITHER", "OPENS", "PUNCTUATION", "Mark", "scan"]

OPENS, EITHER, CLOSES = 1, 0, -1
_DIRECTION = dict.fromkeys([*"“„‟«〝‘‚‛‹`", "``", ",,", "‚‚", "‘‘"], OPENS)
_DIRECTION |= dict.fromkeys([*"”»〞’›´", "’’", "´´"], CLOSES)
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
PUNCTUATION = frozenset(".,;:!?…")
_LEFT = dict.fromkeys(BLANK, 3) | dict.fromkeys("([{<>", 2) | dict.fromkeys("-–—―/…", 1)
_RIGHT = dict.fromkeys(BLANK, 3) | dict.fromkeys(".,;:!?)]}<", 2) | dict.fromkeys("-–—―/…", 1)
_INVISIBLE = frozenset(ZERO_WIDTH + "\u00ad")


@dataclass(slots=True)
class Mark:
    """A candidate. `left` and `right` are the places of its nearest neighbours that are neither marks nor invisible."""

    start: int
    end: int
    single: bool
    direction: int  # what the character itself says
    left: int
    right: int
    facing: int = EITHER  # what the neighbours say


def scan(text: str) -> list[Mark]:
    """List the candidates of the whole text, each with the way it faces."""
    marks: list[Mark] = []
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
        marks.append(Mark(start, end, sign in _SINGLE, _DIRECTION.get(sign, EITHER), start - 1, end))
    _look_around(text, marks)
    return marks


def _look_around(text: str, marks: list[Mark]) -> None:
    """Set the neighbours and the facing of each mark; marks that touch share their neighbours."""
    for mark, before in zip(marks, [None, *marks], strict=False):
        while mark.left >= 0 and text[mark.left] in _INVISIBLE:
            mark.left -= 1
        mark.left = _past_emphasis(text, mark.left, -1)
        if before and mark.left < before.end:
            mark.left = before.left
    after: Mark | None = None
    for mark in reversed(marks):
        while mark.right < len(text) and text[mark.right] in _INVISIBLE:
            mark.right += 1
        mark.right = _past_emphasis(text, mark.right, 1)
        if after and mark.right >= after.start:
            mark.right = after.right
        mark.facing = _facing(text, mark)
        after = mark


_LONGEST_EMPHASIS = 3


def _past_emphasis(text: str, place: int, step: int) -> int:
    """Past the signs of emphasis (**'No,'** he said) where a blank or the text's edge stands behind them."""
    at = place
    while abs(at - place) < _LONGEST_EMPHASIS and 0 <= at < len(text) and text[at] in "*_":
        at += step
    return at if not 0 <= at < len(text) or text[at] in BLANK else place


def _facing(text: str, mark: Mark) -> int:
    """Which way the neighbours turn the mark: towards the side that is not blank."""
    left = _LEFT.get(text[mark.left], 0) if mark.left >= 0 else 3
    right = _RIGHT.get(text[mark.right], 0) if mark.right < len(text) else 3
    if right == 2 and _RIGHT.get(text[mark.right + 1 : mark.right + 2], 3) == 3:
        right = 4  # a lone comma or full stop: no word follows that a mark could open
    return (left > right) - (left < right)
