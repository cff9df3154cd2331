"""`ExistingPostgres`: the origin of an existing database."""

import operator
from typing import Any, NotRequired, TypedDict, cast

import pulumi

from edge_postgres.core.args import subject_of, validated_args
from edge_postgres.core.children import reject_options_without_effect
from edge_postgres.core.inputs import apply_input, apply_inputs, or_default, unsecret
from edge_postgres.origin.address import validate_host
from edge_postgres.origin.connection_string import read_connection_string
from edge_postgres.origin.contract import PostgresOrigin, with_dependencies
from edge_postgres.origin.hosts import Endpoint, is_reader
from edge_postgres.origin.rules import (
    validate_database,
    validate_password,
    validate_user,
)
from edge_postgres.origin.url_parameters import PARAMETERS, DroppedParameters
from edge_postgres.origin.warnings import warn_of_rotation
from edge_postgres.origins.existing.defaults import render_passed_on, render_port
from edge_postgres.origins.existing.rules import reject_contradictions

_PASSED_ON = (
    "ca_certificate_id",
    "max_connections",
    "reserved_connections",
    "endpoint",
    "access_client_id",
    "access_client_secret",
    "service_id",
)
"""The arguments that the origin contains unchanged."""


class ExistingPostgresArgs(TypedDict):
    """Arguments of ExistingPostgres: a connection string, or host, database, user and password as separate values."""

    url: NotRequired[pulumi.Input[str | None]]
    """Connection string, `postgres://USER:PASSWORD@HOST:PORT/DATABASE`, a secret. Cannot be combined with `host`,
    `port`, `database`, `user` and `password`."""
    host: NotRequired[pulumi.Input[str | None]]
    """Host name or IP address. Required without `url` and `service_id`."""
    port: NotRequired[pulumi.Input[float | None]]
    """TCP port. Cannot be combined with `access_client_id`. Default: the port that the vendor of the host uses, else
    5432."""
    database: NotRequired[pulumi.Input[str | None]]
    """Name of the database, at most 63 bytes. Default: the database that every server of the host's vendor has, such as
    `postgres`. Required for other vendors."""
    user: NotRequired[pulumi.Input[str | None]]
    """Role that authenticates, at most 64 bytes. Required without `url`."""
    password: NotRequired[pulumi.Input[str | None]]
    """Password of the role, which always becomes a secret. Required without `url`."""
    sslmode: NotRequired[pulumi.Input[str | None]]
    """TLS mode: `require`, `verify-ca` or `verify-full`. Default: the mode of the connection string, else `require`."""
    ca_certificate_id: NotRequired[pulumi.Input[str | None]]
    """ID of an uploaded CA certificate. Required with `verify-ca` and `verify-full`."""
    max_connections: NotRequired[pulumi.Input[float | None]]
    """Connections that the database accepts in total, as `show max_connections` returns the number. Default: the
    vendor's number, if all databases of the vendor have the same number."""
    reserved_connections: NotRequired[pulumi.Input[float | None]]
    """Connections out of `max_connections` that the database reserves. Default: the vendor's number, if it is known."""
    endpoint: NotRequired[pulumi.Input[str | None]]
    """Kind of server at the host: `direct` or `pooled`. Default: derived from the host name and the port."""
    password_rotates: NotRequired[pulumi.Input[bool | None]]
    """True if the vendor changes the password without a notification, as RDS does every 7 days with a password that AWS
    manages. Hyperdrive and Workers then reject the origin, unless `rotation_sync` is set. Default: false, with a
    warning for a host of RDS."""
    rotation_sync: NotRequired[str]
    """Name of the job that runs `pulumi up` after each rotation of the password. Requires `password_rotates`."""
    access_client_id: NotRequired[pulumi.Input[str | None]]
    """Client ID of an Access service token, for a database behind a tunnel. Requires `access_client_secret`."""
    access_client_secret: NotRequired[pulumi.Input[str | None]]
    """Client secret of the Access service token, which always becomes a secret."""
    service_id: NotRequired[pulumi.Input[str | None]]
    """ID of a Workers VPC service that leads to the database. Cannot be combined with `url`, `host` and `port`."""


class ExistingPostgres(pulumi.ComponentResource):
    """The origin of an existing Postgres database.

    Creates no resources. Consumers connect after the resources in ``depends_on`` exist. The arguments can be outputs of
    any provider's resources. If the host name shows the vendor, the vendor's defaults for the port, the database and
    the connections apply (`components/edge_postgres/origin/vendors.py`).

    Rejects unknown and missing arguments, a connection string together with its parts, two network routes, and a host
    that contains a port. Rejects an ambiguous connection string, such as one whose password is not percent-encoded.
    Values from a secret connection string stay secret, including the host.

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
    """Host name or IP address; None with a Workers VPC service."""
    port: pulumi.Output[float | None]
    """TCP port; None with an Access or a Workers VPC route."""
    database: pulumi.Output[str]
    """Name of the database."""
    user: pulumi.Output[str]
    """Role that authenticates."""
    password: pulumi.Output[str]
    """Password of the role, a secret."""
    sslmode: pulumi.Output[str | None]
    """TLS mode, if it is set."""
    max_connections: pulumi.Output[float | None]
    """Connections that the database accepts in total, if the number is known."""
    reserved_connections: pulumi.Output[float | None]
    """Connections out of `max_connections` that the database reserves, if the number is known."""
    rotation_sync: pulumi.Output[str | None]
    """Job that runs `pulumi up` after each rotation of the password, if it is set."""

    origin: PostgresOrigin
    """The database as an origin, for Hyperdrive and other consumers."""

    def __init__(self, name: str, args: ExistingPostgresArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("edge-postgres:index:ExistingPostgres", name, {}, opts)
        subject = subject_of(self)
        reject_options_without_effect(opts, subject=subject)
        args = validated_args(args, ExistingPostgresArgs, subject=subject)
        reject_contradictions(args.keys(), subject=subject)

        read_origin = origin_from_url if "url" in args else origin_from_parts
        origin = read_origin(args, subject=subject)
        if "password_rotates" in args:
            if "rotation_sync" not in args:
                origin["password_rotates"] = args["password_rotates"]
        else:
            apply_input(unsecret(origin.get("host")), lambda host: warn_of_rotation(host, subject=subject))
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
        self.rotation_sync = pulumi.Output.from_input(args.get("rotation_sync"))
        self.register_outputs({"host": self.host, "rotation_sync": self.rotation_sync})


def origin_from_url(args: ExistingPostgresArgs, *, subject: str) -> PostgresOrigin:
    """Returns the origin with the values of a connection string."""
    has_port = "access_client_id" not in args
    url = apply_input(
        args["url"],
        lambda text: read_connection_string(text, has_port=has_port, subject=f"{subject}.url"),
    )
    host = apply_input(url, lambda known: known.host)
    apply_input(host, lambda known: warn_of_reader(known, subject=f"{subject}.url"))
    apply_input(url, lambda known: report_dropped_parameters(known.dropped, subject=f"{subject}.url"))
    sslmode = apply_input(url, lambda known: known.sslmode)
    # The TLS mode is one of three values, which are not secret even if the connection string is.
    mode = pulumi.Output.unsecret(sslmode) if isinstance(sslmode, pulumi.Output) else sslmode
    origin: PostgresOrigin = {
        "host": host,
        "database": apply_input(url, lambda known: str(known.database)),
        "user": apply_input(url, lambda known: known.user),
        "password": apply_input(url, operator.attrgetter("password")),
        "sslmode": or_default(args.get("sslmode"), cast("pulumi.Input[str]", mode)),
    }
    if has_port:
        origin["port"] = apply_input(url, lambda known: cast("int", known.port))
    endpoint = apply_input(url, lambda known: Endpoint.POOLED.value if known.is_pooled else None)
    if "endpoint" not in args and endpoint is not None:
        # The kind of endpoint is not secret even if the connection string is.
        plain = pulumi.Output.unsecret(endpoint) if isinstance(endpoint, pulumi.Output) else endpoint
        origin["endpoint"] = cast("pulumi.Input[str]", plain)
    given: dict[str, object] = {key: value for key, value in args.items() if key in _PASSED_ON}
    return cast("PostgresOrigin", {**render_passed_on(given, origin.get("host", ""), subject=subject), **origin})


def report_dropped_parameters(dropped: DroppedParameters, *, subject: str) -> None:
    """Logs which parameters of a connection string no connection method sends.

    The names of unknown parameters are not shown, because a misplaced password can be among them.
    """
    if dropped.silent:
        names = ", ".join(f"`{name}`" for name in dropped.silent)
        pulumi.log.info(
            f"{subject}: has parameters that have no effect, because no connection method sends them: {names}"
        )
    if not (dropped.warned or dropped.unknown):
        return
    unknown = f"{dropped.unknown} with an unknown name" if dropped.unknown else ""
    names = ", ".join([*(f"`{name}`" for name in dropped.warned), *filter(None, [unknown])])
    fixes = " ".join(dict.fromkeys(PARAMETERS[name].instead for name in dropped.warned))
    pulumi.log.warn(
        f"{subject}: has parameters that no connection method sends: {names}. Remove them from the connection "
        f"string. {fixes or 'To set a value for each session, run `ALTER ROLE … SET` for the role.'}"
    )


def origin_from_parts(args: ExistingPostgresArgs, *, subject: str) -> PostgresOrigin:
    """Returns the origin with the host, database, user and password that are set as separate arguments."""
    host = (
        apply_input(args["host"], lambda host: _valid_host(host, subject=f"{subject}.host")) if "host" in args else ""
    )

    def database_on(values: dict[str, Any]) -> str:
        return validate_database(values["database"], values["host"], subject=f"{subject}.database")

    origin: PostgresOrigin = {
        "database": apply_inputs({"host": host, "database": args.get("database")}, database_on),
        "user": apply_input(args["user"], lambda user: validate_user(user, subject=f"{subject}.user")),
        "password": apply_input(
            args["password"], lambda password: validate_password(password, subject=f"{subject}.password")
        ),
    }
    if "host" in args:
        origin["host"] = host
        if "access_client_id" not in args:
            origin["port"] = render_port(args.get("port"), host, subject=f"{subject}.port")
    if "sslmode" in args:
        origin["sslmode"] = args["sslmode"]
    given: dict[str, object] = {key: value for key, value in args.items() if key in _PASSED_ON}
    return cast("PostgresOrigin", {**render_passed_on(given, origin.get("host", ""), subject=subject), **origin})


def _valid_host(host: str, *, subject: str) -> str:
    """Returns the host unchanged. Warns about the host of read replicas."""
    host = validate_host(host, subject=subject)
    warn_of_reader(host, subject=subject)
    return host


def warn_of_reader(host: str, *, subject: str) -> None:
    """Logs a warning if a host name belongs to read replicas."""
    if is_reader(host):
        pulumi.log.warn(
            f"{subject}: is the host of read replicas, which reject writes. Set the host of the writer, or use "
            "this origin only for Workers that read."
        )
