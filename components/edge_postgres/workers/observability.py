"""What a Worker tells of itself: logs and traces, how many of them, and where they are kept."""

from typing import Any, NotRequired, TypedDict

from edge_postgres.core.args import stated
from edge_postgres.core.errors import Refusal


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


def rendered_observability(subject: str, args: ObservabilityArgs | None) -> dict[str, Any]:
    """Everything that there is to say, off where nothing is stated.

    What is left out comes back from the API with its default, and a release of the provider took that for a change on
    every run (https://github.com/cloudflare/terraform-provider-cloudflare/issues/7326).

    Raises ``Refusal`` for a rate outside 0 to 1, and for logs or traces of a Worker that keeps nothing.
    """
    nothing: ObservabilityArgs = {"enabled": False}
    found = stated(subject, nothing if args is None else args, ObservabilityArgs)
    logs = stated(f"{subject}.logs", found.get("logs", LogsArgs()), LogsArgs)
    traces = stated(f"{subject}.traces", found.get("traces", TracesArgs()), TracesArgs)
    enabled = found["enabled"]
    rendered: dict[str, Any] = {
        "enabled": enabled,
        "head_sampling_rate": _rate(subject, found),
        "logs": {
            "enabled": logs.get("enabled", enabled),
            "invocation_logs": logs.get("invocation_logs", True),
            **_kept(f"{subject}.logs", logs),
        },
        "traces": {"enabled": traces.get("enabled", False), **_kept(f"{subject}.traces", traces)},
    }
    for part in ("logs", "traces"):
        if rendered[part]["enabled"] and not enabled:
            raise Refusal(
                f"{subject}.{part}.enabled", "is true, and `enabled` is false", "Say `enabled: true` for both."
            )
    return rendered


def _kept(subject: str, args: Any) -> dict[str, Any]:
    destinations = {"destinations": sorted(args["destinations"])} if args.get("destinations") else {}
    return {"head_sampling_rate": _rate(subject, args), "persist": args.get("persist", True), **destinations}


def _rate(subject: str, args: Any) -> float:
    rate = args.get("head_sampling_rate", 1)
    if not isinstance(rate, int | float) or isinstance(rate, bool) or not 0 <= rate <= 1:
        raise Refusal(f"{subject}.head_sampling_rate", f"is {rate}", "Use a part of the requests, from 0 to 1.")
    return rate
