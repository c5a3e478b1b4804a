"""Addressees, relaying sources and nested speakers, by rule on attributions written inline.

In a text, ⟨s …⟩ is a source, ⟨c …⟩ a cue, {n …} the n-th content; sources and cues belong to the content named in ⟨…⟩.
"""

from __future__ import annotations

import pytest
import regex
from quotes.attribution.chains import link

from quotes.nlp import split_sentences
from quotes.types import Attribution, MarkedSpan, Range

TAG = regex.compile(r"\[(\w)(\d) |\]")


def read(marked: str) -> tuple[str, list[Attribution]]:
    """ "[s1 Roy] [c1 said] [t1 it leaks]." → the text and its attributions, in the order of their numbers."""
    text, opened, parts, done = "", [], {}, 0
    for tag in TAG.finditer(marked):
        text += marked[done : tag.start()]
        done = tag.end()
        if tag[1]:
            opened.append((tag[1], int(tag[2]), len(text)))
        else:
            kind, number, start = opened.pop()
            parts.setdefault(number, {}).setdefault(kind, []).append((start, len(text)))
    text += marked[done:]
    return text, [_attribution(text, parts[number]) for number in sorted(parts)]


def _attribution(text: str, part: dict[str, list[Range]]) -> Attribution:
    marks = [m for start, end in part["t"] for m in regex.finditer(r"“[^”]*”", text, pos=start, endpos=end)]
    return Attribution(
        content=tuple(part["t"]),
        quoted=tuple(MarkedSpan(*m.span(), m.start() + 1, m.end() - 1) for m in marks),
        source=part.get("s", [None])[0],
        cue=part.get("c", [None])[0],
    )


def shown(text: str, place: Range | None) -> str | None:
    return text[slice(*place)] if place else None


ADDRESSEES = [
    ("[s1 Roy] [c1 told] AFP [t1 that the dam had failed].", "AFP"),
    ("[t1 “It failed,”] [s1 Roy] [c1 told] reporters in Tarn on Friday.", "reporters"),
    ("[s1 The minister] [c1 reminded] her Finnish counterpart [t1 that “ice melts”].", "her Finnish counterpart"),
    ("[t1 “No,”] [s1 she] [c1 told] the Tarn Valley Herald.", "the Tarn Valley Herald"),
    ("[s1 Roy] [c1 asked] the board [t1 why it leaked].", "the board"),
    ("[t1 “It leaks,”] [s1 Lee] [c1 said] in an interview with Kanal Nord on Monday.", "Kanal Nord"),
    ("[t1 “It leaks,”] [s1 Lee] [c1 wrote in an email] to investors.", "investors"),
    ("[s1 Roy] [c1 said] [t1 it failed].", None),
    ("[s1 Villagers] [c1 were told] [t1 that it failed].", None),
    ("[s1 Roy] [c1 asked] [t1 whether it leaked].", None),
    ("[s1 Roy] [c1 told] him [t1 to leave].", "him"),
    ("[s1 Roy] [c1 told] the Swiss envoy, Beat Rüegg, [t1 that it failed].", "the Swiss envoy, Beat Rüegg"),
    ("[s1 Roy] [c1 told] Polish counterpart [t1 Jan Bem in brief talks that it failed].", "Polish counterpart Jan Bem"),
    ("[s1 Roy] [c1 told] [t1 friends] [t1 that it failed].", "friends"),
    (
        "[s1 Roy] [c1 told] [t1 Polish] counterpart Jan Bem in brief talks [t1 that it failed].",
        "Polish counterpart Jan Bem",
    ),
    ("[s1 Roy] [c1 told] [t1 “lies,” Lee thought,] [t1 that it failed].", None),
    ("[s1 Roy] [c1 told] reporters [t1 Jan Bem had said that it failed].", "reporters"),
]


@pytest.mark.parametrize(("marked", "addressee"), ADDRESSEES)
def test_addressee(marked: str, addressee: str | None) -> None:
    text, attributions = read(marked)
    (linked,) = link(text, list(split_sentences(text)), attributions)
    assert shown(text, linked.addressee) == addressee


VIAS = [
    ("[t2 [s1 Roy] [c1 stressed] [t1 “the need for calm,”]] [s2 the ministry] [c2 said].", "the ministry", 1),
    ("[t2 [s1 Roy] [c1 told] Lee [t1 that “it held,”]] [s2 a court spokesman] [c2 said].", "a court spokesman", 1),
    ("[s2 The ministry] [c2 said] [t2 [s1 Roy] [c1 wanted] [t1 “calm”]].", "The ministry", 1),
    ("[s2 Lee] [c2 said] [t2 [s1 Roy] [c1 had told] him [t1 it failed]].", None, 1),
    ("[t1 “It held,”] [s1 Roy] [c1 was quoted by] Interfax as saying.", "Interfax", None),
    ("[t1 “It held,”] [s1 Roy] [c1 was quoted as saying] by Interfax.", "Interfax", None),
    ("[s1 Roy] [c1 said] in a statement from his office: [t1 “It held.”]", "his office", None),
    ("[s1 Roy] [c1 said] through a spokeswoman [t1 that it held].", "a spokeswoman", None),
    ("[s1 Roy] [c1 said] [t1 it held].", None, None),
    ("[s1 Roy] [c1 stressed] [t1 “the need for calm,”] the ministry said.", "the ministry", None),
    ("[s1 Roy] [c1 stressed] [t1 “the need for calm,”] her office added on Monday.", "her office", None),
    ("When [s1 Roy] [c1 stressed] [t1 “the need for calm,”] the ministry said nothing.", None, None),
    ("[s1 Roy] [c1 stressed] [t1 “the need for calm.”] The ministry said.", None, None),
    ("[s1 Roy] [c1 stressed] [t1 “the need for calm,”] the baker said.", None, None),
    ("[t1 “It held,”] [s1 Roy] [c1 said], the ministry said.", None, None),
]


@pytest.mark.parametrize(("marked", "via", "within"), VIAS)
def test_via_and_within(marked: str, via: str | None, within: int | None) -> None:
    text, attributions = read(marked)
    first = link(text, list(split_sentences(text)), attributions)[0]
    assert (shown(text, first.via), first.within) == (via, within)


def said(marked: str) -> list[tuple[str | None, list[str], str | None]]:
    """Source, content and relaying source of each attribution, after linking."""
    text, attributions = read(marked)
    linked = link(text, list(split_sentences(text)), attributions)
    return [(shown(text, a.source), [text[slice(*p)] for p in a.content], shown(text, a.via)) for a in linked]


SOURCES = [
    # passives: who is quoted speaks, who quotes relays
    (
        "[t1 Its head, Ana Roy,] was [c1 quoted] by [s1 the daily Al Khabar] [t1 as saying that “it held”].",
        ("Its head, Ana Roy", [" that “it held”"], "the daily Al Khabar"),
    ),
    (
        "[s1 The agency] [c1 quoted] [t1 the mayor, Jo Lee, as saying it held].",
        ("the mayor, Jo Lee", [" it held"], "The agency"),
    ),
    ("[t1 She] [c1 is reported to have told] friends [t1 that it held].", ("She", ["that it held"], None)),
    ("[t1 The dam] [c1 was expected] [t1 to hold].", (None, ["The dam", "to hold"], None)),
    # character entities
    ("[t1 “It held,”] [c1 said] [s1 Ana Roy&nbsp];on Sunday.", ("Ana Roy", ["“It held,”"], None)),
    ("[t1 “It held,”] [c1 said] [s1 Ana Roy&].", ("Ana Roy", ["“It held,”"], None)),
    ("[t1 “It held,”] [c1 said] [s1 AT&T].", ("AT&T", ["“It held,”"], None)),
    # participles
    ("It rained in Weston. On the steps he turned round, [c1 adding]: [t1 “It held.”]", ("he", ["“It held.”"], None)),
    ("The dam, which he built, held, [c1 proving] [t1 “its worth”].", (None, ["“its worth”"], None)),
]


@pytest.mark.parametrize(("marked", "expected"), SOURCES)
def test_sources_apart_from_their_words(marked: str, expected: tuple[str | None, list[str], str | None]) -> None:
    assert said(marked)[0] == expected


def test_a_participle_goes_with_the_one_who_speaks() -> None:
    (_, second) = said("[s1 Roy] [c1 said] [t1 it failed], [c2 adding] [t2 that he knew].")
    assert second == ("Roy", ["that he knew"], None)


@pytest.mark.parametrize("joint", [" but", " and later", ", and"])
def test_words_end_where_the_same_source_says_more(joint: str) -> None:
    text, attributions = read(f"[s1 She] [c1 said] [t1 it had leaked{joint} [c2 denied] [t2 that it had failed]].")
    source = attributions[0].source
    both = [attributions[0], Attribution(attributions[1].content, source=source, cue=attributions[1].cue)]
    first, second = link(text, list(split_sentences(text)), both)
    assert [text[slice(*p)] for p in (*first.content, *second.content)] == ["it had leaked", "that it had failed"]


def test_quoted_words_are_the_speakers_not_the_relaying_sources() -> None:
    text, attributions = read("[t2 [s1 Roy] [c1 reminded]] [t1 Lee] [t2 that “it held,”] [s2 the ministry] [c2 added].")
    first, second = link(text, list(split_sentences(text)), attributions)
    assert [text[slice(*p)] for p in first.content] == ["that “it held,”"]
    assert (shown(text, first.addressee), shown(text, first.via)) == ("Lee", "the ministry")
    assert [len(first.quoted), len(second.quoted)] == [1, 0]


def test_words_that_two_readings_shared_out_are_one_again() -> None:
    text, attributions = read(
        "[s1 Roy] [c1 reminded] Lee [t1 that] [t2 “it held,”] [s2 the ministry] [c2 added]. The rest is silence."
    )
    (only,) = link(text, list(split_sentences(text)), attributions)
    assert [text[slice(*p)] for p in only.content] == ["that “it held,”"]
    assert (shown(text, only.source), shown(text, only.via), len(only.quoted)) == ("Roy", "the ministry", 1)


def test_a_relaying_source_says_all_that_it_relays() -> None:
    (_, second) = said("[t2 [s1 Roy] [c1 told]] Lee [t1 that “it held,”] [s2 the ministry] [c2 said].")
    assert second == ("the ministry", ["Roy told Lee that “it held,”"], None)


def test_a_relaying_source_goes_on_retelling() -> None:
    text, attributions = read(
        "[t2 [s1 Roy] [c1 stressed] [t1 “the need for calm,”]] [s2 the ministry] [c2 said], [c3 adding]"
        " [t3 that he “saw no danger.”]"
    )
    attributions[2] = Attribution(
        attributions[2].content, attributions[2].quoted, source=attributions[1].source, cue=attributions[2].cue
    )
    third = link(text, list(split_sentences(text)), attributions)[2]
    assert (shown(text, third.source), shown(text, third.via)) == ("he", "the ministry")


def test_what_is_filled_in_stays() -> None:
    text, (attribution,) = read("[s1 Roy] [c1 told] AFP [t1 that it failed].")
    given = Attribution(attribution.content, source=attribution.source, cue=attribution.cue, addressee=(0, 3))
    assert link(text, list(split_sentences(text)), [given])[0].addressee == (0, 3)


def test_many_attributions_in_linear_time() -> None:
    text = "Roy told AFP it. " * 20_000
    many = [Attribution(((i + 13, i + 15),), source=(i, i + 3), cue=(i + 4, i + 8)) for i in range(0, len(text), 17)]
    assert all(shown(text, a.addressee) == "AFP" for a in link(text, list(split_sentences(text)), many))
