"""The program as a spaCy component: `nlp.add_pipe("quotes")`.

It writes `doc.spans["quotes"]`, `["cues"]` and `["speakers"]`. In each group's `attrs`, `quotes` says for each of its
spans which quotation it belongs to, an index into `doc._.quotes`, and `offsets` where it stands to the character: spans
are made of whole tokens, quotations need not be. `doc._.quotes` gives the records; they are kept in
`doc.spans["quotes"].attrs`, so that they go wherever the `Doc` goes: to another process, into a `DocBin`, to disk.
"""

# No `from __future__ import annotations`: spaCy reads the types of `create` to check a config.

from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

from spacy.language import Language
from spacy.tokens import Doc

from quotes.attribution import load_reader
from quotes.nlp import names_of
from quotes.options import READER, Options, parse_types
from quotes.people import People, read_people
from quotes.pipeline import Extractor, load, quotes_of
from quotes.reading import to_document
from quotes.record import to_record
from quotes.types import Quote
from quotes.writing.spans import write_spans

__all__ = ["QuotesComponent", "create"]

Record = dict[str, Any]


@Language.factory("quotes", assigns=["doc.spans"], default_config={"types": "direct,mixed", "model": READER})
def create(nlp: Language, name: str, types: str, model: str, people: str | None = None) -> "QuotesComponent":
    """The component. `types` and `people` are as on the command line; `model` finds the names in documents
    whose own pipeline has found no entities. Raises ValueError for unknown types."""
    options = Options(model, parse_types(types), Path(people) if people else None)
    return QuotesComponent(options, f"{nlp.meta['lang']}_{nlp.meta['name']}-{nlp.meta['version']}")


class QuotesComponent:
    """Finds the quotations of a `Doc`. It holds settings alone, so that any process can have it."""

    def __init__(self, options: Options, pipeline: str):
        self.options = options
        self.pipeline = pipeline

    def __call__(self, doc: Doc) -> Doc:
        """Write the quotations of `doc` into it. Raises ModelNotFoundError and PeopleError at the first document."""
        write_spans(doc, self._own(doc) if doc.has_annotation("ENT_IOB") else self._others(doc))
        return doc

    def _own(self, doc: Doc) -> list[Record]:
        """With the entities that the document's pipeline has found."""
        people = _people(self.options.people)
        quotes = quotes_of(to_document(doc.text), load_reader(), self.options, people, names_of(doc))
        return _records(quotes, self.pipeline)

    def _others(self, doc: Doc) -> list[Record]:
        extractor = _program(self.options)
        return _records(extractor.extract(doc.text), extractor.model)


@cache
def _program(options: Options) -> Extractor:
    return load(options)


@cache
def _people(path: Path | None) -> People | None:
    return read_people(path) if path else None


def _records(quotes: Iterable[Quote], model: str) -> list[Record]:
    return [to_record(quote, model) for quote in quotes]


def _of(doc: Doc) -> list[Record]:
    return list(doc.spans["quotes"].attrs.get("records", [])) if "quotes" in doc.spans else []


if not Doc.has_extension("quotes"):
    Doc.set_extension("quotes", getter=_of)
