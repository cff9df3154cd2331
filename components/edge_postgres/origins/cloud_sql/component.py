"""`CloudSqlPostgres`: an instance of Google Cloud SQL with a public address that only Cloudflare may dial."""

from collections.abc import Mapping, Sequence
from typing import Any, NotRequired, TypedDict

import pulumi
import pulumi_gcp as gcp

from edge_postgres.core.args import validated_args
from edge_postgres.core.inputs import apply_input
from edge_postgres.origin.contract import PostgresOrigin, with_dependencies
from edge_postgres.origin.rules import validate_length, validate_password
from edge_postgres.origins.cloud_sql.instance import render_settings
from edge_postgres.origins.cloud_sql.limits import CLOUD_SQL_RESERVED_CONNECTIONS
from edge_postgres.origins.cloud_sql.rules import (
    DEFAULT_POSTGRES_VERSION,
    Availability,
    connections_of_tier,
    reject_two_doors,
    validate_instance_name,
    validate_new_database,
    validate_version,
)
from edge_postgres.postgres.generated_password import generated_password

PORT = 5432


class CloudSqlPostgresArgs(TypedDict):
    """Arguments of CloudSqlPostgres."""

    region: pulumi.Input[str]
    """Region of the instance, such as `europe-west3`; near the main audience."""
    tier: pulumi.Input[str]
    """Machine type: `db-f1-micro`, `db-custom-2-7680`, `db-perf-optimized-N-2`. The edition follows from it."""
    database: pulumi.Input[str]
    """Name of the database to make, at most 63 bytes."""
    user: pulumi.Input[str]
    """Role to make, at most 63 bytes."""
    password: NotRequired[pulumi.Input[str]]
    """Password of the role; a random one where it is left out."""
    postgres_version: NotRequired[pulumi.Input[str]]
    """Major version of Postgres, `17` where it is left out."""
    disk_size: NotRequired[pulumi.Input[float]]
    """GB of disk to begin with, 10 or more; it grows by itself, so a later change of this has no effect."""
    availability: NotRequired[Availability]
    """`zonal` where it is left out, or `regional`."""
    authorized_networks: NotRequired[pulumi.Input[Sequence[pulumi.Input[str]]]]
    """IPv4 ranges that may dial the database; Cloudflare's published ones where it is left out."""
    open_to_the_internet: NotRequired[bool]
    """True lets everybody dial the database, with nothing but the password in between."""
    max_connections: NotRequired[pulumi.Input[float]]
    """Connections that the instance shall accept, set as its flag: a change restarts it. The tier's number where it is
    left out."""
    deletion_protection: NotRequired[bool]
    """True where it is left out: neither Pulumi nor anybody else deletes the instance before this is false."""
    retained_backups: NotRequired[pulumi.Input[float]]
    """Daily backups to keep, 7 where it is left out."""
    query_insights: NotRequired[bool]
    """True lets Google keep statistics of queries."""
    labels: NotRequired[pulumi.Input[Mapping[str, pulumi.Input[str]]]]
    """Labels of the instance."""
    instance_name: NotRequired[pulumi.Input[str]]
    """Name of the instance at Google; the component's name where it is left out. A deleted one is not free again for a
    week."""
    project: NotRequired[pulumi.Input[str]]
    """Google Cloud project; the provider's where it is left out."""


class CloudSqlPostgres(pulumi.ComponentResource):
    """A Postgres instance of Google Cloud SQL, with a database and a role, as an origin.

    Creates one ``gcp.sql.DatabaseInstance`` (public IPv4 address, TLS only, authorised networks, daily backups with
    point-in-time recovery, a disk that grows, deletion protection at Pulumi and at Google), one ``gcp.sql.Database``,
    one ``gcp.sql.User``, and a password where none is given. Database and role are left alone when they leave the
    stack: what a role owns cannot be dropped with it, and the instance takes both along.

    Refuses ``0.0.0.0/0`` without ``open_to_the_internet``, IPv6 and private ranges, a database that every instance
    has already, and a name that Google or Hyperdrive does not take.

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
    """Role that signs in."""
    password: pulumi.Output[str]
    """Password of the role, a secret."""
    sslmode: pulumi.Output[str]
    """TLS mode, `require`: the certificate is Google's own and names no address."""
    max_connections: pulumi.Output[float | None]
    """Connections that the instance accepts in all, where tier or argument tell."""
    reserved_connections: pulumi.Output[float]
    """Connections of these that only superusers get."""
    server_ca_certificate: pulumi.Output[str | None]
    """The instance's own authority, PEM, to upload to Cloudflare for `verify-ca`."""

    origin: PostgresOrigin
    """All of it, for a consumer."""

    def __init__(self, name: str, args: CloudSqlPostgresArgs, opts: pulumi.ResourceOptions | None = None) -> None:
        super().__init__("edge-postgres:index:CloudSqlPostgres", name, {}, opts)
        args = validated_args(args, CloudSqlPostgresArgs, subject=name)
        reject_two_doors(
            networks="authorized_networks" in args, everybody=args.get("open_to_the_internet", False), subject=name
        )
        database = apply_input(args["database"], lambda database: _own_database(database, subject=f"{name}.database"))
        user = apply_input(args["user"], lambda user: validate_length(user, "user name", subject=f"{name}.user"))
        settings = render_settings(args, self, subject=name)

        password = pulumi.Output.secret(
            apply_input(args["password"], lambda password: validate_password(password, subject=f"{name}.password"))
            if "password" in args
            else generated_password(name, self)
        )
        instance = gcp.sql.DatabaseInstance(
            f"{name}-instance",
            name=apply_input(
                args.get("instance_name", name),
                lambda known: validate_instance_name(known, subject=f"{name}.instance_name"),
            ),
            project=args.get("project"),
            region=args["region"],
            database_version=apply_input(
                args.get("postgres_version", DEFAULT_POSTGRES_VERSION),
                lambda version: validate_version(version, subject=f"{name}.postgres_version"),
            ),
            settings=settings,
            deletion_protection=args.get("deletion_protection", True),
            opts=pulumi.ResourceOptions(
                parent=self,
                depends_on=opts.depends_on if opts else None,
                # The disk grows by itself; to set it back, the provider would make the instance anew.
                ignore_changes=["settings.diskSize"],
            ),
        )
        made_database = gcp.sql.Database(
            f"{name}-database",
            instance=instance.name,
            project=args.get("project"),
            name=database,
            deletion_policy="ABANDON",
            opts=pulumi.ResourceOptions(parent=self),
        )
        made_user = gcp.sql.User(
            f"{name}-user",
            instance=instance.name,
            project=args.get("project"),
            name=user,
            password=password,
            deletion_policy="ABANDON",
            # One after the other: an instance takes one operation at a time.
            opts=pulumi.ResourceOptions(parent=self, depends_on=[made_database]),
        )

        connections = known_connections(name, args)
        self.origin = {
            "host": instance.public_ip_address,
            "port": PORT,
            "database": database,
            "user": user,
            "password": with_dependencies(password, [instance, made_database, made_user]),
            "sslmode": "require",
            "reserved_connections": int(CLOUD_SQL_RESERVED_CONNECTIONS),
        }
        if connections is not None:
            self.origin["max_connections"] = connections
        self.host = instance.public_ip_address
        self.port = pulumi.Output.from_input(self.origin["port"])
        self.database = pulumi.Output.from_input(database)
        self.user = pulumi.Output.from_input(user)
        self.password = pulumi.Output.from_input(self.origin["password"])
        self.sslmode = pulumi.Output.from_input(self.origin["sslmode"])
        self.max_connections = pulumi.Output.from_input(connections)
        self.reserved_connections = pulumi.Output.from_input(self.origin["reserved_connections"])
        self.server_ca_certificate = instance.server_ca_certs.apply(lambda found: found[0].cert if found else None)
        self.register_outputs({})


def known_connections(name: str, args: CloudSqlPostgresArgs) -> Any:
    """Connections that the instance accepts: as stated, else as the tier tells, else nobody knows and that is said."""

    def told(tier: str) -> int | None:
        connections = connections_of_tier(tier)
        if connections is None:
            pulumi.log.warn(
                f"{name}.tier: is {tier}, and how many connections that accepts is not known here: no limit of a "
                "Hyperdrive configuration is checked against it. State `max_connections`."
            )
        return connections

    return args["max_connections"] if "max_connections" in args else apply_input(args["tier"], told)


def _own_database(database: str, *, subject: str) -> str:
    return validate_new_database(validate_length(database, "database name", subject=subject), subject=subject)
