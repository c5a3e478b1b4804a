"""Claimed quotations against sources: are the words there, word for word, and from that mouth?

files of claims → claims                                       `claims`
sources → an index: passages, and who says what in each          `index`
claim → the places in the sources that its words come from         `placing`
places → a label, with what differs                                `judging`
findings → JSON Lines, CSV, lines for a terminal, a page           `report`, `page`
"""

from quotes.checking.claims import from_records, read_claims
from quotes.checking.index import Index
from quotes.checking.judging import check
from quotes.checking.page import page
from quotes.checking.report import csv_lines, note, table, to_dict
from quotes.checking.values import Change, CheckOptions, Claim, Difference, Finding, Label, Piece, Source

__all__ = [
    "Change",
    "CheckOptions",
    "Claim",
    "Difference",
    "Finding",
    "Index",
    "Label",
    "Piece",
    "Source",
    "check",
    "csv_lines",
    "from_records",
    "note",
    "page",
    "read_claims",
    "table",
    "to_dict",
]
