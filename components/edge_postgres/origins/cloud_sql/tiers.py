"""Tiers of Cloud SQL: their grammar, and the edition and the disk that belong to them.

Source: https://cloud.google.com/sql/docs/postgres/machine-series-overview and
https://cloud.google.com/sql/docs/postgres/instance-settings, read on 2026-11-30.
"""

import re

from edge_postgres.core.errors import ValidationError
from edge_postgres.core.numbers import to_int
from edge_postgres.origins.cloud_sql.limits import (
    CLOUD_SQL_CONNECTIONS,
    CLOUD_SQL_DISK_FLOOR,
    CLOUD_SQL_HYPERDISK_FLOOR,
    CLOUD_SQL_MEMORY_FLOOR,
    CLOUD_SQL_MEMORY_PERCENT_CEILING,
    CLOUD_SQL_MEMORY_PERCENT_FLOOR,
    CLOUD_SQL_MEMORY_STEP,
    CLOUD_SQL_SHARED_CORE_CONNECTIONS,
    CLOUD_SQL_VCPU_CEILING,
)

HYPERDISK = "HYPERDISK_BALANCED"
SSD = "PD_SSD"
_CUSTOM = re.compile(r"db-custom-(N4-)?([0-9]+)-([0-9]+)")
_ENTERPRISE_PLUS = ("db-perf-optimized-", "db-memory-optimized-", "db-c4a-")
_WITH_HYPERDISK = ("db-custom-N4-", "db-n4-", "db-c4a-")


def validate_tier(tier: str, *, subject: str) -> str:
    """Returns the tier unchanged.

    Raises:
        ValidationError: The value is no name of a tier. Or Google has no machine with these vCPUs and this memory.
    """
    if not re.fullmatch(r"db(-[A-Za-z0-9]+)+", tier):
        problem = f"must be a machine type of Cloud SQL, which begins with `db-`, got {tier}"
        raise ValidationError(subject, problem, "Set a machine type such as `db-custom-2-7680`.")
    if tier.startswith("db-custom-"):
        found = _CUSTOM.fullmatch(tier)
        if not found:
            raise ValidationError(
                subject,
                f"must have the form `db-custom-VCPUS-MEMORY` or `db-custom-N4-VCPUS-MEMORY`, got {tier}",
                "Set vCPUs and memory in MiB, such as `db-custom-2-7680`.",
            )
        _validate_machine(int(found[2]), int(found[3]), subject=subject)
    return tier


def _validate_machine(vcpus: int, memory: int, *, subject: str) -> None:
    if not 1 <= vcpus <= CLOUD_SQL_VCPU_CEILING or (vcpus > 1 and vcpus % 2):
        problem = f"must have 1 vCPU or an even number up to {CLOUD_SQL_VCPU_CEILING}, got {vcpus}"
        raise ValidationError(subject, problem, "Set another number of vCPUs.")
    least = max(int(CLOUD_SQL_MEMORY_FLOOR), vcpus * 1024 * CLOUD_SQL_MEMORY_PERCENT_FLOOR // 100)
    most = vcpus * 1024 * CLOUD_SQL_MEMORY_PERCENT_CEILING // 100
    if memory % CLOUD_SQL_MEMORY_STEP or not least <= memory <= most:
        step = int(CLOUD_SQL_MEMORY_STEP)
        raise ValidationError(
            subject,
            f"must have a memory from {least} to {most} MiB in steps of {step} MiB with {vcpus} vCPUs, got {memory}",
            f"Set a memory such as {max(-(-least // step) * step, most // 2 // step * step)} MiB.",
        )


def edition_of(tier: str) -> str:
    """Returns the edition of Cloud SQL that contains a tier.

    The edition is set explicitly, because Google's default from Postgres 16 on does not contain all tiers.
    """
    return "ENTERPRISE_PLUS" if tier.startswith(_ENTERPRISE_PLUS) else "ENTERPRISE"


def disk_type_of(tier: str) -> str:
    """Returns the type of the disk that the machines of a tier have."""
    return HYPERDISK if tier.startswith(_WITH_HYPERDISK) else SSD


def validate_disk_size(gigabytes: float, tier: str, *, subject: str) -> int:
    """Returns the size of a disk in GB.

    Raises:
        ValidationError: The size is no integer, or is below the minimum of the type of the disk.
    """
    size = to_int(gigabytes, subject=subject)
    least = CLOUD_SQL_HYPERDISK_FLOOR if disk_type_of(tier) == HYPERDISK else CLOUD_SQL_DISK_FLOOR
    if size < least:
        raise ValidationError(subject, f"must be at least {least} GB, got {size} GB", f"Set {least} GB or more.")
    return size


def connections_of_tier(tier: str) -> int | None:
    """Returns the number of connections that an instance accepts by default; None for a tier with an unknown memory."""
    if tier in CLOUD_SQL_SHARED_CORE_CONNECTIONS:
        return int(CLOUD_SQL_SHARED_CORE_CONNECTIONS[tier])
    custom = _CUSTOM.fullmatch(tier)
    memory = int(custom[3]) if custom else 0
    return max((int(limit) for floor, limit in CLOUD_SQL_CONNECTIONS.items() if floor <= memory), default=None)
