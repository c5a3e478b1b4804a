"""The one file that knows the order: read → marks → nlp → attribute → resolve → record → validate → write."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from quotes.attribution import Reader, attribute, link, load_reader
from quotes.marks import find_marks
from quotes.nlp import analyse, load_pipeline
from quotes.options import Options
from quotes.reading import read_documents, to_document
from quotes.record import build_quotes, to_record
from quotes.speakers import resolve
from quotes.speakers.people import People, read_people
from quotes.types import Document, Quote
from quotes.validate import Validator
from quotes.writing import Record, open_writer

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc

__all__ = ["Extractor", "Report", "extract", "load", "quotes_of", "run"]

Report = Callable[[str], None]
"""Takes one line that names the document and says what is wrong with it."""

# What is analysed at a time, in characters: about a second's work. Its memory is freed before the next.
BATCH = 50_000

DEFAULTS = Options()
_log: Report = logging.getLogger(__name__).error


class Extractor:
    """The loaded program. Not to be shared between threads."""

    def __init__(self, options: Options, nlp: Language, reader: Reader, people: People | None = None):
        self.options = options
        self.people = people
        self.nlp = nlp
        self.reader = reader
        self.model = f"{nlp.meta['lang']}_{nlp.meta['name']}-{nlp.meta['version']}"

    def extract(self, text: str) -> list[Quote]:
        """The quotations of one article, in text order; offsets are code points of `text`, end-exclusive."""
        with self.nlp.memory_zone():
            return self._extract(to_document(text))

    def extract_documents(self, documents: Iterable[Document], *, on_error: Report = _log) -> Iterator[list[Quote]]:
        """The quotations of each document, in the order given.

        A document that fails gives none; `on_error` gets one line that names it, and the run goes on.
        """
        for batch in _batches(documents):
            yield from self._extract_batch(batch, on_error)

    def _extract_batch(self, documents: Iterable[Document], on_error: Report) -> list[list[Quote]]:
        with self.nlp.memory_zone():
            return [self._extract_or_report(document, on_error) for document in documents]

    def _extract_or_report(self, document: Document, on_error: Report) -> list[Quote]:
        """Whatever is wrong with one document must not cost the others."""
        try:
            return self._extract(document)
        except Exception as error:
            on_error(f"{document.path or document.id}: failed: {type(error).__name__}: {error}")
            return []

    def _extract(self, document: Document) -> list[Quote]:
        quotes = quotes_of(document, analyse(self.nlp, document.text), self.reader, self.people)
        return [quote for quote in quotes if self.options.wants(quote.type)]


def quotes_of(document: Document, doc: Doc, reader: Reader, people: People | None = None) -> list[Quote]:
    """The quotations of every type in a document, in text order; `doc` is it as `quotes.nlp` gives it."""
    attributions = link(document.text, doc, attribute(reader, document, find_marks(document.text)))
    resolved = resolve(document, doc, attributions)
    if people:
        resolved = [people.identify_all(who) for who in resolved]
    sentences = [(sent.start_char, sent.end_char) for sent in doc.sents]
    return build_quotes(document, sentences, attributions, resolved)


def load(options: Options = DEFAULTS) -> Extractor:
    """Load the program once, to extract from many texts.

    Raises ModelNotFoundError where a model is not installed, PeopleError where the table of people cannot be used.
    """
    people = read_people(options.people) if options.people else None
    return Extractor(options, load_pipeline(options.model), load_reader(), people)


def extract(text: str, options: Options = DEFAULTS) -> list[Quote]:
    """The quotations of one article, in text order; the program is loaded by the first call."""
    return _loaded(options).extract(text)


_loaded = cache(load)


def run(
    paths: Iterable[str | Path],
    output: Path | None = None,
    options: Options = DEFAULTS,
    *,
    on_error: Report,
    on_warning: Report,
    progress: Callable[[Iterator[Document]], Iterable[Document]] = iter,
) -> None:
    """Extract from files and folders into a file, or to standard output.

    `progress` sees the documents go by. What is wrong with a document goes to `on_error` in one line, and the run goes
    on. Raises ModelNotFoundError, PeopleError, OutputError, and BrokenPipeError where nobody reads the output any more.
    """
    validator = Validator()
    extractor = load(options)
    documents = read_documents(paths, on_error=on_error, on_warning=on_warning)
    with open_writer(output) as writer:
        for quotes in extractor.extract_documents(progress(documents), on_error=on_error):
            writer.write(_sound_records(quotes, extractor.model, validator, on_error))


def _sound_records(quotes: Iterable[Quote], model: str, validator: Validator, on_error: Report) -> Iterator[Record]:
    """Records that match the schema and their source. One that does not is a bug: it is reported and left out."""
    for quote in quotes:
        document, record = quote.document, to_record(quote, model)
        problems = validator.check(record) or validator.check_against(record, document.text)
        if problems:
            on_error(f"{document.path or document.id}: record {quote.id} left out: {'; '.join(problems)}")
        else:
            yield record


def _batches(documents: Iterable[Document]) -> Iterator[list[Document]]:
    """A few articles at a time, at least one."""
    batch: list[Document] = []
    size = 0
    for document in documents:
        batch.append(document)
        size += len(document.text)
        if size >= BATCH:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch
