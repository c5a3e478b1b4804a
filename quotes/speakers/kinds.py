"""Whether names are a person's, a body's, a place's or a work's: the article's own evidence corrects the recogniser."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence

import regex

from quotes.speakers.lexicon import kind_of_noun, vocabulary
from quotes.speakers.names import NameMention, trim, words_of
from quotes.types import Kind

__all__ = ["INITIALS", "agree", "is_body_word", "is_personal"]

Words = tuple[str, ...]

INITIALS = regex.compile(r"\b\p{Lu}(?:\.\p{Lu})+\Z")
_DOUBTED = frozenset({"organization", "document", "unknown"})
_NAMED = regex.compile(r"[\p{L}' .-]+")
_AGED = regex.compile(r",\s\d\d,")
_DESCRIBED = regex.compile(r",(?:\s(?:the|an?)\b)?((?:\s[\p{L}'’-]++){1,4}+)")
_PLACED = regex.compile(r"\b(?:in|near|across|outside|throughout)\s\Z")
_DESCRIBING = regex.compile(r"(?<!\p{L})(\p{L}++)(,?)\s\Z")
_INNER_MARK = regex.compile(r"['’-]")
# One word that names no person: "RSPCA", "S.E.C.", "PolitiFact", but "DuVernay" and "McKay" do.
_BODY_WORD = regex.compile(
    r"\p{Lu}{3,6}|(?:\p{Lu}\.){3,}+|(?!(?:D[aeiou]|Fitz|L[aeou]|Ma?c|O|St|V[ao]n|Ver|Al|El)\p{Lu})\p{Lu}\p{Ll}+\p{Lu}\p{L}+"
)


def agree(text: str, mentions: Sequence[NameMention]) -> list[NameMention]:
    """One kind for one string: what most of its mentions say, and what other names of the article make of that."""
    kinds = _Evidence(text, mentions).kinds()
    named = ((mention, words_of(text[mention.start : mention.end])) for mention in mentions)
    decided = (
        m if _is_dotted(text, m) else NameMention(m.start, m.end, kinds[words], m.sex) for m, words in named if words
    )
    return [fit for mention in decided if (fit := _fitted(text, mention))]


class _Evidence:
    """What speaks for the kind of each name: `votes` of its mentions, how often it is `placed` behind "in" or "near";
    `titled` are the last words of names behind a title."""

    def __init__(self, text: str, mentions: Sequence[NameMention]) -> None:
        self.votes: dict[Words, Counter[Kind]] = defaultdict(Counter)
        self.placed: Counter[Words] = Counter()
        self.titled: set[str] = set()
        for mention in mentions:
            words = words_of(text[mention.start : mention.end])
            if words:
                self._hear(text, mention, words)

    def _hear(self, text: str, mention: NameMention, words: Words) -> None:
        self.votes[words][mention.kind] += 1
        if mention.kind in ("organization", "unknown") and len(words) > 1 and _is_described(text, mention):
            self.votes[words]["person"] += 2
        if mention.kind in ("person", "unknown") and len(words) > 1 and _is_apposed_to_body(text, mention):
            self.votes[words]["organization"] += 2
        self.placed[words] += bool(_PLACED.search(text, max(0, mention.start - 12), mention.start))
        if mention.sex:
            self.titled.add(words[-1])

    def kinds(self) -> dict[Words, Kind]:
        """The kind of each name."""
        kinds = {words: count.most_common(1)[0][0] for words, count in self.votes.items()}
        surnames = {words[-1] for words, kind in kinds.items() if len(words) > 1 and kind == "person"}
        bodies = {words[0] for words, kind in kinds.items() if len(words) > 1 and kind == "organization"}
        single = {w: self._of_one_word(w, kind, surnames, bodies) for w, kind in kinds.items() if len(w) == 1}
        persons = surnames | {words[0] for words, kind in single.items() if kind == "person"}
        longer = {words: self._of_several(words, kind, persons) for words, kind in kinds.items() if len(words) > 1}
        return single | longer

    def _of_one_word(self, words: Words, kind: Kind, surnames: set[str], bodies: set[str]) -> Kind:
        """A full name's surname is a person's, unless it is written as a place; a body's first word is the body's."""
        placed, heard = self.placed[words], self.votes[words].total()
        if kind == "person" and placed == heard and words[0] not in surnames:
            return "place"
        if words[0] in surnames and not (kind == "place" and 2 * placed > heard):
            return "person"
        return "organization" if kind == "person" and words[0] in bodies else kind

    def _of_several(self, words: Words, kind: Kind, persons: set[str]) -> Kind:
        """A name that ends in "Council" is a body's, one that ends in a surname a person's."""
        if kind == "person" and words[-1] in vocabulary("organizations.txt"):
            return "organization"
        surnames = persons if kind in _DOUBTED else self.titled if kind == "place" else set()
        if len(words) > 3 or words[-1] not in surnames or not _NAMED.fullmatch(" ".join(words)):
            return kind
        return "person" if all(kind_of_noun(word) == "unknown" for word in words[:-1]) else kind


def _is_described(text: str, mention: NameMention) -> bool:
    """Whether a person's role stands beside: "Jo Lee, a colleague", "her colleague, Jo Lee,", "the novelist Jo Lee"."""
    behind = _DESCRIBED.match(text, mention.end)
    if _AGED.match(text, mention.end) or (behind and any(map(_is_role, behind[1].split()))):
        return True
    noun, apposed = _noun_before(text, mention)
    return _is_role(noun) and (apposed or is_personal(text, mention))


def _is_apposed_to_body(text: str, mention: NameMention) -> bool:
    """Whether a body's noun stands before, in apposition: "the mining company, Ridge Minerals,"."""
    noun, apposed = _noun_before(text, mention)
    return apposed and kind_of_noun(noun) == "organization"


def _noun_before(text: str, mention: NameMention) -> tuple[str, bool]:
    """The word before a name, and whether the name is in apposition to it; nothing of a comma that none closes."""
    before = _DESCRIBING.search(text, max(0, mention.start - 30), mention.start)
    if not before or (before[2] and text[mention.end : mention.end + 1] not in (",", ".", ";")):
        return "", False
    return before[1], bool(before[2])


def _is_role(word: str) -> bool:
    """Whether a word, or what it begins with ("mayor-elect"), is a role's noun."""
    return word in vocabulary("roles.txt") or _INNER_MARK.split(word)[0] in vocabulary("roles.txt")


def _is_dotted(text: str, mention: NameMention) -> bool:
    """Whether a mention is an abbreviation such as "U.N.", which is nobody's surname."""
    return text[mention.end - 1] == "." and INITIALS.search(text, mention.start, mention.end - 1) is not None


def _fitted(text: str, mention: NameMention) -> NameMention | None:
    """A person's mention without what belongs to no name."""
    name = text[mention.start : mention.end]
    if mention.kind != "person":
        return mention
    if is_body_word(name) and not mention.sex and text[mention.end : mention.end + 1] != ":":
        return NameMention(mention.start, mention.end, "organization")
    if name.isalpha():
        return mention
    span = trim(text, mention.start, mention.end)
    return NameMention(*span, "person", mention.sex) if span else None


def is_body_word(name: str) -> bool:
    """Whether a name is written as only bodies' are: "RSPCA", "PolitiFact"."""
    return _BODY_WORD.fullmatch(name) is not None


def is_personal(text: str, name: NameMention) -> bool:
    """Whether no word of a name is a common noun for a person, a body or a work."""
    return all(kind_of_noun(word) == "unknown" for word in words_of(text[name.start : name.end]))
