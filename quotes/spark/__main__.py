"""The program for spark-submit: a Parquet table of articles → a Parquet table of their records.

spark-submit $(quotes spark-submit-job) IN.parquet OUT.parquet
python -m quotes.spark IN.parquet OUT.parquet
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

import click

from quotes.options import Options, parse_types
from quotes.spark import ERROR, extract_dataframe

__all__ = ["main"]

DEFAULTS = Options()


@click.command()
@click.argument("articles", metavar="IN")
@click.argument("output", metavar="OUT")
@click.option("--text-field", default="text", show_default=True, metavar="NAME", help="The column of the text.")
@click.option("--id-field", default="id", show_default=True, metavar="NAME", help="… of the article's id.")
@click.option("--title-field", default="title", show_default=True, metavar="NAME", help="… of its title.")
@click.option("--author-field", default="author", show_default=True, metavar="NAME", help="… of its author.")
@click.option("--published-field", default="date", show_default=True, metavar="NAME", help="… of its date.")
@click.option("--url-field", default="url", show_default=True, metavar="NAME", help="… of its address.")
@click.option("--type", "types", default=",".join(DEFAULTS.types), show_default=True, metavar="TYPES")
@click.option(
    "--model",
    default=DEFAULTS.model,
    show_default=True,
    metavar="NAME",
    help="What finds names: the reader, or a spaCy pipeline.",
)
@click.option("--people", type=click.Path(path_type=Path), metavar="FILE", help="A table of people, on every node.")
@click.option("--partitions", type=click.IntRange(min=1), metavar="N", help="Deal the articles out into N tasks.")
def main(
    articles: str,
    output: str,
    text_field: str,
    id_field: str,
    types: str,
    model: str,
    people: Path | None,
    partitions: int | None,
    **fields: str,
) -> None:
    """Write the quotations of the articles in IN, a Parquet table, to OUT, another: one record a row.

    The row of an article that failed holds its id and, in the column "error", why.
    """
    try:
        from pyspark.errors import AnalysisException
        from pyspark.sql import SparkSession
    except ImportError as error:
        raise click.ClickException("pyspark is not installed: pip install 'newsquotes[spark]'") from error
    try:
        options = Options(model, parse_types(types), people)
    except ValueError as error:
        raise click.UsageError(str(error)) from error
    if "PYSPARK_GATEWAY_PORT" not in os.environ:  # begun by Python: what is installed here is there for the workers
        os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    spark = SparkSession.builder.appName("quotes").getOrCreate()
    try:
        df = spark.read.parquet(articles)
        df = df.repartition(partitions) if partitions else df
        there = {name.removesuffix("_field"): column for name, column in fields.items() if column in df.columns}
        extract_dataframe(df, text_field, id_field, **there, options=options).write.parquet(output)
        rows, failed = spark.read.parquet(output).selectExpr("count(*)", f"count({ERROR})").first()
    except AnalysisException as error:  # no such table or column, an output that is there already
        raise click.ClickException(str(error).splitlines()[0]) from error
    finally:
        spark.stop()
    click.echo(f"quotes: {rows - failed:,} records, {failed:,} articles with an error", err=True)


if __name__ == "__main__":
    main()
