"""Numbers as other languages and YAML pass them."""

from edge_postgres.core.errors import ValidationError


def to_int(number: object, *, subject: str) -> int:
    """Returns an integer, also from a float such as 5.0, which other languages pass."""
    if isinstance(number, int | float) and float(number).is_integer():
        return int(number)
    problem = f"must be an integer, got {number:g}" if isinstance(number, float) else "must be a number"
    raise ValidationError(subject, problem, "Use an integer.")
