"""Direct TCP: what a Worker needs to dial the database itself, without Hyperdrive."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Any, NoReturn, NotRequired, TypedDict

import pulumi

from edge_postgres.core.args import validate_choice, validated_args
from edge_postgres.core.errors import ValidationError
from edge_postgres.core.inputs import apply_input, apply_inputs
from edge_postgres.origin.connection_string import ConnectionString
from edge_postgres.origin.contract import PostgresOrigin
from edge_postgres.origin.passwords import render_password
from edge_postgres.workers.database_variables import DatabaseVariables
from edge_postgres.workers.direct_tcp_rules import (
    DirectOptions,
    find_warnings,
    validate_address,
    validate_direct_origin,
    validate_direct_sslmode,
    validate_variable_names,
)


class DirectStyle(StrEnum):
    """How a Worker is told where the database is."""

    URL = "url"
    """One secret, the connection string."""
    PARAMETERS = "parameters"
    """Plain variables, and the password as a secret."""


NAMES = {
    DirectStyle.URL: {"url": "DB_URL"},
    DirectStyle.PARAMETERS: {
        "host": "DB_HOST",
        "port": "DB_PORT",
        "database": "DB_NAME",
        "user": "DB_USERNAME",
        "password": "DB_PASSWORD",
        "sslmode": "DB_SSLMODE",
    },
}
"""The variables of each style, by what they hold, and their names where nothing else is stated."""


class DirectTcpArgs(TypedDict):
    """A database that a Worker dials by itself, over a socket for each request."""

    origin: PostgresOrigin
    """The database, by its pooler's address where it has one: a public host and a port."""
    style: NotRequired[DirectStyle]
    """One connection string, or parameters; `url` where it is left out."""
    names: NotRequired[dict[str, str]]
    """Names of the variables instead of the usual ones, by what they hold: `url`; or `host`, `port`, `database`,
    `user`, `password`, `sslmode`."""
    allow_clear_text: NotRequired[bool]
    """True connects without TLS: whoever is on the way reads and changes everything. Only for a host of one's own, or
    of a vendor that takes such connections."""
    accept_open_network: NotRequired[bool]
    """True says that the database takes connections from the whole Internet: sockets leave from addresses that nobody
    publishes. Has to be stated but for vendors whose databases are open anyway."""
    allow_loopback: NotRequired[bool]
    """True takes a database on localhost, which a stand-in of Cloudflare on this machine can reach."""


def render_direct_variables(args: DirectTcpArgs, *, subject: str) -> DatabaseVariables:
    """The variables of a Worker that dials by itself.

    Raises ``ValidationError`` for a host that no socket of a Worker reaches or whose certificate it does not trust,
    for a
    network that is not said to be open, for clear text where TLS works, for a password that somebody else changes, and
    for names that clash. Warns of a database without a pooler, and of clear text.
    """
    args = validated_args(args, DirectTcpArgs, subject=subject)
    origin = validated_args(args["origin"], PostgresOrigin, subject=f"{subject}.origin")
    style = validate_choice(args.get("style", DirectStyle.URL), DirectStyle, subject=f"{subject}.style")
    names = validate_variable_names(args.get("names", {}), NAMES[style], subject=f"{subject}.names")
    validate_direct_origin(origin, subject=f"{subject}.origin")
    options = DirectOptions(
        clear_text=args.get("allow_clear_text", False),
        accept_open_network=args.get("accept_open_network", False),
        allow_loopback=args.get("allow_loopback", False),
    )
    address = render_address(origin, options, subject=subject)
    password = render_password(origin, consumer="the Worker", subject=f"{subject}.origin.password")
    sslmode = "disable" if options.clear_text else "require"

    if style is DirectStyle.URL:
        parts = {"address": address, "database": origin["database"], "user": origin["user"], "password": password}
        url = apply_inputs(parts, lambda known: format_url(sslmode, **known))
        return DatabaseVariables(secret={names["url"]: pulumi.Output.secret(url)})
    values = {
        "host": apply_input(address, lambda known: known["host"]),
        "port": apply_input(address, lambda known: known["port"]),
        "database": origin["database"],
        "user": origin["user"],
    }
    plain = {
        names[key]: render_plain_variable(value, subject=f"{subject}.origin.{key}") for key, value in values.items()
    }
    return DatabaseVariables(plain={**plain, names["sslmode"]: sslmode}, secret={names["password"]: password})


def render_address(origin: PostgresOrigin, options: DirectOptions, *, subject: str) -> Any:
    """Host and port, as soon as they are known."""
    mode = apply_input(
        origin.get("sslmode"), lambda known: validate_direct_sslmode(known, subject=f"{subject}.origin.sslmode")
    )
    said = {key: origin.get(key) for key in ("host", "port", "endpoint", "reach")}

    def rule(known: dict[str, Any]) -> dict[str, Any]:
        del known["mode"]
        found = validate_address(options, subject=subject, **known)
        for warning in find_warnings(options, subject=subject, **found):
            pulumi.log.warn(warning)
        return found

    return apply_inputs({**said, "mode": mode}, rule)


def format_url(sslmode: str, *, address: Mapping[str, Any], database: str, user: str, password: str) -> str:
    """The connection string, every part of it encoded."""
    host, port = address["host"], address["port"]
    return ConnectionString(
        host=host, port=port, database=database, user=user, password=password, sslmode=sslmode
    ).format()


def reject_exposed_url(*, subject: str) -> NoReturn:
    """Raises `ValidationError`: a plain variable would show a part of a secret connection string."""
    raise ValidationError(
        subject,
        "would show a part of a secret connection string in a plain variable",
        "Take the style `url`, or give the database by its parts, of which only the password is a secret.",
    )


def render_plain_variable(value: pulumi.Input[str], *, subject: str) -> Any:
    """A value that a plain variable may show: what comes from a secret connection string is a secret, all of it."""

    def rule(known: dict[str, Any]) -> str:
        if known["secret"]:
            reject_exposed_url(subject=subject)
        return str(known["value"])

    return apply_inputs({"value": value, "secret": isinstance(value, pulumi.Output) and value.is_secret()}, rule)
