"""Runs an emulator's application on one port of this machine until it is told to end."""

import logging
import signal
import sys

import uvicorn
from starlette.types import ASGIApp

from localcloud.emulation.connections import HOST, TrackedProtocol, listener

SHUTDOWN_PATIENCE_SECONDS = 5
# Longer than clients keep a connection: else one might send a request just as the server closes.
KEEP_ALIVE_SECONDS = 120


class StartError(Exception):
    """Why an emulator cannot start, in a sentence."""


def log_to_stdout() -> None:
    logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stdout)
    logging.getLogger("httpx").setLevel(logging.WARNING)


def serve(app: ASGIApp, port: int) -> None:
    """Answers until SIGTERM or SIGINT. Raises ``StartError`` for a port that cannot be had."""
    try:
        listening = listener(port)
    except (OSError, OverflowError) as error:
        raise StartError(f"Port {port} on {HOST} cannot be used: {error}. Choose another with `--port`.") from None
    # uvicorn raises the signal again once it has ended well: then it is no reason to die.
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
            timeout_graceful_shutdown=SHUTDOWN_PATIENCE_SECONDS,
        )
    ).run(sockets=[listening])
