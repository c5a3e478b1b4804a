"""Text → paragraphs → paired quotation marks: pure functions, linear in the length of the text, that never raise.

Each look at the marks is simpler for the one before it:

1. one regular expression lists the candidates, and their neighbours say which way each faces (`signs`);
2. double marks of every style are one class, paired paragraph by paragraph with a stack; single marks, most of them
   apostrophes, are paired among those between the same double marks, so that the two classes never cross (`pairs`);
3. what one paragraph leaves open a later one takes up or closes (`quotations`).

Offsets are code points into the text, end-exclusive.
"""

from quotes.marks.layout import paragraphs
from quotes.marks.quotations import find_marks
from quotes.marks.styles import canonical

__all__ = ["canonical", "find_marks", "paragraphs"]
