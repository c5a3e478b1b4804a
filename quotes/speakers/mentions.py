"""Where names stand in a text: what the recogniser has found, made whole and corrected by the article's own evidence.

`FINDERS` lists who finds them, the surest first: what one finds, no later one changes. Each string then gets one kind,
and names that are seen once are found wherever they stand.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter, defaultdict
from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from functools import cache, cached_property

import regex

from quotes.nlp.words import read_words
from quotes.speakers.lexicon import (
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
from quotes.speakers.names import LETTERS, NAME, SMALL, NameMention, begins_no_name, titled_names, trim, words_of
from quotes.types import Kind, Name, Range

__all__ = ["CORRECTIONS", "FINDERS", "find_names"]

Words = tuple[str, ...]

_WORD = rf"\p{{Lu}}(?:{LETTERS})?+(?:[-'’](?![sS]\b){LETTERS})*+"
_CAPITALS = regex.compile(_WORD)
_POSSESSIVE = regex.compile(r"['’]s?\Z")
_LEADING = regex.compile(r"(?:the|an?)\s+", regex.I)
_ARTICLE = regex.compile(r"\b(?:the|an?|another)\s\Z", regex.I)


def find_names(
    text: str,
    sentences: Sequence[Range],
    names: Iterable[Name],
    sources: Sequence[Range] = (),
    skip: Sequence[Range] = (),
    leave_out: Collection[str] = (),
) -> list[NameMention]:
    """All names in text order, none within another. `names` are what a recogniser has found, `sources` ranges known to
    name who speaks, `skip` ranges that name nobody; `leave_out` names rules that are not followed."""
    page = Page(text, sentences, list(names), sources, skip)
    found = _disjoint(*(find(page) for id, find in FINDERS.items() if id not in leave_out))
    found = [mention for mention in found if not any(a <= mention.start < b for a, b in skip)]
    for id, correct in CORRECTIONS.items():
        found = found if id in leave_out else correct(page, found)
    return found


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


def _transcript(page: Page) -> Iterator[NameMention]:
    """Before a colon at the start of more than one line: "ROY: It failed."."""
    matches = list(_TAG.finditer(page.text))
    count = Counter(match[1] for match in matches)
    spans = (trim(page.text, *match.span(1)) for match in matches if count[match[1]] > 1)
    return (NameMention(*span, "person") for span in spans if span)


_TAG = regex.compile(r"(?m)^[^\S\r\n]*+[\"“]?(\p{Lu}[\p{Lu}.'’-]++(?: \p{Lu}[\p{Lu}.'’-]++){0,2}+):\s")


def _companies(page: Page) -> Iterator[NameMention]:
    """Before what a company's name ends with: "Damco Ltd"."""
    for match in _COMPANY.finditer(page.text):
        opening = regex.match(r"\S+ ", match[0])
        begins = opening is not None and (bare(opening[0]) in _openers() or begins_no_name(opening[0].strip()))
        start = match.start() + (opening.end() if opening and begins else 0)
        if start <= match.start(1):
            yield NameMention(start, match.end(), "organization")


_ENDINGS = sorted(listed("companies.txt"))
_SHORT, _LONG = ("|".join(end for end in _ENDINGS if (len(end) < 5) is short) for short in (True, False))
_COMPANY = regex.compile(
    rf"(?<![\p{{L}}\p{{N}}])(?:{_WORD} (?:& )?){{0,4}}?"
    rf"({_WORD},?(?: (?:(?:{_SHORT})\b\.?|(?:{_LONG})\b))++)"  # the full stop of "Ltd." belongs to it
)


def _roled(page: Page) -> Iterator[NameMention]:
    """Behind a trade: "goalkeeper Ana Roy", "the skipper, Ana Roy,", "a man called Roy"."""
    text = page.text
    for role in _ROLED.finditer(text):
        noun = role[1].casefold()
        trade = _is_trade(noun)
        span = trim(text, *name.span()) if trade and (name := NAME.match(text, role.end())) else None
        if not span or span[0] != role.end() or page.in_headline(span[0]):
            continue
        words = text[slice(*span)].split()
        closed = not role[2] or text[span[1] : span[1] + 1] in (",", ".")
        if role[3] or (closed and 1 < len(words) < 4 and all(map(page.may_belong, words))):
            yield NameMention(*span, "person", sex_of(noun))


_ROLED = regex.compile(r"(?<![\p{L}-])([\p{L}-]++)(,?+)\s(?:(called|named)\s)?(?=\p{Lu})")


def _is_trade(noun: str) -> bool:
    forms = (noun, noun.removesuffix("s"), noun.rpartition("-")[2].removesuffix("s"))
    return not noun.endswith("ed") and any(form in vocabulary("roles.txt") for form in forms)


def _recognised(page: Page) -> Iterator[NameMention]:
    """What the recogniser has found, made whole: "Kieran" of "Paramedic Kieran Flood" is Kieran Flood."""
    text, last = page.text, 0
    for name in page.names:
        if name.end <= last:
            continue
        start = max(last, _behind(page.skip, name.start, name.end))
        if _OFFICE.match(text, start, name.end) or _is_portfolio(text, start, name):
            continue
        span, kind = _whole(page, start, name.end, name.kind), name.kind
        if not span:
            continue
        words = words_of(text[slice(*span)])
        if kind == "person" and text[slice(*span)] in listed("media.txt"):
            kind = "organization"
        if len(words) == 1 and noun_listed(words[0]) == "organization":  # of "the Justice Department" the last word
            more = _CAPITAL_BEFORE.search(text, max(last, span[0] - 30), span[0])
            span, kind = (more.start(1) if more else span[0], span[1]), "organization"
            words = words_of(text[slice(*span)])
        if kind in ("document", "unknown") and not _is_title_case(text[slice(*span)]):
            continue
        described = kind != "group" and len(words) == 1 and _ARTICLE.search(text, max(0, span[0] - 8), span[0])
        if page.names_nobody(words) or (described and (sex_of(words[0]) or (len(words[0]) > 4 and peoples(words)))):
            continue
        last = span[1]
        yield NameMention(*span, kind)


# What somebody is in charge of: "Minister for Fisheries".
_OFFICE = regex.compile(
    r"(?:\p{Lu}\p{Ll}+ )?(?:Chancellor|Minister|President|Secretary|Speaker|Commissioner) (?:for|of) "
)


def _is_portfolio(text: str, start: int, name: Name) -> bool:
    """Whether a "body" only says what a minister is for: "French Defense Minister", but "Treasury Secretary"."""
    if name.kind != "organization" or not _MINISTER.match(text, name.end):
        return False
    word = text[start : name.end].rsplit(None, 1)[-1]
    return not word.isupper() and noun_listed(word) != "organization"


_MINISTER = regex.compile(r"[^\S\r\n](?:Ministers?|Secretar(?:y|ies))\b")


def _behind(skip: Sequence[Range], start: int, end: int) -> int:
    """Where a name starts: one that runs on from a line that names nobody, behind that."""
    at = bisect_left(skip, (start + 1, 0)) - 1
    return skip[at][1] + 1 if at >= 0 and start < skip[at][1] < end else start


def _whole(page: Page, start: int, end: int, kind: Kind) -> Range | None:
    """A name without articles, titles and possessives; a person's with the rest of its words."""
    text = page.text
    first = _FIRST.match(text, start, end)
    if kind != "person":
        trade = (
            first and kind == "organization" and _is_trade(first[1].casefold()) and "of" not in text[start:end].split()
        )
        return _body(text, first.end() if first and trade else start, end)
    while (more := _MORE.match(text, end)) and page.may_belong(more[1]) and not page.in_headline(start):
        if noun_listed(more[1]) in ("organization", "document"):
            break
        end = more.end()
    if (
        first
        and len(text[start:end].split()) > 2
        and kind_of_noun(first[1]) == "person"
        and not is_given_name(first[1])
    ):
        start = first.end()
    return trim(text, start, end) or _body(text, start, end)


_CAPITAL_BEFORE = regex.compile(r"\b(?!The\b|An?\b)(\p{Lu}[\p{L}-]*)[^\S\r\n]\Z")
_MORE = regex.compile(r"[^\S\r\n](\p{Lu}[\p{L}'’-]*\p{Ll})(?<!['’]s)\b")
_FIRST = regex.compile(r"(\S+)\s")


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


def _is_title_case(text: str) -> bool:
    return not any(word[0].islower() for word in text.split() if word not in SMALL)


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
    words = page.text[slice(*span)].split()
    if page.names_nobody(words_of(page.text[slice(*span)])) or noun_listed(words[-1]) != "unknown":
        return False
    opens = span[0] in page.openings and words[0].endswith("s")
    return len(words) > 1 or not words[0].isalpha() or (page.may_belong(words[0]) and not opens)


FINDERS: dict[str, Callable[[Page], Iterator[NameMention]]] = {
    "titled": _titled,
    "transcript": _transcript,
    "companies": _companies,
    "recognised": _recognised,
    "roled": _roled,
    "source": _in_sources,
}
"""Who finds names, the surest first, by the ids that `rules` tells of."""


def _disjoint(*layers: Iterable[NameMention]) -> list[NameMention]:
    """All mentions of the first layer, and of each later one those that overlap none before; a person's longer form
    takes the place of the recogniser's shorter one."""
    kept: list[NameMention] = []
    for layer in layers:
        starts = [mention.start for mention in kept]
        fresh: list[NameMention] = []
        for mention in sorted(layer, key=lambda m: (m.start, -m.end)):
            at = bisect_right(starts, mention.start)
            clear = not (at and kept[at - 1].end > mention.start) and not (
                at < len(kept) and kept[at].start < mention.end
            )
            if clear and not (fresh and fresh[-1].end > mention.start):
                fresh.append(mention)
        kept = sorted(kept + fresh, key=lambda mention: mention.start)
    return kept


def _plausible(page: Page, mentions: list[NameMention]) -> list[NameMention]:
    """Headlines print every word with a capital: there, common words belong to no name."""
    forms = [words_of(page.text[m.start : m.end]) for m in mentions]
    body = {words for words, m in zip(forms, mentions, strict=True) if not page.in_headline(m.start)}
    surnames = {words[-1] for words in body if len(words) > 1}

    def keep(mention: NameMention, words: Words) -> bool:
        if len(words) == 1:
            described = mention.kind == "person" and _ARTICLE.search(
                page.text, max(0, mention.start - 8), mention.start
            )
            return words[0] not in _openers() and (bool(mention.sex) or not described)
        if not page.in_headline(mention.start) or words in body:
            return bool(words)
        return bool(words) and words[-1] not in surnames and page.common.isdisjoint(words)

    return [m for m, words in zip(mentions, forms, strict=True) if keep(m, words)]


# --- of which kind ---------------------------------------------------------------------------------------------------


class _Kinds:
    """One kind for one string: what most of its mentions say, and what stands beside them."""

    def __init__(self, page: Page, mentions: Sequence[NameMention]) -> None:
        self.text = page.text
        self.starts = {start for start, _ in page.sources}
        votes: dict[Words, Counter[Kind]] = defaultdict(Counter)
        for mention in mentions:
            words = words_of(self.text[mention.start : mention.end])
            votes[words][mention.kind] += 1
            for kind in self._told(mention, words):
                votes[words][kind] += 3
        self.kinds: dict[Words, Kind] = {words: _voted(words, count) for words, count in votes.items()}
        self.surnames = {words[-1] for words, kind in self.kinds.items() if len(words) > 1 and kind == "person"}
        bodies = (words for words, kind in self.kinds.items() if len(words) > 1 and kind == "organization")
        self.parts = {words[-1] for words in bodies}

    def _told(self, mention: NameMention, words: Words) -> Iterator[Kind]:
        """The kinds that a mention's own words and its neighbours tell."""
        christened = (
            1 < len(words) < 4
            and is_given_name(words[0])
            and words[0] not in _LANDSCAPE
            and noun_listed(words[-1]) == "unknown"
        )
        if mention.sex or (christened and self._is_somebody(mention)):
            yield "person"
        if len(words) > 1 and noun_listed(words[-1]) == "organization":
            yield "organization"
        if len(words) > 1 and words[0] in _LANDSCAPE:
            yield "place"
        noun = _NOUN_BEFORE.search(self.text, max(0, mention.start - 30), mention.start)
        if noun and (noun[2] or christened) and _is_trade(noun[1].casefold()):
            yield "person"
        if noun and len(words) == 1 and noun[1] in listed("organizations.txt") and not is_given_name(words[0]):
            yield "organization"  # "the regulator Ofwat"

    def _is_somebody(self, mention: NameMention) -> bool:
        """Whether a name that begins as a person's is no place and no body called after one."""
        return not _PLACED.search(self.text, max(0, mention.start - 12), mention.start)

    def corrected(self, mention: NameMention) -> NameMention:
        """A mention with the kind that its article gives its name."""
        name = self.text[mention.start : mention.end]
        words = words_of(name)
        kind = self.kinds[words]
        if len(words) == 1 and words[0] in self.surnames and kind != "place":
            kind = "person"
        body = _BODY_WORD.fullmatch(name) or (len(words) == 1 and words[0] in self.parts)
        if kind == "person" and body and not mention.sex and words[0] not in self.surnames:
            kind = "person" if self.text[mention.end : mention.end + 1] == ":" else "organization"
        return NameMention(mention.start, mention.end, kind, mention.sex)


def _one_kind(page: Page, mentions: list[NameMention]) -> list[NameMention]:
    return list(map(_Kinds(page, mentions).corrected, mentions))


def _voted(words: Words, count: Counter[Kind]) -> Kind:
    """The kind of most votes; a single word that nobody is christened is no person where a third of them say so."""
    kind = count.most_common(1)[0][0]
    if kind != "person" or len(words) > 1 or is_given_name(words[0]) or 3 * count["person"] > 2 * count.total():
        return kind
    return next(other for other, _ in count.most_common() if other != "person")


_LANDSCAPE = frozenset({"lake", "mount", "river", "loch", "cape", "isle", "fort", "port"})
_NOUN_BEFORE = regex.compile(r"(?<!\p{L})([\p{L}-]++)(,?)\s\Z")
_PLACED = regex.compile(r"\b(?:in|near|across|outside|throughout|the)\s\Z")
# One word that names no person: "RSPCA", "S.E.C.", "PolitiFact", but "DuVernay" and "McKay" do.
_BODY_WORD = regex.compile(
    r"\p{Lu}{3,6}|(?:\p{Lu}\.){2,}+\p{Lu}?|(?!(?:D[aeiou]|Fitz|L[aeou]|Ma?c|O|St|V[ao]n|Ver|Al|El)\p{Lu})\p{Lu}\p{Ll}+\p{Lu}\p{L}+"
)


# --- wherever they stand ---------------------------------------------------------------------------------------------


def _everywhere(page: Page, mentions: list[NameMention]) -> list[NameMention]:
    """Mentions that the recogniser overlooked: one-word names and surnames that stand elsewhere."""
    text = page.text
    known: dict[str, Kind] = {}
    for mention in mentions:
        words = words_of(text[mention.start : mention.end])
        if len(words) == 1 or mention.kind == "person":
            known.setdefault(words[-1], mention.kind)
    known = {word: kind for word, kind in known.items() if word not in _openers() and not is_title(word)}
    places = (match.span() for match in _CAPITALS.finditer(text))
    single = (NameMention(a, b, known[bare(text[a:b])]) for a, b in places if bare(text[a:b]) in known)
    return _disjoint(mentions, single)


CORRECTIONS: dict[str, Callable[[Page, list[NameMention]], list[NameMention]]] = {
    "headline": _plausible,
    "kind": _one_kind,
    "everywhere": _everywhere,
}
"""What is made of all that was found, in this order."""
