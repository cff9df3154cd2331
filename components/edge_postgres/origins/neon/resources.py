"""Neon's projects, branches, roles and databases as Pulumi resources.

The ID of a project and of a branch is `PROJECT/BRANCH`, the ID of a role is `PROJECT/BRANCH/NAME`, and the ID of a
database is `PROJECT/BRANCH/NUMBER`. While the engine previews an update of a resource, it knows the resource's ID but
no other output. Therefore the component reads the project and the branch from the ID. The host and the port are outputs
of the role and not of the branch, because an update of the compute would make outputs of the branch unknown in a
preview.

Do not rename the types, such as `neon:Project`, because the state of users' stacks contains them.
"""

import pulumi

from edge_postgres.http.resource import ApiInput, ApiResource
from edge_postgres.origins.neon.providers import (
    BranchProvider,
    DatabaseProvider,
    DefaultBranchProvider,
    ProjectProvider,
    RoleProvider,
)

_DELETE_FIRST = pulumi.ResourceOptions(delete_before_replace=True)
"""Option for an object with a unique name, because an object and its replacement cannot have the same name."""


class NeonProject(ApiResource, module="neon", name="Project"):
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
        org_id: pulumi.Input[str | None] | None = None,
        history_retention_seconds: pulumi.Input[float | None] | None = None,
        suspend_after_seconds: pulumi.Input[float | None] | None = None,
        api: ApiInput = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        inputs = {
            "name": name,
            "region_id": region_id,
            "pg_version": pg_version,
            "org_id": org_id,
            "history_retention_seconds": history_retention_seconds,
            "branch_name": branch_name,
            "protected": protected,
            "database_name": database_name,
            "min_cu": min_cu,
            "max_cu": max_cu,
            "suspend_after_seconds": suspend_after_seconds,
        }
        super().__init__(ProjectProvider(), resource_name, {**_declare("owner_org_id"), **inputs}, api, opts)


class NeonBranch(ApiResource, module="neon", name="Branch"):
    """A child branch of an existing project, with a separate compute."""

    parent_id: pulumi.Output[str]
    """ID of the parent branch at Neon."""
    expires_at: pulumi.Output[str | None]
    """Time at which Neon deletes the branch, in RFC 3339; None if it does not expire."""

    def __init__(
        self,
        resource_name: str,
        *,
        project_id: pulumi.Input[str],
        name: pulumi.Input[str],
        min_cu: pulumi.Input[float],
        max_cu: pulumi.Input[float],
        parent: pulumi.Input[str | None] | None = None,
        protected: pulumi.Input[bool] = False,
        expires_after_seconds: pulumi.Input[float | None] = None,
        suspend_after_seconds: pulumi.Input[float | None] | None = None,
        api: ApiInput = None,
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
        props = {**_declare("parent_id", "expires_at"), **inputs}
        super().__init__(BranchProvider(), resource_name, props, api, pulumi.ResourceOptions.merge(opts, _DELETE_FIRST))


class NeonDefaultBranch(ApiResource, module="neon", name="DefaultBranch"):
    """The default branch of an existing project and its compute, which are read at creation and by a refresh."""

    min_cu: pulumi.Output[float]
    """Smallest size of the branch's compute in compute units."""
    max_cu: pulumi.Output[float]
    """Largest size of the branch's compute in compute units."""

    def __init__(
        self,
        resource_name: str,
        *,
        project_id: pulumi.Input[str],
        api: ApiInput = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        inputs = {"project_id": project_id}
        super().__init__(DefaultBranchProvider(), resource_name, {**_declare("min_cu", "max_cu"), **inputs}, api, opts)


class NeonRole(ApiResource, module="neon", name="Role"):
    """A role of a branch, with the address of the branch.

    Args:
        branch: ID of the branch's resource, `PROJECT/BRANCH`.
        name: Name of the role.
        take_over: True adopts an existing role with this name and gives the role a new password.
        active: Whether the slot of this role is in use. None for a role without a slot. If the value becomes True, the
            role gets a new password.
    """

    name: pulumi.Output[str]
    password: pulumi.Output[str]
    """Password that Neon generates, a secret."""
    host: pulumi.Output[str]
    """Host of the database itself."""
    port: pulumi.Output[float]
    pooled_host: pulumi.Output[str]
    """Host of Neon's pooler."""
    pooled_port: pulumi.Output[float]

    def __init__(
        self,
        resource_name: str,
        *,
        branch: pulumi.Input[str],
        name: pulumi.Input[str],
        take_over: bool = False,
        active: bool | None = None,
        api: ApiInput = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        inputs = {"branch": branch, "name": name, "take_over": take_over, "active": active}
        outputs = _declare("password", "host", "port", "pooled_host", "pooled_port")
        # The state keeps an output of a dynamic provider in plain text unless this option names it.
        secret = pulumi.ResourceOptions(additional_secret_outputs=["password"])
        super().__init__(
            RoleProvider(), resource_name, {**outputs, **inputs}, api, pulumi.ResourceOptions.merge(opts, secret)
        )


class NeonDatabase(ApiResource, module="neon", name="Database"):
    """A database of a branch.

    Args:
        branch: ID of the branch's resource, `PROJECT/BRANCH`.
        name: Name of the database.
        owner_name: Name of the role that owns the database in Postgres.
    """

    def __init__(
        self,
        resource_name: str,
        *,
        branch: pulumi.Input[str],
        name: pulumi.Input[str],
        owner_name: pulumi.Input[str],
        api: ApiInput = None,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        inputs = {"branch": branch, "name": name, "owner_name": owner_name}
        options = pulumi.ResourceOptions.merge(opts, _DELETE_FIRST)
        super().__init__(DatabaseProvider(), resource_name, inputs, api, options)


def _declare(*outputs: str) -> dict[str, None]:
    """Returns the names of outputs with the value None, to be passed together with the inputs.

    The SDK knows an output of a dynamic resource only if the inputs contain its name.
    """
    return dict.fromkeys(outputs)
