"""`SupabasePostgres`: the database of a Supabase project that is there already."""

import re
from typing import Any, NotRequired, TypedDict, cast

import pulumi

from edge_postgres.core.args import validate_choice, validated_args
from edge_postgres.core.errors import ValidationError
from edge_postgres.core.inputs import apply_input
from edge_postgres.origin.contract import PostgresOrigin, with_dependencies
from edge_postgres.origin.rules import validate_length, validate_password
from edge_postgres.origins.supabase.limits import MAX_CONNECTIONS, RESERVED_PERCENT, ComputeSize

PORT = 5432
DATABASE = "postgres"
# The shared pooler's spelling of a role: it says the project, too.
_POOLER_USER = re.compile(r"([^.]+)\.[a-z0-9]{20}")


class SupabasePostgresArgs(TypedDict):
    """Arguments of SupabasePostgres."""

    project_ref: pulumi.Input[str]
    """Reference of the project: the 20 letters and digits of its dashboard's address."""
    user: pulumi.Input[str]
    """Role that signs in, at most 63 bytes; one of its own for Hyperdrive rather than `postgres`."""
    password: pulumi.Input[str]
    """Password of the role; becomes a secret if it is none."""
    database: NotRequired[pulumi.Input[str]]
    """Name of the database, `postgres` where it is left out."""
    compute_size: NotRequired[ComputeSize]
    """Size of the project's compute; it tells how many connections the database accepts."""
    max_connections: NotRequired[pulumi.Input[float]]
    """Connections that the database accepts in all; overrides what the compute size tells."""
    reserved_connections: NotRequired[pulumi.Input[float]]
    """Connections of these that stay with Supabase's own services; a fifth where it is left out."""
    sslmode: NotRequired[pulumi.Input[str]]
    """`require`, or `verify-ca` or `verify-full` with Supabase's certificate authority uploaded."""
    ca_certificate_id: NotRequired[pulumi.Input[str]]
    """Id of that uploaded CA certificate."""


class SupabasePostgres(pulumi.ComponentResource):
    """The database of a Supabase project, by its direct host, as an origin.

    Creates nothing: `supabase/supabase` of the Terraform providers makes projects, and its outputs are taken here as
    they are. A fifth of the connections stays with Supabase's own services (Auth, Realtime, Storage, the Data API).

    Refuses what is no project reference, a user of the shared pooler, and any host or port: behind a pooler Hyperdrive
    has no business, and the direct address follows from the reference.

    Example::

        supabase = SupabasePostgres("main", {
            "project_ref": "abcdefghijklmnopqrst",
            "user": "worker",
            "password": config.require_secret("databasePassword"),
            "compute_size": "small",
        })
    """

    host: pulumi.Output[str]
    """Direct host of the project. It has IPv6 only, unless the project bought the IPv4 add-on."""
    port: pulumi.Output[float]
    """TCP port, 5432."""
    database: pulumi.Output[str]
    """Name of the database."""
    user: pulumi.Output[str]
    """Role that signs in."""
    password: pulumi.Output[str]
    """Password of the role, a secret."""
    sslmode: pulumi.Output[str | None]
    """TLS mode, where one is stated."""
    max_connections: pulumi.Output[float | None]
    """Connections that the database accepts in all, where size or argument tell."""
    reserved_connections: pulumi.Output[float | None]
    """Connections of these that stay with Supabase's own services."""

    origin: PostgresOrigin
    """All of it, for a consumer."""

    def __init__(self, name: str, args: SupabasePostgresArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("edge-postgres:index:SupabasePostgres", name, {}, opts)
        args = validated_args(args, SupabasePostgresArgs, subject=name)

        password: pulumi.Output[str] = pulumi.Output.secret(
            apply_input(args["password"], lambda password: validate_password(password, subject=f"{name}.password"))
        )
        ready: pulumi.Output[str] = with_dependencies(password, opts.depends_on if opts else None)
        found = {
            "host": apply_input(args["project_ref"], lambda ref: direct_host(ref, subject=f"{name}.project_ref")),
            "port": PORT,
            "database": apply_input(
                args.get("database", DATABASE),
                lambda database: validate_length(database, "database name", subject=f"{name}.database"),
            ),
            "user": apply_input(args["user"], lambda user: direct_user(user, subject=f"{name}.user")),
            "password": ready,
            **{key: value for key, value in args.items() if key in ("sslmode", "ca_certificate_id")},
            **render_connections(args, subject=name),
        }
        origin = cast(PostgresOrigin, found)

        self.origin = origin
        self.host = pulumi.Output.from_input(origin["host"])
        self.port = pulumi.Output.from_input(origin["port"])
        self.database = pulumi.Output.from_input(origin["database"])
        self.user = pulumi.Output.from_input(origin["user"])
        self.password = pulumi.Output.from_input(origin["password"])
        self.sslmode = pulumi.Output.from_input(origin.get("sslmode"))
        self.max_connections = pulumi.Output.from_input(origin.get("max_connections"))
        self.reserved_connections = pulumi.Output.from_input(origin.get("reserved_connections"))
        self.register_outputs({})


def render_connections(args: SupabasePostgresArgs, *, subject: str) -> dict[str, Any]:
    """What the database accepts and what of it is Supabase's, as far as size or arguments tell."""
    size = (
        validate_choice(args["compute_size"], ComputeSize, subject=f"{subject}.compute_size")
        if "compute_size" in args
        else None
    )
    most = args.get("max_connections", accepted(size))
    kept = args.get("reserved_connections", apply_input(most, reserved) if most is not None else None)
    return {
        key: value for key, value in (("max_connections", most), ("reserved_connections", kept)) if value is not None
    }


def accepted(size: ComputeSize | None) -> int | None:
    """Connections that a project of a size accepts in all."""
    return None if size is None else int(MAX_CONNECTIONS[size])


def reserved(max_connections: float) -> int:
    """Connections that stay with Supabase's own services: a fifth, rounded up."""
    return int(-(-max_connections * RESERVED_PERCENT // 100))


def direct_host(project_ref: str | None, *, subject: str) -> str:
    """The host of the database itself. What else stands there may be a connection string: it is not shown."""
    if not re.fullmatch(r"[a-z0-9]{20}", project_ref or ""):
        raise ValidationError(
            subject,
            "is no project reference; one has 20 lower-case letters and digits",
            "Take it from the dashboard's address, `…/project/REFERENCE`; a pooler's host is of no use here.",
        )
    return f"db.{project_ref}.supabase.co"


def direct_user(user: str | None, *, subject: str) -> str:
    """A role of the database; ``ROLE.REFERENCE`` is how the shared pooler spells it."""
    if found := _POOLER_USER.fullmatch(user or ""):
        raise ValidationError(
            subject,
            "is a user of the shared pooler; the direct host knows the role alone",
            f"Use {found[1]}.",
        )
    return validate_length(user, "user name", subject=subject)
