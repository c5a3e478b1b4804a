"""Records of any order → the articles that they are of, each with its records."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any

from quotes.types import Document

__all__ = ["TextOf", "by_article"]

Record = Mapping[str, Any]
TextOf = Callable[[Mapping[str, Any]], str | None]
"""Takes a record's `document` and gives its text, None where that is not known."""


def by_article(
    records: Iterable[Record], text_of: TextOf = lambda document: None
) -> Iterator[tuple[Document, list[Record]]]:
    """Each article with its records, both in the order in which they first come; its text is "" where not known."""
    articles: dict[tuple[str, str], list[Record]] = {}
    for record in records:
        document = record["document"]
        articles.setdefault((document["id"], document["sha256"]), []).append(record)
    for found in articles.values():
        about = found[0]["document"]
        yield Document(text=text_of(about) or "", **about), found
