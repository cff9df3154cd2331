"""How much one invocation of a Worker may take."""

from typing import NotRequired, TypedDict

from edge_postgres.core.args import validated_args
from edge_postgres.core.errors import ValidationError
from edge_postgres.core.numbers import to_int
from edge_postgres.core.plan import Plan
from edge_postgres.workers.limits import WORKER_CPU_CEILING


class LimitsArgs(TypedDict):
    """Bounds below those of the plan: a loop that does not end costs less."""

    cpu_ms: NotRequired[float]
    """Milliseconds of CPU time; waiting for a database is none. At most 300000 on the paid plan."""
    subrequests: NotRequired[float]
    """Requests that an invocation may make, to the Internet and to Cloudflare's services."""


def render_limits(args: LimitsArgs, plan: Plan, *, subject: str) -> dict[str, int]:
    """The bounds as whole numbers. Raises ``ValidationError`` for none, and for more than the plan has."""
    found = dict(validated_args(args, LimitsArgs, subject=subject))
    if not found:
        raise ValidationError(subject, "states nothing", "State `cpu_ms` or `subrequests`, or leave it out.")
    limits = {key: to_int(value, subject=f"{subject}.{key}") for key, value in found.items()}
    for key, limit in limits.items():
        if limit < 1:
            raise ValidationError(f"{subject}.{key}", f"is {limit}", "Use 1 or more.")
    if limits.get("cpu_ms", 0) > (ceiling := WORKER_CPU_CEILING[plan]):
        raise ValidationError(
            f"{subject}.cpu_ms",
            f"is {limits['cpu_ms']}; an invocation on the {plan.value} plan has at most {ceiling}",
            "Give long work to a queue or a workflow.",
        )
    return limits
