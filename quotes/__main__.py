"""The program `quotes`, also as `python -m quotes`: Ctrl-C is told in one line, even while it is being loaded."""

from __future__ import annotations

import sys

__all__ = ["start"]


def start() -> None:
    """Load the command line and run it."""
    try:
        from quotes.cli import main

        main(prog_name="quotes")
    except KeyboardInterrupt:
        sys.stderr.write("quotes: interrupted\n")
        sys.exit(130)


if __name__ == "__main__":
    start()
