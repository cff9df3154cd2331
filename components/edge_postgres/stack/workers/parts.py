"""Models of a Worker's settings that are maps: modules, static assets, placement, observability, limits, rollout."""

from typing import Annotated, Self, cast

from pydantic import AfterValidator, Field, ValidationInfo

from edge_postgres.stack.context import optional
from edge_postgres.stack.every_error import rule
from edge_postgres.stack.model import Model, context_of
from edge_postgres.workers.assets import AssetsArgs, HtmlHandling, NotFoundHandling, render_assets
from edge_postgres.workers.cpu_limits import LimitsArgs, reject_no_limit, validate_cpu_ms, validate_subrequests
from edge_postgres.workers.files import ModuleFile, ModuleKind
from edge_postgres.workers.observability import (
    LogsArgs,
    ObservabilityArgs,
    TracesArgs,
    reject_enabled_part,
    validate_sampling_rate,
)
from edge_postgres.workers.placement import PlacementArgs, validate_placement
from edge_postgres.workers.rollout_rules import validate_percentage, validate_version_id

SamplingRate = Annotated[
    float, Field(strict=False), AfterValidator(lambda rate: validate_sampling_rate(rate, subject=""))
]
VersionId = Annotated[str, AfterValidator(lambda version: validate_version_id(version, subject=""))]


class ModuleSettings(Model):
    """A module of a script besides its main module."""

    path: str
    """Path of the file, relative to the folder of `Pulumi.yaml`."""
    kind: Annotated[ModuleKind, Field(strict=False)] | None = None
    """Type of the module. Default: derived from the module name."""

    def args(self) -> ModuleFile:
        """Returns the value of one entry of the argument `files`."""
        return {"path": self.path, "kind": optional(self.kind)}


class AssetsSettings(Model):
    """A directory of static files."""

    directory: str
    """Path of the directory with the files, relative to the folder of `Pulumi.yaml`. All files in the directory become
    public."""
    binding: str | None = None
    """Name of the binding through which the script reads the files, usually `ASSETS`."""
    html_handling: Annotated[HtmlHandling, Field(strict=False)] | None = None
    """Form of the URL paths of HTML files: with a slash at the end, without a slash, or the name of the file. Requests
    for other forms are redirected. Default: `auto-trailing-slash`."""
    not_found_handling: Annotated[NotFoundHandling, Field(strict=False)] | None = None
    """Response if neither a file nor the script answers: an empty 404, the nearest `404.html`, or `/index.html` with
    status 200. Default: `none`."""
    run_worker_first: object = None
    """Requests for which the script runs before the static files: `true` for all requests, or a list of path patterns
    such as `/api/*`. Default: `false`."""

    def args(self) -> AssetsArgs:
        """Returns the argument `assets`."""
        return {
            "directory": self.directory,
            "binding": optional(self.binding),
            "html_handling": optional(self.html_handling),
            "not_found_handling": optional(self.not_found_handling),
            "run_worker_first": cast("bool | list[str]", self.run_worker_first),
        }

    @rule
    def _can_be_uploaded(self, info: ValidationInfo) -> Self:
        context = context_of(info)
        render_assets(self.args(), context.plan, context.root, subject="")
        return self


class PlacementSettings(Model):
    """Place near which the script runs: exactly one of the four settings."""

    mode: str | None = None
    """`smart`, the only value: Cloudflare chooses the place from the traffic (Smart Placement)."""
    region: str | None = None
    """Cloud region, such as `aws:us-east-1`, `gcp:us-east4` or `azure:westeurope`."""
    host: str | None = None
    """Server as host and port, such as `db.example.com:5432`. Cloudflare probes it over TCP, from public addresses that
    are not in its published ranges."""
    hostname: str | None = None
    """HTTP server as host name, which Cloudflare probes."""

    def args(self) -> PlacementArgs:
        """Returns the argument `placement`."""
        return {
            "mode": optional(self.mode),
            "region": optional(self.region),
            "host": optional(self.host),
            "hostname": optional(self.hostname),
        }

    @rule
    def _is_one_place(self) -> Self:
        validate_placement(self.args(), subject="")
        return self


class LogsSettings(Model):
    """Logs of a Worker."""

    enabled: bool | None = None
    """Whether Cloudflare collects logs. Default: the value of `observability.enabled`."""
    invocation_logs: bool | None = None
    """Whether Cloudflare adds a log line for each invocation. Default: `true`."""
    head_sampling_rate: SamplingRate | None = None
    """Fraction of the requests for which Cloudflare collects logs, from 0 to 1. Default: 1."""
    persist: bool | None = None
    """Whether Cloudflare stores the logs. Default: `true`."""
    destinations: list[str] | None = None
    """Names of the destinations to which Cloudflare exports the logs."""

    def args(self) -> LogsArgs:
        """Returns the argument `observability.logs`."""
        return {
            "enabled": optional(self.enabled),
            "invocation_logs": optional(self.invocation_logs),
            "head_sampling_rate": optional(self.head_sampling_rate),
            "persist": optional(self.persist),
            "destinations": optional(self.destinations),
        }


class TracesSettings(Model):
    """Traces of a Worker."""

    enabled: bool | None = None
    """Whether Cloudflare collects traces. Default: `false`."""
    head_sampling_rate: SamplingRate | None = None
    """Fraction of the requests for which Cloudflare collects traces, from 0 to 1. Default: 1."""
    persist: bool | None = None
    """Whether Cloudflare stores the traces. Default: `true`."""
    destinations: list[str] | None = None
    """Names of the destinations to which Cloudflare exports the traces."""

    def args(self) -> TracesArgs:
        """Returns the argument `observability.traces`."""
        return {
            "enabled": optional(self.enabled),
            "head_sampling_rate": optional(self.head_sampling_rate),
            "persist": optional(self.persist),
            "destinations": optional(self.destinations),
        }


class ObservabilitySettings(Model):
    """Logs and traces of a Worker."""

    enabled: bool
    """Whether Cloudflare collects logs and traces. With `true`, Cloudflare collects logs unless
    `observability.logs.enabled` is `false`, and traces only if `observability.traces.enabled` is `true`."""
    head_sampling_rate: SamplingRate | None = None
    """Fraction of the requests for which Cloudflare collects logs and traces, from 0 to 1. Default: 1."""
    logs: LogsSettings | None = None
    """Settings of the logs. Default: all logs."""
    traces: TracesSettings | None = None
    """Settings of the traces. Default: no traces."""

    def args(self) -> ObservabilityArgs:
        """Returns the argument `observability`."""
        return {
            "enabled": self.enabled,
            "head_sampling_rate": optional(self.head_sampling_rate),
            "logs": optional(self.logs.args() if self.logs else None),
            "traces": optional(self.traces.args() if self.traces else None),
        }

    @rule
    def _logs_can_be_collected(self) -> None:
        reject_enabled_part("logs", self.logs.enabled if self.logs else None, enabled=self.enabled, subject="")

    @rule
    def _traces_can_be_collected(self) -> None:
        reject_enabled_part("traces", self.traces.enabled if self.traces else None, enabled=self.enabled, subject="")


class LimitsSettings(Model):
    """Limits of one invocation."""

    cpu_ms: int | None = None
    """Largest CPU time in milliseconds, without the time spent waiting. At most 10 on the free plan and 300000 on the
    paid plan. Default: Cloudflare's, 10 on the free plan and 30000 on the paid plan."""
    subrequests: int | None = None
    """Largest number of requests to the Internet and to Cloudflare's services. At most 1000 on the free plan and
    10000000 on the paid plan. Default: Cloudflare's limit, 10000 on the paid plan."""

    def args(self) -> LimitsArgs:
        """Returns the argument `limits`."""
        return {"cpu_ms": optional(self.cpu_ms), "subrequests": optional(self.subrequests)}

    @rule
    def _cpu_time_fits_into_the_plan(self, info: ValidationInfo) -> None:
        if self.cpu_ms is not None:
            validate_cpu_ms(self.cpu_ms, context_of(info).plan, subject="cpu_ms")

    @rule
    def _subrequests_fit_into_the_plan(self, info: ValidationInfo) -> None:
        if self.subrequests is not None:
            validate_subrequests(self.subrequests, context_of(info).plan, subject="subrequests")

    @rule
    def _has_a_limit(self) -> None:
        reject_no_limit({"cpu_ms": self.cpu_ms, "subrequests": self.subrequests}, subject="")


class RolloutSettings(Model):
    """Percentage of the requests that the new version gets, and the version that gets the remaining requests."""

    percentage: Annotated[float, Field(strict=False)]
    """Percentage of the requests that the new version receives, from 0 to 100."""
    previous_version_id: VersionId | None = None
    """ID of the deployed version that receives the remaining requests. Required if `percentage` is below 100."""
    accept_changed_secrets: bool | None = None
    """Confirms that both versions may use the new values of changed secrets. Default: `false`."""

    @rule
    def _every_request_has_a_version(self) -> Self:
        validate_percentage(self.percentage, has_previous=self.previous_version_id is not None, subject="")
        return self


def module_from_path(value: object) -> object:
    """Returns a map with the path for a path alone, and any other value unchanged."""
    return {"path": value} if isinstance(value, str) else value
