"""Settings of the Workers of a stack file."""

from collections.abc import Iterable, Iterator
from functools import partial
from typing import TYPE_CHECKING, Annotated

import pulumi
from pydantic import Field, ValidationInfo

from edge_postgres.core.errors import ValidationError
from edge_postgres.origin.names import default_name
from edge_postgres.stack.binding_targets import BindingTargets
from edge_postgres.stack.context import StackContext, optional
from edge_postgres.stack.every_error import errors_of_call, rule
from edge_postgres.stack.model import context_of
from edge_postgres.stack.transform import Transformable
from edge_postgres.stack.workers.bindings import WorkerBindings, encode_json, find_workflow_errors
from edge_postgres.stack.workers.direct import DirectSettings
from edge_postgres.stack.workers.parts import (
    AssetsSettings,
    LimitsSettings,
    ObservabilitySettings,
    PlacementSettings,
    RolloutSettings,
)
from edge_postgres.stack.workers.probes import placement_args
from edge_postgres.stack.workers.queues import Consumers
from edge_postgres.stack.workers.serverless import EarlyAccess, ServerlessSettings, serverless_args
from edge_postgres.stack.workers.versions import errors_of_versions
from edge_postgres.stack.workers.worker_rules import (
    BindingTypes,
    BundlePath,
    CompatibilityDate,
    CompatibilityFlags,
    Crons,
    Domain,
    Migrations,
    Modules,
    RoutePattern,
    RouteRecords,
    ScriptName,
    TailConsumers,
    ZoneId,
)
from edge_postgres.workers.bindings.render import validate_bindings
from edge_postgres.workers.connection_methods import validate_connection_methods
from edge_postgres.workers.deployment_kind import DeploymentKind, deployment_kind
from edge_postgres.workers.drivers import Driver

if TYPE_CHECKING:
    from edge_postgres.workers.rollout import WorkerRollout
    from edge_postgres.workers.shared_arguments import SharedWorkerArgs
    from edge_postgres.workers.worker import Worker


class WorkerSettings(Transformable, WorkerBindings):
    """A Worker: its script, its bindings, and the addresses where it answers."""

    driver: Annotated[Driver, Field(strict=False)] | None = None
    """Postgres driver in the bundle. With this setting, edge-postgres checks the release of the driver, the
    compatibility date and flags, and the connection method."""
    direct: DirectSettings | None = None
    """Direct TCP connection to a database, without Hyperdrive."""
    serverless: ServerlessSettings = {}
    """Connection with Prisma's serverless driver: name of the secret variable to the name of a Prisma Postgres
    database. At most one entry."""
    accept_early_access: EarlyAccess = None
    """Confirms that you accept the Early Access status of Prisma's serverless driver. Required with `serverless`,
    except in `local` and preview stacks (`pr-…`). Default: `false`, except in `local` and preview stacks (`pr-…`)."""
    # The validation of `bundle` needs the fields above: the driver and the connection methods.
    bundle: BundlePath
    """Path of the built script, relative to the folder of `Pulumi.yaml`. The script is one ES module."""
    script_name: ScriptName | None = None
    """Name of the script at Cloudflare. Default: `<project>-<stack>-<name>`."""
    main_module: str | None = None
    """Name of the main module at Cloudflare. Default: `worker.js`."""
    files: Modules = {}
    """Further modules, with which a Worker is deployed by versions: module name to the path of its file, or to `{path,
    kind}`. A `kind` is `esm`, `wasm`, `text` or `data`, by default derived from the module name."""
    compatibility_date: CompatibilityDate
    """Compatibility date of the Workers runtime, `YYYY-MM-DD`. With a `driver` other than `prisma-ppg`
    and `rust-postgres`, or with `hyperdrive` and no `driver`, the date must be 2024-09-23 or later."""
    compatibility_flags: CompatibilityFlags = []
    """Compatibility flags of the Workers runtime. With a `driver` other than `prisma-ppg` and `rust-postgres`, or with
    `hyperdrive` and no `driver`, and a `compatibilityDate` before 2026-08-04, the list must contain `nodejs_compat` or
    `nodejs_compat_v2`."""
    assets: AssetsSettings | None = None
    """Static files that Cloudflare serves together with the script."""
    routes: dict[RoutePattern, ZoneId] = {}
    """Routes: URL pattern, such as `example.com/api/*`, to the ID of its zone."""
    route_records: RouteRecords = []
    """Host names of `routes` for which the stack creates a proxied DNS record. Without one, a route does not answer."""
    domains: list[Domain] = []
    """Custom domains. Cloudflare creates their DNS records and certificates."""
    crons: Crons | None = None
    """Cron expressions in UTC, such as `0 3 * * *`. Without this setting the Worker has no schedule, so that removing
    the setting ends all schedules. Default: no schedule."""
    queue_consumers: Consumers = {}
    """Queues whose messages the Worker receives in batches: name of an entry of the top-level setting `queues` to a map
    of settings, which can be empty."""
    workers_dev: bool | None = None
    """Whether the Worker has an address below workers.dev. Default: `true` without `routes` and `domains`, else
    `false`."""
    preview_urls: bool = False
    """Whether each version of the Worker has a separate preview address."""
    placement: PlacementSettings | None = None
    """Place near which the script runs. With `region`, `host` or `hostname`, the Worker is deployed by versions.
    Default: near the client."""
    observability: ObservabilitySettings | None = None
    """Logs and traces. Default: no logs and no traces."""
    limits: LimitsSettings | None = None
    """Limits of one invocation of the script. Default: Cloudflare's limits."""
    tail_consumers: TailConsumers | None = None
    """Names of Workers of this stack, or of other scripts of the account, that receive the logs of this Worker."""
    logpush: bool | None = None
    """Whether the account's Logpush job receives the logs of the script. Default: `false`."""
    migrations: Migrations | None = None
    """Migrations of Durable Object classes, with the keys of Cloudflare's API. Cannot be combined with a
    `rollout.percentage` below 100."""
    keep_bindings: BindingTypes | None = None
    """Types of bindings, such as `secret_text`, that Cloudflare keeps although the stack file does not contain the
    bindings. Cannot be combined with `rollout`, `files`, or a place in `placement`."""
    retain_on_delete: bool = False
    """Whether the Worker stays at Cloudflare when the stack deletes or replaces its resources. Set it in a separate
    update before the Worker changes between a script and versions."""
    rollout: RolloutSettings | None = None
    """Gradual rollout: the new version receives only a percentage of the requests. Cannot be combined with
    `keepBindings`. A percentage below 100 cannot be combined with `assets` or with a migration."""

    @rule
    def _settings_fit_together(self, info: ValidationInfo) -> Iterator[ValidationError]:
        names: dict[str, Iterable[str]] = {
            **self.binding_names,
            "assets": [self.assets.binding] if self.assets and self.assets.binding else [],
            "direct": self.direct.variable_names if self.direct else [],
            "serverless": self.serverless,
        }
        methods = {"hyperdrive": self.hyperdrive, "direct": self.direct, "serverless": self.serverless}
        used = {method for method, found in methods.items() if found}
        yield from errors_of_call(partial(validate_bindings, names, context_of(info).plan, subject=""))
        yield from errors_of_call(partial(validate_connection_methods, self.driver, used, subject=""))
        yield from find_workflow_errors(self.workflows, self.script_name or default_name(self.name))
        if self.deployment_kind is DeploymentKind.VERSIONS:
            yield from errors_of_versions(self)

    @property
    def deployment_kind(self) -> DeploymentKind:
        """The resources that the Worker is made of."""
        return deployment_kind(
            rollout=self.rollout is not None,
            placement=self.placement.args() if self.placement else None,
            files=self.files,
        )

    def create(self, name: str, targets: BindingTargets, context: StackContext) -> "Worker | WorkerRollout":
        """Creates and returns the Worker, as a ``WorkerRollout`` if it is made of versions.

        Args:
            name: Name of the component.
            targets: Resources of the stack that the Worker can be bound to, with the Workers that exist so far.
            context: Values of the stack.
        """
        script_name = self.script_name or default_name(name)
        # A Worker can be bound to itself.
        targets = targets.with_scripts({**targets.script_names, self.name: script_name})
        args = self._script_args(script_name, targets, context)
        options = pulumi.ResourceOptions(retain_on_delete=self.retain_on_delete or None)
        if self.placement:
            subject = f"workers.{self.name}.placement"
            origins, closed = targets.database_origins, context.databases_without_probes
            args["placement"] = placement_args(self.placement, origins, closed, subject=subject)
        if self.deployment_kind is DeploymentKind.VERSIONS:
            from edge_postgres.workers.rollout import WorkerRollout

            return WorkerRollout(
                name,
                {
                    **args,
                    "files": {module: file.args() for module, file in self.files.items()},
                    "percentage": optional(self.rollout.percentage if self.rollout else None),
                    "previous_version_id": optional(self.rollout.previous_version_id if self.rollout else None),
                    "accept_changed_secrets": optional(self.rollout.accept_changed_secrets if self.rollout else None),
                    "take_over": self.name in context.taken_over,
                },
                options,
            )
        from edge_postgres.workers.worker import Worker

        return Worker(name, {**args, "keep_bindings": optional(self.keep_bindings)}, options)

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
            "hyperdrive": {name: targets.hyperdrive_ids[ref] for name, ref in self.hyperdrive.items()},
            "kv": {name: targets.kv_namespace_ids[ref] for name, ref in self.kv.items()},
            "r2": {**self.r2},
            "d1": {**self.d1},
            "queues": {name: targets.queue_name(ref) for name, ref in self.queues.items()},
            "queue_consumers": {
                targets.queues[queue].known_name: each.args(queue, targets)
                for queue, each in self.queue_consumers.items()
            },
            "workflows": {name: each.args(name, script_name, targets) for name, each in self.workflows.items()},
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
            "route_records": self.route_records,
            "domains": self.domains,
            "crons": optional(self.crons),
            "observability": optional(self.observability.args() if self.observability else None),
            "limits": optional(self.limits.args() if self.limits else None),
            "tail_consumers": optional(tail_consumers),
            "logpush": optional(self.logpush),
            "assets": optional(self.assets.args() if self.assets else None),
            "migrations": optional(self.migrations),
            "transform": optional(self.transform),
        }
