"""The desk's routes, each below the token: the page, articles to read, what was read."""

from __future__ import annotations

import json
from typing import Any
from urllib.parse import quote, unquote

from quotes.desk.guard import HEADERS, Guard
from quotes.desk.reading import Desk, Read
from quotes.extras import DESK
from quotes.pages import policy, read_page, style, template

__all__ = ["MOST_BYTES", "app"]

MOST_BYTES = 20 * 2**20
"""Bytes of one upload."""
_STRICT = "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"


def app(guard: Guard, desk: Desk) -> Any:
    """The ASGI application. Raises MissingExtraError."""
    routing, applications = DESK.require("starlette.routing"), DESK.require("starlette.applications")
    routes = _Routes(desk)
    below = f"/{guard.token}"
    route = routing.Route
    inner = applications.Starlette(
        routes=[
            route(f"{below}/", routes.index, methods=["GET"]),
            route(f"{below}/articles", routes.articles, methods=["POST"]),
            route(f"{below}/articles", routes.listed, methods=["GET"]),
            route(f"{below}/page/{{id}}", routes.page, methods=["GET"]),
            route(f"{below}/records/{{id}}", routes.records, methods=["GET"]),
        ]
    )
    return _guarded(guard, inner)


def _guarded(guard: Guard, inner: Any) -> Any:
    """Answers only what the guard lets in, before anything of a request's body is read."""
    responses = DESK.require("starlette.responses")

    async def answer(scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            if scope["type"] == "lifespan":
                await inner(scope, receive, send)
            return  # no websockets
        headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
        refusal = guard.refusal(scope["path"], headers)
        if refusal:
            status, line = refusal
            await responses.PlainTextResponse(line, status, headers=HEADERS)(scope, receive, send)
        else:
            await inner(scope, receive, send)

    return answer


class _Routes:
    """What the routes do."""

    def __init__(self, desk: Desk):
        self._desk = desk
        self._responses = DESK.require("starlette.responses")
        self._threads = DESK.require("starlette.concurrency")

    async def index(self, request: Any) -> Any:
        """The page on which articles are dropped."""
        css, js = style("quotes.desk", "desk.css"), read_page("quotes.desk", "desk.js")
        html = template("quotes.desk", "desk.html").render(
            css=css, js=js, policy=policy(css, js, "connect-src 'self'; ")
        )
        return self._html(html, policy(css, js, "connect-src 'self'; frame-ancestors 'none'; "))

    async def articles(self, request: Any) -> Any:
        """Reads one article: the body is its bytes, the header X-Name its file's name, percent-encoded."""
        data = await _body(request)
        if data is None:
            return self._json({"error": f"is too large (over {MOST_BYTES:,} bytes)"}, 413)
        name = unquote(request.headers.get("x-name", ""))
        id, read = await self._threads.run_in_threadpool(self._desk.take, name, data)
        return self._json(_told(id, read))

    async def listed(self, request: Any) -> Any:
        """What is kept."""
        return self._json([_told(id, read) for id, read in self._desk.all()])

    async def page(self, request: Any) -> Any:
        """The page for reviewing, whose own policy lets its script and style work."""
        read = self._desk.get(request.path_params["id"])
        return self._html(read.page, _STRICT) if read else self._gone()

    async def records(self, request: Any) -> Any:
        """The records, to download."""
        read = self._desk.get(request.path_params["id"])
        if not read:
            return self._gone()
        name = quote(f"{read.name}.quotes.jsonl", safe="")
        headers = {**HEADERS, "Content-Disposition": f"attachment; filename*=UTF-8''{name}"}
        return self._responses.Response(read.records, media_type="application/x-ndjson", headers=headers)

    def _html(self, html: str, policy: str) -> Any:
        content = html.encode("utf-8", "replace")
        return self._responses.HTMLResponse(content, headers={**HEADERS, "Content-Security-Policy": policy})

    def _json(self, value: Any, status: int = 200) -> Any:
        content = json.dumps(value).encode("ascii")
        return self._responses.Response(content, status, media_type="application/json", headers=HEADERS)

    def _gone(self) -> Any:
        return self._responses.PlainTextResponse("This is not kept any more: read it again.", 404, headers=HEADERS)


async def _body(request: Any) -> bytes | None:
    """The body; None where it is, or says it is, longer than may be: no more of it is read then."""
    told = request.headers.get("content-length", "")
    if told.isdigit() and int(told) > MOST_BYTES:
        return None
    parts, size = [], 0
    async for part in request.stream():
        size += len(part)
        if size > MOST_BYTES:
            return None
        parts.append(part)
    return b"".join(parts)


def _told(id: str, read: Read) -> dict[str, Any]:
    return {"id": id, "name": read.name, "count": read.count, "problems": list(read.problems)}
