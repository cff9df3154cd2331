"""Rules of the provisioned performance of an instance's gp3 storage."""

from typing import TypedDict

from edge_postgres.core.errors import ValidationError
from edge_postgres.core.numbers import to_int_within
from edge_postgres.origins.rds.limits import (
    RDS_IOPS_CEILING,
    RDS_IOPS_FLOOR,
    RDS_IOPS_FOR_ONE_MIB,
    RDS_PERFORMANCE_FLOOR,
    RDS_THROUGHPUT_CEILING,
    RDS_THROUGHPUT_FLOOR,
)


class Performance(TypedDict):
    """Provisioned performance of gp3 storage. Both are None for storage whose performance AWS determines."""

    iops: int | None
    throughput: int | None
    """Throughput in MiB/s."""


def validate_performance(
    allocated: int, iops: float | None, throughput: float | None, *, subject: str, throughput_subject: str
) -> Performance:
    """Returns the provisioned performance, by default the performance that the price of the storage includes.

    RDS requires numbers above those of smaller storage as soon as the storage reaches 400 GiB, and rejects all numbers
    below. Therefore the numbers are always sent together with the storage. Source:
    https://github.com/hashicorp/terraform-provider-aws/issues/28382, read on 2026-11-30.

    Args:
        allocated: Allocated storage in GiB.
        iops: I/O operations per second. None for the default.
        throughput: Throughput in MiB/s. None for the default.
        subject: Path of ``iops``.
        throughput_subject: Path of ``throughput``.

    Raises:
        ValidationError: A number is set for small storage, is no integer or is outside of its range. Or the throughput
            is more than a quarter of the I/O operations.
    """
    for path, given in ((subject, iops), (throughput_subject, throughput)):
        if given is not None and allocated < RDS_PERFORMANCE_FLOOR:
            problem = f"requires at least {RDS_PERFORMANCE_FLOOR} GiB of allocated storage, got {allocated} GiB"
            raise ValidationError(path, problem, "Remove this setting, or allocate more storage.")
    if allocated < RDS_PERFORMANCE_FLOOR:
        return {"iops": None, "throughput": None}
    operations = _within(RDS_IOPS_FLOOR, iops, RDS_IOPS_CEILING, "I/O operations per second", subject=subject)
    mebibytes = _within(RDS_THROUGHPUT_FLOOR, throughput, RDS_THROUGHPUT_CEILING, "MiB/s", subject=throughput_subject)
    if mebibytes * RDS_IOPS_FOR_ONE_MIB > operations:
        raise ValidationError(
            throughput_subject,
            f"must be at most a quarter of the I/O operations per second ({operations}), got {mebibytes} MiB/s",
            f"Set at most {operations // RDS_IOPS_FOR_ONE_MIB}, or set at least {mebibytes * RDS_IOPS_FOR_ONE_MIB} I/O "
            "operations per second.",
        )
    return {"iops": operations, "throughput": mebibytes}


def _within(least: int, given: float | None, most: int, unit: str, *, subject: str) -> int:
    """Returns the number as an integer, by default the least one."""
    if given is None:
        return int(least)
    return to_int_within(given, least, most, unit, subject=subject)
