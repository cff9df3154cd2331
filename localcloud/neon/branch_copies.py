"""Copies the databases and the roles, with their passwords, of a parent to a new branch."""

from localcloud.emulation.store import Draft, Record
from localcloud.neon.cloud import Neon
from localcloud.neon.databases import database_record
from localcloud.neon.names import new_password
from localcloud.neon.records import DATABASES, ROLES
from localcloud.neon.roles import role_record


async def copy_roles(neon: Neon, draft: Draft, project: Record, parent: Record, branch: Record) -> dict[str, str]:
    """Copies the roles. Returns new passwords by role, which are created if the parent is protected.

    Source: https://neon.com/docs/guides/protected-branches (2026-11-21)
    """
    new_passwords = {}
    for role in draft.owned(ROLES, parent["id"]):
        name = role["name"]
        stored_password, password = await neon.server.password_verifier(role["_physical"]), role.get("_password")
        if parent["protected"] and stored_password is not None:
            new_passwords[name] = stored_password = password = new_password()
        name_on_server = await neon.server_objects.add_role(branch, name, stored_password)
        copied_role = role_record(project, branch, name, name_on_server, password)
        copied_role["authentication_method"] = role["authentication_method"]
        draft.put(ROLES, branch["id"], name, copied_role)
    return new_passwords


async def copy_databases(neon: Neon, draft: Draft, parent: Record, branch: Record, *, schema_only: bool) -> None:
    """Copies the databases. Terminates the sessions of the parent, because Postgres cannot copy a database in use."""
    for database in draft.owned(DATABASES, parent["id"]):
        name, owner = database["name"], database["owner_name"]
        name_on_server = await neon.server_objects.add_database(branch, name, owner, template=database)
        draft.put(DATABASES, branch["id"], name, database_record(branch, name, owner, name_on_server))
        if schema_only:
            await neon.server.empty_database(name_on_server)
