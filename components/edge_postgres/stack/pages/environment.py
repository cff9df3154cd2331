"""Settings of production, or of the previews, of a Pages project."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated, Self

import pulumi
from pydantic import AfterValidator, Field, ValidationInfo, model_validator

from edge_postgres.core.errors import ValidationError
from edge_postgres.pages.rules import reject_assets_name, validate_cpu_ms
from edge_postgres.stack.binding_targets import BindingTargets
from edge_postgres.stack.context import StackContext, optional
from edge_postgres.stack.model import Model, context_of
from edge_postgres.stack.secrets import command_to_set
from edge_postgres.stack.workers.bindings import HyperdriveRef, KvRef, NonEmptyStr, PlainVariables, ScriptRef
from edge_postgres.stack.workers.direct import DirectSettings
from edge_postgres.stack.workers.serverless import EarlyAccess, ServerlessSettings, serverless_args
from edge_postgres.stack.workers.worker_rules import DateString
from edge_postgres.workers.bindings.render import validate_bindings

if TYPE_CHECKING:
    from edge_postgres.pages.environment import PagesEnvironment


def _secret_name(name: str, info: ValidationInfo) -> str:
    path = f"{info.data['path']}.{name}"
    if path not in context_of(info).secrets:
        raise ValidationError("", f"{name} has no value", f"Run: {command_to_set(path)}")
    return name


class PagesEnvironmentSettings(Model):
    """Bindings and variables of the deployments of an environment, and how they run."""

    # Path of the environment in the stack file. Production and previews have separate secrets below it.
    path: Annotated[str, Field(alias="(path)")]
    hyperdrive: dict[str, HyperdriveRef] = {}
    """Hyperdrive bindings: binding name to database name, or to `NAME.fresh`."""
    kv: dict[str, KvRef] = {}
    """KV bindings: binding name to an entry of `kv`."""
    r2: dict[str, NonEmptyStr] = {}
    """R2 bindings: binding name to bucket name."""
    d1: dict[str, NonEmptyStr] = {}
    """D1 bindings: binding name to database ID."""
    queues: dict[str, NonEmptyStr] = {}
    """Queue bindings: binding name to queue name."""
    services: dict[str, ScriptRef] = {}
    """Service bindings: binding name to a Worker of this stack, or to a script of the account."""
    durable_objects: dict[str, NonEmptyStr] = {}
    """Durable Object bindings: binding name to namespace ID."""
    analytics: dict[str, NonEmptyStr] = {}
    """Analytics Engine bindings: binding name to dataset name."""
    vectorize: dict[str, NonEmptyStr] = {}
    """Vectorize bindings: binding name to index name."""
    mtls_certificates: dict[str, NonEmptyStr] = {}
    """Client certificates for `fetch`: binding name to certificate ID."""
    ai: str | None = None
    """Name of the Workers AI binding."""
    vars: PlainVariables = {}
    """Plain variables, by name."""
    secrets: list[Annotated[str, AfterValidator(_secret_name)]] = []
    """Names of secrets. Set each value below `secrets.pages.NAME.production` or `secrets.pages.NAME.preview`."""
    direct: DirectSettings | None = None
    """Direct TCP connection to a database."""
    serverless: ServerlessSettings = {}
    """Prisma's serverless driver: name of the secret variable to database name."""
    accept_early_access: EarlyAccess = None
    """Consent that Prisma's serverless driver is in Early Access. Required in permanent stacks with `serverless`."""
    compatibility_date: DateString | None = None
    """Compatibility date of this environment. Default: the project's."""
    compatibility_flags: list[str] | None = None
    """Compatibility flags of this environment. Default: the project's."""
    fail_open: bool | None = None
    """Whether static files are served when the Functions exceed their limit."""
    smart_placement: bool | None = None
    """Whether Cloudflare chooses the place where the Functions run."""
    cpu_ms: Annotated[int, AfterValidator(lambda cpu_ms: validate_cpu_ms(cpu_ms, subject=""))] | None = None
    """CPU time of an invocation in milliseconds."""

    @model_validator(mode="after")
    def _names_are_unique(self, info: ValidationInfo) -> Self:
        names: dict[str, Iterable[str]] = {
            "hyperdrive": self.hyperdrive,
            "kv": self.kv,
            "services": self.services,
            "r2": self.r2,
            "d1": self.d1,
            "queues": self.queues,
            "durable_objects": self.durable_objects,
            "analytics": self.analytics,
            "vectorize": self.vectorize,
            "mtls_certificates": self.mtls_certificates,
            "vars": self.vars,
            "secrets": self.secrets,
            "serverless": self.serverless,
            "ai": [self.ai] if self.ai else [],
            "direct": self.direct.variable_names if self.direct else [],
        }
        validate_bindings(names, context_of(info).plan, subject="")
        reject_assets_name(names, subject="")
        return self

    @property
    def connection_methods(self) -> set[str]:
        """The settings that connect it to a database."""
        methods = {"hyperdrive": self.hyperdrive, "direct": self.direct, "serverless": self.serverless}
        return {method for method, found in methods.items() if found}

    @property
    def databases(self) -> set[str]:
        """The databases that it reaches, by any connection method."""
        configurations = {reference.partition(".")[0] for reference in self.hyperdrive.values()}
        direct = {self.direct.database} if self.direct else set()
        return configurations | direct | set(self.serverless.values())

    def args(self, targets: BindingTargets, context: StackContext) -> "PagesEnvironment":
        """The argument `production` or `preview` of the component. Empty settings are omitted."""
        hyperdrive: dict[str, pulumi.Input[str]] = {
            name: targets.hyperdrive_ids[ref] for name, ref in self.hyperdrive.items()
        }
        return {
            "hyperdrive": optional(hyperdrive or None),
            "kv": {name: targets.kv_namespace_ids[ref] for name, ref in self.kv.items()},
            "r2": {**self.r2},
            "d1": {**self.d1},
            "queues": {**self.queues},
            "services": {name: targets.script_name(ref) for name, ref in self.services.items()},
            "durable_objects": {**self.durable_objects},
            "analytics": {**self.analytics},
            "vectorize": {**self.vectorize},
            "mtls_certificates": {**self.mtls_certificates},
            "ai": optional(self.ai),
            "vars": {**self.vars},
            "secrets": {name: context.secrets.output(f"{self.path}.{name}") for name in self.secrets},
            "direct": optional(self.direct.args(targets, context) if self.direct else None),
            "serverless": optional(serverless_args(self.serverless, targets, context)),
            "compatibility_date": optional(self.compatibility_date),
            "compatibility_flags": optional(self.compatibility_flags),
            "fail_open": optional(self.fail_open),
            "smart_placement": optional(self.smart_placement),
            "cpu_ms": optional(self.cpu_ms),
        }
