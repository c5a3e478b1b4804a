"""Spark: the quotations of a DataFrame of articles, one record a row, worked out by its Python workers.

`extract_dataframe` needs pyspark and pyarrow, and this package on every node. Each Python worker loads the program once
and keeps it as long as Spark keeps the worker. What is wrong with an article is a row too: its task goes on.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from quotes.errors import DocumentError
from quotes.options import Options
from quotes.parallel import Work
from quotes.pipeline import Outcome, start, work_through
from quotes.reading import read_row
from quotes.types import Document
from quotes.writing.arrow import arrow, record_schema, record_table

if TYPE_CHECKING:
    from pyspark.sql import DataFrame

__all__ = ["ERROR", "JOB", "extract_batches", "extract_dataframe"]

ERROR = "error"
"""The column that says what is wrong with an article; null in the row of a record."""
JOB = Path(__file__).with_name("__main__.py")
"""The program for spark-submit."""

# Articles whose records make one table of the output: what a worker holds in memory.
ROWS = 64
DEFAULTS = Options()
_NAMES = {"string": "string", "int64": "bigint", "double": "double"}


def extract_dataframe(
    df: DataFrame,
    text: str = "text",
    id: str = "id",
    *,
    title: str | None = None,
    author: str | None = None,
    published: str | None = None,
    url: str | None = None,
    options: Options = DEFAULTS,
) -> DataFrame:
    """The records of the articles in `df`, one a row, as `--format parquet` writes them, and the column `error`.

    The other arguments name columns; what is no string is cast to one. Ids name the articles in the records: they
    should be unique. An article that fails is a row that holds `document.id` and `error`, all else null; one without
    quotations gives no row. `options.model` and `options.people` are looked for on the worker.
    """
    columns = {"id": id, "text": text, "title": title, "author": author, "date": published, "url": url}
    chosen = [df[column].cast("string").alias(name) for name, column in columns.items() if column is not None]
    return df.select(*chosen).mapInArrow(partial(extract_batches, options=options), _columns(_schema()))


def extract_batches(batches: Iterable[Any], options: Options = DEFAULTS) -> Iterator[Any]:
    """Arrow record batches of articles (the columns `id`, `text`, and `title`, `author`, `date`, `url` where there are)
    → record batches of records. Takes one after the other, and raises nothing for what stands in them."""
    work = _program(options)
    for batch in batches:
        for first in range(0, batch.num_rows, ROWS):
            rows = list(_rows(_articles(batch.slice(first, ROWS)), work))
            yield from record_table(rows, _schema()).to_batches()


@cache
def _program(options: Options) -> Work[Document, Outcome]:
    return start(options)


def _articles(batch: Any) -> Iterator[Mapping[str, str | None]]:
    """Spark's strings may hold bytes that are no UTF-8."""
    columns = [column.cast("binary").to_pylist() for column in batch.columns]
    for values in zip(*columns, strict=True):
        decoded = (None if value is None else value.decode("utf-8", "replace") for value in values)
        yield dict(zip(batch.schema.names, decoded, strict=True))


def _rows(articles: Iterable[Mapping[str, str | None]], work: Work[Document, Outcome]) -> Iterator[Mapping[str, Any]]:
    documents = []
    for article in articles:
        try:
            documents.append(read_row(article))
        except DocumentError as error:
            yield _failed(article["id"], str(error))
    for document, outcome in work_through(documents, work):
        yield from outcome.records
        for problem in outcome.problems:
            yield _failed(document.id, problem)


def _failed(id: str | None, problem: str) -> Mapping[str, Any]:
    return {"document": {"id": id}, ERROR: problem}


@cache
def _schema() -> Any:
    return record_schema().append(arrow().field(ERROR, arrow().string()))


def _columns(fields: Iterable[Any], between: str = " ") -> str:
    """The fields in Spark's own words."""
    return ", ".join(f"`{field.name}`{between}{_type(field.type)}" for field in fields)


def _type(kind: Any) -> str:
    types = arrow("pyarrow.types")
    if types.is_struct(kind):
        return f"struct<{_columns(_parts(kind), ': ')}>"
    return f"array<{_type(kind.value_type)}>" if types.is_list(kind) else _NAMES[str(kind)]


def _parts(struct: Any) -> Sequence[Any]:
    return [struct.field(k) for k in range(struct.num_fields)]
