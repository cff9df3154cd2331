"""Settings of an environment of a Pages project: `production` or `preview`."""

from collections.abc import Iterable
from typing import TYPE_CHECKING, Annotated, Self

import pulumi
from pydantic import AfterValidator, Field, ValidationInfo

from edge_postgres.core.errors import ValidationError
from edge_postgres.pages.other_bindings import render_other_binding
from edge_postgres.pages.rules import reject_assets_name
from edge_postgres.stack.binding_targets import BindingTargets
from edge_postgres.stack.context import StackContext, optional
from edge_postgres.stack.every_error import rule
from edge_postgres.stack.model import Model, context_of
from edge_postgres.stack.secrets import command_to_set
from edge_postgres.stack.workers.bindings import HyperdriveRef, KvRef, NonEmptyStr, PlainVariables, ScriptRef
from edge_postgres.stack.workers.direct import DirectSettings
from edge_postgres.stack.workers.queues import QueueRef
from edge_postgres.stack.workers.serverless import EarlyAccess, ServerlessSettings, serverless_args
from edge_postgres.stack.workers.worker_rules import DateString
from edge_postgres.workers.bindings.render import validate_bindings
from edge_postgres.workers.bindings.values import validate_variable_size
from edge_postgres.workers.cpu_limits import validate_cpu_ms

if TYPE_CHECKING:
    from edge_postgres.pages.environment import PagesEnvironment


def _secret_name(name: str, info: ValidationInfo) -> str:
    path = f"{info.data['path']}.{name}"
    if path not in context_of(info).secrets:
        raise ValidationError("", f"{name} has no value", f"Run: {command_to_set(path)}")
    validate_variable_size(context_of(info).secrets[path], subject="")
    return name


def _other_bindings(bindings: dict[str, dict[str, object]]) -> dict[str, dict[str, object]]:
    for name, fields in bindings.items():
        render_other_binding(fields, subject=name)
    return bindings


def _cpu_ms(cpu_ms: int, info: ValidationInfo) -> int:
    return validate_cpu_ms(cpu_ms, context_of(info).plan, subject="")


class PagesEnvironmentSettings(Model):
    """Bindings, variables and runtime settings of the deployments of an environment."""

    # Path of the environment, such as `pages.site.production`. The paths of its secrets begin with this path.
    path: Annotated[str, Field(alias="(path)")]
    hyperdrive: dict[str, HyperdriveRef] = {}
    """Hyperdrive bindings: binding name to the name of a database, or to `NAME.fresh` for its configuration that never
    caches."""
    kv: dict[str, KvRef] = {}
    """KV bindings: binding name to the name of an entry of the top-level setting `kv`."""
    r2: dict[str, NonEmptyStr] = {}
    """R2 bindings: binding name to bucket name."""
    d1: dict[str, NonEmptyStr] = {}
    """D1 bindings: binding name to database ID."""
    queues: dict[str, QueueRef] = {}
    """Queue bindings, to send messages: binding name to the name of an entry of the top-level setting `queues`, or of
    another queue of the account."""
    services: dict[str, ScriptRef] = {}
    """Service bindings: binding name to the name of a Worker of this stack, or of another script of the account."""
    durable_objects: dict[str, NonEmptyStr] = {}
    """Durable Object bindings: binding name to the ID of a Durable Object namespace."""
    analytics: dict[str, NonEmptyStr] = {}
    """Analytics Engine bindings: binding name to dataset name."""
    vectorize: dict[str, NonEmptyStr] = {}
    """Vectorize bindings: binding name to index name."""
    mtls_certificates: dict[str, NonEmptyStr] = {}
    """Client certificates for `fetch`: binding name to the ID of a certificate that is uploaded to Cloudflare."""
    other_bindings: Annotated[dict[str, dict[str, object]], AfterValidator(_other_bindings)] = {}
    """Bindings with keys that no other setting has: binding name to `{type: r2_bucket, bucket_name, jurisdiction}`,
    `{type: service, service, entrypoint}`, or `{type: browser}` for Browser Rendering."""
    ai: str | None = None
    """Name of the binding to Workers AI."""
    vars: PlainVariables = {}
    """Plain variables: variable name to value. All users with access to the Cloudflare account can read the values."""
    secrets: list[Annotated[str, AfterValidator(_secret_name)]] = []
    """Names of secret variables. Set the value of each name below `secrets.pages.NAME.production` or
    `secrets.pages.NAME.preview`, where NAME is the key of the Pages project in `pages`."""
    direct: DirectSettings | None = None
    """Direct TCP connection to a database, without Hyperdrive."""
    serverless: ServerlessSettings = {}
    """Connection with Prisma's serverless driver: name of the secret variable to the name of a Prisma Postgres
    database. At most one entry."""
    accept_early_access: EarlyAccess = None
    """Confirms that you accept the Early Access status of Prisma's serverless driver. Required with `serverless`,
    except in `local` and preview stacks (`pr-…`). Default: `false`, except in `local` and preview stacks (`pr-…`)."""
    compatibility_date: DateString | None = None
    """Compatibility date of this environment. Default: `compatibilityDate` of the Pages project."""
    compatibility_flags: list[str] | None = None
    """Compatibility flags of this environment. Default: `compatibilityFlags` of the Pages project."""
    fail_open: bool | None = None
    """Whether Cloudflare serves the static files after the Functions have used all requests of the free plan. Default:
    `false`."""
    smart_placement: bool | None = None
    """Whether the Functions run near the services that they connect to, and not near the client. Default: `false`."""
    cpu_ms: Annotated[int, AfterValidator(_cpu_ms)] | None = None
    """Largest CPU time of one invocation in milliseconds. At most 10 on the free plan and 300000 on the paid plan.
    Default: Cloudflare's limit."""

    @rule
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
            "other_bindings": self.other_bindings,
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
        """Names of the settings that connect the environment to a database, such as `hyperdrive`."""
        methods = {"hyperdrive": self.hyperdrive, "direct": self.direct, "serverless": self.serverless}
        return {method for method, found in methods.items() if found}

    @property
    def databases(self) -> set[str]:
        """Names of the databases that the environment connects to, with any connection method."""
        configurations = {reference.partition(".")[0] for reference in self.hyperdrive.values()}
        direct = {self.direct.database} if self.direct else set()
        return configurations | direct | set(self.serverless.values())

    def args(self, targets: BindingTargets, context: StackContext) -> "PagesEnvironment":
        """Returns the argument `production` or `preview` of ``PagesProject``.

        An omitted setting is None or an empty map, which have the same meaning.
        """
        hyperdrive: dict[str, pulumi.Input[str]] = {
            name: targets.hyperdrive_ids[ref] for name, ref in self.hyperdrive.items()
        }
        return {
            "hyperdrive": optional(hyperdrive or None),
            "kv": {name: targets.kv_namespace_ids[ref] for name, ref in self.kv.items()},
            "r2": {**self.r2},
            "d1": {**self.d1},
            "queues": {name: targets.queue_name(ref) for name, ref in self.queues.items()},
            "services": {name: targets.script_name(ref) for name, ref in self.services.items()},
            "durable_objects": {**self.durable_objects},
            "analytics": {**self.analytics},
            "vectorize": {**self.vectorize},
            "mtls_certificates": {**self.mtls_certificates},
            "other_bindings": self.other_bindings,
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
