"""The databases, roles and ports of branches on this machine.

Each role of a project has one owner role for all branches, and a login role per branch with the branch's password,
which acts as the owner role. A copy of a database therefore has the same ownership and grants as the original.
Both roles have the rights of Neon's `neon_superuser` that clients notice: they read and write all data, and bypass
row-level security. Source: https://neon.com/docs/manage/roles (2026-11-21)
"""

from contextlib import suppress
from dataclasses import dataclass

import asyncpg

from localcloud.emulation.server import LocalServer, server_name
from localcloud.emulation.store import Draft, Record
from localcloud.neon.listeners import Listeners
from localcloud.neon.records import BRANCHES, DATABASES, ENDPOINTS, EVERYONE, OPERATIONS, PROJECTS, ROLES

ALL_DATA = ("pg_read_all_data", "pg_write_all_data")


def owner_of(project_id: str, role: str) -> str:
    """Returns the name of the owner role."""
    return server_name(project_id, role)


@dataclass(frozen=True)
class ServerObjects:
    """Creates and deletes the objects of branches."""

    server: LocalServer
    listeners: Listeners

    async def add_role(self, branch: Record, name: str, password: str | None) -> str:
        """Creates a role.

        Returns its name on the server. ``password`` may be a verifier. Without one it cannot log in.
        """
        owner, name_on_server = owner_of(branch["project_id"], name), server_name(branch["id"], name)
        with suppress(asyncpg.DuplicateObjectError):  # another branch also has the role
            await self.server.create_role(owner, None, member_of=ALL_DATA, bypass_rls=True)
        await self.server.create_role(name_on_server, password, member_of=[owner], bypass_rls=True, acts_as=owner)
        return name_on_server

    async def add_database(self, branch: Record, name: str, owner: str, template: Record | None = None) -> str:
        """Creates a database. Returns its name on the server."""
        name_on_server = server_name(branch["id"], name)
        copied = None if template is None else template["_physical"]
        await self.server.create_database(name_on_server, owner_of(branch["project_id"], owner), copied)
        return name_on_server

    async def rename_database(self, branch: Record, database: Record, name: str) -> str:
        name_on_server = server_name(branch["id"], name)
        await self.server.rename_database(database["_physical"], name_on_server)
        return name_on_server

    async def remove_role(self, draft: Draft, branch: Record, role: Record) -> None:
        """Drops a role. Its objects on the branch are reassigned to the owners of the databases."""
        await self.server.drop_role(role["_physical"])
        owner = owner_of(branch["project_id"], role["name"])
        for database in draft.owned(DATABASES, branch["id"]):
            await self.server.reassign_owned(database["_physical"], owner)
        draft.delete(ROLES, branch["id"], role["name"])
        await self._drop_if_unused(draft, branch["project_id"], role["name"])

    async def remove_endpoint(self, draft: Draft, endpoint: Record) -> None:
        await self.listeners.close(endpoint)
        draft.delete(ENDPOINTS, endpoint["project_id"], endpoint["id"])

    async def remove_database(self, draft: Draft, branch: Record, database: Record) -> None:
        await self.server.drop_database(database["_physical"])
        draft.delete(DATABASES, branch["id"], database["name"])

    async def remove_branch(self, draft: Draft, branch: Record) -> None:
        """Deletes a branch with its compute, databases and roles."""
        project_id = branch["project_id"]
        for endpoint in draft.owned(ENDPOINTS, project_id):
            if endpoint["branch_id"] == branch["id"]:
                await self.remove_endpoint(draft, endpoint)
        for database in draft.owned(DATABASES, branch["id"]):
            await self.remove_database(draft, branch, database)
        for role in draft.owned(ROLES, branch["id"]):
            await self.server.drop_role(role["_physical"])
            draft.delete(ROLES, branch["id"], role["name"])
            await self._drop_if_unused(draft, project_id, role["name"])
        draft.delete(BRANCHES, project_id, branch["id"])

    async def remove_project(self, draft: Draft, project_id: str) -> None:
        """Deletes a project with all its branches."""
        for branch in draft.owned(BRANCHES, project_id):
            await self.remove_branch(draft, branch)
        for operation in draft.owned(OPERATIONS, project_id):
            draft.delete(OPERATIONS, project_id, operation["id"])
        draft.delete(PROJECTS, EVERYONE, project_id)

    async def _drop_if_unused(self, draft: Draft, project_id: str, role: str) -> None:
        branches = draft.owned(BRANCHES, project_id)
        if not any(draft.get(ROLES, branch["id"], role) for branch in branches):
            await self.server.drop_role(owner_of(project_id, role))
