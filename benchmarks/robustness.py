"""How steady what is read stays where the article says the same.

    python benchmarks/robustness.py GOLD.jsonl [--limit N]
    python benchmarks/robustness.py fixtures/gate --check       fails where more changes than its ceilings allow
    python benchmarks/robustness.py fixtures/gate --update      sets the ceilings a little above what changes now

GOLD has one article a line; a folder holds annotated articles, as tests/cases_format.py has them. Each article is read
as it stands and again with each change: an unrelated paragraph in front, behind another article, twice over (the second
copy is judged), wrapped at 72 columns, with straight marks, with no-break spaces, with other surnames, with the whole
names of its speakers exchanged for others of the same sex, for names of other countries, and without indirect speech
being asked for. Printed is the share of records whose attribution (words of the content, of the source,
of the cue) is not there after the change.
"""

from __future__ import annotations

import argparse
import json
import sys
import textwrap
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import regex
from measuring import read_gold

from quotes import Options, load
from quotes.pipeline import Extractor
from quotes.speakers.lexicon import share_of_women
from quotes.types import Quote, Span

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "tests"))

from cases_format import read_cases, to_gold

CEILINGS = "steady.json"  # beside the articles of a folder: percent of direct and mixed, and of indirect records
SLACK = 2.0  # percent: one record or two
FRONT = "The library in Harlow opens at nine on Saturdays, and the car park behind it is free until noon.\n\n"
SURNAMES = ("Abara", "Brandt", "Castell", "Dunmore", "Egede", "Farkas", "Grieve", "Hollis", "Ibsen", "Jurado")
USUAL = ("Parker", "Mitchell", "Hughes", "Bailey", "Walsh", "Murray", "Palmer", "Harvey", "Gibson", "Doyle")
FOREIGN = ("Nakamura", "Okonkwo", "Lindqvist", "Nowak", "Fernandes", "Hussain", "Papadakis", "Nguyen", "Moreau", "Kaya")
GIVEN = {
    "m": ("Peter", "Daniel", "Martin", "Graham", "Simon", "Andrew", "Kevin", "Stephen", "Paul", "Richard"),
    "f": ("Sarah", "Helen", "Julie", "Karen", "Emma", "Rachel", "Susan", "Laura", "Claire", "Alison"),
}
GIVEN_ABROAD = {
    "m": ("Hiroshi", "Chinedu", "Lars", "Tomasz", "Joao", "Tariq", "Nikos", "Minh", "Etienne", "Emre"),
    "f": ("Yuki", "Ngozi", "Ingrid", "Agnieszka", "Beatriz", "Fatima", "Eleni", "Linh", "Camille", "Elif"),
}
STRAIGHT = str.maketrans("“”‘’", "\"\"''")
WORD = regex.compile(r"\w+")

Found = dict[str, tuple[Counter[bool], Counter[bool]]]
"""For each change how many records are gone, and how many there were, by whether they are indirect speech."""

Key = tuple[bool, tuple[str, ...], tuple[str, ...], tuple[str, ...]]
"""Whether it is indirect speech; the words of content, source and cue."""


@dataclass(frozen=True, slots=True)
class Changed:
    """A changed article: what stands before `start` is not judged; `named` says what each word has become."""

    text: str
    start: int = 0
    named: Callable[[str], str] = str


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("source", type=Path)
    parser.add_argument("--limit", type=int, default=1_000_000, help="articles at most")
    parser.add_argument("--check", action="store_true", help="fail where more changes than the ceilings allow")
    parser.add_argument("--update", action="store_true", help="set the ceilings anew")
    given = parser.parse_args()
    texts = read(given.source)[: given.limit]
    found = measure(texts)
    print(f"{len(texts)} articles, records that change:")
    print(f"{'':30} {'direct, mixed':>22} {'indirect':>22}")
    for name, (gone, known) in found.items():
        print(f"{name:30} {_share(gone[False], known[False]):>22} {_share(gone[True], known[True]):>22}")
    if given.update:
        _update(found, given.source / CEILINGS)
    if given.check and (above := list(_above(found, given.source / CEILINGS))):
        sys.exit("\n".join(above))


def read(source: Path) -> list[str]:
    """The texts of the articles."""
    gold = map(to_gold, read_cases(source)) if source.is_dir() else read_gold(source)
    return [article["text"] for article in gold]


def _update(found: Found, file: Path) -> None:
    ceilings = {
        name: [round(_percent(gone[kind], known[kind]) + SLACK, 1) for kind in (False, True)]
        for name, (gone, known) in found.items()
    }
    file.write_text(json.dumps(ceilings, indent=2) + "\n", encoding="utf-8")


def _above(found: Found, file: Path) -> Iterator[str]:
    """A line for each share that is above its ceiling."""
    ceilings = json.loads(file.read_text(encoding="utf-8"))
    for name, (gone, known) in found.items():
        for kind, ceiling in zip((False, True), ceilings[name], strict=True):
            if (share := _percent(gone[kind], known[kind])) > ceiling:
                what = "indirect" if kind else "direct and mixed"
                yield f"{name}: {share:.1f} % of {what} records change, over {ceiling} % (mend it, or --update)"


def measure(texts: Sequence[str]) -> Found:
    """Read each text, and again with each change."""
    everything, usual = load(Options(types="all")), load(Options())
    found = {name: (Counter[bool](), Counter[bool]()) for name in [*CHANGES, "--type direct,mixed"]}
    for text, other in zip(texts, [*texts[1:], *texts[:1]], strict=True):
        quotes = everything.extract(text)
        for name, change in CHANGES.items():
            _compare(quotes, everything, change(text, other, quotes), *found[name])
        quoted = [quote for quote in quotes if quote.type != "indirect"]
        _compare(quoted, usual, Changed(text), *found["--type direct,mixed"])
    return found


def _compare(
    before: Sequence[Quote], extractor: Extractor, changed: Changed, gone: Counter[bool], known: Counter[bool]
) -> None:
    was = Counter(_key(quote, changed.named) for quote in before)
    now = Counter(_key(one, str) for one in extractor.extract(changed.text) if one.content[0].start >= changed.start)
    known.update(key[0] for key in was.elements())
    gone.update(key[0] for key in (was - now).elements())


def _key(quote: Quote, named: Callable[[str], str]) -> Key:
    source = [quote.speaker.mention] if quote.speaker else []
    parts = (quote.content, source, [quote.cue] if quote.cue else [])
    content, speaker, cue = (tuple(_words(spans, named)) for spans in parts)
    return quote.type == "indirect", content, speaker, cue


def _words(spans: Sequence[Span], named: Callable[[str], str]) -> Iterator[str]:
    return (named(word) for span in spans for word in WORD.findall(span.text))


def _share(gone: int, known: int) -> str:
    return f"{_percent(gone, known):.1f} % of {known:,}" if known else "–"


def _percent(gone: int, known: int) -> float:
    return 100 * gone / known if known else 0.0


# --- the changes -----------------------------------------------------------------------------------------------------


def in_front(text: str, other: str, quotes: Sequence[Quote]) -> Changed:
    return Changed(FRONT + text, len(FRONT))


def behind(text: str, other: str, quotes: Sequence[Quote]) -> Changed:
    before = f"{other.rstrip()}\n\n"
    return Changed(before + text, len(before))


def doubled(text: str, other: str, quotes: Sequence[Quote]) -> Changed:
    return behind(text, text, quotes)


def wrapped(text: str, other: str, quotes: Sequence[Quote]) -> Changed:
    paragraphs = regex.split(r"\n\s*\n|\n", text)
    return Changed("\n\n".join(textwrap.fill(paragraph, 72, break_on_hyphens=False) for paragraph in paragraphs))


def straight(text: str, other: str, quotes: Sequence[Quote]) -> Changed:
    return Changed(text.translate(STRAIGHT))


def unbroken(text: str, other: str, quotes: Sequence[Quote]) -> Changed:
    return Changed(text.replace(" ", "\u00a0"))


def renamed(
    text: str, quotes: Sequence[Quote], surnames: Sequence[str], given: Mapping[str, Sequence[str]] | None = None
) -> Changed:
    """Other surnames, and where asked for given names of the same sex, for all people who speak, the same one wherever
    a name stands."""
    new: dict[str, str] = {}
    for first, *_, last in _people(quotes):
        new.setdefault(last, surnames[len(new) % len(surnames)])
        if given and (women := share_of_women(first)) is not None:
            alike = given["f" if women > 0.5 else "m"]
            new.setdefault(first, alike[len(new) % len(alike)])
    new = {old: name for old, name in new.items() if WORD.fullmatch(old)}

    def named(word: str) -> str:
        return new.get(word, word)

    return Changed(WORD.sub(lambda word: named(word[0]), text), named=named)


def _people(quotes: Sequence[Quote]) -> Iterator[list[str]]:
    """The names, of several words, of the people who speak."""
    for speaker in (quote.speaker for quote in quotes):
        if speaker and speaker.kind == "person" and speaker.name and " " in speaker.name:
            yield speaker.name.split()


def other_surnames(text: str, other: str, quotes: Sequence[Quote]) -> Changed:
    return renamed(text, quotes, SURNAMES)


def other_names(text: str, other: str, quotes: Sequence[Quote]) -> Changed:
    return renamed(text, quotes, USUAL, GIVEN)


def foreign_names(text: str, other: str, quotes: Sequence[Quote]) -> Changed:
    return renamed(text, quotes, FOREIGN, GIVEN_ABROAD)


CHANGES = {
    "a paragraph in front": in_front,
    "behind another article": behind,
    "twice over": doubled,
    "wrapped at 72 columns": wrapped,
    "straight marks": straight,
    "no-break spaces": unbroken,
    "other surnames": other_surnames,
    "other names of the same sex": other_names,
    "names of other countries": foreign_names,
}


if __name__ == "__main__":
    main()
