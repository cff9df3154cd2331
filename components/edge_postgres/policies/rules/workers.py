"""Policy rules for Workers and Pages projects: Node compatibility, addresses on workers.dev, logs."""

from collections.abc import Iterator

from pulumi_policy import EnforcementLevel, Severity

from edge_postgres.policies.declared import UNKNOWN, Resource, entries, items
from edge_postgres.policies.rule import NAMES, Option, Options, ResourceRule, matches, problems_of
from edge_postgres.policies.tokens import PAGES, SCRIPT, SCRIPT_SUBDOMAIN, WORKER, WORKER_VERSION
from edge_postgres.workers.compatibility import find_node_need, render_flags, validate_date
from edge_postgres.workers.drivers import Driver

ENVIRONMENTS = ("production", "preview")


def check_compatibility(resource: Resource, options: Options) -> Iterator[str]:
    if matches(resource.name, options["except"]):
        return
    prefixes = [f"deploymentConfigs.{which}." for which in ENVIRONMENTS] if resource.type == PAGES else [""]
    for prefix in prefixes:
        bindings = bindings_of(resource, prefix)
        if any(is_hyperdrive or matches(name, options["variables"]) for name, is_hyperdrive in bindings):
            yield from check_runtime(resource, prefix)


def check_runtime(resource: Resource, prefix: str) -> Iterator[str]:
    """Yields the problems of a compatibility date and its flags. `prefix` is the start of their paths."""
    date, flags = resource.at(f"{prefix}compatibilityDate"), resource.at(f"{prefix}compatibilityFlags") or []
    if date is None:
        yield f"{prefix}compatibilityDate: is required, because it defines the version of the runtime."
        return
    # A policy cannot know the driver. `pg` has the requirements that most drivers share.
    needs = find_node_need(Driver.PG)
    if problems := list(problems_of(validate_date, date, needs, subject=f"{prefix}compatibilityDate")):
        yield from problems
    else:
        yield from problems_of(render_flags, flags, date, needs, subject=f"{prefix}compatibilityFlags")


def bindings_of(resource: Resource, prefix: str) -> Iterator[tuple[str, bool]]:
    """Yields the name of each binding, and whether it is a Hyperdrive configuration.

    `prefix` is the start of the paths, such as `deploymentConfigs.production.` in a Pages project.
    """
    if resource.type == PAGES:
        for name, _ in items(resource.at(f"{prefix}hyperdriveBindings")):
            yield name, True
        for name, _ in items(resource.at(f"{prefix}envVars")):
            yield name, False
    for binding in entries(resource.at(f"{prefix}bindings")):
        if isinstance(binding, dict) and isinstance(binding.get("name"), str):
            yield binding["name"], binding.get("type") == "hyperdrive"


def check_addresses(resource: Resource, _: Options) -> Iterator[str]:
    prefix = "subdomain." if resource.type == WORKER else ""
    for key, what in (("enabled", "the Worker"), ("previewsEnabled", "each of its versions")):
        if resource.at(f"{prefix}{key}") is True:
            yield f"{prefix}{key}: must be false, because {what} would have an address without the rules of a zone."


def check_observability(resource: Resource, _: Options) -> Iterator[str]:
    if resource.at("observability.enabled") not in (True, UNKNOWN) and resource.at("observability") is not UNKNOWN:
        yield "observability.enabled: must be true, because otherwise failed requests leave no logs."


RULES = (
    ResourceRule(
        name="node-compatibility",
        description="A Worker that connects to a database must have the runtime that its driver requires.",
        fix="Set a compatibility date of 2026-08-04 or later, or a date of 2024-09-23 or later with the flag "
        "`nodejs_compat`.",
        severity=Severity.HIGH,
        inputs="date and flags of Workers, versions and Pages environments with a Hyperdrive binding or a variable "
        "such as `DB_URL`",
        limitations="the driver: add a Worker to `except` if its driver, such as that of Rust, does not need Node "
        "compatibility",
        own_options={
            "variables": Option("names of variables with the address of a database", NAMES, ["DB_*", "DATABASE_URL"]),
            "except": Option("names of resources whose driver does not need Node compatibility", NAMES, []),
        },
        types=frozenset({SCRIPT, WORKER_VERSION, PAGES}),
        check=check_compatibility,
    ),
    ResourceRule(
        name="workers-dev-off",
        description="In production, a Worker must have only its own domains as addresses.",
        fix="Set a domain or a route, and disable workers.dev and preview URLs.",
        severity=Severity.MEDIUM,
        inputs="`WorkersScriptSubdomain`, and `subdomain` of each `Worker`",
        limitations="scripts without these resources; `pages.dev`, which cannot be disabled",
        production_only=True,
        types=frozenset({SCRIPT_SUBDOMAIN, WORKER}),
        check=check_addresses,
    ),
    ResourceRule(
        name="observability-on",
        description="In production, a Worker must store its logs.",
        fix="Set `observability.enabled` to true. `headSamplingRate` limits the costs.",
        severity=Severity.LOW,
        inputs="`observability` of each `WorkersScript` and each `Worker`",
        limitations="logs that go to another Worker or service (`tailConsumers`, `logpush`)",
        level=EnforcementLevel.ADVISORY,
        production_only=True,
        types=frozenset({SCRIPT, WORKER}),
        check=check_observability,
    ),
)
