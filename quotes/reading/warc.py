"""Web archives: the pages in the responses of a WARC file. An article's id is its record's, its URL what was fetched.

After a broken record reading goes on with the next that can be found, if the file can be searched (a pipe cannot).
"""

from __future__ import annotations

import io
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any, BinaryIO

import regex

from quotes.errors import DocumentError
from quotes.extras import to_read
from quotes.reading import html, text
from quotes.reading.apart import each_apart
from quotes.reading.encoding import decode
from quotes.reading.limits import read_up_to, too_large
from quotes.reading.members import Members
from quotes.reading.values import Article, Problem, ReadOptions

__all__ = ["read"]

GZIP = b"\x1f\x8b\x08"
PLAIN = b"WARC/1."
CHUNK = 2**20
# How a record begins behind another one.
NEXT = regex.compile(rb"\r\n\r\nWARC/1\.\d\r\n[A-Za-z-]{1,40}:")
LONGEST_NEXT = 60

PageReader = Callable[[bytes, ReadOptions, str | None], tuple[Article, str | None]]


@dataclass(frozen=True, slots=True)
class _Page:
    """What was fetched, and the charset that the server gave it."""

    kind: str
    body: bytes
    charset: str | None
    address: str
    member: str

    @property
    def place(self) -> str:
        return self.address or self.member

    def read(self, options: ReadOptions) -> Iterator[Article | Problem]:
        """The article in it."""
        try:
            article, warning = READERS[self.kind](self.body, options, self.charset)
        except DocumentError as error:
            yield Problem(str(error), self.place)
            return
        if warning:
            yield Problem(warning, self.place, warning=True)
        yield replace(article, url=self.address or article.url, member=self.member, place=self.place)


class _Failure(Exception):
    """A record is broken, so that where it ends is not known."""


def read(stream: BinaryIO, options: ReadOptions) -> Iterator[Article | Problem]:
    """The articles in `stream`; a record that cannot be read is a Problem."""
    every: Iterator[_Page | Problem] = each_apart(options.max_seconds, _pages, stream, options)
    for found in every:
        if isinstance(found, _Page):
            yield from found.read(options)
        else:
            yield found


def _pages(stream: BinaryIO, options: ReadOptions) -> Iterator[_Page | Problem | None]:
    """The pages in `stream`, and None for each record, that it is known to be read on."""
    pages = _Pages(options)
    start: int | None = 0
    told = any_record = False
    while start is not None:
        position = start
        try:
            for record in _records(stream, start):
                position, told = record.stream_pos, False
                yield None
                if _is_answer(record):
                    any_record = True
                    yield from pages.read(record)
            break
        except _Failure as failure:
            if not told:
                yield Problem(str(failure), f"record at or after byte {position}")
            told = True
        start = _next_record(stream, position + 1)
    if not any_record and not told:
        raise DocumentError("holds no response that can be read (it is cut off, or no web archive)")
    yield from pages.left_out()


def _is_answer(record: Any) -> bool:
    types = to_read("warc").require("fastwarc.warc").WarcRecordType
    return bool(record.record_type & (types.response | types.resource))


def _records(stream: BinaryIO, start: int) -> Iterator[Any]:
    warc = to_read("warc").require("fastwarc.warc")
    if start:
        stream.seek(start)
    try:
        yield from warc.ArchiveIterator(stream, parse_http=False)
    except OSError as error:
        raise _Failure(f"is broken: {error}") from error


def _next_record(stream: BinaryIO, start: int) -> int | None:
    """Where the next record can begin, at `start` or after it."""
    if not stream.seekable():
        return None
    stream.seek(0)
    mark = GZIP if stream.read(len(GZIP)) == GZIP else PLAIN
    stream.seek(start)
    kept = b""
    while chunk := stream.read(CHUNK):
        found = (kept + chunk).find(mark)
        if found >= 0:
            return start - len(kept) + found
        start += len(chunk)
        kept = (kept + chunk)[1 - len(mark) :]
    return None


class _Pages:
    """Records of one archive → pages."""

    def __init__(self, options: ReadOptions) -> None:
        self._options = options
        self._members = Members()
        self._others: Counter[str] = Counter()

    def read(self, record: Any) -> Iterator[_Page | Problem]:
        """The page in a record, if it is one that was found."""
        address = record.headers.get("WARC-Target-URI", "").strip("<>")
        member = self._members.name(_bare(record.record_id), f"B{record.stream_pos}")
        try:
            status, kind, charset, body = self._payload(record)
        except (DocumentError, OSError) as error:
            yield Problem(str(error), address or member)
            return
        if status in (None, 200) and kind in READERS:
            yield _Page(kind, body, charset, address, member)
        else:
            self._others[kind if status in (None, 200) else f"status {status}"] += 1

    def left_out(self) -> Iterator[Problem]:
        """A line about the records that are no pages."""
        if self._others:
            kinds = ", ".join(f"{count} {kind or 'of no type'}" for kind, count in sorted(self._others.items()))
            yield Problem(f"records that are no pages left out: {kinds}", warning=True)

    def _payload(self, record: Any) -> tuple[int | None, str, str | None, bytes]:
        """HTTP status (None: no HTTP), content type, charset, and the body, unfolded."""
        block = _block(record, self._options)
        content = record.headers.get("Content-Type", "")
        if not content.startswith("application/http"):
            return None, content.partition(";")[0].strip().lower(), None, block
        answer = _parse(block)
        if answer is None or answer.http_headers is None:
            raise DocumentError("holds no HTTP response")
        body = read_up_to(answer.reader, self._options.max_page_bytes, "max_page_bytes")
        return answer.http_headers.status_code, (answer.http_content_type or "").lower(), answer.http_charset, body


def _block(record: Any, options: ReadOptions) -> bytes:
    """The record's bytes. A block that is shorter than it says breaks all that follows.

    One over the limit is read through as well: whether it is as long as it says, and hides no other, must be known.
    """
    size, limit = record.content_length, options.max_page_bytes
    block, seen, end = bytearray(), 0, b""
    while seen < size and (chunk := _read(record, min(CHUNK, size - seen))):
        if NEXT.search(end + chunk):
            raise _Failure("says that it is longer than it is: another record begins within it")
        block += chunk if seen + len(chunk) <= limit else b""
        seen, end = seen + len(chunk), chunk[-LONGEST_NEXT:]
    if seen < size:
        raise _Failure(f"is cut off: {seen:,} of {size:,} bytes")
    if size > limit:
        raise DocumentError(too_large(limit, "max_page_bytes"))
    return bytes(block)


def _read(record: Any, size: int) -> bytes:
    try:
        data: bytes = record.reader.read(size)
    except OSError as error:
        raise _Failure(f"is broken: {error}") from error
    return data


def _parse(block: bytes) -> Any:
    """An HTTP response. It is parsed as a record of its own: a broken one would end the archive's iterator."""
    warc = to_read("warc").require("fastwarc.warc")
    head = f"WARC/1.0\r\nWARC-Type: response\r\nContent-Type: application/http\r\nContent-Length: {len(block)}\r\n\r\n"
    stream = io.BytesIO(head.encode() + block + b"\r\n\r\n")
    record = next(iter(warc.ArchiveIterator(stream, parse_http=False)), None)
    if record is not None:
        record.parse_http(auto_decode="all")
    return record


def _bare(record_id: str | None) -> str | None:
    return record_id.strip("<>").removeprefix("urn:uuid:") if record_id else None


def _text(body: bytes, options: ReadOptions, charset: str | None) -> tuple[Article, str | None]:
    content, warning = decode(body)
    return text.to_article(content), warning


READERS = MappingProxyType[str, PageReader](
    {"text/html": html.read_page, "application/xhtml+xml": html.read_page, "text/plain": _text}
)
