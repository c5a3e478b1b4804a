"""Who is speaking: mentions → names, kinds, roles, and the people's table of the wider world."""

from quotes.speakers.resolve import resolve

__all__ = ["resolve"]
