"""Prisma's projects, databases and connections as Pulumi resources.

Do not rename the types `prisma:Project`, `prisma:Database` and `prisma:Connection`, because the state of users' stacks
contains them.
"""

import pulumi

from edge_postgres.http.resource import ApiInput, ApiResource
from edge_postgres.origins.prisma.providers import ConnectionProvider, DatabaseProvider, ProjectProvider

_OUTPUTS = dict.fromkeys(("host", "port", "database", "user", "password", "pooled_host", "pooled_port"))
"""The outputs of a connection. The SDK knows an output of a dynamic resource only if the inputs contain its name."""


class PrismaProject(ApiResource, module="prisma", name="Project"):
    """A project without a database. A new name is updated in place."""

    def __init__(
        self,
        resource_name: str,
        *,
        name: pulumi.Input[str],
        api: ApiInput = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__(ProjectProvider(), resource_name, {"name": name}, api, opts)


class PrismaDatabase(ApiResource, module="prisma", name="Database"):
    """A database. A new name is updated in place. Another region, project or source replaces the database."""

    def __init__(
        self,
        resource_name: str,
        *,
        project_id: pulumi.Input[str],
        name: pulumi.Input[str],
        region: pulumi.Input[str],
        plan: str | None = None,
        source_database_id: pulumi.Input[str | None] | None = None,
        source_backup_id: pulumi.Input[str | None] | None = None,
        api: ApiInput = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        props = {
            "project_id": project_id,
            "name": name,
            "region": region,
            "plan": plan,
            "source_database_id": source_database_id,
            "source_backup_id": source_backup_id,
        }
        super().__init__(DatabaseProvider(), resource_name, props, api, opts)


class PrismaConnection(ApiResource, module="prisma", name="Connection"):
    """The credentials of one consumer of a database. Another name or database replaces the connection.

    Args:
        active: Whether the slot of this connection is in use. None for a connection without a slot. If the value
            becomes True, the connection gets new credentials.
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
        resource_name: str,
        *,
        database_id: pulumi.Input[str],
        name: pulumi.Input[str],
        active: bool | None = None,
        api: ApiInput = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        inputs = {"database_id": database_id, "name": name, "active": active}
        # The state keeps an output of a dynamic provider in plain text unless this option names it.
        secret = pulumi.ResourceOptions(additional_secret_outputs=["password"])
        options = pulumi.ResourceOptions.merge(opts, secret)
        super().__init__(ConnectionProvider(), resource_name, {**inputs, **_OUTPUTS}, api, options)
