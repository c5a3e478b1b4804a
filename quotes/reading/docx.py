"""Word (.docx): one article a file: its paragraphs, table cells, text boxes and last its notes, a blank line between.

What changes were tracked is read as if they were accepted: inserted words are there, deleted ones are not.
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterator
from typing import Any, BinaryIO

from quotes.errors import DocumentError
from quotes.extras import to_read
from quotes.reading.apart import apart
from quotes.reading.encoding import well_formed
from quotes.reading.limits import read_whole, too_large
from quotes.reading.text import to_article
from quotes.reading.values import Article, Problem, ReadOptions

__all__ = ["read"]

STRICT = b"http://purl.oclc.org/ooxml/"
WORD = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
PARAGRAPH = f"{WORD}p"
# What the library turns into characters.
WORDS = frozenset(WORD + name for name in ("t", "tab", "br", "cr", "noBreakHyphen", "ptab"))
# What is no part of the text: properties, what was deleted or moved away, how a word is read, and the same again for
# readers that do not know what stands before it.
LEFT_OUT = frozenset(WORD + name for name in ("pPr", "rPr", "del", "moveFrom", "rt")) | {
    "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
}
# A paragraph whose end was deleted goes on in the next one.
DELETED_END = f"{WORD}pPr/{WORD}rPr/{WORD}del"


def read(stream: BinaryIO, options: ReadOptions) -> Iterator[Article | Problem]:
    """The one article in `stream`."""
    yield apart(options.max_seconds, _read, read_whole(stream, options), options)


def _read(data: bytes, options: ReadOptions) -> Article:
    word = to_read("docs").require("docx")
    try:
        _refuse(data, options)
        document = word.Document(io.BytesIO(data))
        parts = [document.element.body, *_notes(document.part, word.oxml.parse_xml)]
        paragraphs = [text for part in parts for text in map(str.strip, _paragraphs(part)) if text]
        properties = document.core_properties
        title, author = properties.title, properties.author
    except DocumentError:
        raise
    except Exception as error:  # whatever the library makes of broken bytes
        raise DocumentError(f"is no Word file that can be read: {error}") from error
    if not paragraphs:
        raise DocumentError("holds no text")
    return to_article(well_formed("\n\n".join(paragraphs)), title, author)


def _refuse(data: bytes, options: ReadOptions) -> None:
    """Raise DocumentError for a file that unpacks to too much, and for one of the strict kind, which the library does
    not read."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        size = sum(part.file_size for part in archive.infolist())
        if size > options.max_bytes:
            raise DocumentError(too_large(options.max_bytes, "max_bytes"))
        if STRICT in archive.read("_rels/.rels"):
            raise DocumentError("is a Strict Open XML file (save it as an ordinary Word document)")


def _notes(part: Any, parse: Callable[[bytes], Any]) -> Iterator[Any]:
    """The footnotes and endnotes, without the lines that part them from the text."""
    inside = [rel for rel in part.rels.values() if not rel.is_external]
    for rel in (rel for kind in ("/footnotes", "/endnotes") for rel in inside if rel.reltype.endswith(kind)):
        yield from (note for note in parse(rel.target_part.blob) if note.get(f"{WORD}type") in (None, "normal"))


def _paragraphs(body: Any) -> Iterator[str]:
    """The paragraphs of a document in order, each once: what a merged cell holds stands in one of its cells.

    The library's own rows give such a cell as often as it is wide and high, which a file can say to be without end.
    """
    pending, begun = [body], ""
    while pending:
        element = pending.pop()
        if element.tag == PARAGRAPH:
            boxes: list[Any] = []
            begun += "".join(_words(element, boxes))
            pending += reversed(boxes)
            if element.find(DELETED_END) is None:
                yield begun
                begun = ""
        elif element.tag not in LEFT_OUT:
            pending += reversed(element)
    yield begun


def _words(paragraph: Any, boxes: list[Any]) -> Iterator[str]:
    """What stands in a paragraph, however deep: links, fields, insertions. The library knows of runs and links alone.

    The paragraphs of its text boxes go to `boxes`: they are read behind it.
    """
    pending = list(reversed(paragraph))
    while pending:
        element = pending.pop()
        if element.tag == PARAGRAPH:
            boxes.append(element)
        elif element.tag in WORDS:
            yield str(element)
        elif element.tag not in LEFT_OUT:
            pending += reversed(element)
