"""Options of the command line that several commands share, and a help text that shows them apart."""

from __future__ import annotations

import sys
from collections.abc import Callable, Sequence
from difflib import get_close_matches
from functools import wraps
from pathlib import Path
from typing import Any, Final

import click

__all__ = ["READING", "Commands", "Grouped", "bounding_options", "keeping_options", "output_option", "reading_options"]

NUMBER = click.IntRange(min=1)

# Field of `quotes.reading.ReadOptions` → option, what it takes, type, help. The defaults stand there.
READING: Final[dict[str, tuple[str, str, click.IntRange | None, str]]] = {
    "format": ("--input-format", "NAME", None, "Read every file as this (txt, jsonl.gz …), whatever its name says."),
    "text_field": ("--text-field", "NAME", None, "The column of a table that holds the text.  [default: text]"),
    "id_field": ("--id-field", "NAME", None, "… the article's id.  [default: id]"),
    "title_field": ("--title-field", "NAME", None, "… its title.  [default: title]"),
    "author_field": ("--author-field", "NAME", None, "… its author.  [default: author]"),
    "published_field": ("--published-field", "NAME", None, "… its date.  [default: date]"),
    "url_field": ("--url-field", "NAME", None, "… its address.  [default: url]"),
    "max_bytes": ("--max-bytes", "N", NUMBER, "Leave out a longer article, line, PDF.  [default: 104857600]"),
    "max_page_bytes": ("--max-page-bytes", "N", NUMBER, "… web page.  [default: 10485760]"),
    "max_page_elements": ("--max-page-elements", "N", NUMBER, "… of more elements.  [default: 50000]"),
    "max_seconds": (
        "--max-seconds",
        "N",
        click.IntRange(min=0),
        "… that takes longer to read.  [default: 120; 0: no bound]",
    ),
    "max_wait": (
        "--max-wait",
        "N",
        click.IntRange(min=0),
        "Give up a pipe silent for so long.  [default: 600; 0: no bound]",
    ),
    "max_expanded_bytes": (
        "--max-expanded-bytes",
        "N",
        NUMBER,
        "Stop where a compressed file unfolds to more, or a pipe gives more.  [default: 68719476736]",
    ),
    "max_kept_bytes": (
        "--max-kept-bytes",
        "N",
        NUMBER,
        "Stop where more records are to be kept in memory.  [default: 536870912]",
    ),
}
_PREFIX = "reading_"
# What stands there is added to: a shell may have put a file there that holds more.
_STANDARD_OUTPUT = frozenset({"-", "/dev/stdout", "/dev/fd/1", "/proc/self/fd/1"})


def output_option(command: Callable[..., None]) -> Callable[..., None]:
    """Adds -o: the command gets `output`, a path, or None for standard output."""
    add = click.option(
        "-o",
        "--output",
        type=click.Path(path_type=Path),
        metavar="FILE",
        callback=_output,
        help="Write here, once all is done; - is standard output.",
    )
    return add(command)


def _output(_: click.Context, __: click.Parameter, value: Path | None) -> Path | None:
    return None if str(value) in _STANDARD_OUTPUT else value


def reading_options(command: Callable[..., None]) -> Callable[..., None]:
    """Adds the options of `READING` for articles. The command gets those that were given as `reading`, a dict for
    ReadOptions."""
    return _with_options(command, tuple(name for name in READING if name != "max_kept_bytes"))


def keeping_options(command: Callable[..., None]) -> Callable[..., None]:
    """Adds all of them, as `reading_options` does, for a command that keeps records."""
    return _with_options(command, tuple(READING))


def bounding_options(*more: str) -> Callable[[Callable[..., None]], Callable[..., None]]:
    """Adds those of them that bound a file which is no article, as `reading_options` does, and `more` of them."""
    return lambda command: _with_options(command, ("max_bytes", "max_wait", "max_expanded_bytes", *more))


def _with_options(command: Callable[..., None], names: Sequence[str]) -> Callable[..., None]:
    @wraps(command)
    def with_reading(**arguments: Any) -> None:
        given = {name: arguments.pop(_PREFIX + name) for name in names}
        command(**arguments, reading={name: value for name, value in given.items() if value is not None})

    add: Callable[..., None] = with_reading
    for name in reversed(names):
        option, metavar, type, help = READING[name]
        check = _known_format if name == "format" else None
        add = click.option(option, _PREFIX + name, metavar=metavar, type=type, help=help, callback=check)(add)
    return add


def _known_format(_: click.Context, __: click.Parameter, value: str | None) -> str | None:
    if value is not None:
        from quotes.reading import FORMATS, is_known

        if not is_known(value):
            raise click.BadParameter(f"{value!r} is not read; choose from {', '.join(FORMATS)} (also with .gz, .zst)")
    return value


class Commands(click.Group):
    """Commands whose summaries in the help are whole, and that are suggested where one is mistyped; Ctrl-C is told."""

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command; what it does not take for itself of Ctrl-C ends it here."""
        try:
            return super().invoke(ctx)
        except KeyboardInterrupt:
            click.echo("quotes: interrupted", err=True)
            sys.exit(130)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The first paragraph of each one's help, on as many lines as it takes."""
        shown = [(name, self.commands[name]) for name in self.list_commands(ctx) if not self.commands[name].hidden]
        with formatter.section("Commands"):
            formatter.write_dl([(name, command.get_short_help_str(limit=1000)) for name, command in shown])

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """As click does; what is not there is told with what is near to it, as later versions of click do."""
        try:
            return super().resolve_command(ctx, args)
        except click.UsageError as error:
            near = get_close_matches(args[0], self.list_commands(ctx))
            if not near or "Did you mean" in error.message:
                raise
            raise click.UsageError(f"{error.message} Did you mean {near[0]!r}?", ctx) from error


class Grouped(click.Command):
    """A command whose help lists the options of `READING` under a heading of their own."""

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the options, then those for reading."""
        groups: dict[str, list[tuple[str, str]]] = {"Options": [], "Reading": []}
        for parameter in self.get_params(ctx):
            record = parameter.get_help_record(ctx) if isinstance(parameter, click.Option) else None
            if record is not None:
                groups["Reading" if (parameter.name or "").startswith(_PREFIX) else "Options"].append(record)
        for heading, records in groups.items():
            if records:
                with formatter.section(heading):
                    formatter.write_dl(records)
