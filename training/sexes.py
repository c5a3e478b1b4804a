"""Make the table of given names with the share of women among those who bear them.

Source: the package nomquamgender 0.1.4 (MIT), which joins 36 published sources: birth registers and censuses of the
English-speaking and many other countries. `pip install nomquamgender==0.1.4`, then `python -m training.sexes`.
"""

from __future__ import annotations

import importlib.resources
import json
from pathlib import Path

import regex

TABLE = Path(__file__).parents[1] / "quotes" / "speakers" / "lexicon" / "given_names.txt"
LEAST_SOURCES, LEAST_BEARERS = 5, 200
HEAD = """\
# Given names in lower case without accents, the share of women among those who bear them in per cent, and how many
# bear them (digits of their number). From nomquamgender 0.1.4 (MIT; Van Buskirk, Clauset and Larremore 2022), which
# joins 36 published birth registers, censuses and lists of many countries. Made by training/sexes.py.
"""
_NAME = regex.compile(r"[a-z]{2,14}")


def main() -> None:
    """Write the table."""
    source = importlib.resources.files("nomquamgender").joinpath("name_data.json")
    table = json.loads(source.read_text(encoding="utf-8"))
    lines = [
        f"{name} {round(100 * share)} {len(str(int(bearers)))}\n"
        for name, (sources, bearers, share, _) in sorted(table.items())
        if _NAME.fullmatch(name) and sources >= LEAST_SOURCES and bearers >= LEAST_BEARERS
    ]
    TABLE.write_text(HEAD + "".join(lines), encoding="utf-8")


if __name__ == "__main__":
    main()
