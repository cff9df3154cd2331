"""Prisma's serverless driver: the secret with which a Worker queries Prisma Postgres over HTTP and WebSocket."""

import re
from typing import NotRequired, TypedDict

import pulumi

from edge_postgres.core.args import read_fields, validated_args
from edge_postgres.core.errors import ValidationError
from edge_postgres.core.inputs import apply_fields, apply_inputs
from edge_postgres.core.json_types import Json
from edge_postgres.core.numbers import to_int
from edge_postgres.origin.address import validate_host
from edge_postgres.origin.contract import READABLE, ROUTES, PostgresOrigin
from edge_postgres.origin.hosts import (
    Endpoint,
    NetworkScope,
    direct_endpoint_hint,
    endpoint_of,
    network_scope_of,
    vendor_of,
)
from edge_postgres.origin.passwords import render_password
from edge_postgres.workers.database_variables import DatabaseVariables
from edge_postgres.workers.direct_tcp_rules import HYPERDRIVE_INSTEAD, validate_direct_origin

DEFAULT_NAME = "PRISMA_DIRECT_TCP_URL"
"""Default name of the variable.

Source: https://www.prisma.io/docs/postgres/database/serverless-driver, read on 2026-11-21.
"""

PRISMA = "Prisma Postgres"

# Characters that are never percent-encoded in a URL, so that encoding and decoding do not change them.
_UNRESERVED = re.compile(r"[A-Za-z0-9._~-]+")


class ServerlessArgs(TypedDict):
    """A Prisma Postgres database that a Worker queries with `@prisma/ppg`, without Hyperdrive and without a socket."""

    origin: pulumi.Input[PostgresOrigin]
    """Origin of the database, with the direct host of Prisma Postgres."""
    accept_early_access: bool
    """True confirms that the driver is in Early Access, and that Prisma advises against it in production. Required."""
    name: NotRequired[str]
    """Name of the variable. Default: `PRISMA_DIRECT_TCP_URL`."""
    allow_loopback: NotRequired[bool]
    """True accepts a database on localhost, for which an emulator on the same machine answers. Default: false."""


def render_serverless_variables(args: ServerlessArgs, *, subject: str) -> DatabaseVariables:
    """Returns the secret of a Worker with the serverless driver.

    Raises:
        ValidationError: The host is not the direct host of Prisma Postgres, or the origin has fields that only
            Hyperdrive can use. A user, password or database has characters that a URL encodes, which the driver does
            not decode. The vendor rotates the password. Early Access is not accepted.
    """
    args = validated_args(args, ServerlessArgs, subject=subject)
    origin = read_fields(args["origin"], PostgresOrigin, readable=READABLE, subject=f"{subject}.origin")
    validate_early_access(accepted=args["accept_early_access"], subject=f"{subject}.accept_early_access")
    fields = apply_fields(origin, ROUTES, lambda known: validate_direct_origin(known, subject=f"{subject}.origin"))
    password = render_password(origin, subject=f"{subject}.origin")
    loopback = args.get("allow_loopback", False)
    parts = {key: origin.get(key) for key in ("host", "port", "endpoint", "database", "user")}
    url = apply_inputs(
        {**parts, "password": password, "fields": fields},
        lambda known: format_url(known, allow_loopback=loopback, subject=subject),
    )
    return DatabaseVariables(secret={args.get("name", DEFAULT_NAME): pulumi.Output.secret(url)})


def validate_early_access(accepted: bool, *, subject: str) -> None:
    """Raises ``ValidationError`` if the Early Access state of the driver is not accepted."""
    if accepted is not True:
        raise ValidationError(
            subject,
            "must be true, because Prisma's serverless driver is in Early Access and not meant for production",
            "Set `true` to accept this, or use Hyperdrive instead.",
        )


def format_url(known: Json, *, allow_loopback: bool, subject: str) -> str:
    """Returns the connection string. The driver does not decode the user, the password and the database in it."""
    host = validate_host(known["host"], subject=f"{subject}.origin.host")
    port = to_int(known["port"], subject=f"{subject}.origin.port")
    validate_serverless_host(
        host, port=port, endpoint=known["endpoint"], allow_loopback=allow_loopback, subject=f"{subject}.origin"
    )
    user, password, database = known["user"], known["password"], known["database"]
    for part, value in {"user": user, "password": password, "database": database}.items():
        if not _UNRESERVED.fullmatch(value):
            raise ValidationError(
                f"{subject}.origin.{part}",
                "must not have characters that a URL encodes, because the serverless driver does not decode them",
                "Use only letters, digits, `-`, `.`, `_` and `~`, as Prisma does for the connections that it creates.",
            )
    return f"postgres://{user}:{password}@{host}:{port}/{database}?sslmode=require"


def validate_serverless_host(host: str, *, port: int, endpoint: str | None, allow_loopback: bool, subject: str) -> None:
    """Raises ``ValidationError`` for a host that is neither the direct host of Prisma Postgres nor an emulator."""
    if allow_loopback and network_scope_of(host) is NetworkScope.LOOPBACK:
        return
    vendor = vendor_of(host)
    if vendor is None or vendor.name != PRISMA:
        raise ValidationError(
            f"{subject}.host",
            f"must be the direct host of Prisma Postgres, db.prisma.io, got {host} (the serverless driver connects to "
            "no other vendor)",
            HYPERDRIVE_INSTEAD,
        )
    if Endpoint.POOLED.value in (endpoint, endpoint_of(host, port).value):
        raise ValidationError(
            f"{subject}.host",
            f"must be the direct endpoint, got the pooled endpoint {host} (Prisma pools for the serverless driver)",
            direct_endpoint_hint(host, port),
        )
