"""How well `quotes check` tells altered quotations from those that stand in a source, and how fast.

    python benchmarks/checking.py GOLD.jsonl [--quotations 200] [--seed 1] [--wrong]

GOLD holds annotated articles, as `quotes eval` reads them. Two thirds of them are the sources. So many of their
quotations are taken as they stand and once more for each way of altering that fits them: other marks and dashes, words
put in brackets, a harmless ellipsis; a "not" gone or new, another number, name or word, a "may" gone, words left out in
the middle of a sentence; two joined that stand apart, or are another article's; an ellipsis that drops a "not";
somebody else's name; reported words put between marks; quotations of the other third, which no source has; and
quotations cut off in mid-sentence, which are verbatim with a cut. Printed are precision and recall of each label, and
their floors (1 is the exit code where one is missed), how often what was altered is named as such, and milliseconds a
claim. Nothing of GOLD is kept; `--wrong` prints what went wrong, which holds words of it.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import regex
from measuring import read_gold

from quotes.checking import Change, Claim, Finding, Index, Label, check
from quotes.checking.report import note
from quotes.evaluation import same_name
from quotes.marks import find_marks
from quotes.options import Options
from quotes.pipeline import outcomes
from quotes.reading import to_document
from quotes.tracing.who import who_of
from quotes.types import PIECES
from quotes.words import read_words

Json = Mapping[str, Any]
FLOORS = dict.fromkeys(Label, 0.90) | dict.fromkeys((Label.VERBATIM, Label.TYPOGRAPHIC, Label.NOT_FOUND), 0.97)
FEWEST = 6  # words of a quotation that is taken
_WORD = regex.compile(r"\w+(?:['’]\w+)*")
_NUMBER = regex.compile(
    r"\b\d[\d,.]*\d\b|\b\d\b|\b(?:two|three|four|five|six|seven|eight|nine|ten|twenty|hundred|million)\b"
)
_NOT = regex.compile(r"(?:\b(?:not|never)\b |n['’]t\b)")
_BE = regex.compile(r"\b(?:is|are|was|were|will|would|should|could|must)\b(?! not)(?!n['’]t)")
_BRACKET = regex.compile(r"[\[(]")
_NAME = regex.compile(r"(?<=[a-z,] )(?!I\b)\p{Lu}\p{Ll}{3,}\b(?! \p{Lu})")


@dataclass(frozen=True, slots=True)
class Quotation:
    """A quotation of gold: where it stands, its words, and the full name of who says it."""

    article: str
    start: int
    end: int
    text: str
    name: str
    kind: str

    def claim(self, text: str | None = None, name: str | None = None) -> Claim:
        name = name or self.name
        return Claim((text or self.text,), who_of({"name": name, "kind": self.kind}), name)


@dataclass(frozen=True, slots=True)
class Case:
    """A claim, how it was made, and what should be found."""

    way: str
    claim: Claim
    label: Label
    change: Change | None = None


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("gold", type=Path)
    parser.add_argument("--quotations", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--wrong", action="store_true", help="print what went wrong; it holds words of GOLD")
    arguments = parser.parse_args()
    chance = random.Random(arguments.seed)
    articles = read_gold(arguments.gold)
    chance.shuffle(articles)
    half = 2 * len(articles) // 3
    sources, others = articles[:half], articles[half:]
    index = build(sources)
    cases = list(make(sources, others, arguments.quotations, chance))
    started = time.process_time()
    found = [(case, check(index, case.claim)) for case in cases]
    each = 1000 * (time.process_time() - started) / len(cases)
    slowest = slow(index, cases)
    if arguments.wrong:
        wrong(found)
    print(f"{len(cases)} claims, {each:.1f} ms of a processor each, 99 % of them under {slowest:.0f} ms\n")
    missed = show(found)
    ways(found)
    sys.exit(1 if missed else 0)


def build(sources: Sequence[Json]) -> Index:
    """The index of the sources."""
    index = Index()
    started = time.process_time()
    documents = [to_document(article["text"], article["id"], article["id"]) for article in sources]
    read = outcomes(documents, Options(types="all"), 1)
    index.add(documents, lambda new: ((document, outcome.records) for document, outcome in read))
    seconds = time.process_time() - started
    words = sum(len(document.text.split()) for document in documents)
    print(f"{len(index):,} articles, {words:,} words indexed in {seconds:.0f} s of a processor")
    return index


def slow(index: Index, cases: Sequence[Case]) -> float:
    """Milliseconds under which 99 of 100 claims are answered, once all is loaded."""
    taken = []
    for case in cases:
        started = time.process_time()
        check(index, case.claim)
        taken.append(1000 * (time.process_time() - started))
    return sorted(taken)[int(0.99 * (len(taken) - 1))]


# --- claims ----------------------------------------------------------------------------------------------------------


def quotations(articles: Sequence[Json]) -> list[Quotation]:
    """What named people say between one pair of marks, a clause at least."""
    found = []
    for article in articles:
        text = article["text"]
        for span in article["quoted"]:
            said = article["attributions"][span["attribution"]] if span["attribution"] is not None else None
            words = text[span["start"] : span["end"]].strip("“”\"'‘’ \n")
            if said and said["name"] and len(_WORD.findall(words)) >= FEWEST and "\n" not in words:
                start = text.index(words, span["start"])
                found.append(
                    Quotation(article["id"], start, start + len(words), words, said["name"], said["kind"] or "unknown")
                )
    return found


def make(sources: Sequence[Json], others: Sequence[Json], most: int, chance: random.Random) -> Iterator[Case]:
    """Every way of altering that fits, for so many quotations."""
    held, absent = quotations(sources), quotations(others)
    texts = {article["id"]: article["text"] for article in sources}
    chance.shuffle(held)
    chance.shuffle(absent)
    taken = held[:most]
    print(f"{len(taken)} of {len(held)} quotations taken from {len(sources)} articles")
    said = "\n".join(texts.values())
    yield from (
        Case("none of the sources", one.claim(), Label.NOT_FOUND) for one in absent[:most] if one.text not in said
    )
    for one in taken:
        yield from altered(one, held, said, chance)
    for article in sources:
        yield from reported(article)


def altered(one: Quotation, all: Sequence[Quotation], said: str, chance: random.Random) -> Iterator[Case]:
    yield Case("as it stands", one.claim(), Label.VERBATIM)
    yield Case("without a speaker", Claim((one.text,)), Label.VERBATIM)
    for way, (alter, label, change) in WAYS.items():
        text = alter(one.text, chance)
        if label is Label.ALTERED or alter is _ellipsis:
            text = None if _BRACKET.search(one.text) else text  # what is in brackets is the writer's anyway
        if text and text != one.text and text not in said:
            yield Case(way, one.claim(text), label, change)
    other = chance.choice([other for other in all if other.article != one.article])
    yield Case("somebody else's", one.claim(name=other.name), Label.OTHER_SPEAKER, Change.SPEAKER)
    rivals = [two for two in all if two.article == one.article and not same_name(two.name, one.name)]
    rivals = [two for two in rivals if two.kind == one.kind == "person"]
    if rivals:
        name = chance.choice(rivals).name
        yield Case("another's of the article", one.claim(name=name), Label.OTHER_SPEAKER, Change.SPEAKER)
    apart = [two for two in all if two.article == one.article and two.start > one.end + 600]
    for way, joint, two in (
        ("joined, from one article", " ", chance.choice(apart) if apart else None),
        ("joined, from two articles", " ", other),
        ("joined by an ellipsis", PIECES, other),
    ):
        if two:
            yield Case(way, one.claim(f"{one.text}{joint}{two.text}"), Label.STITCHED, Change.JOIN)


def reported(article: Json) -> Iterator[Case]:
    """Reported words put between marks."""
    text = article["text"]
    marked = [(mark.start, mark.end) for mark in find_marks(text)]
    for said in article["attributions"]:
        if said["name"] and len(said["content"]) == 1:
            start, end = said["content"][0]
            words = text[start:end].strip(" ,.")
            if len(_WORD.findall(words)) >= FEWEST and not any(a < end and b > start for a, b in marked):
                claim = Claim((words,), who_of({"name": said["name"], "kind": said["kind"] or "unknown"}), said["name"])
                yield Case("reported words", claim, Label.PARAPHRASE_ONLY)


# --- ways of altering ------------------------------------------------------------------------------------------------

Alter = Callable[[str, random.Random], str | None]


def _marks(text: str, chance: random.Random) -> str | None:
    table = {"’": "'", "'": "’", "–": "-", "—": " - ", " - ": " — "}
    out = text
    for old, new in table.items():
        if old in text:
            out = text.replace(old, new)
            break
    return out if out != text else None


def _case(text: str, chance: random.Random) -> str:
    return text[0].swapcase() + text[1:]


def _bracket(text: str, chance: random.Random) -> str | None:
    place = text.find(" ", len(text) // 2)
    return f"{text[:place]} [as they call it]{text[place:]}" if place > 0 else None


def _blanks(text: str, chance: random.Random) -> str:
    return text.replace(" ", "\n", 2).replace(", ", ",  ")


def _ellipsis(text: str, chance: random.Random) -> str | None:
    """An ellipsis for a few words that turn nothing."""
    spans = [match.span() for match in _WORD.finditer(text)]
    if len(spans) < 12:
        return None
    start, end = spans[5][0], spans[8][0]
    return None if _weighs(text[start:end]) or _ends(text[start:end]) else f"{text[:start].rstrip(' ,')} … {text[end:]}"


def _turned(text: str, chance: random.Random) -> str | None:
    """An ellipsis for a "not" and what stands beside it."""
    match = next(iter(_NOT.finditer(text)), None)
    spans = [m.span() for m in _WORD.finditer(text)]
    if not match or len(spans) < 10:
        return None
    at = next(k for k, (_, end) in enumerate(spans) if end >= match.end() - 1)
    first, last = at - 1, at + 2
    if first < 4 or last > len(spans) - 3 or _ends(text[spans[first][0] : spans[last][0]]):
        return None
    return f"{text[: spans[first][0]]}… {text[spans[last][0] :]}"


def _drop_not(text: str, chance: random.Random) -> str | None:
    match = _NOT.search(text)
    if not match or regex.search(r"(?:won|can|shan)\Z", text[: match.start()]):
        return None
    return text[: match.start()] + text[match.end() :]


def _put_not(text: str, chance: random.Random) -> str | None:
    match = _BE.search(text)
    return f"{text[: match.end()]} not{text[match.end() :]}" if match else None


def _number(text: str, chance: random.Random) -> str | None:
    match = _NUMBER.search(text)
    return f"{text[: match.start()]}{'47' if match[0] != '47' else '53'}{text[match.end() :]}" if match else None


def _name(text: str, chance: random.Random) -> str | None:
    match = _NAME.search(text)
    return f"{text[: match.start()]}Lindal{text[match.end() :]}" if match else None


def _qualifier(text: str, chance: random.Random) -> str | None:
    match = regex.search(
        r"\b(?:perhaps|probably|maybe|almost|nearly|some|possibly|about|around|usually|often|mostly) ", text
    )
    return text[: match.start()] + text[match.end() :] if match else None


def _word(text: str, chance: random.Random) -> str | None:
    words = [m for m in _WORD.finditer(text) if m[0].islower() and len(m[0]) > 4 and not _weighs(m[0])]
    if not words or _NUMBER.search(words[len(words) // 2][0]):
        return None
    match = words[len(words) // 2]
    return f"{text[: match.start()]}umbrella{text[match.end() :]}"


def _inside(text: str, chance: random.Random) -> str | None:
    """Words left out in the middle of a sentence, and no ellipsis."""
    spans = [match.span() for match in _WORD.finditer(text)]
    if len(spans) < 12:
        return None
    start, end = spans[5][0], spans[9][0]
    return None if _ends(text[start:end]) else text[:start] + text[end:]


def _cut(text: str, chance: random.Random) -> str | None:
    """The beginning of a sentence alone."""
    spans = [match.span() for match in _WORD.finditer(text)]
    k = 2 * len(spans) // 3
    if len(spans) < 10 or _ends(text[spans[k - 1][1] : spans[k + 1][0]]) or _limits(text[spans[k - 1][1] :]):
        return None
    return text[: spans[k - 1][1]]


def _weighs(words: str) -> bool:
    """Whether a word among these is one of negation, qualification or condition."""
    heavy = read_words("quotes.tracing.words", "negations.txt") | read_words("quotes.checking.words", "conditions.txt")
    hedges = {word for line in read_words("quotes.tracing.words", "hedges.txt") for word in line.split()}
    return any(word in heavy or word in hedges or regex.search("n['’]t$", word) for word in words.lower().split())


def _ends(words: str) -> bool:
    return any(c in words for c in ".?!…")


def _limits(rest: str) -> bool:
    return bool(regex.match(r"\W*(?:(?:but|and|only) )?(?:unless|except|if|provided|providing|until)\b", rest))


WAYS: dict[str, tuple[Alter, Label, Change | None]] = {
    "other marks": (_marks, Label.TYPOGRAPHIC, None),
    "other case": (_case, Label.TYPOGRAPHIC, None),
    "other blanks": (_blanks, Label.TYPOGRAPHIC, None),
    "words in brackets": (_bracket, Label.TYPOGRAPHIC, Change.INSERTION),
    "a harmless ellipsis": (_ellipsis, Label.TYPOGRAPHIC, Change.ELLIPSIS),
    "cut off": (_cut, Label.VERBATIM, Change.CUT),
    "a not gone": (_drop_not, Label.ALTERED, Change.NEGATION),
    "a not more": (_put_not, Label.ALTERED, Change.NEGATION),
    "another number": (_number, Label.ALTERED, Change.NUMBER),
    "another name": (_name, Label.ALTERED, Change.NAME),
    "another word": (_word, Label.ALTERED, Change.WORDS),
    "a perhaps gone": (_qualifier, Label.ALTERED, Change.QUALIFIER),
    "words left out": (_inside, Label.ALTERED, None),
    "an ellipsis for a not": (_turned, Label.STITCHED, Change.ELLIPSIS),
}


# --- figures ---------------------------------------------------------------------------------------------------------

Found = Sequence[tuple[Case, Finding]]


def show(found: Found) -> list[Label]:
    """Precision and recall of each label, and those that miss their floor."""
    told = Counter((case.label, finding.label) for case, finding in found)
    missed = []
    print(f"{'':16s} {'claims':>7s} {'P':>7s} {'R':>7s} {'floor':>7s}")
    for label in Label:
        right = told[label, label]
        given = sum(number for (_, one), number in told.items() if one is label)
        gold = sum(number for (one, _), number in told.items() if one is label)
        precision, recall = right / max(1, given), right / max(1, gold)
        if min(precision, recall) < FLOORS[label]:
            missed.append(label)
        mark = "  missed" if label in missed else ""
        print(
            f"{label.value:16s} {gold:7d} {100 * precision:7.1f} {100 * recall:7.1f} {100 * FLOORS[label]:7.0f}{mark}"
        )
    return missed


def ways(found: Found) -> None:
    """How each way of altering fared: the label, and whether what was altered is named."""
    groups: dict[str, list[tuple[Case, Finding]]] = defaultdict(list)
    for case, finding in found:
        groups[case.way].append((case, finding))
    print(f"\n{'':26s} {'claims':>7s} {'label':>7s} {'named':>7s}")
    for way, group in groups.items():
        right = sum(case.label is finding.label for case, finding in group)
        wanted = group[0][0].change
        named = sum(any(one.what is wanted for one in finding.differences) for _, finding in group)
        print(
            f"{way:26s} {len(group):7d} {100 * right / len(group):7.1f}"
            + (f" {100 * named / len(group):7.1f}" if wanted else "")
        )


def wrong(found: Found) -> None:
    for case, finding in found:
        if case.label is not finding.label:
            print(f"{case.way}: {case.label.value} → {finding.label.value}: {case.claim.text!r} ({case.claim.speaker})")
            for piece in finding.pieces:
                print(f"    {piece.source.id} {piece.span.text!r} ({piece.speaker})")
            for difference in finding.differences:
                print(f"    {note(difference)}")


if __name__ == "__main__":
    main()
