"""What a stream without a name holds, by how it begins: a web page and JSON Lines must not be read as prose."""

from __future__ import annotations

import json

import regex

__all__ = ["SAMPLE", "sniff"]

SAMPLE = 2**16
_MAGIC = ((b"%PDF-", ".pdf"), (b"PAR1", ".parquet"), (b"PK\x03\x04", ".docx"), (b"WARC/", ".warc"))
_PAGE = regex.compile(
    rb"(?i)\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body|article)\b", regex.S
)
_BOM = b"\xef\xbb\xbf"


def sniff(head: bytes) -> str:
    """The suffix of the format that begins with `head`, the first bytes of a stream; ".txt" where nothing tells."""
    for magic, suffix in _MAGIC:
        if head.startswith(magic):
            return suffix
    head = head.removeprefix(_BOM)
    if _PAGE.match(head):
        return ".html"
    return ".jsonl" if _is_row(head.lstrip()) else ".txt"


def _is_row(head: bytes) -> bool:
    """Whether the first line is a JSON object, or the beginning of one that is longer than the sample."""
    line, end, _ = head.partition(b"\n")
    if not line.startswith(b"{"):
        return False
    try:
        return isinstance(json.loads(line), dict)
    except (ValueError, RecursionError):
        return not end and regex.match(rb'\{\s*"(?:[^"\\]|\\.)*"\s*:', line) is not None
