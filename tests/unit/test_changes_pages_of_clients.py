"""The tables of changes of Prisma, Supabase, existing databases and RDS Proxy: each argument with its changed inputs.

`SupabasePostgres` and `ExistingPostgres` create no resources, so that their rows show the inputs of a Hyperdrive
configuration that uses the origin.
"""

from collections.abc import Callable, Mapping
from typing import Any

import pytest

from edge_postgres.origins.existing.component import ExistingPostgresArgs
from edge_postgres.origins.prisma.component import PrismaPostgresArgs
from edge_postgres.origins.rds.proxy import RdsProxyArgs
from edge_postgres.origins.supabase.component import SupabasePostgresArgs
from tests.harness import Run, deploy
from tests.unit.sound import CONFIG, PASSWORD, existing, hyperdrive
from tests.unit.test_changes_pages import Change, table_of
from tests.unit.test_prisma_postgres import CONNECTION, DATABASE, OUTPUTS, PROJECT, prisma
from tests.unit.test_rds_proxy import EGRESS, INGRESS, POLICY, PROXY, ROLE, SECRET, TARGET, TARGETS, VERSION
from tests.unit.test_rds_proxy import deployed as proxy_run
from tests.unit.test_supabase_postgres import supabase

GROUP = "aws:ec2/securityGroup:SecurityGroup"
CHILD = {
    PROJECT: "project",
    DATABASE: "database_resource",
    CONNECTION: "connections",
    CONFIG: "hyperdrive",
    PROXY: "proxy",
    TARGETS: "target_group",
    TARGET: "target",
    SECRET: "secret",
    VERSION: "secret_version",
    ROLE: "role",
    POLICY: "role_policy",
    GROUP: "security_group",
    EGRESS: "egress_rule",
    INGRESS: "ingress_rule",
}
NESTED = ("origin", "mtls")
"""Inputs whose fields the rows name one by one."""
COMPUTED = {"__provider", *OUTPUTS}
CERTIFICATE = {"sslmode": "verify-full", "ca_certificate_id": "0b1f1d9d-5d7b-4b0b-9f7e-2f3b1a6c9c12"}
SOURCE = {"source_database_id": "db_1"}
PARTS = {"host": "db.example.com", "database": "app", "user": "app", "password": PASSWORD}
TUNNEL = {**PARTS, "access_client_id": "token.access", "access_client_secret": "token-secret"}
SERVICE = {"database": "app", "user": "app", "password": PASSWORD, "service_id": "service"}

PRISMA: dict[str, Change] = {
    "region": ({}, {"region": "us-east-1"}),
    "plan": ({}, {"plan": "pro"}),
    "project_id": ({}, {"project_id": "proj_1"}),
    "project_name": ({}, {"project_name": "shop"}),
    "database_name": ({}, {"database_name": "shop"}),
    "connection_name": ({}, {"connection_name": "edge"}),
    "consumers": ({}, {"consumers": {"direct": "direct"}}),
    "active_slot": ({"active_slot": "a"}, {"active_slot": "b"}),
    "source_database_id": (SOURCE, {"source_database_id": "db_2"}),
    "source_backup_id": ({**SOURCE, "source_backup_id": "bkp_1"}, {"source_backup_id": "bkp_2"}),
    "max_connections": ({}, {"max_connections": 60}),
    "api": ({}, {"api": {"service_token": "prsc_Wm4tRb8nLc6pXe2s"}}),
}
SUPABASE: dict[str, Change] = {
    "project_ref": ({}, {"project_ref": "bcdefghijklmnopqrstu"}),
    "user": ({}, {"user": "other"}),
    "password": ({}, {"password": "another-password"}),
    "database": ({}, {"database": "shop"}),
    "compute_size": ({"compute_size": "small"}, {"compute_size": "large"}),
    "max_connections": ({}, {"max_connections": 120}),
    "reserved_connections": ({"max_connections": 120}, {"reserved_connections": 30}),
    "sslmode": (CERTIFICATE, {"sslmode": "verify-ca"}),
    "ca_certificate_id": (CERTIFICATE, {"ca_certificate_id": "1b1f1d9d-5d7b-4b0b-9f7e-2f3b1a6c9c12"}),
}
EXISTING: dict[str, Change] = {
    "url": (
        {"url": f"postgres://app:{PASSWORD}@db.example.com:5432/app"},
        {"url": "postgres://other:another-password@db.example.org:5433/shop"},
    ),
    "host": (PARTS, {"host": "db.example.org"}),
    "port": (PARTS, {"port": 5433}),
    "database": (PARTS, {"database": "shop"}),
    "user": (PARTS, {"user": "other"}),
    "password": (PARTS, {"password": "another-password"}),
    "sslmode": ({**PARTS, **CERTIFICATE}, {"sslmode": "verify-ca"}),
    "ca_certificate_id": (
        {**PARTS, **CERTIFICATE},
        {"ca_certificate_id": "1b1f1d9d-5d7b-4b0b-9f7e-2f3b1a6c9c12"},
    ),
    "password_rotates": (PARTS, {"password_rotates": True, "rotation_sync": "nightly"}),
    "rotation_sync": ({**PARTS, "password_rotates": True, "rotation_sync": "nightly"}, {"rotation_sync": "hourly"}),
    "max_connections": (PARTS, {"max_connections": 100}),
    "reserved_connections": ({**PARTS, "max_connections": 100}, {"reserved_connections": 5}),
    "endpoint": (PARTS, {"endpoint": "direct"}),
    "access_client_id": (TUNNEL, {"access_client_id": "other.access"}),
    "access_client_secret": (TUNNEL, {"access_client_secret": "another-secret"}),
    "service_id": (SERVICE, {"service_id": "other"}),
}
RDS_PROXY: dict[str, Change] = {
    "vpc_id": ({}, {"vpc_id": "vpc-0b"}),
    "subnet_ids": ({}, {"subnet_ids": ["subnet-0a", "subnet-0c"]}),
    "database_security_group_id": ({}, {"database_security_group_id": "sg-other"}),
    "user": ({}, {"user": "other"}),
    "password": ({}, {"password": "another-password"}),
    "database": ({}, {"database": "shop"}),
    "instance_identifier": ({}, {"instance_identifier": "orders"}),
    "cluster_identifier": ({}, {"instance_identifier": ..., "cluster_identifier": "shop"}),
    "proxy_name": ({}, {"proxy_name": "orders"}),
    "region": ({}, {"region": "eu-west-1"}),
    "tags": ({}, {"tags": {"team": "shop"}}),
}


def prisma_run(**args: Any) -> Run:
    return deploy(lambda: prisma(**args) and None, outputs={CONNECTION: OUTPUTS})


def supabase_run(**args: Any) -> Run:
    return deploy(lambda: hyperdrive(origin=supabase(**args).origin) and None)


def existing_run(**args: Any) -> Run:
    return deploy(lambda: hyperdrive(origin=existing(**args).origin) and None)


def flat(inputs: Mapping[str, Any]) -> dict[str, Any]:
    """The inputs by their path, without those that the resource computes."""
    plain = {key: value for key, value in inputs.items() if key not in {*COMPUTED, *NESTED}}
    fields = {f"{key}.{name}": value for key in NESTED for name, value in inputs.get(key, {}).items()}
    return {**plain, **fields}


def difference(before: Run, after: Run) -> set[str]:
    """The inputs that differ as `child.input`, and each child that only one of the runs has."""
    old, new = ({entry.name: entry for entry in run.registrations if entry.type in CHILD} for run in (before, after))
    found = {CHILD[(old.get(name) or new[name]).type] for name in old.keys() ^ new.keys()}
    for name in old.keys() & new.keys():
        first, second = flat(old[name].inputs), flat(new[name].inputs)
        changed = {key for key in first.keys() | second.keys() if first.get(key) != second.get(key)}
        found |= {f"{CHILD[old[name].type]}.{key}" for key in changed}
    return found


PAGES: dict[str, tuple[Any, dict[str, Change], Callable[..., Run]]] = {
    "prisma.md": (PrismaPostgresArgs, PRISMA, prisma_run),
    "supabase.md": (SupabasePostgresArgs, SUPABASE, supabase_run),
    "existing.md": (ExistingPostgresArgs, EXISTING, existing_run),
    "rds-proxy.md": (RdsProxyArgs, RDS_PROXY, proxy_run),
}


@pytest.mark.parametrize(("page", "argument"), [(page, name) for page in PAGES for name in PAGES[page][1]])
def test_an_argument_changes_the_inputs_of_its_row(page: str, argument: str) -> None:
    _, changes, run = PAGES[page]
    before, after = changes[argument]
    assert difference(run(**before), run(**{**before, **after})) == table_of(page)[argument].changed


@pytest.mark.parametrize("page", PAGES)
def test_every_argument_has_a_row_and_a_change(page: str) -> None:
    arguments, changes, _ = PAGES[page]
    assert set(table_of(page)) == set(arguments.__annotations__)
    assert set(changes) == set(arguments.__annotations__) - {"transform"}


def test_a_rejected_change_at_prisma_replaces_the_database() -> None:
    """The provider replaces a database for another value of each of these inputs, and for no other input."""
    from edge_postgres.origins.prisma.providers import DatabaseProvider

    rejected = {name: row for name, row in table_of("prisma.md").items() if row.effect.startswith("rejected")}
    replacing = {f"database_resource.{name}" for name in DatabaseProvider.replace_on_changes}
    assert {each for row in rejected.values() for each in row.changed} - {"project"} == replacing
