"""Two speakers of two articles: the same, somebody else, or nobody can tell."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from quotes.speakers.entities import same_person
from quotes.speakers.lexicon import is_title
from quotes.speakers.names import SMALL, initials, key_of

__all__ = ["Who", "is_other", "is_same", "who_of"]

Words = tuple[str, ...]


@dataclass(frozen=True, slots=True, order=True)
class Who:
    """A speaker for comparison. `name` are the words of the name, without titles; none where it is not known. `others`
    are names the article may mean as well, or the body that somebody speaks for; `members` those who speak together."""

    name: Words = ()
    kind: str = "unknown"
    id: str = ""
    others: tuple[Words, ...] = ()
    members: tuple[Who, ...] = ()

    @property
    def known(self) -> bool:
        """Whether there is a name or an id."""
        return bool(self.name or self.id)


NOBODY = Who()


def who_of(speaker: Mapping[str, Any] | None) -> Who:
    """The speaker of a record."""
    if not speaker or not (speaker.get("name") or speaker.get("id")):
        return NOBODY
    others = [*(speaker.get("candidates") or ()), *_bodies(speaker)]
    members = tuple(sorted(member for member in map(who_of, speaker.get("members") or ()) if member.known))
    words = tuple(dict.fromkeys(words for words in map(_words, others) if words))
    return Who(_words(speaker.get("name") or ""), str(speaker.get("kind")), speaker.get("id") or "", words, members)


def _bodies(speaker: Mapping[str, Any]) -> Iterator[str]:
    """What somebody speaks for: affiliation and role as the article words them."""
    for part in ("affiliation", "role"):
        if speaker.get(part):
            yield speaker[part]["text"]


@lru_cache(maxsize=1 << 16)
def _words(name: str) -> Words:
    words = key_of(name)
    while len(words) > 1 and is_title(words[0]):
        words = words[1:]
    return words


@lru_cache(maxsize=1 << 16)
def is_same(a: Who, b: Who) -> bool:
    """Whether both are known and may be one: one id, forms of one name, a body and who speaks for it, joint speakers of
    whom one is the other."""
    if not (a.known and b.known):
        return False
    if a.members or b.members:
        return any(is_same(one, other) for one in a.members or (a,) for other in b.members or (b,))
    if a.id and b.id:
        return a.id == b.id
    return _same_name(a, b) or _speaks_for(a, b) or _speaks_for(b, a)


def is_other(a: Who, b: Who) -> bool:
    """Whether both are known and cannot be one."""
    return a.known and b.known and not is_same(a, b)


def _same_name(a: Who, b: Who) -> bool:
    if not (a.name and b.name):
        return False
    if a.name == b.name or a.name in b.others or b.name in a.others:
        return True
    few, many = sorted((a.name, b.name), key=len)
    if "person" in (a.kind, b.kind):
        return few[-1] == many[-1] if len(few) == 1 else same_person(few, many)
    return (initials(word for word in many if word not in SMALL),) == few or (set(few) <= set(many) and len(few) > 1)


def _speaks_for(person: Who, body: Who) -> bool:
    """Whether all words of the body's name stand in the person's role or affiliation."""
    name = {word for word in body.name if word not in SMALL}
    return bool(name) and body.kind != "person" and any(name <= set(words) for words in person.others)
