"""Direct TCP: the variables with which a Worker connects to a database over its own sockets, without Hyperdrive."""

from collections.abc import Mapping
from enum import StrEnum
from typing import TYPE_CHECKING, Literal, NoReturn, NotRequired, TypedDict

import pulumi

from edge_postgres.core.args import read_fields, validate_choice, validated_args
from edge_postgres.core.errors import ValidationError
from edge_postgres.core.inputs import apply_fields, apply_input, apply_inputs
from edge_postgres.core.json_types import Json
from edge_postgres.origin.connection_string import ConnectionString
from edge_postgres.origin.contract import READABLE, ROUTES, PostgresOrigin
from edge_postgres.origin.passwords import render_password
from edge_postgres.workers.bindings.values import is_secret
from edge_postgres.workers.database_variables import DatabaseVariables
from edge_postgres.workers.direct_tcp_rules import (
    DirectOptions,
    SocketAddress,
    find_warnings,
    validate_address,
    validate_direct_origin,
    validate_direct_sslmode,
    validate_variable_names,
)


class DirectStyle(StrEnum):
    """Form in which a Worker receives the address and the credentials of a database."""

    URL = "url"
    """One secret with the connection string."""
    PARAMETERS = "parameters"
    """Plain variables, and a secret with the password."""


if TYPE_CHECKING:
    DirectStyleInput = DirectStyle | Literal["url", "parameters"]
else:
    DirectStyleInput = DirectStyle


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
"""Default names of the variables in each style, by content such as `host`."""


class DirectTcpArgs(TypedDict):
    """A database to which a Worker connects over its own sockets, with one connection for each request."""

    origin: pulumi.Input[PostgresOrigin]
    """Origin of the database, with a public host and a port. If the database has a pooler, use the address of the
    pooler."""
    style: NotRequired[DirectStyleInput]
    """Form of the variables: `url` for one connection string, `parameters` for one variable per part. Default:
    `url`."""
    names: NotRequired[Mapping[str, str]]
    """Names of the variables, by content. The style `url` has the content `url`. The style `parameters` has `host`,
    `port`, `database`, `user`, `password` and `sslmode`. Default: `DB_URL`, or `DB_HOST`, `DB_PORT`, `DB_NAME`,
    `DB_USERNAME`, `DB_PASSWORD` and `DB_SSLMODE`."""
    allow_clear_text: NotRequired[bool]
    """True connects without TLS, so that anyone on the network path can read and change all traffic. Use it only for
    your own hosts, and for vendors that accept connections without TLS. Default: false."""
    accept_open_network: NotRequired[bool]
    """True confirms that the database accepts connections from the whole Internet, because Cloudflare does not publish
    the source addresses of sockets. Required, except for vendors whose new databases are open to the Internet. Default:
    false."""
    allow_loopback: NotRequired[bool]
    """True accepts a database on localhost, which only an emulator of Cloudflare on the same machine can reach.
    Default: false."""


def render_direct_variables(args: DirectTcpArgs, *, subject: str) -> DatabaseVariables:
    """Returns the variables of a Worker with direct TCP. Warns of a database without a pooler, and of clear text.

    Raises:
        ValidationError: A Worker's socket cannot reach the host or does not trust its certificate. The origin has
            fields that only Hyperdrive can use, or another TLS mode than `require`. `accept_open_network` is required.
            `allow_clear_text` is set for a vendor that requires TLS. The vendor rotates the password. A name of a
            variable is invalid, or a plain variable would show a secret.
    """
    args = validated_args(args, DirectTcpArgs, subject=subject)
    origin = read_fields(args["origin"], PostgresOrigin, readable=READABLE, subject=f"{subject}.origin")
    style = validate_choice(args.get("style", DirectStyle.URL), DirectStyle, subject=f"{subject}.style")
    names = validate_variable_names(args.get("names", {}), NAMES[style], subject=f"{subject}.names")
    options = DirectOptions(
        clear_text=args.get("allow_clear_text", False),
        accept_open_network=args.get("accept_open_network", False),
        allow_loopback=args.get("allow_loopback", False),
    )
    address = render_address(origin, options, subject=subject)
    password = render_password(origin, subject=f"{subject}.origin")
    sslmode = "disable" if options.clear_text else "require"

    if style is DirectStyle.URL:
        parts = {"address": address, "database": origin["database"], "user": origin["user"], "password": password}
        url = apply_inputs(parts, lambda known: format_url(known, sslmode))
        return DatabaseVariables(secret={names["url"]: pulumi.Output.secret(url)})
    values: dict[str, pulumi.Input[str]] = {
        "host": apply_input(address, lambda known: known["host"]),
        "port": apply_input(address, lambda known: str(known["port"])),
        "database": origin["database"],
        "user": origin["user"],
    }
    plain = {
        names[key]: render_plain_variable(value, subject=f"{subject}.origin.{key}") for key, value in values.items()
    }
    return DatabaseVariables(plain={**plain, names["sslmode"]: sslmode}, secret={names["password"]: password})


def render_address(origin: PostgresOrigin, options: DirectOptions, *, subject: str) -> pulumi.Input[SocketAddress]:
    """Returns the validated address of the origin, as an Output if a part of the address is an Output."""
    mode = apply_input(
        origin.get("sslmode"),
        lambda known: validate_direct_sslmode(
            known, clear_text=options.clear_text, subject=f"{subject}.origin.sslmode"
        ),
    )

    def validate(known: Json) -> SocketAddress:
        found = validate_address(
            options,
            host=known["host"],
            port=known["port"],
            endpoint=known["endpoint"],
            reach=known["reach"],
            subject=subject,
        )
        for warning in find_warnings(found, options, subject=subject):
            pulumi.log.warn(warning)
        return found

    fields = apply_fields(origin, ROUTES, lambda known: validate_direct_origin(known, subject=f"{subject}.origin"))
    parts = {key: origin.get(key) for key in ("host", "port", "endpoint", "reach")}
    # The two checks are among the values, so that an invalid origin ends the deployment.
    return apply_inputs({**parts, "mode": mode, "fields": fields}, validate)


def format_url(known: Json, sslmode: str) -> str:
    """Returns the connection string, in which every part is percent-encoded."""
    address: SocketAddress = known["address"]
    return ConnectionString(
        host=address["host"],
        port=address["port"],
        database=known["database"],
        user=known["user"],
        password=known["password"],
        sslmode=sslmode,
    ).format()


def reject_exposed_url(*, subject: str) -> NoReturn:
    """Raises `ValidationError`, because a plain variable would show a secret."""
    raise ValidationError(
        subject,
        "would show a secret in a plain variable, such as a part of a secret connection string",
        "Set `style` to `url`. Or replace the connection string by its parts, of which only the password is a secret.",
    )


def render_plain_variable(value: pulumi.Input[str], *, subject: str) -> pulumi.Input[str]:
    """Returns the value of a plain variable as a string.

    Raises:
        ValidationError: The value is a secret. Every part of a secret connection string is a secret.
    """

    def validate(known: str, secret: bool) -> str:
        if secret:
            reject_exposed_url(subject=subject)
        return str(known)

    return apply_inputs((value, is_secret(value)), validate)
