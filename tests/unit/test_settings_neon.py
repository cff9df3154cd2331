"""Settings of a database at Neon: accepted values, errors, and the arguments of the component."""

from pathlib import Path
from typing import Any

import pytest
import yaml

from edge_postgres import stack as settings
from edge_postgres.stack.origins.neon import PATHS, NeonDatabase
from tests.harness import deploy
from tests.unit.sound import changed
from tests.unit.test_settings import faults, load, only_fault, root, stack_file

__all__ = ["root"]

EXAMPLES = Path(__file__).parents[2] / "examples"
MAIN = "databases.main"
EXISTING = {"existing": "quiet-term-12345678"}


def database(**changes: Any) -> dict[str, Any]:
    """A stack file with a database in a new project; ``changes`` are settings of the database."""
    entry = {
        "provider": "neon",
        "project": {"region": "aws-eu-central-1"},
        "hyperdrive": {"connectionLimit": 20, "caching": "none"},
    }
    return stack_file(databases__main=changed(entry, changes))


def on_a_branch(**changes: Any) -> dict[str, Any]:
    """A stack file with a branch in an existing project; ``changes`` are settings of the branch."""
    return database(project=EXISTING, branch={"name": "dev", **changes})


def loaded(root: Path, file: dict[str, Any], stack: str = "dev") -> NeonDatabase:
    found = load(root, file, stack=stack)[0].databases["main"]
    assert isinstance(found, NeonDatabase)
    return found


def arguments(root: Path, file: dict[str, Any], stack: str = "dev") -> dict[str, Any]:
    """The arguments of the component."""
    args = loaded(root, file, stack).args()
    return {key: value for key, value in args.items() if value is not None}


def limit(connections: int) -> dict[str, Any]:
    return {"connectionLimit": connections, "caching": "none"}


# Arguments of the component.


def test_a_new_project_has_the_default_name_of_the_component(root: Path) -> None:
    assert arguments(root, database()) == {"region": "aws-eu-central-1"}


def test_every_setting_is_passed_on(root: Path) -> None:
    file = database(
        plan="scale",
        project={
            "region": "aws-us-east-1",
            "postgresVersion": 16,
            "organization": "org-one",
            "name": "shop",
            "historyRetention": "2d",
        },
        branch={"name": "trunk", "protected": True},
        compute={"min": 0.5, "max": 4, "suspendAfter": "10m"},
        database="orders",
        user="worker",
        maxConnections=150,
        reservedConnections=10,
    )
    assert arguments(root, file) == {
        "plan": "scale",
        "region": "aws-us-east-1",
        "postgres_version": 16,
        "organization": "org-one",
        "project_name": "shop",
        "branch": "trunk",
        "protected": True,
        "min_cu": 0.5,
        "max_cu": 4,
        "suspend_after_seconds": 600,
        "history_retention_seconds": 172800,
        "database": "orders",
        "user": "worker",
        "max_connections": 150,
        "reserved_connections": 10,
    }


def test_a_branch_of_an_existing_project_is_passed_on_without_a_project_name(root: Path) -> None:
    file = on_a_branch(parent="main", expiresAfter="7d")
    assert arguments(root, {**file}) == {
        "project_id": "quiet-term-12345678",
        "branch": "dev",
        "parent": "main",
        "expires_after_seconds": 604800,
    }


def test_every_argument_of_the_component_has_a_setting() -> None:
    from edge_postgres.origins.neon.args import NeonPostgresArgs

    # `credentials` has the slot, as for every other provider.
    assert {*PATHS, "active_slot"} == set(NeonPostgresArgs.__annotations__)


def test_the_component_is_neon_postgres(root: Path) -> None:
    def program() -> None:
        stack, context = settings.load(root)
        stack.databases["main"].create("main", context)

    run = deploy(program, config=database(), secret_keys=["secrets"], preview=True)
    assert run.one("edge-postgres:index:NeonPostgres").name == "main"


def test_a_branch_can_have_the_name_of_its_stack(root: Path) -> None:
    assert arguments(root, on_a_branch(name="preview/${stack}"), stack="dev")["branch"] == "preview/dev"


@pytest.mark.parametrize(("written", "seconds"), [("90s", 90), ("30m", 1800), ("12h", 43200), ("7d", 604800)])
def test_a_time_is_written_with_its_unit(root: Path, written: str, seconds: int) -> None:
    assert arguments(root, on_a_branch(expiresAfter=written))["expires_after_seconds"] == seconds


def test_suspension_of_a_compute_can_be_disabled(root: Path) -> None:
    assert arguments(root, database(compute={"suspendAfter": "never"}))["suspend_after_seconds"] == -1


def test_a_database_can_be_created_on_a_branch(root: Path) -> None:
    file = on_a_branch()
    file["databases"]["main"] |= {"database": "orders", "createDatabase": True}
    assert arguments(root, file)["create_database"] is True


# Number of connections.


@pytest.mark.parametrize(
    ("compute", "most"), [({}, 104), ({"min": 0.25, "max": 8}, 839), ({"max": 1}, 419), ({"min": 1}, 419)]
)
def test_the_compute_determines_the_connections(root: Path, compute: dict[str, Any], most: int) -> None:
    assert loaded(root, database(compute=compute)).connections() == (most, 7)


def test_a_limit_above_that_of_the_compute_is_rejected(root: Path) -> None:
    path = f"{MAIN}.hyperdrive.connectionLimit"
    assert only_fault(root, path, database(hyperdrive=limit(98)))
    loaded(root, database(compute={"min": 1}, hyperdrive=limit(98)))


def test_an_explicit_number_of_connections_overrides_the_compute(root: Path) -> None:
    assert loaded(root, database(maxConnections=450)).connections() == (450, 7)
    assert loaded(root, database(reservedConnections=4)).connections() == (104, 4)


def test_the_connections_of_a_default_branch_are_unknown_before_deployment(root: Path) -> None:
    assert loaded(root, database(project=EXISTING, hyperdrive=limit(400))).connections() == (None, None)
    assert loaded(root, database(project=EXISTING, maxConnections=209)).connections() == (209, 7)


# Errors.


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("region", "aws-us-east-1"),
        ("postgresVersion", 17),
        ("organization", "org-1"),
        ("name", "shop"),
        ("historyRetention", "1d"),
    ],
)
def test_settings_of_a_new_and_an_existing_project_together_is_rejected(root: Path, key: str, value: Any) -> None:
    found = only_fault(root, f"{MAIN}.project.{key}", database(project={**EXISTING, key: value}))
    assert "cannot be combined with `project.existing`" in found


def test_a_project_without_region_and_id_is_rejected(root: Path) -> None:
    found = only_fault(root, f"{MAIN}.project.region", database(project={}))
    assert "`aws-eu-central-1`, or set `project.existing` to an existing project" in found


def test_a_missing_project_is_rejected(root: Path) -> None:
    assert faults(root, database(project=...)) == {f"{MAIN}.project": "is required. Set it."}


@pytest.mark.parametrize(("key", "value"), [("parent", "main"), ("expiresAfter", "7d")])
def test_parent_and_expiry_are_rejected_for_a_new_project(root: Path, key: str, value: str) -> None:
    found = only_fault(root, f"{MAIN}.branch.{key}", database(branch={key: value}))
    assert "requires `project.existing`" in found


def test_a_database_of_a_new_project_is_created_with_it(root: Path) -> None:
    assert "requires `project.existing`" in only_fault(root, f"{MAIN}.createDatabase", database(createDatabase=True))


@pytest.mark.parametrize(
    ("part", "key", "value"),
    [
        ("branch", "parent", "main"),
        ("branch", "protected", True),
        ("branch", "expiresAfter", "7d"),
        ("compute", "min", 1),
        ("compute", "max", 1),
        ("compute", "suspendAfter", "10m"),
    ],
)
def test_settings_of_a_default_branch_are_rejected(root: Path, part: str, key: str, value: Any) -> None:
    found = only_fault(root, f"{MAIN}.{part}.{key}", database(project=EXISTING, **{part: {key: value}}))
    assert "requires `branch.name`" in found


def test_a_protected_branch_that_expires_is_rejected(root: Path) -> None:
    file = on_a_branch(protected=True, expiresAfter="7d")
    assert "does not let a protected branch expire" in only_fault(root, f"{MAIN}.branch.protected", file)


def test_a_lower_bound_above_the_upper_one_is_rejected(root: Path) -> None:
    found = only_fault(root, f"{MAIN}.compute.min", database(compute={"min": 2, "max": 1}))
    assert found == "must be at most `max`, which is 1, got 2. Set `max` to 2 or more, or lower the minimum."


def test_a_compute_below_the_smallest_is_rejected(root: Path) -> None:
    assert "must be at least 0.25, got 0.1 (Neon's smallest compute)" in only_fault(
        root, f"{MAIN}.compute.min", database(compute={"min": 0.1})
    )


@pytest.mark.parametrize("written", [7, "7", "7 days", "1w", "-1d", "1.5h", ""])
def test_a_time_without_a_unit_is_rejected(root: Path, written: Any) -> None:
    found = only_fault(root, f"{MAIN}.branch.expiresAfter", on_a_branch(expiresAfter=written))
    shown = "no value" if written == "" else written
    assert found.startswith(f"must be an integer with a unit, got {shown}. Set a duration such as `90s`, `30m`")


def test_a_branch_that_expires_at_once_is_rejected(root: Path) -> None:
    assert "must be more than 0 s, got 0 s" in only_fault(
        root, f"{MAIN}.branch.expiresAfter", on_a_branch(expiresAfter="0d")
    )


def test_never_is_rejected_as_a_lifetime(root: Path) -> None:
    assert "must be an integer with a unit, got never." in only_fault(
        root, f"{MAIN}.branch.expiresAfter", on_a_branch(expiresAfter="never")
    )


@pytest.mark.parametrize("written", ["17", 17.5])
def test_an_invalid_version_is_rejected(root: Path, written: Any) -> None:
    file = database(project={"region": "aws-eu-central-1", "postgresVersion": written})
    assert f"must be an integer, got {written}." in only_fault(root, f"{MAIN}.project.postgresVersion", file)


@pytest.mark.parametrize("version", [13, 20])
def test_a_version_that_neon_does_not_offer_is_rejected(root: Path, version: int) -> None:
    file = database(project={"region": "aws-eu-central-1", "postgresVersion": version})
    assert f"must be from 14 to 19 (Neon's versions of Postgres), got {version}" in only_fault(
        root, f"{MAIN}.project.postgresVersion", file
    )


def test_a_name_of_a_project_or_a_branch_that_is_too_long_is_rejected(root: Path) -> None:
    project = database(project={"region": "aws-eu-central-1", "name": "x" * 257})
    assert "must have 1 to 256 characters, got 257" in only_fault(root, f"{MAIN}.project.name", project)
    branch = on_a_branch(name="x" * 257)
    assert "must have 1 to 256 characters, got 257" in only_fault(root, f"{MAIN}.branch.name", branch)


def test_a_role_name_leaves_room_for_the_suffix_of_its_slot(root: Path) -> None:
    found = only_fault(root, f"{MAIN}.user", database(user="x" * 62, credentials={"activeSlot": "a"}))
    assert "must have a user name of 1 to 61 bytes, got 62" in found
    loaded(root, database(user="x" * 61, credentials={"activeSlot": "a"}))
    loaded(root, database(user="x" * 63))


def test_the_owner_of_the_database_is_rejected_as_a_role(root: Path) -> None:
    found = only_fault(root, f"{MAIN}.user", database(database="orders", user="orders_owner"))
    assert "must differ from orders_owner" in found
    loaded(root, database(project=EXISTING, branch={"name": "dev"}, database="orders", user="orders_owner"))


def test_a_long_role_name_is_rejected(root: Path) -> None:
    assert "bytes, got 64" in only_fault(root, f"{MAIN}.user", database(user="x" * 64))


@pytest.mark.parametrize(
    ("part", "settings"), [("project", "`name`, `organization`"), ("branch", "`name`, `parent`"), ("compute", "`min`")]
)
def test_an_unknown_setting_is_rejected_with_the_known_settings(root: Path, part: str, settings: str) -> None:
    project = {"region": "aws-eu-central-1"}
    file = database(**{"project": project, part: {**(project if part == "project" else {}), "size": "x"}})
    assert settings in only_fault(root, f"{MAIN}.{part}.size", file)


def test_all_errors_are_reported_at_once(root: Path) -> None:
    file = database(
        project={"region": "aws-eu-central-1", "postgresVersion": "17"},
        branch={"expiresAfter": "x"},
        compute={"min": 2, "max": 1},
    )
    found = faults(root, file)
    assert set(found) == {f"{MAIN}.project.postgresVersion", f"{MAIN}.branch.expiresAfter", f"{MAIN}.compute.min"}


@pytest.mark.parametrize(
    ("path", "value", "message"),
    [
        ("plan", "pro", "must be 'free', 'launch' or 'scale', got pro"),
        ("project", {"region": "azure-gwc"}, "must be one of `aws-us-east-1`"),
        ("compute", {"max": 60}, "must be at most 56 on the plan `scale`, got 60"),
        ("compute", {"max": 9}, "must be at most 8 above the smallest size"),
        ("compute", {"suspendAfter": "30s"}, "must be 60 s to 604800 s (7 days) or never, got 30 s"),
        ("compute", {"suspendAfter": "30d"}, "got 2592000 s"),
        ("user", "pg_app", "must not begin with `pg`"),
        ("database", "template1", "must not be `postgres`"),
    ],
)
def test_a_value_that_neon_does_not_offer_is_rejected(root: Path, path: str, value: Any, message: str) -> None:
    place = f"{MAIN}.{path}{''.join(f'.{key}' for key in value) if isinstance(value, dict) else ''}"
    assert message in only_fault(root, place, database(**{path: value}))


@pytest.mark.parametrize(("plan", "history"), [("scale", "31d"), ("launch", "8d"), ("free", "7h")])
def test_a_history_that_the_plan_does_not_include_is_rejected(root: Path, plan: str, history: str) -> None:
    file = database(plan=plan, project={"region": "aws-eu-central-1", "historyRetention": history})
    assert " s " in only_fault(root, f"{MAIN}.project.historyRetention", file)


def test_an_expiry_above_neons_maximum_is_rejected(root: Path) -> None:
    found = only_fault(root, f"{MAIN}.branch.expiresAfter", on_a_branch(expiresAfter="31d"))
    assert "must be at most 2592000 s (30 days)" in found


@pytest.mark.parametrize(
    ("plan", "part", "key", "value"),
    [
        ("free", "compute", "max", 4),
        ("free", "compute", "suspendAfter", "never"),
        ("free", "branch", "protected", True),
        ("launch", "compute", "min", 18),
        ("launch", "compute", "suspendAfter", "10m"),
    ],
)
def test_a_value_that_the_plan_does_not_include_is_rejected(
    root: Path, plan: str, part: str, key: str, value: Any
) -> None:
    found = only_fault(root, f"{MAIN}.{part}.{key}", database(plan=plan, **{part: {key: value}}))
    assert f"on the plan `{plan}`" in found
    loaded(root, database(**{part: {key: value}}))


def test_all_errors_of_a_compute_are_reported_at_once(root: Path) -> None:
    file = database(plan="free", compute={"max": 4, "suspendAfter": "never"}, branch={"protected": True})
    paths = {"compute.max", "compute.suspendAfter", "branch.protected"}
    assert set(faults(root, file)) == {f"{MAIN}.{path}" for path in paths}


# The examples.


@pytest.mark.parametrize(
    ("name", "stack", "expected"),
    [
        (
            "neon",
            "dev",
            {
                "region": "aws-eu-central-1",
                "postgres_version": 17,
                "branch": "dev",
                "min_cu": 0.25,
                "max_cu": 1,
            },
        ),
        (
            "neon-preview",
            "pr-123",
            {
                "project_id": "quiet-term-12345678",
                "branch": "pr-123",
                "parent": "main",
                "expires_after_seconds": 604800,
            },
        ),
    ],
)
def test_an_example_has_the_expected_values(root: Path, name: str, stack: str, expected: dict[str, Any]) -> None:
    config = yaml.safe_load((EXAMPLES / f"{name}.yaml").read_text())["config"]
    file = {key.removeprefix("edge-postgres:"): value for key, value in config.items()}
    for worker in file["workers"].values():
        worker["bundle"] = "worker.js"
    assert arguments(root, {**stack_file(), **file}, stack=stack) == expected
