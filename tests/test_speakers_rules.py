"""Every rule of `quotes.speakers.rules` on its own examples, with names as a recogniser would have found them."""

from __future__ import annotations

import pytest
import regex

from quotes.nlp import split_sentences
from quotes.speakers import resolve
from quotes.speakers.entities import find_entities
from quotes.speakers.mentions import FINDERS
from quotes.speakers.rules import RULES, Rule
from quotes.types import Attribution, Document, Name, Range

BRACKETS = regex.compile(r"[⟨⟩\[\]]")


def read(marked: str) -> tuple[str, list[Name], list[Range]]:
    """A text with names in ⟨…⟩ and sources in […] → the text, the names and the sources."""
    text, done, places = "", 0, {"⟨": [], "[": []}
    for bracket in BRACKETS.finditer(marked):
        text += marked[done : bracket.start()]
        done = bracket.end()
        places["⟨" if bracket[0] in "⟨⟩" else "["].append(len(text))
    text += marked[done:]
    spans = {key: list(zip(found[::2], found[1::2], strict=True)) for key, found in places.items()}
    kinds = {a: "person" if text[a:b].istitle() and " " in text[a:b] else "organization" for a, b in spans["⟨"]}
    kinds |= {a: "group" for a, b in spans["⟨"] if text[a:b] == "Dutch"}
    kinds |= {a: "person" for a, b in spans["⟨"] if text[a:b] in ("Ana", "John", "Marta", "Reed", "Roy")}
    return text, [Name(a, b, kinds[a]) for a, b in spans["⟨"]], spans["["]


def names_in(marked: str) -> set[str]:
    text, names, sources = read(marked)
    found = find_entities(text, list(split_sentences(text)), names, sources)
    said = [Attribution(content=((len(text), len(text)),), source=source) for source in sources]
    who = resolve(Document("x", text, author="The Author"), list(split_sentences(text)), names, said)
    return {entity.name for entity in found.owners} | {one.speaker.name for one in who if one.speaker}


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.id)
def test_examples(rule: Rule) -> None:
    for text, name in rule.acts:
        assert name in names_in(text), text
    text, name = rule.spares
    assert name not in names_in(text), text


def test_few_and_told_apart() -> None:
    ids = [rule.id for rule in RULES]
    assert len(set(ids)) == len(ids) <= 15
    assert set(FINDERS) <= set(ids)
