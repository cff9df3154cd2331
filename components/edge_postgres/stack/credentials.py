"""The two rotating login roles of a database."""

from typing import TYPE_CHECKING, Literal, Self

from pydantic import model_validator

from edge_postgres.core.errors import ValidationError
from edge_postgres.origin.contract import PostgresOrigin
from edge_postgres.stack.context import optional
from edge_postgres.stack.model import Model, PasswordPath
from edge_postgres.stack.secrets import Secrets

if TYPE_CHECKING:
    from edge_postgres.postgres.roles import DatabaseRolesArgs

APP_ROLE = "app"
"""Group role of the two login roles where the owner of the database creates them, so that he does not own their
objects."""


class Role(Model):
    """An existing role, and the path of the secret that holds its password."""

    user: str
    """Name of the existing role."""
    password_secret: PasswordPath
    """Path of the secret with the password of the role."""


class Credentials(Model):
    """The active slot, and who creates the two roles: the vendor, if nothing else is set."""

    active_slot: Literal["a", "b"]
    """Role that Hyperdrive uses. After a change, `pulumi up` rotates the password without an outage."""
    owner_role: str | None = None
    """Existing group role that owns the objects that both roles create."""
    admin_user: str | None = None
    """Existing role that creates both roles. Cannot be combined with `a` and `b`."""
    admin_password_secret: PasswordPath | None = None
    """Path of the secret with the password of `adminUser`."""
    a: Role | None = None
    """Existing first role."""
    b: Role | None = None
    """Existing second role."""

    @model_validator(mode="after")
    def _complete(self) -> Self:
        if (self.a is None) != (self.b is None):
            raise ValidationError(
                "b" if self.b is None else "a", "is missing; two roles take turns", "State both, or neither."
            )
        if (self.admin_user is None) != (self.admin_password_secret is None):
            raise ValidationError(
                "admin_user", "and `admin_password_secret` belong together", "State both, or neither."
            )
        if self.a is not None:
            for other, found in (("admin_user", self.admin_user), ("owner_role", self.owner_role)):
                if found is not None:
                    raise ValidationError(
                        other, "stands beside `a` and `b`, which are there already", "Leave one of them out."
                    )
        return self

    def args(
        self, origin: PostgresOrigin, secrets: Secrets, ownership_mark: str, ca_pem: str | None
    ) -> "DatabaseRolesArgs":
        """Arguments of ``DatabaseRoles``.

        Args:
            origin: The database. Its user creates the roles if the settings name neither roles nor an administrator.
            secrets: Secrets of the stack.
            ownership_mark: Comment on roles that this stack creates.
            ca_pem: CA that verifies the server while roles are created.
        """
        if self.a and self.b:
            return {
                "origin": origin,
                "active_slot": self.active_slot,
                "users": {"a": self.a.user, "b": self.b.user},
                "passwords": {
                    "a": secrets.output(self.a.password_secret),
                    "b": secrets.output(self.b.password_secret),
                },
            }
        if self.admin_user and self.admin_password_secret:
            return {
                "origin": origin,
                "active_slot": self.active_slot,
                "admin_user": self.admin_user,
                "admin_password": secrets.output(self.admin_password_secret),
                "owner_role": optional(self.owner_role),
                "ownership_mark": ownership_mark,
                "ca_pem": optional(ca_pem),
            }
        return {
            "origin": origin,
            "active_slot": self.active_slot,
            "admin_user": origin["user"],
            "admin_password": origin["password"],
            "owner_role": self.owner_role or APP_ROLE,
            "ownership_mark": ownership_mark,
            "ca_pem": optional(ca_pem),
        }
