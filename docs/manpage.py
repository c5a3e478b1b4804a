"""The command line's help as a manual page, in the words of roff's `man` macros."""

from __future__ import annotations

from collections.abc import Iterator

import click

__all__ = ["manual"]

SECTIONS = (
    ("ENVIRONMENT", (("QUOTES_QUIET", "Any value is as --quiet."), ("NO_COLOR", "No colours in the listing."))),
    (
        "FILES",
        (
            ("quotes.toml", "Options that are always the same in a folder, a table for each command."),
            ("pyproject.toml", "The same, in [tool.quotes]."),
        ),
    ),
    (
        "EXIT STATUS",
        (
            ("0", "All is done; that no quotation was found is done."),
            ("1", "Something failed: standard error says what, all else is written."),
            ("2", "A mistake on the command line."),
            ("130", "Stopped by Ctrl-C (143, 129: by SIGTERM, SIGHUP)."),
        ),
    ),
)


def manual(group: click.Group, version: str) -> str:
    """The page of `group`, its commands and their options."""
    context = click.Context(group, info_name="quotes")
    lines = [f'.TH QUOTES 1 "" "quotes {version}" "User Commands"', ".SH NAME", f"quotes \\- {_escaped(_first(group))}"]
    lines += [".SH SYNOPSIS", ".B quotes", "COMMAND [OPTION]... [ARGUMENT]...", ".SH DESCRIPTION", *_paragraphs(group)]
    for name in group.list_commands(context):
        if not (command := group.commands[name]).hidden:
            lines += _command(command, click.Context(command, info_name=name, parent=context))
    for title, entries in SECTIONS:
        lines += [f".SH {title}", *(line for entry in entries for line in _entry(*entry))]
    return "\n".join(lines) + "\n"


def _command(command: click.Command, context: click.Context) -> Iterator[str]:
    yield f".SH {context.command_path.upper()}"
    yield f".B {_escaped(context.command_path)}"
    yield _escaped(" ".join(command.collect_usage_pieces(context)))
    yield ".PP"
    yield from _paragraphs(command)
    for parameter in command.get_params(context):
        # An argument has no help of its own: the text above tells of it. Some versions of click give an empty one.
        record = parameter.get_help_record(context) if isinstance(parameter, click.Option) else None
        if record is not None:
            yield from _entry(*record)


def _entry(term: str, what: str) -> Iterator[str]:
    yield from (".TP", f".B {_escaped(term)}", _escaped(" ".join(what.split())))


def _paragraphs(command: click.Command) -> Iterator[str]:
    for number, paragraph in enumerate((command.help or "").strip().split("\n\n")):
        yield from ([".PP"] if number else [])
        yield _escaped(" ".join(paragraph.split()))


def _first(command: click.Command) -> str:
    return " ".join((command.help or "").strip().split("\n\n")[0].split()).rstrip(".")


def _escaped(text: str) -> str:
    """Nothing in a text is a command of roff, and a hyphen is one that can be searched for."""
    text = text.replace("\\", "\\e").replace("-", "\\-").replace("…", "...")
    return f"\\&{text}" if text.startswith((".", "'")) else text
