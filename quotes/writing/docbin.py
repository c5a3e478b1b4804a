"""spaCy's `DocBin`: a `Doc` an article, tokens alone, with the span groups that the spaCy component writes.

A `DocBin` is one compressed whole, so it is held in memory until the end: about 20 bytes a token and the records.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, BinaryIO

from quotes.nlp import bounded_memory, english, find_tokens
from quotes.reading.encoding import well_formed
from quotes.types import Document, Range
from quotes.writing.spans import write_spans
from quotes.writing.text import well_formed_all
from quotes.writing.values import Record

if TYPE_CHECKING:
    from spacy.tokens import Doc
    from spacy.vocab import Vocab

__all__ = ["DocBinary"]


class DocBinary:
    """The bytes of one DocBin."""

    def __init__(self, stream: BinaryIO):
        from spacy.tokens import DocBin

        self.stream = stream
        self.docs = DocBin(attrs=["ORTH", "SPACY"])

    def write(self, document: Document, records: Sequence[Record]) -> None:
        """Take one document, without records too."""
        nlp = english()
        tokens = find_tokens(document.text)
        with bounded_memory(nlp):
            doc = _doc(nlp.vocab, well_formed(document.text), tokens)
            write_spans(doc, [well_formed_all(record) for record in records])
            doc.spans["quotes"].attrs["document"] = _about(document)
            self.docs.add(doc)

    def finish(self) -> None:
        """Write all documents."""
        self.stream.write(self.docs.to_bytes())
        self.stream.flush()


def _doc(vocab: Vocab, text: str, tokens: Sequence[Range]) -> Doc:
    """A document whose text is `text`."""
    from spacy.tokens import Doc

    return Doc(
        vocab,
        words=[text[start:end] for start, end in tokens],
        spaces=[text[end : end + 1] == " " for _, end in tokens],
    )


def _about(document: Document) -> Mapping[str, Any]:
    names = ("id", "path", "sha256", "title", "author", "published", "url")
    about: dict[str, Any] = well_formed_all({name: getattr(document, name) for name in names})
    return about
