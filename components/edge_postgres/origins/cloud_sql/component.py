"""`CloudSqlPostgres`: an instance of Google Cloud SQL whose public address accepts connections from Cloudflare."""

from collections.abc import Mapping, Sequence
from typing import NotRequired, TypedDict, cast

import pulumi
import pulumi_gcp as gcp
import pulumi_random as random

from edge_postgres.core.args import subject_of, validated_args
from edge_postgres.core.children import children_of
from edge_postgres.core.inputs import apply_input, or_default, require_value
from edge_postgres.core.transforms import ChildClasses, Transform
from edge_postgres.origin.contract import PostgresOrigin, with_dependencies
from edge_postgres.origin.names import default_name, logical_name
from edge_postgres.origin.rules import validate_length, validate_password
from edge_postgres.origins.cloud_sql.instance import render_settings
from edge_postgres.origins.cloud_sql.limits import CLOUD_SQL_RESERVED_CONNECTIONS
from edge_postgres.origins.cloud_sql.rules import (
    DEFAULT_POSTGRES_VERSION,
    AvailabilityInput,
    connections_of_tier,
    reject_open_access_with_ranges,
    validate_instance_name,
    validate_new_database,
    validate_version,
)
from edge_postgres.postgres.random_password import create_random_password

PORT = 5432


class CloudSqlPostgresArgs(TypedDict):
    """Arguments of CloudSqlPostgres: a new instance with a database and a role."""

    region: pulumi.Input[str]
    """Region of the instance, such as `europe-west3`."""
    tier: pulumi.Input[str]
    """Machine type, such as `db-f1-micro`, `db-custom-2-7680` or `db-perf-optimized-N-2`. Determines the edition of
    Cloud SQL."""
    database: pulumi.Input[str]
    """Name of the database that is created, at most 63 bytes."""
    user: pulumi.Input[str]
    """Name of the role that is created, at most 63 bytes."""
    password: NotRequired[pulumi.Input[str | None]]
    """Password of the role. Default: a generated password."""
    postgres_version: NotRequired[pulumi.Input[str | None]]
    """Major version of Postgres. Default: `17`."""
    disk_size: NotRequired[pulumi.Input[float | None]]
    """Initial size of the disk in GB, 10 or more. The disk grows automatically, so later changes have no effect."""
    availability: NotRequired[AvailabilityInput]
    """Zones in which the instance runs: `zonal` for one zone, `regional` for two. Default: `zonal`."""
    authorized_networks: NotRequired[pulumi.Input[Sequence[pulumi.Input[str]] | None]]
    """IPv4 ranges that may connect to the database. Default: the ranges that Cloudflare publishes."""
    open_to_the_internet: NotRequired[bool]
    """True lets every address of the Internet connect, so that only the password protects the database. Default:
    false."""
    max_connections: NotRequired[pulumi.Input[float | None]]
    """Connections that the instance accepts in total. The number becomes a database flag, and a change restarts the
    instance. Default: Google's number for the tier."""
    deletion_protection: NotRequired[bool]
    """False lets Pulumi and Google delete the instance. Default: true."""
    retained_backups: NotRequired[pulumi.Input[float | None]]
    """Number of daily backups that are kept. Default: 7."""
    query_insights: NotRequired[bool]
    """True lets Google store statistics of queries. Default: false."""
    labels: NotRequired[pulumi.Input[Mapping[str, pulumi.Input[str]] | None]]
    """Labels of the instance."""
    instance_name: NotRequired[pulumi.Input[str | None]]
    """Name of the instance at Google. Default: `<project>-<stack>-<name>`. A new value creates an empty instance and
    deletes the old one."""
    project: NotRequired[pulumi.Input[str | None]]
    """ID of the Google Cloud project. Default: the project of the provider."""
    transform: NotRequired[Mapping[str, Transform]]
    """By child resource (`instance`, `database_resource`, `user_resource`, `random_password`): arguments of the child
    that replace those of the component."""


CHILDREN: ChildClasses = {
    "instance": lambda: gcp.sql.DatabaseInstance,
    "database_resource": lambda: gcp.sql.Database,
    "user_resource": lambda: gcp.sql.User,
    "random_password": lambda: random.RandomPassword,
}


class CloudSqlPostgres(pulumi.ComponentResource):
    """A Postgres instance of Google Cloud SQL, with a database and a role, as an origin.

    Creates one ``gcp.sql.DatabaseInstance``, one ``gcp.sql.Database``, one ``gcp.sql.User``, and a password if none is
    given. The instance has a public IPv4 address, accepts TLS only, and has daily backups with point-in-time recovery.
    The disk grows automatically, and Pulumi and Google protect the instance from deletion. Google deletes the database
    and the role with the instance. Pulumi does not delete the two separately, because a role that owns objects cannot
    be dropped.

    Rejects unknown arguments, very wide ranges such as ``0.0.0.0/0`` (set ``open_to_the_internet`` instead), and IPv6
    and private ranges. Rejects a database that every instance contains, a disk below 10 GB, and names and versions that
    Google or Hyperdrive rejects.

    Example::

        cloud_sql = CloudSqlPostgres("main", {
            "region": "europe-west3",
            "tier": "db-custom-2-7680",
            "database": "app",
            "user": "worker",
        })
    """

    host: pulumi.Output[str]
    """Public IPv4 address of the instance."""
    port: pulumi.Output[float]
    """TCP port, 5432."""
    database: pulumi.Output[str]
    """Name of the database."""
    user: pulumi.Output[str]
    """Role that clients authenticate as."""
    password: pulumi.Output[str]
    """Password of the role, a secret."""
    sslmode: pulumi.Output[str]
    """TLS mode, `require`. Google signs the certificate itself, and the certificate contains no address."""
    max_connections: pulumi.Output[float | None]
    """Connections that the instance accepts in total; None for an unknown tier."""
    reserved_connections: pulumi.Output[float]
    """Connections out of `max_connections` that only superusers can use."""
    server_ca_certificate: pulumi.Output[str | None]
    """CA certificate of the instance in PEM. The TLS mode `verify-ca` needs it as an upload at Cloudflare."""

    origin: PostgresOrigin
    """The database as an origin, for Hyperdrive and other consumers."""

    def __init__(self, name: str, args: CloudSqlPostgresArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("edge-postgres:index:CloudSqlPostgres", name, {}, opts)
        subject = subject_of(self)
        args = validated_args(args, CloudSqlPostgresArgs, subject=subject)
        reject_open_access_with_ranges(
            networks="authorized_networks" in args, open_access=args.get("open_to_the_internet", False), subject=subject
        )
        database = apply_input(
            args["database"], lambda database: _validate_database(database, subject=f"{subject}.database")
        )
        user = apply_input(args["user"], lambda user: validate_length(user, "user name", subject=f"{subject}.user"))
        settings = render_settings(args, self, subject=subject)

        instance_name = apply_input(
            or_default(args.get("instance_name"), default_name(name)),
            lambda known: validate_instance_name(known, subject=f"{subject}.instance_name"),
        )
        prefix = logical_name(instance_name, name)
        children = children_of(self, opts, args.get("transform"), CHILDREN, subject=subject)
        self.random_password = None if "password" in args else create_random_password(prefix, children)
        password = pulumi.Output.secret(
            self.random_password.result
            if self.random_password
            else apply_input(
                require_value(args["password"], subject=f"{subject}.password"),
                lambda password: validate_password(password, subject=f"{subject}.password"),
            )
        )
        self.instance = instance = gcp.sql.DatabaseInstance(
            f"{prefix}-instance",
            name=instance_name,
            project=args.get("project"),
            region=args["region"],
            database_version=apply_input(
                or_default(args.get("postgres_version"), DEFAULT_POSTGRES_VERSION),
                lambda version: validate_version(version, subject=f"{subject}.postgres_version"),
            ),
            settings=settings,
            deletion_protection=args.get("deletion_protection", True),
            # The disk grows automatically. To shrink it, the provider would recreate the instance.
            opts=children.options("instance", pulumi.ResourceOptions(ignore_changes=["settings.diskSize"])),
        )
        self.database_resource = created_database = gcp.sql.Database(
            f"{prefix}-database",
            instance=instance.name,
            project=args.get("project"),
            name=database,
            deletion_policy="ABANDON",
            opts=children.options("database_resource"),
        )
        self.user_resource = created_user = gcp.sql.User(
            f"{prefix}-user",
            instance=instance.name,
            project=args.get("project"),
            name=user,
            password=password,
            deletion_policy="ABANDON",
            # Created in sequence, because an instance accepts one operation at a time.
            opts=children.options("user_resource", pulumi.ResourceOptions(depends_on=[created_database])),
        )

        connections = estimate_connections(args, subject=subject)
        self.origin = {
            "host": instance.public_ip_address,
            "port": PORT,
            "database": database,
            "user": user,
            "password": with_dependencies(password, [instance, created_database, created_user]),
            "sslmode": "require",
            "reserved_connections": int(CLOUD_SQL_RESERVED_CONNECTIONS),
        }
        if connections is not None:
            self.origin["max_connections"] = cast("pulumi.Input[float]", connections)
        self.host = instance.public_ip_address
        self.port = pulumi.Output.from_input(PORT)
        self.database = pulumi.Output.from_input(database)
        self.user = pulumi.Output.from_input(user)
        self.password = pulumi.Output.from_input(self.origin["password"])
        self.sslmode = pulumi.Output.from_input("require")
        self.max_connections = pulumi.Output.from_input(connections)
        self.reserved_connections = pulumi.Output.from_input(int(CLOUD_SQL_RESERVED_CONNECTIONS))
        self.server_ca_certificate = instance.server_ca_certs.apply(lambda found: found[0].cert if found else None)
        self.register_outputs({"host": self.host})


def estimate_connections(args: CloudSqlPostgresArgs, *, subject: str) -> pulumi.Input[float | None]:
    """Returns the connections that the instance accepts: the argument, else the number of the tier.

    Warns about a tier whose number is unknown.
    """

    def estimate(tier: str) -> float | None:
        connections = connections_of_tier(tier)
        if connections is None:
            pulumi.log.warn(
                f"{subject}.tier: is {tier}, whose number of connections is unknown, so Hyperdrive's connection limit "
                "is not checked against this number. Set `max_connections`."
            )
        return connections

    def choose(most: float | None) -> pulumi.Input[float | None]:
        return apply_input(args["tier"], estimate) if most is None else most

    return cast("pulumi.Input[float | None]", apply_input(args.get("max_connections"), choose))


def _validate_database(database: str, *, subject: str) -> str:
    return validate_new_database(validate_length(database, "database name", subject=subject), subject=subject)
