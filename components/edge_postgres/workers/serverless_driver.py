"""Prisma's serverless driver: the secret that a Worker needs to ask Prisma Postgres over HTTP and WebSocket."""

import re
from typing import Any, NotRequired, TypedDict

import pulumi

from edge_postgres.core.args import validated_args
from edge_postgres.core.errors import ValidationError
from edge_postgres.core.inputs import apply_inputs
from edge_postgres.core.numbers import to_int
from edge_postgres.origin.address import validate_host
from edge_postgres.origin.contract import PostgresOrigin
from edge_postgres.origin.hosts import Endpoint, Reach, endpoint_of, reach_of, vendor_of, way_to_direct
from edge_postgres.origin.passwords import render_password
from edge_postgres.workers.database_variables import DatabaseVariables
from edge_postgres.workers.direct_tcp_rules import HYPERDRIVE_INSTEAD, validate_direct_origin

DEFAULT_NAME = "PRISMA_DIRECT_TCP_URL"
"""https://www.prisma.io/docs/postgres/database/serverless-driver, read 2026-11-21."""

PRISMA = "Prisma Postgres"

# What a URL holds as it is, everywhere: nothing of it is encoded when a URL is written, or decoded when it is read.
_UNRESERVED = re.compile(r"[A-Za-z0-9._~-]+")


class ServerlessArgs(TypedDict):
    """A Prisma Postgres database that a Worker asks with `@prisma/ppg`, without Hyperdrive and without a socket."""

    origin: PostgresOrigin
    """The database itself, by the direct host of Prisma Postgres."""
    accept_early_access: bool
    """True: the driver is in Early Access and Prisma says not to use it in production. Always stated."""
    name: NotRequired[str]
    """Name of the variable, `PRISMA_DIRECT_TCP_URL` where it is left out."""
    allow_loopback: NotRequired[bool]
    """True takes a database on localhost, for which a stand-in on this machine answers."""


def render_serverless_variables(args: ServerlessArgs, *, subject: str) -> DatabaseVariables:
    """The secret of a Worker that asks through the serverless driver.

    Raises ``ValidationError`` for a host that is not the direct one of Prisma Postgres, for a user, password or
    database whose
    name a URL would encode (the driver does not decode), for a password that somebody else changes, and without the
    consent to Early Access.
    """
    args = validated_args(args, ServerlessArgs, subject=subject)
    origin = validated_args(args["origin"], PostgresOrigin, subject=f"{subject}.origin")
    validate_early_access(accepted=args["accept_early_access"], subject=f"{subject}.accept_early_access")
    validate_direct_origin(origin, subject=f"{subject}.origin")
    password, loopback = (
        render_password(origin, consumer="the Worker", subject=f"{subject}.origin.password"),
        args.get("allow_loopback", False),
    )
    said: dict[str, Any] = {key: origin.get(key) for key in ("host", "port", "endpoint", "database", "user")}
    url = apply_inputs(
        {**said, "password": password}, lambda known: format_url(allow_loopback=loopback, subject=subject, **known)
    )
    return DatabaseVariables(secret={args.get("name", DEFAULT_NAME): pulumi.Output.secret(url)})


def validate_early_access(accepted: bool, *, subject: str) -> None:
    """Raises ``ValidationError`` where nobody accepted the state that the driver is in."""
    if accepted is not True:
        raise ValidationError(
            subject,
            "is not true; Prisma's serverless driver is in Early Access, and Prisma says not to use it in production",
            "Say `true` to accept that, or put Hyperdrive in front of the database, and bind that.",
        )


def format_url(
    *,
    subject: str,
    host: str,
    port: float,
    endpoint: str | None,
    database: str,
    user: str,
    password: str,
    allow_loopback: bool,
) -> str:
    """The string as the driver takes it apart: it uses host, user, password and path, and decodes none of them."""
    host, port = validate_host(host, subject=f"{subject}.origin.host"), to_int(port, subject=f"{subject}.origin.port")
    validate_serverless_host(
        host=host, port=port, endpoint=endpoint, allow_loopback=allow_loopback, subject=f"{subject}.origin"
    )
    for part, text in {"user": user, "password": password, "database": database}.items():
        if not _UNRESERVED.fullmatch(text):
            raise ValidationError(
                f"{subject}.origin.{part}",
                "has a character that a URL encodes, and the serverless driver does not decode it",
                "Use letters, digits, `-`, `.`, `_` and `~`; a connection that Prisma makes has nothing else.",
            )
    return f"postgres://{user}:{password}@{host}:{port}/{database}?sslmode=require"


def validate_serverless_host(host: str, *, port: int, endpoint: str | None, allow_loopback: bool, subject: str) -> None:
    """Raises ``ValidationError`` for a host that is not the direct one of Prisma Postgres, or of its stand-in."""
    if allow_loopback and reach_of(host) is Reach.LOOPBACK:
        return
    vendor = vendor_of(host)
    if vendor is None or vendor.name != PRISMA:
        raise ValidationError(
            f"{subject}.host",
            f"is {host}; Prisma's serverless driver reaches Prisma Postgres alone, at its direct host db.prisma.io",
            HYPERDRIVE_INSTEAD,
        )
    if Endpoint.POOLED.value in (endpoint, endpoint_of(host, port).value):
        raise ValidationError(
            f"{subject}.host",
            f"is {host}, a pooled endpoint; the serverless driver takes the direct one and pools at Prisma",
            way_to_direct(host, port),
        )
