"""Settings of the two rotating login roles of a database."""

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
"""Group role of both login roles if the owner of the database creates them. It owns the objects that they create."""


class Role(Model):
    """An existing role, and the path of the secret that holds its password."""

    user: str
    """Name of the existing role."""
    password_secret: PasswordPath
    """Path of the secret with the password of the role."""


class Credentials(Model):
    """The active slot, and the roles or the user that creates them. By default the vendor creates the roles."""

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
                "b" if self.b is None else "a", "is required, because two roles take turns", "Set both, or neither."
            )
        if (self.admin_user is None) != (self.admin_password_secret is None):
            raise ValidationError(
                "admin_user", "must be set together with `admin_password_secret`", "Set both, or neither."
            )
        if self.a is not None:
            for other, value in (("admin_user", self.admin_user), ("owner_role", self.owner_role)):
                if value is not None:
                    raise ValidationError(
                        other,
                        "cannot be combined with `a` and `b`, which are existing roles",
                        "Remove it, or remove `a` and `b`.",
                    )
        return self

    def args(
        self, origin: PostgresOrigin, secrets: Secrets, ownership_mark: str, ca_pem: str | None
    ) -> "DatabaseRolesArgs":
        """Returns the arguments of ``DatabaseRoles``.

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
