"""The Workers of a stack file."""

from collections.abc import Mapping
from graphlib import CycleError, TopologicalSorter
from typing import TYPE_CHECKING, Annotated, Any, Self, cast

from pydantic import AfterValidator, BeforeValidator, Field, ValidationInfo, model_validator

from edge_postgres.core.cloudflare_ids import validate_hex_id
from edge_postgres.core.errors import ValidationError
from edge_postgres.stack.binding_targets import Neighbours
from edge_postgres.stack.model import context_of
from edge_postgres.stack.secrets import Secrets
from edge_postgres.stack.workers.bindings import Service, WorkerBindings
from edge_postgres.stack.workers.direct import DirectSettings
from edge_postgres.stack.workers.parts import (
    Assets,
    Limits,
    ModuleFile,
    Observability,
    Placement,
    Rollout,
    file_of,
    stated,
)
from edge_postgres.stack.workers.serverless import EarlyAccess, ServerlessSettings, serverless_arguments
from edge_postgres.workers.bindings.render import group_bindings, validate_bindings
from edge_postgres.workers.compatibility import render_flags, validate_date
from edge_postgres.workers.drivers import Driver
from edge_postgres.workers.files import validate_files
from edge_postgres.workers.rollout_rules import reject_unsupported
from edge_postgres.workers.rules import (
    validate_bundle,
    validate_connection_methods,
    validate_domain,
    validate_keep_bindings,
    validate_route_pattern,
    validate_script_name,
    validate_tail_consumers,
)
from edge_postgres.workers.schedule import validate_crons
from edge_postgres.workers.worker_spec import MAIN_MODULE

if TYPE_CHECKING:
    from edge_postgres.workers.worker import WorkerArgs


def _date(value: Any) -> Any:
    # An unquoted date of the YAML file reaches the program as `2026-08-01 00:00:00 +0000 UTC`.
    return value.removesuffix(" 00:00:00 +0000 UTC") if isinstance(value, str) else value


Day = Annotated[str, BeforeValidator(_date)]
"""A date, in quotes or not."""


def _dated(date: str, info: ValidationInfo) -> str:
    return validate_date(date, info.data.get("driver"), subject="")


def _flags(flags: list[str], info: ValidationInfo) -> list[str]:
    if "compatibility_date" in info.data:
        render_flags(flags, info.data["compatibility_date"], info.data.get("driver"), subject="")
    return flags


def _built(bundle: str, info: ValidationInfo) -> str:
    validate_bundle(str(context_of(info).root / bundle), info.data.get("driver"), shown=bundle, subject="")
    return bundle


def _modules(files: dict[str, ModuleFile], info: ValidationInfo) -> dict[str, ModuleFile]:
    main_module = info.data.get("main_module") or MAIN_MODULE
    validate_files({name: stated(file) for name, file in files.items()}, main_module, context_of(info).root, subject="")
    return files


def _crons(crons: list[str] | None, info: ValidationInfo) -> list[str] | None:
    return None if crons is None else validate_crons(crons, context_of(info).plan, subject="")


class WorkerSettings(WorkerBindings):
    """A Worker script, what is bound to it and where it answers."""

    driver: Annotated[Driver, Field(strict=False)] | None = None
    bundle: Annotated[str, AfterValidator(_built)]
    script_name: Annotated[str, AfterValidator(lambda name: validate_script_name(name, subject=""))] | None = None
    main_module: str | None = None
    files: Annotated[dict[str, Annotated[ModuleFile, BeforeValidator(file_of)]], AfterValidator(_modules)] = {}
    compatibility_date: Annotated[Day, AfterValidator(_dated)]
    compatibility_flags: Annotated[list[str], AfterValidator(_flags)] = []
    direct: DirectSettings | None = None
    serverless: ServerlessSettings = {}
    accept_early_access: EarlyAccess = None
    assets: Assets | None = None
    routes: dict[
        Annotated[str, AfterValidator(lambda pattern: validate_route_pattern(pattern, subject=""))],
        Annotated[str, AfterValidator(lambda zone_id: validate_hex_id(zone_id, "zone id", subject=""))],
    ] = {}
    domains: list[Annotated[str, AfterValidator(lambda domain: validate_domain(domain, subject=""))]] = []
    crons: Annotated[list[str] | None, AfterValidator(_crons)] = None
    workers_dev: bool | None = None
    preview_urls: bool = False
    placement: Placement | None = None
    observability: Observability | None = None
    limits: Limits | None = None
    tail_consumers: list[Service] | None = None
    logpush: bool | None = None
    migrations: dict[str, Any] | None = None
    keep_bindings: (
        Annotated[list[str], AfterValidator(lambda types: validate_keep_bindings(types, subject=""))] | None
    ) = None
    rollout: Rollout | None = None

    @model_validator(mode="after")
    def _one_thing_under_one_name(self, info: ValidationInfo) -> Self:
        # A map of the names alone: what is bound under them is looked at where it stands.
        groups: dict[str, Any] = {group: list(names) for group, names in group_bindings(self._named()).items()}
        direct = self.direct.variables if self.direct else []
        validate_bindings(
            {**groups, "direct": direct, "serverless": self.serverless}, context_of(info).plan, subject=""
        )
        return self

    @model_validator(mode="after")
    def _one_way(self, info: ValidationInfo) -> Self:
        stated = {"hyperdrive": self.hyperdrive, "direct": self.direct, "serverless": self.serverless}
        ways = {way for way, found in stated.items() if found}
        validate_connection_methods(self.driver, ways, subject="")
        validate_bundle(
            str(context_of(info).root / self.bundle), self.driver, ways, shown=self.bundle, subject="bundle"
        )
        return self

    @model_validator(mode="after")
    def _logs_of_others(self) -> Self:
        validate_tail_consumers(self.tail_consumers, self.name, subject="tail_consumers")
        return self

    @model_validator(mode="after")
    def _fit_for_a_rollout(self) -> Self:
        if self.rollout:
            reject_unsupported(
                self.model_dump(include={"migrations", "placement", "assets", "keep_bindings"}), subject=""
            )
        return self

    @property
    def component(self) -> str:
        """Name of the component that makes it, in `components`."""
        return "WorkerRollout" if self.rollout else "Worker"

    def scripts(self) -> set[str]:
        """The scripts that have to be there before it, by the names of the stack file."""
        return {*super().scripts(), *(self.tail_consumers or ())}

    def arguments(self, secrets: Secrets, neighbours: Neighbours = Neighbours(), **given: Any) -> "WorkerArgs":  # noqa: B008
        """The arguments of the component: what this states, what stands beside it in the stack, and what is given."""
        script_name = self.script_name or given.get("script_name")
        bound = self.bound(secrets, neighbours, script_name)
        return cast("WorkerArgs", {**bound, **given, **self._stated(neighbours, script_name)})

    def _stated(self, neighbours: Neighbours, script_name: str | None) -> dict[str, Any]:
        apart = {
            *WorkerBindings.model_fields,
            "direct",
            "serverless",
            "accept_early_access",
            "tail_consumers",
            "rollout",
        }
        script = self.script_of(neighbours, script_name)
        made = {
            "direct": self.direct.arguments(neighbours) if self.direct else None,
            "serverless": serverless_arguments(self.serverless, neighbours),
            "tail_consumers": None if self.tail_consumers is None else [script(each) for each in self.tail_consumers],
        }
        return {
            **self.model_dump(exclude=apart, exclude_none=True),
            **{argument: value for argument, value in made.items() if value is not None},
            **(stated(self.rollout) if self.rollout else {}),
        }

    def _named(self) -> dict[str, Any]:
        dumped = self.model_dump(exclude={"documents"})
        return {**dumped, "secrets": dict.fromkeys(self.secrets), "json": self.documents}


def in_order(workers: Mapping[str, WorkerSettings]) -> list[str]:
    """The names of the Workers, each behind those that it binds.

    Raises ``ValidationError`` where Workers bind each other in a circle: none of them could be made first.
    """
    wanted = {name: sorted((worker.scripts() & set(workers)) - {name}) for name, worker in sorted(workers.items())}
    try:
        return list(TopologicalSorter(wanted).static_order())
    except CycleError as circle:
        names: list[str] = circle.args[1]
        raise ValidationError(
            f"workers.{names[-1]}.services",
            f"leads back to itself: {' needs '.join(reversed(names))}",
            "Deploy one of them by a stack of its own, and bind it by the name of its script.",
        ) from None
