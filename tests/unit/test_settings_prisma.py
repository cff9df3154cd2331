"""Settings of a database at Prisma: accepted values, errors, and the arguments of the component."""

from pathlib import Path
from typing import Any

import pytest

from edge_postgres import stack as settings
from edge_postgres.stack.origins.prisma import PrismaDatabase
from tests.harness import deploy
from tests.unit.test_settings import faults, load, only_fault, root, stack_file

__all__ = ["root"]


def database(**changes: Any) -> dict[str, Any]:
    """A stack file with a database at Prisma; ``changes`` are settings of the database."""
    entry = {
        "provider": "prisma",
        "region": "eu-central-1",
        "plan": "starter",
        "hyperdrive": {"connectionLimit": 5, "caching": "none"},
        **changes,
    }
    return stack_file(databases__main={key: value for key, value in entry.items() if value is not ...})


def connection_limit(root: Path, **changes: Any) -> Any:
    hyperdrive = loaded(root, **changes).hyperdrive
    assert hyperdrive is not None
    return hyperdrive.connection_limit


def loaded(root: Path, **changes: Any) -> PrismaDatabase:
    found = load(root, database(**changes))[0].databases["main"]
    assert isinstance(found, PrismaDatabase)
    return found


def arguments(root: Path, **changes: Any) -> dict[str, Any]:
    """The arguments of the component."""
    return {key: value for key, value in loaded(root, **changes).args().items() if value is not None}


def limit(connections: int) -> dict[str, Any]:
    return {"connectionLimit": connections, "caching": "none"}


# Arguments of the component.


def test_a_project_and_a_database_have_the_default_names_of_the_component(root: Path) -> None:
    assert arguments(root) == {"region": "eu-central-1", "plan": "starter"}


def test_custom_names_are_kept(root: Path) -> None:
    given = arguments(root, project={"name": "shop"}, databaseName="orders")
    assert (given["project_name"], given["database_name"]) == ("shop", "orders")


def test_an_existing_project_is_used_without_a_project_name(root: Path) -> None:
    given = arguments(root, project={"existing": "proj_1"})
    assert (given["project_id"], "project_name" in given) == ("proj_1", False)


def test_an_explicit_number_of_connections_is_passed_on(root: Path) -> None:
    assert arguments(root, maxConnections=60)["max_connections"] == 60


def test_the_component_is_prisma_postgres(root: Path) -> None:
    def program() -> None:
        stack, context = settings.load(root)
        stack.databases["main"].create("main", context)

    file = database()
    run = deploy(program, config=file, secret_keys=["secrets"], preview=True)
    assert run.one("edge-postgres:index:PrismaPostgres").name == "main"


# The plan bounds the limit.


LIMIT = "databases.main.hyperdrive.connectionLimit"


@pytest.mark.parametrize(("plan", "fits"), [("free", 5), ("starter", 5), ("pro", 40), ("business", 85)])
def test_a_limit_that_fits_the_plan_is_accepted(plan: str, fits: int, root: Path) -> None:
    assert connection_limit(root, plan=plan, hyperdrive=limit(fits)) == fits


@pytest.mark.parametrize(("plan", "most"), [("free", 10), ("starter", 10), ("pro", 50), ("business", 100)])
def test_a_limit_that_needs_connections_that_prisma_reserves_is_rejected(plan: str, most: int, root: Path) -> None:
    complaint = only_fault(root, LIMIT, database(plan=plan, hyperdrive=limit(most - 4)))
    assert complaint.startswith("needs ")


def test_a_limit_above_the_connections_of_a_small_plan_is_rejected(root: Path) -> None:
    complaint = only_fault(root, LIMIT, database(plan="starter", hyperdrive=limit(6)))
    assert complaint.startswith("needs 1 more connection than the database has available.")


def test_an_explicit_number_of_connections_overrides_the_plans(root: Path) -> None:
    assert connection_limit(root, maxConnections=60, hyperdrive=limit(45)) == 45
    assert only_fault(root, LIMIT, database(maxConnections=60, hyperdrive=limit(56))).startswith("needs ")


# Errors.


@pytest.mark.parametrize("setting", ["region", "plan"])
def test_region_and_plan_are_required(setting: str, root: Path) -> None:
    assert only_fault(root, f"databases.main.{setting}", database(**{setting: ...})) == "is required. Set it."


def test_a_plan_that_prisma_does_not_have_is_rejected(root: Path) -> None:
    complaint = only_fault(root, "databases.main.plan", database(plan="gold"))
    assert complaint == "must be 'free', 'starter', 'pro' or 'business', got gold. Set one of them."


@pytest.mark.parametrize("region", ["inherit", "Frankfurt"])
def test_an_invalid_region_is_rejected(region: str, root: Path) -> None:
    complaint = only_fault(root, "databases.main.region", database(region=region))
    assert complaint == f"must be a region of Prisma, got {region}. Set a region such as `eu-central-1`."


def test_a_name_for_an_existing_project_is_rejected(root: Path) -> None:
    project = {"existing": "proj_1", "name": "shop"}
    complaint = only_fault(root, "databases.main.project.name", database(project=project))
    assert complaint.startswith("cannot be combined with `existing`")


def test_an_unknown_setting_is_rejected_with_a_suggestion(root: Path) -> None:
    assert "Did you mean `databaseName`?" in only_fault(root, "databases.main.dataBaseName", database(dataBaseName="x"))
    assert "`existing`, `name`" in only_fault(root, "databases.main.project.id", database(project={"id": "proj_1"}))


def test_a_negative_number_of_connections_is_rejected(root: Path) -> None:
    assert "databases.main.maxConnections" in faults(root, database(maxConnections=-1))


def test_all_errors_are_reported_at_once(root: Path) -> None:
    file = database(region="Frankfurt", plan="gold", databaseName=1)
    assert list(faults(root, file)) == [
        "databases.main.databaseName",
        "databases.main.plan",
        "databases.main.region",
    ]
