"""Noun phrases that name somebody: the head, its determiner and pronoun, what kind of speaker it is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import regex

from quotes.speakers.entities import Entities, Entity
from quotes.speakers.lexicon import PRONOUNS, bare, is_title, kind_of_noun, listed, peoples, sex_of
from quotes.speakers.names import LETTERS, POSTNOMINAL
from quotes.types import Kind, Range

__all__ = ["COMPOUND", "Phrase", "are_joined", "read_phrase"]

_KINDS: dict[str, Kind] = {"it": "organization", "which": "organization", "they": "group", "we": "group"}
_POSSESSIVES = frozenset({"his", "her", "its", "their", "my", "our", "whose"})
_TOKEN = regex.compile(rf"(?:{LETTERS}|[$%])++(?:[-'’.&](?!s\b){LETTERS})*+|['’]s?\b|\S")
_BREAKS = listed("breaks.txt") | frozenset(",()[]—–-;:―")
_DETERMINERS = listed("determiners.txt")
_OWNS = frozenset({"'s", "’s", "'", "’"})
_CLOSING = _OWNS | {'"', "”", "“"}
_SELVES = frozenset({"himself", "herself", "itself", "themselves", "there"})
_PLURAL = regex.compile(r"\p{Ll}{3,}(?<![siu])s")
_ONE_OF_A_PEOPLE = regex.compile(
    r"\p{Lu}\p{Ll}*(?:an|ane|ard|at|cot|er|erb|inn|ino|iton|ole|rab|reek|urd|urk|wede|zech|[a-z]i)(?<!Taliban)"
)
_JOINT = regex.compile(r"(?:,[^,.;:“”\"]{1,40},| ?\([^()]{1,20}\))? (?:and|&) ((?:\S+ ){0,4})")

_PARTICIPLE = regex.compile(r"\p{Ll}{3,}(?:ed|ing)")

# Behind a name that is a part of a word: "Leeds-born", "the Denver, Colorado-based firm".
COMPOUND = regex.compile(r"(?:,\s\p{Lu}[\p{L}.]*(?:\s\p{Lu}\p{L}*)?)?[-‑]\p{Ll}+")

_Atom = tuple[int, int, str, Entity | None]


@dataclass(frozen=True, slots=True)
class Phrase:
    """A noun phrase at a range of the text: its `head` in lower case at `head_span`, the `named` entity where the head
    is a name, the class of its `pronoun` ("she", but "her" of "her lawyer" as well), the `sex` and `kind` that head or
    pronoun tell, and all its words in their bare form."""

    start: int
    end: int
    head: str = ""
    head_span: Range = (0, 0)
    pronoun: str = ""
    determiner: str = ""
    named: Entity | None = None
    kind: Kind = "unknown"
    sex: str = ""
    words: tuple[str, ...] = ()

    @property
    def is_pronoun(self) -> bool:
        """Whether it is a pronoun and nothing else."""
        return bool(self.pronoun) and self.head in PRONOUNS


def read_phrase(text: str, start: int, end: int, entities: Entities) -> Phrase:
    """Read the noun phrase at a range of the text."""
    while start < end and not text[start].isalnum():
        start += 1
    atoms = list(_atoms(text, start, end, entities))
    words = tuple(bare(word) for _, _, name, _ in atoms for word in name.split() if word not in _OWNS and word != ",")
    part = _with_both_roles(text, atoms, _up_to_head(atoms))
    if not part:
        return Phrase(start, end, words=words)
    head, first = part[-1], part[0][2].lower()
    noun = bare(head[2])
    if first in PRONOUNS and head[3] is None and (len(part) == 1 or kind_of_noun(noun) == "unknown"):
        pronoun = PRONOUNS[first]
        sex = pronoun if pronoun in ("m", "f") else ""
        kind: Kind = _KINDS.get(pronoun, "person")
        return Phrase(start, end, first, (part[0][0], part[0][1]), pronoun, "", None, kind, sex, words)
    pronoun = PRONOUNS[first] if first in _POSSESSIVES else ""
    determiner = "its" if pronoun else first if first in _DETERMINERS else ""
    kind, sex = _kind(atoms, part), _sex(noun, part)
    return Phrase(start, end, noun, (head[0], head[1]), pronoun, determiner, head[3], kind, sex, words)


# "co-founder and ex-CEO Ana Roy" is one person, "the mayor and Prime Minister Ana Roy" are two
_SECOND_ROLE = regex.compile(r"\sand\s(?:\p{Ll}[\p{L}-]*\s|\p{Lu}++(?=\s)\s)(?:[\p{L}-]+\s){0,2}")


def _with_both_roles(text: str, atoms: list[_Atom], part: list[_Atom]) -> list[_Atom]:
    """A person of whom two roles are told, up to the name behind them; any other part as it is."""
    at = next((n for n, atom in enumerate(atoms) if atom[3]), 0)
    name = atoms[at][3] if 0 < len(part) <= at else None
    if name is None or name.kind != "person" or kind_of_noun(part[-1][2]) != "person":
        return part
    joint = _SECOND_ROLE.fullmatch(text, part[-1][1], atoms[at][0])
    another = any(atom[2].lower() in _DETERMINERS | _POSSESSIVES for atom in atoms[len(part) : at])
    return atoms[: at + 1] if joint and not another and kind_of_noun(atoms[at - 1][2]) == "person" else part


def _sex(noun: str, part: list[_Atom]) -> str:
    """The sex that the head or a word before it tells, but no owner: the daughter's solicitor may be a man."""
    words = [word for _, _, word, _ in part]
    owners = max((n for n, word in enumerate(words) if word in _OWNS), default=-1)
    return sex_of(noun) or next(filter(None, map(sex_of, " ".join(words[owners + 1 :]).split())), "")


def _atoms(text: str, start: int, end: int, entities: Entities) -> Iterator[_Atom]:
    """The words of a range, each name one atom."""
    names = {mention.start: (mention.end, entity) for mention, entity in entities.within(start, end)}
    at = start
    while at < end:
        if at in names:
            stop, entity = names[at]
            compound = COMPOUND.match(text, stop, end)
            if compound:
                yield at, compound.end(), text[at : compound.end()], None
            else:
                yield at, stop, text[at:stop], entity
            behind = compound or POSTNOMINAL.match(text, stop, end)
            at = behind.end() if behind else stop
            continue
        match = _TOKEN.search(text, at, end)
        if not match:
            return
        at = next((name for name in names if match.start() <= name < match.end()), match.end())
        if at > match.start():
            yield match.start(), at, text[match.start() : at], None


def _up_to_head(atoms: list[_Atom]) -> list[_Atom]:
    """The atoms up to the last word before the phrase is broken off by what follows its head."""
    breaks = (
        n
        for n, (before, (_, _, word, entity)) in enumerate(pairwise(atoms), 1)
        if entity is None and (word.lower() in _BREAKS or _is_clause(word, before[2]))
    )
    part = atoms[: next(breaks, len(atoms))]
    while len(part) > 1 and part[-1][2].lower() in _SELVES | _CLOSING:
        part.pop()
    return part


def _is_clause(word: str, before: str) -> bool:
    """Whether a participle begins a clause behind a noun: "the man arrested on Monday"."""
    return _PARTICIPLE.fullmatch(word) is not None and kind_of_noun(before) != "unknown"


def _kind(atoms: list[_Atom], part: list[_Atom]) -> Kind:
    """The kind of speaker that a phrase names: by its name, its noun, or else by what stands around it."""
    head = part[-1]
    if head[3] is not None and head[3].kind != "group":
        return head[3].kind
    if head[3] is not None or (
        head[2][0].isupper() and peoples((bare(head[2]),))
    ):  # "the Frenchman", "another German" are persons; "the French", "Germans" are groups
        one = part[0][2].lower() in _DETERMINERS and _ONE_OF_A_PEOPLE.fullmatch(head[2])
        return "person" if one else "group"
    kind = kind_of_noun(head[2])
    return kind if kind != "unknown" else _kind_around(atoms, part)


def _kind_around(atoms: list[_Atom], part: list[_Atom]) -> Kind:
    """The kind of a phrase whose head tells none: a plural is a group, "a poll last week" is a poll."""
    if _PLURAL.fullmatch(part[-1][2]):
        return "group"
    rest = atoms[len(part) :]
    behind = _up_to_head(rest[1:])[-1:] if rest and rest[0][2] == "of" else []
    for atom in [*behind, *part[::-1]]:
        kind = kind_of_noun(atom[2]) if atom[3] is None else "unknown"
        if kind != "unknown":
            return "group" if atom in behind and kind == "person" else kind
    return "unknown"


def are_joined(between: str) -> bool:
    """Whether the words between two names join them: "Ana Roy, a judge, and Dr. Lee"."""
    joint = _JOINT.fullmatch(between)
    return joint is not None and all(_introduces(word.strip(".,")) for word in joint[1].split())


def _introduces(word: str) -> bool:
    """Whether a word may stand between "and" and a name: "the architect", "Sen."."""
    return word in _DETERMINERS or is_title(word) or kind_of_noun(word) == "person"
