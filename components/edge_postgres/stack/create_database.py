"""Creates a database of the stack file with its network route, roles, budget and Hyperdrive configurations."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pulumi

from edge_postgres.origin.contract import OriginComponent, PostgresOrigin
from edge_postgres.stack.context import StackContext
from edge_postgres.stack.origins.database import Database
from edge_postgres.stack.other_stacks import connections_of_other_stacks

if TYPE_CHECKING:
    from edge_postgres.hyperdrive.budget import ConnectionBudget
    from edge_postgres.routes.contract import Route
    from edge_postgres.routes.ecs_connector import EcsConnector


@dataclass(frozen=True)
class CreatedDatabase:
    """The values of a created database that bindings and stack outputs need."""

    server: OriginComponent
    """Component of the database, such as ``RdsPostgres``."""
    database_origin: PostgresOrigin
    """Origin of the database itself, without a pooler and without Hyperdrive, for Prisma's serverless driver."""
    direct_tcp_origin: PostgresOrigin
    """Origin for direct TCP: the vendor's pooler if there is one, otherwise the database itself."""
    hyperdrive_ids: Mapping[str, pulumi.Output[str]]
    """IDs of the Hyperdrive configurations by reference, `main` and `main.fresh`; empty without `hyperdrive`."""
    connections: pulumi.Output[float] | None
    """Number of connections that this stack may use. None without a connection budget."""
    tunnel_token: pulumi.Output[str | None] | None
    """Secret token of the connectors of the network route. None without a route. The output contains None for an
    existing tunnel."""


def create_database(name: str, settings: Database, context: StackContext) -> CreatedDatabase:
    """Creates and returns the resources of an entry of `databases`.

    Args:
        name: Key of the entry, which is also the name of the components.
        settings: The entry.
        context: Values of the stack.
    """
    server = settings.create(name, context)
    origin = server.origin
    if settings.has_preview_database:
        origin = settings.create_preview_database(name, origin).origin
    route = settings.route.create(name, origin, context) if settings.route else None
    connector = None
    if settings.route and route and settings.route.connector:
        connector = settings.route.connector.create(name, route, server.origin, settings.aws_network_of(server))
    roles = settings.create_roles(name, server, origin, context) if settings.credentials else None
    certificates = None
    if settings.hyperdrive:
        certificates = settings.hyperdrive.create_certificates(name, context, settings.instance_ca(server))
    budget = create_budget(name, settings, context)
    hyperdrive_ids: Mapping[str, pulumi.Output[str]] = {}
    if settings.hyperdrive:
        # With `credentials`, both slots have the same limit.
        limit = budget.limits[settings.consumers[0]] if budget else settings.hyperdrive.connection_limit
        if roles and settings.credentials:
            slots = {slot: routed_origin(each, route, connector) for slot, each in roles.slots.items()}
            active_slot = settings.credentials.active_slot
            reached = slots[active_slot]
            hyperdrive_ids = settings.hyperdrive.create_slots(name, context, slots, active_slot, certificates, limit)
        else:
            reached = routed_origin(origin, route, connector) if route else origin
            hyperdrive_ids = settings.hyperdrive.create(name, context, reached, certificates, limit)
        settings.hyperdrive.create_kept(name, context, reached, certificates)
    database_origin = roles.origin if roles else origin
    return CreatedDatabase(
        server=server,
        database_origin=settings.serverless_origin(server, database_origin),
        direct_tcp_origin=settings.direct_tcp_origin(server, database_origin),
        hyperdrive_ids=hyperdrive_ids,
        connections=budget.used if budget else None,
        tunnel_token=route.tunnel_token if route else None,
    )


def create_budget(name: str, settings: Database, context: StackContext) -> "ConnectionBudget | None":
    """Creates and returns the connection budget.

    Returns None if no client of this stack uses the database, or if the number of accepted connections is unknown.
    """
    other_stacks = connections_of_other_stacks(settings.hyperdrive.other_stacks if settings.hyperdrive else {})
    args = settings.budget_args(context.plan, other_stacks, context.direct_connections.get(name, {}))
    if args is None:
        return None
    from edge_postgres.hyperdrive.budget import ConnectionBudget

    return ConnectionBudget(name, args)


def routed_origin(origin: PostgresOrigin, route: "Route | None", connector: "EcsConnector | None") -> PostgresOrigin:
    """Returns the origin that Hyperdrive connects to: the address at the route, which depends on the connectors."""
    if route:
        origin = route.route_origin(origin)
    return connector.route_origin(origin) if connector else origin
