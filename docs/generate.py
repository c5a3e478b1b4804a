"""The pages that are made, not written: docs/records.md from the JSON Schema, docs/cli.md and the manual page
docs/quotes.1 from every --help; and the README's example record, from the article in seeds/.

python docs/generate.py            write them
python docs/generate.py --check    say which of them no longer say what the program does
"""

from __future__ import annotations

import contextlib
import io
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import regex

from quotes.cli import main as program
from quotes.pipeline import load
from quotes.reading import read_documents
from quotes.schema import read_schema
from quotes.version import __version__

sys.path.insert(0, str(Path(__file__).resolve().parent))
from manpage import manual  # beside this file

DOCS = Path(__file__).resolve().parent
ROOT = DOCS.parent
RECORD = regex.compile(r"(<!-- record: .*? -->\n```json\n)(.*?)(?=```)", flags=regex.DOTALL)
WIDTH = 100  # characters of a line of help, whatever the terminal

EXAMPLE = """\
import json

from quotes import load
from quotes.record import to_record

extractor = load()
article = "“The weir leaks,” Ana Roy, the city engineer, told Mayor Jo Lee. “Nobody drives over that.”"
for quote in extractor.extract(article):
    print(json.dumps(to_record(quote, extractor.model), ensure_ascii=False, indent=2))
"""

Schema = dict[str, Any]


def pages() -> dict[Path, str]:
    """Each page that is made, and what it should hold."""
    return {
        DOCS / "records.md": records(json.loads(read_schema())),
        DOCS / "cli.md": commands(program),
        DOCS / "quotes.1": manual(program, __version__),
    }


def with_record(readme: str) -> str:
    """The README with the record that the program makes now, of the same id; of the first, where that is gone."""
    shown = RECORD.search(readme)
    assert shown is not None, "the README shows a record"
    with contextlib.chdir(ROOT):
        found = {record["id"]: record for record in _seed_records()}
    record = found.get(json.loads(shown[2])["id"], next(iter(found.values())))
    return readme[: shown.start(2)] + json.dumps(record, ensure_ascii=False, indent=2) + "\n" + readme[shown.end(2) :]


def _seed_records() -> Iterator[dict[str, Any]]:
    extractor = load()
    for quotes in extractor.extract_documents(read_documents(["seeds"], on_error=sys.exit)):
        yield from (quote.to_dict(extractor.model) for quote in quotes)


def records(schema: Schema) -> str:
    """The page of the record, whose example the program makes now."""
    head = ["# The record", "", "Made by `python docs/generate.py` from `schemas/quote.schema.json`.", ""]
    shown = ["```python", *EXAMPLE.splitlines(), "```", "", "```text", *_printed(EXAMPLE).splitlines(), "```", ""]
    parts = [*_object("Its fields", schema, schema), *_flags(schema["properties"]["flags"]["items"])]
    for name, part in schema["$defs"].items():
        parts += _object(f"`{name}`", part, schema)
    return "\n".join([*head, *shown, *parts]).rstrip() + "\n"


def _printed(code: str) -> str:
    printed = io.StringIO()
    with contextlib.redirect_stdout(printed):
        exec(code, {})
    return printed.getvalue()


def _object(title: str, part: Schema, schema: Schema) -> Iterator[str]:
    yield from [f"## {title}", "", part["description"], "", "| field | type | what it is |", "|---|---|---|"]
    for path, field in _fields(part, ""):
        yield f"| `{path}` | {_type(field, schema)} | {_cell(field['description'])} |"
    yield ""


def _fields(schema: Schema, path: str) -> Iterator[tuple[str, Schema]]:
    for name, field in schema.get("properties", {}).items():
        yield path + name, field
        yield from _fields(field, f"{path}{name}.")


def _type(field: Schema, schema: Schema) -> str:
    if "$ref" in field:
        name = field["$ref"].rpartition("/")[2]
        nullable = "null" in schema["$defs"][name]["type"] and "null" in field.get("type", "null")
        return f"[`{name}`](#{name})" + (" or null" if nullable else "")
    if "const" in field:
        return f"`{field['const']}`"
    if "enum" in field and len(field["enum"]) <= 8:
        return ", ".join("null" if value is None else f"`{value}`" for value in field["enum"])
    if field.get("type") == "array":
        return "array of [flags](#flags)" if "enum" in field["items"] else f"array of {_type(field['items'], schema)}"
    kinds = field.get("type", "any")
    return kinds if isinstance(kinds, str) else " or ".join(kinds)


def _flags(items: Schema) -> Iterator[str]:
    """The description tells each flag as `name: meaning`, joined by semicolons."""
    yield from ["## Flags", "", "| flag | what it says |", "|---|---|"]
    names = "|".join(items["enum"])
    for name, meaning in regex.findall(rf"\b({names}): (.*?)(?=; (?:{names}): |\.?$)", items["description"]):
        yield f"| `{name}` | {_cell(meaning)} |"
    yield ""


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


def commands(group: click.Command) -> str:
    head = ["# The command line", "", "Made by `python docs/generate.py` from `--help`.", ""]
    return "\n".join([*head, *_helps(group, "quotes", None)]).rstrip() + "\n"


def _helps(command: click.Command, name: str, parent: click.Context | None) -> Iterator[str]:
    settings = {**command.context_settings, "terminal_width": WIDTH, "max_content_width": WIDTH}
    context = click.Context(command, info_name=name, parent=parent, **settings)
    yield from [f"## {context.command_path}", "", "```text", command.get_help(context), "```", ""]
    for inner in command.list_commands(context) if isinstance(command, click.Group) else []:
        found = command.get_command(context, inner) if isinstance(command, click.Group) else None
        if found and not found.hidden:
            yield from _helps(found, inner, context)


def stale() -> list[Path]:
    return [path for path, page in pages().items() if not path.exists() or path.read_text(encoding="utf-8") != page]


def main() -> int:
    if "--check" in sys.argv[1:]:
        found = stale()
        for path in found:
            sys.stderr.write(f"docs/{path.name} no longer says what the program does: run `python docs/generate.py`\n")
        return 1 if found else 0
    for path, page in pages().items():
        path.write_text(page, encoding="utf-8")
    readme = ROOT / "README.md"
    readme.write_text(with_record(readme.read_text(encoding="utf-8")), encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
