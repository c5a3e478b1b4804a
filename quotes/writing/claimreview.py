"""Drafts for fact-checkers in schema.org's terms: claims that somebody made, with the words they stand in.

A `Claim` for each record with a speaker, based on the `Quotation` where words are quoted; a `Quotation` alone where the
words are nobody's. A speaker whom the article does not name ("a second", "which") is no author. Whether a claim is
true is for people to say: there is no review and no rating here.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, BinaryIO, Final

from quotes.types import Document
from quotes.writing.json_array import JsonArray
from quotes.writing.links import source_of, web_address
from quotes.writing.values import Record

__all__ = ["ClaimReview"]

TYPES: Final[Mapping[str, str]] = {"person": "Person", "organization": "Organization", "group": "Organization"}


class ClaimReview:
    """One JSON-LD graph."""

    def __init__(self, stream: BinaryIO):
        self.array = JsonArray(stream, b'{"@context": "https://schema.org", "@graph": [', b"]}")

    def write(self, document: Document, records: Sequence[Record]) -> None:
        """Write the records of one document."""
        article = _article(document)
        self.array.write(_draft(article, record) for record in records)

    def finish(self) -> None:
        """Close the graph."""
        self.array.finish()


def _draft(article: dict[str, Any], record: Record) -> dict[str, Any]:
    speaker, id = record["speaker"], f"urn:newsquotes:quote:{record['id']}"
    quotation = _present(
        {
            "@type": "Quotation",
            "text": record["text"],
            "spokenByCharacter": _speakers(speaker),
            "datePublished": article.get("datePublished"),
            "isBasedOn": article,
        }
    )
    if not speaker:
        return {"@id": id, **quotation}
    return _present(
        {
            "@id": id,
            "@type": "Claim",
            "text": record["content"]["text"],
            "author": _speakers(speaker),
            "datePublished": article.get("datePublished"),
            "appearance": article,
            "isBasedOn": article if record["type"] == "indirect" else quotation,
        }
    )


def _article(document: Document) -> dict[str, Any]:
    return _present(
        {
            "@type": "NewsArticle",
            "@id": source_of(document),
            "url": web_address(document.url),
            "headline": document.title,
            "author": {"name": document.author} if document.author else None,
            "datePublished": document.published,
        }
    )


def _speakers(speaker: Record | None) -> Any:
    """One, or each of several: those who have a name."""
    if not speaker:
        return None
    found = [_speaker(one) for one in speaker["members"] or [speaker] if one["name"]]
    return found if len(found) > 1 else next(iter(found), None)


def _speaker(speaker: Record) -> dict[str, Any]:
    """What is neither a person nor a body, or may be either, has a name and no type."""
    type, role, affiliation = TYPES.get(speaker["kind"]), speaker["role"], speaker["affiliation"]
    found = {"@type": type, "name": speaker["name"], "identifier": speaker["id"]}
    if type == "Person":
        found["jobTitle"] = role and role["text"]
        found["affiliation"] = affiliation and {"@type": "Organization", "name": affiliation["text"]}
    return _present(found)


def _present(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}
