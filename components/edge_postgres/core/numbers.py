"""Numbers as other languages and YAML hand them over."""

from typing import Any

from edge_postgres.core.errors import Refusal


def to_int(subject: str, number: Any) -> int:
    """A whole number; other languages send it as a float."""
    if isinstance(number, int | float) and float(number).is_integer():
        return int(number)
    raise Refusal(subject, f"is {number:g}" if isinstance(number, float) else "is no number", "Use a whole number.")
