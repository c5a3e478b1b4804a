"""An Excel workbook: one record a row, in the columns of `quotes.writing.csv`, with a head row that stays in sight.

Texts are texts: no cell becomes a formula, a link or a number. Rows go to a temporary file, so memory does not grow.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, BinaryIO

import regex

from quotes.errors import OutputError
from quotes.extras import XLSX
from quotes.types import Document
from quotes.writing.csv import SHORT, flat
from quotes.writing.text import well_formed_all
from quotes.writing.values import Record

__all__ = ["Xlsx"]

# What Excel can hold.
MOST_ROWS = 1_048_576
LONGEST_CELL = 32_767
# Characters that no XML can hold; the library would write some of them in a way that Excel alone undoes.
_NO_XML = regex.compile(r"[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_LINE_END = regex.compile(r"\r\n?")  # Excel has but one
# The same records give the same bytes: when the workbook was made says nothing.
CREATED = datetime(2000, 1, 1, tzinfo=UTC).replace(tzinfo=None)
WIDTHS = {"text": 60, "content_text": 60, "sentence": 60, "speaker_name": 24, "speaker_role": 24, "document_title": 40}


class Xlsx:
    """One sheet. Raises OutputError where XlsxWriter is missing, and where there are more rows than Excel takes."""

    def __init__(self, stream: BinaryIO, columns: Sequence[str] = SHORT):
        self.columns = columns
        self.book = XLSX.require("xlsxwriter").Workbook(stream, {"constant_memory": True, "strings_to_numbers": False})
        self.book.set_properties({"created": CREATED})
        self.sheet = self.book.add_worksheet("quotations")
        self.sheet.freeze_panes(1, 0)
        bold, wrap = self.book.add_format({"bold": True}), self.book.add_format({"text_wrap": True, "valign": "top"})
        for number, column in enumerate(columns):
            self.sheet.set_column(number, number, WIDTHS.get(column, 14), wrap)
            self.sheet.write_string(0, number, column, bold)
        self.rows = 1

    def write(self, document: Document, records: Sequence[Record]) -> None:
        """Write the records of one document."""
        for cells in map(flat, records):
            if self.rows == MOST_ROWS:
                raise OutputError(f"Excel takes {MOST_ROWS:,} rows, no more: write csv, sqlite or parquet")
            for number, column in enumerate(self.columns):
                self._cell(number, cells[column])
            self.rows += 1

    def finish(self) -> None:
        """Write the workbook."""
        self.book.close()

    def _cell(self, number: int, value: Any) -> None:
        if isinstance(value, float):
            self.sheet.write_number(self.rows, number, value)
        elif value not in (None, ""):
            text = _LINE_END.sub("\n", _NO_XML.sub("\ufffd", well_formed_all(str(value))))
            self.sheet.write_string(self.rows, number, text[:LONGEST_CELL])
