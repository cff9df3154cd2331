"""The stack program: settings, databases, what Workers share, Workers and Pages projects, outputs."""

from typing import Any

import pulumi

import edge_postgres
from edge_postgres import stack as settings
from edge_postgres.stack import databases

stack, secrets = settings.load()
account: dict[str, Any] = {"account_id": stack.account_id}
shared = {**account, "plan": stack.plan}


def named(name: str) -> str:
    """A name of this stack's own: two stacks of one account never share a script or a configuration."""
    return f"{pulumi.get_project()}-{pulumi.get_stack()}-{name}"


data = databases.deployed(stack, secrets, named)

caches = {
    name: edge_postgres.KvCache(name, arguments)
    for name, namespace in stack.kv.items()
    if (arguments := namespace.arguments(**account, title=named(name)))
}
stored: Any = {}
if stack.secrets_store:
    kept = stack.secrets_store.arguments(secrets, **account, name_prefix=named(""))
    stored = edge_postgres.SecretsStore("secrets", kept).bindable()

scripts: dict[str, pulumi.Output[str]] = {}
neighbours = settings.Neighbours(
    hyperdrive=data.hyperdrive,
    origins=data.dialled,
    unpooled=data.unpooled,
    kv={name: caches[name].namespace_id if name in caches else found.id for name, found in stack.kv.items()},
    secrets_store=stored,
    workers=scripts,
)
workers: dict[str, Any] = {}
for name, worker in stack.scripts:
    wanted = worker.arguments(secrets, neighbours, **shared, script_name=named(name))
    workers[name] = getattr(edge_postgres, worker.component)(name, wanted)
    scripts[name] = workers[name].script_name

pages = {
    name: edge_postgres.PagesProject(name, project.arguments(secrets, neighbours, **shared, project_name=named(name)))
    for name, project in stack.pages.items()
}

pulumi.export("hyperdrive", data.hyperdrive)
pulumi.export("workers", scripts)
pulumi.export("pages", {name: project.subdomain for name, project in pages.items()})
pulumi.export("versions", {name: made.version_id for name, made in workers.items() if hasattr(made, "version_id")})
pulumi.export("connections", data.connections)
pulumi.export("tunnelTokens", data.tunnel_tokens)
