"""What the arguments of `RdsPostgres` ask for: no contradiction, defaults filled in, each value checked."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from operator import itemgetter
from typing import Any

import pulumi

from edge_postgres.core.errors import ValidationError
from edge_postgres.core.inputs import apply_input, apply_inputs
from edge_postgres.origins.rds.limits import RDS_RESERVED_CONNECTIONS
from edge_postgres.origins.rds.rules import (
    BACKUP_DAYS,
    STORAGE_GIB,
    validate_backup_days,
    validate_capacity,
    validate_database,
    validate_growth,
    validate_identifier,
    validate_password,
    validate_ranges,
    validate_storage,
    validate_subnets,
    validate_user,
    validate_version,
)

_DEFAULTS: dict[str, Any] = {
    "database": "app",
    "user": "app",
    "multi_az": False,
    "managed_password": False,
    "public": False,
    "open_to_the_internet": False,
    "backup_days": BACKUP_DAYS,
    "deletion_protection": True,
    "final_snapshot": True,
    "ca_identifier": "rds-ca-rsa2048-g1",
    "reserved_connections": RDS_RESERVED_CONNECTIONS,
}

_RULES: dict[str, Callable[..., Any]] = {
    "engine_version": validate_version,
    "subnet_ids": validate_subnets,
    "identifier": validate_identifier,
    "database": validate_database,
    "user": validate_user,
    "password": validate_password,
    "ingress_ranges": validate_ranges,
    "backup_days": validate_backup_days,
    "allocated_storage": validate_storage,
}


def wanted_of(name: str, args: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments with what they leave out, each checked at once or as soon as it is known.

    Raises ``ValidationError`` where they contradict each other.
    """
    reject_contradictions(args, subject=name)
    wanted = {"identifier": name, **_DEFAULTS, **args}
    if "instance_class" in wanted:
        wanted.setdefault("allocated_storage", STORAGE_GIB)
    for key, rule in _RULES.items():
        if key in wanted:
            wanted[key] = apply_input(gathered(wanted[key]), partial(rule, subject=f"{name}.{key}"))
    if "instance_class" in wanted:
        storage = {"maximum": wanted.get("max_allocated_storage"), "allocated": wanted["allocated_storage"]}
        subject = f"{name}.max_allocated_storage"
        wanted["max_allocated_storage"] = apply_inputs(storage, lambda known: validate_growth(subject=subject, **known))
    else:
        bounds = {"minimum": wanted["min_capacity"], "maximum": wanted["max_capacity"]}
        capacity = apply_inputs(bounds, lambda known: validate_capacity(subject=f"{name}.max_capacity", **known))
        wanted["min_capacity"] = apply_input(capacity, itemgetter("minimum"))
        wanted["max_capacity"] = apply_input(capacity, itemgetter("maximum"))
    return wanted


def gathered(value: Any) -> Any:
    """A list that has an Output in it, as one Output."""
    parts = value if isinstance(value, list | tuple) else []
    return pulumi.Output.from_input(value) if any(isinstance(part, pulumi.Output) for part in parts) else value


def reject_contradictions(args: Mapping[str, Any], *, subject: str) -> None:
    """Raises ``ValidationError`` where the arguments ask for two databases, two passwords or two doors."""
    capacity = [key for key in ("min_capacity", "max_capacity") if key in args]
    reject_two_kinds(
        instance_class="instance_class" in args, capacity=bool(capacity), subject=f"{subject}.instance_class"
    )
    if len(capacity) == 1:
        raise ValidationError(f"{subject}.{capacity[0]}", "stands alone", "State the least and the most capacity.")
    for key in ("allocated_storage", "max_allocated_storage"):
        if capacity and key in args:
            raise ValidationError(
                f"{subject}.{key}", "stands beside a capacity; Aurora's storage grows by itself", "Leave it out."
            )
    managed = args.get("managed_password", False)
    reject_two_passwords(managed=managed, given="password" in args, subject=f"{subject}.managed_password")
    reject_idle_sync(managed=managed, synchronised="rotation_sync" in args, subject=f"{subject}.rotation_sync")
    doors = [key for key in ("ingress_ranges", "ingress_prefix_list_id") if key in args]
    if args.get("open_to_the_internet"):
        doors.append("open_to_the_internet")
    reject_two_doors(doors, public=args.get("public", False), subject=subject)


def reject_two_kinds(instance_class: bool, *, capacity: bool, subject: str) -> None:
    """Raises ``ValidationError`` unless there is either a class or a capacity."""
    if not (instance_class or capacity):
        raise ValidationError(
            subject,
            "is not given, and neither is a capacity",
            "State a class, `db.t4g.medium`, for an instance, or the least and the most capacity for Aurora "
            "Serverless v2.",
        )
    if instance_class and capacity:
        raise ValidationError(
            subject,
            "stands beside a capacity; an instance has a class, and Aurora Serverless v2 a capacity",
            "Leave one of them out.",
        )


def reject_two_passwords(managed: bool, *, given: bool, subject: str) -> None:
    """Raises ``ValidationError`` where a password is given and AWS would make another one."""
    if managed and given:
        raise ValidationError(
            subject,
            "stands beside a password; AWS makes one of its own and changes it every week",
            "Leave one of them out.",
        )


def reject_idle_sync(managed: bool, *, synchronised: bool, subject: str) -> None:
    """Raises ``ValidationError`` where rotations are brought along that nobody makes."""
    if synchronised and not managed:
        raise ValidationError(
            subject, "is stated, and nobody rotates the password", "Leave it out, or let AWS manage it."
        )


def reject_two_doors(doors: Sequence[str], *, subject: str, public: bool) -> None:
    """Raises ``ValidationError`` where a private database has a door, or a public one more than one."""
    if doors and not public:
        raise ValidationError(
            f"{subject}.{doors[0]}",
            "is stated, and the database is private",
            "Leave it out, or make the database public.",
        )
    if len(doors) > 1:
        raise ValidationError(f"{subject}.{doors[0]}", f"stands beside `{doors[1]}`", "Leave one of them out.")
