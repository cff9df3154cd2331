"""The stack program: settings, databases, what Workers share, Workers and Pages projects, outputs."""

from typing import Any

import pulumi

import edge_postgres
from edge_postgres import stack as settings
from edge_postgres.stack.create_database import create_database

stack, context = settings.load()
account: dict[str, Any] = {"account_id": stack.account_id}
shared = {**account, "plan": stack.plan}


databases = {name: create_database(name, found, context) for name, found in stack.databases.items()}
hyperdrive = {key: id_ for found in databases.values() for key, id_ in found.hyperdrive_ids.items()}

caches = {
    name: edge_postgres.KvCache(name, arguments)
    for name, namespace in stack.kv.items()
    if (arguments := namespace.arguments(**account, title=context.physical_name(name)))
}
stored: Any = {}
if stack.secrets_store:
    kept = stack.secrets_store.arguments(context.secrets, **account, name_prefix=context.physical_name(""))
    stored = edge_postgres.SecretsStore("secrets", kept).bindable()

scripts: dict[str, pulumi.Output[str]] = {}
neighbours = settings.Neighbours(
    hyperdrive=hyperdrive,
    origins={name: found.direct_origin for name, found in databases.items()},
    unpooled={name: found.database_origin for name, found in databases.items()},
    kv={name: caches[name].namespace_id if name in caches else found.id for name, found in stack.kv.items()},
    secrets_store=stored,
    workers=scripts,
)
workers: dict[str, Any] = {}
for name, worker in stack.scripts:
    wanted = worker.arguments(context.secrets, neighbours, **shared, script_name=context.physical_name(name))
    workers[name] = getattr(edge_postgres, worker.component)(name, wanted)
    scripts[name] = workers[name].script_name

pages = {
    name: edge_postgres.PagesProject(
        name, project.arguments(context.secrets, neighbours, **shared, project_name=context.physical_name(name))
    )
    for name, project in stack.pages.items()
}

pulumi.export("hyperdrive", hyperdrive)
pulumi.export("workers", scripts)
pulumi.export("pages", {name: project.subdomain for name, project in pages.items()})
pulumi.export("versions", {name: made.version_id for name, made in workers.items() if hasattr(made, "version_id")})
pulumi.export(
    "connections", {name: found.connections for name, found in databases.items() if found.connections is not None}
)
pulumi.export(
    "tunnelTokens", {name: found.tunnel_token for name, found in databases.items() if found.tunnel_token is not None}
)
