"""Numbers as other languages and YAML hand them over."""

from typing import Any

from edge_postgres.core.errors import ValidationError


def to_int(number: Any, *, subject: str) -> int:
    """A whole number; other languages send it as a float."""
    if isinstance(number, int | float) and float(number).is_integer():
        return int(number)
    raise ValidationError(
        subject, f"is {number:g}" if isinstance(number, float) else "is no number", "Use a whole number."
    )
