"""A branch begins as a copy of its parent: the databases, and the roles with their passwords."""

from localcloud.emulation.store import Draft, Record
from localcloud.neon.cloud import Neon
from localcloud.neon.databases import database_record
from localcloud.neon.names import new_password
from localcloud.neon.records import DATABASES, ROLES
from localcloud.neon.roles import role_record


async def copy_roles(neon: Neon, draft: Draft, project: Record, parent: Record, branch: Record) -> dict[str, str]:
    """The new passwords by role: a protected parent keeps its own.

    https://neon.com/docs/guides/protected-branches (2026-11-21)
    """
    made = {}
    for role in draft.owned(ROLES, parent["id"]):
        name = role["name"]
        physical_password, password = await neon.server.password_verifier(role["_physical"]), role.get("_password")
        if parent["protected"] and physical_password is not None:
            made[name] = physical_password = password = new_password()
        physical = await neon.physical.add_role(branch, name, physical_password)
        copy = role_record(project, branch, name, physical, password)
        copy["authentication_method"] = role["authentication_method"]
        draft.put(ROLES, branch["id"], name, copy)
    return made


async def copy_databases(neon: Neon, draft: Draft, parent: Record, branch: Record, *, schema_only: bool) -> None:
    """Ends the sessions in the parent's databases: unlike Neon, Postgres copies none that is in use."""
    for database in draft.owned(DATABASES, parent["id"]):
        name, owner = database["name"], database["owner_name"]
        physical = await neon.physical.add_database(branch, name, owner, template=database)
        draft.put(DATABASES, branch["id"], name, database_record(branch, name, owner, physical))
        if schema_only:
            await neon.server.empty_database(physical)
