"""Starts an emulator: `python -m localcloud.cloudflare --port N --store FILE --public-port N [--runtime URL] ...`.

Secrets come by the environment: `LOCALCLOUD_API_TOKEN`, the only token that is taken, and `LOCALCLOUD_RUNTIME_TOKEN`
for the runtime's control API. Without `--runtime` scripts are stored and not run. Ends on SIGTERM.
"""

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from localcloud.cloudflare.app import create_app
from localcloud.cloudflare.authorization import TOKEN
from localcloud.cloudflare.cloud import Cloud
from localcloud.cloudflare.runtime import HttpRuntime, MemoryRuntime, Runtime
from localcloud.cloudflare.settings import Plan, Settings
from localcloud.emulation.serving import StartError, log_to_stdout, serve
from localcloud.emulation.store import Store, StoreError

WRONG_USE = 2


def main(arguments: Sequence[str]) -> int:
    """Runs until it is told to end; the exit code."""
    options = _parser().parse_args(arguments)
    log_to_stdout()
    try:
        serve(create_app(_cloud(options)), options.port)
    except (StartError, StoreError) as error:
        print(f"localcloud.cloudflare: {error}", file=sys.stderr)  # noqa: T201
        return WRONG_USE
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


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
