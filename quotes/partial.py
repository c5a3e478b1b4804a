"""Files and folders in the making: hidden beside what they will be, and swept away where a killed run has left them."""

from __future__ import annotations

import os
import shutil
import time
from contextlib import suppress
from pathlib import Path
from secrets import token_hex
from typing import Final

__all__ = ["lock", "partial_beside", "sweep"]

PATTERN: Final = ".quotes-*.part"
# Seconds. A run whose lock is not seen from here (on some shared disks) writes more often than that.
OLD: Final = 3600.0


def partial_beside(path: Path) -> Path:
    """A name for what will be `path`, that nobody can foresee."""
    return path.with_name(PATTERN.replace("*", token_hex(8)))


def lock(file: int) -> None:
    """Be the only one at an open file or folder, until it is closed. Raises BlockingIOError where another is."""
    with suppress(ImportError):  # a system without such locks
        import fcntl

        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


def sweep(folder: Path) -> None:
    """Take away what nobody writes any more. What cannot be taken away stays: it does no harm."""
    with suppress(OSError):
        for path in list(folder.glob(PATTERN)):
            _take_away(path)


def _take_away(path: Path) -> None:
    with suppress(OSError):
        if path.is_symlink() or time.time() - path.stat().st_mtime < OLD:
            return
        file = os.open(path, os.O_RDONLY | os.O_NONBLOCK)
        try:
            lock(file)
            shutil.rmtree(path) if path.is_dir() else path.unlink()
        finally:
            os.close(file)
