"""Starts an emulator: `python -m localcloud.prisma --port N --store FILE --certificate FILE --key FILE ...`.

Secrets come by the environment: `LOCALCLOUD_PRISMA_KEY`, the only service token that is taken, and
`LOCALCLOUD_POSTGRES_ADMIN_URL`, a superuser on the Postgres server that has the databases. Ends on SIGTERM.
"""

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from localcloud.emulation.postgres_proxy import PostgresProxy
from localcloud.emulation.server import LocalServer
from localcloud.emulation.serving import StartError, log_to_stdout, serve
from localcloud.emulation.store import Store, StoreError
from localcloud.prisma.app import create_app
from localcloud.prisma.settings import Plan, Settings
from localcloud.prisma.workspace import Workspace

WRONG_USE = 2
TOKEN = "LOCALCLOUD_PRISMA_KEY"  # noqa: S105
ADMIN_URL = "LOCALCLOUD_POSTGRES_ADMIN_URL"


def main(arguments: Sequence[str]) -> int:
    """Runs until it is told to end; the exit code."""
    options = _parser().parse_args(arguments)
    log_to_stdout()
    try:
        workspace = _workspace(options)
        workspace.refuse_taken_ports()
        serve(create_app(workspace), options.port)
    except (StartError, StoreError) as error:
        print(f"localcloud.prisma: {error}", file=sys.stderr)  # noqa: T201
        return WRONG_USE
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m localcloud.prisma",
        description="A stand-in for Prisma's management API. Its databases are on a Postgres server of this machine.",
        epilog=f"By the environment: {TOKEN}, the service token that clients send; {ADMIN_URL}, "
        "postgres://USER:PASSWORD@HOST:PORT/postgres of a superuser on the server.",
    )
    parser.add_argument("--port", type=int, required=True, help="where it answers, on 127.0.0.1")
    parser.add_argument("--store", type=Path, required=True, help="the file that keeps its state")
    parser.add_argument("--certificate", type=Path, required=True, help="the Postgres server's own, PEM")
    parser.add_argument("--key", type=Path, required=True, help="the key of the certificate, PEM")
    parser.add_argument("--databases-port", type=int, metavar="N", help="leads to the database of whoever signs in")
    parser.add_argument(
        "--plan", type=Plan, choices=list(Plan), default=Plan.FREE, help="whose connection limits hold (free)"
    )
    parser.add_argument(
        "--looks-until-ready", type=_number, default=2, metavar="N", help="answers that show a new database first (2)"
    )
    parser.add_argument(
        "--looks-until-revoked", type=_number, default=1, metavar="N", help="looks that rotated credentials outlive (1)"
    )
    parser.add_argument("--most-databases", type=_number, metavar="N", help="the plan's limit (none)")
    return parser


def _number(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"`{text}` is no whole number of 0 or more")
    return int(text)


def _workspace(options: argparse.Namespace) -> Workspace:
    settings = Settings(
        store=options.store,
        service_token=_stated(TOKEN),
        plan=options.plan,
        looks_until_ready=options.looks_until_ready,
        looks_until_revoked=options.looks_until_revoked,
        databases_port=options.databases_port,
        most_databases=options.most_databases,
    )
    server = LocalServer(_stated(ADMIN_URL))
    try:
        proxy = PostgresProxy(server.address, options.certificate, options.key)
    except OSError as error:  # ssl.SSLError is one
        raise StartError(
            f"`{options.certificate}` and `{options.key}` are no certificate and its key: {error}."
        ) from None
    return Workspace(settings, Store.open(settings.store), server, proxy)


def _stated(variable: str) -> str:
    value = os.environ.get(variable, "")
    if not value:
        raise StartError(f"{variable} is not set. `python -m localcloud.prisma --help` tells what it is.")
    return value


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
