"""Validation of the two rotating roles of a database: their creator, their group role, and access to the database."""

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pulumi

from edge_postgres.core.errors import ValidationError
from edge_postgres.postgres.role_rules import validate_owner_role
from edge_postgres.stack.every_error import errors_of_call
from edge_postgres.stack.origins.role_creator import RoleCreator

if TYPE_CHECKING:
    from edge_postgres.stack.origins.database import Database


def errors_of_roles(database: "Database") -> Iterator[ValidationError]:
    """Yields the errors of `credentials` that depend on the other settings of the database."""
    given = database.credentials
    if given is None:
        return
    if database.role_creator is RoleCreator.VENDOR:
        if given.describes_roles:
            yield ValidationError(
                "credentials",
                "must not contain roles, because the vendor creates the roles",
                "Set only `active_slot`.",
            )
        return
    if not (given.a or given.admin_user or database.role_creator):
        yield ValidationError(
            "credentials",
            "must contain two existing roles, or an administrator that creates two roles",
            "Set `a` and `b`, each with `user` and `password_secret`, or set `admin_user` and `admin_password_secret`.",
        )
    elif given.a is None:
        yield from errors_of_call(lambda: reject_missing_access(database))
        yield from errors_of_call(lambda: reject_administrator_as_owner(database))


def reject_missing_access(database: "Database") -> None:
    """Raises `ValidationError` if the machine that runs `pulumi up` has to create the roles, but cannot connect."""
    if database.missing_access:
        raise ValidationError(
            "credentials",
            "requires access for the machine that runs `pulumi up`, because it connects to the database to create the "
            "roles, but only Cloudflare can connect",
            f"Set `{database.missing_access}` to the address range of this machine, or set two existing roles `a` and "
            "`b`.",
        )


def warn_of_private_address(database: "Database") -> None:
    """Logs a warning if the machine that runs `pulumi up` has to connect to a private address to create the roles."""
    given = database.credentials
    if given is not None and given.a is None and database.route is not None:
        pulumi.log.warn(
            f"databases.{database.name}.credentials: `pulumi up` connects to the private address of the database to "
            "create the roles, and the route is only for Hyperdrive. Run Pulumi on a machine in the network of the "
            "database, or set two existing roles `a` and `b`."
        )


def reject_administrator_as_owner(database: "Database") -> None:
    """Raises `ValidationError` if the Workers would act as an administrator of the server."""
    given = database.credentials
    assert given is not None
    owner = given.owner_role or database.default_owner_role or database.login
    if owner is None:
        return
    admins = [given.admin_user or database.login]
    if database.role_creator is RoleCreator.DATABASE_USER:  # the `user` of a server of this stack is an administrator
        admins.append(database.login)
    shown = given.owner_role is not None or not database.has_secret_url
    for admin in admins:
        validate_owner_role(owner, admin, subject="credentials.owner_role", shown=shown)
