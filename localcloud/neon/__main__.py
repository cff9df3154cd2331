"""Starts an emulator: `python -m localcloud.neon --port N --store FILE --certificate FILE --key FILE ...`.

Secrets come by the environment: `LOCALCLOUD_NEON_KEY`, the only API key that is taken, and
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
from localcloud.neon.app import create_app
from localcloud.neon.cloud import Neon
from localcloud.neon.settings import Rate, Settings

WRONG_USE = 2
KEY = "LOCALCLOUD_NEON_KEY"
ADMIN_URL = "LOCALCLOUD_POSTGRES_ADMIN_URL"


def main(arguments: Sequence[str]) -> int:
    """Runs until it is told to end; the exit code."""
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
        description="A stand-in for Neon's management API. Its databases are on a Postgres server of this machine.",
        epilog=f"By the environment: {KEY}, the API key that clients send; {ADMIN_URL}, "
        "postgres://USER:PASSWORD@HOST:PORT/postgres of a superuser on the server.",
    )
    parser.add_argument("--port", type=int, required=True, help="where it answers, on 127.0.0.1")
    parser.add_argument("--store", type=Path, required=True, help="the file that keeps its state")
    parser.add_argument("--certificate", type=Path, required=True, help="the Postgres server's own, PEM")
    parser.add_argument("--key", type=Path, required=True, help="the key of the certificate, PEM")
    parser.add_argument(
        "--operation-looks",
        type=_looks,
        default=2,
        metavar="N",
        help="how many looks an operation takes until it has finished (2)",
    )
    parser.add_argument(
        "--operation-delay",
        type=float,
        default=0.0,
        metavar="SECONDS",
        help="how long each state of an operation lasts at least (0)",
    )
    rate = Rate()
    parser.add_argument(
        "--rate-limit",
        action="store_true",
        help=f"take no more than {rate.per_minute} requests a minute, and {rate.per_second} a second of one route",
    )
    parser.add_argument("--personal-key", action="store_true", help="the key is a person's: org_id has to be stated")
    return parser


def _looks(text: str) -> int:
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError(f"`{text}` is no whole number of 1 or more")
    return int(text)


def _neon(options: argparse.Namespace) -> Neon:
    settings = Settings(
        store=options.store,
        api_key=_stated(KEY),
        operation_looks=options.operation_looks,
        operation_delay_seconds=options.operation_delay,
        rate=Rate() if options.rate_limit else None,
        personal_key=options.personal_key,
    )
    server = LocalServer(_stated(ADMIN_URL))
    try:
        proxy = PostgresProxy(server.address, options.certificate, options.key)
    except OSError as error:  # ssl.SSLError is one
        raise StartError(
            f"`{options.certificate}` and `{options.key}` are no certificate and its key: {error}."
        ) from None
    neon = Neon(settings, Store.open(settings.store), server, proxy)
    neon.check_ports()
    return neon


def _stated(variable: str) -> str:
    value = os.environ.get(variable, "")
    if not value:
        raise StartError(f"{variable} is not set. `python -m localcloud.neon --help` tells what it is.")
    return value


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
