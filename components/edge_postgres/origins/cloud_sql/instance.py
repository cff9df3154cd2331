"""The settings of a Cloud SQL instance at Google: machine, disk, backups, and the ranges that may connect."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, cast

import pulumi

from edge_postgres.core.args import validate_choice
from edge_postgres.core.inputs import apply_input, apply_inputs, apply_optional, gather_list, require_value
from edge_postgres.origins.cloud_sql.backups import (
    validate_backup_start,
    validate_final_backup_days,
    validate_log_days,
    validate_retained_backups,
)
from edge_postgres.origins.cloud_sql.rules import (
    INTERNET,
    Availability,
    parse_maintenance_window,
    validate_max_connections,
    validate_networks,
    validate_private_network,
)
from edge_postgres.origins.cloud_sql.tiers import disk_type_of, edition_of, validate_disk_size, validate_tier
from edge_postgres.origins.cloudflare_ranges import read_cloudflare_ranges

if TYPE_CHECKING:
    from pulumi_gcp.sql import DatabaseInstanceSettingsArgsDict
    from pulumi_gcp.sql import DatabaseInstanceSettingsBackupConfigurationArgsDict as Backups
    from pulumi_gcp.sql import DatabaseInstanceSettingsFinalBackupConfigArgsDict as FinalBackup
    from pulumi_gcp.sql import DatabaseInstanceSettingsIpConfigurationArgsDict as IpConfiguration
    from pulumi_gcp.sql import DatabaseInstanceSettingsIpConfigurationAuthorizedNetworkArgsDict as AuthorizedNetwork
    from pulumi_gcp.sql import DatabaseInstanceSettingsMaintenanceWindowArgsDict as MaintenanceWindow

    from edge_postgres.origins.cloud_sql.arguments import CloudSqlPostgresArgs


def render_settings(
    args: "CloudSqlPostgresArgs", parent: pulumi.Resource, *, subject: str
) -> "DatabaseInstanceSettingsArgsDict":
    """Returns the settings of the instance: machine, disk, backups, and the ranges that may connect."""
    availability = validate_choice(
        args.get("availability", Availability.ZONAL), Availability, subject=f"{subject}.availability"
    )
    tier = apply_input(args["tier"], lambda known: validate_tier(known, subject=f"{subject}.tier"))
    keeps_backups = args.get("final_backup", True)
    settings: DatabaseInstanceSettingsArgsDict = {
        "tier": tier,
        # From Postgres 16 on, Google's default is the edition Enterprise Plus, which does not contain the small tiers.
        "edition": apply_input(tier, edition_of),
        "disk_type": apply_input(tier, disk_type_of),
        "availability_type": availability.value.upper(),
        "disk_autoresize": True,
        "ip_configuration": render_addresses(args, parent, subject=subject),
        "backup_configuration": render_backups(args, tier, subject=subject),
        "retain_backups_on_delete": keeps_backups,
        "final_backup_config": render_final_backup(args, subject=subject),
        "deletion_protection_enabled": args.get("deletion_protection", True),
    }
    if "labels" in args:
        settings["user_labels"] = args["labels"]
    if args.get("query_insights", False):
        settings["insights_config"] = {"query_insights_enabled": True}
    if "disk_size" in args:
        settings["disk_size"] = apply_inputs(
            (args["disk_size"], tier),
            lambda gigabytes, known: (
                None if gigabytes is None else validate_disk_size(gigabytes, known, subject=f"{subject}.disk_size")
            ),
        )
    if "maintenance_window" in args:
        settings["maintenance_window"] = apply_optional(
            args["maintenance_window"], lambda window: _render_window(window, subject=f"{subject}.maintenance_window")
        )
    if "max_connections" in args:
        settings["database_flags"] = apply_optional(
            args["max_connections"],
            lambda most: [
                {
                    "name": "max_connections",
                    "value": str(validate_max_connections(most, subject=f"{subject}.max_connections")),
                }
            ],
        )
    return settings


def render_backups(args: "CloudSqlPostgresArgs", tier: pulumi.Input[str], *, subject: str) -> "Backups":
    """Returns the settings of the automatic backups."""
    log_days = apply_inputs(
        (args.get("transaction_log_days"), tier),
        lambda days, known: validate_log_days(days, known, subject=f"{subject}.transaction_log_days"),
    )
    backups: Backups = {
        "enabled": True,
        "point_in_time_recovery_enabled": True,
        "transaction_log_retention_days": log_days,
        "backup_retention_settings": {
            "retained_backups": apply_inputs(
                (args.get("retained_backups"), log_days),
                lambda number, days: validate_retained_backups(number, days, subject=f"{subject}.retained_backups"),
            )
        },
    }
    if "backup_start" in args:
        backups["start_time"] = apply_optional(
            args["backup_start"], lambda time: validate_backup_start(time, subject=f"{subject}.backup_start")
        )
    return backups


def render_final_backup(args: "CloudSqlPostgresArgs", *, subject: str) -> "FinalBackup":
    """Returns the settings of the backup before a deletion.

    Raises:
        ValidationError: The number of days is set without a final backup, or is invalid.
    """
    kept = args.get("final_backup", True)
    days = apply_input(
        args.get("final_backup_days"),
        lambda known: validate_final_backup_days(known, kept=kept, subject=f"{subject}.final_backup_days"),
    )
    return {"enabled": True, "retention_days": days} if kept else {"enabled": False}


def _render_window(window: str, *, subject: str) -> "MaintenanceWindow":
    day, hour = parse_maintenance_window(window, subject=subject)
    return {"day": day, "hour": hour}


def render_addresses(args: "CloudSqlPostgresArgs", parent: pulumi.Resource, *, subject: str) -> "IpConfiguration":
    """Returns the kind of address: a private one without a public one, or a public one with the ranges that may
    connect."""
    if "private_network" not in args:
        networks = render_networks(args, parent, subject=subject)
        return {"ipv4_enabled": True, "ssl_mode": "ENCRYPTED_ONLY", "authorized_networks": networks}
    network = require_value(args["private_network"], subject=f"{subject}.private_network")
    return {
        "ipv4_enabled": False,
        "ssl_mode": "ENCRYPTED_ONLY",
        "private_network": apply_input(
            network, lambda known: validate_private_network(known, subject=f"{subject}.private_network")
        ),
    }


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
    allowed = cast(
        "pulumi.Input[list[AuthorizedNetwork]]", apply_input(gather_list(args.get("authorized_networks")), render)
    )
    additional = apply_optional(
        gather_list(args.get("additional_networks")),
        lambda networks: validate_networks(networks, subject=f"{subject}.additional_networks"),
    )
    both = apply_inputs((allowed, additional), lambda known, more: [*known, *_entries("additional", more or [])])
    return cast("pulumi.Input[list[AuthorizedNetwork]]", both)


def _entries(label: str, ranges: Sequence[str]) -> "list[AuthorizedNetwork]":
    return [{"name": label, "value": network} for network in ranges]
