"""The tables of changes on the vendors' pages: each argument with the inputs that really change."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from edge_postgres.http.provider import ApiProvider
from edge_postgres.origins.cloud_sql.arguments import CloudSqlPostgresArgs
from edge_postgres.origins.neon.args import NeonPostgresArgs
from edge_postgres.origins.neon.providers import BranchProvider, DatabaseProvider, ProjectProvider, RoleProvider
from edge_postgres.origins.rds.arguments import RdsPostgresArgs
from tests.harness import Registration, Run
from tests.unit.test_cloud_sql_operations import KEY as GOOGLE_KEY
from tests.unit.test_cloud_sql_postgres import cloud_sql
from tests.unit.test_cloud_sql_postgres import deployed as deployed_cloud_sql
from tests.unit.test_neon_postgres import OWN_BRANCH
from tests.unit.test_neon_postgres import deployed as deployed_neon
from tests.unit.test_rds_operations import KEY as AWS_KEY
from tests.unit.test_rds_postgres import CAPACITY
from tests.unit.test_rds_postgres import deployed as deployed_rds

DOCS = Path(__file__).resolve().parents[2] / "docs/origins"
HEAD = "| Argument | Changed inputs | Effect of a change | Source |"

CHILD = {
    "aws:rds/instance:Instance": "instance",
    "aws:rds/cluster:Cluster": "cluster",
    "aws:rds/clusterInstance:ClusterInstance": "cluster_instances",
    "aws:rds/parameterGroup:ParameterGroup": "parameter_group",
    "aws:rds/clusterParameterGroup:ClusterParameterGroup": "parameter_group",
    "aws:rds/subnetGroup:SubnetGroup": "subnet_group",
    "aws:ec2/securityGroup:SecurityGroup": "security_group",
    "aws:vpc/securityGroupIngressRule:SecurityGroupIngressRule": "ingress_rules",
    "random:index/randomId:RandomId": "final_snapshot_id",
    "random:index/randomPassword:RandomPassword": "random_password",
    "gcp:sql/databaseInstance:DatabaseInstance": "instance",
    "gcp:sql/database:Database": "database_resource",
    "gcp:sql/user:User": "user_resource",
    "pulumi-python:dynamic/neon:Project": "branch",
    "pulumi-python:dynamic/neon:Branch": "branch",
    "pulumi-python:dynamic/neon:Role": "roles",
    "pulumi-python:dynamic/neon:Database": "database_resource",
}

Change = tuple[dict[str, Any], dict[str, Any]]
"""The arguments before a change, and those that the change sets."""

SOURCE, TIME = {"restore_source": "shop"}, "2026-11-30T09:45:00Z"
MANAGED = {"managed_password": True, "rotation_sync": "job"}

RDS: dict[str, Change] = {
    "engine_version": ({}, {"engine_version": "18.1"}),
    "allow_major_version_upgrade": ({}, {"allow_major_version_upgrade": True}),
    "apply_immediately": ({}, {"apply_immediately": True}),
    "vpc_id": ({}, {"vpc_id": "vpc-0b"}),
    "subnet_ids": ({}, {"subnet_ids": ["subnet-0a", "subnet-0c"]}),
    "multi_az": ({}, {"multi_az": True}),
    "identifier": ({}, {"identifier": "orders"}),
    "database": ({}, {"database": "orders"}),
    "user": ({}, {"user": "orders"}),
    "password": ({}, {"password": "another-password-1"}),
    "managed_password": ({}, MANAGED),
    "rotation_sync": (MANAGED, {"rotation_sync": "another job"}),
    "public": ({}, {"public": False}),
    "ingress_ranges": ({}, {"ingress_ranges": ["192.0.2.0/24"]}),
    "ingress_prefix_list_id": ({}, {"ingress_prefix_list_id": "pl-0a"}),
    "open_to_the_internet": ({}, {"open_to_the_internet": True}),
    "additional_ranges": ({}, {"additional_ranges": ["192.0.2.0/24"]}),
    "security_group_ids": ({}, {"security_group_ids": ["sg-0b"]}),
    "backup_days": ({}, {"backup_days": 14}),
    "backup_window": ({}, {"backup_window": "02:00-02:30"}),
    "maintenance_window": ({}, {"maintenance_window": "sun:03:00-sun:03:30"}),
    "deletion_protection": ({}, {"deletion_protection": False}),
    "final_snapshot": ({}, {"final_snapshot": False}),
    "kms_key_arn": ({}, {"kms_key_arn": AWS_KEY}),
    "restore_snapshot": ({}, {"restore_snapshot": "shop-final"}),
    "restore_source": ({**SOURCE, "restore_time": TIME}, {"restore_source": "orders"}),
    "restore_time": ({**SOURCE, "restore_time": TIME}, {"restore_time": "latest"}),
    "ca_identifier": ({}, {"ca_identifier": "rds-ca-rsa4096-g1"}),
    "region": ({}, {"region": "eu-west-1"}),
    "tags": ({}, {"tags": {"team": "shop"}}),
    "max_connections": ({}, {"max_connections": 100}),
    "reserved_connections": ({}, {"reserved_connections": 10}),
}
INSTANCE: dict[str, Change] = {
    "instance_class": ({}, {"instance_class": "db.t4g.large"}),
    "allocated_storage": ({}, {"allocated_storage": 400}),
    "max_allocated_storage": ({}, {"max_allocated_storage": 200}),
    "iops": ({"allocated_storage": 400}, {"iops": 16000}),
    "storage_throughput": ({"allocated_storage": 400}, {"storage_throughput": 600}),
}
AURORA: dict[str, Change] = {
    "min_capacity": (CAPACITY, {"min_capacity": 1}),
    "max_capacity": (CAPACITY, {"max_capacity": 8}),
}
CLOUD_SQL: dict[str, Change] = {
    "region": ({}, {"region": "europe-west4"}),
    "tier": ({}, {"tier": "db-custom-4-15360"}),
    "database": ({}, {"database": "orders"}),
    "user": ({}, {"user": "orders"}),
    "password": ({}, {"password": "another-password"}),
    "postgres_version": ({}, {"postgres_version": "18"}),
    "allow_major_version_upgrade": ({}, {"allow_major_version_upgrade": True}),
    "private_network": ({}, {"private_network": "projects/shop/global/networks/main"}),
    "disk_size": ({"disk_size": 20}, {"disk_size": 40}),
    "availability": ({}, {"availability": "regional"}),
    "additional_networks": ({}, {"additional_networks": ["8.8.8.8/32"]}),
    "authorized_networks": ({}, {"authorized_networks": ["8.8.8.8"]}),
    "open_to_the_internet": ({}, {"open_to_the_internet": True}),
    "max_connections": ({}, {"max_connections": 100}),
    "deletion_protection": ({}, {"deletion_protection": False}),
    "retained_backups": ({}, {"retained_backups": 14}),
    "transaction_log_days": ({}, {"transaction_log_days": 5}),
    "backup_start": ({}, {"backup_start": "02:00"}),
    "final_backup": ({}, {"final_backup": False}),
    "final_backup_days": ({}, {"final_backup_days": 90}),
    "maintenance_window": ({}, {"maintenance_window": "sun:03:00"}),
    "encryption_key_name": ({}, {"encryption_key_name": GOOGLE_KEY}),
    "restore_source": ({**SOURCE, "restore_time": TIME}, {"restore_source": "orders"}),
    "restore_time": ({**SOURCE, "restore_time": TIME}, {"restore_time": "2026-11-30T10:00:00Z"}),
    "restore_backup_id": ({**SOURCE, "restore_backup_id": 1}, {"restore_backup_id": 2}),
    "query_insights": ({}, {"query_insights": True}),
    "labels": ({}, {"labels": {"team": "shop"}}),
    "instance_name": ({}, {"instance_name": "orders"}),
    "project": ({}, {"project": "shop"}),
}
NEON_DATABASE = {**OWN_BRANCH, "create_database": True}
NEON: dict[str, list[Change]] = {
    "plan": [({}, {"plan": "launch"})],
    "region": [({}, {"region": "aws-us-east-1"})],
    "postgres_version": [({}, {"postgres_version": 16})],
    "organization": [({"organization": "org-one"}, {"organization": "org-two"})],
    "project_name": [({}, {"project_name": "orders"})],
    "history_retention_seconds": [({}, {"history_retention_seconds": 3600})],
    "project_id": [(OWN_BRANCH, {"project_id": "calm-sun-12345678"})],
    "branch": [({}, {"branch": "trunk"}), (OWN_BRANCH, {"branch": "qa"})],
    "parent": [({**OWN_BRANCH, "parent": "main"}, {"parent": "trunk"})],
    "protected": [({}, {"protected": True}), (OWN_BRANCH, {"protected": True})],
    "expires_after_seconds": [(OWN_BRANCH, {"expires_after_seconds": 86400})],
    "min_cu": [({}, {"min_cu": 0.5}), (OWN_BRANCH, {"min_cu": 0.5})],
    "max_cu": [({}, {"max_cu": 2}), (OWN_BRANCH, {"max_cu": 2})],
    "suspend_after_seconds": [({}, {"suspend_after_seconds": -1}), (OWN_BRANCH, {"suspend_after_seconds": 600})],
    "database": [({}, {"database": "orders"}), (NEON_DATABASE, {"database": "orders"})],
    "create_database": [(OWN_BRANCH, {"create_database": True})],
    "user": [({}, {"user": "orders"}), (NEON_DATABASE, {"user": "orders"})],
    "active_slot": [({"active_slot": "a"}, {"active_slot": "b"})],
    "max_connections": [({}, {"max_connections": 100})],
    "reserved_connections": [({}, {"reserved_connections": 10})],
    "api": [({"api": {"api_key": "one"}}, {"api": {"api_key": "two"}})],
}
NEON_PROVIDERS: dict[str, tuple[type[ApiProvider], ...]] = {
    "branch": (ProjectProvider, BranchProvider),
    "roles": (RoleProvider,),
    "database_resource": (DatabaseProvider,),
}


@dataclass(frozen=True)
class Row:
    changed: frozenset[str]
    effect: str


def table_of(page: str) -> dict[str, Row]:
    """The rows of the table of changes of a page, by argument."""
    lines = (DOCS / page).read_text().partition(HEAD)[2].split("\n\n")[0].splitlines()[2:]
    cells = [[cell.strip() for cell in line.strip("|").split(" | ")] for line in lines]
    return {
        name.strip("`"): Row(frozenset(re.findall(r"`([^`]+)`", changed)), effect) for name, changed, effect, _ in cells
    }


def flat(entry: Registration) -> dict[str, Any]:
    """The inputs of a resource by their name, and those of `settings` by their path."""
    inputs = dict(entry.inputs)
    settings = inputs.pop("settings", {})
    return {**inputs, **{f"settings.{name}": value for name, value in settings.items()}}


def difference(before: Run, after: Run) -> set[str]:
    """The inputs that differ as `child.input`, and each child that only one of the runs has."""
    old, new = ({entry.name: entry for entry in run.registrations if entry.type in CHILD} for run in (before, after))
    found = {CHILD[(old.get(name) or new[name]).type] for name in old.keys() ^ new.keys()}
    for name in old.keys() & new.keys():
        first, second = flat(old[name]), flat(new[name])
        changed = {key for key in first.keys() | second.keys() if first.get(key) != second.get(key)}
        found |= {f"{CHILD[old[name].type]}.{key}" for key in changed}
    return found


def protected_children(run: Run) -> set[str]:
    return {CHILD[entry.type] for entry in run.registrations if entry.wire.protect}


def cloud_sql_run(**changes: Any) -> Run:
    return deployed_cloud_sql(lambda: cloud_sql(**changes) and None)


def changes_of(deploy: Callable[..., Run], change: Change, kind: Mapping[str, Any]) -> set[str]:
    before, after = change
    return difference(deploy(**{**kind, **before}), deploy(**{**kind, **before, **after}))


@pytest.mark.parametrize("argument", [*RDS, *INSTANCE, *AURORA])
def test_an_argument_of_rds_changes_the_inputs_of_its_row(argument: str) -> None:
    both = argument in RDS
    change = {**RDS, **INSTANCE, **AURORA}[argument]
    kinds: list[dict[str, Any]] = [{}, CAPACITY] if both else [{}]
    found = set[str]().union(*(changes_of(deployed_rds, change, kind) for kind in kinds))
    assert found == table_of("rds.md")[argument].changed


@pytest.mark.parametrize("argument", CLOUD_SQL)
def test_an_argument_of_cloud_sql_changes_the_inputs_of_its_row(argument: str) -> None:
    assert changes_of(cloud_sql_run, CLOUD_SQL[argument], {}) == table_of("cloud-sql.md")[argument].changed


@pytest.mark.parametrize("argument", NEON)
def test_an_argument_of_neon_changes_the_inputs_of_its_row(argument: str) -> None:
    found = set[str]().union(*(changes_of(deployed_neon, change, {}) for change in NEON[argument]))
    assert found == table_of("neon.md")[argument].changed


@pytest.mark.parametrize("argument", NEON)
def test_a_row_of_neon_shows_whether_the_provider_replaces_the_object(argument: str) -> None:
    row = table_of("neon.md")[argument]
    replacing = {
        f"{child}.{name}"
        for child, providers in NEON_PROVIDERS.items()
        for provider in providers
        for name in provider.replace_on_changes
        if f"{child}.{name}" in row.changed
    }
    assert row.effect.startswith("replacement") == bool(replacing)


@pytest.mark.parametrize("page", ["rds.md", "cloud-sql.md"])
def test_a_change_that_is_rejected_concerns_a_protected_resource(page: str) -> None:
    runs = [cloud_sql_run()] if page == "cloud-sql.md" else [deployed_rds(), deployed_rds(**CAPACITY)]
    protected = set[str]().union(*map(protected_children, runs))
    rejected = {name: row for name, row in table_of(page).items() if row.effect.startswith("rejected")}
    assert len(rejected) > 5
    unprotected = [
        name for name, row in rejected.items() if not {each.partition(".")[0] for each in row.changed} & protected
    ]
    assert unprotected == []


@pytest.mark.parametrize(
    ("page", "arguments", "changes"),
    [
        ("rds.md", RdsPostgresArgs, {**RDS, **INSTANCE, **AURORA}),
        ("cloud-sql.md", CloudSqlPostgresArgs, CLOUD_SQL),
        ("neon.md", NeonPostgresArgs, NEON),
    ],
)
def test_every_argument_has_a_row_and_a_change(page: str, arguments: Any, changes: Mapping[str, object]) -> None:
    assert set(table_of(page)) == set(arguments.__annotations__)
    assert {*changes, "transform"} == set(arguments.__annotations__)
