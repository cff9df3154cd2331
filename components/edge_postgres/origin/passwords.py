"""The password of an origin, for the consumers that keep a copy of it: Hyperdrive, and Workers without Hyperdrive."""

import pulumi

from edge_postgres.core.errors import ValidationError
from edge_postgres.core.inputs import apply_input, apply_inputs
from edge_postgres.origin.contract import PostgresOrigin


def reject_rotated_password(rotates: bool | None, *, consumer: str, subject: str) -> None:
    """Raises `ValidationError` for a password that the database vendor rotates, because the consumer keeps a copy."""
    if rotates:
        raise ValidationError(
            subject,
            f"is rotated by its vendor, and {consumer} would keep an outdated copy",
            "Use a password that its vendor does not change. Or set `rotation_sync` to the name of a job that runs "
            "`pulumi up` after each rotation.",
        )


def render_rotation_check(
    rotates: pulumi.Input[bool | None] | None, *, consumer: str, subject: str
) -> pulumi.Input[None]:
    """Checks ``rotates`` as soon as it is known, and then returns None.

    The caller combines the result with another value, which then waits for the check.

    Raises:
        ValidationError: The vendor rotates the password.
    """
    return apply_input(rotates, lambda known: reject_rotated_password(known, consumer=consumer, subject=subject))


def render_password(origin: PostgresOrigin, *, subject: str) -> pulumi.Output[str]:
    """Returns the password of an origin as a secret, for a Worker. Rejects a password that its vendor rotates."""
    rotation_check = render_rotation_check(
        origin.get("password_rotates"), consumer="the Worker", subject=f"{subject}.password"
    )
    return pulumi.Output.secret(apply_inputs((origin["password"], rotation_check), lambda password, _: password))
