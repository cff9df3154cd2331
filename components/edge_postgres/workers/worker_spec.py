"""A script that is ready to be sent: everything about it refused or derived, before anything is made."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pulumi

from edge_postgres.core.args import validate_choice
from edge_postgres.core.plan import Plan
from edge_postgres.workers.bindings.kinds import OTHER, SECRET_FIELDS
from edge_postgres.workers.bindings.render import group_bindings, render_bindings
from edge_postgres.workers.compatibility import render_flags, validate_date
from edge_postgres.workers.cpu_limits import render_limits
from edge_postgres.workers.database_variables import DatabaseVariables
from edge_postgres.workers.direct_tcp import render_direct_variables
from edge_postgres.workers.drivers import Driver
from edge_postgres.workers.files import Module, validate_files
from edge_postgres.workers.observability import render_observability
from edge_postgres.workers.rules import (
    validate_bundle,
    validate_connection_methods,
    validate_domain,
    validate_route_pattern,
    validate_script_name,
    validate_tail_consumers,
)
from edge_postgres.workers.schedule import validate_crons
from edge_postgres.workers.serverless_driver import render_serverless_variables
from edge_postgres.workers.wrangler_configuration import build_configuration_output

MAIN_MODULE = "worker.js"


@dataclass(frozen=True)
class WorkerSpec:
    """What a version of a Worker is made of, and where it answers."""

    name: str
    bundle_sha256: str
    compatibility_date: str
    compatibility_flags: list[str]
    main_module: str
    modules: list[Module]
    """Beside the main one."""
    bindings: list[Any]
    database_variables: Mapping[str, DatabaseVariables]
    """The variables of `direct` and of `serverless`, among the bindings."""
    observability: Any
    limits: Any
    tail_consumers: Any
    routes: dict[str, pulumi.Input[str]]
    """Zone by pattern."""
    domains: list[str]
    crons: list[str] | None
    plan: Plan

    @property
    def workers_dev(self) -> bool:
        """Whether it answers below workers.dev where nothing is stated: it has no other address."""
        return not (self.routes or self.domains)


def resolve_spec(args: Mapping[str, Any], *, subject: str) -> WorkerSpec:
    """The script that the arguments of a component state.

    Raises ``ValidationError`` for whatever is wrong with them.
    """
    driver = validate_choice(args["driver"], Driver, subject=f"{subject}.driver") if "driver" in args else None
    plan = validate_choice(args.get("plan", Plan.PAID), Plan, subject=f"{subject}.plan")
    main_module = args.get("main_module", MAIN_MODULE)
    script_name = validate_script_name(args.get("script_name", subject), subject=f"{subject}.script_name")
    connection_methods = {way for way in ("hyperdrive", "direct", "serverless") if args.get(way)}
    bundle_sha256 = validate_bundle(args["bundle"], driver, connection_methods, subject=f"{subject}.bundle")
    date = validate_date(args["compatibility_date"], driver, subject=f"{subject}.compatibility_date")
    flags = render_flags(args.get("compatibility_flags", []), date, driver, subject=f"{subject}.compatibility_flags")
    validate_connection_methods(driver, connection_methods, subject=subject)
    database_variables = {
        **(
            {"direct": render_direct_variables(args["direct"], subject=f"{subject}.direct")} if "direct" in args else {}
        ),
        **(
            {"serverless": render_serverless_variables(args["serverless"], subject=f"{subject}.serverless")}
            if "serverless" in args
            else {}
        ),
    }
    return WorkerSpec(
        name=script_name,
        bundle_sha256=bundle_sha256,
        compatibility_date=date,
        compatibility_flags=flags,
        main_module=main_module,
        modules=validate_files(args.get("files", {}), main_module, subject=f"{subject}.files"),
        bindings=render_bindings(args, plan, database_variables, subject=subject),
        database_variables=database_variables,
        observability=render_observability(args.get("observability"), subject=f"{subject}.observability"),
        limits=render_limits(args["limits"], plan, subject=f"{subject}.limits") if "limits" in args else None,
        tail_consumers=validate_tail_consumers(
            args.get("tail_consumers"), script_name, subject=f"{subject}.tail_consumers"
        ),
        routes={
            validate_route_pattern(found, subject=f"{subject}.routes"): zone
            for found, zone in args.get("routes", {}).items()
        },
        domains=sorted({validate_domain(domain, subject=f"{subject}.domains") for domain in args.get("domains", [])}),
        crons=validate_crons(args["crons"], plan, subject=f"{subject}.crons") if "crons" in args else None,
        plan=plan,
    )


def build_wrangler_output(script: WorkerSpec, args: Mapping[str, Any]) -> pulumi.Output[dict[str, Any]]:
    """The data of a wrangler file that says what the arguments say, without a secret."""
    groups = {group: value for group, value in args.items() if group in group_bindings({})}
    plain = {name: text for found in script.database_variables.values() for name, text in found.plain.items()}
    secret = [name for found in script.database_variables.values() for name in found.secret]
    others = {
        name: {key: value for key, value in fields.items() if key not in SECRET_FIELDS}
        for name, fields in args.get(OTHER, {}).items()
    }
    bindings = {
        **groups,
        "vars": {**args.get("vars", {}), **plain},
        "secrets": [*args.get("secrets", {}), *secret],
        OTHER: others,
    }
    bindings.pop("assets", None)
    apart = {*bindings, "direct", "serverless", "account_id", "plan", "driver", "previous_version_id"}
    sent = {"compatibility_date": script.compatibility_date, "compatibility_flags": script.compatibility_flags}
    settings = {**{key: value for key, value in args.items() if key not in apart}, **sent}
    return build_configuration_output(script.name, bindings, settings)
