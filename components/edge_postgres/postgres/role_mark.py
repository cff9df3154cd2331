"""The comment of a login role, which is the mark of the stack that created the role."""

import asyncpg

from edge_postgres.http.errors import ApiError

_MARK = "select shobj_description(oid, 'pg_authid') from pg_roles where rolname = $1"
_COMMENT = "select format('COMMENT ON ROLE %I IS %L', $1::text, $2::text)"


async def reject_other_mark(server: asyncpg.Connection, role: str, mark: str) -> None:
    """Rejects an existing role that this stack did not create.

    A server that was restored from a backup has the roles of the original, with the mark of the stack of the original.
    The message for such a role contains the statement with which the stack takes the role over.

    Raises:
        ApiError: The comment of the role is not ``mark``.
    """
    found = await server.fetchval(_MARK, role)
    if found == mark:
        return
    problem = f"Role {role} already exists, and this stack did not create it"
    other_name = "et another `owner_role`, because the names of the login roles begin with its name."
    if not found:
        raise ApiError(f"{problem}. S{other_name}")
    raise ApiError(
        f"{problem}: its comment is `{found}`, and the comment of this stack's role is `{mark}`. If the server is a "
        f"restored copy that only this stack uses, run: {await server.fetchval(_COMMENT, role, mark)} . Then run "
        f"`pulumi up` again, which gives the role a new password. Otherwise s{other_name}"
    )
