"""Looks for a text that breaks the stages that need no model. See README.md beside this file."""

import sys

import atheris

with atheris.instrument_imports(include=["quotes"]):
    import targets

atheris.Setup(sys.argv, targets.marks)
atheris.Fuzz()
