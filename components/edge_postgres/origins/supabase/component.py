"""`SupabasePostgres`: the database of an existing Supabase project."""

import re
from typing import NotRequired, TypedDict

import pulumi

from edge_postgres.core.args import subject_of, validate_choice, validated_args
from edge_postgres.core.children import reject_options_without_effect
from edge_postgres.core.errors import ValidationError
from edge_postgres.core.inputs import apply_input, apply_optional, or_default
from edge_postgres.origin.contract import PostgresOrigin, with_dependencies
from edge_postgres.origin.rules import validate_length, validate_password
from edge_postgres.origin.warnings import warn_of_unknown_connections
from edge_postgres.origins.supabase.limits import MAX_CONNECTIONS, RESERVED_PERCENT, ComputeSize, ComputeSizeInput

PORT = 5432
DATABASE = "postgres"
# A user name at the shared pooler ends with the reference of the project.
_POOLER_USER = re.compile(r"([^.]+)\.[a-z0-9]{20}")


class SupabasePostgresArgs(TypedDict):
    """Arguments of SupabasePostgres: an existing project and a role of its database."""

    project_ref: pulumi.Input[str]
    """Reference of the project: 20 lower-case letters and digits, shown in the address of the project's dashboard."""
    user: pulumi.Input[str]
    """Role that Hyperdrive authenticates as, at most 63 bytes. A separate role is safer than `postgres`."""
    password: pulumi.Input[str]
    """Password of the role, a secret."""
    database: NotRequired[pulumi.Input[str | None]]
    """Name of the database. Default: `postgres`."""
    compute_size: NotRequired[ComputeSizeInput]
    """Size of the project's compute, which determines the default of `max_connections`."""
    max_connections: NotRequired[pulumi.Input[float | None]]
    """Connections that the database accepts in total. Default: the number of `compute_size`, else unknown."""
    reserved_connections: NotRequired[pulumi.Input[float | None]]
    """Connections out of `max_connections` that services of Supabase use. Default: 20 percent of `max_connections`."""
    sslmode: NotRequired[pulumi.Input[str | None]]
    """TLS mode: `require`, or with the uploaded CA of Supabase `verify-ca` or `verify-full`. Default: Hyperdrive's
    default, `require`."""
    ca_certificate_id: NotRequired[pulumi.Input[str | None]]
    """ID of the uploaded CA certificate of Supabase. Required with `verify-ca` and `verify-full`."""


class SupabasePostgres(pulumi.ComponentResource):
    """The database of an existing Supabase project as an origin, with its direct host.

    Creates no resource. The Terraform provider `supabase/supabase` creates projects, and this component accepts outputs
    of that provider. Services of Supabase (Auth, Realtime, Storage, the Data API) use 20 percent of the connections.

    Rejects an invalid project reference and a user of the shared pooler. Rejects a host and a port as unknown
    arguments, because the direct address follows from the project reference.

    Example::

        supabase = SupabasePostgres("main", {
            "project_ref": "abcdefghijklmnopqrst",
            "user": "worker",
            "password": config.require_secret("databasePassword"),
            "compute_size": "small",
        })
    """

    host: pulumi.Output[str]
    """Direct host of the project, with an IPv6 address only, unless the project has the IPv4 add-on."""
    port: pulumi.Output[float]
    """TCP port, 5432."""
    database: pulumi.Output[str]
    """Name of the database."""
    user: pulumi.Output[str]
    """Role that clients authenticate as."""
    password: pulumi.Output[str]
    """Password of the role, a secret."""
    sslmode: pulumi.Output[str | None]
    """TLS mode; None if omitted."""
    max_connections: pulumi.Output[float | None]
    """Connections that the database accepts in total; None if unknown."""
    reserved_connections: pulumi.Output[float | None]
    """Connections out of `max_connections` that services of Supabase use; None if unknown."""

    origin: PostgresOrigin
    """The database as an origin, for Hyperdrive and other consumers."""

    def __init__(self, name: str, args: SupabasePostgresArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("edge-postgres:index:SupabasePostgres", name, {}, opts)
        subject = subject_of(self)
        reject_options_without_effect(opts, subject=subject)
        args = validated_args(args, SupabasePostgresArgs, subject=subject)

        password: pulumi.Output[str] = pulumi.Output.secret(
            apply_input(args["password"], lambda password: validate_password(password, subject=f"{subject}.password"))
        )
        ready: pulumi.Output[str] = with_dependencies(password, opts.depends_on if opts else None)
        host = apply_input(args["project_ref"], lambda ref: direct_host(ref, subject=f"{subject}.project_ref"))
        origin: PostgresOrigin = {
            "host": host,
            "port": PORT,
            "database": apply_input(
                or_default(args.get("database"), DATABASE),
                lambda database: validate_length(database, "database name", subject=f"{subject}.database"),
            ),
            "user": apply_input(args["user"], lambda user: direct_user(user, subject=f"{subject}.user")),
            "password": ready,
        }
        if "sslmode" in args:
            origin["sslmode"] = args["sslmode"]
        if "ca_certificate_id" in args:
            origin["ca_certificate_id"] = args["ca_certificate_id"]
        most, reserved = resolve_connections(args, subject=subject)
        apply_input(most, lambda known: warn_of_unknown_connections(known, None, subject=subject))
        if most is not None:
            origin["max_connections"] = most
        if reserved is not None:
            origin["reserved_connections"] = reserved

        self.origin = origin
        self.host = pulumi.Output.from_input(host)
        self.port = pulumi.Output.from_input(PORT)
        self.database = pulumi.Output.from_input(origin["database"])
        self.user = pulumi.Output.from_input(origin["user"])
        self.password = pulumi.Output.from_input(origin["password"])
        self.sslmode = pulumi.Output.from_input(origin.get("sslmode"))
        self.max_connections = pulumi.Output.from_input(origin.get("max_connections"))
        self.reserved_connections = pulumi.Output.from_input(origin.get("reserved_connections"))
        self.register_outputs({"host": self.host})


def resolve_connections(
    args: SupabasePostgresArgs, *, subject: str
) -> tuple[pulumi.Input[float | None] | None, pulumi.Input[float | None] | None]:
    """Returns two numbers: the connections that the database accepts, and those of them that Supabase uses.

    A number is None if it is unknown.
    """
    most = args.get("max_connections")
    if "compute_size" in args:
        size = validate_choice(args["compute_size"], ComputeSize, subject=f"{subject}.compute_size")
        most = or_default(most, connections_of_size(size))
    return most, or_default(args.get("reserved_connections"), apply_optional(most, connections_of_supabase))


def connections_of_size(size: ComputeSize | None) -> int | None:
    """Returns the connections that a project of this size accepts in total; None if no size is set."""
    return None if size is None else int(MAX_CONNECTIONS[size])


def connections_of_supabase(max_connections: float) -> int:
    """Returns the connections that services of Supabase use: 20 percent, rounded up."""
    return int(-(-max_connections * RESERVED_PERCENT // 100))


def direct_host(project_ref: str | None, *, subject: str) -> str:
    """Returns the direct host of a project.

    Raises:
        ValidationError: The project reference is invalid. The message does not show it, because the value may be a
            connection string.
    """
    if not re.fullmatch(r"[a-z0-9]{20}", project_ref or ""):
        raise ValidationError(
            subject,
            "must be a project reference of 20 lower-case letters and digits",
            "Copy the reference from the address of the dashboard, `…/project/REFERENCE`.",
        )
    return f"db.{project_ref}.supabase.co"


def direct_user(user: str | None, *, subject: str) -> str:
    """Returns the name of a role unchanged.

    Raises:
        ValidationError: The name has the form ``ROLE.REFERENCE`` of the shared pooler, or a wrong length.
    """
    if found := _POOLER_USER.fullmatch(user or ""):
        raise ValidationError(
            subject,
            "must be a role of the database, got a user name of the shared pooler",
            f"Set the name without the project reference: {found[1]}.",
        )
    return validate_length(user, "user name", subject=subject)
