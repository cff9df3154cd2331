"""Rejects arguments and settings of a database on RDS that contradict each other."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from edge_postgres.core.errors import ValidationError
from edge_postgres.origins.rds.restore import reject_two_restores

if TYPE_CHECKING:
    from edge_postgres.origins.rds.arguments import RdsPostgresArgs


def reject_contradictions(args: "RdsPostgresArgs", *, subject: str) -> None:
    """Rejects arguments that contradict each other.

    Raises:
        ValidationError: Two kinds of server, of password or of access are set, or a required argument is missing.
    """
    minimum, maximum = "min_capacity" in args, "max_capacity" in args
    has_capacity = minimum or maximum
    reject_two_kinds(
        instance_class="instance_class" in args, capacity=has_capacity, subject=f"{subject}.instance_class"
    )
    if minimum != maximum:
        given, missing = ("min_capacity", "max_capacity") if minimum else ("max_capacity", "min_capacity")
        raise ValidationError(
            f"{subject}.{given}", f"also requires `{missing}`", "Set both `min_capacity` and `max_capacity`."
        )
    for key, is_given in (
        ("allocated_storage", "allocated_storage" in args),
        ("max_allocated_storage", "max_allocated_storage" in args),
        ("iops", "iops" in args),
        ("storage_throughput", "storage_throughput" in args),
    ):
        if has_capacity and is_given:
            raise ValidationError(
                f"{subject}.{key}",
                "cannot be combined with a capacity, because the storage of Aurora grows automatically",
                f"Remove `{key}`.",
            )
    reject_deferred_upgrade(
        args.get("allow_major_version_upgrade", False),
        deferred=args.get("apply_immediately") is False,
        subject=f"{subject}.apply_immediately",
    )
    reject_two_restores(
        "restore_snapshot" in args,
        source="restore_source" in args,
        time="restore_time" in args,
        subject=f"{subject}.{'restore_snapshot' if 'restore_snapshot' in args else 'restore_source'}",
    )
    managed = args.get("managed_password", False)
    reject_two_passwords(managed=managed, given="password" in args, subject=f"{subject}.managed_password")
    reject_sync_without_rotation(
        managed=managed, synchronised="rotation_sync" in args, subject=f"{subject}.rotation_sync"
    )
    access = {
        "ingress_ranges": "ingress_ranges" in args,
        "ingress_prefix_list_id": "ingress_prefix_list_id" in args,
        "open_to_the_internet": args.get("open_to_the_internet", False),
    }
    reject_additional_ranges(
        "additional_ranges" in args,
        open_access=args.get("open_to_the_internet", False),
        subject=f"{subject}.additional_ranges",
    )
    reject_two_kinds_of_access(
        [key for key, is_given in access.items() if is_given], public=args.get("public", False), subject=subject
    )


def reject_two_kinds(instance_class: bool, *, capacity: bool, subject: str) -> None:
    """Raises `ValidationError` unless either an instance class or a capacity is set."""
    if not (instance_class or capacity):
        raise ValidationError(
            subject,
            "is required if no capacity is set",
            "Set a class such as `db.t4g.medium` for an instance, or the minimum and the maximum capacity for Aurora "
            "Serverless v2.",
        )
    if instance_class and capacity:
        raise ValidationError(
            subject,
            "cannot be combined with a capacity, because only an instance has a class, and only Aurora has a capacity",
            "Remove the instance class or the capacity.",
        )


def reject_deferred_upgrade(allowed: bool, *, deferred: bool, subject: str) -> None:
    """Raises `ValidationError` if a new major version is allowed, but would wait for the maintenance window.

    The old parameter group could not be deleted before the window, so that the deployment would fail. Source:
    https://github.com/hashicorp/terraform-provider-aws/issues/6448, read on 2026-11-30.
    """
    if allowed and deferred:
        raise ValidationError(
            subject,
            "cannot be false together with `allow_major_version_upgrade`, because the upgrade has to end during the "
            "deployment",
            "Remove `apply_immediately`, or set it to true.",
        )


def reject_two_passwords(managed: bool, *, given: bool, subject: str) -> None:
    """Raises `ValidationError` if the user sets a password and also lets AWS create the password."""
    if managed and given:
        raise ValidationError(
            subject,
            "cannot be combined with a password, because AWS creates this password itself and changes it every week",
            "Remove `managed_password`, or remove the password.",
        )


def reject_sync_without_rotation(managed: bool, *, synchronised: bool, subject: str) -> None:
    """Raises `ValidationError` if `rotation_sync` is set for a password that AWS does not rotate."""
    if synchronised and not managed:
        raise ValidationError(
            subject,
            "requires a password that AWS rotates",
            "Remove `rotation_sync`, or set `managed_password` to true.",
        )


def reject_additional_ranges(given: bool, *, open_access: bool, subject: str) -> None:
    """Raises `ValidationError` if additional ranges are set for a database that is open to the Internet."""
    if given and open_access:
        raise ValidationError(subject, "cannot be combined with `open_to_the_internet`", "Remove one of the two.")


def reject_two_kinds_of_access(given: Sequence[str], *, subject: str, public: bool) -> None:
    """Rejects settings that open a private database, and several settings that open one database.

    Args:
        given: The names of the settings that let clients connect over the Internet, if the user sets them.
        public: Whether the database has a public address.
        subject: The path of the database, for the message.

    Raises:
        ValidationError: ``given`` contains a setting of a private database, or more than one setting.
    """
    if given and not public:
        raise ValidationError(
            f"{subject}.{given[0]}", "requires a public database", "Remove this setting, or set `public` to true."
        )
    if len(given) > 1:
        raise ValidationError(
            f"{subject}.{given[0]}", f"cannot be combined with `{given[1]}`", "Remove one of the two."
        )
