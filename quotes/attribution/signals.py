"""Flags: why marked words are nobody's speech, and what a reader should know of an attribution before trusting it."""

from __future__ import annotations

import regex

from quotes.attribution.words import load_words
from quotes.types import Attribution, Document, MarkedSpan

__all__ = [
    "is_crosshead",
    "is_label",
    "is_naming",
    "is_salutation",
    "is_silence",
    "is_work",
    "signals",
    "why_unattributed",
]

WORD = regex.compile(r"[\p{L}\p{N}]+(?:[’'-][\p{L}\p{N}]+)*")
_WORD_MENTION = regex.compile(r"(?:the\s)?(?:expression|phrase|term|word)s?\s[\"“”'‘«„`]", regex.I)
_APPEARS = regex.compile(r"\b(?:appear|occur|featur|mean)\p{Ll}*")
_IS_BEHIND = regex.compile(r"\s(?:is|was|are|were|has|had|will|would|does|did)\s")
_NOUNS_BEHIND = regex.compile(r"(?:\s\p{Ll}+(?![\p{L}'’])){0,2}")
_AT_EVENT = regex.compile(r"\b(?:at|during|for|in|on|to)\s(?:\p{L}+\s|\S+['’]s?\s)?$")
LOOK_BACK = 60  # characters in which the word before a marked span is looked for
SURE_ENOUGH = 0.5
LONGEST_LABEL = 7  # words
_OF = regex.compile(r"\s(?:at|in|of|on|over)\s|(?<=\A(?:storm|hurricane|cyclone|typhoon))\s")
FIRST = frozenset(["I", "me", "my", "we", "us", "our", "We", "My", "Our"])
SMALL = frozenset(
    ["a", "an", "and", "as", "at", "by", "for", "from", "in", "of", "on", "or", "the", "to", "with"]
)  # in titles


def why_unattributed(document: Document, mark: MarkedSpan) -> tuple[str, ...]:
    """One reason why the words in marks have no speaker, and `unclosed_mark` where no closing mark was found."""
    return (_reason(document.text, mark), *_open(mark))


def _reason(text: str, mark: MarkedSpan) -> str:
    inner = text[mark.inner_start : mark.inner_end]
    before = [w.lower() for w in WORD.findall(text[max(0, mark.start - LOOK_BACK) : mark.start].rsplit("\n", 1)[-1])]
    words = WORD.findall(inner)
    if is_crosshead(text, mark):
        return "crosshead"
    if _between_names(text, mark) and len(words) <= 3:
        return "nickname"
    if any(w in load_words("signs") for w in before[-4:]):
        return "sign"
    if any(w in load_words("namings") for w in before[-2:]):
        return "word_mention"
    if _is_title(inner) or is_work(text, mark):
        return "title_of_work"
    speaks = inner[-1:] in ".!?" or any(word in FIRST for word in words)
    return "scare_quotes" if len(words) <= 4 and not speaks else "no_speaker"


def is_crosshead(text: str, mark: MarkedSpan) -> bool:
    """Whether a few words in marks have a line to themselves and no end, or headline case: 'Fight for freedom'; or have
    other marks than quotations: 'It was bound to break.'"""
    inner = text[mark.inner_start : mark.inner_end]
    return (
        _stands_alone(text, mark)
        and len(inner.split()) <= 8
        and (inner[-1:] not in ".!?,…" or _is_title(inner) or _is_other(text, mark))
    )


def _is_other(text: str, mark: MarkedSpan) -> bool:
    """Whether the text has double marks, and these are single."""
    return text[mark.start] in "'‘" and text[mark.start : mark.start + 2] != "''" and ('"' in text or "“" in text)


def is_work(text: str, mark: MarkedSpan) -> bool:
    """Whether a noun says that the marks hold the title of a work or an event: her film “Salt Road”, a “Keep Left”
    show, at a “Dams Forum”.

    After the film, “Great,” she said: behind a comma one word is none. Her essay, “Let it leak,” was printed: what is
    no name is a title behind a comma where the sentence goes on to say something of it.
    """
    inner = text[mark.inner_start : mark.inner_end]
    words = text[max(0, mark.start - LOOK_BACK) : mark.start].split()[-2:]
    noun = words[0] if words[1:] in (["called"], ["named"]) else words[-1] if words else ""
    if noun.rstrip(",").lower() not in load_words("works") or not text[mark.start - 1].isspace():
        return _is_event(text, mark, inner)
    if words[-1].endswith(","):
        return _is_title(inner) or (inner[-1:] == "," and _IS_BEHIND.match(text, mark.end) is not None)
    return _in_headline_case(inner)


def _is_event(text: str, mark: MarkedSpan, inner: str) -> bool:
    if not (inner[:1].isupper() and _is_title(inner)):
        return False
    last = WORD.findall(inner)
    behind = {word.lower() for word in _NOUNS_BEHIND.match(text, mark.end)[0].split()}  # type: ignore[index]
    at = last[-1].lower() in load_words("events") and _AT_EVENT.search(text, max(0, mark.start - LOOK_BACK), mark.start)
    return bool(at) or not behind.isdisjoint(load_words("works"))


def _stands_alone(text: str, mark: MarkedSpan) -> bool:
    line_end = text.find("\n", mark.end)
    before = text[text.rfind("\n", 0, mark.start) + 1 : mark.start]
    after = text[mark.end : line_end if line_end >= 0 else len(text)]
    return not before.strip(" \t#*_") and not after.strip(" \t\r.*_")


def _between_names(text: str, mark: MarkedSpan) -> bool:
    before, after = text[max(0, mark.start - 2) : mark.start], text[mark.end : mark.end + 2]
    name_before = regex.search(r"\p{Lu}[\p{L}.]*\s$", text[max(0, mark.start - 30) : mark.start])
    return bool(name_before and before[-1:].isspace() and after[:1].isspace() and after[1:].isupper())


def _is_title(inner: str) -> bool:
    return len(WORD.findall(inner)) > 1 and _in_headline_case(inner)


def _in_headline_case(inner: str) -> bool:
    """Whether every word but the small ones begins with a capital."""
    words = WORD.findall(inner)
    long = [w for k, w in enumerate(words) if k == 0 or w not in SMALL]
    return bool(words) and all(w[0].isupper() or w[0].isdigit() for w in long)


def _open(mark: MarkedSpan) -> tuple[str, ...]:
    return () if mark.closed else ("unclosed_mark",)


def signals(document: Document, attribution: Attribution) -> tuple[str, ...]:
    """Flags of an attribution, in a fixed order."""
    flags = []
    if attribution.source is None:
        flags.append("implicit_speaker")
    if attribution.quoted and not attribution.quoted[-1].closed:
        flags.append("unclosed_mark")
    if attribution.cue:
        said = max((b for _, b in attribution.content if b <= attribution.cue[0]), default=0)
        flags += _signals_of_cue(document.text, *attribution.cue, said)
        if _asks(document.text, attribution):
            flags.append("question")
    elif attribution.source:
        flags.append("cue_less")
    if document.title and attribution.content[-1][1] <= document.text.find(document.title) + len(document.title):
        flags.append("headline")
    if attribution.confidence < SURE_ENOUGH:
        flags.append("low_confidence")
    return tuple(flags)


def is_silence(text: str, attribution: Attribution) -> bool:
    """Whether someone "declined to comment": that is no statement."""
    if attribution.cue is None or attribution.quoted:
        return False
    start, end = attribution.content[0]
    words = [w.lower() for w in WORD.findall(text[slice(*attribution.cue)] + " " + text[start : min(end, start + 40)])]
    refused = [n for n, word in enumerate(words) if word in load_words("refusals")]
    return any(words[n + 1 : n + 3] == ["to", "comment"] or words[n + 1 : n + 2] == ["comment"] for n in refused)


def is_salutation(text: str, attribution: Attribution) -> bool:
    """Whether the "speaker" is whom a letter is written to: Dear Sir: …"""
    return attribution.source is not None and text.startswith("Dear ", attribution.source[0])


def is_label(text: str, attribution: Attribution) -> bool:
    """Whether the "speaker" before a colon is the kind of piece or what it is about: Exclusive: ‘…’, Dam fire: ‘…’"""
    if attribution.source is None or attribution.cue is None or text[slice(*attribution.cue)].strip() != ":":
        return False
    line = text[text.rfind("\n", 0, attribution.source[0]) + 1 : attribution.source[1]].lower()
    topic = _OF.split(line, maxsplit=1)[0].rpartition(" ")[2] if line.count(" ") < LONGEST_LABEL else ""
    return line in load_words("labels") or topic in load_words("topics")


def is_naming(text: str, attribution: Attribution) -> bool:
    """Whether a name is given, known to locals as “Gary”, the so-called “reform”, or a word talked about, the word
    “reform” appears twice: that is nobody's speech."""
    if _WORD_MENTION.match(text, attribution.content[0][0]):
        return attribution.source is None or (
            attribution.cue is not None and bool(_APPEARS.search(text, *attribution.cue))
        )
    if attribution.cue is None or len(attribution.content) > 1:
        return False
    start, end = attribution.cue
    before = text[start : max(end, min(attribution.content[0][0], end + LOOK_BACK))]
    words, names = [w.lower() for w in WORD.findall(before)], load_words("bynames")
    return not names.isdisjoint(words) and (words[-1] == "as" or words[-1] in names)


def _asks(text: str, attribution: Attribution) -> bool:
    """Did Roy say it failed?"""
    end = attribution.content[-1][1]
    if attribution.source is None or "?" not in text[end - 1 : end + 3]:
        return False
    start, end = attribution.source
    within = [word for word in WORD.findall(text[start:end])[:-1][:1] if word not in ("May", "Will")]  # given names
    opening = [*WORD.findall(text[max(0, start - 20) : start])[-1:], *within]
    return any(word.lower() in load_words("auxiliaries") and word[0].isupper() for word in opening)


def _signals_of_cue(text: str, start: int, end: int, behind: int) -> list[str]:
    """What the words of the cue, and the few before it that stand behind an offset, say of the speech act."""
    cue = {w.lower().replace("’", "'") for w in WORD.findall(text[start:end])}
    clause = regex.split(r"[.!?;\n“”\"]", text[max(behind, start - 2 * LOOK_BACK) : start])[-1]
    words = [w for w in WORD.findall(clause) if w != "May"]
    beside = WORD.findall(clause.rpartition(",")[2]) or words  # of "if it was not, she laughed" no more than "she"
    near = {w.lower().replace("’", "'") for w in beside[-3:]}
    flags = []
    if (cue | near) & load_words("negations"):
        flags.append("negated")
    imagined = {w.lower() for w in words} & load_words("suppositions")
    if imagined or (cue | near) & load_words("modals"):
        flags.append("hypothetical")
    if text[start:end].strip() in {":", ".", "Q:", "A:"} and text[max(0, start - 2) : start].isupper():
        flags.append("transcript")
    return flags
