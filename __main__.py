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


def each(component: Any, arguments: Callable[[str, Any], Any]) -> dict[str, Any]:
    """A component for each database that wants one."""
    wanted = {name: arguments(name, database) for name, database in stack.databases.items()}
    return {name: component(name, args) for name, args in wanted.items() if args}


def taken_by(stacks: dict[str, str]) -> dict[str, pulumi.Output[float]]:
    """The connections that other stacks take of a database, from their output `connections`."""
    outputs = {name: pulumi.StackReference(name).require_output("connections") for name in stacks}
    return {name: outputs[name][database] for name, database in stacks.items()}


databases = {
    name: getattr(components, database.component)(name, database.arguments(secrets, named(name)))
    for name, database in stack.databases.items()
}
roles = each(
    components.DatabaseRoles, lambda name, database: database.roles(databases[name].origin, secrets, named(name))
)
certificates = each(
    components.OriginCertificates,
    lambda name, database: database.hyperdrive.certificates(secrets, stack.account_id, named(name)),
)
budgets = each(
    components.ConnectionBudget,
    lambda _, database: database.budget(stack.plan, taken_by(database.hyperdrive.other_stacks)),
)

hyperdrives = {
    name: getattr(components, database.access)(
        name,
        database.hyperdrive.arguments(
            account_id=stack.account_id,
            plan=stack.plan,
            config_name=named(name),
            connection_limit=database.limit(budgets.get(name)),
            allow_loopback=settings.is_local(pulumi.get_stack()),
            **database.behind(roles.get(name, databases[name]), certificates.get(name)),
        ),
    )
    for name, database in stack.databases.items()
}
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
