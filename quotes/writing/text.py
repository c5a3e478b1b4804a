"""Values → bytes that any reader takes, whatever stands in an article."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import regex

from quotes.reading.encoding import BROKEN, well_formed

__all__ = ["storable", "to_bytes", "to_json", "well_formed_all"]

# Line ends to some readers of lines, and what a terminal or an editor would obey: control characters that JSON may hold
# as they are, and those that turn the direction of text.
_COMMANDS = regex.compile(r"[\x7f-\x9f\u2028-\u202e\u2066-\u2069]")
_encode = json.JSONEncoder(ensure_ascii=False, allow_nan=False).encode


def to_json(value: Any, *, in_html: bool = False) -> bytes:
    """`value` as JSON on one line, in UTF-8; `in_html` writes it so that it can stand in a web page's <script>."""
    line = _COMMANDS.sub(lambda found: f"\\u{ord(found[0]):04x}", _encode(value))
    return to_bytes(line.replace("<", "\\u003c") if in_html else line)


def to_bytes(text: str) -> bytes:
    """In UTF-8; a lone surrogate, which no UTF-8 can hold, stands as U+FFFD."""
    try:
        return text.encode("utf-8")
    except UnicodeEncodeError:
        return well_formed(text).encode("utf-8")


def well_formed_all(value: Any) -> Any:
    """The JSON-ready `value` with every string in it well-formed."""
    if isinstance(value, str):
        return well_formed(value)
    if isinstance(value, Mapping):
        return {well_formed_all(key): well_formed_all(part) for key, part in value.items()}
    return [well_formed_all(part) for part in value] if isinstance(value, list) else value


def storable(text: str) -> str:
    """`text` with NUL, which tools that keep texts in PostgreSQL refuse, as U+FFFD (of the same length)."""
    return text.replace("\0", BROKEN)
