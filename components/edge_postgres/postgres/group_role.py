"""The group role that two login roles act as. It owns the objects of the application, and is no administrator."""

import asyncpg

from edge_postgres.http.errors import ApiError
from edge_postgres.postgres.role_rules import VENDOR_ADMINISTRATORS
from edge_postgres.postgres.session import execute

_IS_ADMINISTRATOR = """
    select g.rolsuper or g.rolcreaterole or g.rolname = current_user
        or pg_has_role(g.oid, (select oid from pg_roles where rolname = current_user), 'member')
        or exists (select from pg_roles v where v.rolname = any($2) and pg_has_role(g.oid, v.oid, 'member'))
    from pg_roles g where g.rolname = $1
"""
_HAS_PUBLIC = "select has_schema_privilege(to_regnamespace('public')::oid, $1)"
_CAN_GRANT = """
    select a.rolsuper or (a.rolcreaterole and $2) or pg_has_role($1::name, 'member with admin option')
    from pg_roles a where a.rolname = current_user
"""


async def ensure_group_role(server: asyncpg.Connection, group: str, database: str) -> None:
    """Creates the group role if it is missing.

    Raises:
        ApiError: The group role is an administrator or acts as one, or the current user cannot grant it.
    """
    is_administrator = await server.fetchval(_IS_ADMINISTRATOR, group, list(VENDOR_ADMINISTRATORS))
    if is_administrator:
        raise ApiError(
            f"Role {group} is an administrator of the server or acts as one, and the Workers would act as {group}. Set "
            "`owner_role` to another role. A missing role is created, and owns the tables afterwards."
        )
    if is_administrator is None:
        await _create_group_role(server, group, database)
    # Until version 15, `CREATEROLE` includes the right to grant every role without superuser.
    grants_all = server.get_server_version().major < 16
    if not await server.fetchval(_CAN_GRANT, group, grants_all):
        admin = await server.fetchval("select current_user")
        raise ApiError(
            f"Role {admin} cannot grant the role {group}. As a role that can grant it, run: "
            f'GRANT "{group}" TO "{admin}" WITH ADMIN OPTION'
        )


async def _create_group_role(server: asyncpg.Connection, group: str, database: str) -> None:
    await execute(server, "create role %I with nologin", group)
    for privilege in ("connect", "create", "temporary"):
        if await server.fetchval("select has_database_privilege($1, $2)", database, f"{privilege} with grant option"):
            await execute(server, f"grant {privilege} on database %I to %I", database, group)
    for privilege in ("usage", "create"):
        if await server.fetchval(_HAS_PUBLIC, f"{privilege} with grant option"):
            await execute(server, f"grant {privilege} on schema public to %I", group)
