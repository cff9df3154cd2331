"""Policy rules for Hyperdrive configurations: caching, connection limits, and hosts that are poolers."""

from collections import defaultdict
from collections.abc import Iterator, Sequence

from pulumi_policy import Severity

from edge_postgres.core.json_types import Json
from edge_postgres.core.plan import Plan
from edge_postgres.hyperdrive.rules import validate_caching, validate_database_limit, validate_limit
from edge_postgres.origin.hosts import Endpoint, endpoint_of, vendor_of
from edge_postgres.origin.rules import known_connections
from edge_postgres.policies.declared import UNKNOWN, Resource
from edge_postgres.policies.rule import NAMES, Option, Options, ResourceRule, StackRule, matches, problems_of
from edge_postgres.policies.tokens import HYPERDRIVE

# superuser_reserved_connections. Source: https://www.postgresql.org/docs/18/runtime-config-connection.html,
# read on 2026-11-21.
RESERVED = 3
_CONNECTIONS: Json = {"type": "number", "minimum": 1}


def check_caching(config: Resource, _: Options) -> Iterator[str]:
    found = [config.at(f"caching.{key}") for key in ("disabled", "maxAge", "staleWhileRevalidate")]
    return problems_of(validate_caching, *found, subject="caching")


def check_limit(config: Resource, options: Options) -> Iterator[str]:
    limit = config.at("originConnectionLimit")
    if limit is None:
        yield "originConnectionLimit: is required, because Cloudflare's default does not consider the database."
    else:
        yield from problems_of(
            validate_limit,
            limit,
            plan=Plan(options["plan"]),
            ceiling=options["ceiling"],
            subject="originConnectionLimit",
        )


def check_host(config: Resource, options: Options) -> Iterator[str]:
    host, port = config.at("origin.host"), config.at("origin.port")
    if not isinstance(host, str) or port is UNKNOWN or matches(config.name, options["except"]):
        return
    if endpoint_of(host, int(port or 0)) is Endpoint.POOLED:
        # The host itself may have come from a secret connection string.
        vendor = vendor_of(host)
        where = f" of {vendor.name}" if vendor else ""
        yield f"origin.host: is a pooled endpoint{where}; two transaction poolers in a row break prepared statements."


def check_budget(resources: Sequence[Resource], options: Options) -> Iterator[tuple[Resource, str]]:
    for origin, configs in group_by_origin(resources):
        known = known_connections(origin)
        most = options["maxConnections"].get(origin, known.get("max_connections", options["defaultMaxConnections"]))
        reserved = max(known.get("reserved_connections", 0), options["reservedConnections"])
        together = int(sum(config.at("originConnectionLimit") for config in configs))
        names = ", ".join(config.name for config in configs)
        for problem in problems_of(validate_database_limit, together, most, reserved, subject="originConnectionLimit"):
            yield configs[0], f"{problem} The number is the sum of {names}, which have the same database."


def group_by_origin(resources: Sequence[Resource]) -> Iterator[tuple[str, list[Resource]]]:
    """Yields each database server, as its host or its Workers VPC service, with the configurations that connect to
    it."""
    found: dict[tuple[str, str], list[Resource]] = defaultdict(list)
    for config in resources:
        if config.type == HYPERDRIVE and isinstance(config.at("originConnectionLimit"), int | float):
            origin = config.at("origin.serviceId") or config.at("origin.host")
            if isinstance(origin, str):
                # A forwarding proxy can have one host name for several servers, each at another port.
                found[origin.lower(), str(config.at("origin.port"))].append(config)
    for (origin, _), configs in found.items():
        yield origin, sorted(configs, key=lambda config: config.urn)


RULES = (
    ResourceRule(
        name="hyperdrive-caching-required",
        description="The caching of each Hyperdrive configuration must be set.",
        fix="Set `disabled: true`, or both `maxAge` and `staleWhileRevalidate`; a cached read can be as old as their "
        "sum.",
        severity=Severity.HIGH,
        inputs="`caching` of each `HyperdriveConfig`",
        limitations="whether an old answer is acceptable for a query",
        types=frozenset({HYPERDRIVE}),
        check=check_caching,
    ),
    ResourceRule(
        name="hyperdrive-limit-required",
        description="The connection limit of each Hyperdrive configuration must be set, within the limits of the plan.",
        fix="Set an integer from 5 to the maximum of the plan, below the connections that the database accepts.",
        severity=Severity.HIGH,
        inputs="`originConnectionLimit` of each `HyperdriveConfig`",
        limitations="the account's plan, which is an option",
        own_options={
            "plan": Option("Workers plan of the account", {"enum": [str(plan) for plan in Plan]}, str(Plan.PAID)),
            "ceiling": Option(
                "maximum of a limit, if your agreement with Cloudflare differs from the plan", _CONNECTIONS
            ),
        },
        types=frozenset({HYPERDRIVE}),
        check=check_limit,
    ),
    StackRule(
        name="hyperdrive-within-budget",
        description="All Hyperdrive configurations of a database together must stay below its connection limit.",
        fix="Lower the limits, or use a larger database and set its connections in `maxConnections`.",
        severity=Severity.HIGH,
        inputs="sum of the limits of all configurations with the same host and port, or the same service ID",
        limitations="hosts that do not exist yet; other stacks and direct connections: subtract them from the options",
        own_options={
            "maxConnections": Option(
                "connections that a database server accepts, by host or service ID",
                {"type": "object", "additionalProperties": _CONNECTIONS},
                {},
            ),
            "defaultMaxConnections": Option(
                "connections that each other server accepts; without it, those servers are not checked", _CONNECTIONS
            ),
            "reservedConnections": Option(
                "connections that each server reserves for itself", {"type": "number", "minimum": 0}, RESERVED
            ),
        },
        check=check_budget,
    ),
    ResourceRule(
        name="hyperdrive-unpooled-host",
        description="Hyperdrive must connect to a database and not to another pooler.",
        fix="Set the host of the connection string that the vendor's dashboard shows without pooling.",
        severity=Severity.HIGH,
        inputs="host and port of each `HyperdriveConfig`, compared with the known hosts of vendors",
        limitations="a pooler with an unknown host name, and servers of a Workers VPC service",
        own_options={"except": Option("names of configurations whose host only looks like a pooler", NAMES, [])},
        types=frozenset({HYPERDRIVE}),
        check=check_host,
    ),
)
