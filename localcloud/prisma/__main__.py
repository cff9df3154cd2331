"""Starts the emulator: `python -m localcloud.prisma --port N --store FILE --certificate FILE --key FILE ...`.

Secrets are environment variables: `LOCALCLOUD_PRISMA_KEY` is the only service token that the emulator accepts, and
`LOCALCLOUD_POSTGRES_ADMIN_URL` is for a superuser of the Postgres server. The process ends on SIGTERM.
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
    """Runs until SIGTERM. Returns the exit code."""
    options = _parser().parse_args(arguments)
    log_to_stdout()
    try:
        workspace = _workspace(options)
        workspace.check_ports()
        serve(create_app(workspace), options.port)
    except (StartError, StoreError) as error:
        print(f"localcloud.prisma: {error}", file=sys.stderr)  # noqa: T201
        return WRONG_USE
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m localcloud.prisma",
        description="Emulates Prisma's management API. Its databases are on a Postgres server of this machine.",
        epilog=f"Environment variables: {TOKEN} is the service token that clients send. {ADMIN_URL} is the URL "
        "postgres://USER:PASSWORD@HOST:PORT/postgres of a superuser of the server.",
    )
    parser.add_argument("--port", type=int, required=True, help="port of the API on 127.0.0.1")
    parser.add_argument("--store", type=Path, required=True, help="file for the state")
    parser.add_argument("--certificate", type=Path, required=True, help="certificate of the Postgres server, PEM")
    parser.add_argument("--key", type=Path, required=True, help="private key of the certificate, PEM")
    parser.add_argument(
        "--databases-port", type=int, metavar="N", help="port that routes each login to the database of the user"
    )
    parser.add_argument(
        "--plan",
        type=Plan,
        choices=list(Plan),
        default=Plan.FREE,
        help="plan with its connection limits (default: free)",
    )
    parser.add_argument(
        "--reads-until-ready",
        type=_number,
        default=2,
        metavar="N",
        help="number of reads until a new database is ready (default: 2)",
    )
    parser.add_argument(
        "--reads-until-revoked",
        type=_number,
        default=1,
        metavar="N",
        help="number of reads until rotated credentials are revoked (default: 1)",
    )
    parser.add_argument("--max-databases", type=_number, metavar="N", help="limit of the plan (default: none)")
    return parser


def _number(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"`{text}` must be an integer of at least 0")
    return int(text)


def _workspace(options: argparse.Namespace) -> Workspace:
    settings = Settings(
        store=options.store,
        service_token=_required_variable(TOKEN),
        plan=options.plan,
        reads_until_ready=options.reads_until_ready,
        reads_until_revoked=options.reads_until_revoked,
        databases_port=options.databases_port,
        max_databases=options.max_databases,
    )
    server = LocalServer(_required_variable(ADMIN_URL))
    try:
        proxy = PostgresProxy(server.address, options.certificate, options.key)
    except OSError as error:  # ssl.SSLError is one
        raise StartError(
            f"`{options.certificate}` and `{options.key}` must be a certificate and its private key: {error}."
        ) from None
    return Workspace(settings, Store.open(settings.store), server, proxy)


def _required_variable(variable: str) -> str:
    value = os.environ.get(variable, "")
    if not value:
        raise StartError(f"{variable} is required. See `python -m localcloud.prisma --help`.")
    return value


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
