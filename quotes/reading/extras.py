"""Packages that only some formats need: imported when such a file is read, and no sooner."""

from __future__ import annotations

import importlib
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from quotes.errors import DocumentError

__all__ = ["quiet", "require"]


def require(module: str, extra: str) -> Any:
    """The module. Raises DocumentError, with the command that installs it, where it is missing."""
    try:
        return importlib.import_module(module)
    except ImportError as error:
        message = f"cannot be read without {module.split('.')[0]}: pip install 'newsquotes[{extra}]'"
        raise DocumentError(message) from error


@contextmanager
def quiet(*loggers: str) -> Iterator[None]:
    """Keep a library's own messages, which name no file, off standard error: its failures are told as problems."""
    found = [logging.getLogger(name) for name in loggers]
    levels = [logger.level for logger in found]
    for logger in found:
        logger.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        for logger, level in zip(found, levels, strict=True):
            logger.setLevel(level)
