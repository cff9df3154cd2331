"""Starts the emulator: `python -m localcloud.neon --port N --store FILE --certificate FILE --key FILE ...`.

Secrets are environment variables: `LOCALCLOUD_NEON_KEY` is the only API key that the emulator accepts, and
`LOCALCLOUD_POSTGRES_ADMIN_URL` is for a superuser of the Postgres server. The process ends on SIGTERM.
"""

import argparse
import os
import sys
from collections.abc import Sequence
from pathlib import Path

from edge_postgres.origins.neon.limits import NeonPlan
from localcloud.emulation.postgres_proxy import PostgresProxy
from localcloud.emulation.server import LocalServer
from localcloud.emulation.serving import StartError, log_to_stdout, serve
from localcloud.emulation.store import Store, StoreError
from localcloud.neon.app import create_app
from localcloud.neon.cloud import Neon
from localcloud.neon.settings import Rate, Settings

WRONG_USE = 2
KEY = "LOCALCLOUD_NEON_KEY"
ADMIN_URL = "LOCALCLOUD_POSTGRES_ADMIN_URL"


def main(arguments: Sequence[str]) -> int:
    """Runs until SIGTERM. Returns the exit code."""
    options = _parser().parse_args(arguments)
    log_to_stdout()
    try:
        serve(create_app(_neon(options)), options.port)
    except (StartError, StoreError) as error:
        print(f"localcloud.neon: {error}", file=sys.stderr)  # noqa: T201
        return WRONG_USE
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m localcloud.neon",
        description="Emulates Neon's management API. Its databases are on a Postgres server of this machine.",
        epilog=f"Environment variables: {KEY} is the API key that clients send. {ADMIN_URL} is the URL "
        "postgres://USER:PASSWORD@HOST:PORT/postgres of a superuser of the server.",
    )
    parser.add_argument("--port", type=int, required=True, help="port of the API on 127.0.0.1")
    parser.add_argument("--store", type=Path, required=True, help="file for the state")
    parser.add_argument("--certificate", type=Path, required=True, help="certificate of the Postgres server, PEM")
    parser.add_argument("--key", type=Path, required=True, help="private key of the certificate, PEM")
    parser.add_argument(
        "--operation-reads",
        type=_reads,
        default=2,
        metavar="N",
        help="number of reads until an operation has finished (default: 2)",
    )
    parser.add_argument(
        "--operation-delay",
        type=float,
        default=0.0,
        metavar="SECONDS",
        help="minimum duration of each status of an operation (default: 0)",
    )
    rate = Rate()
    parser.add_argument(
        "--rate-limit",
        action="store_true",
        help=f"allow {rate.per_minute} requests per minute, and {rate.per_second} per second and route",
    )
    parser.add_argument(
        "--plan", type=NeonPlan, choices=list(NeonPlan), default=NeonPlan.SCALE, help="plan of the organization"
    )
    parser.add_argument(
        "--personal-key", action="store_true", help="treat the key as a personal key, which requires org_id"
    )
    return parser


def _reads(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"`{text}` must be an integer of at least 1")
    return int(text)


def _neon(options: argparse.Namespace) -> Neon:
    settings = Settings(
        store=options.store,
        api_key=_required_variable(KEY),
        operation_reads=options.operation_reads,
        operation_delay_seconds=options.operation_delay,
        rate=Rate() if options.rate_limit else None,
        personal_key=options.personal_key,
        plan=options.plan,
    )
    server = LocalServer(_required_variable(ADMIN_URL))
    try:
        proxy = PostgresProxy(server.address, options.certificate, options.key)
    except OSError as error:  # ssl.SSLError is one
        raise StartError(
            f"`{options.certificate}` and `{options.key}` must be a certificate and its private key: {error}."
        ) from None
    neon = Neon(settings, Store.open(settings.store), server, proxy)
    neon.check_ports()
    return neon


def _required_variable(variable: str) -> str:
    value = os.environ.get(variable, "")
    if not value:
        raise StartError(f"{variable} is required. See `python -m localcloud.neon --help`.")
    return value


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
