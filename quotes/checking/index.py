"""Sources → an index: their texts, passages that are found by their words, and who says what in each.

It is one SQLite file. SQLite's own full-text engine (FTS5) comes with Python, so nothing more has to be installed, kept
running or trusted; it finds a passage among those of 10,000 articles in a few milliseconds, and a file of it can be
copied and opened anywhere.
"""

from __future__ import annotations

import json
import sqlite3
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import regex

from quotes.checking.values import Source
from quotes.errors import ClaimError
from quotes.speakers.lexicon import is_title
from quotes.speakers.names import key_of
from quotes.tracing.who import Who, is_other, is_same, who_of
from quotes.tracing.wording import content_words, read_once
from quotes.types import Document, Range

__all__ = ["Index", "Read", "Said", "Text"]

Record = Mapping[str, Any]
Read = Callable[[Iterable[Document]], Iterable[tuple[Document, Sequence[Record]]]]
"""Takes documents, and gives each with the records of all that is said in it."""

VERSION = 2
LONG, STEP = 80, 60  # words of a passage, and from the beginning of one to that of the next
RAREST = 6  # words of a claim by which passages are looked for
FEW = 3  # telling words under which runs of words, telling or not, are looked for as well
RUN, MOST_RUNS = 4, 6  # words of such a run, and how many runs
COMMON, FAIR = 0.02, 100  # share of the passages above which a word tells little, and passages in which any word may be
LIKELY = 0.5  # of the words that the best passage has in common with a claim, how many another must have
BATCH = 100  # documents between two commits
PRINTED = 0.03  # share of a text between marks from which on it is one that prints speech so
_WORD = regex.compile(r"\S+")
_TERM = regex.compile(r"[\p{L}\p{N}\p{M}]+")

_SCHEMA = """
CREATE TABLE documents (
  id INTEGER PRIMARY KEY, name TEXT, path TEXT, sha256 TEXT UNIQUE, title TEXT, published TEXT, url TEXT, text TEXT);
CREATE TABLE said (document INTEGER, record TEXT);
CREATE INDEX said_in ON said (document);
CREATE TABLE places (id INTEGER PRIMARY KEY, document INTEGER, start INTEGER, end INTEGER);
CREATE VIRTUAL TABLE passages USING fts5(words, content='', tokenize="unicode61 remove_diacritics 0");
CREATE VIRTUAL TABLE vocabulary USING fts5vocab(passages, 'row');
CREATE TABLE frequencies (term TEXT PRIMARY KEY, passages INTEGER) WITHOUT ROWID;
"""


@dataclass(frozen=True, slots=True)
class Said:
    """One record of a source: where its words stand, between marks or not, and who says them.

    `bounds` run from the first word of the content to the last. `mention` is what stands at the words for the speaker,
    and `named` says whether that is a name; `sure` is the record's confidence.
    """

    id: str
    type: str
    spans: tuple[Range, ...]
    content: tuple[Range, ...]
    speaker: str | None
    mention: str
    named: bool
    who: Who
    via: tuple[Who, str | None]
    within: str | None
    sure: float
    spoken: bool

    @property
    def bounds(self) -> Range:
        """From the first word to the last, in code points of the source."""
        return min(self.spans[0][0], self.content[0][0]), max(self.spans[-1][1], self.content[-1][1])

    @property
    def names(self) -> Iterator[tuple[Who, str | None]]:
        """Who says it, and who passes it on."""
        yield self.who, self.speaker
        yield self.via


@dataclass(frozen=True, slots=True, eq=False)
class Text:
    """A source as it is compared: its text, what is said in it, and the ranges between marks, merged and sorted.

    `printed` says that it prints speech between marks, so that what stands outside is its own.
    """

    source: Source
    text: str
    said: tuple[Said, ...]
    quoted: tuple[Range, ...]
    printed: bool

    def near(self, start: int, end: int) -> list[Said]:
        """What is said from `start` to `end`, in part at least."""
        return [one for one in self.said if any(a < end and b > start for a, b in (*one.spans, *one.content))]

    def names(self, who: Who) -> bool:
        """Whether the text or its title has the last word of somebody's name."""
        return not who.name or who.name[-1] in _name_words(self)

    def tells_apart(self, who: Who, other: Who) -> bool:
        """Whether both speak in it, each under a name of their own."""
        return any(is_same(who, one.who) and is_other(one.who, other) for one in self.said)

    def is_quoted(self, start: int, end: int) -> bool:
        """Whether a range begins inside marks."""
        at = bisect_left(self.quoted, (start + 1, 0)) - 1
        return at >= 0 and self.quoted[at][1] >= end


class Index:
    """Sources to check claims against. `file` keeps it; None: it is in memory, and gone with the program.

    Raises ClaimError where the file is no such index. Not to be shared between threads.
    """

    def __init__(self, file: Path | None = None):
        self._file = file
        try:
            self._db = sqlite3.connect(file or ":memory:")
            self._prepare()
        except sqlite3.Error as error:
            raise ClaimError(f"{file}: is no index of sources ({error}): name another file with --index") from error
        self._frequency = lru_cache(maxsize=1 << 16)(self._count)
        self._text = lru_cache(maxsize=64)(self._load)
        self._found = lru_cache(maxsize=16)(self._look)  # the parts of one claim are often looked for again

    def _prepare(self) -> None:
        version = self._db.execute("PRAGMA user_version").fetchone()[0]
        tables = self._db.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
        if not tables:
            self._db.executescript(f"{_SCHEMA} PRAGMA user_version = {VERSION};")
        elif version != VERSION:
            raise ClaimError(
                f"{self._file}: was made by another version, or is something else: delete it, or name another"
            )

    def close(self) -> None:
        """Let go of the file."""
        self._db.close()

    def __len__(self) -> int:
        return int(self._db.execute("SELECT count(*) FROM documents").fetchone()[0])

    # --- building

    def add(self, documents: Iterable[Document], read_all: Read) -> int:
        """Take the documents that are not there yet, told by the hash of their text; how many that were.

        What is taken stays, also where the run is stopped.
        """
        number = 0
        try:
            for number, (document, records) in enumerate(read_all(self._new(documents)), 1):
                self._add(document, records)
                if number % BATCH == 0:
                    self._db.commit()
            self._count_all()
        except sqlite3.Error as error:
            raise ClaimError(f"{self._file}: cannot be written: {error}") from error
        finally:
            self._db.commit()
            self._frequency.cache_clear()
            self._found.cache_clear()
        return number

    def _new(self, documents: Iterable[Document]) -> Iterator[Document]:
        met = set()
        for document in documents:
            known = self._db.execute("SELECT 1 FROM documents WHERE sha256 = ?", (document.sha256,)).fetchone()
            if not known and document.sha256 not in met:
                met.add(document.sha256)
                yield document

    def _add(self, document: Document, records: Sequence[Record]) -> None:
        about = (document.id, document.path, document.sha256, document.title, document.published, document.url)
        insert = "INSERT INTO documents (name, path, sha256, title, published, url, text) VALUES (?, ?, ?, ?, ?, ?, ?)"
        number = self._db.execute(insert, (*about, document.text)).lastrowid
        lines = ((number, json.dumps(_kept(record), ensure_ascii=False)) for record in records)
        self._db.executemany("INSERT INTO said VALUES (?, ?)", lines)
        for start, end in _passages(document.text):
            terms = " ".join(_terms(read_once((document.text[start:end],)).words))
            row = self._db.execute("INSERT INTO places (document, start, end) VALUES (?, ?, ?)", (number, start, end))
            self._db.execute("INSERT INTO passages (rowid, words) VALUES (?, ?)", (row.lastrowid, terms))

    def _count_all(self) -> None:
        """How many passages have each word, which the full-text engine would count anew for each claim. Under "" stands
        how many there were: a run that was stopped may have left more."""
        if self._count("") != self._passages:
            self._db.execute("DELETE FROM frequencies")
            self._db.execute("INSERT INTO frequencies SELECT term, doc FROM vocabulary")
            self._db.execute("INSERT INTO frequencies VALUES ('', ?)", (self._passages,))

    # --- finding

    def find(self, words: Sequence[str], most: int) -> list[tuple[Text, Range]]:
        """The passages that share most of the rarest words with those given, the likest first; where few of them tell
        much, also those that share runs of any words. Ranges are code points of the texts, end-exclusive."""
        return [(self._text(document), place) for document, place in self._found(tuple(words), most)]

    def _look(self, words: tuple[str, ...], most: int) -> list[tuple[int, Range]]:
        """The numbers of the documents, and the passages in them."""
        terms = list(dict.fromkeys(_terms(content_words(words)) or _terms(words)))
        numbers = [number for query in self._queries(words, terms) for number in self._match(query, most)]
        places = [self._place(number) for number in dict.fromkeys(numbers)]
        held = [self._held(terms, *place) for place in places]
        least = LIKELY * max(held, default=0)
        return [(place[0], place[1:]) for place, some in zip(places, held, strict=True) if some >= least]

    def _queries(self, words: Sequence[str], terms: Iterable[str]) -> Iterator[list[str]]:
        """What to look for: any of some words or runs of words."""
        rare = sorted((count, term) for term in terms if (count := self._frequency(term)))
        most = max(FAIR, COMMON * self._passages)
        telling = [term for count, term in rare[:RAREST] if count <= most]
        if len(telling) < FEW:
            yield _runs(_terms(words))
        if rare:
            yield telling or [rare[0][1]]

    @property
    def _passages(self) -> int:
        return int(self._db.execute("SELECT max(id) FROM places").fetchone()[0] or 0)

    def _match(self, wanted: Iterable[str], most: int) -> list[int]:
        query = " OR ".join(f'"{words}"' for words in wanted)
        found = self._db.execute(
            "SELECT rowid FROM passages WHERE passages MATCH ? ORDER BY rank, rowid LIMIT ?", (query, most)
        )
        return [number for (number,) in found]

    def _count(self, term: str) -> int:
        row = self._db.execute("SELECT passages FROM frequencies WHERE term = ?", (term,)).fetchone()
        return int(row[0]) if row else 0

    def _place(self, number: int) -> tuple[int, int, int]:
        """The document of a passage, its start and its end."""
        row = self._db.execute("SELECT document, start, end FROM places WHERE id = ?", (number,)).fetchone()
        return row[0], row[1], row[2]

    def _held(self, terms: Iterable[str], document: int, start: int, end: int) -> int:
        """How many of the terms stand in a passage."""
        cut = "SELECT substr(text, ?, ?) FROM documents WHERE id = ?"
        (passage,) = self._db.execute(cut, (start + 1, end - start, document)).fetchone()
        return len(set(_TERM.findall(passage.casefold())).intersection(terms))

    def _load(self, number: int) -> Text:
        select = "SELECT name, path, sha256, title, published, url, text FROM documents WHERE id = ?"
        *about, text = self._db.execute(select, (number,)).fetchone()
        rows = self._db.execute("SELECT record FROM said WHERE document = ? ORDER BY rowid", (number,))
        said = tuple(_said(json.loads(row)) for (row,) in rows)
        quoted = _merged(span for one in said if one.type != "indirect" for span in one.spans)
        share = sum(end - start for start, end in quoted) / max(1, len(text))
        spoken = any(one.spoken and one.type != "indirect" for one in said)
        source = Source(*about)
        return Text(source, text, said, quoted, spoken and share >= PRINTED)


@lru_cache(maxsize=64)
def _name_words(text: Text) -> frozenset[str]:
    """The words of text and title, as names are compared."""
    return frozenset(key_of(f"{text.source.title or ''}\n{text.text}"))


def _passages(text: str) -> Iterator[Range]:
    """Overlapping runs of words: what is shorter than their overlap stands whole in one."""
    words = [match.span() for match in _WORD.finditer(text)]
    for first in range(0, max(1, len(words) - (LONG - STEP)), STEP):
        if words:
            yield words[first][0], words[min(first + LONG, len(words)) - 1][1]


def _runs(terms: Sequence[str]) -> list[str]:
    """Words as runs, not too many: what is altered breaks one of them."""
    last = max(0, len(terms) - RUN)
    starts = [*range(0, last, RUN), last][:MOST_RUNS]
    return list(dict.fromkeys(" ".join(terms[k : k + RUN]) for k in starts if terms))


def _terms(words: Iterable[str]) -> list[str]:
    """Words as the index holds them."""
    return [term for word in words for term in _TERM.findall(word)]


def _merged(ranges: Iterable[Range]) -> tuple[Range, ...]:
    found: list[Range] = []
    for start, end in sorted(ranges):
        if found and start < found[-1][1]:
            found[-1] = (found[-1][0], max(end, found[-1][1]))
        else:
            found.append((start, end))
    return tuple(found)


# --- records, as far as they are kept --------------------------------------------------------------------------------

_ABOUT = ("name", "mention", "form", "kind", "role", "affiliation", "id", "candidates", "members")


def _kept(record: Record) -> dict[str, Any]:
    spans, content = (
        [(span["start"], span["end"]) for span in part] for part in (record["spans"], record["content"]["spans"])
    )
    return {
        **{key: record[key] for key in ("id", "type", "within", "confidence")},
        "spans": spans,
        "content": content if content != spans else None,
        "speaker": _about(record["speaker"]),
        "via": _about(record["via"]),
        "spoken": bool(record["speaker"] or record["cue"]),
    }


def _about(mention: Record | None) -> dict[str, Any] | None:
    return {key: mention[key] for key in _ABOUT if mention[key]} if mention else None


def _said(kept: Record) -> Said:
    spans = tuple((start, end) for start, end in kept["spans"])
    content = tuple((start, end) for start, end in kept["content"] or kept["spans"])
    speaker = kept["speaker"]
    return Said(
        kept["id"],
        kept["type"],
        spans,
        content,
        _name(speaker),
        speaker["mention"]["text"] if speaker else "",
        bool(speaker) and speaker["form"] == "name" and not all(map(is_title, key_of(speaker["mention"]["text"]))),
        who_of(speaker),
        (who_of(kept["via"]), _name(kept["via"])),
        kept["within"],
        kept["confidence"],
        kept["spoken"],
    )


def _name(mention: Record | None) -> str | None:
    return (mention.get("name") or mention["mention"]["text"]) if mention else None
