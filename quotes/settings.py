"""Options that are always the same in a folder: `quotes.toml` there, or `[tool.quotes]` in its `pyproject.toml`.

    [extract]
    type = "all"
    people = "people.csv"

A table for each command, its options by their long names without the dashes. The command line overrides them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import click

__all__ = ["find_settings", "read_settings"]

# A spaCy pipeline is a program: a folder that somebody else has made must not say which one runs.
REFUSED = {"model": "a pipeline is a program: name it on the command line"}


def find_settings(folder: Path) -> Path | None:
    """The file that holds the folder's options, if there is one."""
    if (own := folder / "quotes.toml").is_file():
        return own
    project = folder / "pyproject.toml"
    return project if project.is_file() and _tables(project) is not None else None


def read_settings(file: Path, group: click.Group) -> dict[str, dict[str, Any]]:
    """What the file says, as click's `default_map`. Raises UsageError where it names what there is not."""
    tables = _tables(file)
    return {name: dict(_options(file, name, table, group)) for name, table in (tables or {}).items()}


def _tables(file: Path) -> Mapping[str, Any] | None:
    import tomllib  # most folders have no options

    try:
        found = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise click.UsageError(f"{file.name} cannot be read: {error}") from error
    return found if file.name == "quotes.toml" else found.get("tool", {}).get("quotes")


def _options(file: Path, name: str, table: Any, group: click.Group) -> Iterator[tuple[str, Any]]:
    command = group.commands.get(name)
    if command is None or not isinstance(table, Mapping):
        raise click.UsageError(f"{file.name}: [{name}] is no command; there are {', '.join(sorted(group.commands))}")
    known = {option.removeprefix("--"): one for one in command.params for option in one.opts if option[:2] == "--"}
    for option, value in table.items():
        if option in REFUSED or option not in known:
            why = REFUSED.get(option, f"no option of {name}; there are {', '.join(sorted(known.keys() - REFUSED))}")
            raise click.UsageError(f"{file.name}: {option!r} in [{name}]: {why}")
        yield str(known[option].name), value
