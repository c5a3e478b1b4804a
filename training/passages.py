"""Our own passages in `written/`: forms that the corpora have too few of.

Two ways of annotating them: in brackets, `⟦S1 Roy⟧ ⟦Q1 said⟧ ⟦C1 it failed⟧` (source, cue, content), and with notes
below the text, a line for each attribution:

    === a name
    “It leaks,” Ana Roy told the council. “Nobody asked.”
    ---
    C “It leaks,” ;; “Nobody asked.” | S Ana Roy | Q told | T the council | N Ana Roy

C content, its pieces divided by ` ;; `; S source; Q cue; T addressee; V relaying source, V the ministry = its name; N
the fullest name of the source; F thought (else speech); `M Salt Road | title`: marked words that nobody says, and why.
A string is verbatim, `a ⋯ b` all from a to the next b, `before⟦this⟧behind` one of several places. Content must be one
place alone; of the others the nearest to the content is taken.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import regex

from quotes.attribution.reader.labels import REASONS
from quotes.marks import find_marks

__all__ = ["read_passages"]

Article = dict[str, Any]
Place = tuple[int, int]
_TITLE = regex.compile(r"^=== +(.+)\n", flags=regex.M)
_BRACKET = regex.compile(r"⟦((?:[SQC]\d+,?)+) |⟧")
_FIELDS = {"S": "source", "Q": "cue", "C": "content"}


def read_passages(folder: Path, *, noted: bool) -> list[Article]:
    """The passages with notes, or those in brackets, of a folder's `.txt` files, in order.

    Raises ValueError, which names the passage, where an annotation is wrong.
    """
    bodies = (
        (f"{path.stem}: {name.strip()}", body.strip("\n"))
        for path in sorted(folder.glob("*.txt"))
        for name, body in zip(*[iter(_TITLE.split(path.read_text("utf-8"))[1:])] * 2, strict=True)
    )
    read = _with_notes if noted else _in_brackets
    return [read(name, body) for name, body in bodies if ("\n---\n" in body) == noted]


def _in_brackets(name: str, marked: str) -> Article:
    text, at, open_brackets = "", 0, []
    found: dict[str, dict[str, Any]] = {}
    for bracket in _BRACKET.finditer(marked):
        text += marked[at : bracket.start()]
        at = bracket.end()
        if bracket[1]:
            open_brackets.append((bracket[1].strip(",").split(","), len(text)))
            continue
        if not open_brackets:
            raise ValueError(f"{name}: a closing bracket too many")
        labels, start = open_brackets.pop()
        for label in labels:
            parts = found.setdefault(label[1:], {"source": [], "cue": [], "content": []})
            parts[_FIELDS[label[0]]].append([start, len(text)])
    if open_brackets or not all(parts["cue"] for parts in found.values()):
        raise ValueError(f"{name}: an open bracket, or an attribution without its cue")
    attributions = [{field: sorted(places) for field, places in parts.items()} for parts in found.values()]
    return {"id": name, "text": text + marked[at:], "attributions": attributions, "quoted": [], "inner": []}


def _with_notes(name: str, body: str) -> Article:
    text, _, notes = body.partition("\n---\n")
    text = text.strip("\n")
    attributions, nobody = [], []
    for line in filter(None, map(str.strip, notes.split("\n"))):
        fields = dict(_field(part) for part in line.replace("\\n", "\n").split(" | "))
        try:
            if "M" in fields:
                nobody.append((_only(text, fields["M"]), fields["why"]))
            else:
                attributions.append(_attribution(text, fields))
        except (KeyError, ValueError) as error:
            raise ValueError(f"{name}: {error} in {line!r}") from None
    quoted = list(_quoted(text, attributions, nobody))
    return {"id": name, "text": text, "attributions": attributions, "quoted": quoted, "inner": []}


def _field(part: str) -> tuple[str, str]:
    key, _, value = part.strip().partition(" ")
    return ("why", key) if key in REASONS else (key, value.strip())


def _attribution(text: str, fields: dict[str, str]) -> Article:
    content = sorted(_only(text, piece.strip()) for piece in fields["C"].split(" ;; "))
    via, _, via_name = fields.get("V", "").partition(" = ")

    def place(what: str) -> Place | None:
        return None if what.strip() in ("", "-") else _nearest(text, what.strip(), content)

    source, cue, to = (place(fields.get(key, "")) for key in "SQT")
    return {
        "source": [source] if source else [],
        "cue": [cue] if cue else [],
        "content": content,
        "to": to,
        "via": place(via),
        "via_name": via_name or None,
        "name": fields.get("N"),
        "act": fields.get("F", "speech"),
    }


def _quoted(text: str, attributions: Sequence[Article], nobody: Sequence[tuple[Place, str]]) -> Iterator[Article]:
    """The marked spans of which the notes tell that they are somebody's, or why they are nobody's."""
    reasons = dict(nobody)
    contents = [place for attribution in attributions for place in attribution["content"]]
    for mark in find_marks(text):
        inner = mark.inner_start, mark.inner_end
        why = next((why for place, why in reasons.items() if _alike(place, inner)), None)
        if why or any(a <= mark.start + 1 and mark.end <= b + 1 for a, b in contents):
            yield {"start": inner[0], "end": inner[1], **({"why": why} if why else {})}


def _alike(a: Place, b: Place) -> bool:
    return abs(a[0] - b[0]) <= 2 and abs(a[1] - b[1]) <= 2


def _places(text: str, what: str) -> list[Place]:
    """All places where a string of the notes stands, as whole words."""
    before, bracket, rest = what.partition("⟦")
    target, _, behind = rest.partition("⟧") if bracket else (what, "", "")
    before = before if bracket else ""
    head, dots, tail = target.partition(" ⋯ ")
    whole = before + head + ("" if dots else behind)
    edges = (r"(?<!\w)" if whole[:1].isalnum() else "", r"(?!\w)" if whole[-1:].isalnum() else "")
    starts = [m.start() + len(before) for m in regex.finditer(edges[0] + regex.escape(whole) + edges[1], text)]
    if not dots:
        return [(start, start + len(head)) for start in starts]
    ends = [(start, text.find(tail + behind, start + len(head))) for start in starts]
    return [(start, end + len(tail)) for start, end in ends if end >= 0]


def _only(text: str, what: str) -> Place:
    found = _places(text, what)
    if len(found) != 1:
        raise ValueError(f"{len(found)} places for {what!r}")
    return found[0]


def _nearest(text: str, what: str, content: Sequence[Place]) -> Place:
    found = _places(text, what)
    if not found:
        raise ValueError(f"not found: {what!r}")

    def distance(place: Place) -> tuple[int, int]:
        return min(_gap(text, place, piece) for piece in content)

    return min(found, key=distance)


def _gap(text: str, place: Place, piece: Place) -> tuple[int, int]:
    """Paragraph breaks and characters between two places; what lies inside is far."""
    if piece[0] <= place[0] and place[1] <= piece[1]:
        return 1, 10**6
    between = text[min(piece[1], place[1]) : max(piece[0], place[0])]
    return between.count("\n\n"), len(between)
