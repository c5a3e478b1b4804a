"""Bytes → text, without altering a character of it.

A byte order mark is a signature, no part of the text: offset 0 is the character after it. Newlines stay as they are.
The text never holds a lone surrogate, so it can always be written as UTF-8.
"""

from __future__ import annotations

import codecs

import regex

from quotes.errors import DocumentError

__all__ = ["BROKEN", "decode", "find_encoding", "refuse_binary", "well_formed"]

# UTF-32 first: its little-endian mark begins with that of UTF-16.
BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
# Controls that no text file holds in number; tab, newlines, form feed, backspace, DOS end of file and escape are left.
CONTROLS = bytes(set(range(32)) - {*b"\b\t\n\v\f\r\x1a\x1b"} | {127})
MOST_CONTROLS = 0.02
ASCII = bytes(range(128))
WESTERN = ("cp1252", "mac_roman")
FEW_ODD = 0.15
SAMPLE = 64 * 1024
BROKEN = "\ufffd"
SURROGATE = regex.compile(r"[\ud800-\udfff]")


def decode(data: bytes) -> tuple[str, str | None]:
    """The text of a file and, where its encoding had to be guessed or mended, a warning that says how.

    Raises DocumentError for what is no text.
    """
    for mark, encoding in BYTE_ORDER_MARKS:
        if data.startswith(mark):
            return _decode_as(data[len(mark) :], encoding)
    return _decode_as(data, "utf-8")


def find_encoding(sample: bytes) -> tuple[str, str | None]:
    """Python's name for the encoding of a table that begins so, and `decode`'s warning; it takes off the mark.

    Raises DocumentError where its first line is no text. Other lines are their readers' affair.
    """
    for mark, encoding in BYTE_ORDER_MARKS:
        if sample.startswith(mark):
            return "utf-8-sig" if encoding == "utf-8" else encoding.removesuffix("-le").removesuffix("-be"), None
    refuse_binary(sample.partition(b"\n")[0])
    try:
        codecs.getincrementaldecoder("utf-8")().decode(sample)
    except UnicodeDecodeError as error:
        actual = "utf-8" if _is_mostly_utf_8(sample) else _actual_encoding(sample, error)
        return actual, _warning("utf-8", actual, "")
    return "utf-8", None


def _is_mostly_utf_8(table: bytes) -> bool:
    """Whether no fewer of its lines beyond ASCII are UTF-8 than are not: hardly one is so by chance."""
    told = [_is_utf_8(line) for line in table.split(b"\n") if not line.isascii()]
    return any(told) and sum(told) * 2 >= len(told)


def _is_utf_8(line: bytes) -> bool:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def well_formed(text: str) -> str:
    """`text` with every lone surrogate, which no UTF-8 can hold, replaced by U+FFFD (of the same length)."""
    return text if text.isascii() else SURROGATE.sub(BROKEN, text)


def _decode_as(data: bytes, encoding: str) -> tuple[str, str | None]:
    if encoding == "utf-8":
        refuse_binary(data)
    try:
        text, warning = data.decode(encoding), None
    except UnicodeDecodeError as error:
        actual = _actual_encoding(data, error) if encoding == "utf-8" else encoding
        text = well_formed(data.decode(actual, "replace"))
        warning = _warning(encoding, actual, text)
    if encoding != "utf-8":
        refuse_binary(text.encode("utf-8"))
    return text, warning


def _warning(encoding: str, actual: str, text: str) -> str:
    if actual != encoding:
        return f"is not UTF-8; read as {actual}"
    return f"is damaged {encoding.upper()}: {text.count(BROKEN) or 'some'} broken characters read as U+FFFD"


def refuse_binary(data: bytes) -> None:
    """Raises DocumentError where `data` is no text, by its control characters."""
    if b"\0" in data:
        raise DocumentError("is no text (it holds NUL bytes)")
    controls = len(data) - len(data.translate(None, CONTROLS))
    if controls > MOST_CONTROLS * len(data):
        raise DocumentError("is no text (too many control characters)")


def _actual_encoding(data: bytes, error: UnicodeDecodeError) -> str:
    """What is UTF-8 but for a few bytes, or for a cut-off end, is UTF-8; anything else is guessed."""
    text = data.decode("utf-8", "replace")
    cut_off = error.end == len(data) and error.end - error.start > 1
    if cut_off or text.count(BROKEN) * 2 < _non_ascii(text):
        return "utf-8"
    return _guess(data[max(0, error.start - SAMPLE // 2) : error.start + SAMPLE // 2])


def _non_ascii(text: str) -> int:
    return len(text) - len(text.encode("ascii", "ignore"))


def _guess(sample: bytes) -> str:
    """A few odd bytes in ASCII are Western marks and accents: too few for a guess among all encodings."""
    from charset_normalizer import from_bytes

    odd = len(sample.translate(None, ASCII))
    western = list(WESTERN) if odd < FEW_ODD * len(sample) else []
    best = from_bytes(sample, cp_isolation=western).best() or from_bytes(sample).best()
    if best is None:
        raise DocumentError("is no text in any known encoding")
    return best.encoding
