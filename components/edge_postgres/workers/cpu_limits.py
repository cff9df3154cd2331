"""The limits of one invocation of a Worker."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, NotRequired, TypedDict

from edge_postgres.core.args import validated_args
from edge_postgres.core.errors import ValidationError
from edge_postgres.core.numbers import to_int
from edge_postgres.core.plan import Plan
from edge_postgres.workers.limits import WORKER_CPU_CEILING, WORKER_SUBREQUESTS_CEILING

if TYPE_CHECKING:
    from pulumi_cloudflare import WorkersScriptLimitsArgsDict


class LimitsArgs(TypedDict):
    """Limits of one invocation that are lower than those of the plan, so that an endless loop costs less."""

    cpu_ms: NotRequired[float]
    """Milliseconds of CPU time, without the time spent waiting for a database. At most 10 on the free plan and 300000
    on the paid plan. Default: Cloudflare's."""
    subrequests: NotRequired[float]
    """Requests that an invocation may send, to the Internet and to Cloudflare's services. At most 1000 on the free
    plan and 10000000 on the paid plan. Default: Cloudflare's, 10000 on the paid plan."""


def render_limits(args: LimitsArgs, plan: Plan, *, subject: str) -> "WorkersScriptLimitsArgsDict":
    """Returns the limits in the form of the API, as integers.

    Raises:
        ValidationError: No limit is set, or a limit is not an integer from 1 to the limit of the plan.
    """
    found = validated_args(args, LimitsArgs, subject=subject)
    limits: WorkersScriptLimitsArgsDict = {}
    if "cpu_ms" in found:
        limits["cpu_ms"] = validate_cpu_ms(found["cpu_ms"], plan, subject=f"{subject}.cpu_ms")
    if "subrequests" in found:
        limits["subrequests"] = validate_subrequests(found["subrequests"], plan, subject=f"{subject}.subrequests")
    reject_no_limit(limits, subject=subject)
    return limits


def reject_no_limit(limits: Mapping[str, object], *, subject: str) -> None:
    """Raises `ValidationError` if no limit is set."""
    if all(limit is None for limit in limits.values()):
        raise ValidationError(subject, "must not be empty", "Set `cpu_ms` or `subrequests`, or omit `limits`.")


def validate_cpu_ms(value: float, plan: Plan, *, subject: str) -> int:
    """Returns the CPU time in milliseconds. Raises `ValidationError` unless it is an integer that the plan allows."""
    milliseconds = _validate_positive(value, subject=subject)
    if milliseconds > (ceiling := WORKER_CPU_CEILING[plan]):
        raise ValidationError(
            subject,
            f"must be at most {ceiling} on the {plan.value} plan, got {milliseconds}",
            f"Set 1 to {ceiling}. Move longer work to a queue or a workflow.",
        )
    return milliseconds


def validate_subrequests(value: float, plan: Plan, *, subject: str) -> int:
    """Returns the number of requests. Raises `ValidationError` unless it is an integer that the plan allows."""
    number = _validate_positive(value, subject=subject)
    if number > (ceiling := WORKER_SUBREQUESTS_CEILING[plan]):
        raise ValidationError(
            subject, f"must be at most {ceiling} on the {plan.value} plan, got {number}", f"Set 1 to {ceiling}."
        )
    return number


def _validate_positive(value: float, *, subject: str) -> int:
    number = to_int(value, subject=subject)
    if number < 1:
        raise ValidationError(subject, f"must be at least 1, got {number}", "Set 1 or more.")
    return number
