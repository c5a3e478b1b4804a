"""The packages of the extra `desk`, imported when the desk is opened and no sooner."""

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
        raise MissingExtraError(f"the desk needs {package}: pip install 'newsquotes[desk]'") from error
