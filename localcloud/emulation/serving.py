"""Serves an emulator's application on one port of this machine."""

import logging
import signal
import sys

import uvicorn
from starlette.types import ASGIApp

from localcloud.emulation.connections import HOST, TrackedProtocol, create_listener

SHUTDOWN_TIMEOUT_SECONDS = 5
# Longer than clients keep a connection. Otherwise a client might send a request while the server closes it.
KEEP_ALIVE_SECONDS = 120


class StartError(Exception):
    """An emulator cannot start. The message is for the user at the terminal."""


def log_to_stdout() -> None:
    logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stdout)
    logging.getLogger("httpx").setLevel(logging.WARNING)


def serve(app: ASGIApp, port: int) -> None:
    """Serves requests until SIGTERM or SIGINT. Raises ``StartError`` if the port cannot be used."""
    try:
        listener = create_listener(port)
    except (OSError, OverflowError) as error:
        raise StartError(f"Port {port} on {HOST} cannot be used: {error}. Choose another with `--port`.") from None
    # uvicorn raises the signal again after its shutdown, which would end the process with an error.
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: None)
    uvicorn.Server(
        uvicorn.Config(
            app,
            http=TrackedProtocol,
            log_config=None,
            log_level=logging.WARNING,
            access_log=False,
            timeout_keep_alive=KEEP_ALIVE_SECONDS,
            timeout_graceful_shutdown=SHUTDOWN_TIMEOUT_SECONDS,
        )
    ).run(sockets=[listener])
