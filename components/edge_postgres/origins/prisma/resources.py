"""Prisma's projects, databases and connections as Pulumi resources.

The types `prisma:Project`, `prisma:Database` and `prisma:Connection` are in the state of users' stacks. They never
change.
"""

import pulumi
from pulumi.dynamic import Resource

from edge_postgres.origins.prisma.providers import ConnectionProvider, DatabaseProvider, ProjectProvider

_OUTPUTS = dict.fromkeys(("host", "port", "database", "user", "password", "pooled_host", "pooled_port"))
"""The outputs of a connection. The SDK knows an output of a dynamic resource only if it is among the inputs."""


class PrismaProject(Resource, module="prisma", name="Project"):
    """A project without a database, which is renamed in place."""

    def __init__(
        self, name: str, *, project_name: pulumi.Input[str], opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__(ProjectProvider(), name, {"name": project_name}, opts)


class PrismaDatabase(Resource, module="prisma", name="Database"):
    """A database, which is renamed in place and replaced for another region, project or source."""

    def __init__(
        self,
        name: str,
        *,
        project_id: pulumi.Input[str],
        database_name: pulumi.Input[str],
        region: pulumi.Input[str],
        source_database_id: pulumi.Input[str] | None = None,
        source_backup_id: pulumi.Input[str] | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        props = {
            "project_id": project_id,
            "name": database_name,
            "region": region,
            "source_database_id": source_database_id,
            "source_backup_id": source_backup_id,
        }
        super().__init__(DatabaseProvider(), name, props, opts)


class PrismaConnection(Resource, module="prisma", name="Connection"):
    """The credentials of one consumer of a database, which are replaced for another name.

    Args:
        active: The slot of this connection is in use. None for a connection without a slot. A connection that becomes
            active gets new credentials.
    """

    host: pulumi.Output[str]
    port: pulumi.Output[float]
    database: pulumi.Output[str]
    user: pulumi.Output[str]
    password: pulumi.Output[str]
    pooled_host: pulumi.Output[str | None]
    pooled_port: pulumi.Output[float | None]

    def __init__(
        self,
        name: str,
        *,
        database_id: pulumi.Input[str],
        connection_name: pulumi.Input[str],
        active: bool | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        inputs = {"database_id": database_id, "name": connection_name, "active": active}
        # The outputs of a dynamic provider are plain text unless they are named here.
        secret = pulumi.ResourceOptions(additional_secret_outputs=["password"])
        super().__init__(ConnectionProvider(), name, {**inputs, **_OUTPUTS}, pulumi.ResourceOptions.merge(opts, secret))
