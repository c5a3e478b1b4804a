"""Which columns of a table hold what, where nobody has said: most tables name them in one of a few ways."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any, Final

from quotes.reading.values import ReadOptions

__all__ = ["guess_columns"]

DEFAULTS = ReadOptions()
# Field of ReadOptions → other names of its column, the likeliest first. Case and what stands between words are alike.
OTHERS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "text_field": ("body", "content", "article", "article text", "full text", "fulltext", "story", "maintext"),
        "id_field": ("article id", "doc id", "uuid", "guid"),
        "title_field": ("headline", "heading"),
        "author_field": ("authors", "byline"),
        "published_field": (
            "published",
            "published at",
            "publish date",
            "pub date",
            "date publish",
            "publication date",
        ),
        "url_field": ("link", "permalink", "source url"),
    }
)


def guess_columns(options: ReadOptions, names: Collection[Any]) -> tuple[ReadOptions, str | None]:
    """`options` for a table with columns of these names, and a line that says what was guessed.

    Only what the options leave as it is by itself, and what the table has no column for, is guessed.
    """
    plain = {_plain(name): name for name in names if isinstance(name, str)}
    found: dict[str, Any] = {}
    for field, others in OTHERS.items():
        wanted = getattr(options, field)
        if wanted == getattr(DEFAULTS, field) and wanted not in names:
            match = next((plain[other] for other in (wanted, *others) if other in plain), None)
            found |= {field: match} if match is not None else {}
    if not found:
        return options, None
    said = ", ".join(f'{field.removesuffix("_field")} from "{name}"' for field, name in found.items())
    how = " (name another: `text_field`)" if "text_field" in found else ""
    return replace(options, **found), f"takes {said}{how}"


def _plain(name: str) -> str:
    return " ".join(name.casefold().replace("_", " ").replace("-", " ").split())
