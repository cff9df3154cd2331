"""Neon's projects, branches, roles and databases as Pulumi resources.

The id of a project and of a branch is `PROJECT/BRANCH`, that of a role `PROJECT/BRANCH/NAME`, that of a database
`PROJECT/BRANCH/NUMBER`: in a preview of an update the engine knows the id of a resource and none of its other outputs.
For the same reason the address stands at the role: nothing that is changed in place changes a role.
"""

from collections.abc import Sequence
from typing import Any

import pulumi
from pulumi.dynamic import Resource

from edge_postgres.origins.neon.providers import (
    BranchProvider,
    DatabaseProvider,
    DefaultBranchProvider,
    ProjectProvider,
    RoleProvider,
)

_ADDRESS = ("host", "port", "pooled_host", "pooled_port")


class NeonProject(Resource, module="neon", name="Project"):
    """A project with its root branch, the branch's compute, a database and the role that owns it."""

    def __init__(
        self,
        resource_name: str,
        *,
        name: pulumi.Input[str],
        region_id: pulumi.Input[str],
        pg_version: pulumi.Input[float],
        branch_name: pulumi.Input[str],
        database_name: pulumi.Input[str],
        min_cu: pulumi.Input[float],
        max_cu: pulumi.Input[float],
        protected: pulumi.Input[bool] = False,
        org_id: pulumi.Input[str] | None = None,
        suspend_after_seconds: pulumi.Input[float] | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        inputs = {
            "name": name,
            "region_id": region_id,
            "pg_version": pg_version,
            "org_id": org_id,
            "branch_name": branch_name,
            "protected": protected,
            "database_name": database_name,
            "min_cu": min_cu,
            "max_cu": max_cu,
            "suspend_after_seconds": suspend_after_seconds,
        }
        super().__init__(ProjectProvider(), resource_name, _with_outputs(inputs, ("owner_org_id",)), opts)


class NeonBranch(Resource, module="neon", name="Branch"):
    """A branch of a project that is there, with a compute of its own."""

    parent_id: pulumi.Output[str]
    expires_at: pulumi.Output[str | None]
    """When Neon deletes it, RFC 3339; nothing where it stays."""

    def __init__(
        self,
        resource_name: str,
        *,
        project_id: pulumi.Input[str],
        name: pulumi.Input[str],
        min_cu: pulumi.Input[float],
        max_cu: pulumi.Input[float],
        parent: pulumi.Input[str] | None = None,
        protected: pulumi.Input[bool] = False,
        expires_after_seconds: pulumi.Input[float | None] | None = None,
        suspend_after_seconds: pulumi.Input[float] | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        inputs = {
            "project_id": project_id,
            "name": name,
            "parent": parent,
            "protected": protected,
            "expires_after_seconds": expires_after_seconds,
            "min_cu": min_cu,
            "max_cu": max_cu,
            "suspend_after_seconds": suspend_after_seconds,
        }
        # The names of branches are unique: one cannot be made beside another that it replaces.
        opts = pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(delete_before_replace=True))
        super().__init__(BranchProvider(), resource_name, _with_outputs(inputs, ("parent_id", "expires_at")), opts)


class NeonDefaultBranch(Resource, module="neon", name="DefaultBranch"):
    """The default branch of a project that is there, and its compute: looked up when it is made, and by a refresh."""

    min_cu: pulumi.Output[float]
    """Compute units that its compute has at least."""

    def __init__(
        self, resource_name: str, *, project_id: pulumi.Input[str], opts: pulumi.ResourceOptions | None = None
    ) -> None:
        inputs = {"project_id": project_id}
        super().__init__(DefaultBranchProvider(), resource_name, _with_outputs(inputs, ("min_cu",)), opts)


class NeonRole(Resource, module="neon", name="Role"):
    """A role of a branch, and where it signs in.

    ``take_over``: one of this name that is there gets a new password and is this one. ``active``: whether its turn has
    come, where two roles take turns; each time that it comes the password is made anew.
    """

    name: pulumi.Output[str]
    password: pulumi.Output[str]
    """A secret; Neon makes it."""
    host: pulumi.Output[str]
    """Where the database itself answers."""
    port: pulumi.Output[float]
    pooled_host: pulumi.Output[str]
    """Where Neon's pooler answers."""
    pooled_port: pulumi.Output[float]

    def __init__(
        self,
        resource_name: str,
        *,
        branch: pulumi.Input[str],
        name: pulumi.Input[str],
        take_over: bool = False,
        active: bool | None = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        inputs = {"branch": branch, "name": name, "take_over": take_over, "active": active}
        # What a dynamic provider returns is in the open unless it is named here.
        opts = pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(additional_secret_outputs=["password"]))
        super().__init__(RoleProvider(), resource_name, _with_outputs(inputs, ("password", *_ADDRESS)), opts)


class NeonDatabase(Resource, module="neon", name="Database"):
    """A database of a branch."""

    def __init__(
        self,
        resource_name: str,
        *,
        branch: pulumi.Input[str],
        name: pulumi.Input[str],
        owner_name: pulumi.Input[str],
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        inputs = {"branch": branch, "name": name, "owner_name": owner_name}
        # Its name is unique on the branch.
        opts = pulumi.ResourceOptions.merge(opts, pulumi.ResourceOptions(delete_before_replace=True))
        super().__init__(DatabaseProvider(), resource_name, dict(inputs), opts)


def _with_outputs(inputs: dict[str, Any], outputs: Sequence[str]) -> dict[str, Any]:
    """The properties of a dynamic resource: an output is one only if it is named among the inputs, without a value."""
    return {**dict.fromkeys(outputs), **inputs}
