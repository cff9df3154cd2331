"""`ScriptArgs`: the arguments that `Worker` and `WorkerRollout` share."""

from typing import NotRequired, TypedDict

import pulumi

from edge_postgres.core.plan import Plan
from edge_postgres.workers.bindings.kinds import DurableObjectBinding, RateLimitBinding, SecretsStoreBinding
from edge_postgres.workers.cpu_limits import LimitsArgs
from edge_postgres.workers.direct_tcp import DirectTcpArgs
from edge_postgres.workers.drivers import Driver
from edge_postgres.workers.files import ModuleFile
from edge_postgres.workers.observability import ObservabilityArgs
from edge_postgres.workers.serverless_driver import ServerlessArgs

Strings = dict[str, pulumi.Input[str]]


class ScriptArgs(TypedDict):
    """Arguments of a script, however it is deployed. ``WorkerArgs`` describes each of them."""

    account_id: str
    plan: Plan
    bundle: str
    compatibility_date: str
    compatibility_flags: list[str]
    driver: NotRequired[Driver]
    script_name: str
    main_module: NotRequired[str]
    files: dict[str, ModuleFile]
    hyperdrive: Strings
    kv: Strings
    r2: Strings
    d1: Strings
    queues: Strings
    services: Strings
    durable_objects: dict[str, DurableObjectBinding]
    vars: Strings
    secrets: Strings
    json: Strings
    rate_limits: dict[str, RateLimitBinding]
    secrets_store: dict[str, SecretsStoreBinding]
    vpc_services: Strings
    mtls_certificates: Strings
    other_bindings: dict[str, dict[str, object]]
    ai: NotRequired[str]
    version_metadata: NotRequired[str]
    direct: NotRequired[DirectTcpArgs]
    serverless: NotRequired[ServerlessArgs]
    workers_dev: NotRequired[bool]
    preview_urls: bool
    routes: Strings
    domains: list[str]
    crons: NotRequired[list[str]]
    observability: NotRequired[ObservabilityArgs]
    limits: NotRequired[LimitsArgs]
    tail_consumers: NotRequired[list[pulumi.Input[str]]]
    logpush: NotRequired[bool]
