"""The JSON Schema of a record, and a quick yes for what matches it.

A full validator takes as long for a record as reading the words of two sentences. Nearly all records match, so each is
first held against the schema compiled to plain functions. They never say yes where the schema says no; where they do
not say yes (a fault, or a keyword they do not know), the full validator decides, and says why.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sized
from functools import cache
from importlib.resources import files
from typing import Any

import regex

__all__ = ["Check", "compile_schema", "read_schema"]

Check = Callable[[Any], bool]
"""True: the value surely matches."""

Schema = Mapping[str, Any]

TYPES = {
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "object": (dict,),
    "array": (list,),
    "null": (type(None),),
}
ANNOTATIONS = frozenset({"$schema", "$id", "$defs", "title", "description"})


@cache
def read_schema() -> str:
    """The text of the schema that ships with the package."""
    installed = files("quotes") / "schemas" / "quote.schema.json"
    in_checkout = files("quotes") / ".." / "schemas" / "quote.schema.json"
    return (installed if installed.is_file() else in_checkout).read_text(encoding="utf-8")


def compile_schema(schema: Schema) -> Check:
    """A check that says yes to nearly all that matches `schema`, and to nothing else."""
    return _compile(schema, schema.get("$defs", {}))


def _compile(schema: Schema, defs: Schema) -> Check:
    if schema.keys() - ANNOTATIONS - KEYWORDS.keys():
        return lambda _: False
    checks = [KEYWORDS[keyword](schema, defs) for keyword in schema if keyword in KEYWORDS]
    return checks[0] if len(checks) == 1 else lambda value: all(check(value) for check in checks)


# One function a keyword: (the schema it stands in, $defs) → its check. As in JSON Schema, a keyword for strings says
# nothing of a number.


def _ref(schema: Schema, defs: Schema) -> Check:
    """Compiled at first use: a definition may refer to itself."""

    @cache
    def check() -> Check:
        return _compile(defs[schema["$ref"].removeprefix("#/$defs/")], defs)

    return lambda value: check()(value)


def _type(schema: Schema, _: Schema) -> Check:
    names = schema["type"] if isinstance(schema["type"], list) else [schema["type"]]
    types = frozenset(kind for name in names for kind in TYPES[name])
    return lambda value: type(value) in types  # exactly: True is no integer


def _choice(schema: Schema, _: Schema) -> Check:
    choices = frozenset(schema.get("enum") or [schema["const"]])
    return lambda value: type(value) is str and value in choices


def _pattern(schema: Schema, _: Schema) -> Check:
    search = regex.compile(schema["pattern"]).search
    return lambda value: type(value) is not str or search(value) is not None


def _limits(schema: Schema, _: Schema) -> Check:
    least, most = schema.get("minimum", float("-inf")), schema.get("maximum", float("inf"))
    return lambda value: type(value) not in (int, float) or least <= value <= most


def _lengths(kind: type[Sized], least: str, most: str) -> Callable[[Schema, Schema], Check]:
    def build(schema: Schema, _: Schema) -> Check:
        shortest, longest = schema.get(least, 0), schema.get(most, float("inf"))
        return lambda value: type(value) is not kind or shortest <= len(value) <= longest

    return build


def _unique(_: Schema, __: Schema) -> Check:
    def check(value: Any) -> bool:
        return type(value) is not list or (all(type(v) is str for v in value) and len(set(value)) == len(value))

    return check


def _items(schema: Schema, defs: Schema) -> Check:
    check = _compile(schema["items"], defs)
    return lambda value: type(value) is not list or all(map(check, value))


def _properties(schema: Schema, defs: Schema) -> Check:
    """Only objects that have all that must be there, and nothing that is not described, are surely right."""
    checks = {name: _compile(part, defs) for name, part in schema["properties"].items()}
    required = frozenset(schema.get("required", ()))

    def check(value: Any) -> bool:
        if type(value) is not dict:
            return True
        return required <= value.keys() <= checks.keys() and all(checks[name](part) for name, part in value.items())

    return check


def _as_properties(schema: Schema, _: Schema) -> Check:
    """`_properties`, where it stands beside, says it all: its objects have just the properties that are described."""
    sure = "properties" in schema and set(schema.get("required", ())) <= schema["properties"].keys()
    return lambda value: sure


KEYWORDS: Mapping[str, Callable[[Schema, Schema], Check]] = {
    "$ref": _ref,
    "type": _type,
    "enum": _choice,
    "const": _choice,
    "pattern": _pattern,
    "minimum": _limits,
    "maximum": _limits,
    "minLength": _lengths(str, "minLength", "maxLength"),
    "maxLength": _lengths(str, "minLength", "maxLength"),
    "minItems": _lengths(list, "minItems", "maxItems"),
    "uniqueItems": _unique,
    "items": _items,
    "properties": _properties,
    "required": _as_properties,
    "additionalProperties": _as_properties,
}
