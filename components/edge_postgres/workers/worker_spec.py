"""`WorkerSpec`: a validated Worker, with all defaults, before any resource is created."""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, cast

import pulumi

from edge_postgres.core.args import validate_choice
from edge_postgres.core.json_types import Json
from edge_postgres.core.plan import Plan
from edge_postgres.origin.names import default_name
from edge_postgres.workers.bindings.kinds import OTHER, SECRET_FIELDS
from edge_postgres.workers.bindings.render import group_bindings, render_bindings
from edge_postgres.workers.bundle import format_unchecked_release, validate_bundle
from edge_postgres.workers.compatibility import find_node_need, render_flags, validate_date
from edge_postgres.workers.connection_methods import (
    CONNECTION_METHODS,
    resolve_database_variables,
    validate_connection_methods,
)
from edge_postgres.workers.cpu_limits import render_limits
from edge_postgres.workers.database_variables import DatabaseVariables
from edge_postgres.workers.drivers import Driver
from edge_postgres.workers.migrations import validate_migrations
from edge_postgres.workers.observability import render_observability
from edge_postgres.workers.queue_consumers import QueueConsumer, resolve_queue_consumers
from edge_postgres.workers.route_records import resolve_route_records
from edge_postgres.workers.rules import (
    validate_domain,
    validate_route_pattern,
    validate_script_name,
    validate_tail_consumers,
)
from edge_postgres.workers.schedule import validate_crons
from edge_postgres.workers.shared_arguments import SharedWorkerArgs
from edge_postgres.workers.wrangler_configuration import build_configuration_output

if TYPE_CHECKING:
    from pulumi_cloudflare import (
        WorkersScriptBindingArgsDict,
        WorkersScriptLimitsArgsDict,
        WorkersScriptObservabilityArgsDict,
    )

MAIN_MODULE = "worker.js"


@dataclass(frozen=True)
class WorkerSpec:
    """The script of a Worker, its bindings and its triggers."""

    name: str
    bundle_sha256: str
    compatibility_date: str
    compatibility_flags: list[str]
    main_module: str
    bindings: "list[WorkersScriptBindingArgsDict]"
    migrations: Json | None
    """The migration of Durable Objects, with the names of the API."""
    database_variables: Mapping[str, DatabaseVariables]
    """The variables of the arguments `direct` and `serverless`, by argument. `bindings` contains them too."""
    observability: "WorkersScriptObservabilityArgsDict"
    limits: "WorkersScriptLimitsArgsDict | None"
    tail_consumers: list[pulumi.Input[str]] | None
    """Names of the scripts that receive the logs."""
    workers_dev: bool
    preview_urls: bool
    routes: dict[str, pulumi.Input[str]]
    """IDs of the zones, by pattern."""
    route_records: dict[str, pulumi.Input[str]]
    """IDs of the zones, by host name of a DNS record."""
    domains: list[str]
    crons: list[str]
    queue_consumers: dict[str, QueueConsumer]
    plan: Plan


def resolve_spec(name: str, args: SharedWorkerArgs, *, subject: str) -> WorkerSpec:
    """Returns the Worker that the arguments of a component describe.

    Raises:
        ValidationError: An argument is invalid, or arguments exclude each other.
    """
    driver = validate_choice(args["driver"], Driver, subject=f"{subject}.driver") if "driver" in args else None
    plan = validate_choice(args.get("plan", Plan.PAID), Plan, subject=f"{subject}.plan")
    main_module = args.get("main_module", MAIN_MODULE)
    script_name = validate_script_name(args.get("script_name", default_name(name)), subject=f"{subject}.script_name")
    connection_methods = {method for method in CONNECTION_METHODS if args.get(method)}
    bundle = validate_bundle(os.fspath(args["bundle"]), driver, connection_methods, subject=f"{subject}.bundle")
    for warning in bundle.warnings:
        pulumi.log.warn(format_unchecked_release(warning, subject=f"{subject}.bundle"))
    needs = find_node_need(driver, has_hyperdrive="hyperdrive" in connection_methods)
    date = validate_date(args["compatibility_date"], needs, subject=f"{subject}.compatibility_date")
    flags = render_flags(args.get("compatibility_flags", []), date, needs, subject=f"{subject}.compatibility_flags")
    validate_connection_methods(driver, connection_methods, subject=subject)
    database_variables = resolve_database_variables(args.get("direct"), args.get("serverless"), subject=subject)
    routes = {
        validate_route_pattern(pattern, subject=f"{subject}.routes"): zone
        for pattern, zone in args.get("routes", {}).items()
    }
    domains = sorted({validate_domain(domain, subject=f"{subject}.domains") for domain in args.get("domains", [])})
    return WorkerSpec(
        name=script_name,
        bundle_sha256=bundle.sha256,
        compatibility_date=date,
        compatibility_flags=flags,
        main_module=main_module,
        bindings=render_bindings(args, plan, database_variables, subject=subject),
        migrations=validate_migrations(args["migrations"], subject=f"{subject}.migrations")
        if "migrations" in args
        else None,
        database_variables=database_variables,
        observability=render_observability(args.get("observability"), subject=f"{subject}.observability"),
        limits=render_limits(args["limits"], plan, subject=f"{subject}.limits") if "limits" in args else None,
        tail_consumers=validate_tail_consumers(
            args.get("tail_consumers"), script_name, subject=f"{subject}.tail_consumers"
        ),
        workers_dev=args.get("workers_dev", not (routes or domains)),
        preview_urls=args.get("preview_urls", False),
        routes=routes,
        route_records=resolve_route_records(args.get("route_records", ()), routes, subject=f"{subject}.route_records"),
        domains=domains,
        crons=validate_crons(args.get("crons", []), plan, subject=f"{subject}.crons"),
        queue_consumers=resolve_queue_consumers(args.get("queue_consumers"), subject=f"{subject}.queue_consumers"),
        plan=plan,
    )


def build_wrangler_output(spec: WorkerSpec, args: Mapping[str, object]) -> pulumi.Output[Json]:
    """Returns a wrangler configuration that corresponds to the arguments. It contains no secret."""
    groups = {group: value for group, value in group_bindings(args).items() if group in args and group != "assets"}
    singles = {group: args[group] for group in ("ai", "version_metadata") if group in args}
    plain = {name: value for found in spec.database_variables.values() for name, value in found.plain.items()}
    secret = [name for found in spec.database_variables.values() for name in found.secret]
    others = {
        name: {key: value for key, value in cast("Json", fields).items() if key not in SECRET_FIELDS}
        for name, fields in groups.get(OTHER, {}).items()
    }
    bindings: Json = {
        **groups,
        **singles,
        "vars": {**groups.get("vars", {}), **plain},
        "secrets": [*groups.get("secrets", {}), *secret],
        OTHER: others,
    }
    # Bindings, and arguments that have no key in a wrangler configuration.
    not_settings = {*bindings, "direct", "serverless", "account_id", "plan", "driver", "previous_version_id"}
    validated = {"compatibility_date": spec.compatibility_date, "compatibility_flags": spec.compatibility_flags}
    settings = {**{key: value for key, value in args.items() if key not in not_settings}, **validated}
    return build_configuration_output(spec.name, bindings, settings)
