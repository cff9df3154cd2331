"""The handover of a database from its former user to the group role of two login roles.

Before the rotation is turned on, clients authenticate as the former user, which owns the tables. Afterwards the login
roles act as the group role. Therefore the objects of the former user become objects of the group role, and the former
user becomes a member of the group role, so that it keeps its rights.

A function with `SECURITY DEFINER` keeps its owner, because it executes with the rights of its owner.
"""

import asyncio
import contextlib

import asyncpg

from edge_postgres.http.errors import ApiError
from edge_postgres.postgres.ownership_queries import (
    DEFAULT_PRIVILEGES,
    FOREIGN_RIGHTS,
    GRANTS,
    GRANTS_ON_OBJECTS,
    TRANSFERS,
)
from edge_postgres.postgres.row_security_queries import BYPASSES, HIDDEN_ROWS, POLICIES
from edge_postgres.postgres.session import execute

# A statement that waits for a lock blocks the queries behind it, so it must not wait for long.
_LOCK_TIMEOUT = "2s"
_LOCK_ATTEMPTS = 5
_LOCK_INTERVAL_SECONDS = 1.0
_SHOWN_RIGHTS = 5


async def hand_over(server: asyncpg.Connection, group: str, user: str | None) -> None:
    """Makes the group role the owner of the objects of the former user, and grants it the other rights of the user.

    Each change is a separate transaction, and a repeated call continues after an error. The former user keeps its
    rights throughout. Does nothing if the former user does not exist, or if the group role already has its rights.

    Args:
        server: A session of the administrator in the database.
        group: Name of the existing group role.
        user: Name of the role as which clients authenticated before; None if no client did.

    Raises:
        ApiError: Afterwards the group role would lack a right that the former user has. The message names such rights.
    """
    if user is None or user == group or await _has_rights_of(server, group, user):
        return
    await server.execute("set search_path to pg_catalog")
    await server.execute(f"set lock_timeout to '{_LOCK_TIMEOUT}'")
    if await _has_rights_of(server, "current_user", user):
        await join(server, group, user)
        await join(server, group, "current_user")
        await _execute_all(server, GRANTS, group, user)
        await _reject_lost_rights(server, group, user, kinds=("database", "schema"))
        await _execute_all(server, TRANSFERS, group, user)
        for query in (GRANTS_ON_OBJECTS, POLICIES, DEFAULT_PRIVILEGES):
            await _execute_all(server, query, group, user)
        for objects in ("tables", "sequences", "routines", "types", "schemas"):
            await execute(server, f"alter default privileges for role %I grant all on {objects} to %I", user, group)
    await _reject_lost_rights(server, group, user)
    await _reject_hidden_rows(server, group, user)


async def join(server: asyncpg.Connection, group: str, member: str) -> None:
    """Makes a role a member of the group role, so that it inherits the rights of the group role and can act as it.

    Args:
        member: Name of the role, or `current_user`.
    """
    can_act = "set" if server.get_server_version().major >= 16 else "member"
    if not await _is_member(server, member, group, can_act) or not await _is_member(server, member, group, "usage"):
        # Until version 15, `NOINHERIT` of the member applies to all of its memberships.
        options = " with inherit true, set true" if can_act == "set" else ""
        name = await server.fetchval("select current_user") if member == "current_user" else member
        await execute(server, f"grant %I to %I{options}", group, name)
        if not await _is_member(server, member, group, "usage"):
            raise ApiError(
                f"Role {name} does not inherit the rights of its groups, so it would lose its rights when its objects "
                f"become objects of {group}. Run: ALTER ROLE {name} INHERIT"
            )


async def _has_rights_of(server: asyncpg.Connection, role: str, other: str) -> bool:
    """Returns whether a role has all rights of another role. True if the other role does not exist."""
    if not await server.fetchval("select true from pg_roles where rolname = $1", other):
        return True
    return await _is_member(server, role, other, "usage")


async def _is_member(server: asyncpg.Connection, member: str, group: str, kind: str) -> bool:
    """Returns whether a role, or `current_user`, is a member of another role in the sense of ``kind``."""
    if member == "current_user":
        return bool(await server.fetchval("select pg_has_role($1::name, $2)", group, kind))
    return bool(await server.fetchval("select pg_has_role($1::name, $2::name, $3)", member, group, kind))


async def _execute_all(server: asyncpg.Connection, query: str, group: str, user: str) -> None:
    """Executes the statements that a query returns, each in a separate transaction."""
    for row in await server.fetch(query, group, user):
        await _execute_with_lock(server, row["statement"])


async def _execute_with_lock(server: asyncpg.Connection, statement: str) -> None:
    """Executes a statement, again after a pause if a lock is not available.

    Raises:
        ApiError: A lock is not available after several attempts.
    """
    for attempt in range(_LOCK_ATTEMPTS):
        if attempt:
            await asyncio.sleep(_LOCK_INTERVAL_SECONDS)
        try:
            await server.execute(statement)
        except (asyncpg.LockNotAvailableError, asyncpg.DeadlockDetectedError):
            continue
        except (asyncpg.UndefinedObjectError, asyncpg.UndefinedTableError, asyncpg.UndefinedFunctionError):
            pass  # dropped in the meantime
        return
    raise ApiError(
        f"The statement `{statement}` got no lock within {_LOCK_TIMEOUT}, because other sessions use the object. "
        "Run `pulumi up` again when no long transaction uses the object."
    )


async def _reject_lost_rights(
    server: asyncpg.Connection,
    group: str,
    user: str,
    *,
    kinds: tuple[str, ...] = ("database", "schema", "relation", "routine"),
) -> None:
    """Raises `ApiError` if the group role lacks a right of the former user on an object of one of the kinds."""
    lost = [row["description"] for row in await server.fetch(FOREIGN_RIGHTS, group, user) if row["kind"] in kinds]
    if lost:
        raise ApiError(
            f"Role {group} lacks rights that {user} has, and the Workers would lose these rights: {_first(lost)}. As "
            f"the owner of these objects, grant the rights to {group}. For the rights of an owner, make {group} a "
            "member of the owner."
        )


async def _reject_hidden_rows(server: asyncpg.Connection, group: str, user: str) -> None:
    """Raises `ApiError` if row-level security hides rows from the group role that the former user sees.

    If the former user bypasses row-level security, the group role does so afterwards, as far as the administrator can
    allow it.
    """
    hidden = await server.fetch(HIDDEN_ROWS, group, user)
    if hidden and await server.fetchval(BYPASSES, user):
        with contextlib.suppress(asyncpg.InsufficientPrivilegeError):
            await execute(server, "alter role %I bypassrls", group)
        hidden = await server.fetch(HIDDEN_ROWS, group, user)
    if hidden:
        raise ApiError(
            f"Row-level security hides rows from {group} that {user} sees, and the Workers would lose them: "
            f"{_first([row['description'] for row in hidden])}. As the owner of these tables, add {group} to the "
            f'policies. Or run as an administrator: ALTER ROLE "{group}" BYPASSRLS'
        )


def _first(descriptions: list[str]) -> str:
    more = f" and {len(descriptions) - _SHOWN_RIGHTS} more" if len(descriptions) > _SHOWN_RIGHTS else ""
    return ", ".join(descriptions[:_SHOWN_RIGHTS]) + more
