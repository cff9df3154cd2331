"""The stack program: settings, databases, Hyperdrive, Workers, outputs."""

import pulumi

import components
import settings

stack, secrets = settings.load()


def named(name: str) -> str:
    """A name of this stack's own: two stacks of one account never share a script or a configuration."""
    return f"{pulumi.get_project()}-{pulumi.get_stack()}-{name}"


origins = {
    name: getattr(components, database.component)(name, database.arguments(secrets, named(name))).origin
    for name, database in stack.databases.items()
}

hyperdrives = {
    name: components.Hyperdrive(
        name,
        database.hyperdrive.arguments(
            account_id=stack.account_id,
            plan=stack.plan,
            config_name=named(name),
            origin=origins[name],
            allow_loopback=settings.is_local(pulumi.get_stack()),
        ),
    )
    for name, database in stack.databases.items()
}

workers = {
    name: components.Worker(
        name,
        worker.arguments(
            secrets,
            account_id=stack.account_id,
            plan=stack.plan,
            script_name=named(name),
            hyperdrive={
                binding: hyperdrives[database].hyperdrive_id for binding, database in worker.hyperdrive.items()
            },
        ),
    )
    for name, worker in stack.workers.items()
}

pulumi.export("hyperdrive", {name: hyperdrive.hyperdrive_id for name, hyperdrive in hyperdrives.items()})
pulumi.export("workers", {name: worker.script_name for name, worker in workers.items()})
