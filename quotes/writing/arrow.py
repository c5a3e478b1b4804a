"""Records as Arrow tables: columns made from the record's JSON Schema, its objects and arrays as structs and lists.

Arrow knows no recursion: a member of a joint speaker, itself a mention, has no `members`, as in every record.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import cache
from typing import Any

from quotes.extras import PARQUET
from quotes.schema import read_schema
from quotes.writing.text import well_formed_all
from quotes.writing.values import Record

__all__ = ["arrow", "record_schema", "record_table"]


def record_table(rows: Sequence[Record], schema: Any) -> Any:
    """The rows as a table with these columns; what a row lacks is null, a lone surrogate U+FFFD."""
    try:
        return arrow().Table.from_pylist(rows, schema=schema)
    except UnicodeEncodeError:
        return arrow().Table.from_pylist(well_formed_all(rows), schema=schema)


@cache
def record_schema() -> Any:
    """The columns of a record. Raises OutputError where pyarrow is missing."""
    schema = json.loads(read_schema())
    return arrow().schema([_field(name, schema["properties"][name], schema["$defs"]) for name in schema["required"]])


def _field(name: str, schema: Mapping[str, Any], definitions: Mapping[str, Any], above: tuple[str, ...] = ()) -> Any:
    return arrow().field(name, _type(schema, definitions, above))


def _type(schema: Mapping[str, Any], definitions: Mapping[str, Any], above: tuple[str, ...]) -> Any:
    if reference := schema.get("$ref"):
        return _type(definitions[reference.rpartition("/")[2]], definitions, (*above, reference))
    kinds = schema.get("type", "string")
    kind = kinds if isinstance(kinds, str) else next(kind for kind in kinds if kind != "null")
    if kind == "array":
        return arrow().list_(_type(schema["items"], definitions, above))
    if kind == "object":
        parts = schema["properties"].items()
        return arrow().struct(
            [_field(name, part, definitions, above) for name, part in parts if not _recurs(part, above)]
        )
    return arrow().type_for_alias({"string": "string", "integer": "int64", "number": "float64"}[kind])


def _recurs(schema: Mapping[str, Any], above: tuple[str, ...]) -> bool:
    reference = schema.get("items", {}).get("$ref")
    return reference is not None and above.count(reference) > 1


def arrow(module: str = "pyarrow") -> Any:
    """The module. Raises OutputError, with the command that installs it, where it is missing."""
    return PARQUET.require(module)
