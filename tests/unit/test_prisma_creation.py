"""Projects, databases and connections at Prisma are created once, even if responses are lost."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import httpx
import pytest

from edge_postgres.http.errors import AlreadyExists, AmbiguousOutcome, ApiError
from edge_postgres.origins.prisma import api as prisma_api
from edge_postgres.origins.prisma import databases as prisma_databases
from edge_postgres.origins.prisma.providers import ConnectionProvider, DatabaseProvider, ProjectProvider
from tests.unit.prisma_workspace import (
    CONNECTION,
    PROJECT,
    SECRET,
    Done,
    Workspace,
    configured,
    database_inputs,
    failed_after,
    lost_after,
    lost_before,
    status,
    workspace_behind,
)


@pytest.fixture
def workspace(monkeypatch: pytest.MonkeyPatch) -> Iterator[Workspace]:
    with workspace_behind(monkeypatch) as found:
        yield found


# Creation of a project.


def test_a_project_is_created_without_a_database_and_with_a_logical_id(workspace: Workspace) -> None:
    created = configured(ProjectProvider).create(PROJECT)
    assert (created.id, created.outs) == ("proj_1", {"name": "main"})
    assert workspace.bodies == [{"name": "main", "createDatabase": False, "logicalId": "main"}]


@pytest.mark.parametrize("failure", [lost_before, lost_after, failed_after, status(502), status(503), status(429)])
@pytest.mark.parametrize(
    ("kind", "provider", "inputs"),
    [
        ("projects", ProjectProvider, PROJECT),
        ("databases", DatabaseProvider, database_inputs()),
        ("connections", ConnectionProvider, CONNECTION),
    ],
)
def test_one_object_is_created_if_responses_are_lost(
    kind: str, provider: Any, inputs: Any, failure: Any, workspace: Workspace
) -> None:
    workspace.fail("POST", f"/v1/{kind}", failure, failure)
    created = configured(provider).create(inputs)
    assert list(workspace.kept[kind]) == [created.id]
    assert workspace.faults == [] or kind != "connections"


@pytest.mark.parametrize("kind", ["projects", "databases", "connections"])
def test_a_list_is_read_again_after_an_error(kind: str, workspace: Workspace) -> None:
    workspace.fail("GET", f"/v1/{kind}", status(500), lost_before, status(429), status(504))
    provider, inputs = {
        "projects": (ProjectProvider, PROJECT),
        "databases": (DatabaseProvider, database_inputs()),
        "connections": (ConnectionProvider, CONNECTION),
    }[kind]
    configured(provider).create(inputs)
    assert len(workspace.kept[kind]) == 1


def test_a_project_without_any_response_is_an_error(workspace: Workspace) -> None:
    workspace.fail("POST", "/v1/projects", *[lost_before] * 9)
    with pytest.raises(AmbiguousOutcome, match="did not confirm POST /v1/projects"):
        configured(ProjectProvider).create(PROJECT)


@pytest.mark.parametrize("kind", ["projects", "databases"])
def test_an_object_of_an_interrupted_creation_is_adopted(kind: str, workspace: Workspace) -> None:
    if kind == "projects":
        id_ = workspace.put(kind, logicalId="main", age=timedelta(minutes=50))
        created = configured(ProjectProvider).create(PROJECT)
    else:
        id_ = workspace.put(
            kind, logicalId="main-eu-central-1", projectId="proj_9", status="ready", age=timedelta(minutes=50)
        )
        created = configured(DatabaseProvider).create(database_inputs())
    assert created.id == id_
    assert workspace.bodies == []


def test_an_adopted_object_is_not_deleted_as_the_object_that_it_replaces(workspace: Workspace) -> None:
    id_ = workspace.put("projects", logicalId="main")
    provider = configured(ProjectProvider)
    provider.create(PROJECT)
    provider.delete(id_, PROJECT)
    assert list(workspace.kept["projects"]) == [id_]


def test_an_older_project_is_not_adopted(workspace: Workspace) -> None:
    workspace.put("projects", logicalId="main", age=timedelta(minutes=70))
    with pytest.raises(AlreadyExists, match=r"project main already exists.*another name.*the `logicalId` main"):
        configured(ProjectProvider).create(PROJECT)


def test_a_project_of_the_same_name_without_the_logical_id_is_not_adopted(workspace: Workspace) -> None:
    workspace.put("projects", name="main", logicalId=None)
    configured(ProjectProvider).create(PROJECT)
    assert len(workspace.kept["projects"]) == 2


def test_a_project_that_was_renamed_is_not_adopted(workspace: Workspace) -> None:
    workspace.put("projects", name="renamed", logicalId="main")
    with pytest.raises(ApiError, match="returned 409 for POST /v1/projects"):
        configured(ProjectProvider).create(PROJECT)


def test_a_project_that_appears_after_the_lookup_is_adopted(workspace: Workspace) -> None:
    def taken(_do: Any) -> httpx.Response:
        workspace.put("projects", logicalId="main")
        return httpx.Response(409, json={"error": {"code": "logicalIdTaken", "message": "taken"}})

    workspace.fail("POST", "/v1/projects", taken)
    assert configured(ProjectProvider).create(PROJECT).id == "proj_1"


def test_a_conflict_with_an_invisible_project_is_an_error(workspace: Workspace) -> None:
    workspace.fail("POST", "/v1/projects", status(409, "logicalIdTaken", "taken"))
    with pytest.raises(ApiError, match="returned 409 for POST /v1/projects: logicalIdTaken, taken"):
        configured(ProjectProvider).create(PROJECT)


def test_a_connection_is_found_on_a_later_page(workspace: Workspace) -> None:
    workspace.page = 1
    for number in range(3):
        workspace.put("connections", name=f"other-{number}", databaseId="db_9")
    workspace.put("connections", name="hyperdrive", databaseId="db_9")
    configured(ConnectionProvider).create(CONNECTION)
    assert workspace.names("connections") == ["other-0", "other-1", "other-2", "hyperdrive"]


@pytest.mark.parametrize(
    "limit_error",
    [
        status(403, "planLimitReached", "Workspace plan limit reached."),
        status(400, "plan_limit_reached"),
        status(402, "", "Database quota exceeded for your plan"),
    ],
)
def test_a_plan_limit_is_reported_in_one_message(limit_error: Any, workspace: Workspace) -> None:
    workspace.fail("POST", "/v1/databases", limit_error)
    with pytest.raises(ApiError, match=r"^The plan of the Prisma workspace does not allow another database"):
        configured(DatabaseProvider).create(database_inputs())


def test_another_error_keeps_its_message(workspace: Workspace) -> None:
    workspace.fail("POST", "/v1/databases", status(400, "validationFailed", "name: too long"))
    with pytest.raises(ApiError, match="returned 400 for POST /v1/databases: validationFailed, name: too long"):
        configured(DatabaseProvider).create(database_inputs())


def test_a_rate_limit_is_not_a_plan_limit() -> None:
    assert not prisma_api.is_plan_limit(
        ApiError("", status=429, code="rateLimitReached", message="Rate limit reached.")
    )


# Creation of a database.


def test_a_creation_waits_until_the_database_is_ready(workspace: Workspace) -> None:
    workspace.looks_until_ready = 4
    created = configured(DatabaseProvider).create(database_inputs())
    assert workspace.kept["databases"][created.id]["status"] == "ready"
    assert workspace.bodies == [
        {"projectId": "proj_9", "name": "main", "region": "eu-central-1", "isDefault": False,
         "logicalId": "main-eu-central-1"}
    ]  # fmt: skip
    assert created.outs == {"project_id": "proj_9", "name": "main", "region": "eu-central-1"}


@pytest.mark.parametrize(
    ("source", "sent"),
    [
        ({"source_database_id": "db_1"}, {"type": "database", "databaseId": "db_1"}),
        (
            {"source_database_id": "db_1", "source_backup_id": "b"},
            {"type": "backup", "databaseId": "db_1", "backupId": "b"},
        ),
    ],
)
def test_a_database_can_be_a_copy(source: Any, sent: Any, workspace: Workspace) -> None:
    configured(DatabaseProvider).create(database_inputs(**source))
    assert workspace.bodies[0]["source"] == sent


def test_a_database_that_cannot_be_provisioned_is_deleted(workspace: Workspace) -> None:
    workspace.ends_as = "failure"
    with pytest.raises(ApiError, match="database main could not be provisioned and was deleted"):
        configured(DatabaseProvider).create(database_inputs())
    assert workspace.kept["databases"] == {}


def test_a_failed_database_of_an_interrupted_creation_is_deleted(workspace: Workspace) -> None:
    workspace.put("databases", logicalId="main-eu-central-1", projectId="proj_9", status="failure")
    with pytest.raises(ApiError, match="could not be provisioned"):
        configured(DatabaseProvider).create(database_inputs())
    assert workspace.kept["databases"] == {}


def test_waiting_for_a_database_ends_and_the_next_attempt_continues(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    workspace.looks_until_ready = 3
    monkeypatch.setattr(prisma_databases, "READY_DEADLINE_SECONDS", 0)
    with pytest.raises(ApiError, match="Provisioning of Prisma's database main took longer than 0 s"):
        configured(DatabaseProvider).create(database_inputs())
    monkeypatch.setattr(prisma_databases, "READY_DEADLINE_SECONDS", 60)
    assert [configured(DatabaseProvider).create(database_inputs()).id] == list(workspace.kept["databases"])


def test_a_database_that_is_deleted_during_provisioning_is_an_error(workspace: Workspace) -> None:
    workspace.fail("GET", "/v1/databases/.+", status(404))
    with pytest.raises(ApiError, match="was deleted while Prisma provisioned it"):
        configured(DatabaseProvider).create(database_inputs())


def test_the_same_name_in_another_region_is_another_database(workspace: Workspace) -> None:
    workspace.put("databases", logicalId="main-us-east-1", projectId="proj_9", status="ready")
    configured(DatabaseProvider).create(database_inputs())
    assert len(workspace.kept["databases"]) == 2


# Creation of a connection.


def test_a_connection_has_address_and_credentials(workspace: Workspace) -> None:
    created = configured(ConnectionProvider).create(CONNECTION)
    assert created.outs == {
        "database_id": "db_9", "name": "hyperdrive", "host": "db.prisma.io", "port": 5432, "database": "postgres",
        "user": "consumer", "password": SECRET, "pooled_host": "pooled.db.prisma.io", "pooled_port": 5432,
    }  # fmt: skip


def direct(string: str) -> Callable[[dict[str, Any]], dict[str, Any]]:
    return lambda answer: {**answer, "endpoints": {"direct": {"host": "h", "port": 1, "connectionString": string}}}


def parts(**changes: Any) -> Callable[[dict[str, Any]], dict[str, Any]]:
    return lambda answer: {**answer, "endpoints": {}, **changes}


OLD = {"host": "db.prisma.io", "user": "consumer", "pass": SECRET}


@pytest.mark.parametrize(
    ("answer_of", "expected"),
    [
        (direct(f"postgres://u:{SECRET}@127.0.0.1:6001/?sslmode=require"), ("127.0.0.1", 6001, "postgres")),
        (direct(f"postgres://u:{SECRET}@db.prisma.io/?sslmode=require"), ("db.prisma.io", 5432, "postgres")),
        (direct(f"postgres://u:{SECRET}@db.prisma.io:5432/shop"), ("db.prisma.io", 5432, "shop")),
        (parts(directConnection=OLD), ("db.prisma.io", 5432, "postgres")),
        (parts(**OLD), ("db.prisma.io", 5432, "postgres")),
        (parts(**{**OLD, "host": "127.0.0.1:6001"}), ("127.0.0.1", 6001, "postgres")),
        (
            parts(endpoints={"direct": {"host": "127.0.0.1", "port": 6002}}, **{**OLD, "host": "127.0.0.1"}),
            ("127.0.0.1", 6002, "postgres"),
        ),
    ],
)
def test_credentials_come_from_the_direct_string_or_the_deprecated_fields(
    answer_of: Any, expected: Any, workspace: Workspace
) -> None:
    workspace.render_answer = answer_of
    outs = configured(ConnectionProvider).create(CONNECTION).outs or {}
    assert (outs["host"], outs["port"], outs["database"]) == expected
    assert outs["password"] == SECRET


@pytest.mark.parametrize(
    ("answer_of", "problem"),
    [
        (
            direct(f"prisma+postgres://accelerate.prisma-data.net/?api_key={SECRET}"),
            "only Prisma's own client.*2026-12-01",
        ),
        (
            parts(kind="accelerate", host=None, user=None),
            "kind is accelerate. Use a Prisma Postgres database.*Hosted Accelerate, on 2026-12-01",
        ),
        (parts(**{**OLD, "host": "accelerate.prisma-data.net"}), "retires on 2026-12-01.*host db.prisma.io"),
        (
            direct(f"postgres://u:{SECRET}@pooled.db.prisma.io:5432/"),
            "pooled endpoint.*Use the direct endpoint db.prisma.io:5432",
        ),
        (direct(f"postgres://u:{SECRET}#x@db.prisma.io/"), "endpoints.direct.connectionString: has an unencoded `#`"),
        (parts(), "returned no direct credentials"),
    ],
)
def test_a_connection_without_a_direct_endpoint_is_rejected_and_deleted(
    answer_of: Any, problem: str, workspace: Workspace
) -> None:
    workspace.render_answer = answer_of
    with pytest.raises(ApiError, match=problem) as error:
        configured(ConnectionProvider).create(CONNECTION)
    assert SECRET not in str(error.value)
    assert workspace.kept["connections"] == {}


def test_a_connection_whose_response_was_lost_is_replaced(workspace: Workspace) -> None:
    workspace.fail("POST", "/v1/connections", lost_after)
    created = configured(ConnectionProvider).create(CONNECTION)
    assert "DELETE /v1/connections/con_1" in workspace.requests
    assert list(workspace.kept["connections"]) == [created.id] == ["con_2"]


def test_a_connection_that_appears_late_is_deleted(workspace: Workspace) -> None:
    def late(do: Done) -> httpx.Response:
        workspace.put("connections", name="hyperdrive", databaseId="db_9")
        return do()

    workspace.fail("POST", "/v1/connections", lost_before, late)
    created = configured(ConnectionProvider).create(CONNECTION)
    assert list(workspace.kept["connections"]) == [created.id]


def test_no_connection_remains_if_every_response_is_lost(workspace: Workspace) -> None:
    workspace.fail("POST", "/v1/connections", *[lost_after] * 9)
    with pytest.raises(AmbiguousOutcome):
        configured(ConnectionProvider).create(CONNECTION)
    assert workspace.kept["connections"] == {}


def test_a_connection_of_an_interrupted_creation_is_deleted(workspace: Workspace) -> None:
    workspace.put("connections", name="hyperdrive", databaseId="db_9", age=timedelta(minutes=50))
    workspace.put("connections", name="hyperdrive", databaseId="db_8")
    workspace.put("connections", name="Default connection", databaseId="db_9")
    configured(ConnectionProvider).create(CONNECTION)
    assert sorted(workspace.kept["connections"]) == ["con_2", "con_3", "con_4"]


def test_an_older_connection_of_the_same_name_is_rejected(workspace: Workspace) -> None:
    workspace.put("connections", name="hyperdrive", databaseId="db_9", age=timedelta(minutes=70))
    with pytest.raises(AlreadyExists, match=r"connection hyperdrive already exists.*another `connection_name`"):
        configured(ConnectionProvider).create(CONNECTION)
    assert list(workspace.kept["connections"]) == ["con_1"]
