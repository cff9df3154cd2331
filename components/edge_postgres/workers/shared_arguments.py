"""The arguments that ``Worker`` and ``WorkerRollout`` share."""

from collections.abc import Mapping, Sequence
from typing import NotRequired, TypedDict

import pulumi

from edge_postgres.core.json_types import JsonInput
from edge_postgres.core.paths import PathInput
from edge_postgres.core.plan import PlanInput
from edge_postgres.core.transforms import Transform
from edge_postgres.workers.assets import AssetsArgs
from edge_postgres.workers.bindings.kinds import (
    DurableObjectBinding,
    RateLimitBinding,
    SecretsStoreBinding,
    WorkflowBinding,
)
from edge_postgres.workers.cpu_limits import LimitsArgs
from edge_postgres.workers.direct_tcp import DirectTcpArgs
from edge_postgres.workers.drivers import DriverInput
from edge_postgres.workers.observability import ObservabilityArgs
from edge_postgres.workers.placement import PlacementArgs
from edge_postgres.workers.queue_consumers import QueueConsumerArgs
from edge_postgres.workers.serverless_driver import ServerlessArgs


class RequiredWorkerArgs(TypedDict):
    """Arguments that each Worker requires."""

    account_id: pulumi.Input[str]
    """Cloudflare account that owns the script."""
    bundle: PathInput
    """Path of the built script, one ES module. A change of its content creates a new version."""
    compatibility_date: str
    """Date that fixes the runtime's behaviour, `YYYY-MM-DD`. With a driver that needs Node compatibility,
    the date must be 2024-09-23 or later."""


class SharedWorkerOptions(TypedDict):
    """Optional arguments of Worker and of WorkerRollout."""

    compatibility_flags: NotRequired[Sequence[str]]
    """Flags of the runtime. All drivers except `prisma-ppg` and `rust-postgres` need `nodejs_compat` with a
    compatibility date before 2026-08-04. With a later date, the component does not send this flag."""
    driver: NotRequired[DriverInput]
    """Postgres driver in the bundle. Omit this argument for a script without a driver."""
    script_name: NotRequired[str]
    """Name of the script at Cloudflare, lower case. Default: `<project>-<stack>-<name>`."""
    main_module: NotRequired[str]
    """Name of the main module at Cloudflare. Default: `worker.js`."""
    hyperdrive: NotRequired[Mapping[str, pulumi.Input[str]]]
    """Hyperdrive configurations: name of the binding to ID of the configuration."""
    kv: NotRequired[Mapping[str, pulumi.Input[str]]]
    """KV namespaces: name of the binding to ID of the namespace."""
    r2: NotRequired[Mapping[str, pulumi.Input[str]]]
    """R2 buckets: name of the binding to name of the bucket."""
    d1: NotRequired[Mapping[str, pulumi.Input[str]]]
    """D1 databases: name of the binding to ID of the database."""
    queues: NotRequired[Mapping[str, pulumi.Input[str]]]
    """Queues that the script sends to: name of the binding to name of the queue."""
    queue_consumers: NotRequired[Mapping[str, QueueConsumerArgs]]
    """Queues whose messages the script receives, by a name that you choose, unique among the Workers of the program. If
    another Worker consumes the queue later, keep the name. Pulumi then moves the consumer."""
    services: NotRequired[Mapping[str, pulumi.Input[str]]]
    """Other Workers: name of the binding to name of the script."""
    durable_objects: NotRequired[Mapping[str, DurableObjectBinding]]
    """Classes of Durable Objects, by name of the binding. `WorkerRollout` binds only classes that exist before the
    update."""
    vars: NotRequired[Mapping[str, pulumi.Input[str]]]
    """Plain variables by name. Everybody with access to the account can read them."""
    secrets: NotRequired[Mapping[str, pulumi.Input[str]]]
    """Secret variables by name. Plain values become secrets."""
    json: NotRequired[Mapping[str, pulumi.Input[str]]]
    """Plain variables by name, each a string of JSON. The script reads the parsed value."""
    rate_limits: NotRequired[Mapping[str, RateLimitBinding]]
    """Rate limits, by name of the binding."""
    secrets_store: NotRequired[Mapping[str, SecretsStoreBinding]]
    """Secrets of the account's Secrets Store, by name of the binding."""
    workflows: NotRequired[Mapping[str, WorkflowBinding]]
    """Workflows, by name of the binding. The component creates each Workflow whose class the script has."""
    vpc_services: NotRequired[Mapping[str, pulumi.Input[str]]]
    """Workers VPC services: name of the binding to ID of the service."""
    mtls_certificates: NotRequired[Mapping[str, pulumi.Input[str]]]
    """Client certificates for `fetch`: name of the binding to ID of the certificate."""
    other_bindings: NotRequired[Mapping[str, JsonInput]]
    """Bindings of other types, by name: the `type` and the fields as the API names them, for example `index_name`."""
    ai: NotRequired[str]
    """Name of the binding to Workers AI."""
    version_metadata: NotRequired[str]
    """Name of the binding with the ID and the tag of the version."""
    direct: NotRequired[DirectTcpArgs]
    """Database that the script connects to over TCP, without Hyperdrive."""
    serverless: NotRequired[ServerlessArgs]
    """Prisma Postgres database that the script queries with Prisma's serverless driver, without Hyperdrive."""
    workers_dev: NotRequired[bool]
    """Whether the script is reachable on workers.dev. Default: true if there are no routes and domains, else false."""
    preview_urls: NotRequired[bool]
    """Whether each version gets a preview URL. Default: false."""
    routes: NotRequired[Mapping[str, pulumi.Input[str]]]
    """Routes: pattern, for example `example.com/api/*`, to ID of the zone."""
    route_records: NotRequired[Sequence[str]]
    """Host names of `routes` for which the component creates a proxied DNS record. A route whose host name has no
    proxied record does not answer. Default: none."""
    domains: NotRequired[Sequence[str]]
    """Host names of the custom domains. Cloudflare creates their DNS records and certificates."""
    crons: NotRequired[Sequence[str]]
    """Cron expressions in UTC, for example `0 3 * * *`. Without this argument the Worker has no schedule. Default: no
    schedule."""
    observability: NotRequired[ObservabilityArgs]
    """Collection of logs and traces. Default: off."""
    limits: NotRequired[LimitsArgs]
    """Limits of one invocation, lower than those of the plan. Default: Cloudflare's."""
    tail_consumers: NotRequired[Sequence[pulumi.Input[str]]]
    """Names of the scripts that receive the logs of this script. Default: none."""
    logpush: NotRequired[bool]
    """Whether the account's Logpush job receives the events of the script."""
    assets: NotRequired[AssetsArgs]
    """Static files that Cloudflare serves together with the script. Default: none."""
    placement: NotRequired[PlacementArgs]
    """Location where the script runs. Default: near the client."""
    migrations: NotRequired[JsonInput]
    """Migration of Durable Objects, with the fields of the API, for example `new_tag` and `new_sqlite_classes`.
    Default: none."""
    plan: NotRequired[PlanInput]
    """Workers plan of the account. Default: `paid`."""
    transform: NotRequired[Mapping[str, Transform]]
    """By child resource (`script`, `subdomain`, `routes`, `route_records`, `domains`, `cron_trigger`,
    `queue_consumers`, `workflows`; with a rollout `worker`, `version` and `deployment`): arguments of the child that
    replace those of the component."""


class SharedWorkerArgs(RequiredWorkerArgs, SharedWorkerOptions):
    """Arguments of Worker and of WorkerRollout."""
