"""`CloudSqlPostgres` in operation: protection, tiers and disks, backups, maintenance, encryption and restores."""

from typing import Any

import pulumi
import pytest

from edge_postgres.origins.cloud_sql.tiers import disk_type_of, edition_of, validate_tier
from tests.harness import deploy, rejected
from tests.unit.sound import CONFIG, hyperdrive
from tests.unit.test_cloud_sql_postgres import (
    CALLS,
    DATABASE,
    INSTANCE,
    OUTPUTS,
    USER,
    Given,
    cloud_sql,
    deployed,
    settings,
)

NETWORK = "projects/shop/global/networks/main"
KEY = "projects/shop/locations/europe-west3/keyRings/main/cryptoKeys/sql"


def instance(given: Given, **changes: Any) -> dict[str, Any]:
    """The inputs of the instance. ``given`` wraps each argument."""

    def program() -> None:
        cloud_sql(**{name: given(value) for name, value in changes.items()})

    found: dict[str, Any] = deployed(program).one(INSTANCE).inputs
    return found


# Protection.


def test_pulumi_replaces_and_deletes_no_part_of_a_protected_instance() -> None:
    run = deployed(lambda: cloud_sql() and None)
    assert {entry.type for entry in run.registrations if entry.wire.protect} == {INSTANCE, DATABASE, USER}
    open_run = deployed(lambda: cloud_sql(deletion_protection=False) and None)
    assert [entry.name for entry in open_run.registrations if entry.wire.protect] == []


def test_google_keeps_a_last_backup_and_the_other_ones_after_a_deletion() -> None:
    kept, dropped = settings(final_backup_days=90), settings(final_backup=False)
    assert (kept["finalBackupConfig"], kept["retainBackupsOnDelete"]) == ({"enabled": True, "retentionDays": 90}, True)
    assert settings()["finalBackupConfig"]["retentionDays"] == 30
    assert (dropped["finalBackupConfig"], dropped["retainBackupsOnDelete"]) == ({"enabled": False}, False)


# Tiers and disks.


@pytest.mark.parametrize(
    ("tier", "edition", "disk"),
    [
        ("db-f1-micro", "ENTERPRISE", "PD_SSD"),
        ("db-custom-2-7680", "ENTERPRISE", "PD_SSD"),
        ("db-custom-N4-2-8192", "ENTERPRISE", "HYPERDISK_BALANCED"),
        ("db-perf-optimized-N-2", "ENTERPRISE_PLUS", "PD_SSD"),
        ("db-memory-optimized-N-4", "ENTERPRISE_PLUS", "PD_SSD"),
        ("db-c4a-highmem-2", "ENTERPRISE_PLUS", "HYPERDISK_BALANCED"),
    ],
)
def test_a_tier_determines_the_edition_and_the_disk(tier: str, edition: str, disk: str) -> None:
    assert (edition_of(validate_tier(tier, subject="tier")), disk_type_of(tier)) == (edition, disk)


def test_the_disk_of_the_tier_is_sent(given: Given) -> None:
    assert instance(given, tier="db-c4a-highmem-2")["settings"]["diskType"] == "HYPERDISK_BALANCED"


def test_a_hyperdisk_has_at_least_20_gb(given: Given) -> None:
    with rejected("disk_size: must be at least 20 GB, got 10 GB"):
        instance(given, tier="db-c4a-highmem-2", disk_size=10)
    assert settings(disk_size=10)["diskSize"] == 10


@pytest.mark.parametrize(
    ("tier", "problem"),
    [
        ("custom-2-7680", "must be a machine type of Cloud SQL"),
        ("db-custom-2", "must have the form `db-custom-VCPUS-MEMORY`"),
        ("db-custom-3-11520", "must have 1 vCPU or an even number up to 96, got 3"),
        ("db-custom-98-102400", "got 98"),
        ("db-custom-1-3584", "must have a memory from 3840 to 6656 MiB"),
        ("db-custom-2-7700", "in steps of 256 MiB"),
        ("db-custom-2-13568", "must have a memory from 3840 to 13312 MiB"),
        ("db-custom-16-14592", "must have a memory from 14745 to"),
    ],
)
def test_a_tier_that_google_does_not_have_is_rejected(tier: str, problem: str) -> None:
    with rejected("CloudSqlPostgres `main`.tier: ", problem):
        settings(tier=tier)


def test_a_number_of_connections_below_the_minimum_is_rejected() -> None:
    with rejected("max_connections: must be at least 14, got 13"):
        settings(max_connections=13)


# Backups and maintenance.


def test_the_days_of_transaction_logs_are_always_sent(given: Given) -> None:
    assert settings()["backupConfiguration"]["transactionLogRetentionDays"] == 7
    backups = instance(given, tier="db-perf-optimized-N-2", transaction_log_days=14)["settings"]["backupConfiguration"]
    assert backups["transactionLogRetentionDays"] == 14
    assert backups["backupRetentionSettings"] == {"retainedBackups": 14}


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"retained_backups": 6}, "must be at least the number of days of transaction logs, which is 7, got 6"),
        ({"retained_backups": 366}, "retained_backups: must be from 1 to 365 backups, got 366"),
        ({"transaction_log_days": 8}, "transaction_log_days: must be from 1 to 7 days for this tier, got 8"),
        ({"final_backup": False, "final_backup_days": 30}, "final_backup_days: requires `final_backup`"),
        ({"final_backup_days": 366}, "final_backup_days: must be from 1 to 365 days"),
        ({"backup_start": "2:00"}, "backup_start: must be a time in UTC, got 2:00"),
        ({"maintenance_window": "sun:03:30"}, "maintenance_window: must be a day and a full hour in UTC"),
        ({"encryption_key_name": "sql"}, "encryption_key_name: must be the complete name of a key, got sql"),
    ],
)
def test_a_value_that_google_rejects_is_rejected(changes: dict[str, Any], problem: str) -> None:
    with rejected(problem):
        settings(**changes)


def test_fewer_backups_are_kept_with_fewer_days_of_transaction_logs() -> None:
    backups = settings(retained_backups=3, transaction_log_days=3)["backupConfiguration"]
    assert backups["backupRetentionSettings"] == {"retainedBackups": 3}


def test_the_times_of_backups_and_maintenance_are_sent(given: Given) -> None:
    found = instance(given, backup_start="02:00", maintenance_window="sun:03:00")["settings"]
    assert (found["backupConfiguration"]["startTime"], found["maintenanceWindow"]) == ("02:00", {"day": 7, "hour": 3})


# Encryption and restores.


def test_a_key_encrypts_the_disk(given: Given) -> None:
    assert instance(given, encryption_key_name=KEY)["encryptionKeyName"] == KEY


def test_an_instance_is_a_clone_of_another_one_at_a_time(given: Given) -> None:
    found = instance(given, restore_source="shop", restore_time="2026-11-30T09:45:00Z")
    assert found["clone"] == {"sourceInstanceName": "shop", "pointInTime": "2026-11-30T09:45:00Z"}


def test_an_instance_gets_the_data_of_a_backup(given: Given) -> None:
    found = instance(given, restore_source="shop", restore_backup_id=1732960000000)
    assert found["restoreBackupContext"] == {"instanceId": "shop", "backupRunId": 1732960000000}


def test_an_instance_with_restored_data_already_has_its_database() -> None:
    restored = {"restore_source": "shop", "restore_backup_id": 1}
    run = deployed(lambda: hyperdrive(origin=cloud_sql(**restored).origin) and None)
    assert run.all(DATABASE) == []
    assert {run.one(type_).urn for type_ in (INSTANCE, USER)} <= set(run.one(CONFIG).wire.dependencies)


def test_a_restore_never_overwrites_an_existing_instance() -> None:
    wire = deployed(lambda: cloud_sql() and None).one(INSTANCE).wire
    assert set(wire.replaceOnChanges) == {"clone", "restoreBackupContext"}


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"restore_source": "shop"}, "restore_source: must be set together with a point in time or with a backup"),
        ({"restore_time": "2026-11-30T09:45:00Z"}, "restore_source: must be set together"),
        (
            {"restore_source": "shop", "restore_time": "2026-11-30T09:45:00Z", "restore_backup_id": 1},
            "restore_time: cannot be combined with a backup",
        ),
        ({"restore_source": "shop", "restore_time": "latest"}, "restore_time: must be a time in UTC, got latest"),
        ({"restore_source": "shop", "restore_time": "2026-11-30T29:45:00Z"}, "restore_time: must be a time in UTC"),
    ],
)
def test_an_incomplete_restore_is_rejected(changes: dict[str, Any], problem: str) -> None:
    with rejected(problem):
        settings(**changes)


# Upgrades and private addresses.


def test_a_version_that_cloudflare_does_not_list_causes_a_warning(
    given: Given, caplog: pytest.LogCaptureFixture
) -> None:
    instance(given, postgres_version="18")
    assert "CloudSqlPostgres `main`.postgres_version: is 18, but Cloudflare lists versions up to 17" in caplog.text


def test_a_new_major_version_is_ignored_unless_an_upgrade_is_allowed() -> None:
    ignored = deployed(lambda: cloud_sql() and None).one(INSTANCE).wire.ignoreChanges
    allowed = deployed(lambda: cloud_sql(allow_major_version_upgrade=True) and None).one(INSTANCE).wire.ignoreChanges
    assert (list(ignored), list(allowed)) == (["settings.diskSize", "databaseVersion"], ["settings.diskSize"])


def test_an_instance_in_a_private_network_has_no_public_address(given: Given) -> None:
    found = instance(given, private_network=NETWORK)["settings"]["ipConfiguration"]
    assert found == {"ipv4Enabled": False, "sslMode": "ENCRYPTED_ONLY", "privateNetwork": NETWORK}


def test_a_private_instance_has_its_private_address_and_needs_a_route() -> None:
    addresses = {**OUTPUTS, INSTANCE: {"privateIpAddress": "10.8.0.3", "serverCaCerts": []}}

    def program() -> None:
        pulumi.export("host", cloud_sql(private_network=NETWORK).host)

    assert deploy(program, outputs=addresses, calls=CALLS).exports["host"].value == "10.8.0.3"
    with rejected("is private; Hyperdrive connects from the Internet and needs a network route"):
        deployed(lambda: hyperdrive(origin=cloud_sql(private_network=NETWORK).origin) and None, preview=True)


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"private_network": "main"}, "private_network: must be the complete name of a VPC network, got main"),
        (
            {"private_network": NETWORK, "authorized_networks": ["8.8.8.8/32"]},
            "private_network: cannot be combined with `authorized_networks`",
        ),
        (
            {"private_network": NETWORK, "open_to_the_internet": True},
            "private_network: cannot be combined with `open_to_the_internet`",
        ),
    ],
)
def test_a_private_network_that_google_or_the_instance_rejects_is_rejected(
    changes: dict[str, Any], problem: str
) -> None:
    with rejected(problem):
        settings(**changes)
