"""How an article is named on the web of data."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote, urlsplit

from quotes.types import Document

__all__ = ["source_of", "web_address"]

# All that may stand in an address as it is; `%` begins what is escaped already.
_ALLOWED = ":/?#[]@!$&'()*+,;=%-._~"


def web_address(url: Any) -> str | None:
    """`url` in the characters of an address, where it is one of the web; never one that runs a script."""
    try:
        parts = urlsplit(url or "")
    except ValueError:
        return None
    return quote(url, safe=_ALLOWED, errors="replace") if parts.scheme in ("http", "https") and parts.netloc else None


def source_of(document: Document) -> str:
    """The article's address; the name of its text where it has none."""
    return web_address(document.url) or f"urn:newsquotes:text:{document.sha256}"
