"""Creation, update and deletion of login roles through the Postgres protocol, by an administrator.

A login role acts as a group role from its first statement on (`ALTER ROLE … SET role`). The objects that the login role
creates belong to the group role. Therefore the login roles of both slots can use the objects. A statement contains the
SCRAM verifier of a password and never the password itself.

The comment of a login role contains the mark of the stack that created the role. ``props`` are the inputs of the
resource `postgres:Role`, whose `owner` is this mark.
"""

import secrets
import string
from typing import TypeVar

import asyncpg

from edge_postgres.core.json_types import Json
from edge_postgres.postgres.group_role import ensure_group_role
from edge_postgres.postgres.ownership import hand_over, join
from edge_postgres.postgres.role_mark import reject_other_mark
from edge_postgres.postgres.role_settings import copy_settings
from edge_postgres.postgres.scram import scram_verifier
from edge_postgres.postgres.session import Work, execute, run_in_session

T = TypeVar("T")

PASSWORD_LENGTH = 32
# Key of the advisory lock that runs these sessions in one database one after the other. Otherwise the sessions of two
# login roles could both create the same group role.
LOCK = 0x65646765
LOCK_TIMEOUT_SECONDS = 300.0


def create_role(props: Json) -> str:
    """Creates the login role, and the group role if that role is missing. Returns the password of the login role.

    A login role with this stack's mark is the result of an interrupted creation, and is adopted.

    Raises:
        ApiError: A role with this name exists, and does not have this stack's mark. Or the group role cannot be used:
            see `_configure`.
    """
    password = _generate_password()

    async def create(server: asyncpg.Connection) -> None:
        if not await _exists(server, props["name"]):
            await execute(server, "create role %I with login", props["name"])
            await execute(server, "comment on role %I is %L", props["name"], props["owner"])
            await copy_settings(server, props.get("former_user"), props["name"])
        else:
            await reject_other_mark(server, props["name"], props["owner"])

    _run_alone(props, lambda server: _configure(server, props, password, create))
    return password


def update_role(props: Json, password: str | None) -> str:
    """Sets the group role of the login role. Returns the password that is valid afterwards.

    Args:
        password: The current password of the login role, which stays. None sets a new password.
    """
    known = password or _generate_password()
    _run_alone(props, lambda server: _configure(server, props, known if password is None else None))
    return known


def role_exists(props: Json) -> bool:
    """Returns whether the role exists."""
    return _run_alone(props, lambda server: _exists(server, props["name"]))


def drop_role(props: Json) -> None:
    """Drops the login role, if it exists.

    A login role can own objects, for example those that a client created after `RESET ROLE`. Such objects then belong
    to the group role, so that no data is lost.
    """

    async def drop(server: asyncpg.Connection) -> None:
        if not await _exists(server, props["name"]):
            return
        try:
            async with server.transaction():
                await execute(server, "drop role %I", props["name"])
        except asyncpg.DependentObjectsStillExistError:
            async with server.transaction():
                for role in (props["name"], props["acts_as"]):
                    await join(server, role, "current_user")
                await execute(server, "reassign owned by %I to %I", props["name"], props["acts_as"])
                # After the line above, this statement drops no object. It only removes the permissions of the role.
                await execute(server, "drop owned by %I", props["name"])
                await execute(server, "drop role %I", props["name"])

    _run_alone(props, drop)


async def _configure(
    server: asyncpg.Connection, props: Json, password: str | None, create: Work[None] | None = None
) -> None:
    """Sets the group role that the login role acts as, and the password unless ``password`` is None.

    Creates the group role if it is missing. The group role gets the objects of the former user before ``create``
    creates the login role, so that an error leaves the credentials as they are.

    Raises:
        ApiError: The group role would act as an administrator, the administrator cannot grant it, or it would lack a
            right of the former user.
    """
    group = props["acts_as"]
    async with server.transaction():
        await ensure_group_role(server, group, props["database"])
    await hand_over(server, group, props.get("former_user"))
    async with server.transaction():
        if create is not None:
            await create(server)
        await execute(server, "grant %I to %I", group, props["name"])
        await execute(server, "alter role %I set role to %I", props["name"], group)
        if password is not None:
            await execute(server, "alter role %I with login password %L", props["name"], scram_verifier(password))


async def _exists(server: asyncpg.Connection, role: str) -> bool:
    return bool(await server.fetchval("select true from pg_roles where rolname = $1", role))


def _run_alone(props: Json, work: Work[T]) -> T:
    """Runs ``work`` in a session, while no other such session of this database does. Returns the result of ``work``."""

    async def lock_and_work(server: asyncpg.Connection) -> T:
        # The end of the session releases the lock. The other session may hand over many objects.
        await server.execute("select pg_advisory_lock($1)", LOCK, timeout=LOCK_TIMEOUT_SECONDS)
        return await work(server)

    fix = (
        "Run `pulumi up` on a machine that can connect to the server, or set two existing roles with passwords. If the "
        "server no longer exists, run `pulumi state delete` with the URN of the role."
    )
    return run_in_session(props, lock_and_work, subject=f"role {props['name']}", fix=fix)


def _generate_password() -> str:
    """Returns a random password of letters and digits, which need no encoding in a connection string."""
    return "".join(secrets.choice(string.ascii_letters + string.digits) for _ in range(PASSWORD_LENGTH))
