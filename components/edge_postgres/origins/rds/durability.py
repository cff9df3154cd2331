"""Arguments that instances and clusters share: version, encryption, backups, restore and deletion."""

from collections.abc import Callable
from typing import TypedDict, TypeVar, cast

import pulumi
import pulumi_random as random

from edge_postgres.core.inputs import apply_inputs
from edge_postgres.origins.rds.args import ResolvedArgs
from edge_postgres.origins.rds.context import AwsContext

_SUFFIX_BYTES = 4
"""Bytes of the random part of a name."""
RestoreTime = TypeVar("RestoreTime")


class DurabilityArgs(TypedDict):
    """Arguments that instances and clusters share: version, encryption, backups and deletion."""

    engine_version: pulumi.Input[str]
    allow_major_version_upgrade: bool | None
    apply_immediately: bool
    snapshot_identifier: pulumi.Input[str] | None
    kms_key_id: pulumi.Input[str | None] | None
    manage_master_user_password: bool | None
    storage_encrypted: bool
    backup_retention_period: pulumi.Input[int]
    copy_tags_to_snapshot: bool
    deletion_protection: bool
    skip_final_snapshot: bool
    final_snapshot_identifier: pulumi.Output[str] | None


def durability_args(context: AwsContext, args: ResolvedArgs) -> DurabilityArgs:
    """Returns the arguments for version, encryption, backups and deletion."""
    return {
        "engine_version": args.engine_version,
        "allow_major_version_upgrade": args.allow_major_version_upgrade or None,
        "apply_immediately": args.apply_immediately,
        "snapshot_identifier": args.restore.snapshot,
        "kms_key_id": args.kms_key_arn,
        "manage_master_user_password": args.managed_password or None,
        "storage_encrypted": True,
        "backup_retention_period": args.backup_days,
        "copy_tags_to_snapshot": True,
        "deletion_protection": args.deletion_protection,
        "skip_final_snapshot": not args.final_snapshot,
        "final_snapshot_identifier": final_snapshot_name(context, args) if args.final_snapshot else None,
    }


def final_snapshot_name(context: AwsContext, args: ResolvedArgs) -> pulumi.Output[str]:
    """Returns a name for the final snapshot that no earlier server of the stack had.

    AWS rejects the deletion of a server if its final snapshot has the name of an existing snapshot. The name has a new
    random part with each server.
    """
    replacing: dict[str, pulumi.Input[str | None] | None] = {
        "identifier": args.identifier,
        "database": args.database,
        "user": args.user,
        "region": args.region,
        "key": args.kms_key_arn,
        "snapshot": args.restore.snapshot,
        "source": args.restore.source,
        "time": args.restore.time,
    }
    suffix = random.RandomId(
        f"{context.name}-final-snapshot",
        byte_length=_SUFFIX_BYTES,
        keepers=cast(
            "dict[str, pulumi.Input[str]]", {name: value for name, value in replacing.items() if value is not None}
        ),
        opts=context.children.options("final_snapshot_id"),
    )
    return context.physical_name(pulumi.Output.format("final-{0}", suffix.hex))


def restore_time(args: ResolvedArgs, render: Callable[[str, str], RestoreTime]) -> pulumi.Input[RestoreTime] | None:
    """Returns the server and the time whose data the new server gets; None without them."""
    if args.restore.source is None or args.restore.time is None:
        return None
    return apply_inputs((args.restore.source, args.restore.time), render)
