"""PDF: one article a file, its pages one after another, a blank line between them."""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any, BinaryIO

from quotes.errors import DocumentError
from quotes.extras import to_read
from quotes.reading.apart import apart
from quotes.reading.encoding import well_formed
from quotes.reading.limits import read_whole, too_large
from quotes.reading.quiet import quiet
from quotes.reading.text import to_article
from quotes.reading.values import Article, Problem, ReadOptions

__all__ = ["read"]


def read(stream: BinaryIO, options: ReadOptions) -> Iterator[Article | Problem]:
    """The one article in `stream`; a page that cannot be read is a Problem."""
    yield from apart(options.max_seconds, _read, read_whole(stream, options), options.max_bytes)


def _read(data: bytes, limit: int) -> list[Article | Problem]:
    with quiet("pypdf"):
        pdf = _open(data)
        found = list(_pages(pdf, limit))
        about = _metadata(pdf)
    text = "\n\n".join(page.strip() for page in found if isinstance(page, str) and page.strip())
    if not text:
        raise DocumentError("holds no text (scanned pages must go through OCR first)")
    return [*(one for one in found if isinstance(one, Problem)), to_article(well_formed(text), *about)]


def _pages(pdf: Any, limit: int) -> Iterator[str | Problem]:
    """The text of each page. A small file can hold any number of pages that are one and the same."""
    length = 0
    for number in range(len(pdf.pages)):
        page = _page(pdf, number)
        length += len(page) if isinstance(page, str) else 0
        if length > limit:
            raise DocumentError(too_large(limit, "max_bytes"))
        yield page


def _open(data: bytes) -> Any:
    pypdf = to_read("docs").require("pypdf")
    try:
        pdf = pypdf.PdfReader(io.BytesIO(data))
        if pdf.is_encrypted and not pdf.decrypt(""):
            raise DocumentError("is encrypted (remove its password first)")
        len(pdf.pages)
    except DocumentError:
        raise
    except Exception as error:  # whatever the library makes of broken bytes
        raise DocumentError(f"is no PDF that can be read: {error}") from error
    return pdf


def _page(pdf: Any, number: int) -> str | Problem:
    try:
        text: str = pdf.pages[number].extract_text()
    except Exception as error:  # whatever the library makes of broken bytes
        return Problem(f"cannot be read: {error}", f"page {number + 1}")
    return text


def _metadata(pdf: Any) -> tuple[str | None, str | None]:
    try:
        data = pdf.metadata
        return (data.title, data.author) if data else (None, None)
    except Exception:  # a broken date or string: the text is what counts
        return None, None
