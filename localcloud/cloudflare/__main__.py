"""Starts an emulator: `python -m localcloud.cloudflare --port N --store FILE --public-port N [--runtime URL] ...`.

Secrets come by the environment: `LOCALCLOUD_API_TOKEN`, the only token that is taken, and `LOCALCLOUD_RUNTIME_TOKEN`
for the runtime's control API. Without `--runtime` scripts are stored and not run; without `--pgbouncer` they connect to
databases directly. Ends on SIGTERM.
"""

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from localcloud.account import Account
from localcloud.cloudflare.app import create_app
from localcloud.cloudflare.authorization import TOKEN
from localcloud.cloudflare.cloud import Cloud
from localcloud.cloudflare.runtime import HttpRuntime, MemoryRuntime, Runtime
from localcloud.cloudflare.settings import Plan, Settings, TunnelStatus
from localcloud.emulation.serving import StartError, log_to_stdout, serve
from localcloud.emulation.store import Store, StoreError
from localcloud.errors import LocalCloudError
from localcloud.pooling.pools import NoPooling, Pooling, Pools
from localcloud.pooling.program import Program

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
    parser.add_argument("--pgbouncer", type=Path, help="the program that pools connections to databases")
    parser.add_argument("--pools", type=Path, metavar="FOLDER", help="where it has its settings; is emptied")
    parser.add_argument("--plan", type=Plan, choices=list(Plan), default=Plan.PAID, help="whose limits hold (paid)")
    parser.add_argument("--allow-loopback-origins", action="store_true", help="take databases on this machine")
    parser.add_argument("--trust-private-origins", action="store_true", help="take databases behind tunnels unseen")
    statuses = list(TunnelStatus)
    parser.add_argument(
        "--tunnel-status",
        type=TunnelStatus,
        choices=statuses,
        default=TunnelStatus.INACTIVE,
        help="what tunnels begin with (inactive)",
    )
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
        trust_private_origins=options.trust_private_origins,
        tunnel_status=options.tunnel_status,
        keep_undeclared_secrets=options.keep_undeclared_secrets,
        connect_timeout_seconds=options.connect_timeout,
        zones=(*Settings.zones, *options.zone),
    )
    store, runtime = Store.open(settings.store), _runtime(options.runtime)
    return Cloud(settings, store, runtime, _pooling(options.pgbouncer, options.pools))


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


def _pooling(path: Path | None, folder: Path | None) -> Pooling:
    if path is None:
        return NoPooling()
    program = Program.at(path)
    if program is None or folder is None:
        raise StartError(f"`--pgbouncer` is `{path}`, which does not run, or there is no `--pools` with it.")
    try:
        return Pools(program, folder.absolute(), Account.unprivileged())
    except (LocalCloudError, OSError) as error:
        raise StartError(f"The folder `{folder}` of `--pools` cannot be used: {error}") from None


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
