"""Prisma Postgres as resources: a project, a database, a connection.

The types `prisma:Project`, `prisma:Database` and `prisma:Connection` are in users' state: they never change.
"""

import pulumi
from pulumi.dynamic import Resource

from edge_postgres.origins.prisma.providers import ConnectionProvider, DatabaseProvider, ProjectProvider


class PrismaProject(Resource, module="prisma", name="Project"):
    """A project without a database of its own; renamed in place."""

    def __init__(
        self, name: str, *, project_name: pulumi.Input[str], opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__(ProjectProvider(), name, {"name": project_name}, opts)


class PrismaDatabase(Resource, module="prisma", name="Database"):
    """A database; renamed in place, replaced for another region, project or source."""

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
    """A credential of a database, for one consumer; another name makes another one.

    ``active``: whether its turn has come, where two take turns; each time that it comes it is made anew.
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
        made = dict.fromkeys(("host", "port", "database", "user", "password", "pooled_host", "pooled_port"))
        # The engine takes outputs of a dynamic provider for plain ones.
        secret = pulumi.ResourceOptions(additional_secret_outputs=["password"])
        super().__init__(
            ConnectionProvider(),
            name,
            {"database_id": database_id, "name": connection_name, "active": active, **made},
            pulumi.ResourceOptions.merge(opts, secret),
        )
