"""The table of formats. A new one is a module beside this one and a line here."""

from __future__ import annotations

from types import MappingProxyType
from typing import Final

from quotes.reading import text
from quotes.reading.values import Reader

__all__ = ["READERS"]

READERS: Final = MappingProxyType[str, Reader](
    {
        ".md": text.read,
        ".txt": text.read,
    }
)
