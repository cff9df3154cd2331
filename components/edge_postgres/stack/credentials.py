"""Two credentials of a database that take turns."""

from typing import Any, Literal, Self

from pydantic import model_validator

from edge_postgres.core.errors import ValidationError
from edge_postgres.stack.model import Model, SecretPath
from edge_postgres.stack.secrets import Secrets


class Role(Model):
    """A role that is there already, and the path of the secret that holds its password."""

    user: str
    password_secret: SecretPath


class Credentials(Model):
    """Which slot is in use, and who makes the two roles; the vendor does where nothing else is stated."""

    active_slot: Literal["a", "b"]
    owner_role: str | None = None
    admin_user: str | None = None
    admin_password_secret: SecretPath | None = None
    a: Role | None = None
    b: Role | None = None

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if (self.a is None) != (self.b is None):
            raise ValidationError(
                "b" if self.b is None else "a", "is missing; two roles take turns", "State both, or neither."
            )
        if (self.admin_user is None) != (self.admin_password_secret is None):
            raise ValidationError(
                "admin_user", "and `admin_password_secret` belong together", "State both, or neither."
            )
        if self.a is not None:
            for other in ("admin_user", "owner_role"):
                if getattr(self, other) is not None:
                    raise ValidationError(
                        other, "stands beside `a` and `b`, which are there already", "Leave one of them out."
                    )
        return self

    def roles(self, secrets: Secrets) -> dict[str, Any] | None:
        """The part of the arguments of a ``DatabaseRoles`` that says where the roles come from; None: nothing does."""
        if self.a and self.b:
            both = {"a": self.a, "b": self.b}
            return {
                "users": {slot: role.user for slot, role in both.items()},
                "passwords": {slot: secrets[role.password_secret] for slot, role in both.items()},
            }
        owner_role = {"owner_role": self.owner_role} if self.owner_role else {}
        if self.admin_user and self.admin_password_secret:
            return {"admin_user": self.admin_user, "admin_password": secrets[self.admin_password_secret], **owner_role}
        return owner_role or None
