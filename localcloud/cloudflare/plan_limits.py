"""The limits of one Worker and of one Pages environment, which every upload of a version checks.

The numbers are those of the library, `edge_postgres.workers.limits`. The codes are those that the same endpoint answers
for an invalid body, because no public source has others.
"""

import base64
from collections.abc import Mapping, Sequence
from typing import Any

from edge_postgres.core.plan import Plan
from edge_postgres.workers.limits import (
    ASSET_FILE_BYTES,
    ASSET_FILES_CEILING,
    WORKER_CPU_CEILING,
    WORKER_SIZE_BYTES,
    WORKER_SUBREQUESTS_CEILING,
    WORKER_VARIABLE_BYTES,
    WORKER_VARIABLES_CEILING,
)
from localcloud.cloudflare.envelope import ApiError
from localcloud.emulation.store import Record

VARIABLES: Mapping[str, str] = {"plain_text": "text", "secret_text": "text", "json": "json"}
"""Types of bindings that count as variables, with the field of their value."""


def reject_version_above_limits(version: Record, plan: Plan, code: int) -> None:
    """Raises ``ApiError`` if a version exceeds a limit of the plan."""
    size = sum(len(base64.b64decode(module["content_base64"])) for module in version["modules"])
    _reject_above(size, WORKER_SIZE_BYTES, "bytes of the modules", code)
    reject_limits(version["settings"]["limits"], plan, code)
    values = [each[VARIABLES[each["type"]]] for each in version["bindings"] if each["type"] in VARIABLES]
    reject_variables(values, plan, code)


def reject_limits(limits: Mapping[str, Any], plan: Plan, code: int) -> None:
    """Raises ``ApiError`` if a limit of an invocation is above the limit of the plan."""
    for name, ceiling in (("cpu_ms", WORKER_CPU_CEILING[plan]), ("subrequests", WORKER_SUBREQUESTS_CEILING[plan])):
        value = limits.get(name)
        if value is None:
            continue
        if not isinstance(value, int | float) or value < 1:
            raise ApiError(400, code, f"`limits.{name}` must be a number of at least 1, got {value}")
        _reject_above(value, ceiling, f"`limits.{name}`", code)


def reject_variables(values: Sequence[object], plan: Plan, code: int) -> None:
    """Raises ``ApiError`` if the variables and secrets are too many, or if one of them is too large."""
    _reject_above(len(values), WORKER_VARIABLES_CEILING[plan], "variables and secrets", code)
    for value in values:
        _reject_above(len(str(value).encode()), WORKER_VARIABLE_BYTES, "bytes of a variable", code)


def reject_assets(sizes: Sequence[object], plan: Plan, code: int) -> None:
    """Raises ``ApiError`` if the static files are too many, or if one of them is too large.

    Args:
        sizes: Size of each file in bytes, as the client declares it.
        plan: Workers plan of the account.
        code: Code of the error.
    """
    _reject_above(len(sizes), ASSET_FILES_CEILING[plan], "asset files", code)
    for size in sizes:
        _reject_above(size if isinstance(size, int) else 0, ASSET_FILE_BYTES, "bytes of an asset file", code)


def _reject_above(value: float, ceiling: int, noun: str, code: int) -> None:
    if value > ceiling:
        raise ApiError(400, code, f"The limit for {noun} is {ceiling}, got {value}.")
