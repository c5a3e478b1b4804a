"""Word (.docx): one article a file, its paragraphs and table cells, a blank line between them."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator
from typing import Any, BinaryIO

from quotes.errors import DocumentError
from quotes.reading.encoding import well_formed
from quotes.reading.extras import require
from quotes.reading.limits import read_whole, too_large
from quotes.reading.text import to_article
from quotes.reading.values import Article, Problem, ReadOptions

__all__ = ["read"]


def read(stream: BinaryIO, options: ReadOptions) -> Iterator[Article | Problem]:
    """The one article in `stream`."""
    word = require("docx", "docs")
    data = read_whole(stream, options)
    try:
        _refuse_bomb(data, options)
        document = word.Document(io.BytesIO(data))
        paragraphs = [text for text in map(str.strip, _paragraphs(document)) if text]
        properties = document.core_properties
    except DocumentError:
        raise
    except Exception as error:  # whatever the library makes of broken bytes
        raise DocumentError(f"is no Word file that can be read: {error}") from error
    if not paragraphs:
        raise DocumentError("holds no text")
    yield to_article(well_formed("\n\n".join(paragraphs)), properties.title, properties.author)


def _refuse_bomb(data: bytes, options: ReadOptions) -> None:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        size = sum(part.file_size for part in archive.infolist())
    if size > options.max_bytes:
        raise DocumentError(too_large(options.max_bytes, "max_bytes"))


def _paragraphs(container: Any) -> Iterator[str]:
    """The paragraphs of a document or of a table's cell, in order."""
    for item in container.iter_inner_content():
        if hasattr(item, "rows"):
            for row in item.rows:
                for cell in row.cells:
                    yield from _paragraphs(cell)
        else:
            yield item.text
