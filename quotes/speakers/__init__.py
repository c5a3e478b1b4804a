"""Who is speaking: mentions → names, kinds, roles."""

from quotes.speakers.resolve import resolve

__all__ = ["resolve"]
