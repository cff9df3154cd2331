"""`python -m localcloud gateway`: the gateway alone, as a local Hyperdrive for any `wrangler dev` project."""

import argparse
import asyncio
import getpass
import json
import os
import shlex
import signal
import sys
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import ClassVar
from urllib.parse import SplitResult, parse_qs, unquote, urlsplit

from localcloud.errors import LocalCloudError
from localcloud.gateway.origin import Caching, PooledOrigin, PoolTarget, Tls, is_loopback
from localcloud.gateway.service import Gateway
from localcloud.guard import temporary_cloud
from localcloud.supervisor import Supervisor

VARIABLE = "CLOUDFLARE_HYPERDRIVE_LOCAL_CONNECTION_STRING_"
"""Wrangler reads the connection string of a binding from this variable, with the name of the binding at its end."""
URL_VARIABLE = "DATABASE_URL"
PASSWORD_VARIABLE = "PGPASSWORD"  # noqa: S105  # the name of a variable
SMALLEST_LIMIT = 5
"""Hyperdrive's minimum (limits page, November 2026)."""
DEFAULT_LIMIT = 20
"""Hyperdrive's default on the free plan (same source)."""
LONGEST_CACHE_SECONDS = 3_600
"""Hyperdrive's maximum of `max_age` (query caching page, November 2026)."""
ENCRYPTED = ("require", "verify-ca", "verify-full")
CHECK_SECONDS = 0.5


class LoneGateway(Gateway):
    """A gateway whose end waits up to ten seconds for the transactions of its clients."""

    stop_signal: ClassVar[signal.Signals] = signal.SIGINT


def add_options(parser: argparse.ArgumentParser) -> None:
    source = parser.add_mutually_exclusive_group()
    source.add_argument(
        "--url",
        help=f"URL of the database without its password, which {PASSWORD_VARIABLE} or a prompt provides; "
        f"`-` reads the URL with its password from the first line of the input (default: the variable {URL_VARIABLE})",
    )
    source.add_argument("--url-file", type=Path, metavar="FILE", help="file whose first line is the URL")
    parser.add_argument("--limit", type=_limit, default=DEFAULT_LIMIT, help="most connections to the database (20)")
    parser.add_argument(
        "--cache", type=_caching, default=Caching(), metavar="SECONDS", help="`none`, or `MAX_AGE,STALE` (60,15)"
    )
    parser.add_argument("--binding", type=_binding, default="HYPERDRIVE", help="name of the binding (HYPERDRIVE)")


def run(options: argparse.Namespace) -> int:
    """Serves one database until SIGINT or SIGTERM. Returns the exit code: 1 if the gateway ended by itself."""
    origin = origin_of(_read_url(options), options.limit, options.cache, options.binding)
    with _stopped_by_signals() as stopped, temporary_cloud() as cloud:
        cloud.state_directory.prepare()
        gateway, supervisor = LoneGateway(cloud.state_directory), Supervisor(cloud.state_directory)
        supervisor.ensure(gateway, lambda _: None)
        url = asyncio.run(_ensure_pool(gateway, origin))
        print(f"{VARIABLE}{options.binding}={shlex.quote(url)}")
        print(json.dumps({"binding": options.binding, "localConnectionString": url}), flush=True)
        while not stopped.wait(CHECK_SECONDS):
            if supervisor.status(gateway).pid is None:
                print("gateway: it ended by itself. Run the command again.", file=sys.stderr)
                return 1
        print("gateway: ending; transactions have 10 seconds", file=sys.stderr)
    return 0


def origin_of(url: str, limit: int, caching: Caching | None, label: str) -> PooledOrigin:
    """Reads the URL of a database, password included. Raises ``LocalCloudError``, which never contains the URL."""
    parts = _split(url)
    options = {name: values[-1] for name, values in parse_qs(parts.query).items()}
    user, password, database = unquote(parts.username or ""), unquote(parts.password or ""), unquote(parts.path[1:])
    if not (parts.hostname and user and password and database):
        raise LocalCloudError("--url: must be `postgres://USER:PASSWORD@HOST:PORT/DATABASE`. Add the missing part.")
    tls = _tls(options, parts.hostname)
    target = PoolTarget(parts.hostname, parts.port or 5432, database, user, tls)
    return PooledOrigin(target, password, limit, label, caching)


def _split(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        _ = parts.port
    except ValueError:
        raise LocalCloudError("--url: is not a valid URL. Encode special characters of the password.") from None
    if parts.scheme not in ("postgres", "postgresql"):
        raise LocalCloudError("--url: must begin with `postgres://`. Use the URL of a Postgres database.")
    return parts


def _tls(options: Mapping[str, str], host: str) -> Tls:
    mode = options.get("sslmode", "require")
    if mode == "disable" and is_loopback(host):
        return Tls(mode)
    if mode not in ENCRYPTED:
        raise LocalCloudError(
            f"--url: sslmode must be one of {', '.join(ENCRYPTED)}, because Hyperdrive always uses TLS. "
            "Only a database on this machine can have `sslmode=disable`."
        )
    names = [options.get(name) for name in ("sslrootcert", "sslcert", "sslkey")]
    if mode != "require" and names[0] is None:
        raise LocalCloudError(f"--url: sslmode={mode} requires sslrootcert. Add the path of the CA's PEM file.")
    return Tls(mode, *(Path(name).expanduser().read_text() if name else None for name in names))


def _read_url(options: argparse.Namespace) -> str:
    if options.url_file:
        file: Path = options.url_file
        return file.read_text().partition("\n")[0].strip()
    if options.url == "-":
        return getpass.getpass("URL: ") if sys.stdin.isatty() else sys.stdin.readline().strip()
    if options.url is None:
        if url := os.environ.get(URL_VARIABLE):
            return url
        raise LocalCloudError(f"--url: is required. Add it, or set the variable {URL_VARIABLE}.")
    return _with_password(_split(options.url))


def _with_password(parts: SplitResult) -> str:
    if parts.password is not None:
        raise LocalCloudError(
            "--url: must not contain a password, because other users can read command lines. "
            f"Set the variable {PASSWORD_VARIABLE}, or use `--url -`."
        )
    password = os.environ.get(PASSWORD_VARIABLE)
    if password is None and sys.stdin.isatty():
        password = getpass.getpass()
    if not password:
        raise LocalCloudError(f"--url: a password is required. Set the variable {PASSWORD_VARIABLE}, or use `--url -`.")
    user, _, address = parts.netloc.rpartition("@")
    return parts._replace(netloc=f"{user}:{_quoted(password)}@{address}").geturl()


def _quoted(text: str) -> str:
    return "".join(f"%{byte:02X}" for byte in text.encode())


async def _ensure_pool(gateway: Gateway, origin: PooledOrigin) -> str:
    pools = gateway.pools()
    try:
        return (await pools.ensure_pools({"main": origin}))["main"]
    finally:
        await pools.close()


@contextmanager
def _stopped_by_signals() -> Iterator[threading.Event]:
    stopped = threading.Event()
    previous = {each: signal.signal(each, lambda *_: stopped.set()) for each in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield stopped
    finally:
        for each, handler in previous.items():
            signal.signal(each, handler)


def _limit(text: str) -> int:
    if not text.isdecimal() or int(text) < SMALLEST_LIMIT:
        raise argparse.ArgumentTypeError(f"must be an integer of at least {SMALLEST_LIMIT}, got `{text}`")
    return int(text)


def _caching(text: str) -> Caching | None:
    if text == "none":
        return None
    numbers = text.split(",")
    if len(numbers) != 2 or not all(each.isdecimal() for each in numbers) or int(numbers[0]) > LONGEST_CACHE_SECONDS:
        raise argparse.ArgumentTypeError(f"must be `none` or `MAX_AGE,STALE`, at most 3600 seconds, got `{text}`")
    return Caching(int(numbers[0]), int(numbers[1]))


def _binding(text: str) -> str:
    if not text.isidentifier():
        raise argparse.ArgumentTypeError(f"must be the name of a binding, got `{text}`")
    return text
