"""Hyperdrive configurations: caching, connections, and what they point at."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pulumi_policy import Severity

from edge_postgres.core.plan import Plan
from edge_postgres.hyperdrive.rules import validate_caching, validate_limit, validate_share
from edge_postgres.origin.hosts import Endpoint, endpoint_of, vendor_of
from edge_postgres.origin.rules import known_connections
from edge_postgres.policies.declared import UNKNOWN, Resource
from edge_postgres.policies.rule import NAMES, Option, Options, ResourceRule, StackRule, matches, refused
from edge_postgres.policies.tokens import HYPERDRIVE

# https://www.postgresql.org/docs/18/runtime-config-connection.html, superuser_reserved_connections, read 2026-11-21.
RESERVED = 3
_CONNECTIONS: Mapping[str, Any] = {"type": "number", "minimum": 1}


def caching(config: Resource, _: Options) -> Iterator[str]:
    found = [config.at(f"caching.{key}") for key in ("disabled", "maxAge", "staleWhileRevalidate")]
    return refused(validate_caching, *found, subject="caching")


def limit(config: Resource, options: Options) -> Iterator[str]:
    stated = config.at("originConnectionLimit")
    if stated is None:
        yield "originConnectionLimit: is not stated; Cloudflare then takes a number that knows no database."
    else:
        yield from refused(
            validate_limit,
            stated,
            plan=Plan(options["plan"]),
            ceiling=options["ceiling"],
            subject="originConnectionLimit",
        )


def unpooled(config: Resource, options: Options) -> Iterator[str]:
    host, port = config.at("origin.host"), config.at("origin.port")
    if not isinstance(host, str) or port is UNKNOWN or matches(config.name, options["except"]):
        return
    if endpoint_of(host, int(port or 0)) is Endpoint.POOLED:
        # The host itself may have come from a secret connection string.
        vendor = vendor_of(host)
        where = f" of {vendor.name}" if vendor else ""
        yield f"origin.host: is a pooled endpoint{where}; two transaction poolers in a row break prepared statements."


def within_budget(resources: Sequence[Resource], options: Options) -> Iterator[tuple[Resource, str]]:
    for origin, configs in by_origin(resources):
        known = known_connections(origin)
        most = options["maxConnections"].get(origin, known.get("max_connections", options["defaultMaxConnections"]))
        reserved = max(known.get("reserved_connections", 0), options["reservedConnections"])
        together = int(sum(config.at("originConnectionLimit") for config in configs))
        names = ", ".join(config.name for config in configs)
        for fault in refused(validate_share, together, most, reserved, subject="originConnectionLimit"):
            yield configs[0], f"{fault.removesuffix('.')}. That is the sum of {names}, all of one database."


def by_origin(resources: Sequence[Resource]) -> Iterator[tuple[str, list[Resource]]]:
    """The configurations that point at one server, with its host or its Workers VPC service."""
    found: dict[tuple[str, Any], list[Resource]] = defaultdict(list)
    for config in resources:
        if config.type == HYPERDRIVE and isinstance(config.at("originConnectionLimit"), int | float):
            origin = config.at("origin.serviceId") or config.at("origin.host")
            if isinstance(origin, str):
                # Behind one name, a forwarding proxy has a server at each port.
                found[origin.lower(), str(config.at("origin.port"))].append(config)
    for (origin, _), configs in found.items():
        yield origin, sorted(configs, key=lambda config: config.urn)


RULES = (
    ResourceRule(
        name="hyperdrive-caching-stated",
        holds="What Hyperdrive may answer from its cache is stated.",
        remedy="State `disabled: true`, or both `maxAge` and `staleWhileRevalidate`: a read can be as old as their "
        "sum.",
        severity=Severity.HIGH,
        sees="`caching` of each `HyperdriveConfig`",
        blind_to="whether a query may be stale",
        types=frozenset({HYPERDRIVE}),
        check=caching,
    ),
    ResourceRule(
        name="hyperdrive-limit-stated",
        holds="The connections of each Hyperdrive configuration are stated, and the plan allows them.",
        remedy="State a whole number that Hyperdrive, the plan and the database take.",
        severity=Severity.HIGH,
        sees="`originConnectionLimit` of each `HyperdriveConfig`",
        blind_to="the account's plan: it is configured",
        own_options={
            "plan": Option("Workers plan of the account", {"enum": [str(plan) for plan in Plan]}, str(Plan.PAID)),
            "ceiling": Option("connections that another agreement with Cloudflare allows", _CONNECTIONS),
        },
        types=frozenset({HYPERDRIVE}),
        check=limit,
    ),
    StackRule(
        name="hyperdrive-within-budget",
        holds="All Hyperdrive configurations of a database together stay below what it accepts.",
        remedy="Lower the limits, or take a larger database and say so in `maxConnections`.",
        severity=Severity.HIGH,
        sees="the sum of the limits of the stack's configurations at one host and port, or at one Workers VPC service",
        blind_to="a host that the update makes, until it is there; other stacks, and what connects without Hyperdrive: "
        "take them off what is configured",
        own_options={
            "maxConnections": Option(
                "connections that a server accepts, by its host or its service's id",
                {"type": "object", "additionalProperties": _CONNECTIONS},
                {},
            ),
            "defaultMaxConnections": Option("the same of servers that are not named; unchecked without", _CONNECTIONS),
            "reservedConnections": Option(
                "connections of these that a server keeps", {"type": "number", "minimum": 0}, RESERVED
            ),
        },
        check=within_budget,
    ),
    ResourceRule(
        name="hyperdrive-unpooled-host",
        holds="Hyperdrive points at a database, not at another pooler.",
        remedy="Take the address of the database itself; its vendor shows it with pooling off.",
        severity=Severity.HIGH,
        sees="host and port of each `HyperdriveConfig`, against the vendors that hosts give away",
        blind_to="a pooler behind a name that tells nothing, and what stands behind a Workers VPC service",
        own_options={"except": Option("names of configurations whose host looks pooled and is not", NAMES, [])},
        types=frozenset({HYPERDRIVE}),
        check=unpooled,
    ),
)
