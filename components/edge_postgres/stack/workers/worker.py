"""Settings of the Workers of a stack file."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated, Self

import pulumi
from pydantic import AfterValidator, BeforeValidator, Field, ValidationInfo, model_validator

from edge_postgres.core.cloudflare_ids import validate_hex_id
from edge_postgres.stack.binding_targets import BindingTargets
from edge_postgres.stack.context import StackContext, optional
from edge_postgres.stack.model import context_of
from edge_postgres.stack.workers.bindings import ScriptRef, WorkerBindings, encode_json
from edge_postgres.stack.workers.direct import DirectSettings
from edge_postgres.stack.workers.parts import (
    AssetsSettings,
    LimitsSettings,
    ModuleSettings,
    ObservabilitySettings,
    PlacementSettings,
    RolloutSettings,
    module_from_path,
)
from edge_postgres.stack.workers.serverless import EarlyAccess, ServerlessSettings, serverless_args
from edge_postgres.workers.bindings.render import validate_bindings
from edge_postgres.workers.bundle import validate_bundle
from edge_postgres.workers.compatibility import render_flags, validate_date
from edge_postgres.workers.connection_methods import validate_connection_methods
from edge_postgres.workers.drivers import Driver
from edge_postgres.workers.files import validate_files
from edge_postgres.workers.rollout_rules import reject_unsupported
from edge_postgres.workers.rules import (
    validate_domain,
    validate_keep_bindings,
    validate_route_pattern,
    validate_script_name,
    validate_tail_consumers,
)
from edge_postgres.workers.schedule import validate_crons
from edge_postgres.workers.worker_spec import MAIN_MODULE

if TYPE_CHECKING:
    from edge_postgres.workers.rollout import WorkerRollout
    from edge_postgres.workers.shared_arguments import SharedWorkerArgs
    from edge_postgres.workers.worker import Worker


def _without_midnight(value: object) -> object:
    # Pulumi passes an unquoted date of the YAML file as `2026-08-01 00:00:00 +0000 UTC`.
    return value.removesuffix(" 00:00:00 +0000 UTC") if isinstance(value, str) else value


DateString = Annotated[str, BeforeValidator(_without_midnight)]
"""A date, `2026-08-01`, quoted or not."""


def _compatibility_date(date: str, info: ValidationInfo) -> str:
    return validate_date(date, info.data.get("driver"), subject="")


def _compatibility_flags(flags: list[str], info: ValidationInfo) -> list[str]:
    if "compatibility_date" in info.data:
        render_flags(flags, info.data["compatibility_date"], info.data.get("driver"), subject="")
    return flags


def _bundle(bundle: str, info: ValidationInfo) -> str:
    methods = {method for method in ("hyperdrive", "direct", "serverless") if info.data.get(method)}
    path = context_of(info).root / bundle
    validate_bundle(str(path), info.data.get("driver"), methods, shown=bundle, subject="")
    return bundle


def _modules(modules: dict[str, ModuleSettings], info: ValidationInfo) -> dict[str, ModuleSettings]:
    main_module = info.data.get("main_module") or MAIN_MODULE
    files = {name: module.args() for name, module in modules.items()}
    validate_files(files, main_module, context_of(info).root, subject="")
    return modules


def _crons(crons: list[str] | None, info: ValidationInfo) -> list[str] | None:
    return None if crons is None else validate_crons(crons, context_of(info).plan, subject="")


def _tail_consumers(names: list[str] | None, info: ValidationInfo) -> list[str] | None:
    validate_tail_consumers(names, info.data.get("name", ""), subject="")
    return names


ScriptName = Annotated[str, AfterValidator(lambda name: validate_script_name(name, subject=""))]
Module = Annotated[ModuleSettings, BeforeValidator(module_from_path)]
RoutePattern = Annotated[str, AfterValidator(lambda pattern: validate_route_pattern(pattern, subject=""))]
ZoneId = Annotated[str, AfterValidator(lambda zone_id: validate_hex_id(zone_id, "zone id", subject=""))]
Domain = Annotated[str, AfterValidator(lambda domain: validate_domain(domain, subject=""))]
BindingTypes = Annotated[list[str], AfterValidator(lambda types: validate_keep_bindings(types, subject=""))]


class WorkerSettings(WorkerBindings):
    """A Worker: its script, its bindings, and the addresses where it answers."""

    driver: Annotated[Driver, Field(strict=False)] | None = None
    direct: DirectSettings | None = None
    serverless: ServerlessSettings = {}
    accept_early_access: EarlyAccess = None
    # Its validation needs the driver and the connection methods, which therefore precede it.
    bundle: Annotated[str, AfterValidator(_bundle)]
    script_name: ScriptName | None = None
    main_module: str | None = None
    files: Annotated[dict[str, Module], AfterValidator(_modules)] = {}
    compatibility_date: Annotated[DateString, AfterValidator(_compatibility_date)]
    compatibility_flags: Annotated[list[str], AfterValidator(_compatibility_flags)] = []
    assets: AssetsSettings | None = None
    routes: dict[RoutePattern, ZoneId] = {}
    domains: list[Domain] = []
    crons: Annotated[list[str] | None, AfterValidator(_crons)] = None
    workers_dev: bool | None = None
    preview_urls: bool = False
    placement: PlacementSettings | None = None
    observability: ObservabilitySettings | None = None
    limits: LimitsSettings | None = None
    tail_consumers: Annotated[list[ScriptRef] | None, AfterValidator(_tail_consumers)] = None
    logpush: bool | None = None
    migrations: dict[str, object] | None = None
    keep_bindings: BindingTypes | None = None
    rollout: RolloutSettings | None = None

    @model_validator(mode="after")
    def _settings_fit_together(self, info: ValidationInfo) -> Self:
        names: dict[str, Iterable[str]] = {
            "hyperdrive": self.hyperdrive,
            "kv": self.kv,
            "r2": self.r2,
            "d1": self.d1,
            "queues": self.queues,
            "services": self.services,
            "durable_objects": self.durable_objects,
            "vars": self.vars,
            "secrets": self.secrets,
            "json": self.documents,
            "rate_limits": self.rate_limits,
            "secrets_store": self.secrets_store,
            "vpc_services": self.vpc_services,
            "mtls_certificates": self.mtls_certificates,
            "ai": [self.ai] if self.ai else [],
            "version_metadata": [self.version_metadata] if self.version_metadata else [],
            "other_bindings": self.other_bindings,
            "assets": [self.assets.binding] if self.assets and self.assets.binding else [],
            "direct": self.direct.variable_names if self.direct else [],
            "serverless": self.serverless,
        }
        validate_bindings(names, context_of(info).plan, subject="")
        methods = {"hyperdrive": self.hyperdrive, "direct": self.direct, "serverless": self.serverless}
        validate_connection_methods(self.driver, {method for method, found in methods.items() if found}, subject="")
        if self.rollout:
            unfit = {"migrations": self.migrations, "placement": self.placement, "assets": self.assets}
            reject_unsupported({**unfit, "keep_bindings": self.keep_bindings}, subject="")
        return self

    def create(self, name: str, targets: BindingTargets, context: StackContext) -> "Worker | WorkerRollout":
        """Creates the script, as a ``WorkerRollout`` if `rollout` is set.

        Args:
            name: Name of the component.
            targets: Resources of the stack that it can be bound to, with the Workers that exist so far.
            context: Values of the stack.
        """
        script_name = self.script_name or context.physical_name(name)
        # A Worker can be bound to itself.
        targets = targets.with_scripts({**targets.script_names, self.name: script_name})
        args = self._script_args(script_name, targets, context)
        if self.rollout:
            from edge_postgres.workers.rollout import WorkerRollout

            return WorkerRollout(
                name,
                {
                    **args,
                    "percentage": self.rollout.percentage,
                    "previous_version_id": optional(self.rollout.previous_version_id),
                    "accept_changed_secrets": optional(self.rollout.accept_changed_secrets),
                },
            )
        from edge_postgres.workers.worker import Worker

        return Worker(
            name,
            {
                **args,
                "assets": optional(self.assets.args() if self.assets else None),
                "placement": optional(self.placement.args() if self.placement else None),
                "migrations": optional(self.migrations),
                "keep_bindings": optional(self.keep_bindings),
            },
        )

    def _script_args(self, script_name: str, targets: BindingTargets, context: StackContext) -> "SharedWorkerArgs":
        tail_consumers: list[pulumi.Input[str]] | None = None
        if self.tail_consumers is not None:
            tail_consumers = [targets.script_name(ref) for ref in self.tail_consumers]
        return {
            "account_id": context.account_id,
            "plan": context.plan,
            "bundle": self.bundle,
            "compatibility_date": self.compatibility_date,
            "compatibility_flags": self.compatibility_flags,
            "driver": optional(self.driver),
            "script_name": script_name,
            "main_module": optional(self.main_module),
            "files": {module: file.args() for module, file in self.files.items()},
            "hyperdrive": {name: targets.hyperdrive_ids[ref] for name, ref in self.hyperdrive.items()},
            "kv": {name: targets.kv_namespace_ids[ref] for name, ref in self.kv.items()},
            "r2": {**self.r2},
            "d1": {**self.d1},
            "queues": {**self.queues},
            "services": {name: targets.script_name(ref) for name, ref in self.services.items()},
            "durable_objects": {name: each.args(targets) for name, each in self.durable_objects.items()},
            "vars": {**self.vars},
            "secrets": {name: context.secrets.output(f"workers.{self.name}.{name}") for name in self.secrets},
            "json": {**encode_json(self.documents)},
            "rate_limits": {name: limit.args() for name, limit in self.rate_limits.items()},
            "secrets_store": {name: targets.stored_secrets[ref] for name, ref in self.secrets_store.items()},
            "vpc_services": {**self.vpc_services},
            "mtls_certificates": {**self.mtls_certificates},
            "other_bindings": self.other_bindings,
            "ai": optional(self.ai),
            "version_metadata": optional(self.version_metadata),
            "direct": optional(self.direct.args(targets, context) if self.direct else None),
            "serverless": optional(serverless_args(self.serverless, targets, context)),
            "workers_dev": optional(self.workers_dev),
            "preview_urls": self.preview_urls,
            "routes": {**self.routes},
            "domains": self.domains,
            "crons": optional(self.crons),
            "observability": optional(self.observability.args() if self.observability else None),
            "limits": optional(self.limits.args() if self.limits else None),
            "tail_consumers": optional(tail_consumers),
            "logpush": optional(self.logpush),
        }
