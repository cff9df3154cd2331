"""What a Worker of the stack file states in maps of their own: files, placement, logs, limits, rollout."""

from typing import Annotated, Any, Self

from pydantic import AfterValidator, Field, ValidationInfo, model_validator

from edge_postgres.stack.model import Model, context_of
from edge_postgres.workers.assets import HtmlHandling, NotFoundHandling, render_assets
from edge_postgres.workers.cpu_limits import render_limits
from edge_postgres.workers.files import ModuleKind
from edge_postgres.workers.observability import render_observability
from edge_postgres.workers.placement import render_placement
from edge_postgres.workers.rollout_rules import validate_percentage, validate_version_id

Rate = Annotated[float, Field(strict=False)]


def stated(part: Model) -> Any:
    """What a map states, as an argument of a component."""
    return part.model_dump(exclude_none=True)


class ModuleFile(Model):
    """A module beside the main one."""

    path: str
    kind: Annotated[ModuleKind, Field(strict=False)] | None = None


class Assets(Model):
    """A directory of static files."""

    directory: str
    binding: str | None = None
    html_handling: Annotated[HtmlHandling, Field(strict=False)] | None = None
    not_found_handling: Annotated[NotFoundHandling, Field(strict=False)] | None = None
    run_worker_first: Any = None

    @model_validator(mode="after")
    def _servable(self, info: ValidationInfo) -> Self:
        surroundings = context_of(info)
        render_assets(stated(self), surroundings.plan, surroundings.root, subject="")
        return self


class Placement(Model):
    """Where the script runs."""

    mode: str | None = None
    region: str | None = None
    host: str | None = None
    hostname: str | None = None

    @model_validator(mode="after")
    def _one_place(self) -> Self:
        render_placement(stated(self), subject="")
        return self


class Logs(Model):
    """What is logged."""

    enabled: bool | None = None
    invocation_logs: bool | None = None
    head_sampling_rate: Rate | None = None
    persist: bool | None = None
    destinations: list[str] | None = None


class Traces(Model):
    """What is traced."""

    enabled: bool | None = None
    head_sampling_rate: Rate | None = None
    persist: bool | None = None
    destinations: list[str] | None = None


class Observability(Model):
    """Logs and traces."""

    enabled: bool
    head_sampling_rate: Rate | None = None
    logs: Logs | None = None
    traces: Traces | None = None

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        render_observability(stated(self), subject="")
        return self


class Limits(Model):
    """Bounds of one invocation."""

    cpu_ms: int | None = None
    subrequests: int | None = None

    @model_validator(mode="after")
    def _within_the_plan(self, info: ValidationInfo) -> Self:
        render_limits(stated(self), context_of(info).plan, subject="")
        return self


class Rollout(Model):
    """How much of the traffic the new version gets, and which version the rest."""

    percentage: Rate
    previous_version_id: (
        Annotated[str, AfterValidator(lambda version: validate_version_id(version, subject=""))] | None
    ) = None
    accept_changed_secrets: bool | None = None

    @model_validator(mode="after")
    def _somebody_answers(self) -> Self:
        validate_percentage(self.percentage, has_previous=self.previous_version_id is not None, subject="")
        return self


def file_of(value: Any) -> Any:
    """A path alone is a module whose name tells its kind."""
    return {"path": value} if isinstance(value, str) else value
