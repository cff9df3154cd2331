"""Roles and databases of a Postgres server as Pulumi resources.

Do not rename the types `postgres:Role` and `postgres:Database`, because the state of users' stacks contains them.
"""

from typing import NotRequired, TypedDict

import pulumi
from pulumi.dynamic import Resource

from edge_postgres.postgres.providers import PostgresDatabaseProvider, PostgresRoleProvider


class AdminConnection(TypedDict):
    """The connection of an administrator, by which `pulumi up` creates a role or a database."""

    host: pulumi.Input[str]
    port: pulumi.Input[float]
    database: pulumi.Input[str]
    admin_user: pulumi.Input[str]
    admin_password: pulumi.Input[str]
    ca_pem: NotRequired[pulumi.Input[str | None] | None]


class PostgresRole(Resource, module="postgres", name="Role"):
    """A login role that acts as a group role. Objects that the login role creates belong to the group role.

    Args:
        name: Name of the login role.
        acts_as: Name of the group role.
        former_user: Name of the role as which clients authenticated before. Its objects become objects of the group
            role.
        owner: Comment of the login role that marks it as created by this stack. It is not the name of a role.
        active: Whether the slot of the login role is in use.
    """

    password: pulumi.Output[str]
    """Password of the login role, a secret. A role gets a new password each time that its slot becomes active."""

    def __init__(
        self,
        resource_name: str,
        connection: AdminConnection,
        *,
        name: pulumi.Input[str],
        acts_as: pulumi.Input[str],
        former_user: pulumi.Input[str],
        owner: pulumi.Input[str],
        active: pulumi.Input[bool],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        names = {"name": name, "acts_as": acts_as, "former_user": former_user, "owner": owner}
        secret = pulumi.ResourceOptions(additional_secret_outputs=["password", "admin_password"])
        super().__init__(
            PostgresRoleProvider(),
            resource_name,
            {**_with_secret_password(connection), **names, "active": active, "password": None},
            pulumi.ResourceOptions.merge(opts, secret),
        )


class PostgresDatabase(Resource, module="postgres", name="Database"):
    """A database that belongs to the administrator.

    Args:
        owner: Comment of the database that marks it as created by this stack. It is not the name of a role.
        template: Name of a database that Postgres copies into the new database.
    """

    def __init__(
        self,
        resource_name: str,
        connection: AdminConnection,
        *,
        name: pulumi.Input[str],
        owner: pulumi.Input[str],
        template: pulumi.Input[str] | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        inputs = {"name": name, "template": template, "owner": owner}
        secret = pulumi.ResourceOptions(additional_secret_outputs=["admin_password"])
        super().__init__(
            PostgresDatabaseProvider(),
            resource_name,
            {**_with_secret_password(connection), **inputs},
            pulumi.ResourceOptions.merge(opts, secret),
        )


def _with_secret_password(connection: AdminConnection) -> AdminConnection:
    """Returns the connection with its password as a secret, and with the key `ca_pem` even if there is no CA."""
    return {
        **connection,
        "admin_password": pulumi.Output.secret(connection["admin_password"]),
        "ca_pem": connection.get("ca_pem"),
    }
