"""Arguments of `RdsPostgres` that belong together: storage, capacity, time ranges, and the data of a new server."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pulumi

from edge_postgres.core.inputs import (
    apply_input,
    apply_inputs,
    apply_optional,
    gather_list,
    or_default,
    reject_none,
    require_value,
)
from edge_postgres.origins.rds.capacity import Capacity, validate_capacity
from edge_postgres.origins.rds.network_rules import validate_range, validate_ranges
from edge_postgres.origins.rds.performance import validate_performance
from edge_postgres.origins.rds.restore import validate_time
from edge_postgres.origins.rds.rules import STORAGE_GIB, validate_growth, validate_storage
from edge_postgres.origins.rds.windows import validate_backup_window, validate_maintenance_window

if TYPE_CHECKING:
    from edge_postgres.origins.rds.arguments import RdsPostgresArgs


@dataclass(frozen=True)
class Restore:
    """The data that a new server gets. All fields are None for an empty server."""

    snapshot: pulumi.Input[str] | None
    """Name or ARN of the snapshot."""
    source: pulumi.Input[str] | None
    """Name of the instance or of the cluster."""
    time: pulumi.Input[str] | None
    """Point in time of the data of ``source``; not None if ``source`` is not None."""


def resolve_storage(
    args: "RdsPostgresArgs", *, subject: str
) -> tuple[pulumi.Input[int], pulumi.Input[int]] | tuple[None, None]:
    """Returns the allocated and the maximum storage of an instance in GiB; None and None for Aurora."""
    if "instance_class" not in args:
        return None, None
    allocated = apply_input(
        or_default(args.get("allocated_storage"), STORAGE_GIB),
        lambda gib: validate_storage(gib, subject=f"{subject}.allocated_storage"),
    )
    maximum = apply_inputs(
        (args.get("max_allocated_storage"), allocated),
        lambda most, start: validate_growth(most, start, subject=f"{subject}.max_allocated_storage"),
    )
    return allocated, maximum


def resolve_capacity(args: "RdsPostgresArgs", *, subject: str) -> pulumi.Input[Capacity] | None:
    """Returns the minimum and the maximum capacity of Aurora in ACU; None for an instance."""
    if "min_capacity" not in args or "max_capacity" not in args:
        return None
    return apply_inputs(
        (
            require_value(args["min_capacity"], subject=f"{subject}.min_capacity"),
            require_value(args["max_capacity"], subject=f"{subject}.max_capacity"),
        ),
        lambda minimum, maximum: validate_capacity(minimum, maximum, subject=f"{subject}.max_capacity"),
    )


def resolve_performance(
    args: "RdsPostgresArgs", allocated: pulumi.Input[int] | None, *, subject: str
) -> tuple[pulumi.Input[int | None], pulumi.Input[int | None]] | tuple[None, None]:
    """Returns the I/O operations per second and the throughput in MiB/s of an instance; None and None for Aurora."""
    if allocated is None:
        return None, None
    found = apply_inputs(
        (allocated, args.get("iops"), args.get("storage_throughput")),
        lambda gib, iops, throughput: validate_performance(
            gib, iops, throughput, subject=f"{subject}.iops", throughput_subject=f"{subject}.storage_throughput"
        ),
    )
    return apply_input(found, lambda known: known["iops"]), apply_input(found, lambda known: known["throughput"])


def resolve_windows(
    args: "RdsPostgresArgs", *, subject: str
) -> tuple[pulumi.Input[str | None] | None, pulumi.Input[str | None] | None]:
    """Returns the time ranges of the backup and of the maintenance. None for a range that AWS chooses."""
    backup = apply_optional(
        args.get("backup_window"), lambda window: validate_backup_window(window, subject=f"{subject}.backup_window")
    )
    maintenance = apply_inputs(
        (args.get("maintenance_window"), backup),
        lambda window, other: (
            None
            if window is None
            else validate_maintenance_window(window, other, subject=f"{subject}.maintenance_window")
        ),
    )
    return backup, maintenance


def resolve_restore(args: "RdsPostgresArgs", *, subject: str) -> Restore:
    """Returns the data that a new server gets."""
    time = reject_none(args.get("restore_time"), subject=f"{subject}.restore_time")
    return Restore(
        snapshot=reject_none(args.get("restore_snapshot"), subject=f"{subject}.restore_snapshot"),
        source=reject_none(args.get("restore_source"), subject=f"{subject}.restore_source"),
        time=None
        if time is None
        else apply_input(time, lambda known: validate_time(known, subject=f"{subject}.restore_time")),
    )


def resolve_ranges(
    ranges: pulumi.Input[Sequence[pulumi.Input[str]] | None] | None, *, subject: str
) -> Sequence[pulumi.Input[str]] | pulumi.Output[Sequence[str] | None] | None:
    """Returns the address ranges that may connect. None for those of Cloudflare.

    A list can contain Outputs. If the whole list is an Output, the number of rules is unknown in a preview, so that a
    warning is logged.
    """
    if ranges is None:
        return None
    if isinstance(ranges, list | tuple):
        if all(isinstance(each, str) for each in ranges):
            return validate_ranges(ranges, subject=subject)
        return [apply_input(each, lambda text: validate_range(text, subject=subject)) for each in ranges]
    pulumi.log.warn(
        f"{subject}: is an Output, so that a preview shows no rules and policies check none while the list is unknown. "
        "Set a list, whose elements can be Outputs, or set `ingress_prefix_list_id`."
    )
    found = apply_optional(gather_list(ranges), lambda texts: validate_ranges(texts, subject=subject))
    return pulumi.Output.from_input(found)
