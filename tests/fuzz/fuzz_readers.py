"""Looks for a file that breaks a reader. See README.md beside this file."""

import sys

import atheris

with atheris.instrument_imports(include=["quotes", "docx", "pypdf", "trafilatura"]):
    import targets

atheris.Setup(sys.argv, targets.readers)
atheris.Fuzz()
