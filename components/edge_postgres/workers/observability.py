"""Logs and traces of a Worker: whether they are collected, the sampling rates, and their destinations."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, NotRequired, TypedDict

from edge_postgres.core.args import validated_args
from edge_postgres.core.errors import ValidationError

if TYPE_CHECKING:
    from pulumi_cloudflare import (
        WorkersScriptObservabilityArgsDict,
        WorkersScriptObservabilityLogsArgsDict,
        WorkersScriptObservabilityTracesArgsDict,
    )


class LogsArgs(TypedDict):
    """Logs: `console.log`, errors, and one entry for each invocation."""

    enabled: NotRequired[bool]
    """Whether logs are collected. Default: the `enabled` of the observability."""
    invocation_logs: NotRequired[bool]
    """Whether each invocation gets a log entry. Default: true."""
    head_sampling_rate: NotRequired[float]
    """Fraction of the requests that is logged, 0 to 1. Default: 1."""
    persist: NotRequired[bool]
    """Whether Cloudflare stores the logs. Default: true."""
    destinations: NotRequired[Sequence[str]]
    """Names of the destinations that the logs are exported to."""


class TracesArgs(TypedDict):
    """Traces of requests."""

    enabled: NotRequired[bool]
    """Whether traces are collected. Default: false."""
    head_sampling_rate: NotRequired[float]
    """Fraction of the requests that is traced, 0 to 1. Default: 1."""
    persist: NotRequired[bool]
    """Whether Cloudflare stores the traces. Default: true."""
    destinations: NotRequired[Sequence[str]]
    """Names of the destinations that the traces are exported to."""


class ObservabilityArgs(TypedDict):
    """Logs and traces of a Worker."""

    enabled: bool
    """Whether logs are collected, and whether traces can be collected. Traces also need `enabled` of `traces`."""
    head_sampling_rate: NotRequired[float]
    """Fraction of the requests that is sampled, 0 to 1. Default: 1."""
    logs: NotRequired[LogsArgs]
    """Settings of the logs. Default: all logs."""
    traces: NotRequired[TracesArgs]
    """Settings of the traces. Default: no traces."""


def render_observability(args: ObservabilityArgs | None, *, subject: str) -> "WorkersScriptObservabilityArgsDict":
    """Returns the `observability` input with all fields of the API. If `args` is None, logs and traces are off.

    The API returns omitted fields with their defaults, and a release of the provider reported them as a change in every
    update (https://github.com/cloudflare/terraform-provider-cloudflare/issues/7326).

    Raises:
        ValidationError: A rate is outside 0 to 1, or logs or traces are on while observability is off.
    """
    off: ObservabilityArgs = {"enabled": False}
    found = validated_args(off if args is None else args, ObservabilityArgs, subject=subject)
    logs = validated_args(found.get("logs", LogsArgs()), LogsArgs, subject=f"{subject}.logs")
    traces = validated_args(found.get("traces", TracesArgs()), TracesArgs, subject=f"{subject}.traces")
    enabled = found["enabled"]
    logs_enabled, traces_enabled = logs.get("enabled", enabled), traces.get("enabled", False)
    reject_enabled_part("logs", logs_enabled, enabled=enabled, subject=subject)
    reject_enabled_part("traces", traces_enabled, enabled=enabled, subject=subject)
    rendered_logs: WorkersScriptObservabilityLogsArgsDict = {
        "enabled": logs_enabled,
        "invocation_logs": logs.get("invocation_logs", True),
        "head_sampling_rate": _validate_rate(logs, subject=f"{subject}.logs"),
        "persist": logs.get("persist", True),
    }
    rendered_traces: WorkersScriptObservabilityTracesArgsDict = {
        "enabled": traces_enabled,
        "head_sampling_rate": _validate_rate(traces, subject=f"{subject}.traces"),
        "persist": traces.get("persist", True),
    }
    if destinations := logs.get("destinations"):
        rendered_logs["destinations"] = sorted(destinations)
    if destinations := traces.get("destinations"):
        rendered_traces["destinations"] = sorted(destinations)
    return {
        "enabled": enabled,
        "head_sampling_rate": _validate_rate(found, subject=subject),
        "logs": rendered_logs,
        "traces": rendered_traces,
    }


def undeclared_destinations(rendered: "WorkersScriptObservabilityArgsDict") -> dict[str, object]:
    """Returns the destinations of the `observability` input by path. None: no destinations are set."""
    return {
        "observability.logs.destinations": _destinations(rendered.get("logs")),
        "observability.traces.destinations": _destinations(rendered.get("traces")),
    }


def _destinations(rendered: object) -> object:
    return rendered.get("destinations") if isinstance(rendered, Mapping) else None


def reject_enabled_part(name: str, part_enabled: bool | None, *, enabled: bool, subject: str) -> None:
    """Raises `ValidationError` for logs or traces that are on while observability is off."""
    if part_enabled and not enabled:
        raise ValidationError(
            f"{subject}.{name}.enabled",
            "cannot be combined with `enabled: false` of the observability",
            f"Set `enabled` of the observability to true, or `enabled` of the {name} to false.",
        )


def _validate_rate(args: LogsArgs | TracesArgs | ObservabilityArgs, *, subject: str) -> float:
    return validate_sampling_rate(args.get("head_sampling_rate", 1), subject=f"{subject}.head_sampling_rate")


def validate_sampling_rate(rate: object, *, subject: str) -> float:
    """Returns the fraction of the requests unchanged. Raises `ValidationError` unless it is a number from 0 to 1."""
    if not isinstance(rate, int | float) or isinstance(rate, bool) or not 0 <= rate <= 1:
        raise ValidationError(
            subject,
            f"must be from 0 to 1, got {rate}",
            "Set the fraction of the requests, such as 0.1.",
        )
    return rate
