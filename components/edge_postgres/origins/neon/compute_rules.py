"""Validation of the size and the suspension of a compute, and the number of connections that a compute accepts."""

from edge_postgres.core.errors import ValidationError
from edge_postgres.core.numbers import to_int, validate_number
from edge_postgres.origins.neon.limits import (
    CONNECTIONS_PER_100_UNITS,
    CONNECTIONS_SCALING_FACTOR,
    DEFAULT_SUSPEND_SECONDS,
    MAX_AUTOSCALING_RANGE,
    MAX_AUTOSCALING_UNITS,
    MAX_COMPUTE_UNITS,
    MAX_CONNECTIONS,
    MAX_SUSPEND_SECONDS,
    MIN_CONNECTIONS,
    MIN_SUSPEND_SECONDS,
    NeonPlan,
)

SMALLEST_COMPUTE = 0.25
_FRACTIONS = (0.25, 0.5)
NEVER_SUSPENDED, DEFAULT_SUSPENSION = -1, 0
"""Numbers of seconds with another meaning in Neon's API."""


def validate_compute(
    min_cu: float | None, max_cu: float | None, plan: NeonPlan, *, upper_bound: str, subject: str
) -> tuple[float, float]:
    """Returns the lower and the upper bound of a compute's size.

    The lower bound is Neon's smallest size by default. The upper bound is equal to the lower bound by default.

    Args:
        min_cu: The lower bound in compute units.
        max_cu: The upper bound in compute units.
        plan: The plan of the organization.
        upper_bound: The name of the argument or setting with the upper bound, which has the same parent as `subject`.
        subject: The path of the argument or setting with the lower bound.

    Raises:
        ValidationError: A bound is not a size that Neon offers or exceeds the plan, the lower bound is above the upper
            bound, or the range between them is too large.
    """
    least = SMALLEST_COMPUTE if min_cu is None else _validate_size(min_cu, plan, subject=subject)
    if max_cu is None:
        return least, least
    section, dot, _ = subject.rpartition(".")
    upper_subject = f"{section}{dot}{upper_bound}"
    most = _validate_size(max_cu, plan, subject=upper_subject)
    if most < least:
        raise ValidationError(
            subject,
            f"must be at most `{upper_bound}`, which is {most:g}, got {least:g}",
            f"Set `{upper_bound}` to {least:g} or more, or lower the minimum.",
        )
    if least < most and most > MAX_AUTOSCALING_UNITS:
        raise ValidationError(
            upper_subject,
            f"must be at most {MAX_AUTOSCALING_UNITS} for a compute that scales, got {most:g} (Neon's limit)",
            f"Set {MAX_AUTOSCALING_UNITS} or less, or set both bounds to {most:g}.",
        )
    if most - least > MAX_AUTOSCALING_RANGE:
        raise ValidationError(
            upper_subject,
            f"must be at most {MAX_AUTOSCALING_RANGE} above the smallest size, which is {least:g}, got {most:g} "
            "(Neon's limit)",
            f"Set {_largest_size(least + MAX_AUTOSCALING_RANGE):g} or less, or raise the smallest size.",
        )
    return least, most


def validate_suspension(seconds: float | None, max_cu: float | None, plan: NeonPlan, *, subject: str) -> int | None:
    """Returns the seconds until Neon suspends the compute as an integer; None for Neon's default.

    Args:
        seconds: The seconds without a query; -1 for a compute that Neon never suspends.
        max_cu: The largest size of the compute in compute units; None for the default.
        plan: The plan of the organization.
        subject: The path of the setting.

    Raises:
        ValidationError: Neon does not offer this time on the plan, or for a compute of this size.
    """
    if seconds is None:
        return None
    time = to_int(seconds, subject=subject)
    if time == NEVER_SUSPENDED and plan is not NeonPlan.FREE:
        return time
    if max_cu is not None and max_cu > MAX_AUTOSCALING_UNITS:
        raise ValidationError(
            subject,
            f"must be `never` or omitted above {MAX_AUTOSCALING_UNITS} compute units, got {time} s, because Neon does "
            "not suspend such a compute",
            "Set `never` (-1 in a program), or omit the setting.",
        )
    if time in (DEFAULT_SUSPENSION, DEFAULT_SUSPEND_SECONDS):
        return time
    if plan is not NeonPlan.SCALE:
        choices = f"{DEFAULT_SUSPEND_SECONDS} s" + (" or never" if plan is NeonPlan.LAUNCH else "")
        got = "never" if time == NEVER_SUSPENDED else f"{time} s"
        raise ValidationError(
            subject,
            f"must be {choices} on the plan `{plan}`, got {got} (Neon's limit)",
            "Omit the setting, or set `plan` to the plan of the organization.",
        )
    if not MIN_SUSPEND_SECONDS <= time <= MAX_SUSPEND_SECONDS:
        raise ValidationError(
            subject,
            f"must be {MIN_SUSPEND_SECONDS} s to {MAX_SUSPEND_SECONDS} s (7 days) or never, got {time} s "
            "(Neon's limits)",
            "Set a time in this range, or `never` (-1 in a program).",
        )
    return time


def connections_of(min_cu: float, max_cu: float | None) -> int:
    """Returns the number of connections that a compute accepts, by its smallest and largest compute units.

    The number does not change while the compute scales. A largest size of None, which the state of an older release
    has, counts as the smallest size. Source, which was not checked: https://neon.com/docs/reference/compatibility.
    """
    size = min(min_cu if max_cu is None else max_cu, CONNECTIONS_SCALING_FACTOR * min_cu)
    return max(int(MIN_CONNECTIONS), min(int(MAX_CONNECTIONS), int(size * CONNECTIONS_PER_100_UNITS / 100)))


def _validate_size(compute_units: float, plan: NeonPlan, *, subject: str) -> float:
    size = validate_number(compute_units, subject=subject)
    if size < SMALLEST_COMPUTE:
        raise ValidationError(
            subject,
            f"must be at least {SMALLEST_COMPUTE:g}, got {size:g} (Neon's smallest compute)",
            "Set 0.25, 0.5, or an integer.",
        )
    if size > MAX_COMPUTE_UNITS[plan]:
        raise ValidationError(
            subject,
            f"must be at most {MAX_COMPUTE_UNITS[plan]} on the plan `{plan}`, got {size:g} (Neon's limit)",
            f"Set {MAX_COMPUTE_UNITS[plan]} or less, or set `plan` to the plan of the organization.",
        )
    if size != _largest_size(size):
        raise ValidationError(
            subject,
            f"must be 0.25, 0.5, an integer up to {MAX_AUTOSCALING_UNITS}, or an even integer above it, got {size:g} "
            "(sizes of Neon's computes)",
            f"Set {_largest_size(size):g}.",
        )
    return size


def _largest_size(compute_units: float) -> float:
    """Returns the largest size that Neon offers up to a number of compute units."""
    if compute_units < 1:
        return max(size for size in _FRACTIONS if size <= compute_units)
    whole = int(compute_units)
    return whole if whole <= MAX_AUTOSCALING_UNITS else whole - whole % 2
