"""`quotes check` as the command line runs it: claims and sources are read, what is found is written."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from quotes.checking import Claim, Finding, Index, check, csv_lines, from_records, page, read_claims, table, to_dict
from quotes.checking.claims import is_claims
from quotes.checking.report import summary
from quotes.checking.values import GOOD
from quotes.errors import OutputError
from quotes.options import Options
from quotes.pipeline import Report, outcomes
from quotes.reading import ReadOptions, read_documents
from quotes.types import Document
from quotes.writing import Record
from quotes.writing.streams import open_output

__all__ = ["Checking", "write_findings"]

ENDINGS = {".jsonl": "jsonl", ".csv": "csv", ".html": "html", ".htm": "html"}


@dataclass(frozen=True, slots=True)
class Checking:
    """How to go about it: how files are read, in how many processes, and who is told what went wrong."""

    reading: ReadOptions
    jobs: int
    on_error: Report
    on_warning: Report

    def check(
        self, claimed: str, sources: Sequence[str], file: Path | None, written: Sequence[Path] = ()
    ) -> list[Finding]:
        """What the sources, and those in the index `file`, say to each claim. Raises ClaimError, MissingExtraError."""
        claims = self._claims(claimed)
        index = Index(file)
        try:
            own = [*written, Path(claimed)]  # an article would bear itself out
            index.add(self._documents(sources, own), self._read)
            return [check(index, claim) for claim in claims]
        finally:
            index.close()

    def _claims(self, claimed: str) -> list[Claim]:
        if is_claims(claimed) and self.reading.format is None:
            return read_claims(claimed, self.on_error, self.reading)
        articles = outcomes(self._documents([claimed]), Options(), 1)
        return [claim for _, outcome in articles for claim in from_records(outcome.records)]

    def _documents(self, paths: Sequence[str], written: Sequence[Path] = ()) -> Iterator[Document]:
        return read_documents(
            paths, on_error=self.on_error, on_warning=self.on_warning, options=self.reading, written=written
        )

    def _read(self, documents: Iterable[Document]) -> Iterator[tuple[Document, Sequence[Record]]]:
        """All that is said in each."""
        for document, outcome in outcomes(documents, Options(types="all"), self.jobs):
            for problem in outcome.problems:
                self.on_error(problem)
            yield document, outcome.records

    def told(self, findings: Sequence[Finding]) -> str:
        """In a line, what was found."""
        claims = "1 claim" if len(findings) == 1 else f"{len(findings)} claims"
        return f"{claims} checked: {summary(findings) or 'nothing to check'}"

    def doubtful(self, findings: Iterable[Finding]) -> int:
        """How many may not be published as they stand."""
        return sum(finding.label not in GOOD for finding in findings)


def write_findings(findings: Sequence[Finding], output: Path | None, format: str | None) -> None:
    """Write findings to a file, or to standard output, in a format or the one that the file's ending says. Raises
    OutputError."""
    named = ENDINGS.get(output.suffix.lower()) if output else None
    lines = _lines(findings, format or named or "table")
    try:
        with open_output(output) as stream:
            stream.writelines(f"{line}\n".encode("utf-8", "replace") for line in lines)
            stream.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        raise OutputError(f"{output or 'standard output'}: cannot be written: {error.strerror or error}") from error


def _lines(findings: Sequence[Finding], format: str) -> Iterable[str]:
    if format == "jsonl":
        return (json.dumps(to_dict(finding)) for finding in findings)
    if format == "csv":
        return csv_lines(findings)
    return [page(findings)] if format == "html" else table(findings)
