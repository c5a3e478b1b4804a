"""Quotation marks of every style, and what only looks like one."""

from __future__ import annotations

import cProfile
import time
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from quotes.marks import canonical, find_marks, paragraphs
from quotes.types import MarkedSpan

SEED = Path(__file__).parent.parent / "seeds" / "000_9d34b44bbb2e0f9d.txt"


def show(text: str) -> list[str]:
    """One line a span: a `>` for each depth, `^` where it continues another, the words, `…` where it is left open."""
    return [
        ">" * mark.depth + "^" * mark.continues + text[mark.inner_start : mark.inner_end] + "…" * (not mark.closed)
        for mark in find_marks(text)
    ]


ONE_SPAN = {
    "curly": "“The weir leaks,” said Ana Roy.",
    "straight": '"The weir leaks," said Ana Roy.',
    "german": "„The weir leaks,“ said Ana Roy.",
    "polish": "„The weir leaks,” said Ana Roy.",
    "swedish": "”The weir leaks,” said Ana Roy.",
    "guillemets": "«The weir leaks,» said Ana Roy.",
    "guillemets with spaces": "«\u202fThe weir leaks,\u00a0» said Ana Roy.",
    "guillemets turned": "»The weir leaks,« said Ana Roy.",
    "british": "‘The weir leaks,’ said Ana Roy.",
    "british straight": "'The weir leaks,' said Ana Roy.",
    "british, punctuation outside": "‘The weir leaks,’, said Ana Roy.",
    "latex": "``The weir leaks,'' said Ana Roy.",
    "two apostrophes": "''The weir leaks,'' said Ana Roy.",
    "two curly apostrophes": "‘‘The weir leaks,’’ said Ana Roy.",
    "ocr": ",,The weir leaks,'' said Ana Roy.",
    "ocr, straight close": ',,The weir leaks," said Ana Roy.',
    "ocr low marks": "‚‚The weir leaks,‘‘ said Ana Roy.",
    "mixed, curly first": '“The weir leaks," said Ana Roy.',
    "mixed, straight first": '"The weir leaks,” said Ana Roy.',
    "mixed, apostrophes last": "“The weir leaks,'' said Ana Roy.",
    "full width": "＂The weir leaks,＂ said Ana Roy.",
    "doubled": '""The weir leaks,"" said Ana Roy.',
    "wrong side": "”The weir leaks,“ said Ana Roy.",
    "both left": "“The weir leaks,“ said Ana Roy.",
    "spaces inside": '" The weir leaks, " said Ana Roy.',
    "no space after": '"The weir leaks,"said Ana Roy.',
    "no space before": 'Ana Roy said:"The weir leaks,"and left.',
    "space lost to the inside": 'Ana Roy said, "The weir leaks, "and left.',
    "zero-width": "\u200b“\u200bThe weir leaks,\u200b”\ufeff said Ana Roy.",
    "no-break spaces": 'Ana Roy said:\u00a0"The weir leaks,"\u00a0and left.',
    "named entities": "&ldquo;The weir leaks,&rdquo; said Ana Roy.",
    "numeric entities": "&#8220;The weir leaks,&#x201D; said Ana Roy.",
    "quot": "&quot;The weir leaks,&quot; said Ana Roy.",
    "escaped twice": "&amp;quot;The weir leaks,&amp;quot; said Ana Roy.",
    "single entities": "&lsquo;The weir leaks,&rsquo; said Ana Roy.",
    "numeric single entities": "&#39;The weir leaks,&#39; said Ana Roy.",
    "dash before": 'Ana Roy was blunt—"The weir leaks,"—and left.',
    "brackets": '(Ana Roy: "The weir leaks,")',
    "emoji before": '🌊🌊 "The weir leaks," said Ana Roy. 🌊',
    "markdown emphasis": '*"The weir leaks,"* said Ana Roy.',
}


@pytest.mark.parametrize("text", ONE_SPAN.values(), ids=ONE_SPAN)
def test_every_style_is_one_span(text: str) -> None:
    assert show(text) == ["The weir leaks,"]


SPANS = {
    # Sites that print a paragraph a sentence: no new opening mark, and often a closing one with its blank misplaced.
    "runs on": ('"It leaks.\n\nIt always has," said Ana Roy.', ["It leaks.…", "^It always has,"]),
    "runs on over three": ('"It leaks.\n\nWe ask.\n\nNobody comes."', ["It leaks.…", "^We ask.…", "^Nobody comes."]),
    "runs on, blank misplaced": ('"It leaks.\n\nWe ask, "he told the court.', ["It leaks.…", "^We ask,"]),
    "runs on, blank misplaced, inverted": ('"It leaks.\n\nWe ask, "said Ana Roy.', ["It leaks.…", "^We ask,"]),
    "runs on, blank misplaced, any verb": ('"It leaks.\n\nWe ask, "Ana Roy testified.', ["It leaks.…", "^We ask,"]),
    "left open, then says more": ('"It leaks.\n\nHe added on Monday, "We ask."', ["It leaks.…", "We ask."]),
    "runs on, a mark within at its start": (
        '"It leaks.\n\n‘Slow’ it is," he said.',
        ["It leaks.…", "^‘Slow’ it is,", ">Slow"],
    ),
    "runs on, latex": ("Roy added: `` It leaks.\n\nWe ask. ''", ["It leaks.…", "^We ask."]),
    "runs on and opens again": ('"It leaks.\n\n"We ask.\n\nYou wait."', ["It leaks.…", "^We ask.…", "^You wait."]),
    "runs on, single": ("'It leaks.\n\nIt's Lewis' weir,' said Ana Roy.", ["It leaks.…", "^It's Lewis' weir,"]),
    "single, then another speaks": ("'It leaks.\n\nRoy said: 'It's Lewis' weir.'", ["It leaks.…", "It's Lewis' weir."]),
    "left open, then another speaks": ('"It leaks.\n\nAna Roy said, "We ask."', ["It leaks.…", "We ask."]),
    "left open before a heading": ('"It leaks.\n\nThe weir\n\nIt leaks." Roy left.', ["It leaks.…"]),
    "left open, then a paragraph opens": ('"It leaks.\n\nRoy left.\n\n"No," he said.', ["It leaks.…", "No,"]),
    "a caption between": ("‘It leaks.\n\nThe weir at Marlow\n\n‘We ask.’", ["It leaks.…", "^We ask."]),
    "a sentence between": ("‘It leaks.\n\nThat was in May.\n\n‘We ask.’", ["It leaks.…", "We ask."]),
    "latex, spaced": ("Roy called it `` slow '', and left.", ["slow"]),
    "two": ('"No," she said. "Never."', ["No,", "Never."]),
    "touching": ('He wrote "one.""Two," she wrote.', ["one.", "Two,"]),
    "british apostrophes": ("'It's Lewis' fault, isn't it?' he said.", ["It's Lewis' fault, isn't it?"]),
    "british curly": ("‘It’s the drivers’ fault,’ he said. ‘Not ours.’", ["It’s the drivers’ fault,", "Not ours."]),
    "british, double inside": ("'He said \"no\" to me,' she said.", ['He said "no" to me,', ">no"]),
    "british, single inside": ("‘He said ‘no’ to me,’ she said.", ["He said ‘no’ to me,", ">no"]),
    "british, no speech": ("Roy called it 'a slow disaster' for Lewis' farm.", ["a slow disaster"]),
    "british and elided": ("'Let 'em go, 'cause they're ours,' he said.", ["Let 'em go, 'cause they're ours,"]),
    "single in single, left open": (
        "'We said 'yes' to them.\n\n'Nobody asked,' she said.",
        ["We said 'yes' to them.…", ">yes", "^Nobody asked,"],
    ),
    "single in single, left open behind a colon": (
        "Roy said: 'I thought: 'Who pays?' We know now.\n\n'They do,' he said.",
        ["I thought: 'Who pays?' We know now.…", ">Who pays?", "^They do,"],
    ),
    "single left open before another": ("'We asked them. 'No,' he said.", ["We asked them.…", "No,"]),
    "single in single, both closed at once": (
        "'She was like, 'Who pays?''\n\nRoy left.",
        ["She was like, 'Who pays?'", ">Who pays?"],
    ),
    "single in single, closed by the paragraph's last mark": (
        "He wrote: 'It leaks. 'The Weir' sung by Bo'",
        ["It leaks. 'The Weir' sung by Bo", ">The Weir"],
    ),
    "single beside double": ("\"No,\" she said of the 'new' weir. Lewis' farm is dry.", ["No,", "new"]),
    "american heading": (
        "Weir 'beyond repair', says Roy\n\n\"It leaks,\" Roy told the council.",
        ["beyond repair", "It leaks,"],
    ),
    "nested": (
        "“She told me, ‘Run,’ so I ran,” Lee said.",
        ["She told me, ‘Run,’ so I ran,", ">Run,"],
    ),
    "nested straight": (
        "\"She told me, 'Run,' so I ran,\" Lee said.",
        ["She told me, 'Run,' so I ran,", ">Run,"],
    ),
    "nested same": ('"He shouted "stop!" and left," Lee said.', ['He shouted "stop!" and left,', ">stop!"]),
    "nested curly same": ("“He shouted “stop!” and left,” Lee said.", ["He shouted “stop!” and left,", ">stop!"]),
    "three deep": ("“A ‘b “c” d’ e,” he said.", ["A ‘b “c” d’ e,", ">b “c” d", ">>c"]),
    "colliding": ("\"He said 'no.'\" Roy left.", ["He said 'no.'", ">no."]),
    "colliding curly": ("“He said ‘no.’” Roy left.", ["He said ‘no.’", ">no."]),
    "colliding at the start": ("\"'No,' he said,\" said Roy.", ["'No,' he said,", ">No,"]),
    "colliding apostrophes": ("''He said 'no.''' Roy left.", ["He said 'no.'", ">no."]),
    "apostrophes at the start": ("'''No,' he said,'' said Roy.", ["'No,' he said,", ">No,"]),
    "thin space between": ("“\u202f‘No,’ he said,” said Roy.", ["‘No,’ he said,", ">No,"]),
    "possessive inside": ("\"It's the drivers' fault,\" he said.", ["It's the drivers' fault,"]),
    "possessive in nested": (
        "\"She said 'the drivers' union won' and left,\" he said.",
        ["She said 'the drivers' union won' and left,", ">the drivers' union won"],
    ),
    "decades": ("\"In the '90s and the '80s it held,\" he said.", ["In the '90s and the '80s it held,"]),
    "class of": ("\"The class of '68 said 'no,'\" he said.", ["The class of '68 said 'no,'", ">no,"]),
    "rock 'n' roll": ("'We want rock 'n' roll,' they sang.", ["We want rock 'n' roll,"]),
    "dropped letters": ("'We're goin' home, ol' man,' he said.", ["We're goin' home, ol' man,"]),
    "feet": ('The 6\'2" guard said "fine".', ["fine"]),
    "feet, spaced": ("The 5' 10\" keeper said “fine”.", ["fine"]),
    "feet, apostrophes": ("The 5'10'' keeper said ''fine''.", ["fine"]),
    "inches": ('A 12" pipe and a 6" one burst, "again," he said.', ["again,"]),
    "inches inside": ('"The 12" pipe burst," he said.', ['The 12" pipe burst,']),
    "number last": ('"It opened in 1995" she said, "or 1996".', ["It opened in 1995", "or 1996"]),
    "minutes": ("He scored in the 45' and the 90' of the match.", []),
    "apostrophes alone": ("It's the '90s, y'all: Lewis' dogs' an' cats' home. 'Tis. Give 'em rock 'n' roll.", []),
    "apostrophe entities": ("&quot;It isn&#39;t Lewis&#39; fault,&quot; he said.", ["It isn&#39;t Lewis&#39; fault,"]),
    "escaped apostrophe": ("''It don''t leak,'' he said.", ["It don''t leak,"]),
    "of an abbreviation": ("\"It's the U.S.'s weir,\" he said.", ["It's the U.S.'s weir,"]),
    "markup": ('<a href="x.html" title="Weir">"It leaks," he said.</a>', ["It leaks,"]),
    "markdown link": ('["It leaks"](http://weir.example/a "Weir leaks"), he said.', ["It leaks"]),
    "ruler": ('""""""""""""\n\n"It leaks," he said.\n\n\'\'\'\'\'\'\'\'\'\'\'\'', ["It leaks,"]),
    "nothing between": ('He said "" and "  " and “”.', []),
    "stray close": ('It leaks," he said. “Badly.”', ["Badly."]),
    "stray curly close": ("It leaks,” he said. “Badly.”", ["Badly."]),
    "stray comma": ("It leaks,, he said, and ,, was all.", []),
    "unclosed": ('"It leaks, he said.\n\n"It does," she said.', ["It leaks, he said.…", "^It does,"]),
    "unclosed in mid-paragraph": ("She said “it leaks.\n\nThe mayor said “no.”", ["it leaks.…", "no."]),
    "unclosed before the next": ('"It leaks. "It does," she said.', ["It leaks.…", "It does,"]),
    "unclosed british": ("She said: 'It leaks.\n\n'No,' he said.", ["It leaks.…", "^No,"]),
    "space lost twice": ('"It leaks "he said. "It does "she said.', ["It leaks", "It does"]),
    "over paragraphs": (
        "“It leaks.\n\n“It has for years.\n\n“Nobody cared,” she said.\n\n“I did,” he said.",
        ["It leaks.…", "^It has for years.…", "^Nobody cared,", "I did,"],
    ),
    "over paragraphs, straight": ('"It leaks.\n\n"Nobody cared," she said.', ["It leaks.…", "^Nobody cared,"]),
    "over paragraphs, apostrophes": ("''It leaks.\n\n''Nobody cared,'' she said.", ["It leaks.…", "^Nobody cared,"]),
    "over paragraphs, british": ("'It leaks.\n\n'Nobody cared,' she said.", ["It leaks.…", "^Nobody cared,"]),
    "over paragraphs, nested": (
        "“‘It leaks.\n\n“‘Nobody cared,’ she said,” said Roy.",
        ["‘It leaks.…", ">It leaks.…", "^‘Nobody cared,’ she said,", ">^Nobody cared,"],
    ),
    "framed paragraph": (
        '"Roy called it “slow” and “sad” today.\n\nLee agreed.',
        ["Roy called it “slow” and “sad” today.…", ">slow", ">sad"],
    ),
    "page break": (
        "He said “it leaks and the\n\n  engineers knew,” then left.",
        ["it leaks and the\n\n  engineers knew,"],
    ),
    "hard wrap": (
        'Ana Roy, who runs the weir, said "it leaks\nand the engineers knew before the\nflood," then left the hall.',
        ["it leaks\nand the engineers knew before the\nflood,"],
    ),
    # What a paragraph of single marks may hold.
    "opened again behind a full stop, and left open": (
        "'It leaks,' he said. 'It leaked all night.\n\n'And nobody came.'",
        ["It leaks,", "It leaked all night.…", "^And nobody came."],
    ),
    "an apostrophe behind a full stop": ("'It leaks,' he said. 'Twas wet.", ["It leaks,"]),
    "the apostrophe of a plural, and the next paragraph goes on": (
        "'The boys' bikes were lost.\n\n'They loved them,' said Mr Shaw.",
        ["The boys' bikes were lost.…", "^They loved them,"],
    ),
    "a title in s, and the next paragraph begins anew": (
        "'The Gentle Giants' rowed home.\n\n'They were slow,' said Mr Shaw.",
        ["The Gentle Giants", "They were slow,"],
    ),
    "a word in s within speech": ("‘It says ‘us’ all over!’ she said.", ["It says ‘us’ all over!", ">us"]),
    "a plural within speech": ("‘Our dogs’ names were on it,’ she said.", ["Our dogs’ names were on it,"]),
    "what looks like 'cause": ("There was 'cause for hope', and '40 Pence' sang.", ["cause for hope", "40 Pence"]),
    "'cause itself": ("He ran 'cause the dogs' home was shut.", []),
    # Two kinds of marks.
    "a single mark that a double one closes": (
        '\'The pumps are old," he said.\n\n"They leak."',
        ["The pumps are old,", "They leak."],
    ),
    "a double mark that a single one closes": ("He said: \"The pumps are old.'", ["The pumps are old."]),
    "a double mark and an apostrophe": ("He said \"the dogs' home is old.", ["the dogs' home is old.…"]),
    "who said it before the next": ('"We left, said Mr Shaw. "It leaked."', ["We left,…", "It leaked."]),
    # Captions.
    "a caption with marks between two paragraphs": (
        "“We heard a bang.\n\nResidents at the ‘leaking’ weir\n\n“Then we ran.”",
        ["We heard a bang.…", "leaking", "^Then we ran."],
    ),
    "a caption that begins with marks": (
        "'It leaks,' he said.\n\n'We heard a bang.\n\n'Never again': Mr Shaw at the weir\n\n'Then we ran.'",
        ["It leaks,", "We heard a bang.…", "Never again", "^Then we ran."],
    ),
    "no caption, for it ends as sentences do": (
        "“We heard a bang.\n\nHe tweeted: ‘Anyone?’\n\n“Then we ran.”",
        ["We heard a bang.…", "Anyone?", "Then we ran."],
    ),
    "signs of emphasis": ("He said **'never again'**. *'Never,'* he said.", ["never again", "Never,"]),
}


@pytest.mark.parametrize(("text", "expected"), SPANS.values(), ids=SPANS)
def test_spans(text: str, expected: list[str]) -> None:
    assert show(text) == expected


def test_offsets_include_the_whole_mark() -> None:
    text = "So &ldquo; it leaks &rdquo; he said"
    (mark,) = find_marks(text)
    assert text[mark.start : mark.end] == "&ldquo; it leaks &rdquo;"
    assert text[mark.inner_start : mark.inner_end] == "it leaks"
    assert find_marks("'No,' he said.") == [MarkedSpan(0, 5, 1, 4, depth=0, single=True)]


def test_seed() -> None:
    text = SEED.read_text(encoding="utf-8")
    marks = find_marks(text)
    double = [text[mark.inner_start : mark.inner_end] for mark in marks if not mark.single]
    assert len(double) == 11 and all(mark.closed and mark.depth == 0 for mark in marks)
    assert [text[mark.start : mark.end] for mark in marks if mark.single] == ["'Fight for freedom'"]


PARAGRAPHS = {
    "empty": ("", []),
    "blank": (" \n\u00a0\n\u200b\r\n", []),
    "blank line": ("One.\n\nTwo.", ["One.", "Two."]),
    "blank line that is not empty": ("One.\r\n \u00a0\u200b\r\nTwo.\n", ["One.", "Two."]),
    "lines are paragraphs": ("The first line says all. " * 9 + "\nThe second one too.", 2),
    "short lines": ("Weir leaks\nAna Roy\nThe weir leaks.", ["Weir leaks", "Ana Roy", "The weir leaks."]),
    "page break": ("The fear was for the\n\ngames in July.", ["The fear was for the\n\ngames in July."]),
    "form feed": ("The fear was for the\fgames in July.\fNext.", ["The fear was for the\fgames in July.", "Next."]),
    "capital after a page break": ("It is not clear whether the minister speaks to or deals directly with\n\nRoy.", 1),
    "heading": ("Weir leaks, says Roy\n\nby Ana Lee\n\nThe weir leaks.", 3),
    "list": ("What Roy wants the whole of the council to do:\n- mend the weir at once and for good\n- resign", 3),
}


@pytest.mark.parametrize(("text", "expected"), PARAGRAPHS.values(), ids=PARAGRAPHS)
def test_paragraphs(text: str, expected: list[str] | int) -> None:
    found = [text[start:end] for start, end in paragraphs(text)]
    assert (len(found) if isinstance(expected, int) else found) == expected


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_wrapped_paragraphs(newline: str) -> None:
    lines = [
        "The weir above the mill has leaked since the spring floods, and the",
        "council has known of it for most of that time, its engineer said on",
        "Monday.",
        "The mayor, who had promised a new one before the last election, was",
        "not there to hear it.",
        "",
        "Nobody else was, either.",
    ]
    found = [text.split(newline) for text in (newline.join(lines),) for text in _cut(text)]
    assert found == [lines[:3], lines[3:5], lines[6:]]


def _cut(text: str) -> list[str]:
    return [text[start:end] for start, end in paragraphs(text)]


CANONICAL = {
    "curly": ("“It’s ‘bad’,” he said.", "\"It's 'bad',\" he said."),
    "british": ("‘It’s “bad”,’ he said.", "\"It's 'bad',\" he said."),
    "guillemets": ("«\u00a0It leaks\u00a0» he said", ' "It leaks"  he said'),
    "two apostrophes": ("''It leaks,'' he said", ' "It leaks,"  he said'),
    "entities": ("&ldquo;No,&rdquo; he said", '      "No,"       he said'),
    "left open": ("“It leaks, he said.", '"It leaks, he said.'),
    "invisible": ("It\u200b is\u00a0Lewis’ weir", "It  is Lewis' weir"),
}


@pytest.mark.parametrize(("text", "expected"), CANONICAL.values(), ids=CANONICAL)
def test_canonical(text: str, expected: str) -> None:
    assert canonical(text, find_marks(text)) == expected


PIECES = [
    *"\"“”„«»'‘’`´‚‹›,.:?-—()<>= \n\r\t6", "''", "``", ",,", "\n\n", "&quot;", "&ldquo;", "&#39;", "&amp;rsquo;",
    "\u00a0", "\u200b", "\f", "’s", "n", "said", "It", "Lewis", "'90s", "he said, ", "<a b=\"", "](x \"",
]  # fmt: skip
texts = st.one_of(st.text(max_size=80), st.lists(st.sampled_from(PIECES), max_size=60).map("".join))


@given(texts)
def test_properties_of_marks(text: str) -> None:
    marks = find_marks(text)
    assert marks == find_marks(text)
    assert marks == sorted(marks, key=lambda mark: mark.start)
    ranges = paragraphs(text)
    around: list[MarkedSpan] = []
    for mark in marks:
        assert 0 <= mark.start <= mark.inner_start < mark.inner_end <= mark.end <= len(text)
        assert mark.opened == (mark.start < mark.inner_start)
        assert mark.closed == (mark.inner_end < mark.end)
        assert any(start <= mark.start and mark.end <= end for start, end in ranges)
        around = [outer for outer in around if mark.start < outer.end]
        assert mark.depth == len(around)
        assert all(outer.inner_start <= mark.start and mark.end <= outer.inner_end for outer in around)
        around.append(mark)
    assert len(canonical(text, marks)) == len(text)


@given(texts)
def test_properties_of_paragraphs(text: str) -> None:
    ranges = paragraphs(text)
    assert all(start < end for start, end in ranges)
    assert all(a[1] < b[0] for a, b in pairwise(ranges))
    covered = {place for start, end in ranges for place in range(start, end)}
    assert all(place in covered or text[place].isspace() or not text[place].isprintable() for place in range(len(text)))
    assert all(not text[place].isspace() for start, end in ranges for place in (start, end - 1))


@pytest.mark.parametrize("mark", ['"', "“", "”", "'", "‘", "''", "``", ",,", "«", "“‘", "\u200b", "\n"])
def test_a_megabyte_of_marks_takes_less_than_a_second(mark: str) -> None:
    text = mark * (1_000_000 // len(mark))
    assert _seconds(text) < 1


@pytest.mark.parametrize("piece", [": 'a ", ": “a ", "'a: 'b, ", "‘a ‘b’ c, "])
def test_quotations_left_open_are_not_looked_through_to_their_end(piece: str) -> None:
    assert _seconds(piece * (60_000 // len(piece))) < 5


@pytest.mark.parametrize("piece", ['"a" ', "“a ", "a” ", "“a ‘b ", "'s ", "s' ", '"\n', "“a\n\n", '<a b="', "&quot;a "])
def test_work_is_linear(piece: str) -> None:
    assert _calls(piece * 8_000) < 9 * _calls(piece * 1_000) + 1_000


def test_deep_nesting_is_linear() -> None:
    assert _calls("“a " * 8_000 + "b” " * 8_000) < 9 * _calls("“a " * 1_000 + "b” " * 1_000) + 1_000


def test_blanks_before_a_mark_are_looked_through_once() -> None:
    blank = " " * 20_000
    assert _seconds(f"x{blank}'a, {blank}'b, 'c " + "dogs' run " * 6_000) < 2


def _seconds(text: str) -> float:
    start = time.process_time()
    canonical(text, find_marks(text))
    return time.process_time() - start


def _calls(text: str) -> int:
    """How many functions are called to read `text`: the same on every machine, however busy."""
    profile = cProfile.Profile()
    profile.runcall(find_marks, text)
    return sum(entry.callcount for entry in profile.getstats())
