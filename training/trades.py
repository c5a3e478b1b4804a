"""Make the tables of nouns for what a person does, and for what else a person may be.

Source: the dictionary files of WordNet 3.0 (licence: NOTICE), as in the Debian package wordnet-base 1:3.0 under
/usr/share/wordnet. `apt-get install wordnet-base`, then `python -m training.trades /usr/share/wordnet`.
"""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Iterable
from itertools import pairwise
from pathlib import Path

import regex

from quotes.speakers.lexicon import listed, vocabulary
from quotes.words import read_words

LEXICON = Path(__file__).parents[1] / "quotes" / "speakers" / "lexicon"
TRADES = """\
# Nouns for what a person does, beside those of roles.txt: of WordNet 3.0's persons the kinds of workers, leaders and
# so on, of which every sense is a person and that are no verb or adjective. Copyright 2006 by Princeton University,
# all rights reserved (licence: NOTICE). Made by training/trades.py.
"""
PERSONS = """\
# Other nouns for persons: those that in WordNet 3.0 mean a person before all else. Copyright 2006 by Princeton
# University, all rights reserved (licence: NOTICE). Made by training/trades.py.
"""
PERSON = 18  # the number of the file noun.person
KINDS = [
    "worker",
    "professional",
    "skilled_worker",
    "leader",
    "performer",
    "athlete",
    "scientist",
    "expert",
    "official",
    "politician",
    "head",
    "creator",
    "communicator",
    "intellectual",
    "defender",
    "contestant",
    "adviser",
    "representative",
    "lawman",
    "spiritual_leader",
    "combatant",
    "advocate",
    "entrepreneur",
    "health_professional",
    "negotiator",
    "planner",
    "traveler",
    "educator",
    "specialist",
]
_NOUN, _SHORTER = regex.compile(r"[a-z-]{3,}"), regex.compile(r"[a-z-]{2,}")


def main() -> None:
    """Write the tables."""
    folder = Path(sys.argv[1])
    persons, kinds_of, names = read_synsets(folder / "data.noun")
    senses = dict(read_senses(folder / "index.noun"))
    roots = [one for kind in KINDS for one in senses[kind] if one in persons]
    wanted = closure(roots, kinds_of)
    known = vocabulary("roles.txt").keys() | listed("organizations.txt") | listed("groups.txt") | names
    known |= read_words("quotes.nlp", "verbs.txt") | read_words("quotes.nlp", "adjectives.txt")
    found = (noun for noun, its in senses.items() if its[0] in wanted and persons.issuperset(its))
    trades = {noun for noun in found if _NOUN.fullmatch(noun)} - known
    first = {noun for noun, its in senses.items() if its[0] in persons and _SHORTER.fullmatch(noun)}
    told = trades | vocabulary("roles.txt").keys() | listed("organizations.txt") | listed("groups.txt") | names
    _write("trades.txt", TRADES, trades)
    _write("persons.txt", PERSONS, first - told - listed("documents.txt"))


def _write(name: str, head: str, nouns: Iterable[str]) -> None:
    (LEXICON / name).write_text(head + "".join(f"{noun}\n" for noun in sorted(nouns)))


def read_synsets(file: Path) -> tuple[set[str], dict[str, list[str]], set[str]]:
    """The sets of words that mean persons, the kinds of each set, and the persons' words with a capital."""
    persons, names = set[str](), set[str]()
    kinds_of = defaultdict[str, list[str]](list)
    for line in file.read_text(encoding="ascii").splitlines():
        if line.startswith(" "):  # the licence
            continue
        number, category, _, count, *rest = line.split(" ")
        words, pointers = rest[: 2 * int(count, 16) : 2], rest[2 * int(count, 16) + 1 :]
        if int(category) == PERSON:
            persons.add(number)
            names.update(word.lower() for word in words if word[0].isupper())
        for sign, other in pairwise(pointers):
            if sign == "@":
                kinds_of[other].append(number)
    return persons, kinds_of, names


def read_senses(file: Path) -> list[tuple[str, list[str]]]:
    """Each noun with the sets that it belongs to, the most frequent sense first."""
    lines = [line.split() for line in file.read_text(encoding="ascii").splitlines() if line[0] != " "]
    return [(line[0], line[-int(line[2]) :]) for line in lines]


def closure(roots: list[str], kinds_of: dict[str, list[str]]) -> set[str]:
    """Some sets of words with all that are kinds of them."""
    found, todo = set[str](), list(roots)
    while todo:
        one = todo.pop()
        if one not in found:
            found.add(one)
            todo += kinds_of[one]
    return found


if __name__ == "__main__":
    main()
