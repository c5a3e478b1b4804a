"""What single words tell: the sex of a title or a given name, the kind of speaker a noun names, words for one thing.

The tables lie beside this file, one entry a line, each with its source or what it is for at its head. Words are asked
for in their bare form (`bare`): lower case, no full stop, straight apostrophes.
"""

from __future__ import annotations

import unicodedata
from bisect import bisect_left
from collections.abc import Collection, Iterable
from functools import cache, lru_cache

import regex

from quotes.types import Kind
from quotes.words import longest_first, read_lines, read_words

__all__ = [
    "LEXICON",
    "PRONOUNS",
    "any_of",
    "bare",
    "is_given_name",
    "is_title",
    "is_trade",
    "kin",
    "kind_of_noun",
    "listed",
    "noun_listed",
    "peoples",
    "sex_of",
    "share_of_women",
    "short_forms",
    "singular",
    "unaccented",
    "vocabulary",
]

LEXICON = "quotes.speakers.lexicon"
COMMON = 4  # digits of the number of those who bear a name that surely is one
_AGENT = regex.compile(r"\p{Ll}{2,}(?:er|or|ist|ian|ant|ent|eer|man|woman)")
_BOTH_SEXES = frozenset({"german", "human", "norman", "ottoman", "roman", "shaman"})
_ACCENTS = regex.compile(r"\p{M}+")


@lru_cache(maxsize=1 << 16)
def bare(word: str) -> str:
    """A word for comparison: no full stop, no case, straight apostrophes."""
    return word.strip(".,\"“”'‘’()").replace("’", "'").replace(".", "").casefold()


def unaccented(word: str) -> str:
    """A word without accents."""
    return _ACCENTS.sub("", unicodedata.normalize("NFKD", word))


def listed(name: str) -> frozenset[str]:
    """The entries of a word list."""
    return read_words(LEXICON, name)


@cache
def vocabulary(name: str) -> dict[str, str]:
    """A word list as a mapping from each entry to the sex at the end of its line ("m", "f", or nothing)."""
    lines = listed(name)
    sexed = {line[:-2]: line[-1] for line in lines if line.endswith((" m", " f"))}
    return {line: "" for line in lines if not line.endswith((" m", " f"))} | sexed


def any_of(name: str, without: Collection[str] = ()) -> str:
    """The entries of a word list as a pattern, the longer ones first; `without` are some in their bare form."""
    entries = (entry for entry in vocabulary(name) if bare(entry) not in without)
    return "|".join(longest_first(entries))


@cache
def _sets(name: str) -> dict[str, frozenset[str]]:
    """A list of sets, one a line: each word with all those of its lines."""
    found: dict[str, frozenset[str]] = {}
    for line in listed(name):
        for word in line.casefold().split():
            found[word] = found.get(word, frozenset()) | frozenset(line.casefold().split())
    return found


def kin(noun: str) -> frozenset[str]:
    """A noun and those that name the same."""
    return _sets("synonyms.txt").get(noun, frozenset()) | {noun}


def peoples(told: Iterable[str]) -> frozenset[str]:
    """All words for the countries and peoples that some words tell."""
    return frozenset().union(*(_sets("peoples.txt").get(word, ()) for word in told))


def short_forms(name: str) -> frozenset[str]:
    """A given name with the short forms of it: "William", "Bill"."""
    return _sets("nicknames.txt").get(name, frozenset())


# --- sex and given names ---------------------------------------------------------------------------------------------


@cache
def _bare_titles() -> dict[str, str]:
    return {bare(title): sex for title, sex in vocabulary("titles.txt").items()}


def is_title(word: str) -> bool:
    """Whether a word is a title or a role's noun ("Sen.", "spokesman"), which no name begins with."""
    word = bare(word)
    return word in _bare_titles() or (word in vocabulary("roles.txt") and word not in listed("also_given_names.txt"))


def is_trade(word: str) -> bool:
    """Whether a noun tells an office or a trade, by the tables: "Sen.", "co-ordinator", "scrum-half", "ex-mayor"."""
    noun = bare(word)
    if noun.endswith("ed"):  # "accused Ana Roy" is no role
        return False
    forms = (noun, noun.replace("-", ""), noun.rpartition("-")[2])
    return any(is_title(form) or form in listed("trades.txt") for form in forms)


def sex_of(word: str) -> str:
    """What a title, a role's noun or "Frenchman" says of a person's sex: "m", "f" or nothing."""
    word = bare(word)
    if word.endswith("man") and word not in _BOTH_SEXES:
        return "f" if word.endswith("woman") else "m"
    known = (_bare_titles().get(form, "") or vocabulary("roles.txt").get(form, "") for form in _with_parts(word))
    return next(filter(None, known), "")


@cache
def _given_names() -> list[str]:
    """The lines of the table, sorted: few of them are ever asked for."""
    return read_lines(LEXICON, "given_names.txt")


@lru_cache(maxsize=1 << 14)
def _figures(word: str) -> tuple[int, int] | None:
    """Of those who bear a given name the share of women in per cent, and the digits of their number."""
    name, lines = unaccented(bare(word)), _given_names()
    at = bisect_left(lines, f"{name} ")
    found, *figures = lines[at].split(" ") if at < len(lines) else [""]
    return (int(figures[0]), int(figures[1])) if figures and found == name else None


def share_of_women(name: str) -> float | None:
    """The share of women among those who bear a given name; None where the table does not have it."""
    found = _figures(name)
    return found[0] / 100 if found else None


def is_given_name(word: str) -> bool:
    """Whether many people bear a word as their given name."""
    found = _figures(word)
    return found is not None and found[1] >= COMMON


PRONOUNS = dict(line.split() for line in read_lines(LEXICON, "pronouns.txt"))
"""Each pronoun with its class."""

# --- kinds -----------------------------------------------------------------------------------------------------------


def singular(noun: str) -> str:
    """A noun's singular by rule: enough to look it up."""
    for plural, one in (("ies", "y"), ("women", "woman"), ("men", "man"), ("s", "")):
        if noun.endswith(plural) and not noun.endswith("ss"):
            return noun[: -len(plural)] + one
    return noun


@lru_cache(maxsize=1 << 16)
def kind_of_noun(noun: str) -> Kind:
    """The kind of speaker that a head noun names, by the tables, or else by how it ends, "caver", or by the noun that
    it is made of: "co-star", "mother-of-two"."""
    return next((kind for kind in map(_kind_of_word, _with_parts(noun)) if kind != "unknown"), "unknown")


_BEHIND = regex.compile(r"-(?:of|to|in|at|for|general|elect)\b.*", regex.I)


def _with_parts(noun: str) -> tuple[str, ...]:
    """A noun, and of one with hyphens the part that tells what it is."""
    return (noun, _BEHIND.sub("", noun).rpartition("-")[2]) if "-" in noun else (noun,)


def _kind_of_word(noun: str) -> Kind:
    kind, one = noun_listed(noun), singular(bare(noun))
    if kind == "unknown" and (one in listed("trades.txt") or one in listed("persons.txt") or _AGENT.fullmatch(one)):
        return "person" if one == bare(noun) else "group"
    return kind


@lru_cache(maxsize=1 << 16)
def noun_listed(noun: str) -> Kind:
    """The kind of speaker that a noun of the tables names; "unknown" of any other word."""
    noun = bare(noun)
    one = singular(noun)
    if noun in vocabulary("groups.txt"):
        return "group"
    if noun in vocabulary("roles.txt"):
        return "person"
    for name, kind, several in (
        ("documents.txt", "document", "document"),
        ("organizations.txt", "organization", "group"),
    ):
        if noun in listed(name) or one in listed(name):
            return kind if noun in listed(name) else several  # type: ignore[return-value]
    if one in vocabulary("roles.txt"):
        return "group"
    return "person" if noun.endswith("-year-old") else "unknown"
