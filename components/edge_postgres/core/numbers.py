"""Validation of numbers, and their conversion to integers, because other languages can pass an integer as a float."""

from edge_postgres.core.errors import ValidationError, missing_value


def validate_number(number: object, *, subject: str) -> float:
    """Returns the number unchanged.

    Raises:
        ValidationError: The value is None or is not a number. The message does not show the value.
    """
    if number is None:
        raise missing_value(subject=subject)
    if isinstance(number, bool) or not isinstance(number, int | float):
        kind = "a string" if isinstance(number, str) else f"a value of the type {type(number).__name__}"
        raise ValidationError(subject, f"must be a number, got {kind}", "Set a number without quotes.")
    return number


def to_int(number: object, *, subject: str) -> int:
    """Returns the number as an integer. Accepts a float such as 5.0, which other languages pass for 5.

    Raises:
        ValidationError: The value is None, is not a number, or has a fraction.
    """
    value = validate_number(number, subject=subject)
    if not float(value).is_integer():
        raise ValidationError(subject, f"must be an integer, got {value:g}", "Set an integer.")
    return int(value)


def to_int_within(number: object, least: int, most: int, unit: str, *, subject: str) -> int:
    """Returns the number as an integer.

    Args:
        unit: Unit of the number, and its source, in the words of the message: `days`.

    Raises:
        ValidationError: The value is not an integer from ``least`` to ``most``.
    """
    value = to_int(number, subject=subject)
    if not least <= value <= most:
        raise ValidationError(
            subject, f"must be from {least} to {most} {unit}, got {value}", f"Set a number from {least} to {most}."
        )
    return value
