"""Plain text and Markdown: one article a file, front matter and all."""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO

from quotes.reading.encoding import decode
from quotes.reading.front_matter import as_author, as_title, find_front_matter
from quotes.reading.limits import read_whole
from quotes.reading.values import Article, Problem, ReadOptions

__all__ = ["read", "to_article"]


def read(stream: BinaryIO, options: ReadOptions) -> Iterator[Article | Problem]:
    """The one article in `stream`."""
    text, warning = decode(read_whole(stream, options))
    if warning:
        yield Problem(warning, warning=True)
    yield to_article(text)


def to_article(text: str, title: str | None = None, author: str | None = None) -> Article:
    """`text` as an article, with the front matter that stands in it; `title` and `author` where that is silent."""
    front = find_front_matter(text)
    return Article(
        text,
        front.title or as_title(title),
        front.author or as_author(author),
        front.published,
        front.url,
        front.furniture,
    )
