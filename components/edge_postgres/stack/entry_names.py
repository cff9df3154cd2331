"""The names of the entries of a stack file at their vendors, as far as the stack file determines them."""

from typing import TYPE_CHECKING

from edge_postgres.origin.names import default_name
from edge_postgres.origin.slot import Slot
from edge_postgres.origins.cloud_sql.tiers import disk_type_of
from edge_postgres.stack.hyperdrive import AUTO
from edge_postgres.stack.origins import AnyDatabase
from edge_postgres.stack.origins.cloud_sql import CloudSqlDatabase
from edge_postgres.stack.origins.neon import NeonDatabase
from edge_postgres.stack.origins.prisma import PrismaDatabase
from edge_postgres.stack.origins.rds import RdsDatabase
from edge_postgres.stack.pages.project import PagesSettings
from edge_postgres.stack.vendor_names import STACK, Sections, VendorNames
from edge_postgres.stack.workers.kv import KvSettings
from edge_postgres.stack.workers.queues import QueueSettings
from edge_postgres.stack.workers.secrets_store import SecretsStoreSettings

if TYPE_CHECKING:
    from edge_postgres.stack import Settings


def sections_of(settings: "Settings") -> Sections:
    """Returns the names of all entries of a stack file at their vendors, by section and key."""
    return {
        STACK: {"settings": _names_of_stack(settings.account_id, settings.secrets_store)},
        "databases": {key: _names_of_database(entry) for key, entry in settings.databases.items()},
        "kv": {key: _names_of_namespace(entry) for key, entry in settings.kv.items()},
        "queues": {key: _names_of_queue(entry) for key, entry in settings.queues.items()},
        "pages": {key: _names_of_project(entry) for key, entry in settings.pages.items()},
        "workers": {
            key: VendorNames(
                {"scriptName": entry.script_name or default_name(key)},
                domains=sorted(entry.domains),
                kind=entry.deployment_kind.value,
                is_retained=entry.retain_on_delete,
            )
            for key, entry in settings.workers.items()
        },
    }


def _names_of_database(database: AnyDatabase) -> VendorNames:
    """Returns the names of the database, its Hyperdrive configuration and its route, and its provider as the kind."""
    default = default_name(database.name)
    names = _own_names(database)
    if database.hyperdrive:
        names["hyperdrive.configName"] = database.hyperdrive.config_name or default
    if database.route:
        names["route.name"] = database.route.name or default
    return VendorNames(
        {setting: name for setting, name in names.items() if name is not None},
        configurations=_configurations(database),
        kept=sorted(database.hyperdrive.keep) if database.hyperdrive else [],
        deletes_at_once=bool(database.hyperdrive and database.hyperdrive.delete_at_once),
        fixed=_fixed(database),
        kind=database.provider,
        major_version=database.postgres_version if isinstance(database, CloudSqlDatabase) else "",
        auto_connections=_auto_connections(database),
        allows_upgrade=isinstance(database, CloudSqlDatabase) and database.allow_major_version_upgrade,
    )


def _configurations(database: AnyDatabase) -> dict[str, str]:
    """Returns the names of the Hyperdrive configurations by their identity, which is the name without slot `a`.

    Slot `a` takes over the configuration of a database without slots, and the other way round.
    """
    if database.hyperdrive is None:
        return {}
    name = database.hyperdrive.config_name or default_name(database.name)
    fresh = database.hyperdrive.fresh
    if database.credentials is None:
        return {name: name, **({each: each for each in [fresh.config_name or f"{name}-fresh"]} if fresh else {})}
    slots = {name: f"{name}-{Slot.A}", f"{name}-{Slot.B}": f"{name}-{Slot.B}"}
    return {**slots, **({f"{identity}-fresh": f"{each}-fresh" for identity, each in slots.items()} if fresh else {})}


def _own_names(database: AnyDatabase) -> dict[str, str | None]:
    """Returns the names of the database itself at its vendor, by setting. None for a name that is not set."""
    match database:
        case RdsDatabase():
            return {"identifier": database.identifier}
        case CloudSqlDatabase():
            return {"instanceName": database.instance_name}
        case PrismaDatabase():
            return {"project.name": database.project.name, "databaseName": database.database_name}
        case NeonDatabase():
            project, branch = database.project, database.branch.name
            of_branch = f"{project.existing}/{branch}" if project.existing and branch else None
            return {"project.name": project.name, "branch.name": of_branch}
    return {}


def _auto_connections(database: AnyDatabase) -> int:
    """Returns the connections of a database on RDS if `connectionLimit: auto` derives its limit from the size.

    RDS applies a new size later than Cloudflare applies a new limit. `maxConnections` is independent of the size.
    """
    is_auto = database.hyperdrive is not None and database.hyperdrive.connection_limit == AUTO
    if isinstance(database, RdsDatabase) and is_auto and database.max_connections is None:
        return database.connections()[0] or 0
    return 0


def _fixed(database: AnyDatabase) -> dict[str, str]:
    """Returns the value of each setting that cannot change without new resources that lack the data."""
    match database:
        case RdsDatabase():
            return {"provider": database.provider, **_fixed_of_rds(database)}
        case CloudSqlDatabase():
            return {"provider": database.provider, **_fixed_of_cloud_sql(database)}
    return {}


def _fixed_of_rds(database: RdsDatabase) -> dict[str, str]:
    restored = database.restore
    return {
        "identifier": database.identifier or default_name(database.name),
        "instanceClass": "a capacity" if database.capacity else "an instance class",
        "network.vpcId": database.network.vpc_id,
        "database": database.database or "app",
        "user": database.user or "app",
        "region": database.region or "",
        "kmsKeyArn": database.kms_key_arn or "",
        "restore": (restored.snapshot or f"{restored.source} at {restored.time}") if restored else "",
    }


def _fixed_of_cloud_sql(database: CloudSqlDatabase) -> dict[str, str]:
    restored = database.restore
    return {
        "instanceName": database.instance_name or default_name(database.name),
        "region": database.region,
        "tier": f"a tier with {disk_type_of(database.tier)}",
        "database": database.database,
        "user": database.user,
        "encryptionKeyName": database.encryption_key_name or "",
        "restore": f"{restored.source} at {restored.time or restored.backup_id}" if restored else "",
        **({"privateNetwork": "a private network"} if database.private_network else {}),
    }


def _names_of_namespace(namespace: KvSettings) -> VendorNames:
    """Returns the title and the jurisdiction of the namespace, unless the stack does not create the namespace."""
    if namespace.id:
        return VendorNames()
    title = namespace.title or default_name(namespace.name)
    return VendorNames({"title": title}, fixed={"jurisdiction": namespace.jurisdiction or ""})


def _names_of_queue(queue: QueueSettings) -> VendorNames:
    """Returns the name of the queue, unless the stack does not create the queue."""
    return VendorNames({} if queue.id else {"queueName": queue.known_name})


def _names_of_project(project: PagesSettings) -> VendorNames:
    """Returns the name of the Pages project, and its custom domains."""
    name = project.project_name or default_name(project.name)
    return VendorNames({"projectName": name}, domains=sorted(project.domains))


def _names_of_stack(account_id: str, store: SecretsStoreSettings | None) -> VendorNames:
    """Returns the account, and the name of the Secrets Store unless the stack does not create the store."""
    fixed = {"accountId": account_id}
    if store and not store.store_id:
        fixed["secretsStore.storeName"] = store.store_name or ""
    return VendorNames(fixed=fixed)
