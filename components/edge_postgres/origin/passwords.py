"""The password of an origin, for the consumers that keep a copy of it: Hyperdrive, and Workers with direct TCP."""

import pulumi

from edge_postgres.core.errors import ValidationError
from edge_postgres.core.inputs import apply_input, apply_inputs
from edge_postgres.origin.contract import PostgresOrigin


def reject_rotated_password(rotates: bool | None, *, consumer: str, subject: str) -> None:
    """Raises `ValidationError` for a password that its vendor rotates: the consumer's copy would become invalid."""
    if rotates:
        raise ValidationError(
            subject,
            f"is rotated by its vendor; {consumer} keeps a copy and would be locked out",
            "Use a password that the stack sets, or `rotation_sync` of RDS, which sends each new one to Hyperdrive.",
        )


def render_password(origin: PostgresOrigin, *, consumer: str, subject: str) -> pulumi.Output[str]:
    """Returns the password as a secret. Raises `ValidationError` where its vendor rotates it."""
    checked = apply_input(
        origin.get("password_rotates"),
        lambda rotates: reject_rotated_password(rotates, consumer=consumer, subject=subject),
    )
    password = apply_inputs((origin["password"], checked), lambda password, _: password)
    return pulumi.Output.secret(password)
