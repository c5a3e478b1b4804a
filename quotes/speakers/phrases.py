"""Noun phrases as sources: where the head stands, what kind of speaker it is, and the names inside."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import regex

from quotes.nlp.words import read_words
from quotes.speakers.entities import Entities, Entity
from quotes.speakers.names import LETTERS, POSTNOMINAL, WORDS, NameMention, bare, is_title
from quotes.speakers.nouns import kind_of_noun
from quotes.speakers.roles import role_at
from quotes.types import Form, Kind, Range

__all__ = ["PRONOUNS", "Phrase", "are_joined", "read_phrase"]

PRONOUNS = {
    "he": "m", "him": "m", "his": "m", "himself": "m",
    "she": "f", "her": "f", "hers": "f", "herself": "f",
    "it": "it", "its": "it", "itself": "it", "which": "which",
    "they": "they", "them": "they", "their": "they", "themselves": "they", "both": "they", "these": "they",
    "i": "i", "me": "i", "my": "i", "myself": "i",
    "we": "we", "us": "we", "our": "we",
    "who": "who", "whom": "who", "whose": "who", "that": "who",
    "you": "you",
    "one": "one", "another": "one", "someone": "one", "somebody": "one", "anyone": "one", "everyone": "one",
    "nobody": "one",
}  # fmt: skip
_POSSESSIVES = frozenset({"his", "her", "its", "their", "my", "our", "whose"})
_TOKEN = regex.compile(rf"(?:{LETTERS}|[$%])++(?:[-'’.&](?!s\b){LETTERS})*+|['’]s?\b|\S")
_BREAKS = read_words(WORDS, "breaks.txt") | frozenset(",()[]—–;:―")
_DETERMINERS = read_words(WORDS, "determiners.txt")
_PARTNERS = _DETERMINERS | {"other", "others", "several", "some", "many"}
_APPOSING = frozenset({",", "and", "called", "named"})
_SELVES = frozenset({"himself", "herself", "itself", "themselves"})
_PLURAL = regex.compile(r"\p{Ll}{3,}(?<![siu])s")
_ONE_OF_A_PEOPLE = regex.compile(r"\p{Lu}\p{Ll}+(?:an|ane|ard|at|er|iton|inn|ole|rab|wede|zech|[a-z]i)(?<!Taliban)")
_JOINT = regex.compile(r"(?:,[^,.;:“”\"]{1,40},| ?\([^()]{1,20}\))? (?:and|&) ((?:\S+ ){0,4})")
_PARTICIPLE = regex.compile(r"\p{Ll}{3,}(?:ed|ing)")


@dataclass(frozen=True, slots=True)
class Phrase:
    """A noun phrase: `head` is its head noun in lower case, `names` the entities inside in text order.

    `named` is the entity that the phrase's head, or a name in apposition, names; `owner` the one of a possessive
    before the head, `modifier` any name before the head, at `owner_span`; `pronoun` the class of a pronoun; `partner`
    is where somebody stands who speaks, too, and has no name: "Roy and his lawyer".
    """

    start: int
    end: int
    form: Form
    kind: Kind
    head: str = ""
    head_span: Range = (0, 0)
    pronoun: str = ""
    named: tuple[Entity, ...] = ()
    owner: Entity | None = None
    owner_span: Range | None = None
    modifier: Entity | None = None
    names: tuple[Entity, ...] = ()
    name_span: Range | None = None
    partner: Range | None = None


_OWNS = ("'s", "’s", "'", "’")
_Atom = tuple[int, int, str, Entity | None]


def read_phrase(text: str, start: int, end: int, entities: Entities) -> Phrase:
    """Read the noun phrase at a range of the text."""
    while start < end and not text[start].isalnum():
        start += 1
    inside = entities.within(start, end)
    atoms = list(_atoms(text, start, end, inside))
    words = [bare(atom[2]) for atom in atoms if atom[2] not in "’'’s'’,"]
    if not inside and words and words[0] in PRONOUNS and (len(words) == 1 or not _noun_after(atoms)):
        return _pronoun(start, end, words[0])
    head, parts = _named_head(text, start, atoms, entities) or _head(atoms)
    names = tuple(entity for _, entity in inside)
    if head is None:
        return Phrase(start, end, "nominal", "unknown", names=names)
    phrase = _classify((start, end), atoms, parts, head, names)
    return replace(phrase, partner=_partner(atoms[len(parts) :])) if len(phrase.named) < 2 else phrase


def _partner(rest: list[_Atom]) -> Range | None:
    """The people without a name who speak with the head: "and his lawyer", "and other survivors"."""
    if len(rest) < 2 or rest[0][2] not in ("and", "&") or any(atom[3] for atom in rest):
        return None
    head, part = _head(rest[1:])
    people = head and kind_of_noun(head[2]) in ("person", "group")
    return (part[0][0], head[1]) if head and people and part[0][2].lower() in _PARTNERS else None


def _named_head(text: str, start: int, atoms: list[_Atom], entities: Entities) -> tuple[_Atom, list[_Atom]] | None:
    """The name of "Secretary of State Ana Roy": a role that opens the phrase and holds a preposition."""
    for index, atom in enumerate(atoms):
        if atom[2] in (",", "("):
            return None
        if atom[3] is not None and atom[3].kind == "person":
            role = role_at(text, atom[0], atom[1], entities)
            opens = role and role.span and role.span[0] <= start + 4
            rest = atoms[index + 1 :]
            owns = bool(rest) and rest[0][2] in _OWNS  # "Mayor Ana Roy's office" is not she
            return (atom, atoms[: index + 1]) if opens and index and not owns else None
    return None


def _noun_after(atoms: list[_Atom]) -> bool:
    """Whether a possessive pronoun or "that", "one" stands before a noun that says who speaks."""
    head, _ = _head(atoms)
    return bool(head and head[2] != atoms[0][2] and kind_of_noun(head[2]) != "unknown")


def _pronoun(start: int, end: int, word: str) -> Phrase:
    pronoun = PRONOUNS[word]
    kinds: dict[str, Kind] = {"it": "organization", "which": "organization", "they": "group", "we": "group"}
    return Phrase(start, end, "pronoun", kinds.get(pronoun, "person"), word, (start, end), pronoun)


def _atoms(text: str, start: int, end: int, inside: list[tuple[NameMention, Entity]]) -> Iterator[_Atom]:
    """The words of a range, each name one atom."""
    names = {mention.start: (mention.end, entity) for mention, entity in inside}
    at = start
    while at < end:
        if at in names:
            stop, entity = names[at]
            yield at, stop, text[at:stop], entity
            letters = POSTNOMINAL.match(text, stop, end)
            at = letters.end() if letters else stop
            continue
        match = _TOKEN.search(text, at, end)
        if not match:
            return
        cut = next((name for name in names if match.start() < name < match.end()), match.end())
        if match.start() in names:
            at = match.start()
            continue
        yield match.start(), cut, text[match.start() : cut], None
        at = cut


def _head(atoms: list[_Atom]) -> tuple[_Atom | None, list[_Atom]]:
    """The last word before the phrase is broken off by what follows its head."""
    part: list[_Atom] = []
    for atom in atoms:
        word = atom[2].lower()
        if atom[3] is None and word in _BREAKS and part:
            break
        if atom[3] is None and part and _PARTICIPLE.fullmatch(atom[2]) and kind_of_noun(part[-1][2]) != "unknown":
            break
        part.append(atom)
    while len(part) > 1 and (part[-1][2].lower() in _SELVES or part[-1][2] == "there"):
        part.pop()
    while part and part[-1][2] in ("'s", "’s", "'", "’", '"', "”", "“"):
        part.pop()
    return (part[-1] if part else None), part


def _classify(span: Range, atoms: list[_Atom], part: list[_Atom], head: _Atom, names: tuple[Entity, ...]) -> Phrase:
    phrase = Phrase(*span, "nominal", "unknown", bare(head[2]), (head[0], head[1]), names=names)
    entity = head[3]
    if entity is not None and entity.kind != "group":
        return _called(phrase, head, _joint(atoms, part, entity))
    kind = _kind_of_people(part) if entity is not None else kind_of_noun(phrase.head)
    if kind == "unknown":
        kind = _kind_around(atoms, part)
    apposed = _apposed(atoms, part) if kind in ("person", "unknown") else None
    if apposed and apposed[3]:
        return _called(phrase, apposed, (apposed[3],))
    return _described(replace(phrase, kind=kind), part)


def _called(phrase: Phrase, name: _Atom, named: tuple[Entity, ...]) -> Phrase:
    """A phrase whose speakers are named in it, the first at `name`."""
    kind: Kind = "group" if len(named) > 1 else named[0].kind
    return replace(phrase, form="name", kind=kind, named=named, name_span=(name[0], name[1]))


def _described(phrase: Phrase, part: list[_Atom]) -> Phrase:
    """A phrase without the speaker's name, with the name or the possessive pronoun that stands before its head."""
    first = bare(part[0][2])
    pronoun = PRONOUNS.get(first, "") if first in _POSSESSIVES else ""
    before = next((atom for atom in part[:-1][::-1] if atom[3] is not None and atom[3].kind != "group"), None)
    if before is None:
        return replace(phrase, pronoun=pronoun)
    owns = any(atom[2] in _OWNS for atom in part if atom[0] == before[1])
    owner = before[3] if owns else None
    return replace(phrase, pronoun=pronoun, owner=owner, modifier=before[3], owner_span=(before[0], before[1]))


def _kind_of_people(part: list[_Atom]) -> Kind:
    """ "the Frenchman", "another German" are persons; "the French", "Germans" are groups."""
    return "person" if part[0][2].lower() in _DETERMINERS and _ONE_OF_A_PEOPLE.fullmatch(part[-1][2]) else "group"


def _kind_around(atoms: list[_Atom], part: list[_Atom]) -> Kind:
    """The kind of a phrase whose head tells none: a plural is a group, "a poll last week" is a poll."""
    if _PLURAL.fullmatch(part[-1][2]):
        return "group"
    rest = atoms[len(part) :]
    behind = _head(rest[1:])[0] if rest and rest[0][2] == "of" else None
    for atom in [*([behind] if behind else []), *part[::-1]]:
        kind: Kind = "group" if atom[3] is not None and atom[3].kind == "group" else kind_of_noun(atom[2])
        if kind != "unknown" and atom[3] is None:
            return "group" if atom is behind and kind == "person" else kind
    return "unknown"


def _joint(atoms: list[_Atom], part: list[_Atom], first: Entity) -> tuple[Entity, ...]:
    """The entities of "Roy and Lee", "Roy, Lee and Kim"."""
    named, listed = [first], False
    rest = [atom for atom in atoms[len(part) :] if atom[3] or not _introduces(atom[2])]
    for joint, atom in zip(rest[::2], rest[1::2], strict=False):
        if joint[2] not in (",", "and", "&") or atom[3] is None:
            break
        named.append(atom[3])
        listed = listed or joint[2] != ","
    return tuple(dict.fromkeys(named)) if listed else (first,)


def are_joined(between: str) -> bool:
    """Whether the words between two names join them: "Ana Roy, a judge, and Dr. Lee"."""
    joint = _JOINT.fullmatch(between)
    return joint is not None and all(_introduces(word.strip(".,")) for word in joint[1].split())


def _introduces(word: str) -> bool:
    """Whether a word may stand between "and" and a name: "the architect", "Sen."."""
    return word in _DETERMINERS or is_title(word) or kind_of_noun(word) == "person"


def _apposed(atoms: list[_Atom], part: list[_Atom]) -> _Atom | None:
    """The person named behind a description: "his partner at Damco, Lee Roy," or "his wife and the nominee Ann Roy"."""
    rest = atoms[len(part) :]
    for index, atom in enumerate(rest):
        if atom[3] is not None and atom[3].kind == "person":
            joint = next((i for i in range(index - 1, -1, -1) if rest[i][2] in _APPOSING), None)
            if joint is not None and all(a[2] not in _BREAKS and a[2] not in "'s’s" for a in rest[joint + 1 : index]):
                return atom
    return None
