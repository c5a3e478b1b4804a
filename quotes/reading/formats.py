"""The table of formats. A new one is a module beside this one and a line here."""

from __future__ import annotations

from pathlib import PurePath
from types import MappingProxyType
from typing import Final

from quotes.reading import csv, docx, html, jsonl, parquet, pdf, text, warc
from quotes.reading.compression import COMPRESSIONS
from quotes.reading.values import Reader

__all__ = ["READERS", "SEVERAL", "format_of"]

READERS: Final = MappingProxyType[str, Reader](
    {
        ".csv": csv.read,
        ".docx": docx.read,
        ".htm": html.read,
        ".html": html.read,
        ".jsonl": jsonl.read,
        ".md": text.read,
        ".ndjson": jsonl.read,
        ".parquet": parquet.read,
        ".pdf": pdf.read,
        ".tsv": csv.read,
        ".txt": text.read,
        ".warc": warc.read,
        ".warc.gz": warc.read,  # unfolds itself, record by record: a broken one is not the end
        ".xhtml": html.read,
    }
)


# Files of these hold any number of articles; of the others, one.
SEVERAL: Final = frozenset({".csv", ".jsonl", ".ndjson", ".parquet", ".tsv", ".warc", ".warc.gz"})


def format_of(name: str) -> tuple[str, str]:
    """The suffixes of a file's name that say its format and its compression: "a.csv.gz" → (".csv", ".gz")."""
    suffixes = [suffix.lower() for suffix in PurePath(name).suffixes]
    if "".join(suffixes[-2:]) in READERS:
        return "".join(suffixes[-2:]), ""
    compression = suffixes.pop() if suffixes and suffixes[-1] in COMPRESSIONS else ""
    return (suffixes[-1] if suffixes else ""), compression
