"""Who is speaking: mentions → names, kinds, roles."""

from quotes.speakers.resolve import resolve
from quotes.speakers.rules import NAME_RULES

__all__ = ["NAME_RULES", "resolve"]
