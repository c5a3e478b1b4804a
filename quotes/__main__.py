"""The program `quotes`, also as `python -m quotes`: Ctrl-C is told in one line, even while it is being loaded."""

from __future__ import annotations

import sys

__all__ = ["start"]


def start() -> None:
    """Load the command line and run it."""
    try:
        from quotes.cli import main

        main(prog_name="quotes")
    except (KeyboardInterrupt, Exception) as error:
        if not _is_interrupted(error):
            raise
        sys.stderr.write("quotes: interrupted\n")
        sys.exit(130)


def _is_interrupted(error: BaseException | None) -> bool:
    """Whether Ctrl-C is behind an error: a library that is loading then may make another one of it."""
    while error and not isinstance(error, KeyboardInterrupt):
        error = error.__cause__ or error.__context__
    return error is not None


if __name__ == "__main__":
    start()
