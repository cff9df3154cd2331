"""What the arguments of `RdsPostgres` ask for: no contradiction, defaults filled in, each value checked."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from operator import itemgetter
from typing import Any

import pulumi

from edge_postgres.core.errors import Refusal, checked
from edge_postgres.origins.rds.limits import RDS_RESERVED_CONNECTIONS
from edge_postgres.origins.rds.rules import (
    BACKUP_DAYS,
    STORAGE_GIB,
    checked_backup_days,
    checked_capacity,
    checked_database,
    checked_growth,
    checked_identifier,
    checked_password,
    checked_ranges,
    checked_storage,
    checked_subnets,
    checked_user,
    checked_version,
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

_RULES: dict[str, Callable[[str, Any], Any]] = {
    "engine_version": checked_version,
    "subnet_ids": checked_subnets,
    "identifier": checked_identifier,
    "database": checked_database,
    "user": checked_user,
    "password": checked_password,
    "ingress_ranges": checked_ranges,
    "backup_days": checked_backup_days,
    "allocated_storage": checked_storage,
}


def wanted_of(name: str, args: Mapping[str, Any]) -> dict[str, Any]:
    """The arguments with what they leave out, each checked at once or as soon as it is known.

    Raises ``Refusal`` where they contradict each other.
    """
    refuse_contradictions(name, args)
    wanted = {"identifier": name, **_DEFAULTS, **args}
    if "instance_class" in wanted:
        wanted.setdefault("allocated_storage", STORAGE_GIB)
    for key, rule in _RULES.items():
        if key in wanted:
            wanted[key] = checked(gathered(wanted[key]), partial(rule, f"{name}.{key}"))
    if "instance_class" in wanted:
        storage = {"maximum": wanted.get("max_allocated_storage"), "allocated": wanted["allocated_storage"]}
        subject = f"{name}.max_allocated_storage"
        wanted["max_allocated_storage"] = checked(storage, lambda known: checked_growth(subject, **known))
    else:
        capacity = {"minimum": wanted["min_capacity"], "maximum": wanted["max_capacity"]}
        capacity = checked(capacity, lambda known: checked_capacity(f"{name}.max_capacity", **known))
        wanted["min_capacity"] = checked(capacity, itemgetter("minimum"))
        wanted["max_capacity"] = checked(capacity, itemgetter("maximum"))
    return wanted


def gathered(value: Any) -> Any:
    """A list that has an Output in it, as one Output."""
    parts = value if isinstance(value, list | tuple) else []
    return pulumi.Output.from_input(value) if any(isinstance(part, pulumi.Output) for part in parts) else value


def refuse_contradictions(name: str, args: Mapping[str, Any]) -> None:
    """Raises ``Refusal`` where the arguments ask for two databases, two passwords or two doors."""
    capacity = [key for key in ("min_capacity", "max_capacity") if key in args]
    refuse_two_kinds(f"{name}.instance_class", instance_class="instance_class" in args, capacity=bool(capacity))
    if len(capacity) == 1:
        raise Refusal(f"{name}.{capacity[0]}", "stands alone", "State the least and the most capacity.")
    for key in ("allocated_storage", "max_allocated_storage"):
        if capacity and key in args:
            raise Refusal(
                f"{name}.{key}", "stands beside a capacity; Aurora's storage grows by itself", "Leave it out."
            )
    managed = args.get("managed_password", False)
    refuse_two_passwords(f"{name}.managed_password", managed=managed, given="password" in args)
    refuse_idle_sync(f"{name}.rotation_sync", managed=managed, synchronised="rotation_sync" in args)
    doors = [key for key in ("ingress_ranges", "ingress_prefix_list_id") if key in args]
    if args.get("open_to_the_internet"):
        doors.append("open_to_the_internet")
    refuse_two_doors(name, doors, public=args.get("public", False))


def refuse_two_kinds(subject: str, *, instance_class: bool, capacity: bool) -> None:
    """Raises ``Refusal`` unless there is either a class or a capacity."""
    if not (instance_class or capacity):
        raise Refusal(
            subject,
            "is not given, and neither is a capacity",
            "State a class, `db.t4g.medium`, for an instance, or the least and the most capacity for Aurora "
            "Serverless v2.",
        )
    if instance_class and capacity:
        raise Refusal(
            subject,
            "stands beside a capacity; an instance has a class, and Aurora Serverless v2 a capacity",
            "Leave one of them out.",
        )


def refuse_two_passwords(subject: str, *, managed: bool, given: bool) -> None:
    """Raises ``Refusal`` where a password is given and AWS would make another one."""
    if managed and given:
        raise Refusal(
            subject,
            "stands beside a password; AWS makes one of its own and changes it every week",
            "Leave one of them out.",
        )


def refuse_idle_sync(subject: str, *, managed: bool, synchronised: bool) -> None:
    """Raises ``Refusal`` where rotations are brought along that nobody makes."""
    if synchronised and not managed:
        raise Refusal(subject, "is stated, and nobody rotates the password", "Leave it out, or let AWS manage it.")


def refuse_two_doors(name: str, doors: Sequence[str], *, public: bool) -> None:
    """Raises ``Refusal`` where a private database has a door, or a public one more than one."""
    if doors and not public:
        raise Refusal(
            f"{name}.{doors[0]}",
            "is stated, and the database is private",
            "Leave it out, or make the database public.",
        )
    if len(doors) > 1:
        raise Refusal(f"{name}.{doors[0]}", f"stands beside `{doors[1]}`", "Leave one of them out.")
