"""The stack program: settings, databases, Hyperdrive, Workers, outputs."""

from collections.abc import Callable
from typing import Any

import pulumi

import components
import settings

stack, secrets = settings.load()


def named(name: str) -> str:
    """A name of this stack's own: two stacks of one account never share a script or a configuration."""
    return f"{pulumi.get_project()}-{pulumi.get_stack()}-{name}"


def each(component: Callable[[Any], str], arguments: Callable[[str, Any], Any]) -> dict[str, Any]:
    """A component for each database that wants one: its name in `components`, and its arguments."""
    wanted = ((name, found, arguments(name, found)) for name, found in stack.databases.items())
    return {name: getattr(components, component(found))(name, it, found.options()) for name, found, it in wanted if it}


databases = each(lambda found: found.component, lambda name, found: found.arguments(secrets, named(name)))
databases |= each(lambda _: "PreviewDatabase", lambda name, found: found.own(databases[name].origin, named(name)))
routes = each(
    lambda found: found.way, lambda name, found: found.routed(stack.account_id, databases[name].origin, named(name))
)
connectors = each(
    lambda _: "EcsConnector", lambda name, found: found.connector(databases[name], routes.get(name), named(name))
)
roles = each(lambda _: "DatabaseRoles", lambda name, found: found.roles(databases[name].origin, secrets, named(name)))
certificates = each(
    lambda _: "OriginCertificates",
    lambda name, found: found.hyperdrive.certificates(secrets, stack.account_id, named(name)),
)
budgets = each(
    lambda _: "ConnectionBudget",
    lambda _, found: found.budget(stack.plan, settings.taken_by(found.hyperdrive.other_stacks)),
)
hyperdrives = each(
    lambda found: found.access,
    lambda name, found: found.hyperdrive.arguments(
        account_id=stack.account_id,
        plan=stack.plan,
        config_name=named(name),
        connection_limit=found.limit(budgets.get(name)),
        allow_loopback=settings.is_local(pulumi.get_stack()),
        **found.behind(
            roles.get(name, databases[name]), certificates.get(name), routes.get(name), connectors.get(name)
        ),
    ),
)
bindable = {reference: id_ for name, found in hyperdrives.items() for reference, id_ in found.bindable(name).items()}

workers = {
    name: components.Worker(
        name,
        worker.arguments(
            secrets,
            account_id=stack.account_id,
            plan=stack.plan,
            script_name=named(name),
            hyperdrive={binding: bindable[reference] for binding, reference in worker.hyperdrive.items()},
        ),
    )
    for name, worker in stack.workers.items()
}

pulumi.export("hyperdrive", bindable)
pulumi.export("workers", {name: worker.script_name for name, worker in workers.items()})
pulumi.export("connections", {name: budget.used for name, budget in budgets.items()})
pulumi.export("tunnelTokens", {name: route.tunnel_token for name, route in routes.items()})
