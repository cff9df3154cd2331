"""The databases of a stack, each with what stands in front of it: route, roles, budget, Hyperdrive."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import pulumi

import edge_postgres
from edge_postgres import stack as settings
from edge_postgres.origin.contract import PostgresOrigin


@dataclass(frozen=True)
class Databases:
    """What Workers, other stacks and operators take of them. The values are Outputs."""

    hyperdrive: Mapping[str, Any]
    """Ids of the configurations: `main`, `main.fresh`."""
    dialled: Mapping[str, PostgresOrigin]
    """What a Worker dials without Hyperdrive."""
    unpooled: Mapping[str, PostgresOrigin]
    """The databases themselves."""
    connections: Mapping[str, Any]
    """Connections that this stack takes of each."""
    tunnel_tokens: Mapping[str, Any]
    """What a connector signs in with, by the database that it leads to: secrets."""


def deployed(stack: settings.Settings, secrets: settings.Secrets, named: Callable[[str], str]) -> Databases:
    """Makes them. ``named`` gives the name that something has at its vendor."""

    def each(component: Callable[[Any], str], arguments: Callable[[str, Any], Any]) -> dict[str, Any]:
        """A component for each database that wants one: its name in `components`, and its arguments."""
        wanted = ((name, found, arguments(name, found)) for name, found in stack.databases.items())
        return {
            name: getattr(edge_postgres, component(found))(name, args, found.options())
            for name, found, args in wanted
            if args
        }

    made = each(lambda found: found.component, lambda name, found: found.arguments(secrets, named(name)))
    made |= each(lambda _: "PreviewDatabase", lambda name, found: found.own(made[name].origin, named(name)))
    routes = each(
        lambda found: found.way, lambda name, found: found.routed(stack.account_id, made[name].origin, named(name))
    )
    connectors = each(
        lambda _: "EcsConnector", lambda name, found: found.connector(made[name], routes.get(name), named(name))
    )
    roles = each(lambda _: "DatabaseRoles", lambda name, found: found.roles(made[name].origin, secrets, named(name)))
    certificates = each(
        lambda _: "OriginCertificates",
        lambda name, found: found.hyperdrive and found.hyperdrive.certificates(secrets, stack.account_id, named(name)),
    )
    budgets = each(
        lambda _: "ConnectionBudget",
        lambda name, found: found.budget(stack.plan, settings.taken_by(found.other_stacks), stack.taken_directly(name)),
    )
    hyperdrives = each(
        lambda found: found.access,
        lambda name, found: (
            found.hyperdrive
            and found.hyperdrive.arguments(
                account_id=stack.account_id,
                plan=stack.plan,
                config_name=named(name),
                connection_limit=found.limit(budgets.get(name)),
                allow_loopback=settings.is_local(pulumi.get_stack()),
                **found.behind(
                    roles.get(name, made[name]), certificates.get(name), routes.get(name), connectors.get(name)
                ),
            )
        ),
    )
    return Databases(
        hyperdrive={key: id_ for name, found in hyperdrives.items() for key, id_ in found.bindable(name).items()},
        dialled={name: found.dialled(made[name], roles.get(name)) for name, found in stack.databases.items()},
        unpooled={name: roles.get(name, found).origin for name, found in made.items()},
        connections={name: budget.used for name, budget in budgets.items()},
        tunnel_tokens={name: route.tunnel_token for name, route in routes.items()},
    )
