"""`CloudSqlPostgres`: an instance of Google Cloud SQL whose public address accepts connections from Cloudflare."""

from typing import cast

import pulumi
import pulumi_random as random
from pulumi_gcp import sql

from edge_postgres.core.args import subject_of, validated_args
from edge_postgres.core.children import children_of
from edge_postgres.core.inputs import apply_input, apply_optional, or_default, require_value
from edge_postgres.core.transforms import ChildClasses
from edge_postgres.origin.contract import PostgresOrigin, with_dependencies
from edge_postgres.origin.names import default_name, logical_name
from edge_postgres.origin.rules import validate_length, validate_password
from edge_postgres.origin.warnings import warn_of_unlisted_version
from edge_postgres.origins.cloud_sql.arguments import CloudSqlPostgresArgs
from edge_postgres.origins.cloud_sql.instance import render_settings
from edge_postgres.origins.cloud_sql.limits import CLOUD_SQL_RESERVED_CONNECTIONS
from edge_postgres.origins.cloud_sql.restore import render_restore
from edge_postgres.origins.cloud_sql.rules import (
    DEFAULT_POSTGRES_VERSION,
    reject_two_kinds_of_access,
    validate_instance_name,
    validate_key,
    validate_new_database,
    validate_version,
)
from edge_postgres.origins.cloud_sql.tiers import connections_of_tier
from edge_postgres.postgres.random_password import create_random_password

PORT = 5432


CHILDREN: ChildClasses = {
    "instance": lambda: sql.DatabaseInstance,
    "database_resource": lambda: sql.Database,
    "user_resource": lambda: sql.User,
    "random_password": lambda: random.RandomPassword,
}


class CloudSqlPostgres(pulumi.ComponentResource):
    """A Postgres instance of Google Cloud SQL, with a database and a role, as an origin.

    Creates one ``gcp.sql.DatabaseInstance``, one ``gcp.sql.Database``, one ``gcp.sql.User``, and a password if none is
    given. The instance has a public IPv4 address, or with ``private_network`` only a private one. The instance accepts
    TLS only, and has daily backups with point-in-time recovery. The disk grows automatically, and Pulumi and Google
    protect the instance from deletion. Pulumi rejects in the preview each change that would replace the instance, the
    database or the role. A new major version of an existing instance has no effect without
    ``allow_major_version_upgrade``. Before a deletion, Google creates a last backup. Google deletes the database and
    the role with the instance. Pulumi does not delete the two separately, because a role that owns objects cannot be
    dropped. An instance with restored data already has its database.

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
    """IPv4 address of the instance, public or with `private_network` private."""
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
        is_private = "private_network" in args
        reject_two_kinds_of_access(
            networks="authorized_networks" in args or "additional_networks" in args,
            open_access=args.get("open_to_the_internet", False),
            private=is_private,
            subject=subject,
        )
        database = apply_input(
            args["database"], lambda database: _validate_database(database, subject=f"{subject}.database")
        )
        user = apply_input(args["user"], lambda user: validate_length(user, "user name", subject=f"{subject}.user"))
        settings = render_settings(args, self, subject=subject)
        restore = render_restore(args, subject=subject)

        instance_name = apply_input(
            or_default(args.get("instance_name"), default_name(name)),
            lambda known: validate_instance_name(known, subject=f"{subject}.instance_name"),
        )
        prefix = logical_name(instance_name, name)
        children = children_of(self, opts, args.get("transform"), CHILDREN, subject=subject)
        # Google rejects the deletion of a protected instance only after the state has lost the database and the role.
        # Both still exist at Google, so that the next update could not create them.
        protected = pulumi.ResourceOptions(protect=args.get("deletion_protection", True) or None)
        self.random_password = None if "password" in args else create_random_password(prefix, children)
        password = pulumi.Output.secret(
            self.random_password.result
            if self.random_password
            else apply_input(
                require_value(args["password"], subject=f"{subject}.password"),
                lambda password: validate_password(password, subject=f"{subject}.password"),
            )
        )
        self.instance = instance = sql.DatabaseInstance(
            f"{prefix}-instance",
            name=instance_name,
            project=args.get("project"),
            region=args["region"],
            database_version=apply_input(
                or_default(args.get("postgres_version"), DEFAULT_POSTGRES_VERSION),
                lambda version: _version(version, subject=f"{subject}.postgres_version"),
            ),
            settings=settings,
            deletion_protection=args.get("deletion_protection", True),
            encryption_key_name=apply_optional(
                args.get("encryption_key_name"), lambda key: validate_key(key, subject=f"{subject}.encryption_key_name")
            ),
            clone=restore.clone,
            restore_backup_context=restore.backup,
            opts=children.options(
                "instance",
                protected,
                pulumi.ResourceOptions(
                    ignore_changes=ignored_changes(args),
                    # The provider would overwrite the data of the existing instance.
                    replace_on_changes=["clone", "restoreBackupContext"],
                ),
            ),
        )
        self.server_resource: pulumi.Resource = instance
        self.database_resource: sql.Database | None = None
        if not restore.is_requested:
            self.database_resource = sql.Database(
                f"{prefix}-database",
                instance=instance.name,
                project=args.get("project"),
                name=database,
                deletion_policy="ABANDON",
                opts=children.options("database_resource", protected),
            )
        first: list[pulumi.Resource] = [self.database_resource] if self.database_resource else []
        self.user_resource = created_user = sql.User(
            f"{prefix}-user",
            instance=instance.name,
            project=args.get("project"),
            name=user,
            password=password,
            deletion_policy="ABANDON",
            # Created in sequence, because an instance accepts one operation at a time.
            opts=children.options("user_resource", protected, pulumi.ResourceOptions(depends_on=first)),
        )

        connections = estimate_connections(args, subject=subject)
        self.host = instance.private_ip_address if is_private else instance.public_ip_address
        self.origin = {
            "host": self.host,
            "port": PORT,
            "database": database,
            "user": user,
            "password": with_dependencies(password, [instance, *first, created_user]),
            "sslmode": "require",
            "reserved_connections": int(CLOUD_SQL_RESERVED_CONNECTIONS),
        }
        if is_private:
            self.origin["reach"] = "private"
        if connections is not None:
            self.origin["max_connections"] = cast("pulumi.Input[float]", connections)
        self.port = pulumi.Output.from_input(PORT)
        self.database = pulumi.Output.from_input(database)
        self.user = pulumi.Output.from_input(user)
        self.password = pulumi.Output.from_input(self.origin["password"])
        self.sslmode = pulumi.Output.from_input("require")
        self.max_connections = pulumi.Output.from_input(connections)
        self.reserved_connections = pulumi.Output.from_input(int(CLOUD_SQL_RESERVED_CONNECTIONS))
        self.server_ca_certificate = instance.server_ca_certs.apply(lambda found: found[0].cert if found else None)
        self.register_outputs({"host": self.host})


def ignored_changes(args: CloudSqlPostgresArgs) -> list[str]:
    """Returns the inputs of the instance whose changes Pulumi ignores.

    The disk grows automatically. To shrink it, the provider would recreate the instance. Google upgrades an instance to
    a new major version at once, with an outage, so that an upgrade must be allowed. Source, an excerpt read on
    2026-12-01: https://cloud.google.com/sql/docs/postgres/upgrade-major-db-version-inplace.
    """
    allowed = args.get("allow_major_version_upgrade", False)
    return ["settings.diskSize", *([] if allowed else ["databaseVersion"])]


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


def _version(version: str, *, subject: str) -> str:
    rendered = validate_version(version, subject=subject)
    warn_of_unlisted_version(int(float(version)), subject=subject)
    return rendered


def _validate_database(database: str, *, subject: str) -> str:
    return validate_new_database(validate_length(database, "database name", subject=subject), subject=subject)
