"""Settings of the two rotating login roles of a database."""

from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Literal

from pydantic import AfterValidator

from edge_postgres.core.errors import ValidationError
from edge_postgres.origin.contract import PostgresOrigin
from edge_postgres.postgres.role_rules import reject_same_role, validate_role_name
from edge_postgres.stack.context import optional
from edge_postgres.stack.every_error import rule
from edge_postgres.stack.model import Model, PasswordPath
from edge_postgres.stack.secrets import Secrets
from edge_postgres.stack.transform import Transformable

if TYPE_CHECKING:
    from edge_postgres.postgres.roles import DatabaseRolesArgs

OWNER_ROLE = "app_owner"
"""Default of `ownerRole` for databases whose `user` is an administrator of the server."""


def _owner_role(role: str) -> str:
    validate_role_name(f"{role}_a", subject="")
    return role


class Role(Model):
    """An existing role, and the path of the secret with its password."""

    user: str
    """Name of an existing login role. The stack does not change the role."""
    password_secret: PasswordPath
    """Path below `secrets` of the password of the existing role."""


class Credentials(Transformable):
    """The active slot, and the two roles: existing roles, or the administrator that creates them.

    Without both, the provider determines who creates the roles.
    """

    active_slot: Literal["a", "b"]
    """Slot whose Hyperdrive configuration the Workers bind. Set the other slot and run `pulumi up` to rotate the
    password without an outage."""
    owner_role: Annotated[str, AfterValidator(_owner_role)] | None = None
    """Role that both roles act as, and that owns their objects. A missing role is created. Cannot be an administrator,
    or be combined with `a` and `b` or with the providers `neon` and `prisma`. Default: `app_owner` for `rds` and
    `cloud-sql`, else the `user` of the database or of its connection string."""
    admin_user: str | None = None
    """Existing role as which `pulumi up` connects to create both roles and to set their passwords. Cannot be combined
    with `a` and `b`, or with the providers `neon` and `prisma`. Required for `existing` and `supabase`, unless `a` and
    `b` are set. Default: for `rds` and `cloud-sql`, the `user` of the database."""
    admin_password_secret: PasswordPath | None = None
    """Path below `secrets` of the password of `adminUser`. Required with `adminUser`."""
    a: Role | None = None
    """Existing login role of slot `a`. Cannot be combined with `adminUser` and `ownerRole`, or with the providers
    `neon` and `prisma`. Required with `b`."""
    b: Role | None = None
    """Existing login role of slot `b`. Cannot be combined with `adminUser` and `ownerRole`, or with the providers
    `neon` and `prisma`. Required with `a`."""

    @rule
    def _complete(self) -> Iterator[ValidationError]:
        if (self.a is None) != (self.b is None):
            yield ValidationError(
                "b" if self.b is None else "a",
                "is required, because two roles take turns",
                "Set `a` and `b`, or remove both.",
            )
        if (self.admin_user is None) != (self.admin_password_secret is None):
            yield ValidationError(
                "admin_user",
                "must be set together with `admin_password_secret`",
                "Set `admin_user` and `admin_password_secret`, or remove both.",
            )
        if self.a is not None:
            others = {"admin_user": self.admin_user, "owner_role": self.owner_role, "transform": self.transform}
            for other, value in others.items():
                if value is not None:
                    yield ValidationError(
                        other,
                        "cannot be combined with `a` and `b`, which are existing roles",
                        f"Remove `{other}`, or remove `a` and `b`.",
                    )

    @rule
    def _slots_have_two_roles(self) -> None:
        if self.a and self.b:
            reject_same_role(self.a.user, self.b.user, subject="b.user")

    @property
    def describes_roles(self) -> bool:
        """Whether the settings contain more than the active slot."""
        return any(value is not None for value in (self.a, self.admin_user, self.owner_role, self.transform))

    def args(
        self, origin: PostgresOrigin, secrets: Secrets, ca_pem: str | None, default_owner: str | None
    ) -> "DatabaseRolesArgs":
        """Returns the arguments of ``DatabaseRoles``.

        Args:
            origin: Origin of the database. Its user creates the roles if `a`, `b` and `adminUser` are not set.
            secrets: Secrets of the stack.
            ca_pem: CA certificate in PEM with which `pulumi up` verifies the server. None: no verification.
            default_owner: Default of `ownerRole`. None: the user of ``origin``.
        """
        args: DatabaseRolesArgs = {
            "origin": origin,
            "active_slot": self.active_slot,
            "transform": optional(self.transform),
        }
        if self.a and self.b:
            return {
                **args,
                "users": {"a": self.a.user, "b": self.b.user},
                "passwords": {
                    "a": secrets.output(self.a.password_secret),
                    "b": secrets.output(self.b.password_secret),
                },
            }
        if self.admin_user and self.admin_password_secret:
            return {
                **args,
                "admin_user": self.admin_user,
                "admin_password": secrets.output(self.admin_password_secret),
                "owner_role": optional(self.owner_role or default_owner),
                "ca_pem": optional(ca_pem),
            }
        return {
            **args,
            "admin_user": origin["user"],
            "admin_password": origin["password"],
            "owner_role": optional(self.owner_role or default_owner),
            "ca_pem": optional(ca_pem),
        }
