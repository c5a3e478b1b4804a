"""Read articles with their gold written inline: the cases of `tests/cases` and the annotated set of `fixtures/gate`.

A file holds articles, each under a line `=== name`. Directives may follow, one a line: `xfail: reason`, `note: …`,
`publisher: …`, `none` (no record may come out) and `escapes` (the text has escapes such as \\r, \\f and \\u200b for
characters that an editor would hide). After a blank line comes the article, in which brackets mark the parts of an
attribution, and then a line of expectations for each:

    === two sentences

    Divers inspected the weir. ⟦C1 “We knew,”⟧ ⟦Q1 said⟧ ⟦S1 Ana Roy, an engineer⟧. ⟦C1 “Nobody asked.”⟧

    -> 1 direct "Ana Roy" role="engineer"

    S source   H head word of the source, where it is not the word that `head_of` finds   Q cue
    C content  W words in quotation marks, where they are not the content itself   A addressee   V relaying source

The number ties the parts together; `⟦S1,S2 Roy⟧` is a part of two attributions. An expectation names the type
(`direct`, `mixed`, `indirect`, or `nobody` for marked words that are nobody's speech), then the speaker's name (`null`:
the article never names the speaker; left out: anything will do; `"A / B"`: either), then facts as `key=value`, where
`A / B` is either as well (`flags=none`: without any).

All offsets are code points of the text without markup, end-exclusive.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import regex

__all__ = [
    "ANY",
    "Case",
    "Expected",
    "FormatError",
    "Range",
    "head_of",
    "parse_cases",
    "read_cases",
    "strip_edges",
    "strip_markup",
    "to_gold",
]

Range = tuple[int, int]
ANY = "*"
"""The name of a speaker that the case does not judge."""

FACTS = frozenset({"form", "kind", "role", "affiliation", "via", "addressee", "within", "act", "flags"})
DIRECTIVES = frozenset({"xfail", "note", "publisher", "none", "escapes"})
EDGES = " \t\r\n\f\"“”„«»‘’'`´.,;:!?()[]—–-…\u00a0\u200b\ufeff"

_BRACKET = regex.compile(r"⟦(?P<labels>[SHQCWAV]\d+(?:,[SHQCWAV]\d+)*) |(?P<close>⟧)|(?P<stray>⟦)")
_EXPECTATION = regex.compile(
    r'-> (?P<number>\d+) (?P<type>direct|mixed|indirect|nobody)(?: (?P<name>null|"[^"]+"))?'
    r'(?P<facts>(?: \w+=(?:"[^"]*"|[^\s"]+))*)'
)
_FACT = regex.compile(r'(\w+)=(?:"([^"]*)"|(\S+))')
_ESCAPE = regex.compile(r"\\(?:u[0-9a-f]{4}|[rft])")
_HEAD_ENDS = regex.compile(
    r",| ?\(| [-–—] |['’]s?$"
    r"| (?:of|for|at|in|on|with|from|to|by|who|which|that|whose|familiar|close|briefed|speaking)\b"
)
_PRONOUNS = frozenset(
    ["another", "he", "her", "his", "i", "it", "its", "my", "one", "our", "she", "their", "they", "we", "who", "you"]
)


class FormatError(ValueError):
    """The markup of a case is wrong; the message names the case and the fault."""


@dataclass(frozen=True, slots=True)
class Expected:
    """One attribution that must come out; `name` is `ANY`, None (the article never tells) or a name."""

    number: int
    type: str
    name: str | None = ANY
    source: tuple[Range, ...] = ()
    head: Range | None = None
    cue: tuple[Range, ...] = ()
    content: tuple[Range, ...] = ()
    quoted: tuple[Range, ...] = ()
    addressee: tuple[Range, ...] = ()
    via: tuple[Range, ...] = ()
    facts: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Case:
    """An article with all that must be found in it."""

    id: str
    text: str
    expected: tuple[Expected, ...] = ()
    directives: Mapping[str, str] = field(default_factory=dict)

    @property
    def xfail(self) -> str | None:
        """Why the case does not pass yet."""
        return self.directives.get("xfail")


def read_cases(folder: Path) -> list[Case]:
    """All cases of a folder's `.txt` files, in the order of their names. Raises FormatError."""
    return [case for path in sorted(folder.glob("*.txt")) for case in parse_cases(path.read_text("utf-8"), path.stem)]


def parse_cases(source: str, file: str) -> list[Case]:
    """The cases of one file; their ids are `file:name`. Raises FormatError."""
    parts = regex.split(r"^=== +(.+)\n", source, flags=regex.MULTILINE)
    if parts[0].strip():
        raise FormatError(f"{file}: text stands before the first line '=== name'")
    return [_case(f"{file}:{name.strip()}", body) for name, body in zip(parts[1::2], parts[2::2], strict=True)]


def _case(name: str, body: str) -> Case:
    header, _, rest = ("\n" + body).partition("\n\n")
    directives = _directives(name, header)
    article, arrow, tail = rest.partition("\n-> ")
    article = article.strip("\n")
    if "escapes" in directives:
        article = _ESCAPE.sub(lambda match: match[0].encode().decode("unicode_escape"), article)
    text, parts = strip_markup(name, article)
    expected = tuple(_expected(name, text, line, parts) for line in _lines(arrow + tail))
    _check(name, expected, parts, directives)
    return Case(name, text, expected, directives)


def _directives(name: str, header: str) -> dict[str, str]:
    found = {key.strip(): value.strip() for key, _, value in (line.partition(":") for line in _lines(header))}
    if unknown := found.keys() - DIRECTIVES:
        raise FormatError(f"{name}: unknown directive {sorted(unknown)}; known are {sorted(DIRECTIVES)}")
    return found


def _lines(text: str) -> Iterator[str]:
    return (line.strip() for line in text.split("\n") if line.strip())


def strip_markup(name: str, article: str) -> tuple[str, dict[str, list[Range]]]:
    """The text without brackets, and the ranges of every label."""
    text, at = "", 0
    parts: dict[str, list[Range]] = {}
    opened: list[tuple[list[str], int]] = []
    for match in _BRACKET.finditer(article):
        text += article[at : match.start()]
        at = match.end()
        if match["stray"] or (match["close"] and not opened):
            raise FormatError(f"{name}: bracket without label or partner near {article[match.start() :][:30]!r}")
        if match["labels"]:
            opened.append((match["labels"].split(","), len(text)))
        else:
            labels, start = opened.pop()
            for label in labels:
                parts.setdefault(label, []).append((start, len(text)))
    if opened:
        raise FormatError(f"{name}: ⟦{opened[-1][0][0]} is never closed")
    return text + article[at:], {label: sorted(ranges) for label, ranges in parts.items()}


def _expected(name: str, text: str, line: str, parts: Mapping[str, list[Range]]) -> Expected:
    match = _EXPECTATION.fullmatch(line)
    if not match:
        raise FormatError(f'{name}: cannot read {line!r}; write -> 1 direct "Name" key=value')
    facts = {key: quoted or plain for key, quoted, plain in _FACT.findall(match["facts"])}
    if unknown := facts.keys() - FACTS:
        raise FormatError(f"{name}: unknown fact {sorted(unknown)}; known are {sorted(FACTS)}")
    s, h, q, c, w, a, v = (tuple(parts.get(label + match["number"], ())) for label in "SHQCWAV")
    speaker = match["name"] or ANY
    return Expected(
        number=int(match["number"]),
        type=match["type"],
        name=None if speaker == "null" or match["type"] == "nobody" else speaker.strip('"'),
        source=s,
        head=h[0] if h else head_of(text, s[0]) if s else None,
        cue=q,
        content=c or w,
        quoted=() if match["type"] == "indirect" else w or c,
        addressee=a,
        via=v,
        facts=facts,
    )


def _check(
    name: str, expected: tuple[Expected, ...], parts: Mapping[str, list[Range]], directives: Mapping[str, str]
) -> None:
    numbers = [str(e.number) for e in expected]
    marked = {label[1:] for label in parts}
    faults = [f"{n} is expected twice" for n in set(numbers) if numbers.count(n) > 1]
    faults += [f"{n} is marked but no line '-> {n}' expects it" for n in marked - set(numbers)]
    faults += [f"{e.number} has neither content nor words" for e in expected if not e.content]
    faults += [
        f"{e.number} is mixed and needs ⟦W{e.number} …⟧"
        for e in expected
        if e.type == "mixed" and e.quoted == e.content
    ]
    faults += [f"{e.number} stands within {e.facts['within']}, which is not there" for e in expected
               if e.facts.get("within", str(e.number)) not in numbers]  # fmt: skip
    if ("none" in directives) == bool(expected):
        faults.append("a case says what it expects, or 'none'")
    if faults:
        raise FormatError(f"{name}: {'; '.join(sorted(faults))}")


def head_of(text: str, source: Range) -> Range:
    """The head word of a noun phrase: the last one before its first comma, bracket, preposition or relative clause."""
    phrase = text[source[0] : source[1]]
    end = _HEAD_ENDS.search(phrase, 1)
    words = list(
        regex.finditer(r"[\p{L}\p{N}]+(?:[.'’-][\p{L}\p{N}]+)*", phrase, endpos=end.start() if end else len(phrase))
    )
    return (source[0] + words[-1].start(), source[0] + words[-1].end()) if words else source


def strip_edges(text: str, span: Range) -> Range:
    """`span` without marks, blanks and punctuation at its edges."""
    start, end = span
    while start < end and text[start] in EDGES:
        start += 1
    while end > start and text[end - 1] in EDGES:
        end -= 1
    return start, end


def to_gold(case: Case) -> dict[str, Any]:
    """An annotated article as a line of a scorer's gold: its attributions, and the marked spans: all the outermost, and
    those inside them that somebody speaks."""
    spoken = [e for e in case.expected if e.type != "nobody"]
    index = {e.number: i for i, e in enumerate(spoken)}
    marked = [(strip_edges(case.text, span), index.get(e.number)) for e in case.expected for span in e.quoted]
    shown = [m for m in marked if m[1] is not None or not any(_holds(other[0], m[0]) for other in marked)]
    return {
        "id": case.id.rpartition(":")[2],
        "publisher": case.directives.get("publisher"),
        "text": case.text,
        "attributions": [_attribution(case.text, e) for e in spoken],
        "quoted": [{"start": start, "end": end, "attribution": n} for (start, end), n in sorted(shown)],
    }


def _holds(outer: Range, inner: Range) -> bool:
    return outer != inner and outer[0] <= inner[0] and inner[1] <= outer[1]


def _attribution(text: str, expected: Expected) -> dict[str, Any]:
    source, cue, content = ([list(span) for span in part] for part in (expected.source, expected.cue, expected.content))
    head = list(expected.head) if expected.head else None
    gold: dict[str, Any] = {"source": source, "cue": cue, "content": content, "source_head": head}
    if expected.name != ANY:
        gold["name"] = expected.name
    if expected.source:
        gold["type"] = expected.facts.get("kind", "person")
        gold["nominal"] = expected.facts.get("form") or _form(text, expected)
    return gold


def _form(text: str, expected: Expected) -> str:
    assert expected.head is not None
    start, end = expected.source[0]
    if text[start:end].casefold() in _PRONOUNS:
        return "pronoun"
    return "name" if text[expected.head[0]].isupper() else "nominal"
