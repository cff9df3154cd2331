"""Policy rules for databases in production: backups, deletion protection, final snapshot, `protect`."""

from collections.abc import Iterator

from pulumi_policy import Severity

from edge_postgres.origins.rds.rules import BACKUP_DAYS
from edge_postgres.policies.declared import UNKNOWN, Resource
from edge_postgres.policies.rule import Option, Options, ResourceRule
from edge_postgres.policies.tokens import CLOUD_SQL, RDS_CLUSTER, RDS_INSTANCE
from edge_postgres.stack.protection import STATEFUL

_RDS = frozenset({RDS_INSTANCE, RDS_CLUSTER})
_IN_CLOUD_SQL = "settings.backupConfiguration"


def check_backups(database: Resource, options: Options) -> Iterator[str]:
    if database.type == CLOUD_SQL:
        for key in ("enabled", "pointInTimeRecoveryEnabled"):
            if database.at(f"{_IN_CLOUD_SQL}.{key}") not in (True, UNKNOWN):
                yield f"{_IN_CLOUD_SQL}.{key}: must be true."
        path = f"{_IN_CLOUD_SQL}.backupRetentionSettings.retainedBackups"
    else:
        path = "backupRetentionPeriod"
    kept, least = database.at(path), options["days"]
    if kept is None and database.type != CLOUD_SQL:
        yield f"{path}: is required."
    elif isinstance(kept, int | float) and kept < least:
        yield f"{path}: must be at least {least:g}, got {kept:g}."


def check_deletion_protection(database: Resource, _: Options) -> Iterator[str]:
    key = "settings.deletionProtectionEnabled" if database.type == CLOUD_SQL else "deletionProtection"
    if database.at(key) not in (True, UNKNOWN):
        yield f"{key}: must be true, because otherwise one API call deletes the database."


def check_final_snapshot(database: Resource, _: Options) -> Iterator[str]:
    if database.at("skipFinalSnapshot") is True:
        yield "skipFinalSnapshot: must not be true, because the data is lost when the database is deleted."
    elif database.at("finalSnapshotIdentifier") is None and database.at("skipFinalSnapshot") is not UNKNOWN:
        yield "finalSnapshotIdentifier: is required, because a final snapshot needs a name."


def check_protect(database: Resource, _: Options) -> Iterator[str]:
    if not database.protect:
        yield "protect: must be true, because otherwise Pulumi deletes the resource when the program omits it."


RULES = (
    ResourceRule(
        name="database-backed-up",
        description="In production, a database must keep its backups long enough.",
        fix="Keep backups for as many days as the option `days` requires, by default 7. On Cloud SQL, also turn on "
        "point-in-time recovery.",
        severity=Severity.HIGH,
        inputs="backup settings of RDS instances, clusters and Cloud SQL",
        limitations="whether a restore works; Neon, Prisma and Supabase, whose plans define the backups",
        production_only=True,
        own_options={
            "days": Option(
                "minimum number of days with backups; on Cloud SQL, minimum number of backups",
                {"type": "number", "minimum": 1},
                BACKUP_DAYS,
            )
        },
        types=_RDS | {CLOUD_SQL},
        check=check_backups,
    ),
    ResourceRule(
        name="database-deletion-protected",
        description="In production, a database must have its vendor's deletion protection.",
        fix="Set `deletionProtection` to true, on Cloud SQL `settings.deletionProtectionEnabled`.",
        severity=Severity.HIGH,
        inputs="`deletionProtection` of RDS, `deletionProtectionEnabled` of Cloud SQL",
        limitations="vendors without deletion protection",
        production_only=True,
        types=_RDS | {CLOUD_SQL},
        check=check_deletion_protection,
    ),
    ResourceRule(
        name="database-final-snapshot",
        description="In production, an RDS database must have a final snapshot.",
        fix="Omit `skipFinalSnapshot` and set `finalSnapshotIdentifier`.",
        severity=Severity.HIGH,
        inputs="`skipFinalSnapshot` and `finalSnapshotIdentifier` of RDS instances and clusters",
        limitations="whether the name is still unused when the snapshot is created",
        production_only=True,
        types=_RDS,
        check=check_final_snapshot,
    ),
    ResourceRule(
        name="database-protected",
        description="In production, a resource that holds data must be protected from deletion by Pulumi.",
        fix="Set the resource option `protect`, or `protect: true` of a database or a queue in the stack file.",
        severity=Severity.HIGH,
        inputs="the resource option `protect` of databases, and of projects at Neon and Prisma, and of queues",
        limitations="databases and queues outside the stack",
        production_only=True,
        types=STATEFUL,
        check=check_protect,
    ),
)
