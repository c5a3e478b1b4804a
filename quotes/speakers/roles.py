"""Roles and affiliations, as they stand in the text beside a name."""

from __future__ import annotations

from dataclasses import dataclass

import regex

from quotes.nlp.words import read_words
from quotes.speakers.entities import Entities
from quotes.speakers.lexicon import bare, is_title, listed, vocabulary
from quotes.speakers.names import POSTNOMINAL
from quotes.types import Range

__all__ = ["Role", "role_at"]

Pattern = regex.Pattern[str]

_BEFORE = regex.compile(r"[\p{L}\p{M}\p{N}&.'’/-]+\Z")
_BLANK = regex.compile(r"[^\S\r\n]+\Z|\r?\n\Z")
_COMMA = regex.compile(r",[^\S\r\n]\Z")
_AGE = regex.compile(r",\s\d{1,3}(?=,|\s)")
_PARTY = regex.compile(
    r"\s?\((?:[DRI]|Democrat|Republican|Independent|Lab|Labour|Con|\p{Lu}\p{Ll}{1,5}\.)(?:[-–,]\s?[^()\n]{1,20})?\)"
)
_ABBREVIATED = r"(?<=\b(?:\p{Lu}|Dr|Gov|Mrs?|Ms|Rep|Sen|St))\."
_TAIL = rf"[^,;:.()\n“”\"]{{0,160}}+(?:{_ABBREVIATED}[^,;:.()\n“”\"]{{0,60}}+){{0,4}}+"
_APPOSITION = regex.compile(rf",\s(?:(?:the|a|an)\s)?({_TAIL})")
_CLAUSE = regex.compile(
    r",\s(who\s(?!(?:is|was)\s\d)(?:is|was|has\sbeen|runs|ran|leads|led|heads|headed|chairs|chaired|represents|oversees|directs|teaches"
    r"|studies|works|worked|owns|founded|served|serves|covers|manages|edits|lives|advises|advised|helped)"
    rf"\s{_TAIL})"
)
# An apposition that opens so tells what somebody did: ", called him a master of …".
_DID = regex.compile(r"(?:\p{Ll}{3,}ed|told|said|met|gave|saw|wrote|sent|left|took|led)\s")
_ACCORDING = regex.compile(r"\b[Aa]ccording\sto\s[^.,;:\n]*\Z")
LOOK_BACK = 100  # characters before a name
_MARKS = regex.compile(r"['’]+")
_LINKS = frozenset({"of", "for", "and", "the", "to", "&", "at", "in"})
_AFFILIATED = regex.compile(r"\b(?:of|for|at|with|from|in)\s(?:the\s)?")
_DETERMINERS = listed("determiners.txt")
_SUBORDINATE = frozenset({"after", "because", "before", "if", "since", "that", "until", "when", "which", "while"})
_COURTESY = frozenset({"mr", "mrs", "ms", "miss", "mx", "sir", "messrs"})
LONGEST = 14


@dataclass(frozen=True, slots=True)
class Role:
    """What a person is, as a range of the text, the nouns in it, and the range of the body or place they belong to."""

    span: Range | None
    nouns: frozenset[str] = frozenset()
    affiliation: Range | None = None


def role_at(text: str, start: int, end: int, entities: Entities) -> Role | None:
    """The role that stands before or behind the name at a range; None where there is none."""
    before = _role_before(text, start, entities) or _role_apposed(text, start, end, entities)
    behind = _role_behind(text, end)
    if behind and _goes_on(text, start, behind[1]):
        behind = None
    party = _PARTY.match(text, end)
    span = before if before and not (behind and _is_honour(text, before)) else behind
    if not span and not party:
        return None
    affiliation = _affiliation(text, span, entities) if span else None
    if party and not affiliation:
        inner = text[party.start() : party.end()]
        affiliation = (party.start() + inner.index("(") + 1, party.end() - 1)
    nouns = frozenset().union(*(_nouns(text, *s) for s in (before, behind) if s))
    return Role(span, nouns, affiliation)


def _goes_on(text: str, start: int, end: int) -> bool:
    """Whether what stands behind a name is the sentence itself, no apposition: According to Ana Roy, the man left."""
    return not text.startswith(",", end) and _ACCORDING.search(text, max(0, start - LOOK_BACK), start) is not None


def _is_honour(text: str, span: Range) -> bool:
    """Whether a title tells no office: "Dr", "Sir"."""
    return bare(text[slice(*span)]) in vocabulary("honours.txt")


def _nouns(text: str, start: int, end: int) -> frozenset[str]:
    words = (bare(word).removesuffix("'s") for word in regex.findall(r"[\p{L}'’.-]+", text[start:end]))
    return frozenset(word for word in words if word)


def _role_before(text: str, start: int, entities: Entities, gap: Pattern = _BLANK) -> Range | None:
    """Walk left from a name over the words of its role: "retired Air Force general", "U.S. Secretary of State". `gap`
    stands between the name and them."""
    at = start
    words: list[regex.Match[str]] = []
    while len(words) < LONGEST:
        blank = (_BLANK if words else gap).search(text, max(0, at - 3), at)
        word = _BEFORE.search(text, max(0, at - 40), blank.start()) if blank else None
        if not word or not _may_stand(word[0]):
            break
        if bare(word[0]) in _COURTESY or (word[0].endswith(".") and not _is_abbreviation(word[0])):
            break
        if word[0] == "and" and (len(words) == 1 or _ends_person(entities, word.start())):
            break
        at = word.start()
        words.append(word)
    while words and (words[-1][0].lower() in _LINKS or words[-1][0] in read_words("quotes.nlp", "openers.txt")):
        words.pop()
    if not words or words[0][0].lower() in _LINKS:
        return None
    last = next((i for i, word in enumerate(words) if is_title(word[0])), None)
    if last is None or last > 3 or (last > 0 and "of" not in [w[0] for w in words[:last]]):
        return None
    opening = _MARKS.match(text, words[-1].start())
    return opening.end() if opening else words[-1].start(), words[0].end()


def _role_apposed(text: str, start: int, end: int, entities: Entities) -> Range | None:
    """The role of "the mayor, Ana Roy," where a comma or a stop closes the name."""
    if not text.startswith((",", "."), end):
        return None
    return _role_before(text, start, entities, _COMMA)


def _ends_person(entities: Entities, offset: int) -> bool:
    """Whether a person's name ends at an offset, a blank aside."""
    last = entities.before(offset, limit=1)
    return bool(last) and last[0][1].kind == "person" and last[0][0].end >= offset - 1


def _is_abbreviation(word: str) -> bool:
    return word[0].isupper() and ("." in word[:-1] or (len(word) < 6 and not word[:-1].isupper()))


def _may_stand(word: str) -> bool:
    """Whether a word may be part of a role before a name."""
    lower = word.lower()
    if lower in _DETERMINERS:
        return False
    plain = bare(word)
    named = word[0].isupper() or word[0].isdigit()
    return (
        named
        or lower in _LINKS - {"the", "at", "in"}
        or plain in vocabulary("roles.txt")
        or plain in vocabulary("modifiers.txt")
        or plain in vocabulary("organizations.txt")
    )


def _role_behind(text: str, end: int) -> Range | None:
    """The apposition or relative clause behind a name: ", chief engineer at Damco," or ", who runs the plant,"."""
    for between in (POSTNOMINAL, _AGE, _PARTY):
        match = between.match(text, end)
        end = match.end() if match else end
    clause = _CLAUSE.match(text, end)
    if clause:
        return clause.span(1)
    match = _APPOSITION.match(text, end)
    if not match or match[1][:3].strip() in ("", "who", "whi", "whe") or _tells_a_deed(match[1]):
        return None
    words = regex.findall(r"[\p{L}'’-]+", match[1])
    head = next((i for i, word in enumerate(words) if bare(word) in vocabulary("roles.txt")), None)
    if (
        head is None
        or head > 6
        or not _SUBORDINATE.isdisjoint(words[:head])
        or (match[0][2:].split()[0] not in ("the", "a", "an") and head > 4)
    ):
        return None
    role = match[1].split(" whom ")[0].rstrip()
    return match.start(1), match.start(1) + len(role)


def _tells_a_deed(apposition: str) -> bool:
    word = _DID.match(apposition)
    return word is not None and word[0].rstrip() not in vocabulary("modifiers.txt")


def _affiliation(text: str, role: Range, entities: Entities) -> Range | None:
    """The body or place in a role: behind "of", "for", "at", or as a possessive or a name before the noun."""
    names = [m for m, e in entities.within(*role) if e.kind in ("organization", "place")]
    names = [m for m in names if bare(text[m.start : m.end]) not in vocabulary("modifiers.txt")]
    for name in names:
        if _AFFILIATED.search(text, max(role[0], name.start - 10), name.start):
            return name.start, name.end
    return (names[0].start, names[0].end) if names else None
