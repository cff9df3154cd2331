"""`ExistingPostgres`: a database that is there already."""

from typing import Any, NotRequired, TypedDict, cast

import pulumi

from edge_postgres.core.args import validated_args
from edge_postgres.core.inputs import apply_input, apply_inputs
from edge_postgres.origin.address import default_port, validate_endpoint, validate_host
from edge_postgres.origin.connection_string import read_connection_string
from edge_postgres.origin.contract import PostgresOrigin, with_dependencies
from edge_postgres.origin.hosts import is_reader
from edge_postgres.origin.rules import (
    known_connections,
    validate_database,
    validate_password,
    validate_user,
)
from edge_postgres.origins.existing.rules import reject_contradictions

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
    """Host name or IP address; left out with `service_id`."""
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
    """Connections that the database accepts in all; `show max_connections` tells. The vendor's number where it is left
    out and the same for every database."""
    reserved_connections: NotRequired[pulumi.Input[float]]
    """Connections of these that the database keeps for itself; the vendor's number where it is left out and known."""
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

    Creates nothing. What the caller names in ``depends_on`` has to be there before anyone dials the database. Outputs
    of other providers' resources are taken as they are; where the host name gives the vendor away, the port, a fixed
    database and the connections that the vendor keeps follow from it (`components/edge_postgres/origin/vendors.py`).

    Rejects an argument it does not know, a connection string beside its parts, missing parts, host and port in one,
    and a connection string that is ambiguous because its password is not percent-encoded. Values that come from a
    secret connection string stay secret, the host too.

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
    max_connections: pulumi.Output[float | None]
    """Connections that the database accepts in all, where that is known."""
    reserved_connections: pulumi.Output[float | None]
    """Connections of these that the database keeps, where that is known."""

    origin: PostgresOrigin
    """All of it, for a consumer."""

    def __init__(self, name: str, args: ExistingPostgresArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("edge-postgres:index:ExistingPostgres", name, {}, opts)
        args = validated_args(args, ExistingPostgresArgs, subject=name)
        reject_contradictions(args.keys(), subject=name)

        origin = origin_from_url(name, args) if "url" in args else origin_from_parts(name, args)
        origin["password"] = pulumi.Output.secret(origin["password"])
        if opts and opts.depends_on:
            origin["password"] = with_dependencies(origin["password"], opts.depends_on)
        if "access_client_secret" in origin:
            origin["access_client_secret"] = pulumi.Output.secret(origin["access_client_secret"])

        self.origin = origin
        self.host = pulumi.Output.from_input(origin.get("host"))
        self.port = pulumi.Output.from_input(origin.get("port"))
        self.database = pulumi.Output.from_input(origin["database"])
        self.user = pulumi.Output.from_input(origin["user"])
        self.password = pulumi.Output.from_input(origin["password"])
        self.sslmode = pulumi.Output.from_input(origin.get("sslmode"))
        self.max_connections = pulumi.Output.from_input(origin.get("max_connections"))
        self.reserved_connections = pulumi.Output.from_input(origin.get("reserved_connections"))
        self.register_outputs({})


def origin_from_url(name: str, args: ExistingPostgresArgs) -> PostgresOrigin:
    """The origin that a connection string names."""
    subject, has_port, has_sslmode = f"{name}.url", "access_client_id" not in args, "sslmode" in args
    url = apply_input(
        args["url"],
        lambda text: read_connection_string(text, has_port=has_port, has_sslmode=has_sslmode, subject=subject),
    )
    host = apply_input(url, lambda known: known.host)
    apply_input(host, lambda known: warn_of_reader(known, subject=subject))
    apply_input(url, lambda known: warn_of_parameters(known.unknown_parameters, subject=subject))
    sslmode = apply_input(url, lambda known: known.sslmode)
    # The TLS mode is one of a few words, so no secret even where the string is one.
    mode = pulumi.Output.unsecret(sslmode) if isinstance(sslmode, pulumi.Output) else sslmode
    origin: PostgresOrigin = {
        "host": host,
        "database": apply_input(url, lambda known: str(known.database)),
        "user": apply_input(url, lambda known: known.user),
        "password": apply_input(url, lambda known: known.password),
        "sslmode": args["sslmode"] if has_sslmode else cast("pulumi.Input[str]", mode),
    }
    if has_port:
        origin["port"] = apply_input(url, lambda known: cast("int", known.port))
    kept: dict[str, object] = {key: value for key, value in args.items() if key in _CARRIED}
    return cast("PostgresOrigin", {**_carried(kept, origin.get("host", ""), subject=name), **origin})


def warn_of_parameters(unknown: tuple[str, ...], *, subject: str) -> None:
    """A warning about parameters of a connection string that Hyperdrive does not get."""
    if unknown:
        dropped = ", ".join(f"`{parameter}`" for parameter in unknown)
        pulumi.log.warn(f"{subject}: has parameters that Hyperdrive cannot send and that are left out: {dropped}.")


def origin_from_parts(name: str, args: ExistingPostgresArgs) -> PostgresOrigin:
    """The origin that the separate values name."""
    host = apply_input(args["host"], lambda host: _answering(host, subject=f"{name}.host")) if "host" in args else ""

    def database_on(values: dict[str, Any]) -> str:
        return validate_database(values["database"], values["host"], subject=f"{name}.database")

    origin: PostgresOrigin = {
        "database": apply_inputs({"host": host, "database": args.get("database")}, database_on),
        "user": apply_input(args["user"], lambda user: validate_user(user, subject=f"{name}.user")),
        "password": apply_input(
            args["password"], lambda password: validate_password(password, subject=f"{name}.password")
        ),
    }
    if "host" in args:
        origin["host"] = host
        if "access_client_id" not in args:
            origin["port"] = (
                args["port"]
                if "port" in args
                else apply_input(host, lambda host: default_port(host, subject=f"{name}.port"))
            )
    if "sslmode" in args:
        origin["sslmode"] = args["sslmode"]
    kept: dict[str, object] = {key: value for key, value in args.items() if key in _CARRIED}
    return cast("PostgresOrigin", {**_carried(kept, origin.get("host", ""), subject=name), **origin})


def _answering(host: str, *, subject: str) -> str:
    host = validate_host(host, subject=subject)
    warn_of_reader(host, subject=subject)
    return host


def warn_of_reader(host: str, *, subject: str) -> None:
    """A warning where a host is a read replica by its name."""
    if is_reader(host):
        pulumi.log.warn(
            f"{subject}: leads to read replicas: the database refuses what a Worker writes through them. Take the "
            "writer endpoint, or use this origin for Workers that only read."
        )


def _carried(kept: dict[str, object], host: pulumi.Input[str], *, subject: str) -> dict[str, object]:
    """The fields of an origin that are arguments too, and before them the connections that the host tells of."""
    endpoint = kept.get("endpoint")
    if endpoint is not None:
        kept["endpoint"] = apply_input(
            cast("pulumi.Input[str]", endpoint), lambda known: validate_endpoint(known, subject=f"{subject}.endpoint")
        )
    return {**_told_by(host), **kept}


def _told_by(host: pulumi.Input[str]) -> dict[str, Any]:
    """The connections that a host tells of; numbers of a vendor's, so no secret even where the host is one."""
    told = apply_input(host, known_connections)
    if not isinstance(told, pulumi.Output):
        return dict(told)
    numbers = pulumi.Output.unsecret(told)
    return {
        "max_connections": numbers.apply(lambda known: known.get("max_connections")),
        "reserved_connections": numbers.apply(lambda known: known.get("reserved_connections")),
    }
