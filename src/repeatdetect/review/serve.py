"""Serve the page to one browser of this machine until somebody ends it."""

from __future__ import annotations

import contextlib
import socket
import webbrowser
from collections.abc import Callable

import uvicorn

from repeatdetect.errors import InputError
from repeatdetect.review.picture import Desk
from repeatdetect.review.server import Gate, application
from repeatdetect.review.session import Session

LOOPBACK = "127.0.0.1"


def serve(
    session: Session, desk: Desk, *, masked: bool, port: int, browser: bool, opened: Callable[[str], None]
) -> None:
    """Serve until interrupted (Ctrl-C).

    Parameters
    ----------
    session : Session
    desk : Desk
    masked : bool
    port : int
        0 for any that is free.
    browser : bool
        Whether to open the page in this machine's browser.
    opened : callable
        Told the address, which opens the page once.

    Raises
    ------
    InputError
        When the port is taken.
    """
    with socket.socket() as listening:
        try:
            listening.bind((LOOPBACK, port))
        except OSError as error:
            raise InputError("E242", "端口不可用", place=str(port), hint="请换一个 --port，或不指定。") from error
        gate = Gate(f"{LOOPBACK}:{listening.getsockname()[1]}")
        config = uvicorn.Config(
            application(session, desk, gate, masked=masked), access_log=False, log_level="error", lifespan="off",
            server_header=False, timeout_graceful_shutdown=2,
        )  # fmt: skip
        listening.listen()  # from here on the address answers, be it a moment late
        address = f"{gate.origin}/?token={gate.token}"
        opened(address)
        if browser:
            webbrowser.open(address)
        with contextlib.suppress(KeyboardInterrupt):
            uvicorn.Server(config).run(sockets=[listening])
