"""Settings of an existing database whose password the vendor can change without a notification."""

from typing import Self

from edge_postgres.core.errors import ValidationError
from edge_postgres.origin.passwords import reject_rotated_password
from edge_postgres.stack.every_error import rule
from edge_postgres.stack.origins.shared_server import SharedServer


class RotatingPassword(SharedServer):
    """An existing database whose password can change without a notification."""

    password_rotates: bool | None = None
    """Whether the vendor changes the password without a notification, as RDS does every 7 days with a password that AWS
    manages. `true` requires `rotationSync`. Default: `false`, with a warning for a host of RDS."""
    rotation_sync: str | None = None
    """Name of the job that runs `pulumi up` after each rotation of the password. Requires `passwordRotates: true`."""

    @rule
    def _rotated_password_has_a_job(self) -> Self:
        if self.rotation_sync is not None and not self.password_rotates:
            raise ValidationError(
                "rotation_sync",
                "requires `password_rotates`",
                "Remove `rotation_sync`, or set `password_rotates` to true.",
            )
        if self.rotation_sync is None:
            reject_rotated_password(self.password_rotates, consumer="Hyperdrive", subject="password_rotates")
        return self
