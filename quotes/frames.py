"""Quotations as a pandas `DataFrame`."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from quotes.extras import PANDAS
from quotes.types import Quote
from quotes.writing.csv import COLUMNS, flat

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["to_dataframe"]


def to_dataframe(quotes: Iterable[Quote]) -> pd.DataFrame:
    """One row a quotation, in the order given, in the columns of `--format csv --columns all`; none gives no row.

    `confidence` is a number, all else text; what a quotation lacks is None. Raises MissingExtraError without pandas.
    """
    pandas = PANDAS.require("pandas")
    rows = (flat(quote.to_dict()) for quote in quotes)
    return pandas.DataFrame([[row[column] for column in COLUMNS] for row in rows], columns=list(COLUMNS))
