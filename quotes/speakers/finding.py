"""Where names stand in a text.

Names are found by their titles, by the recogniser, and as the sources of attributions; the article's own evidence then
corrects the recogniser, and names that are seen once for certain are found wherever they stand.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from functools import cache, cached_property

import regex

from quotes.nlp.words import read_words
from quotes.speakers.kinds import INITIALS, agree, is_body_word, is_personal
from quotes.speakers.names import (
    LETTERS,
    NAME,
    POSTNOMINAL,
    SMALL,
    NameMention,
    begins_no_name,
    titled_names,
    trim,
    words_of,
)
from quotes.speakers.lexicon import bare, is_given_name, is_title, kind_of_noun, sex_of, singular, listed, vocabulary
from quotes.types import Kind, Name, Range

__all__ = ["find_names"]

_WORD = regex.compile(rf"\p{{Lu}}(?:{LETTERS})?+(?:[-'’](?![sS]\b){LETTERS})*+")
_WORDS = regex.compile(r"\S++")
_LEADING = regex.compile(r"(?:the|a|an)\s+", regex.I)
_ARTICLE = regex.compile(r"\b(?:the|an?|another)\s\Z", regex.I)
_POSSESSIVE = regex.compile(r"['’]s?\Z")


def find_names(
    text: str,
    sentences: Sequence[Range],
    names: Iterable[Name],
    sources: Sequence[Range] = (),
    skip: Sequence[Range] = (),
) -> list[NameMention]:
    """All names in text order, none within another. `names` are what a recogniser has found, `sources` ranges known to
    name who speaks, `skip` ranges that name nobody."""
    page = _Page(text, sentences, skip)
    names = (Name(_behind(skip, name.start, name.end), name.end, name.kind) for name in names)
    found = agree(text, _plausible(page, _collect(page, names, sources)))
    found = _persons_after_all(page, found, sources)
    found = [mention for mention in found if not any(a <= mention.start < b for a, b in skip)]
    return _complete(page, found)


def _behind(skip: Sequence[Range], start: int, end: int) -> int:
    """Where a name starts: one that runs on from a line that names nobody, behind that."""
    at = bisect_left(skip, (start + 1, 0)) - 1
    return skip[at][1] + 1 if at >= 0 and start < skip[at][1] < end else start


class _Page:
    """A text, and what several steps look up in it."""

    def __init__(self, text: str, sentences: Sequence[Range], skip: Sequence[Range]):
        self.text = text
        self.sentences = sentences
        self.skip = skip

    @cached_property
    def common(self) -> frozenset[str]:
        """Words that the text also writes in lower case; those that do so within a name are not meant."""
        return frozenset(regex.findall(r"\b\p{Ll}[\p{L}'’-]++", self.text)) - vocabulary("particles.txt").keys()

    def is_common(self, word: str) -> bool:
        return bare(word) in self.common

    def is_described(self, mention: NameMention) -> bool:
        """Whether what was taken for a person's name describes somebody: "the Scot", "A MUM-OF-TWO"."""
        if mention.kind != "person" or mention.sex or is_body_word(self.text[mention.start : mention.end]):
            return False
        return _ARTICLE.search(self.text, max(0, mention.start - 8), mention.start) is not None

    @cached_property
    def headlines(self) -> list[Range]:
        return [(start, end) for start, end in self.sentences if _is_headline(self.text[start:end])]

    def in_headline(self, offset: int) -> bool:
        at = bisect_right(self.headlines, (offset, len(self.text) + 1)) - 1
        return at >= 0 and offset < self.headlines[at][1]

    @cached_property
    def names(self) -> list[list[tuple[str, int, int]]]:
        """Capitalised words in a row, outside headlines: of each row its words with their bounds."""
        rows = (match.span() for match in NAME.finditer(self.text) if not self.in_headline(match.start()))
        spans = ((_behind(self.skip, start, end), end) for start, end in rows)
        return [[(word[0], *word.span()) for word in _WORDS.finditer(self.text, *span)] for span in spans]


def _is_headline(sentence: str) -> bool:
    words = [word for word in sentence.split() if word[0].isalpha()]
    small = [word for word in words if word[0].islower()]
    return len(words) > 3 and len(small) < 0.4 * len(words) and sum(len(word) > 4 for word in small) < 0.1 * len(words)


# --- finding names ---------------------------------------------------------------------------------------------------


def _collect(page: _Page, names: Iterable[Name], sources: Sequence[Range]) -> list[NameMention]:
    """Names by the strength of their evidence: titles, then the recogniser, then the heads of sources."""
    text = page.text
    titled = [NameMention(start, end, "person", sex) for start, end, sex in titled_names(text)]
    recognised = list(_recognised(text, names))
    roled = list(_roled(page))
    surnames = {mention.end: mention.start for mention in recognised}
    whole = [mention for mention in roled if surnames.get(mention.end, 0) > mention.start]
    return _disjoint(
        titled,
        _introduced(text),
        _tagged(text),
        _companies(text),
        whole,
        recognised,
        roled,
        _source_names(page, sources),
    )


_ENDINGS = sorted(listed("companies.txt"))
_SHORT, _LONG = ("|".join(end for end in _ENDINGS if (len(end) < 5) is short) for short in (True, False))
_COMPANY = regex.compile(
    rf"(?<![\p{{L}}\p{{N}}])(?:{_WORD.pattern} (?:& )?){{0,4}}?"
    rf"({_WORD.pattern},?(?: (?:(?:{_SHORT})\b\.?|(?:{_LONG})\b))++)"  # the full stop of "Ltd." belongs to it
)


def _companies(text: str) -> Iterator[NameMention]:
    """Names that end as a company's does: "Damco Ltd"."""
    for match in _COMPANY.finditer(text):
        opening = regex.match(r"\S+ ", match[0])
        start = match.start() + (opening.end() if opening and _is_no_name(opening[0].strip()) else 0)
        if start <= match.start(1):
            yield NameMention(start, match.end(), "organization")


_ROLED = regex.compile(r"(?<![\p{L}-])([\p{L}-]++)(,?+)\s(?=\p{Lu})")


def _roled(page: _Page) -> Iterator[NameMention]:
    """Names of two or three words behind a role, "goalkeeper Ana Roy", "the skipper, Ana Roy,": none of them is written
    in lower case anywhere."""
    text = page.text
    for role in _ROLED.finditer(text):
        name = NAME.match(text, role.end()) if _is_role(role[1].casefold()) else None
        span = trim(text, *name.span()) if name and not page.in_headline(role.start()) else None
        words = (
            text[slice(*span)].split() if span and (not role[2] or text[span[1] : span[1] + 1] in (",", ".")) else []
        )
        if span and span[0] == role.end() and 1 < len(words) < 4 and all(_is_personal_word(w, page) for w in words):
            yield NameMention(*span, "person")


_CALLED = regex.compile(r"(?<=\s)(\p{Ll}++)\s(?:called|named)\s(?=\p{Lu})")


def _introduced(text: str) -> Iterator[NameMention]:
    """Names that a person is introduced by: "a young man called Lwazi"."""
    for match in _CALLED.finditer(text):
        name = NAME.match(text, match.end()) if _is_role(match[1]) else None
        span = trim(text, *name.span()) if name else None
        if span and span[0] == match.end():
            yield NameMention(*span, "person", sex_of(match[1]))


def _is_role(word: str) -> bool:
    """Whether a word is a role's noun, in the singular or plural, with or without a prefix: "ex-goalkeepers"."""
    forms = (word, word.removesuffix("s"), *(part.removesuffix("s") for part in word.split("-")[-1:]))
    return any(form in vocabulary("roles.txt") for form in forms)


def _is_personal_word(word: str, page: _Page) -> bool:
    return not page.is_common(word) and kind_of_noun(word) == "unknown" and not _is_no_name(word)


_SPEAKER_TAG = regex.compile(r"(?m)^[^\S\r\n]*+[\"“]?(\p{Lu}[\p{Lu}.'’-]++(?: \p{Lu}[\p{Lu}.'’-]++){0,2}+):\s")


def _tagged(text: str) -> Iterator[NameMention]:
    """Speakers of a transcript: the same capitals before a colon at the start of more than one line."""
    matches = list(_SPEAKER_TAG.finditer(text))
    count = Counter(match[1] for match in matches)
    for match in matches:
        span = trim(text, *match.span(1)) if count[match[1]] > 1 else None
        if span:
            yield NameMention(*span, "person")


def _recognised(text: str, names: Iterable[Name]) -> Iterator[NameMention]:
    for name in _joined(text, names):
        words = text[name.start : name.end]
        kind = "person" if POSTNOMINAL.search(words) and len(words.split()) > 2 else name.kind
        bodily = kind == "person" and (_is_employer(text, name.start) or words in listed("media.txt"))
        kind = "organization" if bodily else kind
        span = trim(text, name.start, name.end) if kind == "person" else None
        span = span or _trim_body(text, name.start, name.end)
        if span and kind == "group" and (body := _of_people(text, span[1])):
            span, kind = (span[0], body), "organization"
        if span and _is_portfolio(text, span, kind):
            continue
        if span and (kind not in ("document", "unknown") or _is_title_case(text[span[0] : span[1]])):
            yield NameMention(*span, kind)


def _joined(text: str, names: Iterable[Name]) -> Iterator[Name]:
    """Two persons with nothing but a space between them are one: "Ildefonso Guajardo", "Villarreal"."""
    last: Name | None = None
    for name in names:
        if last and last.kind == name.kind == "person" and text[last.end : name.start] in (" ", "\u00a0"):
            last = Name(last.start, name.end, "person")
            continue
        if last:
            yield last
        last = name
    if last:
        yield last


_NEXT_WORD = regex.compile(r"[^\S\r\n](\p{Lu}\p{Ll}++)\b")


def _of_people(text: str, end: int) -> int | None:
    """Where the name ends of a body that a people's name opens: "Islamic State"."""
    noun = _NEXT_WORD.match(text, end)
    return noun.end() if noun and kind_of_noun(noun[1]) == "organization" else None


def _is_portfolio(text: str, span: Range, kind: Kind) -> bool:
    """Whether a "body" only says what a minister is for: "French Defense Minister", but "Treasury Secretary"."""
    word, office = text[slice(*span)].split()[-1], _NEXT_WORD.match(text, span[1])
    known = kind != "organization" or word.isupper() or is_body_word(word) or kind_of_noun(word) == "organization"
    return not known and office is not None and office[1] in ("Minister", "Ministers", "Secretary", "Secretaries")


_EMPLOYED = regex.compile(r"(?<![\p{L}-])([\p{L}-]++) at (?:the )?\Z")


def _is_employer(text: str, start: int) -> bool:
    """Whether somebody works there: "chief engineer at Danubia Hydro"."""
    employed = _EMPLOYED.search(text, max(0, start - 40), start)
    return employed is not None and _is_role(employed[1])


def _trim_body(text: str, start: int, end: int) -> Range | None:
    """The name of a body or place within a range: no article before it, no possessive behind it, one line."""
    lead = _LEADING.match(text, start, end)
    start = lead.end() if lead else start
    line = text.find("\n", start, end)
    end = line if line > 0 else end
    end = start + len(_POSSESSIVE.sub("", text[start:end].rstrip(' \t\u00a0,.:;"”“')))
    end += bool(INITIALS.search(text, start, end)) and text[end : end + 1] == "."
    return (start, end) if end - start > 1 and any(c.isupper() for c in text[start:end]) else None


def _is_title_case(text: str) -> bool:
    words = [word for word in text.split() if word not in SMALL]
    return sum(word[0].islower() for word in words) == 0


def _plausible(page: _Page, mentions: list[NameMention]) -> list[NameMention]:
    """Headlines print every word with a capital: there, common words belong to no name."""
    inside = [page.in_headline(mention.start) for mention in mentions]
    forms = [words_of(page.text[m.start : m.end]) for m in mentions]
    body = {words for words, headline in zip(forms, inside, strict=True) if not headline}
    surnames = {words[-1] for words in body if len(words) > 1}

    def keep(mention: NameMention, words: tuple[str, ...], headline: bool) -> bool:
        if len(words) == 1:
            if words[0] in _openers() or page.is_described(mention):
                return False
            return bool(mention.sex) or mention.kind == "place" or not _is_plural_noun(words[0])
        if not headline or words in body:
            return True
        return bool(words) and words[-1] not in surnames and not any(word in page.common for word in words)

    return [m for m, words, headline in zip(mentions, forms, inside, strict=True) if keep(m, words, headline)]


def _is_plural_noun(word: str) -> bool:
    return word in vocabulary("groups.txt") or (word.endswith("s") and singular(word) in vocabulary("roles.txt"))


def _source_names(page: _Page, sources: Sequence[Range]) -> Iterator[NameMention]:
    """The name that a source consists of, or that ends its first part ("city manager Jo Lee, who …")."""
    text = page.text
    for start, end in sources:
        stop = _SOURCE_PART.search(text, start, end)
        end = stop.start() if stop else end
        for match in NAME.finditer(text, start, end):
            span = trim(text, *match.span())
            if span and span[1] == end and _may_be_name(page, span):
                yield NameMention(*span, "person")


def _may_be_name(page: _Page, span: Range) -> bool:
    """Whether capitals may mean a name: one word that opens a sentence has a capital anyway."""
    word = page.text[slice(*span)]
    if not word.isalpha():
        return True
    opens = _OPENING.search(page.text, max(0, span[0] - 4), span[0]) is not None or not span[0]
    known = bare(word) in _openers() or kind_of_noun(word) != "unknown" or page.is_common(word)
    return not known and not (opens and word.endswith("s") and not word.endswith("ss"))


_SOURCE_PART = regex.compile(r"[,(]|\s(?:who|of|for|at|from|in)\s|['’]s\b")
_OPENING = regex.compile(r"(?:[.!?\n][\"“”’' ]*|\n)\Z")


@cache
def _openers() -> frozenset[str]:
    words = read_words("quotes.nlp", "openers.txt") | listed("not_names.txt")
    return frozenset(bare(word) for word in words)


def _disjoint(*layers: Iterable[NameMention]) -> list[NameMention]:
    """All mentions of the first layer, and of each later one those that overlap none before."""
    kept: list[NameMention] = []
    for layer in layers:
        starts = [mention.start for mention in kept]
        fresh: list[NameMention] = []
        for mention in layer:
            at = bisect_right(starts, mention.start)
            clear = not (at and kept[at - 1].end > mention.start) and not (
                at < len(kept) and kept[at].start < mention.end
            )
            if clear and not (fresh and fresh[-1].end > mention.start):
                fresh.append(mention)
        kept = sorted(kept + fresh, key=lambda mention: mention.start)
    return kept


def _persons_after_all(page: _Page, mentions: list[NameMention], sources: Sequence[Range]) -> list[NameMention]:
    """Who speaks and is taken for a body or a place is a person, where a given name tells it, or a longer name that is
    no body's ends so."""
    text, starts = page.text, {start for start, _ in sources}
    speaking = [m for m in mentions if m.start in starts and m.kind in ("organization", "place")]
    christened = {words_of(text[m.start : m.end]) for m in speaking if _is_christened(text, m)}
    surnames = _surnames(page, mentions, speaking) | {words[-1] for words in christened}

    def decide(mention: NameMention) -> NameMention:
        words = words_of(text[mention.start : mention.end])
        if words in christened or (len(words) == 1 and words[0] in surnames):
            return NameMention(mention.start, mention.end, "person", mention.sex)
        return mention

    return [decide(mention) for mention in mentions]


_GOES_ON = regex.compile(r"\s\p{Lu}")


def _is_christened(text: str, name: NameMention) -> bool:
    """Whether two or three words are a given name and a surname."""
    words = words_of(text[name.start : name.end])
    if not 1 < len(words) < 4 or words[-1].endswith("s") or _GOES_ON.match(text, name.end):
        return False
    return is_given_name(words[0]) and is_personal(text, name)


def _surnames(page: _Page, mentions: list[NameMention], speaking: list[NameMention]) -> set[str]:
    """Those of the speaking "bodies" that end a longer name which is no body's."""
    text = page.text
    spoken = {bare(word) for m in speaking if not (word := text[m.start : m.end]).isupper()}
    taken = {m.start for m in mentions}
    full = (n for n in _full_names(page, spoken) if n.start not in taken) if spoken else ()
    return {words_of(text[name.start : name.end])[-1] for name in full if is_personal(text, name)}


def _complete(page: _Page, mentions: list[NameMention]) -> list[NameMention]:
    """Mentions that the recogniser overlooked: forms of names that stand elsewhere."""
    text = page.text
    known: dict[str, Kind] = {}
    for mention in mentions:
        words = words_of(text[mention.start : mention.end])
        if len(words) == 1 or mention.kind == "person":
            known.setdefault(words[-1], mention.kind)
    for word in [*_openers(), *(w for w in known if is_title(w))]:
        known.pop(word, None)
    places = (match.span() for match in _WORD.finditer(text))
    single = (NameMention(a, b, known[bare(text[a:b])]) for a, b in places if bare(text[a:b]) in known)
    persons = {word for word, kind in known.items() if kind == "person"}
    weak = [m for m in mentions if m.kind == "document" or (m.kind == "person" and text[m.start : m.end].isalpha())]
    kept = set(weak)
    strong = [m for m in mentions if m not in kept]
    return _disjoint(strong, _full_names(page, persons), weak, single)


def _full_names(page: _Page, surnames: set[str]) -> Iterator[NameMention]:
    """Capitalised words that end in a known surname, where the article writes none of them in lower case."""
    for words in page.names:
        first = 0
        for index, (word, _, end) in enumerate(words):
            if page.is_common(word) or _is_no_name(word):
                first = index + 1
            elif bare(word) in surnames and 0 < index - first < 3:
                span = trim(page.text, words[first][1], end)
                if span:
                    yield NameMention(*span, "person")
                break


def _is_no_name(word: str) -> bool:
    return bare(word) in _openers() or begins_no_name(word)
