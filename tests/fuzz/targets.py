"""What any input must leave whole: called by the fuzzers beside this file and by the tests, for each kept input."""

from __future__ import annotations

import contextlib
import hashlib
import io
import sys
from itertools import pairwise
from types import SimpleNamespace

from quotes.marks import canonical, find_marks, paragraphs
from quotes.nlp import split_sentences
from quotes.reading import ReadOptions, read_documents, to_document
from quotes.record import build_quotes, to_record
from quotes.types import Attribution, Document, Range, Resolved
from quotes.validate import Validator

__all__ = ["FORMATS", "marks", "readers"]

FORMATS = ("txt", "md", "html", "jsonl", "csv", "docx", "pdf", "warc", "parquet", "txt.gz", "warc.gz", "jsonl.zst")
OPTIONS = [
    ReadOptions(
        format,
        max_bytes=100_000,
        max_page_bytes=100_000,
        max_page_elements=5_000,
        max_seconds=0,
        max_expanded_bytes=10**6,
    )
    for format in FORMATS
]
VALIDATOR = Validator()


def marks(data: bytes) -> None:
    """Any text: paragraphs, marks, sentences, front matter, and the records that come of every mark."""
    document = to_document(data.decode("utf-8", "surrogateescape"))
    text = document.text
    _check_document(document)
    found, sentences = find_marks(text), list(split_sentences(text))
    assert found == find_marks(text)
    assert len(canonical(text, found)) == len(text)
    _check_ranges(paragraphs(text), len(text))
    _check_ranges(sentences, len(text))
    for mark in found:
        assert 0 <= mark.start < mark.inner_start < mark.inner_end <= mark.end <= len(text)
    outer = [mark for mark in found if not mark.depth]
    said = [Attribution(((mark.start, mark.end),), (mark,), cue=(0, min(4, len(text)))) for mark in outer]
    for quote in build_quotes(document, sentences, said, [Resolved(None)] * len(said)):
        record = to_record(quote, "test-1.0")
        assert VALIDATOR.check(record) == []
        assert VALIDATOR.check_against(record, text) == []


def readers(data: bytes) -> None:
    """Any bytes as a file of the format that the first one chooses."""
    options = OPTIONS[data[0] % len(OPTIONS)] if data else OPTIONS[0]
    said: list[str] = []
    documents = _read(data[1:], options, said)
    assert documents or said
    assert all(line.startswith("stdin: ") and "failed: " not in line for line in said)
    assert len({document.id for document in documents}) == len(documents)
    for document in documents:
        _check_document(document)


def _read(data: bytes, options: ReadOptions, said: list[str]) -> list[Document]:
    before, sys.stdin = sys.stdin, SimpleNamespace(buffer=io.BytesIO(data))  # type: ignore[assignment]
    try:
        with contextlib.redirect_stderr(io.StringIO()):
            return list(read_documents(["-"], on_error=said.append, on_warning=said.append, options=options))
    finally:
        sys.stdin = before


def _check_document(document: Document) -> None:
    assert document.sha256 == hashlib.sha256(document.text.encode("utf-8")).hexdigest()
    _check_ranges(document.furniture, len(document.text))
    for value in (document.id, document.title, document.author, document.published, document.url):
        assert value is None or value.encode("utf-8")


def _check_ranges(ranges: list[Range] | tuple[Range, ...], length: int) -> None:
    """In order, disjoint, inside, none of them empty."""
    assert all(0 <= start < end <= length for start, end in ranges)
    assert all(one[1] <= other[0] for one, other in pairwise(ranges))
