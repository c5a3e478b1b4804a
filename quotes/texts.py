"""The texts that records point into, kept as files: what was taken out of a web page or a table can be looked at again.

A text's file is named by the text's sha256, `DIR/<sha256>.txt`, and holds exactly the bytes that have it: names are
safe and unique, one text is kept once, and `document.sha256` in a record says which file is its own.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from quotes.errors import OutputError
from quotes.partial import partial_beside
from quotes.types import Document

__all__ = ["save_text", "saved_text"]


def save_text(folder: Path, document: Document) -> None:
    """Keep the document's text in `folder`, which is made where there is none. Raises OutputError."""
    path = _path(folder, document.sha256)
    partial = partial_beside(path)
    try:
        if not path.exists():
            folder.mkdir(parents=True, exist_ok=True)
            partial.write_bytes(document.text.encode("utf-8"))
            partial.replace(path)
    except OSError as error:
        raise OutputError(f"{path}: cannot be written: {error.strerror or error}") from error
    finally:
        partial.unlink(missing_ok=True)


def saved_text(folder: Path, sha256: str) -> str | None:
    """The text that was kept in `folder`; None where it was not, or its file is not what it was."""
    path = _path(folder, sha256)
    try:
        data = path.read_bytes() if path.is_file() else b""  # a pipe of that name would never end
    except OSError:
        return None
    return data.decode("utf-8") if hashlib.sha256(data).hexdigest() == sha256 else None


def _path(folder: Path, sha256: str) -> Path:
    return folder / f"{sha256}.txt"
