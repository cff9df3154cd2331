"""The settings of a Cloud SQL instance at Google: machine, disk, backups, and the ranges that may connect."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, cast

import pulumi

from edge_postgres.core.args import validate_choice
from edge_postgres.core.inputs import apply_input, apply_optional, gather_list, or_default
from edge_postgres.core.numbers import to_int
from edge_postgres.origins.cloud_sql.rules import (
    INTERNET,
    RETAINED_BACKUPS,
    Availability,
    edition_of,
    validate_disk_size,
    validate_networks,
)
from edge_postgres.origins.cloudflare_ranges import read_cloudflare_ranges

if TYPE_CHECKING:
    from pulumi_gcp.sql import DatabaseInstanceSettingsArgsDict
    from pulumi_gcp.sql import DatabaseInstanceSettingsIpConfigurationAuthorizedNetworkArgsDict as AuthorizedNetwork

    from edge_postgres.origins.cloud_sql.component import CloudSqlPostgresArgs


def render_settings(
    args: "CloudSqlPostgresArgs", parent: pulumi.Resource, *, subject: str
) -> "DatabaseInstanceSettingsArgsDict":
    """Returns the settings of the instance: machine, disk, backups, and the ranges that may connect."""
    availability = validate_choice(
        args.get("availability", Availability.ZONAL), Availability, subject=f"{subject}.availability"
    )
    settings: DatabaseInstanceSettingsArgsDict = {
        "tier": args["tier"],
        # From Postgres 16 on, Google's default is the edition Enterprise Plus, which does not contain the small tiers.
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
                    or_default(args.get("retained_backups"), RETAINED_BACKUPS),
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
        settings["disk_size"] = apply_optional(
            args["disk_size"], lambda gigabytes: validate_disk_size(gigabytes, subject=f"{subject}.disk_size")
        )
    if "max_connections" in args:
        settings["database_flags"] = apply_optional(
            args["max_connections"],
            lambda most: [
                {"name": "max_connections", "value": str(to_int(most, subject=f"{subject}.max_connections"))}
            ],
        )
    return settings


def render_networks(
    args: "CloudSqlPostgresArgs", parent: pulumi.Resource, *, subject: str
) -> "pulumi.Input[list[AuthorizedNetwork]]":
    """Returns the ranges that may connect: those in the arguments, the whole Internet, or those of Cloudflare."""

    def render(networks: Sequence[str] | None) -> "pulumi.Input[list[AuthorizedNetwork]]":
        if networks is not None:
            return _entries("stated", validate_networks(networks, subject=f"{subject}.authorized_networks"))
        found = read_cloudflare_ranges(parent, subject=f"{subject}.authorized_networks")
        return found.apply(lambda ranges: _entries("cloudflare", sorted(ranges.ipv4_cidrs)))

    if args.get("open_to_the_internet", False):
        return _entries("everybody", INTERNET)
    return cast(
        "pulumi.Input[list[AuthorizedNetwork]]", apply_input(gather_list(args.get("authorized_networks")), render)
    )


def _entries(label: str, ranges: Sequence[str]) -> "list[AuthorizedNetwork]":
    return [{"name": label, "value": network} for network in ranges]
