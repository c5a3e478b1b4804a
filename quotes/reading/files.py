"""Paths → the files to read, in order, each with an id of its own."""

from __future__ import annotations

import os
import stat
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import regex

from quotes.reading.formats import READERS, format_of
from quotes.reading.pipes import STDIN
from quotes.reading.values import Problem, Source

__all__ = ["find_sources", "path_of", "printable"]

# What a run is writing, perhaps into the folder that it reads.
UNFINISHED = (".part", ".journal")
_SIGNS = regex.compile("#|%(?=2[35])")
_SHORT = {"\\": "\\", "n": "\n", "r": "\r", "t": "\t"}
_ESCAPED = regex.compile(r"\\(\\|[nrt]|x[0-9a-f]{2}|u[0-9a-f]{4}|U000[0-9a-f]{5}|U0010[0-9a-f]{4})")


def find_sources(paths: Iterable[str | Path], written: Sequence[Path] = ()) -> Iterator[Source | Problem]:
    """Every file named by `paths`, folders searched (sorted, hidden entries left out) for files of a known format.

    An id is the file's path, with "/", relative to the deepest folder that holds all the paths: the same files get the
    same ids from wherever and however they are named, and no two files share one. A file reached twice is read once.
    What is `written` meanwhile is not read where a folder that is searched holds it.
    """
    named = list(paths)
    base = _common_folder(path for path in named if os.fspath(path) != STDIN)
    seen: set[str] = set()
    for path in named:
        for found in _under(path, written):
            if not isinstance(found, str):
                yield found
            elif (identity := _identify(found, base)) not in seen:
                seen.add(identity)
                yield Source(identity, None if found == STDIN else found)


def printable(path: str) -> str:
    """`path` on one line and in valid Unicode: odd bytes, control characters and backslashes escaped.

    No two paths look the same: a line break is told from a backslash with an n behind it.
    """
    if path.isprintable() and "\\" not in path:
        return path
    return "".join(map(_escape, path))


def _escape(sign: str) -> str:
    code = ord(sign)
    if 0xDC80 <= code <= 0xDCFF:  # a byte that is no Unicode, as Python has it in paths
        return f"\\x{code - 0xDC00:02x}"
    if (sign == "\\" and os.sep != sign) or (code < 0x80 and not sign.isprintable()):
        return sign.encode("unicode_escape").decode()
    return sign if sign.isprintable() or sign == "\\" else f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def path_of(printed: str) -> str:
    """The path that `printable` shows so."""
    return _ESCAPED.sub(_unescape, printed) if os.sep != "\\" else printed


def _unescape(found: regex.Match[str]) -> str:
    if found[1] in _SHORT:
        return _SHORT[found[1]]
    code = int(found[1][1:], 16)
    return chr(code + 0xDC00 if found[1][0] == "x" and code >= 0x80 else code)


def _under(path: str | Path, written: Sequence[Path]) -> Iterator[str | Problem]:
    name = os.fspath(path)
    if name.startswith(("http://", "https://")):
        how = f"curl -L -o page.html '{name}', then name page.html"
        yield Problem(f"is an address, and nothing is fetched: save the page ({how})", printable(name))
    elif name != STDIN and _is_folder(name):
        yield from _walk(name, written)
    else:
        yield name


def _walk(root: str, written: Sequence[Path]) -> Iterator[str | Problem]:
    """Depth first, each folder once: links may lead round in a circle."""
    visited: set[tuple[int, int]] = set()
    others: Counter[str] = Counter()
    found = False
    pending = [root]
    while pending:
        path = pending.pop()
        try:
            if any(_is_same(path, own) for own in written):
                yield Problem("is what this run writes; not read", printable(path), warning=True)
            elif not _is_folder(path):
                found = True
                yield path
            elif (place := _place(path)) not in visited:
                visited.add(place)
                pending += reversed(_entries(path, others))
        except OSError as error:
            found = True
            yield Problem(f"cannot be read: {error.strerror}", printable(path))
    yield from _summary(root, found, others)


def _entries(folder: str, others: Counter[str]) -> list[str]:
    """Subfolders and readable files by name; files of other formats are only counted."""
    wanted = []
    with os.scandir(folder) as entries:
        for entry in sorted(entries, key=lambda entry: entry.name):
            if entry.name.startswith(".") or entry.name.endswith(UNFINISHED):
                continue
            if _is_folder(entry.path) or (format_of(entry.name)[0] in READERS and _is_document(entry.path)):
                wanted.append(entry.path)
            else:
                others[format_of(entry.name)[0]] += 1
    return wanted


def _summary(root: str, found: bool, others: Counter[str]) -> Iterator[Problem]:
    if others:
        kinds = ", ".join(f"{count} {suffix or 'without suffix'}" for suffix, count in sorted(others.items()))
        yield Problem(f"files of other formats left out: {kinds}", printable(root), warning=True)
    if not found:
        yield Problem(f"holds no articles (looked for {', '.join(READERS)})", printable(root))


def _is_folder(path: str | Path) -> bool:
    """False as well for what cannot be looked at: it fails, with a reason, when it is read."""
    return os.path.isdir(path)  # noqa: PTH112 (Path.is_dir can raise)


def _is_same(path: str, other: Path) -> bool:
    try:
        return other.samefile(path)
    except OSError:
        return False


def _is_document(path: str) -> bool:
    """No pipe, socket or device, and not standard output; a broken link counts, and fails when it is read."""
    try:
        status = Path(path).stat()
    except OSError:
        return True
    return stat.S_ISREG(status.st_mode) and not _is_output(status)


def _is_output(status: os.stat_result) -> bool:
    try:
        return os.path.samestat(status, os.fstat(1))
    except OSError:
        return False


def _place(folder: str) -> tuple[int, int]:
    status = Path(folder).stat()
    return status.st_dev, status.st_ino


def _common_folder(paths: Iterable[str | Path]) -> str:
    """The deepest folder above all `paths` ("" where there is none, as on two drives)."""
    absolute = map(_absolute, paths)
    folders = [path if _is_folder(path) else path.parent for path in absolute]
    try:
        return os.path.commonpath(folders) if folders else ""
    except ValueError:
        return ""


def _identify(path: str, base: str) -> str:
    if path == STDIN:
        return "stdin"
    absolute = _absolute(path)
    identity = printable((absolute.relative_to(base) if base else absolute).as_posix())
    # What stands behind "#" names an article within a file.
    return "./stdin" if identity == "stdin" else _SIGNS.sub(lambda found: f"%{ord(found[0]):x}", identity)


def _absolute(path: str | Path) -> Path:
    """Without ".." and with links kept as they are named."""
    return Path(os.path.abspath(path))  # noqa: PTH100 (Path.resolve would follow the links)
