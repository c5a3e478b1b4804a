"""A port of this machine alone, a token, and a server for as long as it is wanted."""

from __future__ import annotations

import socket
from collections.abc import Callable, Sequence
from secrets import token_urlsafe

from quotes.desk.app import app
from quotes.desk.guard import Guard
from quotes.desk.reading import Desk
from quotes.extras import DESK
from quotes.reading import ReadOptions

__all__ = ["serve"]

LOOPBACK = "127.0.0.1"
DEFAULTS = ReadOptions()


def serve(paths: Sequence[str], on_open: Callable[[str], None], options: ReadOptions = DEFAULTS) -> None:
    """Open a desk until it is stopped (Ctrl-C). `on_open` gets its address, with the token that it answers to.

    The articles in `paths` are read first; `options` say how these, and all others, are read. Raises MissingExtraError.
    """
    uvicorn = DESK.require("uvicorn")
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM) as listening:
        listening.bind((LOOPBACK, 0))
        port = int(listening.getsockname()[1])
        guard, desk = Guard(port, token_urlsafe(24)), Desk(options)
        application = app(guard, desk)
        if paths:
            desk.take_files(paths, ", ".join(paths))
        config = uvicorn.Config(
            application,
            log_level="error",
            access_log=False,  # its lines would hold the token
            server_header=False,
            limit_concurrency=32,
            timeout_keep_alive=5,
        )
        listening.listen()
        on_open(f"http://{LOOPBACK}:{port}/{guard.token}/")
        uvicorn.Server(config).run(sockets=[listening])
