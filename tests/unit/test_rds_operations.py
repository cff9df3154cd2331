"""`RdsPostgres` in operation: protection, upgrades, storage, time ranges, encryption and restores."""

from typing import Any

import pytest

from tests.harness import MAIN, deploy, rejected
from tests.unit.test_rds_postgres import (
    CALLS,
    CAPACITY,
    CLUSTER,
    CLUSTER_PARAMETERS,
    GROUP,
    INSTANCE,
    MACHINE,
    OUTPUTS,
    PARAMETERS,
    SUFFIX,
    Given,
    deployed,
    rds,
)

SUBNETS = "aws:rds/subnetGroup:SubnetGroup"
KEY = "arn:aws:kms:eu-central-1:111122223333:key/0a1b2c3d-0000-4000-8000-000000000000"
KINDS = pytest.mark.parametrize("kind", [{}, CAPACITY], ids=["instance", "aurora"])


def server(kind: dict[str, Any], **changes: Any) -> dict[str, Any]:
    """The inputs of the server."""
    return deployed(**kind, **changes).one(CLUSTER if kind else INSTANCE).inputs


# Versions.


@KINDS
def test_a_version_that_cloudflare_does_not_list_causes_a_warning(
    kind: dict[str, Any], given: Given, caplog: pytest.LogCaptureFixture
) -> None:
    deployed(given=given, **kind, engine_version="18.1")
    assert "RdsPostgres `main`.engine_version: is 18, but Cloudflare lists versions up to 17" in caplog.text


# Protection.


@pytest.mark.parametrize("kind", [{}, {**CAPACITY, "multi_az": True}], ids=["instance", "aurora"])
def test_pulumi_replaces_and_deletes_nothing_that_a_protected_server_needs(kind: dict[str, Any]) -> None:
    servers = {CLUSTER, MACHINE} if kind else {INSTANCE}
    run = deployed(**kind)
    assert {entry.type for entry in run.registrations if entry.wire.protect} == {*servers, SUBNETS, GROUP}
    assert [entry.name for entry in run.all(MACHINE) if not entry.wire.protect] == []
    open_run = deployed(**kind, deletion_protection=False)
    assert [entry.name for entry in open_run.registrations if entry.wire.protect] == []


@KINDS
def test_the_parameter_group_before_an_upgrade_is_kept_until_the_protection_ends(kind: dict[str, Any]) -> None:
    group = CLUSTER_PARAMETERS if kind else PARAMETERS
    assert deployed(**kind).one(group).wire.retainOnDelete is True
    assert deployed(**kind, deletion_protection=False).one(group).wire.retainOnDelete is False


def test_each_server_has_another_name_of_its_final_snapshot() -> None:
    run = deployed(region="eu-west-1")
    assert run.one(INSTANCE).inputs["finalSnapshotIdentifier"] == f"{MAIN}-final-0a1b2c3d"
    assert run.one(SUFFIX).inputs["keepers"] == {
        "identifier": MAIN, "database": "app", "user": "app", "region": "eu-west-1"
    }  # fmt: skip
    assert deployed(final_snapshot=False).all(SUFFIX) == []


# Versions and changes.


@KINDS
def test_a_change_waits_for_the_maintenance_window_unless_it_is_applied_immediately(kind: dict[str, Any]) -> None:
    assert server(kind)["applyImmediately"] is False
    run = deployed(**kind, apply_immediately=True)
    types = (CLUSTER, MACHINE) if kind else (INSTANCE,)
    assert [entry.inputs["applyImmediately"] for type_ in types for entry in run.all(type_)] == [True] * len(types)


@KINDS
def test_a_major_upgrade_ends_during_the_deployment(kind: dict[str, Any]) -> None:
    found = server(kind, allow_major_version_upgrade=True)
    assert (found["allowMajorVersionUpgrade"], found["applyImmediately"]) == (True, True)
    assert "allowMajorVersionUpgrade" not in server(kind)


def test_a_major_upgrade_that_waits_is_rejected() -> None:
    with rejected("`main`.apply_immediately: cannot be false together with `allow_major_version_upgrade`"):
        deployed(allow_major_version_upgrade=True, apply_immediately=False)


def test_a_cluster_has_the_minor_upgrades_of_its_instances() -> None:
    run = deployed(**CAPACITY, engine_version="17")
    assert [run.one(type_).inputs["autoMinorVersionUpgrade"] for type_ in (CLUSTER, MACHINE)] == [True, True]


# Storage.


def test_storage_from_400_gib_on_is_sent_with_its_performance(given: Given) -> None:
    small, large = (deployed(given=given, allocated_storage=gib).one(INSTANCE).inputs for gib in (399, 400))
    assert ("iops" in small, "storageThroughput" in small) == (False, False)
    assert (large["iops"], large["storageThroughput"]) == (12000, 500)
    explicit = deployed(given=given, allocated_storage=400, iops=16000, storage_throughput=4000).one(INSTANCE).inputs
    assert (explicit["iops"], explicit["storageThroughput"]) == (16000, 4000)


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"iops": 12000}, "iops: requires at least 400 GiB of allocated storage, got 20 GiB"),
        ({"storage_throughput": 500}, "storage_throughput: requires at least 400 GiB of allocated storage"),
        ({"allocated_storage": 400, "iops": 11999}, "iops: must be from 12000 to 64000"),
        ({"allocated_storage": 400, "storage_throughput": 4001}, "storage_throughput: must be from 500 to 4000 MiB/s"),
        ({"allocated_storage": 400, "storage_throughput": 3001}, "must be at most a quarter of the I/O operations"),
        ({**CAPACITY, "iops": 12000}, "iops: cannot be combined with a capacity"),
    ],
)
def test_a_performance_that_rds_rejects_is_rejected(changes: dict[str, Any], problem: str) -> None:
    with rejected(problem):
        deployed(**changes)


# Time ranges.


@KINDS
def test_the_time_ranges_of_backups_and_maintenance_are_sent(kind: dict[str, Any], given: Given) -> None:
    windows = {"backup_window": "02:00-02:30", "maintenance_window": "sun:03:00-sun:03:30"}
    run = deployed(**kind, given=given, **windows)
    found = run.one(CLUSTER if kind else INSTANCE).inputs
    backup, maintenance = ("preferredBackupWindow", "preferredMaintenanceWindow") if kind else (
        "backupWindow", "maintenanceWindow"
    )  # fmt: skip
    assert (found[backup], found[maintenance]) == tuple(windows.values())
    if kind:
        machine = run.one(MACHINE).inputs
        assert (machine["preferredMaintenanceWindow"], "preferredBackupWindow" in machine) == (
            found[maintenance],
            False,
        )


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"backup_window": "2:00-2:30"}, "backup_window: must be a daily time range in UTC, got 2:00-2:30"),
        ({"backup_window": "23:45-00:10"}, "must have a length from 30 minutes to 24 hours, got 25 minutes"),
        ({"maintenance_window": "Sun:03:00-Sun:03:30"}, "must be a weekly time range in UTC and in lower case"),
        ({"maintenance_window": "sun:03:00-sun:03:20"}, "got 20 minutes"),
        ({"maintenance_window": "sun:03:00-tue:03:00"}, "got 2880 minutes"),
        (
            {"maintenance_window": "sun:23:45-mon:00:30", "backup_window": "00:00-00:30"},
            "maintenance_window: overlaps with the backup at 00:00-00:30",
        ),
    ],
)
def test_a_time_range_that_rds_rejects_is_rejected(changes: dict[str, Any], problem: str) -> None:
    with rejected(problem):
        deployed(**changes)


def test_a_backup_may_end_when_the_maintenance_starts() -> None:
    assert deployed(maintenance_window="sun:23:30-mon:00:30", backup_window="00:30-01:00").one(INSTANCE)


# Encryption and restores.


@KINDS
def test_a_key_encrypts_the_storage(kind: dict[str, Any], given: Given) -> None:
    assert deployed(**kind, given=given, kms_key_arn=KEY).one(CLUSTER if kind else INSTANCE).inputs["kmsKeyId"] == KEY
    with rejected("kms_key_arn: must be the ARN of a KMS key, got alias/shop"):
        deployed(**kind, kms_key_arn="alias/shop")


@KINDS
def test_a_server_gets_the_data_of_a_snapshot(kind: dict[str, Any], given: Given) -> None:
    found = deployed(**kind, given=given, restore_snapshot="shop-final").one(CLUSTER if kind else INSTANCE).inputs
    assert found["snapshotIdentifier"] == "shop-final"


@KINDS
@pytest.mark.parametrize("time", ["latest", "2026-11-30T09:45:00Z"])
def test_a_server_gets_the_data_of_another_one_at_a_time(kind: dict[str, Any], time: str, given: Given) -> None:
    run = deployed(**kind, given=given, restore_source="shop", restore_time=time)
    source, at = ("sourceClusterIdentifier", "restoreToTime") if kind else ("sourceDbInstanceIdentifier", "restoreTime")
    chosen = {"useLatestRestorableTime": True} if time == "latest" else {at: time}
    assert run.one(CLUSTER if kind else INSTANCE).inputs["restoreToPointInTime"] == {source: "shop", **chosen}


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        (
            {"restore_snapshot": "a", "restore_source": "b", "restore_time": "latest"},
            "cannot be combined with a source",
        ),
        ({"restore_source": "b"}, "restore_source: has a source and no time"),
        ({"restore_time": "latest"}, "has a time and no source"),
        ({"restore_source": "b", "restore_time": "yesterday"}, "must be `latest` or a time in UTC, got yesterday"),
        ({"restore_source": "b", "restore_time": "2026-19-01T09:45:00Z"}, "must be `latest` or a time in UTC"),
        ({"restore_source": "b", "restore_time": "2026-02-30T09:45:00Z"}, "must be `latest` or a time in UTC"),
    ],
)
def test_an_incomplete_restore_is_rejected(changes: dict[str, Any], problem: str) -> None:
    with rejected(problem):
        deployed(**changes)


# Names.


@pytest.mark.parametrize("length", [55, 56])
def test_an_aurora_cluster_leaves_room_for_the_names_of_its_instances(length: int) -> None:
    assert deployed(identifier="x" * 63).one(INSTANCE)
    if length <= 55:
        assert deployed(**CAPACITY, identifier="x" * length).one(CLUSTER)
        return
    with rejected("must have at most 55 characters for Aurora", "-standby, got 56"):
        deployed(**CAPACITY, identifier="x" * length)


@pytest.mark.parametrize(
    ("argument", "name"),
    [("database", "admin"), ("database", "template1"), ("database", "user"), ("user", "user"), ("user", "select")],
)
def test_a_name_that_rds_reserves_is_rejected(argument: str, name: str) -> None:
    with rejected(f"`main`.{argument}: cannot be {name}, which RDS reserves"):
        deployed(**{argument: name})


def test_a_snapshot_has_a_name_without_answers_of_the_mocks() -> None:
    outputs = {key: value for key, value in OUTPUTS.items() if key != SUFFIX}
    assert deploy(lambda: rds() and None, outputs=outputs, calls=CALLS).one(INSTANCE)
