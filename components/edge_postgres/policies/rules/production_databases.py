"""Databases in production: what is left when something goes wrong."""

from collections.abc import Iterator

from pulumi_policy import Severity

from edge_postgres.origins.rds.rules import BACKUP_DAYS
from edge_postgres.policies.declared import UNKNOWN, Resource
from edge_postgres.policies.rule import Option, Options, ResourceRule
from edge_postgres.policies.tokens import CLOUD_SQL, RDS_CLUSTER, RDS_INSTANCE
from edge_postgres.stack.protection import STATEFUL

_RDS = frozenset({RDS_INSTANCE, RDS_CLUSTER})
_IN_CLOUD_SQL = "settings.backupConfiguration"


def backed_up(database: Resource, options: Options) -> Iterator[str]:
    if database.type == CLOUD_SQL:
        for key in ("enabled", "pointInTimeRecoveryEnabled"):
            if database.at(f"{_IN_CLOUD_SQL}.{key}") not in (True, UNKNOWN):
                yield f"{_IN_CLOUD_SQL}.{key}: is not true."
        path = f"{_IN_CLOUD_SQL}.backupRetentionSettings.retainedBackups"
    else:
        path = "backupRetentionPeriod"
    kept, least = database.at(path), options["days"]
    if kept is None and database.type != CLOUD_SQL:
        yield f"{path}: is not stated."
    elif isinstance(kept, int | float) and kept < least:
        yield f"{path}: is {kept:g}; at least {least:g} are kept."


def deletion_protected(database: Resource, _: Options) -> Iterator[str]:
    key = "settings.deletionProtectionEnabled" if database.type == CLOUD_SQL else "deletionProtection"
    if database.at(key) not in (True, UNKNOWN):
        yield f"{key}: is not true: whoever may delete it at its vendor does so by one call."


def leaves_snapshot(database: Resource, _: Options) -> Iterator[str]:
    if database.at("skipFinalSnapshot") is True:
        yield "skipFinalSnapshot: is true: with the database the last copy of its data goes."
    elif database.at("finalSnapshotIdentifier") is None and database.at("skipFinalSnapshot") is not UNKNOWN:
        yield "finalSnapshotIdentifier: is not stated: without a name no final snapshot can be made."


def protected(database: Resource, _: Options) -> Iterator[str]:
    if not database.protect:
        yield "The resource is not protected: a change of the program that leaves it out deletes it."


RULES = (
    ResourceRule(
        name="database-backed-up",
        holds="In production a database has backups that reach back far enough.",
        remedy="Keep backups for a week or more, with recovery to any moment on Cloud SQL.",
        severity=Severity.HIGH,
        sees="backup settings of RDS instances, clusters and Cloud SQL",
        blind_to="whether anybody has ever restored one; Neon, Prisma and Supabase, whose plans decide",
        production_only=True,
        own_options={
            "days": Option(
                "days, or backups of Cloud SQL, to keep at least", {"type": "number", "minimum": 1}, BACKUP_DAYS
            )
        },
        types=_RDS | {CLOUD_SQL},
        check=backed_up,
    ),
    ResourceRule(
        name="database-deletion-protected",
        holds="In production a database cannot be deleted at its vendor by one call.",
        remedy="Set the vendor's deletion protection.",
        severity=Severity.HIGH,
        sees="`deletionProtection` of RDS, `deletionProtectionEnabled` of Cloud SQL",
        blind_to="vendors that have none",
        production_only=True,
        types=_RDS | {CLOUD_SQL},
        check=deletion_protected,
    ),
    ResourceRule(
        name="database-final-snapshot",
        holds="In production a database on RDS leaves a snapshot behind.",
        remedy="Leave `skipFinalSnapshot` out and give `finalSnapshotIdentifier`.",
        severity=Severity.HIGH,
        sees="`skipFinalSnapshot` and `finalSnapshotIdentifier` of RDS instances and clusters",
        blind_to="whether the name is free when it is needed",
        production_only=True,
        types=_RDS,
        check=leaves_snapshot,
    ),
    ResourceRule(
        name="database-protected",
        holds="In production Pulumi does not delete what holds data.",
        remedy="Set the resource option `protect`; `protect: true` in the stack file does it for a database of ours.",
        severity=Severity.HIGH,
        sees="the resource option `protect` of databases and projects at AWS, Google, Neon and Prisma",
        blind_to="databases that are not in the stack",
        production_only=True,
        types=STATEFUL,
        check=protected,
    ),
)
