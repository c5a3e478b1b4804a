"""The one file that knows the order: read → marks → nlp → attribute → resolve → record → validate → write."""

from __future__ import annotations

import hashlib
import json
import logging
import os
from collections.abc import Callable, Generator, Iterable, Iterator, Sequence
from contextlib import closing, nullcontext, suppress
from dataclasses import asdict, dataclass
from functools import cache, partial
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

from quotes.attribution import STEPS, Reader, attribute, load_reader
from quotes.errors import OutputError, PeopleError
from quotes.marks import find_marks
from quotes.nlp import bounded_memory, load_pipeline, recognise, split_sentences
from quotes.offsets import recount
from quotes.options import READER, Options, RunOptions
from quotes.overwriting import refuse_overwriting
from quotes.partial import sweep
from quotes.people import People, read_people, table_of
from quotes.reading import ReadOptions, may_pause, read_documents, to_document, with_pauses
from quotes.record import as_written, build_quotes, to_record
from quotes.shards import Shard
from quotes.speakers import NAME_RULES, resolve
from quotes.texts import save_text
from quotes.types import Document, Name, Quote
from quotes.validate import Validator
from quotes.version import __version__
from quotes.visible import Visible
from quotes.writing import Record, Tally, open_marker, open_writer

if TYPE_CHECKING:
    from spacy.language import Language

    from quotes.parallel import Lost, Work

__all__ = [
    "RULES",
    "Extractor",
    "OnDone",
    "Outcome",
    "Report",
    "extract",
    "load",
    "outcomes",
    "quotes_of",
    "run",
    "start",
    "work_through",
]

Report = Callable[[str], None]
"""Takes one line that names the document and says what is wrong with it."""
OnDone = Callable[[Document, bool], None]
"""Takes a document that is done, and whether the run before this one did it."""

# What is analysed at a time, in characters: a second or two of work. Its memory is freed before the next.
BATCH = 15_000

RULES: tuple[str, ...] = (*(step.id for step in STEPS), *(rule.id for rule in NAME_RULES))
"""What `Options.without` can name."""

DEFAULTS = Options()
RUN_DEFAULTS = RunOptions()
READ_DEFAULTS = ReadOptions()
_log: Report = logging.getLogger(__name__).error


class Extractor:
    """The loaded program. Threads may share it: the reader works for all at once, a spaCy pipeline for one by one."""

    def __init__(self, options: Options, reader: Reader, nlp: Language | None = None, people: People | None = None):
        self.options = options
        self.people = people
        self.nlp = nlp
        self.reader = reader
        self._alone = Lock() if nlp else nullcontext()
        self.model = f"{nlp.meta['lang']}_{nlp.meta['name']}-{nlp.meta['version']}" if nlp else READER

    def extract(self, text: str) -> list[Quote]:
        """The quotations of one article, in text order; offsets are code points of `text`, end-exclusive.

        Raises TypeError where `text` is no string.
        """
        if not isinstance(text, str):
            how = "decode the bytes first" if isinstance(text, bytes) else "for files see `quotes.pipeline.run`"
            raise TypeError(f"extract takes the text of one article as a str, not {type(text).__name__}: {how}")
        with self._alone, bounded_memory(self.nlp):
            return self._extract(to_document(text))

    def extract_documents(self, documents: Iterable[Document], *, on_error: Report = _log) -> Iterator[list[Quote]]:
        """The quotations of each document, in the order given.

        A document that fails gives none; `on_error` gets one line that names it, and the run goes on.
        """
        for batch in _batches(documents):
            for quotes, problem in self.extract_batch(batch):
                if problem:
                    on_error(problem)
                yield quotes

    def extract_batch(self, documents: Iterable[Document]) -> list[tuple[list[Quote], str | None]]:
        """For each document its quotations and, where it failed, why; their memory is freed together."""
        with self._alone, bounded_memory(self.nlp):
            return [self._attempt(document) for document in documents]

    def _attempt(self, document: Document) -> tuple[list[Quote], str | None]:
        """Whatever is wrong with one document must not cost the others."""
        try:
            return self._extract(document), None
        except Exception as error:
            return [], f"{_name(document)}: failed: {type(error).__name__}: {error}"

    def _extract(self, document: Document) -> list[Quote]:
        names = recognise(self.nlp, document.text) if self.nlp else None
        return quotes_of(document, self.reader, self.options, self.people, names)


def quotes_of(
    document: Document,
    reader: Reader,
    options: Options,
    people: People | None = None,
    names: Sequence[Name] | None = None,
) -> list[Quote]:
    """The quotations that `options` want of a document, in text order. `names` are those that another has found in it;
    without them the reader finds them."""
    visible = Visible(document)
    article, text, indirect = visible.document, visible.document.text, options.wants("indirect")
    attributions, found = attribute(reader, article, find_marks(text), indirect=indirect, leave_out=options.without)
    if not attributions:
        return []
    sentences = list(split_sentences(text))
    known = found.names() if names is None else visible.names(names)
    resolved = resolve(article, sentences, known, attributions, options.without, found.around)
    if people:
        resolved = [people.identify_all(who) for who in resolved]
    quotes = build_quotes(
        document,
        [visible.written(*sentence) for sentence in sentences],
        [visible.attribution(one) for one in attributions],
        [as_written(document.text, who, visible.written) for who in resolved],
    )
    return [quote for quote in quotes if options.wants_quote(quote)]


def load(options: Options = DEFAULTS) -> Extractor:
    """Load the program once, to extract from many texts.

    Raises ModelNotFoundError where a model is not installed, PeopleError where the table of people cannot be used.
    """
    people = read_people(options.people) if options.people else None
    nlp = None if options.model == READER else load_pipeline(options.model)
    return Extractor(options, load_reader(), nlp, people)


def extract(text: str, options: Options = DEFAULTS) -> list[Quote]:
    """The quotations of one article, in text order; the program is loaded by the first call.

    Threads may call it at once. Raises as `load` and `Extractor.extract` do.
    """
    return _loaded(options).extract(text)


_loaded = cache(load)


def run(
    paths: Iterable[str | Path],
    output: Path | None = None,
    options: Options = DEFAULTS,
    how: RunOptions = RUN_DEFAULTS,
    reading: ReadOptions = READ_DEFAULTS,
    *,
    on_error: Report,
    on_warning: Report,
    on_done: OnDone = lambda document, before: None,
) -> Tally:
    """Extract from files and folders into a file, or to standard output, and say how much there was.

    What is wrong with a document goes to `on_error` in one line, and the run goes on. Raises ModelNotFoundError,
    PeopleError, OutputError, ResumeError, WorkerError, and BrokenPipeError where nobody reads the output any more.
    """
    tally = Tally()
    on_error = tally.counting(on_error)

    def done(document: Document, problems: Sequence[str], before: bool = True) -> None:
        tally.articles += 1
        for problem in problems:
            on_error(problem)
        on_done(document, before)

    paths, written = list(paths), [path for path in (output, how.save_text) if path]
    refuse_overwriting(output, [*paths, *([options.people] if options.people else [])], reading)
    documents = _read(paths, reading, written, how.shard, on_error, on_warning)
    if how.save_text:
        documents = _saved(documents, how.save_text)
    made_by = _maker(options, how)
    with (
        open_marker(output, how.shard, tally),
        open_writer(
            output, how.format, made_by=made_by, resume=how.resume, columns=how.columns, on_warning=on_warning
        ) as writer,
    ):
        found = outcomes(writer.remaining(documents, done), options, how.jobs)
        with closing(found):
            for document, outcome in found:
                records = recount(outcome.records, document.text, how.offsets)
                writer.write(document, records, outcome.problems, lost=outcome.lost)
                tally.take(outcome.records)
                done(document, outcome.problems, before=False)
        _refuse_nothing(output, how.shard, tally)
    return tally


def _read(
    paths: Sequence[str | Path],
    options: ReadOptions,
    written: Sequence[Path],
    shard: Shard | None,
    on_error: Report,
    on_warning: Report,
) -> Iterator[Document | None]:
    """The articles; None where one is waited for, and those before it can be worked on."""

    def read(on_error: Report, on_warning: Report) -> Iterator[Document]:
        return read_documents(
            paths, on_error=on_error, on_warning=on_warning, options=options, written=written, shard=shard
        )

    return with_pauses(read, on_error, on_warning) if any(map(may_pause, paths)) else read(on_error, on_warning)


def _refuse_nothing(output: Path | None, shard: Shard | None, tally: Tally) -> None:
    """Who has read nothing, and be it that a file is gone for a moment, must not write over what is there.

    A shard may hold no article, and its output then is empty.
    """
    if tally.articles or not output or not (_is_file(output) or not output.exists()):
        return
    if tally.problems or (not shard and output.exists() and output.stat().st_size):
        raise OutputError(f"{output}: is {'left as it was' if output.exists() else 'not written'}: no article was read")


def _is_file(path: str | Path) -> bool:
    return os.path.isfile(path)  # noqa: PTH113 (Path.is_file can raise)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of a document: its records, sound and JSON-ready, and a line for each thing that went wrong."""

    records: Sequence[Record]
    problems: Sequence[str] = ()
    lost: bool = False


def outcomes(documents: Iterable[Document | None], options: Options, jobs: int) -> Generator[tuple[Document, Outcome]]:
    """Each document with what came of it, in order, the same for any number of jobs. None, a pause, holds up nothing
    that came before it."""
    if jobs == 1:
        yield from work_through(documents, start(options))
        return
    from quotes.parallel import Lost, in_order  # processes take time to load, and most runs need none

    with closing(in_order(_batches(documents), partial(start, options), jobs)) as found:
        for document, outcome in found:
            yield document, _lost(document, outcome) if isinstance(outcome, Lost) else outcome


def work_through(
    documents: Iterable[Document | None], work: Work[Document, Outcome]
) -> Generator[tuple[Document, Outcome]]:
    """Each document with what came of it, in order, a few at a time."""
    for batch in _batches(documents):
        yield from zip(batch, work(batch), strict=True)


def _lost(document: Document, lost: Lost) -> Outcome:
    return Outcome((), [f"{_name(document)}: lost: {lost.reason}"], lost=True)


def start(options: Options) -> Work[Document, Outcome]:
    """The program, ready to work: one in each process."""
    extractor, validator = load(options), Validator()

    def work(documents: Sequence[Document]) -> list[Outcome]:
        return [_outcome(*found, extractor.model, validator) for found in extractor.extract_batch(documents)]

    return work


def _outcome(quotes: Iterable[Quote], problem: str | None, model: str, validator: Validator) -> Outcome:
    """Records that match the schema and their source. One that does not is a bug: it is reported and left out."""
    records, problems = [], [problem] if problem else []
    for quote in quotes:
        record, text = to_record(quote, model), quote.document.text
        if wrong := validator.check(record) or validator.check_against(record, text):
            problems.append(f"{_name(quote.document)}: record {quote.id} left out: {'; '.join(wrong)}")
        else:
            records.append(record)
    return Outcome(records, problems)


def _name(document: Document) -> str:
    return document.path or document.id


def _saved(documents: Iterable[Document | None], folder: Path) -> Iterator[Document | None]:
    sweep(folder)
    for document in documents:
        if document:
            save_text(folder, document)
        yield document


def _maker(options: Options, how: RunOptions) -> str:
    """All that records depend on beside their document, and which documents there are."""
    people = None
    if options.people:
        with suppress(PeopleError):  # who loads it says what is wrong with it
            people = hashlib.sha256(table_of(options.people)).hexdigest()
    parts = {"shard": str(how.shard)} if how.shard else {}
    made_by = {"version": __version__, **asdict(options), "people": people, "offsets": how.offsets, **parts}
    return json.dumps(made_by, sort_keys=True, default=str)


def _batches(documents: Iterable[Document | None]) -> Iterator[list[Document]]:
    """A few articles at a time, at a pause (None) those that there are, be it none."""
    batch: list[Document] = []
    size = 0
    for document in documents:
        if document:
            batch.append(document)
            size += len(document.text)
        if size >= BATCH or document is None:
            yield batch
            batch, size = [], 0
    if batch:
        yield batch
