"""Conversion of numbers to integers, because other languages and YAML can pass an integer as a float."""

from edge_postgres.core.errors import ValidationError, missing_value


def to_int(number: object, *, subject: str) -> int:
    """Returns the number as an integer. Accepts a float such as 5.0, which other languages pass for 5.

    Raises:
        ValidationError: The value is None, is not a number, or has a fraction.
    """
    if number is None:
        raise missing_value(subject=subject)
    if isinstance(number, int | float) and float(number).is_integer():
        return int(number)
    got = f", got {number:g}" if isinstance(number, float) else ""
    raise ValidationError(subject, f"must be an integer{got}", "Set an integer.")
