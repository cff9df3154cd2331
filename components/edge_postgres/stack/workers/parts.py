"""Settings of a Worker that are maps: modules, static assets, placement, observability, limits, rollout."""

from typing import Annotated, Self

from pydantic import AfterValidator, Field, ValidationInfo, model_validator

from edge_postgres.stack.context import optional
from edge_postgres.stack.model import Model, context_of
from edge_postgres.workers.assets import AssetsArgs, HtmlHandling, NotFoundHandling, render_assets
from edge_postgres.workers.cpu_limits import LimitsArgs, render_limits
from edge_postgres.workers.files import ModuleFile, ModuleKind
from edge_postgres.workers.observability import LogsArgs, ObservabilityArgs, TracesArgs, render_observability
from edge_postgres.workers.placement import PlacementArgs, render_placement
from edge_postgres.workers.rollout_rules import validate_percentage, validate_version_id

SamplingRate = Annotated[float, Field(strict=False)]
VersionId = Annotated[str, AfterValidator(lambda version: validate_version_id(version, subject=""))]


class ModuleSettings(Model):
    """A module besides the main one."""

    path: str
    """Path of the file."""
    kind: Annotated[ModuleKind, Field(strict=False)] | None = None
    """Type of the module. Default: derived from the module name."""

    def args(self) -> ModuleFile:
        """The module as a value of the argument `files`."""
        return {"path": self.path, "kind": optional(self.kind)}


class AssetsSettings(Model):
    """A directory of static files."""

    directory: str
    """Path of the directory. All files in it become public."""
    binding: str | None = None
    """Name of the binding to the files, usually `ASSETS`."""
    html_handling: Annotated[HtmlHandling, Field(strict=False)] | None = None
    """Addresses of HTML files. Default: Cloudflare's."""
    not_found_handling: Annotated[NotFoundHandling, Field(strict=False)] | None = None
    """Response for a missing file. Default: Cloudflare's."""
    run_worker_first: object = None
    """Paths for which the script runs before the files: `true`, or a list of patterns such as `/api/*`."""

    def args(self) -> AssetsArgs:
        """The argument `assets`."""
        return {
            "directory": self.directory,
            "binding": optional(self.binding),
            "html_handling": optional(self.html_handling),
            "not_found_handling": optional(self.not_found_handling),
            "run_worker_first": self.run_worker_first,
        }

    @model_validator(mode="after")
    def _can_be_uploaded(self, info: ValidationInfo) -> Self:
        context = context_of(info)
        render_assets(self.args(), context.plan, context.root, subject="")
        return self


class PlacementSettings(Model):
    """Location where the script runs."""

    mode: str | None = None
    """Smart Placement; the only value is `smart`."""
    region: str | None = None
    """Region of a cloud, such as `aws:eu-central-1`."""
    host: str | None = None
    """Host and port of a server, such as `db.example.com:5432`."""
    hostname: str | None = None
    """Host name of an HTTP server."""

    def args(self) -> PlacementArgs:
        """The argument `placement`."""
        return {
            "mode": optional(self.mode),
            "region": optional(self.region),
            "host": optional(self.host),
            "hostname": optional(self.hostname),
        }

    @model_validator(mode="after")
    def _is_one_place(self) -> Self:
        render_placement(self.args(), subject="")
        return self


class LogsSettings(Model):
    """Logs of a Worker."""

    enabled: bool | None = None
    """Whether logs are collected. Default: the value of `observability.enabled`."""
    invocation_logs: bool | None = None
    """Whether each invocation has a separate log line. Default: `true`."""
    head_sampling_rate: SamplingRate | None = None
    """Part of the requests that is logged. Default: 1."""
    persist: bool | None = None
    """Whether Cloudflare stores the logs. Default: `true`."""
    destinations: list[str] | None = None
    """Names of export destinations."""

    def args(self) -> LogsArgs:
        """The argument `observability.logs`."""
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
    """Whether traces are collected. Default: `false`."""
    head_sampling_rate: SamplingRate | None = None
    """Part of the requests that is traced. Default: 1."""
    persist: bool | None = None
    """Whether Cloudflare stores the traces. Default: `true`."""
    destinations: list[str] | None = None
    """Names of export destinations."""

    def args(self) -> TracesArgs:
        """The argument `observability.traces`."""
        return {
            "enabled": optional(self.enabled),
            "head_sampling_rate": optional(self.head_sampling_rate),
            "persist": optional(self.persist),
            "destinations": optional(self.destinations),
        }


class ObservabilitySettings(Model):
    """Logs and traces of a Worker."""

    enabled: bool
    """Whether logs and traces are collected."""
    head_sampling_rate: SamplingRate | None = None
    """Part of the requests that is recorded. Default: 1."""
    logs: LogsSettings | None = None
    """Settings of the logs."""
    traces: TracesSettings | None = None
    """Settings of the traces."""

    def args(self) -> ObservabilityArgs:
        """The argument `observability`."""
        return {
            "enabled": self.enabled,
            "head_sampling_rate": optional(self.head_sampling_rate),
            "logs": optional(self.logs.args() if self.logs else None),
            "traces": optional(self.traces.args() if self.traces else None),
        }

    @model_validator(mode="after")
    def _is_consistent(self) -> Self:
        render_observability(self.args(), subject="")
        return self


class LimitsSettings(Model):
    """Limits of one invocation."""

    cpu_ms: int | None = None
    """CPU time in milliseconds, without waiting time. At most 300000 on the paid plan."""
    subrequests: int | None = None
    """Requests to the Internet and to Cloudflare's services."""

    def args(self) -> LimitsArgs:
        """The argument `limits`."""
        return {"cpu_ms": optional(self.cpu_ms), "subrequests": optional(self.subrequests)}

    @model_validator(mode="after")
    def _fits_into_the_plan(self, info: ValidationInfo) -> Self:
        render_limits(self.args(), context_of(info).plan, subject="")
        return self


class RolloutSettings(Model):
    """Share of the requests that the new version gets, and the version that gets the rest."""

    percentage: Annotated[float, Field(strict=False)]
    """Part of the requests that the new version receives, from 0 to 100."""
    previous_version_id: VersionId | None = None
    """ID of the version that receives the other requests."""
    accept_changed_secrets: bool | None = None
    """Consent that both versions use the new values of changed secrets."""

    @model_validator(mode="after")
    def _every_request_has_a_version(self) -> Self:
        validate_percentage(self.percentage, has_previous=self.previous_version_id is not None, subject="")
        return self


def module_from_path(value: object) -> object:
    """Turns a path alone into the settings of a module. The extension of its name decides the kind."""
    return {"path": value} if isinstance(value, str) else value
