"""The settings of a role, such as `search_path`, which Postgres applies when a client authenticates as the role."""

import asyncpg

from edge_postgres.postgres.session import execute

_SETTINGS = """
    select d.datname as database, split_part(setting, '=', 1) as name,
        substr(setting, strpos(setting, '=') + 1) as value
    from pg_db_role_setting s join pg_roles r on r.oid = s.setrole left join pg_database d on d.oid = s.setdatabase,
         unnest(s.setconfig) setting
    where r.rolname = $1 and (d.datname is null or d.datname = current_database()) and setting not like 'role=%'
"""


_NOT_COPIED = (
    asyncpg.InsufficientPrivilegeError,  # a setting of the superuser
    asyncpg.CantChangeRuntimeParamError,  # a setting of the start of a session
    asyncpg.InvalidParameterValueError,
    asyncpg.UndefinedObjectError,  # a setting of an extension that no longer exists
)


async def copy_settings(server: asyncpg.Connection, source: str | None, target: str) -> None:
    """Gives a role the settings of another role in this database. Must run in a transaction.

    A setting that the administrator cannot change in a session, such as a setting of the superuser, is not copied.

    Args:
        source: Name of the role with the settings. Nothing is copied if it is None, or if the role does not exist.
        target: Name of the role that gets the settings.
    """
    for row in await server.fetch(_SETTINGS, source):
        place, names = ("in database %I ", [row["database"]]) if row["database"] else ("", [])
        try:
            # The value of a list, such as that of `search_path`, cannot be one string in the statement.
            async with server.transaction():
                await server.execute("select set_config($1, $2, true)", row["name"], row["value"])
                await execute(server, f"alter role %I {place}set %I from current", target, *names, row["name"])
        except _NOT_COPIED:
            continue
