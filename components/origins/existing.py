"""`ExistingPostgres`: a database that is there already."""

from typing import Any, NotRequired, TypedDict, cast

import pulumi

from components.arguments import stated
from components.connection_string import ConnectionString
from components.errors import Refusal, checked
from components.hosts import vendor_of
from components.hyperdrive_rules import SSLMODES, checked_host
from components.limits.cloudflare import HYPERDRIVE_NAME_BYTES
from components.origin import PostgresOrigin, after

_PARTS = ("host", "port", "database", "user", "password")
_CARRIED = (
    "ca_certificate_id",
    "max_connections",
    "reserved_connections",
    "endpoint",
    "access_client_id",
    "access_client_secret",
    "service_id",
)


class ExistingPostgresArgs(TypedDict):
    """Arguments of ExistingPostgres: one connection string, or the parts."""

    url: NotRequired[pulumi.Input[str]]
    """Connection string, `postgres://USER:PASSWORD@HOST:PORT/DATABASE`; a secret. Excludes the parts."""
    host: NotRequired[pulumi.Input[str]]
    """Host name or IP address of the database itself; left out with `service_id`."""
    port: NotRequired[pulumi.Input[float]]
    """TCP port; the vendor's own, else 5432, where it is left out."""
    database: NotRequired[pulumi.Input[str]]
    """Name of the database, at most 63 bytes."""
    user: NotRequired[pulumi.Input[str]]
    """Role that signs in, at most 63 bytes."""
    password: NotRequired[pulumi.Input[str]]
    """Password of the role; becomes a secret if it is none."""
    sslmode: NotRequired[pulumi.Input[str]]
    """`require`, `verify-ca` or `verify-full`; overrides what the connection string says."""
    ca_certificate_id: NotRequired[pulumi.Input[str]]
    """Id of an uploaded CA certificate, for the verify modes."""
    max_connections: NotRequired[pulumi.Input[float]]
    """Connections that the database accepts in all; `show max_connections` tells."""
    reserved_connections: NotRequired[pulumi.Input[float]]
    """Connections of these that the database keeps for itself."""
    endpoint: NotRequired[pulumi.Input[str]]
    """`direct` or `pooled`, for a host that does not tell by its name."""
    access_client_id: NotRequired[pulumi.Input[str]]
    """Client id of an Access service token; needs `access_client_secret`."""
    access_client_secret: NotRequired[pulumi.Input[str]]
    """Client secret of that token; becomes a secret if it is none."""
    service_id: NotRequired[pulumi.Input[str]]
    """Id of a Workers VPC service that leads to the database."""


class ExistingPostgres(pulumi.ComponentResource):
    """A Postgres database that somebody else made, as an origin.

    Creates nothing. What the caller names in ``depends_on`` has to be there before anyone dials the database.

    Refuses an argument it does not know, a connection string beside its parts, missing parts, and a connection string
    that is ambiguous because its password is not percent-encoded. Values that come from a secret connection string
    stay secret, the host too.

    Example::

        existing = ExistingPostgres("main", {"url": config.require_secret("databaseUrl")})
        Hyperdrive("main", {
            "account_id": account_id,
            "origin": existing.origin,
            "connection_limit": 10,
            "caching": {"disabled": True},
        })
    """

    host: pulumi.Output[str | None]
    """Host name or IP address; nothing with a Workers VPC service."""
    port: pulumi.Output[float | None]
    """TCP port; nothing with an Access or a Workers VPC route."""
    database: pulumi.Output[str]
    """Name of the database."""
    user: pulumi.Output[str]
    """Role that signs in."""
    password: pulumi.Output[str]
    """Password of the role, a secret."""
    sslmode: pulumi.Output[str | None]
    """TLS mode, where one is stated."""

    origin: PostgresOrigin
    """All of it, for a consumer."""

    def __init__(self, name: str, args: ExistingPostgresArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("edge-postgres:index:ExistingPostgres", name, {}, opts)
        args = stated(name, args, ExistingPostgresArgs)
        refuse_contradictions(name, args)

        origin = origin_from_url(name, args) if "url" in args else origin_from_parts(name, args)
        origin["password"] = after(opts.depends_on if opts else None, pulumi.Output.secret(origin["password"]))
        if "access_client_secret" in origin:
            origin["access_client_secret"] = pulumi.Output.secret(origin["access_client_secret"])

        self.origin = origin
        self.host = pulumi.Output.from_input(origin.get("host"))
        self.port = pulumi.Output.from_input(origin.get("port"))
        self.database = pulumi.Output.from_input(origin["database"])
        self.user = pulumi.Output.from_input(origin["user"])
        self.password = pulumi.Output.from_input(origin["password"])
        self.sslmode = pulumi.Output.from_input(origin.get("sslmode"))
        self.register_outputs({})


def refuse_contradictions(name: str, args: ExistingPostgresArgs) -> None:
    """Raises ``Refusal`` where the arguments name no database, or two, or two routes to it."""
    stated = [part for part in _PARTS if part in args]
    if "url" in args and stated:
        raise Refusal(
            f"{name}.url", f"stands beside `{stated[0]}`", "Give the connection string, or its parts, not both."
        )
    if "service_id" in args:
        for other in ("url", "host", "port", "access_client_id", "access_client_secret"):
            if other in args:
                raise Refusal(
                    f"{name}.service_id",
                    f"stands beside `{other}`; a Workers VPC service knows the address itself",
                    "With a service, give `database`, `user` and `password` only.",
                )
    if ("access_client_id" in args) != ("access_client_secret" in args):
        raise Refusal(
            f"{name}.access_client_id", "and `access_client_secret` belong together", "Give both, or neither."
        )
    if "access_client_id" in args and "port" in args:
        raise Refusal(
            f"{name}.port", "stands beside `access_client_id`; the tunnel knows the port", "Leave the port out."
        )
    needed = () if "url" in args else ("user", "password") if "service_id" in args else ("host", "user", "password")
    if missing := [part for part in needed if part not in args]:
        raise Refusal(
            f"{name}.{missing[0]}", "is not given, and neither is `url`", "Give one connection string, or all parts."
        )


def origin_from_url(name: str, args: ExistingPostgresArgs) -> PostgresOrigin:
    """The origin that a connection string names."""
    subject = f"{name}.url"

    def parse(text: str) -> ConnectionString:
        parsed = ConnectionString.parse(text, subject)
        if parsed.unknown_parameters:
            dropped = ", ".join(f"`{parameter}`" for parameter in parsed.unknown_parameters)
            pulumi.log.warn(f"`{subject}` has parameters that Hyperdrive cannot send and that are left out: {dropped}.")
        return parsed

    parsed = checked(args["url"], parse)
    origin: PostgresOrigin = {
        "host": checked(parsed, lambda url: url.host),
        "database": checked(parsed, lambda url: checked_database(url.database, url.host, f"{name}.url")),
        "user": checked(parsed, lambda url: checked_length(url.user, f"{name}.url", "user name")),
        "password": checked(parsed, lambda url: url.password),
        "sslmode": args.get("sslmode") or known_sslmode(subject, parsed),
    }
    if "access_client_id" not in args:
        origin["port"] = checked(parsed, lambda url: url.port or port_of(url.host))
    return _carried(args, origin)


def known_sslmode(subject: str, parsed: Any) -> Any:
    """The TLS mode of a connection string: one of a few words, so no secret even where the string is one."""

    def word(url: ConnectionString) -> str | None:
        if url.sslmode not in (None, *SSLMODES):
            raise Refusal(
                subject, "states an `sslmode` that Hyperdrive does not speak", f"Use one of {', '.join(SSLMODES)}."
            )
        return url.sslmode

    mode = checked(parsed, word)
    return pulumi.Output.unsecret(mode) if isinstance(mode, pulumi.Output) else mode


def origin_from_parts(name: str, args: ExistingPostgresArgs) -> PostgresOrigin:
    """The origin that the separate values name."""
    host = checked(args["host"], lambda host: checked_host(f"{name}.host", host)) if "host" in args else ""

    def database_on(values: dict[str, Any]) -> str:
        return checked_database(values["database"], values["host"], f"{name}.database")

    origin: PostgresOrigin = {
        "database": checked({"host": host, "database": args.get("database")}, database_on),
        "user": checked(args["user"], lambda user: checked_length(user, f"{name}.user", "user name")),
        "password": checked(args["password"], lambda password: checked_password(password, f"{name}.password")),
    }
    if "host" in args:
        origin["host"] = host
        if "access_client_id" not in args:
            origin["port"] = args["port"] if "port" in args else checked(host, port_of)
    if "sslmode" in args:
        origin["sslmode"] = args["sslmode"]
    return _carried(args, origin)


def _carried(args: ExistingPostgresArgs, origin: PostgresOrigin) -> PostgresOrigin:
    """The origin with what it takes from the arguments as it is."""
    kept = {key: value for key, value in args.items() if key in _CARRIED}
    return cast(PostgresOrigin, {**origin, **kept})


def port_of(host: str) -> int:
    """The port where the database itself answers on a host, when nobody says it."""
    vendor = vendor_of(host)
    return 5432 if vendor is None else vendor.port


def checked_database(database: str | None, host: str, subject: str) -> str:
    """The name of the database, or the vendor's fixed one; at most 63 bytes."""
    vendor = vendor_of(host)
    fixed = vendor.database if vendor else None
    if not (database or fixed):
        raise Refusal(subject, "names no database", "Append it to the connection string, `…:5432/NAME`, or state it.")
    return checked_length(database or fixed or "", subject, "database name")


def checked_length(value: str, subject: str, noun: str) -> str:
    """A name of 1 to 63 bytes."""
    size = len(value.encode())
    if not 1 <= size <= HYPERDRIVE_NAME_BYTES:
        raise Refusal(
            subject,
            f"has a {noun} of {size} bytes; Hyperdrive takes 1 to {HYPERDRIVE_NAME_BYTES}",
            f"Use a shorter {noun}." if size else f"State the {noun}.",
        )
    return value


def checked_password(password: str, subject: str) -> str:
    """A password that is not empty."""
    if not password:
        raise Refusal(subject, "is empty; Hyperdrive signs in with a password", "Give the role a password.")
    return password
