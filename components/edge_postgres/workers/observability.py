"""What a Worker tells of itself: logs and traces, how many of them, and where they are kept."""

from typing import Any, NotRequired, TypedDict

from edge_postgres.core.args import validated_args
from edge_postgres.core.errors import ValidationError


class LogsArgs(TypedDict):
    """What is kept of `console.log`, of errors and of each invocation."""

    enabled: NotRequired[bool]
    """Whether there are logs; as the whole where it is left out."""
    invocation_logs: NotRequired[bool]
    """Whether each invocation is a line of its own; true where it is left out."""
    head_sampling_rate: NotRequired[float]
    """Part of the requests that is logged, 0 to 1; 1 where it is left out."""
    persist: NotRequired[bool]
    """Whether Cloudflare keeps them; true where it is left out."""
    destinations: NotRequired[list[str]]
    """Names of destinations that they are exported to."""


class TracesArgs(TypedDict):
    """What is kept of the way that a request takes."""

    enabled: NotRequired[bool]
    """Whether there are traces; false where it is left out."""
    head_sampling_rate: NotRequired[float]
    """Part of the requests that is traced, 0 to 1; 1 where it is left out."""
    persist: NotRequired[bool]
    """Whether Cloudflare keeps them; true where it is left out."""
    destinations: NotRequired[list[str]]
    """Names of destinations that they are exported to."""


class ObservabilityArgs(TypedDict):
    """Logs and traces of a Worker."""

    enabled: bool
    """Whether anything is kept."""
    head_sampling_rate: NotRequired[float]
    """Part of the requests that is looked at, 0 to 1; 1 where it is left out."""
    logs: NotRequired[LogsArgs]
    """What is logged; everything where it is left out."""
    traces: NotRequired[TracesArgs]
    """What is traced; nothing where it is left out."""


def render_observability(args: ObservabilityArgs | None, *, subject: str) -> dict[str, Any]:
    """Everything that there is to say, off where nothing is stated.

    What is left out comes back from the API with its default, and a release of the provider took that for a change on
    every run (https://github.com/cloudflare/terraform-provider-cloudflare/issues/7326).

    Raises ``ValidationError`` for a rate outside 0 to 1, and for logs or traces of a Worker that keeps nothing.
    """
    nothing: ObservabilityArgs = {"enabled": False}
    found = validated_args(nothing if args is None else args, ObservabilityArgs, subject=subject)
    logs = validated_args(found.get("logs", LogsArgs()), LogsArgs, subject=f"{subject}.logs")
    traces = validated_args(found.get("traces", TracesArgs()), TracesArgs, subject=f"{subject}.traces")
    enabled = found["enabled"]
    rendered: dict[str, Any] = {
        "enabled": enabled,
        "head_sampling_rate": _rate(found, subject=subject),
        "logs": {
            "enabled": logs.get("enabled", enabled),
            "invocation_logs": logs.get("invocation_logs", True),
            **_kept(logs, subject=f"{subject}.logs"),
        },
        "traces": {"enabled": traces.get("enabled", False), **_kept(traces, subject=f"{subject}.traces")},
    }
    for part in ("logs", "traces"):
        if rendered[part]["enabled"] and not enabled:
            raise ValidationError(
                f"{subject}.{part}.enabled", "is true, and `enabled` is false", "Say `enabled: true` for both."
            )
    return rendered


def _kept(args: Any, *, subject: str) -> dict[str, Any]:
    destinations = {"destinations": sorted(args["destinations"])} if args.get("destinations") else {}
    return {"head_sampling_rate": _rate(args, subject=subject), "persist": args.get("persist", True), **destinations}


def _rate(args: Any, *, subject: str) -> float:
    rate = args.get("head_sampling_rate", 1)
    if not isinstance(rate, int | float) or isinstance(rate, bool) or not 0 <= rate <= 1:
        raise ValidationError(f"{subject}.head_sampling_rate", f"is {rate}", "Use a part of the requests, from 0 to 1.")
    return rate
