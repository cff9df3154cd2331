"""Placement near the host of a database that accepts no probes of Cloudflare."""

from pathlib import Path
from typing import Any

import pytest

from edge_postgres import stack as settings
from edge_postgres.stack.workers.probes import find_databases_without_probes, reject_host_without_probes
from tests.harness import deploy, rejected
from tests.unit.sound import origin
from tests.unit.test_settings import only_fault, parts, root, stack_file
from tests.unit.test_settings_cloud_sql import cloud_sql
from tests.unit.test_settings_rds import network
from tests.unit.test_settings_route import rds as private_rds
from tests.unit.test_settings_route import vpc

__all__ = ["root"]

SUBJECT = "workers.api.placement.host"


@pytest.mark.parametrize(
    ("file", "closed"),
    [
        (network(), True),
        (network(openToTheInternet=True), False),
        (network(prefixListId="pl-0a"), False),
        (private_rds(), True),
        (vpc(), True),
        (cloud_sql(), True),
        (cloud_sql(authorizedNetworks=["34.90.0.0/16"]), False),
        (cloud_sql(openToTheInternet=True), False),
        (stack_file(databases__main=parts(host="db.example.com")), False),
    ],
)
def test_a_private_database_and_one_for_the_ranges_of_cloudflare_only_accept_no_probes(
    root: Path, file: dict[str, Any], closed: bool
) -> None:
    def program() -> Any:
        loaded, context = settings.load(root)
        assert context.databases_without_probes == find_databases_without_probes(loaded.databases)
        return context.databases_without_probes

    found = deploy(program, config=file, secret_keys=["secrets"]).result
    assert found == (frozenset({"main"}) if closed else frozenset())


def test_the_host_of_such_a_database_is_rejected() -> None:
    origins = {"main": origin(), "other": origin(host="other.example.com")}
    with rejected(f"{SUBJECT}: must not be the host of the database `main`", "Set `region` to the region"):
        reject_host_without_probes("DB.example.com:5432", origins, {"main", "other"}, subject=SUBJECT)
    host = "db.example.com:5432"
    assert reject_host_without_probes(host, origins, {"other"}, subject=SUBJECT) == host
    assert reject_host_without_probes(host, origins, set(), subject=SUBJECT) == host


def test_a_stack_file_with_the_host_of_such_a_database_is_rejected(root: Path) -> None:
    file = vpc()
    file["workers"]["api"]["placement"] = {"host": "db.internal.example.com:5432"}
    file["databases"]["main"]["host"] = "db.internal.example.com"

    assert "must not be the host of the database `main`" in only_fault(root, SUBJECT, file)
