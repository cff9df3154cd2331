"""Validation of the arguments of `RdsPostgres`, and their defaults."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pulumi

from edge_postgres.core.inputs import (
    apply_input,
    apply_optional,
    gather_list,
    or_default,
    reject_none,
)
from edge_postgres.origin.names import default_name
from edge_postgres.origins.rds.args_parts import (
    Restore,
    resolve_capacity,
    resolve_performance,
    resolve_ranges,
    resolve_restore,
    resolve_storage,
    resolve_windows,
)
from edge_postgres.origins.rds.authorities import DEFAULT_CA
from edge_postgres.origins.rds.contradictions import reject_contradictions
from edge_postgres.origins.rds.limits import RDS_RESERVED_CONNECTIONS
from edge_postgres.origins.rds.network_rules import validate_subnets
from edge_postgres.origins.rds.rules import (
    BACKUP_DAYS,
    validate_backup_days,
    validate_cluster_identifier,
    validate_database,
    validate_identifier,
    validate_key,
    validate_password,
    validate_user,
    validate_version,
)

if TYPE_CHECKING:
    from edge_postgres.origins.rds.arguments import RdsPostgresArgs


@dataclass(frozen=True)
class ResolvedArgs:
    """Validated arguments of `RdsPostgres`, with their defaults.

    For an instance, the two capacities are None. For Aurora, the instance class and everything about the storage are
    None.
    """

    identifier: pulumi.Input[str]
    engine_version: pulumi.Input[str]
    allow_major_version_upgrade: bool
    apply_immediately: bool
    vpc_id: pulumi.Input[str]
    subnet_ids: pulumi.Input[Sequence[str]]
    instance_class: pulumi.Input[str] | None
    allocated_storage: pulumi.Input[int] | None
    max_allocated_storage: pulumi.Input[int] | None
    iops: pulumi.Input[int | None] | None
    storage_throughput: pulumi.Input[int | None] | None
    min_capacity: pulumi.Input[float] | None
    max_capacity: pulumi.Input[float] | None
    multi_az: bool
    database: pulumi.Input[str]
    user: pulumi.Input[str]
    password: pulumi.Input[str] | None
    managed_password: bool
    rotation_sync: str | None
    public: bool
    ingress_ranges: Sequence[pulumi.Input[str]] | pulumi.Output[Sequence[str] | None] | None
    ingress_prefix_list_id: pulumi.Input[str] | None
    open_to_the_internet: bool
    additional_ranges: Sequence[pulumi.Input[str]] | pulumi.Output[Sequence[str] | None] | None
    security_group_ids: pulumi.Input[Sequence[pulumi.Input[str]]]
    backup_days: pulumi.Input[int]
    backup_window: pulumi.Input[str | None] | None
    maintenance_window: pulumi.Input[str | None] | None
    deletion_protection: bool
    final_snapshot: bool
    kms_key_arn: pulumi.Input[str | None] | None
    restore: Restore
    ca_identifier: pulumi.Input[str]
    region: pulumi.Input[str | None] | None
    tags: pulumi.Input[Mapping[str, pulumi.Input[str]] | None] | None
    max_connections: pulumi.Input[float | None] | None
    reserved_connections: pulumi.Input[float]


def resolve_args(name: str, args: "RdsPostgresArgs", *, subject: str) -> ResolvedArgs:
    """Returns the arguments with their defaults.

    A plain value is validated at once, and an Output as soon as its value is known.

    Raises:
        ValidationError: A plain argument is invalid, or two arguments contradict each other.
    """
    reject_contradictions(args, subject=subject)
    allocated, maximum = resolve_storage(args, subject=subject)
    iops, throughput = resolve_performance(args, allocated, subject=subject)
    backup_window, maintenance_window = resolve_windows(args, subject=subject)
    is_aurora = "instance_class" not in args
    capacity = resolve_capacity(args, subject=subject)
    password = reject_none(args.get("password"), subject=f"{subject}.password")
    return ResolvedArgs(
        identifier=apply_input(
            or_default(args.get("identifier"), default_name(name)),
            lambda text: (validate_cluster_identifier if is_aurora else validate_identifier)(
                text, subject=f"{subject}.identifier"
            ),
        ),
        engine_version=apply_input(
            args["engine_version"], lambda version: validate_version(version, subject=f"{subject}.engine_version")
        ),
        allow_major_version_upgrade=args.get("allow_major_version_upgrade", False),
        apply_immediately=args.get("apply_immediately", args.get("allow_major_version_upgrade", False)),
        vpc_id=args["vpc_id"],
        subnet_ids=apply_input(
            gather_list(args["subnet_ids"]), lambda ids: validate_subnets(ids, subject=f"{subject}.subnet_ids")
        ),
        instance_class=reject_none(args.get("instance_class"), subject=f"{subject}.instance_class"),
        allocated_storage=allocated,
        max_allocated_storage=maximum,
        iops=iops,
        storage_throughput=throughput,
        min_capacity=None if capacity is None else apply_input(capacity, lambda known: known["minimum"]),
        max_capacity=None if capacity is None else apply_input(capacity, lambda known: known["maximum"]),
        multi_az=args.get("multi_az", False),
        database=apply_input(
            or_default(args.get("database"), "app"), lambda text: validate_database(text, subject=f"{subject}.database")
        ),
        user=apply_input(
            or_default(args.get("user"), "app"), lambda text: validate_user(text, subject=f"{subject}.user")
        ),
        password=None
        if password is None
        else apply_input(
            password,
            lambda text: validate_password(text, subject=f"{subject}.password"),
        ),
        managed_password=args.get("managed_password", False),
        rotation_sync=args.get("rotation_sync"),
        public=args.get("public", False),
        ingress_ranges=resolve_ranges(args.get("ingress_ranges"), subject=f"{subject}.ingress_ranges"),
        ingress_prefix_list_id=reject_none(
            args.get("ingress_prefix_list_id"), subject=f"{subject}.ingress_prefix_list_id"
        ),
        open_to_the_internet=args.get("open_to_the_internet", False),
        additional_ranges=resolve_ranges(args.get("additional_ranges"), subject=f"{subject}.additional_ranges"),
        security_group_ids=or_default(args.get("security_group_ids"), []),
        backup_days=apply_input(
            or_default(args.get("backup_days"), BACKUP_DAYS),
            lambda days: validate_backup_days(days, subject=f"{subject}.backup_days"),
        ),
        backup_window=backup_window,
        maintenance_window=maintenance_window,
        deletion_protection=args.get("deletion_protection", True),
        final_snapshot=args.get("final_snapshot", True),
        kms_key_arn=apply_optional(
            args.get("kms_key_arn"), lambda arn: validate_key(arn, subject=f"{subject}.kms_key_arn")
        ),
        restore=resolve_restore(args, subject=subject),
        ca_identifier=or_default(args.get("ca_identifier"), DEFAULT_CA),
        region=args.get("region"),
        tags=args.get("tags"),
        max_connections=args.get("max_connections"),
        reserved_connections=or_default(args.get("reserved_connections"), RDS_RESERVED_CONNECTIONS),
    )
