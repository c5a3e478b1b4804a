"""CSV (with ",", ";", "|" or tabs): one article a row, under a line of column names.

A cell in quotation marks is CSV's own quoting only where the closing mark ends the cell and marks inside are doubled.
Many tables know no such quoting: there a cell that begins with a mark is an article that begins with a quotation. What
a file does is told by its first megabyte. In either kind a row that cannot be read costs itself and no other: it is
named, and the next line goes on.
"""

from __future__ import annotations

import io
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import BinaryIO, cast

import regex

from quotes.errors import DocumentError
from quotes.reading.columns import guess_columns
from quotes.reading.encoding import BROKEN, find_encoding, refuse_binary
from quotes.reading.limits import refuse_endless, too_large
from quotes.reading.rows import RowReader, refuse_records
from quotes.reading.values import Article, Problem, ReadOptions

__all__ = ["read"]

SAMPLE = 2**20
DELIMITERS = ",;\t|"
NEWLINES = "\r\n"
# What stands in a quoted cell, as far as this line goes, and the mark that ends it.
INNER = regex.compile(r'([^"]*+(?:""[^"]*+)*+)("?)')
DIGITS, LETTERS = regex.compile(r"\d+"), regex.compile(r"\p{L}+")


def read(stream: BinaryIO, options: ReadOptions) -> Iterator[Article | Problem]:
    """The articles in `stream`; a row that is none is a Problem."""
    buffered = io.BufferedReader(cast(io.RawIOBase, stream), SAMPLE)
    sample = buffered.peek(SAMPLE)
    encoding, warning = find_encoding(sample)
    if warning:
        yield Problem(warning, warning=True)
    text = io.TextIOWrapper(buffered, encoding, errors="replace", newline="")
    try:
        yield from _articles(_Lines(_lines(text, options)), sample.decode(encoding, "replace"), options)
    finally:
        text.detach().detach()  # the caller closes the file


def _articles(lines: _Lines, sample: str, options: ReadOptions) -> Iterator[Article | Problem]:
    head = lines.take_head()
    delimiter = max(DELIMITERS, key=head.count)
    names = _strict(_Lines(iter(filter(None, [head]))), delimiter, len(head), []) or _plain(head, delimiter)
    refuse_records(names)
    options, guessed = guess_columns(options, names)
    if guessed:
        yield Problem(guessed, warning=True)
    if options.text_field not in names:
        columns = ", ".join(names)[:200]
        raise DocumentError(f'has no column "{options.text_field}", only {columns} (name it: `text_field`)')
    table = _Table(names, delimiter, _is_quoting(sample, delimiter), options)
    rows = RowReader(options)
    while lines.more():
        number = lines.number
        row = table.read(lines)
        for problem in row.problems:
            yield Problem(problem.message, problem.place or f"line {number}", problem.warning)
        if row.cells:
            yield from rows.read(dict(zip(names, row.cells, strict=True)), number)


# --- lines -----------------------------------------------------------------------------------------------------------


def _lines(text: io.TextIOWrapper, options: ReadOptions) -> Iterator[str]:
    """The lines, ends included. One that is too long comes cut off, as one character over the limit."""
    number = 0
    while line := text.readline(options.max_bytes + 1):
        yield line
        number, skipped = number + 1, 0
        while line and len(line) > options.max_bytes and line[-1] not in NEWLINES:
            refuse_endless(skipped, options, number)
            line = text.readline(options.max_bytes + 1)
            skipped += len(line)


class _Lines:
    """Lines that can be given back. `number` is that of the next one, from 1."""

    def __init__(self, lines: Iterator[str]):
        self.number = 1
        self._rest, self._ahead = lines, deque[str]()

    def more(self) -> bool:
        """Whether there is a line."""
        if not self._ahead and (line := next(self._rest, None)) is not None:
            self._ahead.append(line)
        return bool(self._ahead)

    def take(self) -> str | None:
        """The next line, None at the end."""
        if not self.more():
            return None
        self.number += 1
        return self._ahead.popleft()

    def give_back(self, lines: Sequence[str]) -> None:
        """Let those be next again."""
        self.number -= len(lines)
        self._ahead.extendleft(reversed(lines))

    def take_head(self) -> str:
        """The first line that is not blank."""
        while (line := self.take()) is not None:
            if line.strip():
                return line
        return ""


# --- rows ------------------------------------------------------------------------------------------------------------


@dataclass(slots=True)
class _Row:
    """The cells of a row, None where it is none, and what is wrong with it."""

    cells: list[str] | None = None
    problems: list[Problem] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Table:
    names: Sequence[str]
    delimiter: str
    quoting: bool
    options: ReadOptions

    def read(self, lines: _Lines) -> _Row:
        """The row that begins at the next line."""
        taken: list[str] = []
        cells = _strict(lines, self.delimiter, self.options.max_bytes, taken) if self.quoting else None
        if cells is not None and (len(cells) != len(self.names) or not self._swallows(cells)):
            return self._judged(cells, f"has {len(cells)} cells under {len(self.names)} column names")
        lines.give_back(taken)
        return self._literal(lines.take() or "", swallows=cells is not None)

    def _literal(self, line: str, swallows: bool) -> _Row:
        """A row whose marks are no quoting: one line, as it stands."""
        if len(line) > self.options.max_bytes:
            return _Row(None, [Problem(too_large(self.options.max_bytes, "max_bytes"))])
        line = line.rstrip(NEWLINES)
        if self.quoting and (swallows or line.count('"') % 2):
            return _Row(None, [Problem('holds a " that is not closed (or too far from here), or not doubled')])
        for cells in (_plain(line, self.delimiter), _around_marks(line, self.delimiter)):
            if len(cells) == len(self.names):
                row = self._judged(cells, "")
                if self.quoting:
                    row.problems.append(Problem('holds " that is not doubled; read as it stands', warning=True))
                return row
        return self._judged(cells, f"has {len(cells)} cells under {len(self.names)} column names")

    def _judged(self, cells: list[str], wrong: str) -> _Row:
        if cells == [""]:
            return _Row()
        if len(cells) != len(self.names):
            return _Row(None, [Problem(wrong)])
        try:
            refuse_binary("\n".join(cells).encode("utf-8"))
        except DocumentError as error:
            return _Row(None, [Problem(str(error))])
        broken = any(BROKEN in cell for cell in cells)
        return _Row(cells, [Problem("holds broken characters, read as U+FFFD", warning=True)] if broken else [])

    def _swallows(self, cells: Sequence[str]) -> bool:
        """Whether a cell holds lines that look like rows: as many cells, and an id that is made like this row's."""
        if self.options.id_field not in self.names:
            return False
        place = self.names.index(self.options.id_field)
        id = _shape(cells[place])
        rows = (_plain(line, self.delimiter) for cell in cells for line in cell.splitlines()[1:])
        return "9" in id and any(len(row) == len(cells) and _shape(row[place]) == id for row in rows)


def _strict(lines: _Lines, delimiter: str, limit: int, taken: list[str]) -> list[str] | None:
    """The cells of the row that begins at the next line and may go over several; None where marks are no quoting.

    `taken` gets the lines it is made of.
    """
    cells: list[str] = []
    line, place = _take(lines, limit, taken), 0
    while line:
        if line.startswith('"', place):
            cell, line, place = _quoted(lines, line, place, limit, taken)
            if line[place : place + 1] not in (delimiter, *NEWLINES):
                return None
        else:
            end = line.find(delimiter, place)
            place, start = (end if end >= 0 else len(line.rstrip(NEWLINES))), place
            cell = line[start:place]
        cells.append(cell)
        if not line.startswith(delimiter, place):
            return cells
        place += 1
    return None


def _quoted(lines: _Lines, line: str, place: int, limit: int, taken: list[str]) -> tuple[str, str, int]:
    """A quoted cell, the line in which it ends and the place behind it; no line where it does not."""
    cell = ""
    found = INNER.match(line, place + 1)
    while found and not found[2]:
        cell, line = cell + found[1], _take(lines, limit - len(cell), taken)
        found = INNER.match(line) if line else None
    return (cell + found[1]).replace('""', '"') if found else "", line, found.end() if found else 0


def _take(lines: _Lines, limit: int, taken: list[str]) -> str:
    """The next line, ended by a newline; nothing where it is over the limit."""
    line = lines.take()
    if line is None:
        return ""
    taken.append(line)
    return "" if len(line) > limit else line if line[-1] in NEWLINES else line + "\n"


def _plain(line: str, delimiter: str) -> list[str]:
    return line.rstrip(NEWLINES).split(delimiter)


def _around_marks(line: str, delimiter: str) -> list[str]:
    """As `_plain`, but what stands between marks stays together."""
    return regex.findall(rf'(?:^|{regex.escape(delimiter)})((?:"[^"]*+"|[^"{regex.escape(delimiter)}])*+)', line)


def _shape(id: str) -> str:
    """What an id is made of: "a-17" and "b-18" are made alike."""
    return DIGITS.sub("9", LETTERS.sub("a", id.strip()))


# --- does the file quote? --------------------------------------------------------------------------------------------


def _is_quoting(sample: str, delimiter: str) -> bool:
    """Whether marks around cells are CSV's own: a file that quotes does so where it must, and only there or everywhere.

    Rows with cells that need their marks speak for it, rows with marks that no quoting would leave so against it: one
    that is broken has one voice. Where there is neither, marks are text if other cells of the column, words as well, go
    without.
    """
    row, must, odd = 0, set[int](), set[int]()
    idle, bare = set[int](), set[int]()
    for column, quoted, cell in _cells(sample, delimiter):
        row += column == 0
        if quoted and any(sign in cell for sign in ('""', "\n", "\r", delimiter)):
            must.add(row)
        if not quoted and '"' in cell:
            odd.add(row)
        if quoted and not any(sign in cell for sign in DELIMITERS + NEWLINES) and cell.strip():
            idle.add(column)
        elif not quoted and LETTERS.search(cell):
            bare.add(column)
    if must or odd:
        return len(must) > len(odd) or (len(must) == len(odd) and delimiter != "\t")
    return not idle & bare


def _cells(sample: str, delimiter: str) -> Iterator[tuple[int, bool, str]]:
    """Number of the column, whether in marks as CSV has them, and what stands in each cell behind the first line."""
    end = rf"{regex.escape(delimiter)}\r\n"
    cell = regex.compile(rf'"([^"]*+(?:""[^"]*+)*+)"(?=[{end}])|((?:[^"{end}]++|"[^"\r\n]*+"|")*+)(?=[{end}])')
    place, column = sample.find("\n") + 1 or len(sample), 0
    while found := cell.match(sample, place):
        yield column, found[1] is not None, found[1] or found[2] or ""
        column = column + 1 if sample[found.end()] == delimiter else 0
        place = found.end() + 1
