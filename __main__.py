"""The stack program: settings, databases, Hyperdrive, Workers, outputs."""

import pulumi

import components
import settings

stack, secrets = settings.load()


def named(name: str) -> str:
    """A name of this stack's own: two stacks of one account never share a script or a configuration."""
    return f"{pulumi.get_project()}-{pulumi.get_stack()}-{name}"


def taken_by(stacks: dict[str, str]) -> dict[str, pulumi.Output[float]]:
    """The connections that other stacks take of a database, from their output `connections`."""
    outputs = {name: pulumi.StackReference(name).require_output("connections") for name in stacks}
    return {name: outputs[name][database] for name, database in stacks.items()}


origins = {
    name: getattr(components, database.component)(name, database.arguments(secrets, named(name))).origin
    for name, database in stack.databases.items()
}

certificates = {
    name: components.OriginCertificates(name, wanted)
    for name, database in stack.databases.items()
    if (wanted := database.hyperdrive.certificates(secrets, stack.account_id, named(name)))
}

budgets = {
    name: components.ConnectionBudget(name, budget)
    for name, database in stack.databases.items()
    if (budget := database.budget(stack.plan, taken_by(database.hyperdrive.other_stacks)))
}

hyperdrives = {
    name: getattr(components, database.hyperdrive.component)(
        name,
        database.hyperdrive.arguments(
            account_id=stack.account_id,
            plan=stack.plan,
            config_name=named(name),
            origin=database.hyperdrive.verified(origins[name], certificates.get(name)),
            connection_limit=budgets[name].limits[name] if name in budgets else database.hyperdrive.connection_limit,
            allow_loopback=settings.is_local(pulumi.get_stack()),
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
