"""What the network says, by number: the order of its outputs, which training and decoding share."""

from __future__ import annotations

__all__ = ["CUE", "OUTSIDE", "PARTS", "REASONS", "TAGS"]

TAGS = (
    "outside",
    "B-source",
    "I-source",
    "B-content",
    "I-content",
    "cue",
    "B-addressee",
    "I-addressee",
    "B-via",
    "I-via",
)
"""What a word is to an anchor: each part but the cue has a tag for its first word and one for the others."""
OUTSIDE, CUE = TAGS.index("outside"), TAGS.index("cue")
PARTS = {name: TAGS.index(f"B-{name}") for name in ("source", "content", "addressee", "via")}
"""Each part's name → the tag of its first word; that of the others is the next."""

REASONS = ("said", "title", "scare", "mention", "sign", "hypothetical", "nickname", "name", "emphasis")
"""Why words between marks are nobody's; the first says that they are somebody's."""
