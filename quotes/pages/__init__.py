"""What pages share: the head of the HTML, colours, a policy that lets their own style and script work alone, and texts
in which nothing commands."""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from importlib.resources import files
from typing import Any

import regex
from jinja2 import Environment, FunctionLoader, StrictUndefined, Template

__all__ = ["policy", "read_page", "style", "template", "visible", "web_address"]

# What no page may hold, or what would turn the direction of the text around it.
_HIDDEN = regex.compile(r"[\x00-\x08\x0b\x0e-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")
_WEB = regex.compile(r"https?://[^/\s]", flags=regex.IGNORECASE)
_FLAG = str.maketrans("_", " ")


def visible(value: Any) -> Any:
    """`value`; in a text, characters that cannot be seen and command what can stand by their number: [U+202E]."""
    if not isinstance(value, str) or hasattr(value, "__html__"):  # has been through it
        return value
    return _HIDDEN.sub(lambda found: f"[U+{ord(found[0]):04X}]", value)


def web_address(url: str | None) -> str | None:
    """The address where it is one of the web, which a page may link to."""
    return url if _WEB.match(url or "") else None


def policy(css: str, js: str = "", more: str = "") -> str:
    """The page's Content-Security-Policy: its own style and script, told by their hash, and what `more` adds."""
    scripts = f"script-src {_source(js)}; " if js else ""
    return f"default-src 'none'; style-src {_source(css)}; {scripts}{more}base-uri 'none'; form-action 'none'"


def _source(content: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(content.encode('utf-8')).digest()).decode('ascii')}'"


def style(package: str, name: str) -> str:
    """A page's style: the colours of all pages, and its own file."""
    return read_page("quotes.pages", "colours.css") + read_page(package, name)


@cache
def read_page(package: str, name: str) -> str:
    """A file of a package, as text."""
    return (files(package) / name).read_text(encoding="utf-8")


@cache
def template(package: str, name: str) -> Template:
    """A page's template. It may import "head.html"; all that it puts in is escaped, and visible."""
    environment = Environment(
        autoescape=True,
        undefined=StrictUndefined,
        finalize=visible,
        trim_blocks=True,
        lstrip_blocks=True,
        loader=FunctionLoader(lambda part: read_page("quotes.pages", part)),
    )
    environment.filters["flag"] = lambda flag: flag.translate(_FLAG)
    return environment.from_string(read_page(package, name))
