"""What a user writes against the public API. A type checker must find every type as it stands here."""

from __future__ import annotations

from typing import Any, Literal, assert_type

from quotes import Extractor, Mention, Options, Quote, QuotesError, Span, extract, load, to_dataframe

ARTICLE = "“It leaks,” said Ana Roy, who runs the plant."

quotes = extract(ARTICLE)
assert_type(quotes, list[Quote])

frame = to_dataframe(quotes)
print(len(frame))

for quote in quotes:
    assert_type(quote.to_dict(), dict[str, Any])
    assert_type(quote.type, Literal["direct", "mixed", "indirect"])
    assert_type(quote.speaker, Mention | None)
    assert_type(quote.spans, tuple[Span, ...])
    assert_type(quote.document.title, str | None)
    if quote.speaker:
        assert_type(quote.speaker.name, str | None)
        assert_type(quote.speaker.role, Span | None)
        assert_type(quote.speaker.kind, Literal["person", "group", "organization", "document", "place", "unknown"])

extractor = load(Options(types=("direct", "indirect")))
assert_type(extractor, Extractor)
assert_type(extractor.extract(ARTICLE), list[Quote])
assert_type(load(Options(types="all")).options, Options)

try:
    load(Options(model="xx_none"))
except QuotesError as error:
    print(error)
