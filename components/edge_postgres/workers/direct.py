"""Direct TCP: what a Worker needs to dial the database itself, without Hyperdrive."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, NoReturn, NotRequired, TypedDict

import pulumi

from edge_postgres.core.args import chosen, stated
from edge_postgres.core.errors import Refusal, checked
from edge_postgres.origin.connection_string import ConnectionString
from edge_postgres.origin.contract import PostgresOrigin
from edge_postgres.workers.direct_rules import (
    Dialling,
    checked_address,
    checked_lasting,
    checked_mode,
    checked_names,
    refuse_other_routes,
    warnings_of,
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


@dataclass(frozen=True)
class Variables:
    """What stands in a Worker's `env`: the names are known at once, the values may be Outputs."""

    plain: dict[str, pulumi.Input[str]] = field(default_factory=dict)
    """For everybody who may look at the Worker."""
    secret: dict[str, pulumi.Input[str]] = field(default_factory=dict)
    """For the Worker alone; secrets already."""


def direct_variables(subject: str, args: DirectTcpArgs) -> Variables:
    """The variables of a Worker that dials by itself.

    Raises ``Refusal`` for a host that no socket of a Worker reaches or whose certificate it does not trust, for a
    network that is not said to be open, for clear text where TLS works, for a password that somebody else changes, and
    for names that clash. Warns of a database without a pooler, and of clear text.
    """
    args = stated(subject, args, DirectTcpArgs)
    origin = stated(f"{subject}.origin", args["origin"], PostgresOrigin)
    style = chosen(f"{subject}.style", args.get("style", DirectStyle.URL), DirectStyle)
    names = checked_names(f"{subject}.names", NAMES[style], args.get("names", {}))
    refuse_other_routes(f"{subject}.origin", origin)
    dialling = Dialling(
        clear_text=args.get("allow_clear_text", False),
        accept_open_network=args.get("accept_open_network", False),
        allow_loopback=args.get("allow_loopback", False),
    )
    address = rendered_address(subject, origin, dialling)
    password = rendered_password(subject, origin)
    sslmode = "disable" if dialling.clear_text else "require"

    if style is DirectStyle.URL:
        parts = {"address": address, "database": origin["database"], "user": origin["user"], "password": password}
        url = checked(parts, lambda known: rendered_url(sslmode, **known))
        return Variables(secret={names["url"]: pulumi.Output.secret(url)})
    values = {
        "host": checked(address, lambda known: known["host"]),
        "port": checked(address, lambda known: known["port"]),
        "database": origin["database"],
        "user": origin["user"],
    }
    plain = {names[key]: readable(f"{subject}.origin.{key}", value) for key, value in values.items()}
    return Variables(plain={**plain, names["sslmode"]: sslmode}, secret={names["password"]: password})


def rendered_password(subject: str, origin: PostgresOrigin) -> pulumi.Output[str]:
    """The password, a secret; refused where it will not stay."""
    lasting = checked(
        origin.get("password_rotates"), lambda rotates: checked_lasting(f"{subject}.origin.password", rotates)
    )
    password = {"password": origin["password"], "lasting": lasting}
    return pulumi.Output.secret(checked(password, lambda known: known["password"]))


def rendered_address(subject: str, origin: PostgresOrigin, dialling: Dialling) -> Any:
    """Host and port, as soon as they are known."""
    mode = checked(origin.get("sslmode"), lambda known: checked_mode(f"{subject}.origin.sslmode", known))
    said = {key: origin.get(key) for key in ("host", "port", "endpoint", "reach")}

    def rule(known: dict[str, Any]) -> dict[str, Any]:
        del known["mode"]
        found = checked_address(subject, dialling, **known)
        for warning in warnings_of(subject, dialling, **found):
            pulumi.log.warn(warning)
        return found

    return checked({**said, "mode": mode}, rule)


def rendered_url(sslmode: str, *, address: Mapping[str, Any], database: str, user: str, password: str) -> str:
    """The connection string, every part of it encoded."""
    host, port = address["host"], address["port"]
    return ConnectionString(
        host=host, port=port, database=database, user=user, password=password, sslmode=sslmode
    ).format()


def refuse_hidden(subject: str) -> NoReturn:
    """Raises ``Refusal`` for what comes from a secret connection string, where a plain variable would show it."""
    raise Refusal(
        subject,
        "would show a part of a secret connection string in a plain variable",
        "Take the style `url`, or give the database by its parts, of which only the password is a secret.",
    )


def readable(subject: str, value: pulumi.Input[str]) -> Any:
    """A value that a plain variable may show: what comes from a secret connection string is a secret, all of it."""

    def rule(known: dict[str, Any]) -> str:
        if known["secret"]:
            refuse_hidden(subject)
        return str(known["value"])

    return checked({"value": value, "secret": isinstance(value, pulumi.Output) and value.is_secret()}, rule)
