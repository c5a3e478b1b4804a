"""Articles with their records → one page that needs nothing but itself: no network, no other file.

All of it stands there as plain HTML, so it can be read and printed without JavaScript, which only takes decisions. Its
policy (CSP) lets the page's own style and script work, told by their hash, and nothing else.
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

from quotes.errors import MissingExtraError
from quotes.pages import policy, read_page, style, template, visible, web_address
from quotes.review.marked import ASIDE, Piece, Place, find_paragraphs
from quotes.review.traced import Traced, find_traced
from quotes.types import Document

__all__ = ["Page", "who"]

Record = Mapping[str, Any]

NOBODY = "Nobody named"
DOUBTFUL = 0.8
"""The confidence of a name under which a person should look at it."""


@dataclass(frozen=True, slots=True)
class Card:
    """One record as the page shows it; `number` counts from 1 over the whole page, `who` is None for nobody.

    `before` is what was decided on it before this page was made.
    """

    number: int
    record: Record
    who: str | None
    before: str | None
    context: Sequence[Sequence[Piece]]
    named_at: Mapping[str, Any] | None = None

    @property
    def group(self) -> str:
        """Under whom it is listed: a pronoun names nobody."""
        speaker = self.record["speaker"]
        unnamed = speaker and not speaker["name"] and speaker["form"] == "pronoun" and not self.record.get("review")
        return NOBODY if unnamed else self.who or NOBODY


@dataclass(frozen=True, slots=True)
class Article:
    """One article; `paragraphs` is empty where its text is not known."""

    title: str
    about: Sequence[str]
    url: str | None
    sha256: str
    paragraphs: Sequence[Sequence[Piece]]
    cards: Sequence[Card]
    names: Sequence[str] = ()


class Page:
    """Takes one article after another, then gives the page."""

    def __init__(self) -> None:
        self._articles: list[Article] = []
        self._cards = 0
        self._hash = hashlib.sha256()

    def add(self, document: Document, records: Sequence[Record]) -> None:
        """Take an article with its records.

        A text in which the records' words do not stand is not shown: each record then shows its own context.
        """
        numbered = list(enumerate(records, self._cards + 1))
        self._cards += len(numbered)
        for record in records:
            self._hash.update(json.dumps(record, sort_keys=True).encode("ascii"))
        known = all(_stands(record, document.text) for record in records)
        self._articles.append(
            Article(
                title=document.title or document.path or document.id,
                about=[part for part in (document.author, document.published) if part],
                url=web_address(document.url),
                sha256=document.sha256,
                paragraphs=find_paragraphs(document.text, _places(numbered)) if known else [],
                cards=[_card(number, record) for number, record in numbered],
                names=_names(records),
            )
        )

    def html(self) -> str:
        """The whole page."""
        css, js = style("quotes.review", "page.css"), read_page("quotes.review", "page.js")
        traced, untraced = self._traced()
        return template("quotes.review", "page.html").render(
            articles=self._articles,
            total=self._cards,
            speakers=_bars(card.group for article in self._articles for card in article.cards),
            key=self._hash.hexdigest()[:32],
            css=css,
            js=js,
            policy=policy(css, js),
            nobody=NOBODY,
            doubtful=DOUBTFUL,
            aside=ASIDE,
            traced=traced,
            untraced=untraced,
        )

    def _traced(self) -> tuple[list[Traced], str]:
        """The same words in several articles, and why they were not looked for."""
        if len(self._articles) < 2:
            return [], ""
        try:
            return find_traced([(card.number, card.record) for article in self._articles for card in article.cards]), ""
        except MissingExtraError as error:
            return [], str(error)


def who(record: Record) -> str | None:
    """Who speaks: as a reviewer says, else by the fullest name, else as mentioned."""
    if record.get("review"):
        return record["review"]["speaker"]  # type: ignore[no-any-return]
    speaker = record["speaker"]
    return (speaker["name"] or speaker["mention"]["text"]) if speaker else None


def _stands(record: Record, text: str) -> bool:
    """Whether a record's words stand in the text where it says."""
    spans = chain(record["spans"], record["content"]["spans"])
    return all(text[span["start"] : span["end"]] == span["text"] for span in spans)


def _card(number: int, record: Record) -> Card:
    sentence = record["context"]["sentence"]
    context = find_paragraphs(sentence["text"], _places([(number, record)]), sentence["start"])
    before = record["review"]["decision"] if record.get("review") else None
    return Card(number, record, who(record), before, context, (record["speaker"] or {}).get("name_at"))


def _names(records: Iterable[Record]) -> list[str]:
    """Who is named in an article, the most often first."""
    named = (record[part] for record in records for part in ("speaker", "addressee", "via") if record[part])
    everyone = chain.from_iterable((one, *one["members"]) for one in named)
    counts = Counter(visible(one["name"]) for one in everyone if one["name"])
    return [name for name, _ in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))]


def _places(numbered: Iterable[tuple[int, Record]]) -> Iterator[Place]:
    for number, record in numbered:
        yield from (Place(span["start"], span["end"], record["type"], number) for span in record["spans"])
        speaker = record["speaker"] or {}
        for kind, span in (
            ("speaker", speaker.get("mention")),
            ("name", speaker.get("name_at")),
            ("cue", record["cue"]),
        ):
            if span:
                yield Place(span["start"], span["end"], kind, number)


@dataclass(frozen=True, slots=True)
class Bar:
    """A speaker with the number of records and its share of the greatest number, in percent."""

    name: str
    count: int
    percent: float


def _bars(names: Iterable[str]) -> list[Bar]:
    counts = sorted(Counter(names).items(), key=lambda pair: (-pair[1], pair[0]))
    return [Bar(name, count, round(100 * count / counts[0][1], 1)) for name, count in counts]
