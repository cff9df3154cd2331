"""The arguments of ``WorkerRollout``: those of ``Worker`` that a version has, and how far it is rolled out."""

from typing import Any, NotRequired, TypedDict

import pulumi

from edge_postgres.core.plan import Plan
from edge_postgres.workers.bindings.kinds import DurableObjectBinding, RateLimitBinding, SecretsStoreBinding
from edge_postgres.workers.cpu_limits import LimitsArgs
from edge_postgres.workers.direct_tcp import DirectTcpArgs
from edge_postgres.workers.drivers import Driver
from edge_postgres.workers.observability import ObservabilityArgs
from edge_postgres.workers.serverless_driver import ServerlessArgs


class WorkerRolloutArgs(TypedDict):
    """Arguments of WorkerRollout."""

    account_id: pulumi.Input[str]
    """Cloudflare account that owns the script."""
    bundle: str
    """Path of the built script, one ES module; a change of its content is a new version."""
    compatibility_date: str
    """Date that fixes the runtime's behaviour, `YYYY-MM-DD`; at least 2024-09-23 with a driver."""
    percentage: NotRequired[float]
    """Part of the requests that the version of this run gets, 0 to 100; 100 where it is left out."""
    previous_version_id: NotRequired[pulumi.Input[str]]
    """Version that gets the others: the output `version_id` of the run before."""
    accept_changed_secrets: NotRequired[bool]
    """True deploys beside a version whose secrets have other values; Cloudflare refuses that otherwise."""
    compatibility_flags: NotRequired[list[str]]
    """Flags of the runtime. `nodejs_compat` is needed with a driver before 2026-08-04 and not sent after."""
    driver: NotRequired[Driver]
    """Postgres driver in the bundle; nothing for a script without one."""
    script_name: NotRequired[str]
    """Name of the script at Cloudflare, lower case; the component's name where it is left out."""
    main_module: NotRequired[str]
    """Name of the module at Cloudflare, `worker.js` where it is left out."""
    files: NotRequired[dict[str, Any]]
    """Modules beside the main one: name to path, or to `{path, kind}` with a kind of `esm`, `wasm`, `text`, `data`."""
    hyperdrive: NotRequired[dict[str, pulumi.Input[str]]]
    """Hyperdrive configurations: name of the binding to id of the configuration."""
    kv: NotRequired[dict[str, pulumi.Input[str]]]
    """KV namespaces: name of the binding to id of the namespace."""
    r2: NotRequired[dict[str, pulumi.Input[str]]]
    """R2 buckets: name of the binding to name of the bucket."""
    d1: NotRequired[dict[str, pulumi.Input[str]]]
    """D1 databases: name of the binding to id of the database."""
    queues: NotRequired[dict[str, pulumi.Input[str]]]
    """Queues to send to: name of the binding to name of the queue."""
    services: NotRequired[dict[str, pulumi.Input[str]]]
    """Other Workers: name of the binding to name of the script."""
    durable_objects: NotRequired[dict[str, DurableObjectBinding]]
    """Classes of Durable Objects that are there already, by name of the binding."""
    vars: NotRequired[dict[str, pulumi.Input[str]]]
    """Plain variables by name; readable by everybody with access to the account."""
    secrets: NotRequired[dict[str, pulumi.Input[str]]]
    """Secret variables by name; they become secrets if they are none."""
    json: NotRequired[dict[str, pulumi.Input[str]]]
    """Plain variables by name, each a text of JSON; the script finds the value, not the text."""
    rate_limits: NotRequired[dict[str, RateLimitBinding]]
    """Rate limits, by name of the binding."""
    secrets_store: NotRequired[dict[str, SecretsStoreBinding]]
    """Secrets of the account's Secrets Store, by name of the binding."""
    vpc_services: NotRequired[dict[str, pulumi.Input[str]]]
    """Workers VPC services: name of the binding to id of the service."""
    mtls_certificates: NotRequired[dict[str, pulumi.Input[str]]]
    """Client certificates for `fetch`: name of the binding to id of the certificate."""
    other_bindings: NotRequired[dict[str, dict[str, Any]]]
    """Whatever else the API binds, by name: its `type` and its fields as the API calls them, `index_name` and such."""
    ai: NotRequired[str]
    """Name of the binding to Workers AI."""
    version_metadata: NotRequired[str]
    """Name of the binding that tells the script its version."""
    direct: NotRequired[DirectTcpArgs]
    """A database that the script dials by itself, without Hyperdrive."""
    serverless: NotRequired[ServerlessArgs]
    """A Prisma Postgres that the script asks with Prisma's serverless driver, without Hyperdrive."""
    workers_dev: NotRequired[bool]
    """Whether the script answers below workers.dev; true where it has neither routes nor domains."""
    preview_urls: NotRequired[bool]
    """Whether each version gets an address of its own, false where it is left out."""
    routes: NotRequired[dict[str, pulumi.Input[str]]]
    """Routes: pattern, such as `example.com/api/*`, to id of the zone."""
    domains: NotRequired[list[str]]
    """Custom domains; Cloudflare makes their DNS records and certificates."""
    crons: NotRequired[list[str]]
    """When the script runs by itself, in UTC: `0 3 * * *`. To end it, state an empty list before leaving it out."""
    observability: NotRequired[ObservabilityArgs]
    """Logs and traces; none where it is left out."""
    limits: NotRequired[LimitsArgs]
    """Bounds of one invocation, below those of the plan."""
    tail_consumers: NotRequired[list[pulumi.Input[str]]]
    """Names of the scripts that get the logs of this one."""
    logpush: NotRequired[bool]
    """Whether the account's Logpush job gets the events of the script."""
    plan: NotRequired[Plan]
    """Workers plan of the account, `paid` where it is left out."""
