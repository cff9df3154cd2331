"""Starts an emulator: `python -m localcloud.cloudflare --port N --store FILE --public-port N [--runtime URL] ...`.

Secrets come by the environment: `LOCALCLOUD_API_TOKEN`, the only token that is taken, and `LOCALCLOUD_RUNTIME_TOKEN`
for the runtime's control API. Without `--runtime` scripts are stored and not run. Ends on SIGTERM.
"""

import argparse
import logging
import os
import signal
import sys
from collections.abc import Sequence
from pathlib import Path

import uvicorn

from localcloud.cloudflare.app import create_app
from localcloud.cloudflare.authorization import TOKEN
from localcloud.cloudflare.cloud import Cloud
from localcloud.cloudflare.connections import HOST, TrackedProtocol, listener
from localcloud.cloudflare.runtime import HttpRuntime, MemoryRuntime, Runtime
from localcloud.cloudflare.settings import Plan, Settings
from localcloud.cloudflare.store import Store, StoreError

WRONG_USE = 2
SHUTDOWN_PATIENCE_SECONDS = 5
# Longer than clients keep a connection: else one might send a request just as the server closes.
KEEP_ALIVE_SECONDS = 120


class StartError(Exception):
    """Why the emulator cannot start, in a sentence."""


def main(arguments: Sequence[str]) -> int:
    """Runs until it is told to end; the exit code."""
    options = _parser().parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(message)s", stream=sys.stdout)
    logging.getLogger("httpx").setLevel(logging.WARNING)
    try:
        app = create_app(_cloud(options))
        listening = listener(options.port)
    except (StartError, StoreError) as error:
        return _refuse(str(error))
    except (OSError, OverflowError) as error:
        return _refuse(f"Port {options.port} on {HOST} cannot be used: {error}. Choose another with `--port`.")
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
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m localcloud.cloudflare", description="A stand-in for Cloudflare's API."
    )
    parser.add_argument("--port", type=int, required=True, help="where it answers, on 127.0.0.1")
    parser.add_argument("--store", type=Path, required=True, help="the file that keeps its state")
    parser.add_argument("--public-port", type=int, required=True, help="where the Workers answer")
    parser.add_argument("--runtime", help="control API of what runs the Workers, http://127.0.0.1:PORT")
    parser.add_argument("--plan", type=Plan, choices=list(Plan), default=Plan.PAID, help="whose limits hold (paid)")
    parser.add_argument("--allow-loopback-origins", action="store_true", help="take databases on this machine")
    parser.add_argument("--keep-undeclared-secrets", action="store_true", help="uploads leave secrets they do not list")
    parser.add_argument("--connect-timeout", type=float, default=15.0, metavar="SECONDS", help="for a database (15)")
    parser.add_argument("--zone", action="append", default=[], metavar="NAME", help="one more zone that is listed")
    return parser


def _cloud(options: argparse.Namespace) -> Cloud:
    settings = Settings(
        store=options.store,
        api_token=_api_token(),
        plan=options.plan,
        public_port=options.public_port,
        allow_loopback_origins=options.allow_loopback_origins,
        keep_undeclared_secrets=options.keep_undeclared_secrets,
        connect_timeout_seconds=options.connect_timeout,
        zones=(*Settings.zones, *options.zone),
    )
    return Cloud(settings, Store.open(settings.store), _runtime(options.runtime))


def _api_token() -> str:
    token = os.environ.get("LOCALCLOUD_API_TOKEN", "")
    if not TOKEN.fullmatch(token):
        raise StartError(
            "LOCALCLOUD_API_TOKEN is not set to 40 to 80 characters of [0-9A-Za-z_-], the form that Cloudflare's "
            "clients insist on. Set it to a token of that form."
        )
    return token


def _runtime(url: str | None) -> Runtime:
    if url is None:
        return MemoryRuntime()
    token = os.environ.get("LOCALCLOUD_RUNTIME_TOKEN", "")
    if not token:
        raise StartError("LOCALCLOUD_RUNTIME_TOKEN is not set; the runtime at `--runtime` wants it.")
    return HttpRuntime(url, token)


def _refuse(sentence: str) -> int:
    print(f"localcloud.cloudflare: {sentence}", file=sys.stderr)  # noqa: T201
    return WRONG_USE


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
