"""Roles and affiliations, as they stand in the text beside a name."""

from __future__ import annotations

from dataclasses import dataclass

import regex

from quotes.speakers.entities import Entities
from quotes.speakers.lexicon import any_of, bare, is_trade, listed, singular, vocabulary
from quotes.speakers.names import POSTNOMINAL
from quotes.speakers.role_words import COMMA, role_before
from quotes.types import Kind, Range

__all__ = ["Role", "role_at", "role_in"]

_AGE = regex.compile(r",\s\d{1,3}(?=,|\s)|\s\(\d{1,3}\)(?=,)")
_PARTY = regex.compile(
    r"\s?\((?P<party>(?:[DRI]|Democrat|Republican|Independent|Lab|Labour|Con|\p{Lu}\p{Ll}{1,5}\.)(?:[-–,]\s?[^()\n]{1,20})?)\)"
)
_ABBREVIATED = r"(?<=\b(?:\p{Lu}|Dr|Gov|Mrs?|Ms|Rep|Sen|St))\."
_TAIL = rf"[^,;:.()\n“”\"]{{0,160}}+(?:{_ABBREVIATED}[^,;:.()\n“”\"]{{0,60}}+){{0,4}}+"
_NOW = r"(?:(?:also|currently|has|had|now|once|previously|still|then)\s){0,2}"
_APPOSITION = regex.compile(rf"(?:,|\s[-–—])\s(?:(?:the|a|an)\s)?({_TAIL})")
_CLAUSE = regex.compile(rf",\s(who\s{_NOW}(?:{any_of('role_verbs.txt')})\s{_TAIL})")
_IS = r"(?:is|was|has\sbeen|had\sbeen)\s"
_IS_CLAUSE = regex.compile(rf",\s(who\s{_NOW}{_IS}{_NOW}((?:(?:an?|the|one\sof\sthe)\s)?{_TAIL}))")
# "Ana Roy is a midwife at …", "Roy was one of the vets who …".
_IS_ONE = regex.compile(rf"\s(?:is|was)\s{_NOW}(?=an?\s|the\s|one\sof\s)(?:(?:an?|the)\s)?({_TAIL})")
# An apposition that opens so tells what somebody did: ", called him a master of …".
_DEED = regex.compile(r"(?:and|\p{Ll}{3,}(?:ed|ing)|told|said|met|gave|saw|wrote|sent|left|took|led|has|had|is|was)\s")
_AFFILIATED = regex.compile(r"\b(?:of|for|at|with|from|in)\s(?:the\s)?(?:\p{Ll}+\s)?\Z")
_OF_PLACE = regex.compile(r"\b(?:of|for|at)\s(?:the\s)?\Z")
_OF_NAME = regex.compile(r",?\s(?:also\s)?(?:of|from|at|with|for)\s(?:the\s)?(?:\p{Ll}+\s)?")
_PORTFOLIO = regex.compile(r"\s(?:Affairs\s)?(?:Minister|Secretary|Secretaries|Ministers|Office)\b", regex.I)
_SUBORDINATE = frozenset(
    {"after", "because", "before", "from", "if", "since", "that", "until", "what", "when", "which", "while", "with"}
)
# Behind the noun of a described speaker: "spokesman for Tesco", but not "spokesman speaking for Tesco".
_COMPLEMENT = regex.compile(
    r"\s(?:of|for|at|from|to|in|with)\s(?:(?!\s(?:who|whom|whose|which|that|on|as)\b)[^,;:—–()\n“”\"])++"
)
_PROFESSOR = regex.compile(r"\bProf(?:essor\b|\b\.?)")
# Titles that are no role: what stands before them may be one.
_COURTESY = regex.compile(
    r"\b(?:(?:Mrs?|Ms|Miss|Mx|Sir|Messrs|Dr|Prof|Professor|Dame|Lord|Lady|Rev|Reverend|Fr|Hon|Cllr|Cr|Mme|Mlle|Herr)\.?\s)+\Z"
)
_LEAD = regex.compile(
    r"(?i)(?:(?:an?|the|this|that|his|her|its|their|our|my|your|one|another|some|any|each|every|no)\s)+"
)
_PARTIES = regex.compile(rf"\b(?:{any_of('parties.txt')})\b(?!\s(?:Republic|Party))")
_COUNTRY = regex.compile(r"U\.?[KS]\.?")
LOOK_BACK = 100  # characters before a name


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
    before = role_before(text, first, entities) or (
        role_before(text, first, entities, COMMA) if text.startswith((",", "."), end) else None
    )
    behind = _role_behind(text, end)
    honour = before and behind and bare(text[slice(*before)]) in vocabulary("honours.txt")
    professor = _PROFESSOR.search(text, first, start)
    span = (before if before and not honour else behind) or (professor.span() if professor else None)
    affiliation = _affiliation(text, span, entities) if span else None
    affiliation = affiliation or _beside(text, before[0] if before else start, end, entities)
    if not span and not affiliation:
        return None
    words = (text[slice(*one)] for one in (before, behind) if one)
    nouns = frozenset(bare(word).removesuffix("'s") for part in words for word in regex.findall(r"[\p{L}'’.-]+", part))
    return Role(span, nouns - {""}, affiliation)


def role_in(text: str, start: int, head: Range, end: int, entities: Entities) -> Role | None:
    """The role that a phrase at a range tells by its head: "A spokesman for Tesco", "the club's manager"."""
    noun = text[slice(*head)]
    if not is_trade(noun) or bare(noun) in listed("no_roles.txt"):
        return None
    lead = _LEAD.match(text, start, head[0])
    if text.startswith(" and ", head[1]):
        return None
    behind = _COMPLEMENT.match(text, head[1], end)
    span = lead.end() if lead else start, behind.end() if behind else head[1]
    return Role(span, frozenset(), _affiliation(text, span, entities))


# --- the role --------------------------------------------------------------------------------------------------------


def _role_behind(text: str, end: int) -> Range | None:
    """What stands behind a name: ", chief engineer at Damco,", ", who runs the plant," or "is a nurse"."""
    for between in (POSTNOMINAL, _AGE, _PARTY):
        match = between.match(text, end)
        end = match.end() if match else end
    clause, being = _CLAUSE.match(text, end), _IS_CLAUSE.match(text, end)
    clause = clause or (being if being and _tells_role(being[2], being[2]) else None)
    if clause:
        return clause.span(1)
    one = _IS_ONE.match(text, end)
    if one and _tells_role("the " + one[1], one[1], besides=listed("no_roles.txt")):
        return one.start(1), one.start(1) + len(one[1].rstrip())
    match = _APPOSITION.match(text, end)
    if not match or not _tells_role(match[0], match[1]):
        return None
    return match.start(1), match.start(1) + len(match[1].split(" whom ")[0].rstrip())


def _tells_role(whole: str, words: str, besides: frozenset[str] = frozenset()) -> bool:
    """Whether an apposition has a role's noun near its beginning, and is no clause; `besides` are no roles."""
    deed = _DEED.match(words)
    if words[:2] == "wh" or (deed and deed[0].rstrip() not in listed("modifiers.txt")):
        return False
    found = regex.findall(r"[\p{L}'’-]+", words)
    nouns = map(singular, found) if words.startswith("one of ") else iter(found)
    head = next((n for n, noun in enumerate(nouns) if is_trade(noun) and noun not in besides), None)
    determined = whole.lstrip(", -–—").startswith(("the ", "a ", "an "))
    return head is not None and head <= (6 if determined else 4) and _SUBORDINATE.isdisjoint(found[:head])


# --- the affiliation -------------------------------------------------------------------------------------------------


def _affiliation(text: str, role: Range, entities: Entities) -> Range | None:
    """The body or place in a role: behind "of", "for", "at", or else before the noun; or else the party."""
    owned = any(bare(word) in listed("offices.txt") for word in text[slice(*role)].split())

    def is_body(kind: Kind, start: int) -> bool:
        if kind == "place":
            return owned or _OF_PLACE.search(text, role[0], start) is not None
        return kind == "organization" or text.endswith(" at ", role[0], start)  # nobody works at a person

    names = [m for m, e in entities.within(*role) if is_body(e.kind, m.start) and not _is_no_body(text, m.start, m.end)]
    behind = (m for m in names if _AFFILIATED.search(text, max(role[0], m.start - 30), m.start))
    name = next(behind, names[0] if names else None)
    party = _PARTIES.search(text, *role)
    return (name.start, name.end) if name else party.span() if party else None


def _is_no_body(text: str, start: int, end: int) -> bool:
    """Whether a name only says what a minister is for or of which country somebody is: "Home Secretary", "US judge"."""
    name = text[start:end]
    if (
        is_trade(name.split()[-1])
        or "ex-" in text[max(0, start - 3) : start + 3].lower()
        or text.startswith("-b", end)
        or (_COUNTRY.fullmatch(name) and text[end : end + 2] not in ("'s", "’s"))
    ):
        return True
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
    name, owner = entities.last_before(start) or (None, None)
    owns = name and owner and owner.kind == "organization" and text[name.end : start] in ("'s ", "’s ")
    return (name.start, name.end) if name and owns else None
