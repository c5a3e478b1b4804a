"""The packages of the extras: imported when something needs them, and no sooner."""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from typing import Any

from quotes.errors import DocumentError, MissingExtraError, OutputError, QuotesError

__all__ = ["DESK", "PANDAS", "PARQUET", "TRACE", "XLSX", "Extra", "to_read"]


@dataclass(frozen=True, slots=True)
class Extra:
    """An extra by its name. `without` are the words of the error before the name of a package that is missing."""

    name: str
    without: str
    error: type[QuotesError] = MissingExtraError

    def require(self, module: str) -> Any:
        """The module. Raises `error`, with the command that installs it, where it is missing."""
        try:
            return importlib.import_module(module)
        except ImportError as error:
            package = PACKAGES.get(module, module.split(".")[0])
            raise self.error(f"{self.without} {package}: pip install 'newsquotes[{self.name}]'") from error


PACKAGES = {"xlsxwriter": "XlsxWriter"}
"""Packages that are not called as their module is."""
DESK = Extra("desk", "the desk needs")
TRACE = Extra("trace", "comparing wordings needs")
PANDAS = Extra("pandas", "to_dataframe needs")
PARQUET = Extra("parquet", "parquet cannot be written without", OutputError)
XLSX = Extra("xlsx", "xlsx cannot be written without", OutputError)


def to_read(name: str) -> Extra:
    """The extra by which files of some format are read."""
    return Extra(name, "cannot be read without", DocumentError)
