"""Where names stand in a text: what the recogniser has found, made whole and corrected by the article's own evidence.

`FINDERS` lists who finds them, the surest first: what one finds, no later one changes. Each string then gets one kind.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cache, cached_property
from itertools import pairwise

import regex

from quotes.speakers.lexicon import (
    any_of,
    bare,
    is_given_name,
    is_title,
    kind_of_noun,
    listed,
    noun_listed,
    peoples,
    sex_of,
    vocabulary,
)
from quotes.speakers.names import (
    ACRONYM,
    LETTERS,
    NAME,
    SMALL,
    NameMention,
    Words,
    begins_no_name,
    initials,
    titled_names,
    trim,
    words_of,
)
from quotes.types import Kind, Name, Range
from quotes.words import read_words

__all__ = ["FINDERS", "find_names"]

_WORD = rf"\p{{Lu}}(?:{LETTERS})?+(?:[-'’](?![sS]\b){LETTERS})*+"
_POSSESSIVE = regex.compile(r"['’]s?\Z")
_LEADING = regex.compile(r"(?:the|an?)\s+", regex.I)
_WITH_S = regex.compile(
    rf"(?<!\w)(\p{{Lu}}\p{{L}}++)(?:(['’]s)(?!\w)(\s(?:{any_of('auxiliaries.txt')}|said|says|told)\b)?)?"
)
_ARTICLE = regex.compile(r"\b(?:the|an?|another)\s\Z", regex.I)


def find_names(
    text: str,
    sentences: Sequence[Range],
    names: Iterable[Name],
    sources: Sequence[Range] = (),
    skip: Sequence[Range] = (),
    leave_out: Collection[str] = (),
) -> list[NameMention]:
    """All names in text order, none within another. `names` are what a recogniser has found, `sources` who is said to
    speak, `skip` ranges that name nobody; `leave_out` names rules that are not followed."""
    page = Page(text, sentences, list(names), sources, skip)
    found = _disjoint(*(find(page) for id, find in FINDERS.items() if id not in leave_out))
    found = [mention for mention in found if not any(a <= mention.start < b for a, b in skip)]
    return found if "kind" in leave_out else list(map(_Kinds(text, found).corrected, found))


class Page:
    """A text, and what several finders look up in it."""

    def __init__(
        self, text: str, sentences: Sequence[Range], names: list[Name], sources: Sequence[Range], skip: Sequence[Range]
    ) -> None:
        self.text, self.names, self.sources, self.skip = text, names, sources, skip
        self.headlines = [(start, end) for start, end in sentences if _is_headline(text[start:end])]
        self.openings = {start for start, _ in sentences}

    @cached_property
    def common(self) -> frozenset[str]:
        """Words that the text also writes in lower case; those that do so within a name are not meant."""
        return frozenset(regex.findall(r"\b\p{Ll}[\p{L}'’-]++", self.text)) - listed("particles.txt")

    def in_headline(self, offset: int) -> bool:
        """Whether an offset stands in a line that writes most words with a capital."""
        at = bisect_right(self.headlines, (offset, len(self.text) + 1)) - 1
        return at >= 0 and offset < self.headlines[at][1]

    @cached_property
    def ending_in_s(self) -> frozenset[str]:
        """Names of which 's is a part, for they are never without it, and do something with it: "Domino's said"."""
        seen = [(match[1], match[2], match[3]) for match in _WITH_S.finditer(self.text)]
        return frozenset({name for name, _, does in seen if does} - {name for name, own, _ in seen if not own})

    def may_belong(self, word: str) -> bool:
        """Whether a capitalised word may be a part of somebody's name."""
        plain = bare(word)
        return plain not in self.common and plain not in _openers() and not begins_no_name(word)

    def names_nobody(self, words: Words) -> bool:
        """Whether all of these words are titles, trades or peoples: "Prime Minister", "Spaniard"."""
        if len(words) > 1 and words[-1].endswith("s"):  # "Liberal Democrats"
            return False
        return all(is_title(word) or noun_listed(word) == "person" or word in _openers() for word in words)


def _is_headline(sentence: str) -> bool:
    words = [word for word in sentence.split() if word[0].isalpha()]
    small = [word for word in words if word[0].islower()]
    return len(words) > 3 and len(small) < 0.4 * len(words) and sum(len(word) > 4 for word in small) < 0.1 * len(words)


@cache
def _openers() -> frozenset[str]:
    return frozenset(bare(word) for word in read_words("quotes.nlp", "openers.txt") | listed("not_names.txt"))


# --- who finds names -------------------------------------------------------------------------------------------------


def _titled(page: Page) -> Iterator[NameMention]:
    """Behind a title: "Dr. Ana Roy", "Lord Roy"; and with it, where it is the name: "the Duchess of Sussex"."""
    yield from (NameMention(*match.span(), "person", sex_of(match[1])) for match in _TERRITORIAL.finditer(page.text))
    for start, end, sex in titled_names(page.text):
        if noun_listed(page.text[start:end].split()[-1]) not in ("organization", "document"):  # the Justice Department
            yield NameMention(start, end, "person", sex)


_TERRITORIAL = regex.compile(
    rf"\b(Prince|Princess|Duke|Duchess|Earl|Countess|Marquess|Bishop|Archbishop|Sultan) of (?:{_WORD})(?: and {_WORD})?"
)


_NUMBERED = regex.compile(r"\b(?:Channel|Radio)\s\d{1,2}\b|\b(?:No\.?|Number)\s1[01]\b(?!\s\p{Lu})")


# The body of a source that is one name: capitals, and small words between them.
_CAPITALS = regex.compile(
    r"(?:[Tt]he\s)?(\p{Lu}[\p{L}'’-]*+(?:\s(?:(?:and|of|for|&)\s)?\p{Lu}[\p{L}'’-]*+){1,7})(?=\s?\(|,|\Z)"
)
_SMALL = regex.compile(r"\s(?:and|of|for|&)\s")
_HANDLE = regex.compile(r"(?<![\w@./])@\w{3,30}\b(?!\.\w)")


def _certain(page: Page) -> Iterator[NameMention]:
    """What nothing else looks like: Channel 10, @handles, and sources that are nothing but a body's name."""
    yield from (NameMention(*match.span(), "organization") for match in _NUMBERED.finditer(page.text))
    yield from (NameMention(*match.span(), "person") for match in _HANDLE.finditer(page.text))
    yield from _bodies_that_speak(page)


def _bodies_that_speak(page: Page) -> Iterator[NameMention]:
    """Sources that are nothing but a body's name: Police Scotland, the Fire and Rescue Service (FRS)."""
    places = {name.end: name.start for name in page.names if name.kind == "place"}
    ends = {name.end for name in page.names}  # Salt and Weir Bank are two where Salt is somebody
    for match in (_CAPITALS.match(page.text, start, end) for start, end in page.sources):
        small = [found.start() for found in _SMALL.finditer(match[1])] if match else []
        if match and small and ends.isdisjoint(match.start(1) + at for at in small):
            if noun_listed(match[1].split()[-1]) == "organization":
                yield NameMention(*match.span(1), "organization")
        elif match and not small and match.start(1) < places.get(match.end(1), 0):
            yield NameMention(*match.span(1), "organization")


def _is_trade(noun: str) -> bool:
    forms = (noun, noun.removesuffix("s"), noun.rpartition("-")[2].removesuffix("s"))
    return not noun.endswith("ed") and any(form in vocabulary("roles.txt") for form in forms)


def _recognised(page: Page) -> Iterator[NameMention]:
    """What the recogniser has found, made whole: "Kieran" of "Paramedic Kieran Flood" is Kieran Flood."""
    last = 0
    for name in _whole_bodies(page):
        mention = _found(page, name, last) if name.end > last else None
        if mention:
            last = mention.end
            yield mention


def _whole_bodies(page: Page) -> Iterator[Name]:
    """The recogniser's names, but a place right before a body is the beginning of its name: New Orleans Saints."""
    for place, body in pairwise([*page.names, Name(len(page.text), len(page.text), "unknown")]):
        if place.kind == "place" and body.kind == "organization" and page.text[place.end : body.start] == " ":
            yield Name(place.start, body.end, "organization")
        else:
            yield place


def _found(page: Page, name: Name, last: int) -> NameMention | None:
    """A name made whole, behind the one that ends at `last`; None where it names nobody."""
    text, start, kind = page.text, max(last, name.start), name.kind
    owner = _OWNED.search(text, start, name.end) if kind == "person" else None  # "Mary's Instagram" is nobody
    end = owner.start() if owner else name.end
    span = None if _OFFICE.match(text, start, end) else _whole(page, start, end, kind)
    if not span:
        return None
    if kind == "person" and text[slice(*span)] in listed("media.txt"):
        kind = "organization"
    words = words_of(text[slice(*span)])
    if len(words) == 1 and noun_listed(words[0]) == "organization":  # of "the Justice Department" the last word
        more = _CAPITAL_BEFORE.search(text, max(last, span[0] - 30), span[0])
        span, kind = (more.start(1) if more else span[0], span[1]), "organization"
        words = words_of(text[slice(*span)])
    if kind == "organization" and words[-1] in listed("in_charge.txt"):
        return None
    small = (word[0].islower() for word in text[slice(*span)].split() if word not in SMALL)
    if page.names_nobody(words) or (kind in ("document", "unknown") and any(small)):
        return None
    return None if kind != "group" and _is_described(text, span[0], words, kind) else NameMention(*span, kind)


def _is_described(text: str, start: int, words: Words, kind: Kind = "person") -> bool:
    """Whether an article and a people, or a relation, stand for somebody: "the Spaniard", "the Pole", "an Aunt"."""
    if len(words) > 1 or not _ARTICLE.search(text, max(0, start - 8), start):
        return False
    return bool(sex_of(words[0]) or ((kind == "person" or len(words[0]) > 4) and peoples(words)))


_OWNED = regex.compile(r"(?<=\p{Ll}\p{Ll})['’]s\s\p{Lu}")
# What somebody is in charge of: "Minister for Fisheries".
_OFFICE = regex.compile(rf"(?:\p{{Lu}}\p{{Ll}}+ )?(?:{any_of('in_charge.txt').title()}) (?:for|of) ")


def _whole(page: Page, start: int, end: int, kind: Kind) -> Range | None:
    """A name without articles, titles and possessives; a person's with the rest of its words."""
    text = page.text
    first = _FIRST.match(text, start, end)
    if kind != "person":
        whole = _body(text, _behind_noun(text, start, end, kind), end)
        own = whole and text[slice(*whole)] in page.ending_in_s and text.startswith(("'s", "’s"), whole[1])
        return (whole[0], whole[1] + 2) if whole and own else whole
    while (more := _MORE.match(text, end)) and page.may_belong(more[1]) and not page.in_headline(start):
        if noun_listed(more[1]) in ("organization", "document"):
            break
        end = more.end()
    if first and kind_of_noun(first[1]) == "person" and not is_given_name(first[1]):
        start = first.end() if len(text[start:end].split()) > 2 else start
    return trim(text, start, end) or _body(text, start, end)


def _behind_noun(text: str, start: int, end: int, kind: Kind) -> int:
    """Where a body's name begins behind the noun for it: "charity Clean Rivers", "Publisher Bloom"."""
    noun, first = _NOUN_FIRST.match(text, start, end), _FIRST.match(text, start, end)
    if noun and noun_listed(noun[1]) == "organization":
        return noun.end()
    led = first and kind == "organization" and _is_trade(first[1].casefold())
    party = text[start:end].endswith("s")  # "Liberal Democrats"
    return first.end() if first and led and not party and "of" not in text[start:end].split() else start


_CAPITAL_BEFORE = regex.compile(r"\b(?!The\b|An?\b)(\p{Lu}[\p{L}-]*)[^\S\r\n]\Z")
# How a person's name goes on, behind a nickname as well: Ana "The Weir" Roy.
_MORE = regex.compile(
    r"[^\S\r\n](?:[\"“'‘(](?:[Tt]he\s)?\p{Lu}\p{L}*[\"”'’)][^\S\r\n])?+(\p{Lu}[\p{L}'’-]*\p{Ll})(?<!['’]s)\b"
)
_FIRST = regex.compile(r"(\S+)\s")
_NOUN_FIRST = regex.compile(r"(?:\p{Ll}+\s)*(\p{Ll}+)\s(?=\p{Lu})")


def _body(text: str, start: int, end: int) -> Range | None:
    """The name of a body or place within a range: no article before it, no possessive behind it, one line."""
    lead = _LEADING.match(text, start, end)
    start = lead.end() if lead else start
    line = text.find("\n", start, end)
    end = line if line > 0 else end
    words = _POSSESSIVE.sub("", text[start:end].rstrip(' \t\u00a0,.:;"”“'))
    if "(" in words and ")" not in words:
        words = words[: words.index("(")].rstrip()
    end = start + len(words)
    end += bool(_INITIALS.search(text, start, end)) and text[end : end + 1] == "."
    return (start, end) if end - start > 1 and any(c.isupper() for c in text[start:end]) else None


_INITIALS = regex.compile(r"\b\p{Lu}(?:\.\p{Lu})+\Z")


def _in_sources(page: Page) -> Iterator[NameMention]:
    """What a source consists of, or ends its first part with: "city manager Jo Lee, who …"."""
    text = page.text
    for start, end in page.sources:
        stop = _SOURCE_PART.search(text, start, end)
        end = stop.start() if stop else end
        for match in NAME.finditer(text, start, end):
            span = trim(text, *match.span())
            if span and span[1] == end and _may_be_name(page, span):
                yield NameMention(*span, "person")


_SOURCE_PART = regex.compile(r"[,(]|\s(?:who|of|for|at|from|in)\s|['’]s\b")


def _may_be_name(page: Page, span: Range) -> bool:
    """Whether capitals may mean a name: a word that opens a sentence has one anyway."""
    words, plain = page.text[slice(*span)].split(), words_of(page.text[slice(*span)])
    if page.names_nobody(plain) or noun_listed(words[-1]) != "unknown" or _is_described(page.text, span[0], plain):
        return False
    opens = span[0] in page.openings and words[0].endswith("s")
    return len(words) > 1 or not words[0].isalpha() or (page.may_belong(words[0]) and not opens)


FINDERS: dict[str, Callable[[Page], Iterator[NameMention]]] = {
    "certain": _certain,
    "titled": _titled,
    "recognised": _recognised,
    "source": _in_sources,
}
"""Who finds names, the surest first, by the ids that `rules` tells of."""


def _disjoint(*layers: Iterable[NameMention]) -> list[NameMention]:
    """All mentions of the first layer, and of each later one those that overlap none before; the longer ones first."""
    kept: list[NameMention] = []
    for layer in layers:
        for mention in sorted(layer, key=lambda m: (m.start, -m.end)):
            at = bisect_left(kept, mention.start, key=lambda m: m.start)
            if (not at or kept[at - 1].end <= mention.start) and (at == len(kept) or mention.end <= kept[at].start):
                kept.insert(at, mention)
    return kept


# --- of which kind ---------------------------------------------------------------------------------------------------


class _Kinds:
    """One kind for one string: what most of its mentions say, and what stands beside them."""

    def __init__(self, text: str, mentions: Sequence[NameMention]) -> None:
        self.text = text
        votes: dict[Words, Counter[Kind]] = defaultdict(Counter)
        named = [(mention, words_of(text[mention.start : mention.end])) for mention in mentions]
        for mention, words in named:
            votes[words][mention.kind] += 1
        self.others = {words for words, count in votes.items() if not count["person"] and count.total() > 1}
        for mention, words in named:
            for kind in self._told(mention, words):
                votes[words][kind] += 3
        self.kinds = {words: count.most_common(1)[0][0] for words, count in votes.items()}
        self.surnames = {words[-1] for words, kind in self.kinds.items() if len(words) > 1 and kind == "person"}
        self.kinds |= self._spelled_out() | self._in_brackets(named)

    def _in_brackets(self, named: Iterable[tuple[NameMention, Words]]) -> dict[Words, Kind]:
        """The kinds of the initials that stand in brackets behind what they are short for."""
        behind = ((words, ACRONYM.match(self.text, mention.end)) for mention, words in named)
        return {words_of(match[1]): self.kinds[words] for words, match in behind if match}

    def _spelled_out(self) -> dict[Words, Kind]:
        """The kinds of labels of capitals which the initials of one name alone are: in an interview LK is Leilani
        Kahananui."""
        full: dict[Words, list[Kind]] = defaultdict(list)
        for words, kind in self.kinds.items():
            if len(words) > 1:
                full[(initials(words),)].append(kind)
        labels = {words_of(match[1]) for match in _LABEL.finditer(self.text)}
        return {label: full[label][0] for label in labels & self.kinds.keys() & full.keys() if len(full[label]) == 1}

    def _told(self, mention: NameMention, words: Words) -> Iterator[Kind]:
        """The kinds that a mention's own words and its neighbours tell."""
        christened = (
            1 < len(words) < 4
            and words not in self.others  # France Telecom, whenever it is named
            and is_given_name(words[0])
            and words[0] not in listed("landscape.txt")
            and noun_listed(words[-1]) == "unknown"
            and not words[-1].isdigit()
        )
        placed = _PLACED.search(self.text, max(0, mention.start - 12), mention.start)  # no place called after somebody
        if mention.sex or (christened and not placed):
            yield "person"
        if len(words) > 1 and noun_listed(words[-1]) == "organization":
            yield "organization"
        if len(words) > 1 and words[0] in listed("landscape.txt"):
            yield "place"
        noun = _NOUN_BEFORE.search(self.text, max(0, mention.start - 30), mention.start)
        if noun and (noun[2] or christened) and _is_trade(noun[1].casefold()):
            yield "person"
        if noun and len(words) == 1 and noun[1] in listed("organizations.txt") and not is_given_name(words[0]):
            yield "organization"  # "the regulator Ofwat"

    def corrected(self, mention: NameMention) -> NameMention:
        """A mention with the kind that its article gives its name."""
        words = words_of(self.text[mention.start : mention.end])
        kind = self.kinds[words]
        surname = len(words) == 1 and words[0] in self.surnames and kind != "place"
        return replace(mention, kind="person" if surname else kind)


_LABEL = regex.compile(r"^(\p{Lu}{2,4}):\s", regex.M)
_NOUN_BEFORE = regex.compile(r"(?<!\p{L})([\p{L}-]++)(,?)\s\Z")
_PLACED = regex.compile(r"\b(?:in|near|across|outside|throughout|the)\s\Z")
