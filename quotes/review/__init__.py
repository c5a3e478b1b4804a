"""Records → one page on which a person judges them, and the decisions made there → reviewed records."""

from quotes.review.articles import by_article
from quotes.review.decisions import Decision, Outcome, apply_decisions, read_decisions
from quotes.review.page import Page

__all__ = ["Decision", "Outcome", "Page", "apply_decisions", "by_article", "read_decisions"]
