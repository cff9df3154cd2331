"""The settings of a Cloud SQL instance: machine, disk, backups, and who may dial it."""

from collections.abc import Mapping, Sequence
from typing import Any

import pulumi
from pulumi_cloudflare.get_ip_ranges import get_ip_ranges_output

from edge_postgres.core.args import validate_choice
from edge_postgres.core.inputs import apply_input
from edge_postgres.core.numbers import to_int
from edge_postgres.origins.cloud_sql.rules import (
    EVERYBODY,
    RETAINED_BACKUPS,
    Availability,
    edition_of,
    validate_disk_size,
    validate_networks,
)


def render_settings(args: Mapping[str, Any], parent: pulumi.Resource, *, subject: str) -> Any:
    """The machine, its disk and backups, and who may dial it."""
    availability = validate_choice(
        args.get("availability", Availability.ZONAL), Availability, subject=f"{subject}.availability"
    )
    settings: dict[str, Any] = {
        "tier": args["tier"],
        # Stated: from Postgres 16 on Google takes the larger edition by itself, which has none of the small tiers.
        "edition": apply_input(args["tier"], edition_of),
        "availability_type": availability.value.upper(),
        "disk_autoresize": True,
        "ip_configuration": {
            "ipv4_enabled": True,
            "ssl_mode": "ENCRYPTED_ONLY",
            "authorized_networks": render_networks(args, parent, subject=subject),
        },
        "backup_configuration": {
            "enabled": True,
            "point_in_time_recovery_enabled": True,
            "backup_retention_settings": {
                "retained_backups": apply_input(
                    args.get("retained_backups", RETAINED_BACKUPS),
                    lambda n: to_int(n, subject=f"{subject}.retained_backups"),
                )
            },
        },
        "deletion_protection_enabled": args.get("deletion_protection", True),
    }
    if "labels" in args:
        settings["user_labels"] = args["labels"]
    if args.get("query_insights", False):
        settings["insights_config"] = {"query_insights_enabled": True}
    if "disk_size" in args:
        settings["disk_size"] = apply_input(
            args["disk_size"], lambda gigabytes: validate_disk_size(gigabytes, subject=f"{subject}.disk_size")
        )
    if "max_connections" in args:
        flag = apply_input(
            args["max_connections"], lambda most: str(to_int(most, subject=f"{subject}.max_connections"))
        )
        settings["database_flags"] = [{"name": "max_connections", "value": flag}]
    return settings


def render_networks(args: Mapping[str, Any], parent: pulumi.Resource, *, subject: str) -> Any:
    """The ranges that may dial the database: those that are named, everybody, or Cloudflare's."""
    if "authorized_networks" in args:
        given = args["authorized_networks"]
        if isinstance(given, list) and any(isinstance(network, pulumi.Output) for network in given):
            given = pulumi.Output.from_input(given)
        ranges = apply_input(
            given, lambda networks: validate_networks(networks, subject=f"{subject}.authorized_networks")
        )
        return apply_input(ranges, lambda known: _entries("stated", known))
    if args.get("open_to_the_internet", False):
        return _entries("everybody", EVERYBODY)
    found = get_ip_ranges_output(opts=pulumi.InvokeOutputOptions(parent=parent))
    return found.apply(lambda ranges: _entries("cloudflare", sorted(ranges.ipv4_cidrs)))


def _entries(label: str, ranges: Sequence[str]) -> list[dict[str, str]]:
    return [{"name": label, "value": network} for network in ranges]
