"""Word (.docx): one article a file, its paragraphs and table cells, a blank line between them."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from typing import Any, BinaryIO

from quotes.errors import DocumentError
from quotes.extras import to_read
from quotes.reading.apart import apart
from quotes.reading.encoding import well_formed
from quotes.reading.limits import read_whole, too_large
from quotes.reading.text import to_article
from quotes.reading.values import Article, Problem, ReadOptions

__all__ = ["read"]

PARAGRAPH = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}p"
# The same again, for readers that do not know what stands before it.
FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"


def read(stream: BinaryIO, options: ReadOptions) -> Iterator[Article | Problem]:
    """The one article in `stream`."""
    yield apart(options.max_seconds, _read, read_whole(stream, options), options)


def _read(data: bytes, options: ReadOptions) -> Article:
    word = to_read("docs").require("docx")
    try:
        _refuse_bomb(data, options)
        document = word.Document(io.BytesIO(data))
        paragraphs = [text for text in map(str.strip, _paragraphs(document.element.body)) if text]
        properties = document.core_properties
        title, author = properties.title, properties.author
    except DocumentError:
        raise
    except Exception as error:  # whatever the library makes of broken bytes
        raise DocumentError(f"is no Word file that can be read: {error}") from error
    if not paragraphs:
        raise DocumentError("holds no text")
    return to_article(well_formed("\n\n".join(paragraphs)), title, author)


def _refuse_bomb(data: bytes, options: ReadOptions) -> None:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        size = sum(part.file_size for part in archive.infolist())
    if size > options.max_bytes:
        raise DocumentError(too_large(options.max_bytes, "max_bytes"))


def _paragraphs(body: Any) -> Iterator[str]:
    """The paragraphs of a document in order, each once: what a merged cell holds stands in one of its cells.

    The library's own rows give such a cell as often as it is wide and high, which a file can say to be without end.
    """
    pending = [body]
    while pending:
        element = pending.pop()
        if element.tag == PARAGRAPH:
            yield element.text
        elif element.tag != FALLBACK:
            pending += reversed(element)
