"""Workers and Pages projects: the runtime that drivers need, where they answer, what they tell."""

from collections.abc import Iterator

from pulumi_policy import EnforcementLevel, Severity

from edge_postgres.policies.declared import UNKNOWN, Resource, entries, items
from edge_postgres.policies.rule import NAMES, Option, Options, ResourceRule, matches, refused
from edge_postgres.policies.tokens import PAGES, SCRIPT, SCRIPT_SUBDOMAIN, WORKER, WORKER_VERSION
from edge_postgres.workers.compatibility import render_flags, validate_date
from edge_postgres.workers.drivers import Driver

ENVIRONMENTS = ("production", "preview")


def node(resource: Resource, options: Options) -> Iterator[str]:
    if matches(resource.name, options["except"]):
        return
    places = [f"deploymentConfigs.{which}." for which in ENVIRONMENTS] if resource.type == PAGES else [""]
    for place in places:
        if any(matches(name, options["variables"]) or is_hyperdrive for name, is_hyperdrive in bound(resource, place)):
            yield from runtime(resource, place)


def runtime(resource: Resource, place: str) -> Iterator[str]:
    """What is wrong with the date and the flags that stand at a place."""
    date, flags = resource.at(f"{place}compatibilityDate"), resource.at(f"{place}compatibilityFlags") or []
    if date is None:
        yield f"{place}compatibilityDate: is not stated; the runtime is then not the program's choice."
        return
    # pg stands for every driver that a policy cannot know.
    if faults := list(refused(validate_date, date, Driver.PG, subject=f"{place}compatibilityDate")):
        yield from faults
    else:
        yield from refused(render_flags, flags, date, Driver.PG, subject=f"{place}compatibilityFlags")


def bound(resource: Resource, place: str) -> Iterator[tuple[str, bool]]:
    """What is bound, by name, and whether it is a Hyperdrive configuration."""
    if resource.type == PAGES:
        for name, _ in items(resource.at(f"{place}hyperdriveBindings")):
            yield name, True
        for name, _ in items(resource.at(f"{place}envVars")):
            yield name, False
    for binding in entries(resource.at(f"{place}bindings")):
        if isinstance(binding, dict) and isinstance(binding.get("name"), str):
            yield binding["name"], binding.get("type") == "hyperdrive"


def workers_dev(resource: Resource, _: Options) -> Iterator[str]:
    place = "subdomain." if resource.type == WORKER else ""
    for key, what in (("enabled", "the Worker"), ("previewsEnabled", "each of its versions")):
        if resource.at(f"{place}{key}") is True:
            yield f"{place}{key}: is true: {what} answers at an address that no zone's rules guard."


def observed(resource: Resource, _: Options) -> Iterator[str]:
    if resource.at("observability.enabled") not in (True, UNKNOWN) and resource.at("observability") is not UNKNOWN:
        yield "observability.enabled: is not true: nobody can look up what a failed request met."


RULES = (
    ResourceRule(
        name="node-compatibility",
        holds="A Worker that reaches a database has the runtime that its driver loads in.",
        remedy="Use a compatibility date of 2026-08-04 or later without the flag, or one since 2024-09-23 with "
        "`nodejs_compat`.",
        severity=Severity.HIGH,
        sees="date and flags of Workers, versions and Pages environments that bind Hyperdrive or hold a variable such "
        "as `DB_URL`",
        blind_to="the driver: name the Workers whose driver does without, as Rust's",
        own_options={
            "variables": Option("names of variables that lead to a database", NAMES, ["DB_*", "DATABASE_URL"]),
            "except": Option("names of resources whose driver does without Node compatibility", NAMES, []),
        },
        types=frozenset({SCRIPT, WORKER_VERSION, PAGES}),
        check=node,
    ),
    ResourceRule(
        name="workers-dev-off",
        holds="In production a Worker answers at its own domains alone.",
        remedy="Give it a domain or a route, and turn workers.dev and preview addresses off.",
        severity=Severity.MEDIUM,
        sees="`WorkersScriptSubdomain`, and `subdomain` of each `Worker`",
        blind_to="a script without either, whose addresses stay as they are; `pages.dev`, which cannot be turned off",
        production_only=True,
        types=frozenset({SCRIPT_SUBDOMAIN, WORKER}),
        check=workers_dev,
    ),
    ResourceRule(
        name="observability-on",
        holds="In production a Worker keeps its logs.",
        remedy="Set `observability.enabled`; `headSamplingRate` bounds what it costs.",
        severity=Severity.LOW,
        sees="`observability` of each `WorkersScript` and each `Worker`",
        blind_to="logs that another Worker takes, `tailConsumers` and `logpush`",
        level=EnforcementLevel.ADVISORY,
        production_only=True,
        types=frozenset({SCRIPT, WORKER}),
        check=observed,
    ),
)
