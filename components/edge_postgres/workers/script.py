"""A script that is ready to be sent: everything about it refused or derived, before anything is made."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pulumi

from edge_postgres.core.args import chosen
from edge_postgres.core.plan import Plan
from edge_postgres.workers.bindings.kinds import OTHER, SECRET_FIELDS
from edge_postgres.workers.bindings.rendered import groups_of, rendered_bindings
from edge_postgres.workers.compatibility import checked_date, rendered_flags
from edge_postgres.workers.cpu_limits import rendered_limits
from edge_postgres.workers.direct import Variables, direct_variables
from edge_postgres.workers.drivers import Driver
from edge_postgres.workers.files import Module, checked_files
from edge_postgres.workers.observability import rendered_observability
from edge_postgres.workers.rules import (
    checked_bundle,
    checked_consumers,
    checked_domain,
    checked_pattern,
    checked_script_name,
    refuse_mixed_ways,
)
from edge_postgres.workers.schedule import checked_crons
from edge_postgres.workers.serverless import serverless_variables
from edge_postgres.workers.wrangler_data import wrangler_data

MAIN_MODULE = "worker.js"


@dataclass(frozen=True)
class Script:
    """What a version of a Worker is made of, and where it answers."""

    name: str
    bundle_sha256: str
    compatibility_date: str
    compatibility_flags: list[str]
    main_module: str
    modules: list[Module]
    """Beside the main one."""
    bindings: list[Any]
    dialled: Mapping[str, Variables]
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


def checked_script(name: str, args: Mapping[str, Any]) -> Script:
    """The script that the arguments of a component state. Raises ``Refusal`` for whatever is wrong with them."""
    driver = chosen(f"{name}.driver", args["driver"], Driver) if "driver" in args else None
    plan = chosen(f"{name}.plan", args.get("plan", Plan.PAID), Plan)
    main_module = args.get("main_module", MAIN_MODULE)
    script_name = checked_script_name(args.get("script_name", name), f"{name}.script_name")
    ways = {way for way in ("hyperdrive", "direct", "serverless") if args.get(way)}
    bundle_sha256 = checked_bundle(args["bundle"], f"{name}.bundle", driver, ways)
    date = checked_date(args["compatibility_date"], f"{name}.compatibility_date", driver)
    flags = rendered_flags(args.get("compatibility_flags", []), date, f"{name}.compatibility_flags", driver)
    refuse_mixed_ways(name, driver, ways)
    dialled = {
        **({"direct": direct_variables(f"{name}.direct", args["direct"])} if "direct" in args else {}),
        **(
            {"serverless": serverless_variables(f"{name}.serverless", args["serverless"])}
            if "serverless" in args
            else {}
        ),
    }
    return Script(
        name=script_name,
        bundle_sha256=bundle_sha256,
        compatibility_date=date,
        compatibility_flags=flags,
        main_module=main_module,
        modules=checked_files(f"{name}.files", args.get("files", {}), main_module),
        bindings=rendered_bindings(name, args, plan, dialled),
        dialled=dialled,
        observability=rendered_observability(f"{name}.observability", args.get("observability")),
        limits=rendered_limits(f"{name}.limits", args["limits"], plan) if "limits" in args else None,
        tail_consumers=checked_consumers(f"{name}.tail_consumers", args.get("tail_consumers"), script_name),
        routes={checked_pattern(found, f"{name}.routes"): zone for found, zone in args.get("routes", {}).items()},
        domains=sorted({checked_domain(domain, f"{name}.domains") for domain in args.get("domains", [])}),
        crons=checked_crons(args["crons"], f"{name}.crons", plan) if "crons" in args else None,
        plan=plan,
    )


def wrangler_of(script: Script, args: Mapping[str, Any]) -> pulumi.Output[dict[str, Any]]:
    """The data of a wrangler file that says what the arguments say, without a secret."""
    groups = {group: value for group, value in args.items() if group in groups_of({})}
    plain = {name: text for found in script.dialled.values() for name, text in found.plain.items()}
    secret = [name for found in script.dialled.values() for name in found.secret]
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
    return wrangler_data(script.name, bindings, settings)
