"""Roles and affiliations, as they stand in the text beside a name."""

from __future__ import annotations

from dataclasses import dataclass

import regex

from quotes.nlp.words import read_words
from quotes.speakers.entities import Entities
from quotes.speakers.lexicon import bare, is_title, listed, noun_listed, vocabulary
from quotes.speakers.names import POSTNOMINAL
from quotes.types import Range

__all__ = ["Role", "role_at"]

_BEFORE = regex.compile(r"[\p{L}\p{M}\p{N}&.'’/-]+\Z")
_GAP = regex.compile(r"[^\S\r\n]+\Z|\r?\n\Z")
_COMMA = regex.compile(r",[^\S\r\n]\Z")
_AGE = regex.compile(r",\s\d{1,3}(?=,|\s)")
_PARTY = regex.compile(
    r"\s?\((?P<party>(?:[DRI]|Democrat|Republican|Independent|Lab|Labour|Con|\p{Lu}\p{Ll}{1,5}\.)(?:[-–,]\s?[^()\n]{1,20})?)\)"
)
_ABBREVIATED = r"(?<=\b(?:\p{Lu}|Dr|Gov|Mrs?|Ms|Rep|Sen|St))\."
_TAIL = rf"[^,;:.()\n“”\"]{{0,160}}+(?:{_ABBREVIATED}[^,;:.()\n“”\"]{{0,60}}+){{0,4}}+"
_APPOSITION = regex.compile(rf"(?:,|\s[-–—])\s(?:(?:the|a|an)\s)?({_TAIL})")
_CLAUSE = regex.compile(
    r",\s(who\s(?!(?:is|was)\s\d)(?:is|was|has\sbeen|runs|ran|leads|led|heads|headed|chairs|chaired|represents|oversees|directs|teaches"
    rf"|studies|works|worked|owns|founded|served|serves|covers|manages|edits|advises|advised)\s{_TAIL})"
)
# An apposition that opens so tells what somebody did: ", called him a master of …".
_DEED = regex.compile(r"(?:\p{Ll}{3,}ed|told|said|met|gave|saw|wrote|sent|left|took|led|has|had|is|was)\s")
_ACCORDING = regex.compile(r"\b[Aa]ccording\sto\s[^.,;:\n]*\Z")
_AFFILIATED = regex.compile(r"\b(?:of|for|at|with|from|in)\s(?:the\s)?(?:\p{Ll}+\s)?\Z")
_OF_NAME = regex.compile(r",?\s(?:of|from|at|with|for)\s(?:the\s)?(?:\p{Ll}+\s)?")
_PORTFOLIO = regex.compile(r"\s(?:Affairs\s)?(?:Minister|Secretary|Secretaries|Ministers|Office)\b", regex.I)
_LINKS = frozenset({"of", "for", "and", "the", "to", "&", "at", "in"})
_SUBORDINATE = frozenset(
    {"after", "because", "before", "if", "since", "that", "until", "what", "when", "which", "while", "with"}
)
_OF = frozenset({"of", "for", "to", "at", "in"})
_LINKED = regex.compile(r"(?r)\b(?:of|for|to|at|in)\s\Z")
# Titles that are no role: what stands before them may be one.
_COURTESY = regex.compile(
    r"\b(?:(?:Mrs?|Ms|Miss|Mx|Sir|Messrs|Dr|Prof|Professor|Dame|Lord|Lady|Rev|Reverend|Hon|Mme|Mlle|Herr)\.?\s)+\Z"
)
LOOK_BACK, LONGEST = 100, 14  # characters before a name, words of a role before it


@dataclass(frozen=True, slots=True)
class Role:
    """What a person is, as a range of the text, the nouns in it, and the range of the body or place they belong to."""

    span: Range | None
    nouns: frozenset[str] = frozenset()
    affiliation: Range | None = None


def role_at(text: str, start: int, end: int, entities: Entities) -> Role | None:
    """The role and the affiliation that stand before or behind the name at a range; None where there are none."""
    courtesy = _COURTESY.search(text, max(0, start - LOOK_BACK), start)
    first = courtesy.start() if courtesy else start
    before = _role_before(text, first, entities, _GAP) or (
        _role_before(text, first, entities, _COMMA) if text.startswith((",", "."), end) else None
    )
    behind = _role_behind(text, start, end)
    honour = before and behind and bare(text[slice(*before)]) in vocabulary("honours.txt")
    span = before if before and not honour else behind
    affiliation = _affiliation(text, span, entities) if span else None
    affiliation = affiliation or _beside(text, before[0] if before else start, end, entities)
    if not span and not affiliation:
        return None
    words = (text[slice(*one)] for one in (before, behind) if one)
    nouns = frozenset(bare(word).removesuffix("'s") for part in words for word in regex.findall(r"[\p{L}'’.-]+", part))
    return Role(span, nouns - {""}, affiliation)


# --- the role --------------------------------------------------------------------------------------------------------


def _role_before(text: str, start: int, entities: Entities, gap: regex.Pattern[str]) -> Range | None:
    """Walk left from a name over the words of its role: "retired Air Force general", "U.S. Secretary of State". `gap`
    stands between the name and them."""
    at, words = start, list[regex.Match[str]]()
    while len(words) < LONGEST:
        blank = (_GAP if words else gap).search(text, max(0, at - 3), at)
        word = _BEFORE.search(text, max(0, at - 40), blank.start()) if blank else None
        belongs = word and (
            _may_stand(word[0]) or (words and word[0] == "the" and _LINKED.search(text, 0, word.start()))
        )
        if not word or not belongs or (word[0] == "and" and _ends_list(entities, word.start(), len(words))):
            break
        at = word.start()
        words.append(word)
    while words and (words[-1][0].lower() in _LINKS or words[-1][0] in read_words("quotes.nlp", "openers.txt")):
        words.pop()
    row = [word[0] for word in words[::-1]]
    linked = next((n for n, word in enumerate(row) if n and word in _OF), len(row))  # "leader of the council"
    if not row or not is_title(row[linked - 1]) or row[-1].lower() in _LINKS:
        return None
    first = row[0]
    return words[-1].start() + len(first) - len(first.lstrip("'’")), words[0].end()


def _ends_list(entities: Entities, offset: int, words: int) -> bool:
    """Whether "and" joins a name to another rather than a role to another: "Ana Roy and mayor Bo Lee"."""
    last = entities.before(offset, limit=1)
    return words == 1 or (bool(last) and last[0][1].kind == "person" and last[0][0].end >= offset - 1)


def _may_stand(word: str) -> bool:
    """Whether a word may be part of a role before a name."""
    lower = word.lower()
    if lower in listed("determiners.txt"):
        return False
    abbreviated = word[0].isupper() and ("." in word[:-1] or (len(word) < 6 and not word[:-1].isupper()))
    if word.endswith(".") and not abbreviated:
        return False
    named = word[0].isupper() or word[0].isdigit() or lower in _OF or lower in ("and", "&")
    return named or bare(word) in listed("modifiers.txt") or noun_listed(word) in ("person", "organization")


def _role_behind(text: str, start: int, end: int) -> Range | None:
    """The apposition or relative clause behind a name: ", chief engineer at Damco," or ", who runs the plant,"."""
    name_start, name_end = start, end
    for between in (POSTNOMINAL, _AGE, _PARTY):
        match = between.match(text, end)
        end = match.end() if match else end
    clause, match = _CLAUSE.match(text, end), _APPOSITION.match(text, end)
    if clause:
        return clause.span(1)
    if not match or not _tells_role(match[0], match[1]):
        return None
    goes_on = not text.startswith(",", match.end(1)) and name_end == end
    if goes_on and _ACCORDING.search(text, max(0, name_start - LOOK_BACK), name_start):
        return None  # the sentence itself: According to Ana Roy, the man left
    return match.start(1), match.start(1) + len(match[1].split(" whom ")[0].rstrip())


def _tells_role(whole: str, words: str) -> bool:
    """Whether an apposition has a role's noun near its beginning, and is no clause."""
    deed = _DEED.match(words)
    if words[:2] == "wh" or (deed and deed[0].rstrip() not in listed("modifiers.txt")):
        return False
    found = regex.findall(r"[\p{L}'’-]+", words)
    head = next((n for n, word in enumerate(found) if bare(word) in vocabulary("roles.txt")), None)
    determined = whole.lstrip(", -–—").startswith(("the ", "a ", "an "))
    return head is not None and head <= (6 if determined else 4) and _SUBORDINATE.isdisjoint(found[:head])


# --- the affiliation -------------------------------------------------------------------------------------------------


def _affiliation(text: str, role: Range, entities: Entities) -> Range | None:
    """The body or place in a role: behind "of", "for", "at", or else before the noun."""
    names = [m for m, e in entities.within(*role) if e.kind in ("organization", "place")]
    names = [m for m in names if not _is_portfolio(text, m.start, m.end)]
    behind = (m for m in names if _AFFILIATED.search(text, max(role[0], m.start - 30), m.start))
    name = next(behind, names[0] if names else None)
    return (name.start, name.end) if name else None


def _is_portfolio(text: str, start: int, end: int) -> bool:
    """Whether a name only says what a minister is for: "Home Secretary"."""
    name = text[start:end]
    return bare(name) in listed("modifiers.txt") or (not name.isupper() and _PORTFOLIO.match(text, end) is not None)


def _beside(text: str, start: int, end: int, entities: Entities) -> Range | None:
    """The body beside a name without a role's noun: "(D-Ohio)", "of the Walford Police", "Labour's Ana Roy"."""
    party = _PARTY.match(text, end)
    if party:
        return party.span("party")
    link = _OF_NAME.match(text, end)
    behind = [m for m, e in entities.within(link.end(), link.end() + 80) if e.kind == "organization"] if link else []
    if link and behind and behind[0].start == link.end():
        return behind[0].start, behind[0].end
    owner = entities.before(start, limit=1)
    owns = owner and owner[0][1].kind == "organization" and text[owner[0][0].end : start] in ("'s ", "’s ")
    return (owner[0][0].start, owner[0][0].end) if owns else None
