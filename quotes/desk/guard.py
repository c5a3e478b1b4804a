"""Which requests are answered: those of the desk's own page, in a browser on this machine.

A page of another site can send requests to a port of this machine, and can be reached under a name that suddenly means
this machine (DNS rebinding). So each request must name the desk's address as its host, must not come from another
origin, and must know the token, which stands in the address that the desk prints and nowhere else.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from secrets import compare_digest

__all__ = ["HEADERS", "Guard"]

HEADERS = {
    "Cache-Control": "no-store",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
"""What each answer has: it is not stored, framed, guessed at or shared."""


@dataclass(frozen=True, slots=True)
class Guard:
    """Knows the desk's address and token."""

    port: int
    token: str

    @property
    def hosts(self) -> frozenset[str]:
        """The names under which the desk answers."""
        return frozenset({f"127.0.0.1:{self.port}", f"localhost:{self.port}"})

    def refusal(self, path: str, headers: Mapping[str, str]) -> tuple[int, str] | None:
        """Why a request is not answered, as a status and a line; None where it is."""
        host, origin = headers.get("host", ""), headers.get("origin")
        if host not in self.hosts:
            return 421, "This is no address of the desk."
        if origin is not None and origin != f"http://{host}":
            return 403, "Another site may not ask the desk."
        if headers.get("sec-fetch-site", "none") not in ("none", "same-origin"):
            return 403, "Another site may not ask the desk."
        given = path.split("/")[1] if path.startswith("/") else ""
        if not compare_digest(given.encode("utf-8", "replace"), self.token.encode("ascii")):
            return 404, "Open the address that the desk printed when it started."
        return None
