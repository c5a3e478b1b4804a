"""How well quotations were read: gold against predictions, article by article.

Gold and predictions are files of JSON Lines, each of records or of annotated articles. An annotated article is
`{"id", "text", "attributions": [{"source", "cue", "content", "source_head", "name"}], "quoted": [{"start", "end",
"attribution"}]}`: offsets in code points, end-exclusive; `source`, `cue` and `content` are lists of `[start, end]`;
`quoted` lists every span in outermost quotation marks with the index of its attribution, null for nobody's words.

    spans    the quoted spans of gold that were found: intersection over union of at least 0.8, marks at the edges aside
    detect   the same, counting those that have a source in gold against those that were given a speaker
    attrib   the same, and the speaker's mention holds the head word of gold's source, or overlaps half of it
    name     the same as detect, and the speaker's name is gold's, for sources that the article names
    content  all attributions, paired by the words they share: pairs with a Dice coefficient of at least 0.5
    triple   the same, and the speaker's mention is right
    exact    the same as content with a Dice coefficient of 1
"""

from quotes.evaluation.articles import Article, Said, from_gold, from_records, read_articles
from quotes.evaluation.decided import is_reviewed, undecided, without_undecided
from quotes.evaluation.figures import FIGURES, Figure, calibration_error, score, table, to_json, trust
from quotes.evaluation.pairing import Comparison, compare, compare_all, is_source, same_name

__all__ = [
    "FIGURES",
    "Article",
    "Comparison",
    "Figure",
    "Said",
    "calibration_error",
    "compare",
    "compare_all",
    "from_gold",
    "from_records",
    "is_reviewed",
    "is_source",
    "read_articles",
    "same_name",
    "score",
    "table",
    "to_json",
    "trust",
    "undecided",
    "without_undecided",
]
