"""The packages of the extra `trace`, imported when something is traced and no sooner."""

from __future__ import annotations

import importlib
from typing import Any

from quotes.errors import MissingExtraError

__all__ = ["require"]


def require(module: str) -> Any:
    """The module. Raises MissingExtraError, with the command that installs it, where it is missing."""
    try:
        return importlib.import_module(module)
    except ImportError as error:
        package = module.split(".")[0]
        raise MissingExtraError(f"comparing wordings needs {package}: pip install 'newsquotes[trace]'") from error
