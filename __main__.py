"""The stack program: creates what the stack file `Pulumi.<stack>.yaml` describes, and exports its outputs."""

import pulumi

from edge_postgres import load_sdk_lazily
from edge_postgres.stack import BindingTargets, create_database, create_workers, load

load_sdk_lazily()
settings, context = load()

databases = {name: create_database(name, database, context) for name, database in settings.databases.items()}
hyperdrive_ids = {ref: id_ for database in databases.values() for ref, id_ in database.hyperdrive_ids.items()}

# The resources that Workers and Pages projects can be bound to.
store = settings.secrets_store.create("secrets", context) if settings.secrets_store else None
targets = BindingTargets(
    hyperdrive_ids={**settings.existing_hyperdrive_ids, **hyperdrive_ids},
    direct_tcp_origins={name: database.direct_tcp_origin for name, database in databases.items()},
    database_origins={name: database.database_origin for name, database in databases.items()},
    kv_namespace_ids={name: namespace.create(name, context) for name, namespace in settings.kv.items()},
    queues={name: queue.create(name, context) for name, queue in settings.queues.items()},
    stored_secrets=store.bindings() if store else {},
)

workers = create_workers(settings.workers, targets, context)
targets = targets.with_scripts(workers.script_names)
pages = {name: project.create(name, targets, context) for name, project in settings.pages.items()}

pulumi.export("hyperdrive", hyperdrive_ids)
pulumi.export("names", settings.names)
pulumi.export("workers", workers.script_names)
pulumi.export("pages", {name: project.subdomain for name, project in pages.items()})
pulumi.export("versions", workers.version_ids)
pulumi.export("connections", {name: db.connections for name, db in databases.items() if db.connections is not None})
pulumi.export("tunnelTokens", {name: db.tunnel_token for name, db in databases.items() if db.tunnel_token is not None})
