"""How much one invocation of a Worker may take."""

from typing import NotRequired, TypedDict

from edge_postgres.core.args import stated
from edge_postgres.core.errors import Refusal
from edge_postgres.core.numbers import to_int
from edge_postgres.core.plan import Plan
from edge_postgres.workers.limits import WORKER_CPU_CEILING


class LimitsArgs(TypedDict):
    """Bounds below those of the plan: a loop that does not end costs less."""

    cpu_ms: NotRequired[float]
    """Milliseconds of CPU time; waiting for a database is none. At most 300000 on the paid plan."""
    subrequests: NotRequired[float]
    """Requests that an invocation may make, to the Internet and to Cloudflare's services."""


def rendered_limits(subject: str, args: LimitsArgs, plan: Plan) -> dict[str, int]:
    """The bounds as whole numbers. Raises ``Refusal`` for none, and for more than the plan has."""
    found = dict(stated(subject, args, LimitsArgs))
    if not found:
        raise Refusal(subject, "states nothing", "State `cpu_ms` or `subrequests`, or leave it out.")
    limits = {key: to_int(f"{subject}.{key}", value) for key, value in found.items()}
    for key, limit in limits.items():
        if limit < 1:
            raise Refusal(f"{subject}.{key}", f"is {limit}", "Use 1 or more.")
    if limits.get("cpu_ms", 0) > (ceiling := WORKER_CPU_CEILING[plan]):
        raise Refusal(
            f"{subject}.cpu_ms",
            f"is {limits['cpu_ms']}; an invocation on the {plan.value} plan has at most {ceiling}",
            "Give long work to a queue or a workflow.",
        )
    return limits
