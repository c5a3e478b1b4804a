"""Who said what in the news: quotations with their speakers, exact offsets, validated records.

from quotes import extract

for quote in extract(article):
    print(quote.speaker.name if quote.speaker else None, quote.text)
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from quotes.errors import (
    ClaimError,
    DocumentError,
    EvaluationError,
    MissingExtraError,
    ModelNotFoundError,
    OptionsError,
    OutputError,
    OverwritingError,
    PeopleError,
    QuotesError,
    RecordError,
    ResumeError,
    WorkerError,
)
from quotes.types import Document, Mention, Quote, Span
from quotes.version import __version__

if TYPE_CHECKING:
    from quotes.component import displacy
    from quotes.frames import to_dataframe
    from quotes.options import Options
    from quotes.pipeline import Extractor, extract, load

__all__ = [
    "ClaimError",
    "Document",
    "DocumentError",
    "EvaluationError",
    "Extractor",
    "Mention",
    "MissingExtraError",
    "ModelNotFoundError",
    "Options",
    "OptionsError",
    "OutputError",
    "OverwritingError",
    "PeopleError",
    "Quote",
    "QuotesError",
    "RecordError",
    "ResumeError",
    "Span",
    "WorkerError",
    "__version__",
    "displacy",
    "extract",
    "load",
    "to_dataframe",
]

# Loaded at first use: `quotes --help` shall not wait for them.
_LATER = {
    "Extractor": "quotes.pipeline",
    "displacy": "quotes.component",
    "Options": "quotes.options",
    "extract": "quotes.pipeline",
    "load": "quotes.pipeline",
    "to_dataframe": "quotes.frames",
}


def __getattr__(name: str) -> Any:
    if name not in _LATER:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    value = globals()[name] = getattr(import_module(_LATER[name]), name)
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
