"""Types of the fields of a database at Neon, each with the rule of its value."""

import re
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator

from edge_postgres.core.errors import ValidationError
from edge_postgres.origins.neon.name_rules import validate_name
from edge_postgres.origins.neon.rules import validate_expiry, validate_region, validate_version

_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
NEVER = "never"
"""Value of `suspendAfter` for a compute that Neon never suspends."""


def _seconds(value: Any) -> Any:
    """Returns a duration such as `30m` in seconds, and None for an omitted setting."""
    if value is None:
        return None
    found = re.fullmatch(r"([0-9]+)([smhd])", str(value))
    if found is None:
        raise ValidationError(
            "", f"must be an integer with a unit, got {value}", "Set a duration such as `90s`, `30m`, `12h` or `7d`."
        )
    return int(found[1]) * _UNITS[found[2]]


def _seconds_or_never(value: Any) -> Any:
    # Neon's API has -1 for a compute that is never suspended.
    return -1 if value == NEVER else _seconds(value)


Region = Annotated[str, AfterValidator(lambda region: validate_region(region, subject=""))]
PostgresVersion = Annotated[int, AfterValidator(lambda version: validate_version(version, subject=""))]
NeonName = Annotated[str, AfterValidator(lambda name: validate_name(name, subject=""))]
"""Name of a project or a branch."""
Duration = Annotated[int | None, BeforeValidator(_seconds)]
Expiry = Annotated[
    int | None, BeforeValidator(_seconds), AfterValidator(lambda seconds: validate_expiry(seconds, subject=""))
]
Suspension = Annotated[int | None, BeforeValidator(_seconds_or_never)]
