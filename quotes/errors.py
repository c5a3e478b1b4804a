"""The errors this package raises on purpose. Each message says what is wrong and how to mend it."""

__all__ = [
    "ClaimError",
    "DocumentError",
    "EvaluationError",
    "MissingExtraError",
    "ModelNotFoundError",
    "OptionsError",
    "OutputError",
    "OverwritingError",
    "PeopleError",
    "QuotesError",
    "RecordError",
    "ResumeError",
    "WorkerError",
]


class QuotesError(Exception):
    """Base of every error that `quotes` raises on purpose."""


class DocumentError(QuotesError):
    """A document could not be read. The run goes on with the next one."""


class ModelNotFoundError(QuotesError):
    """A spaCy pipeline or the reader's weights are not installed."""


class OptionsError(QuotesError, ValueError):
    """Something is asked for that there is not: the message names what there is."""


class PeopleError(QuotesError):
    """A table of people cannot be used: the message names its line and what to change."""


class RecordError(QuotesError):
    """A record does not match the schema or its source text: a bug, never bad input."""


class OutputError(QuotesError):
    """The output could not be written."""


class OverwritingError(OutputError):
    """The output is a file that is read."""


class EvaluationError(QuotesError):
    """Gold and predictions cannot be compared: a file is no such file, or they are about different texts."""


class MissingExtraError(QuotesError):
    """A package that only one command needs is not installed: the message says how to install it."""


class ResumeError(QuotesError):
    """A run cannot go on where another was stopped: the message says what to do instead."""


class WorkerError(QuotesError):
    """No process can be made ready to work."""


class ClaimError(QuotesError):
    """A file of claimed quotations, or an index of sources, cannot be used: the message says what to change."""
