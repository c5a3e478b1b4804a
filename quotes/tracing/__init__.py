"""The same words in many articles: where they appeared first, and how the versions differ.

records  → versions: the same words by the same speaker             `groups`, `wording`, `who`
versions → candidates: which are worth comparing                     `candidates`
         → alignments: word by word, and what the changes are        `versions`
         → groups of appearances                                     `groups`
"""

from quotes.tracing.groups import trace
from quotes.tracing.report import note, sections, table, to_dict
from quotes.tracing.values import Appearance, Article, Difference, EarliestBy, Group, Kind, TraceOptions

__all__ = [
    "Appearance",
    "Article",
    "Difference",
    "EarliestBy",
    "Group",
    "Kind",
    "TraceOptions",
    "note",
    "sections",
    "table",
    "to_dict",
    "trace",
]
