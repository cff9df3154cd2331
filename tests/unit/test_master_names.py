"""The group role of a rotation: the administrators of every vendor are rejected before anything is created."""

from pathlib import Path
from typing import Any

import pytest

from tests.unit import database_entries as entries
from tests.unit.test_settings import load, only_fault, root, stack_file

__all__ = ["root"]

ADMIN = {"adminUser": "creator", "adminPasswordSecret": "databases.main.password"}
HYPERDRIVE = {"connectionLimit": 20, "caching": "none"}
RDS = {**entries.RDS, "network": {**entries.RDS["network"], "additionalRanges": ["203.0.113.7/32"]}}
AURORA = {**{key: value for key, value in RDS.items() if key != "instanceClass"}, "capacity": {"min": 0.5, "max": 8}}
CLOUD_SQL = {**entries.CLOUD_SQL, "additionalNetworks": ["8.8.8.8/32"]}
SUPABASE = {
    "provider": "supabase",
    "projectRef": "abcdefghijklmnopqrst",
    "user": "worker",
    "passwordSecret": "databases.main.password",
    "computeSize": "small",
}
EXISTING = {
    "provider": "existing",
    "host": "db.example.com",
    "database": "app",
    "user": "worker",
    "passwordSecret": "databases.main.password",
    "maxConnections": 100,
}
NEON_BY_HOST = {**EXISTING, "host": "ep-cool-name-12345678.eu-central-1.aws.neon.tech", "database": "neondb"}


def rotating(database: dict[str, Any], **credentials: Any) -> dict[str, Any]:
    """A stack file with a database whose password rotates."""
    given = {"activeSlot": "a", **credentials}
    secrets = {"databases": {"main": {"password": "s3cret-of-the-role"}}}
    return stack_file(databases={"main": {**database, "hyperdrive": HYPERDRIVE, "credentials": given}}, secrets=secrets)


@pytest.mark.parametrize("master", ["app", "postgres", "root", "dbadmin"])
@pytest.mark.parametrize("server", [RDS, AURORA], ids=["rds", "aurora"])
def test_the_master_of_rds_is_rejected(server: dict[str, Any], master: str, root: Path) -> None:
    file = rotating({**server, "user": master}, ownerRole=master)
    assert f"got {master}" in only_fault(root, "databases.main.credentials.ownerRole", file)
    load(root, rotating({**server, "user": master}))


@pytest.mark.parametrize(
    ("database", "role"),
    [
        (RDS, "rdsadmin"),
        (RDS, "rds_superuser"),
        (RDS, "postgres"),
        (AURORA, "rds_superuser"),
        (CLOUD_SQL, "worker"),
        (CLOUD_SQL, "postgres"),
        (CLOUD_SQL, "cloudsqlsuperuser"),
        (CLOUD_SQL, "cloudsqladmin"),
        ({**SUPABASE, "credentials": ADMIN}, "postgres"),
        ({**SUPABASE, "credentials": ADMIN}, "supabase_admin"),
        ({**EXISTING, "credentials": ADMIN}, "creator"),
        ({**EXISTING, "credentials": ADMIN}, "postgres"),
        ({**EXISTING, "credentials": ADMIN}, "azure_pg_admin"),
        ({**EXISTING, "credentials": ADMIN}, "alloydbsuperuser"),
        ({**NEON_BY_HOST, "credentials": ADMIN}, "neon_superuser"),
        ({**NEON_BY_HOST, "credentials": ADMIN}, "cloud_admin"),
    ],
    ids=lambda value: value if isinstance(value, str) else str(value["provider"]),
)
def test_an_administrator_of_the_vendor_is_rejected(database: dict[str, Any], role: str, root: Path) -> None:
    settings = {key: value for key, value in database.items() if key != "credentials"}
    file = rotating(settings, ownerRole=role, **database.get("credentials", {}))
    assert f"got {role}" in only_fault(root, "databases.main.credentials.ownerRole", file)


@pytest.mark.parametrize("user", ["neondb_owner", "postgres"])
def test_the_administrator_is_not_the_default_group_of_an_existing_database(user: str, root: Path) -> None:
    file = rotating({**NEON_BY_HOST, "user": user}, adminUser=user, adminPasswordSecret=ADMIN["adminPasswordSecret"])
    assert f"got {user}" in only_fault(root, "databases.main.credentials.ownerRole", file)
