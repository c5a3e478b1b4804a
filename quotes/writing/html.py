"""One web page on which a person reviews the records: see `quotes.review`.

The page begins with a list of all speakers, so the articles are held in memory until the end.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import BinaryIO

from quotes.review import Page
from quotes.types import Document
from quotes.writing.text import to_bytes
from quotes.writing.values import Record

__all__ = ["Html"]


class Html:
    """The bytes of the page."""

    def __init__(self, stream: BinaryIO):
        self.stream = stream
        self.page = Page()

    def write(self, document: Document, records: Sequence[Record]) -> None:
        """Take one document, without records too."""
        self.page.add(document, records)

    def finish(self) -> None:
        """Write the page."""
        self.stream.write(to_bytes(self.page.html()))
        self.stream.flush()
