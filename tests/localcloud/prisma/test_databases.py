"""Databases."""

from typing import Any

import httpx
import pytest

from localcloud.prisma.settings import Plan
from tests.localcloud.prisma.api import data, error_of, new_connection, new_database, new_project, wait_until_ready
from tests.localcloud.prisma.conftest import Start


def statuses(client: httpx.Client, database: Any, looks: int) -> list[str]:
    return [data(client.get(f"/v1/databases/{database['id']}"))["status"] for _ in range(looks)]


def ids(answer: httpx.Response) -> list[str]:
    return [each["id"] for each in data(answer)]


def test_a_new_database_is_ready_after_some_reads(client: httpx.Client) -> None:
    database = new_database(client)
    assert database["status"] == "provisioning"
    assert statuses(client, database, 4) == ["provisioning", "provisioning", "ready", "ready"]


@pytest.mark.parametrize(
    ("looks", "seen"), [(0, ["ready", "ready", "ready"]), (1, ["provisioning", "provisioning", "ready"])]
)
def test_the_number_of_reads_until_finished_can_be_set(start: Start, looks: int, seen: list[str]) -> None:
    client = start(reads_until_ready=looks)
    database = new_database(client)
    assert [database["status"], *statuses(client, database, 2)] == seen


def test_listing_counts_as_a_read(client: httpx.Client) -> None:
    new_database(client)
    assert [data(client.get("/v1/databases"))[0]["status"] for _ in range(3)][-1] == "ready"


def test_the_next_databases_can_be_configured_to_fail(client: httpx.Client) -> None:
    client.post("/__localcloud/failures", json={"times": 1}).raise_for_status()
    failed, good = new_database(client), new_database(client)
    assert failed["status"] == "provisioning"
    assert (statuses(client, failed, 3)[-1], statuses(client, good, 3)[-1]) == ("failure", "ready")


def test_the_status_of_a_database_can_be_set(client: httpx.Client) -> None:
    database = wait_until_ready(client, new_database(client))
    client.put(f"/__localcloud/databases/{database['id']}/status", json={"status": "recovering"}).raise_for_status()
    assert statuses(client, database, 1) == ["recovering"]


def test_omitted_fields_have_defaults(client: httpx.Client) -> None:
    project = new_project(client)
    database = data(client.post("/v1/databases", json={"projectId": project["id"]}), 201)
    assert (database["isDefault"], database["logicalId"], database["source"]) == (False, None, {"type": "empty"})
    assert database["region"] == {"id": "us-east-1", "name": "US East (N. Virginia)"}
    assert database["name"]


def test_a_database_refers_to_its_project(client: httpx.Client) -> None:
    project = new_project(client)
    expected = {key: project[key] for key in ("id", "url", "name")}
    assert new_database(client, project)["project"] == expected


def test_a_new_database_has_one_connection_with_its_secrets(client: httpx.Client) -> None:
    database = new_database(client)
    (connection,) = database["connections"]
    assert database["defaultConnectionId"] == connection["id"]
    assert {"connectionString", "host", "port"} == set(connection["endpoints"]["direct"])
    assert {"host", "user", "pass"} == set(connection["directConnection"])


@pytest.mark.parametrize("path", ["/databases/{}", "/databases"])
def test_secrets_are_returned_only_once(client: httpx.Client, path: str) -> None:
    database = new_database(client)
    secret = database["connections"][0]["directConnection"]["pass"]
    answer = client.get("/v1" + path.format(database["id"]))
    assert secret not in answer.text
    assert "connectionString" not in answer.text
    assert '"directConnection":null' in answer.text


def test_a_region_is_inherited_from_the_project(client: httpx.Client) -> None:
    project = new_project(client, region="eu-west-3")
    assert new_database(client, project, region="inherit")["region"]["id"] == "eu-west-3"


def test_a_region_is_inherited_from_the_default_database_if_the_project_has_none(client: httpx.Client) -> None:
    project = new_project(client)
    new_database(client, project, region="eu-central-1", isDefault=True)
    assert new_database(client, project, region="inherit")["region"]["id"] == "eu-central-1"


@pytest.mark.parametrize(
    "fields",
    [
        {"region": "eu-north-1"},
        {"name": ""},
        {"name": None},
        {"isDefault": "yes"},
        {"source": {"type": "file"}},
        {"source": {"type": "database"}},
        {"branchId": None},
        {"branchGitName": None},
        {"branchId": "b", "branchGitName": "feature"},
        {"logicalId": "main", "branchGitName": "feature"},
    ],
)
def test_invalid_fields_are_rejected(client: httpx.Client, fields: dict[str, Any]) -> None:
    answer = client.post("/v1/databases", json={"projectId": new_project(client)["id"], **fields})
    assert error_of(answer) == (400, "validationFailed")
    assert data(client.get("/v1/databases")) == []


@pytest.mark.parametrize(
    "fields",
    [
        {"branchId": "none"},
        {"source": {"type": "database", "databaseId": "none"}},
        {"source": {"type": "backup", "databaseId": "none", "backupId": "none"}},
    ],
)
def test_referenced_objects_must_exist(client: httpx.Client, fields: dict[str, Any]) -> None:
    answer = client.post("/v1/databases", json={"projectId": new_project(client)["id"], **fields})
    assert error_of(answer) == (404, "notFound")


def test_a_logical_id_must_be_unique_on_a_branch(client: httpx.Client) -> None:
    project = new_project(client)
    new_database(client, project, logicalId="main")
    again = client.post("/v1/databases", json={"projectId": project["id"], "logicalId": "main"})
    assert error_of(again) == (409, "logicalIdTaken")
    assert len(data(client.get("/v1/databases"))) == 1


def test_a_database_whose_response_was_lost_is_found_by_its_logical_id(client: httpx.Client) -> None:
    project = new_project(client)
    client.post("/__localcloud/faults", json=[{"method": "POST", "path": "/databases", "drop": "after"}])
    with pytest.raises(httpx.RemoteProtocolError):
        client.post("/v1/databases", json={"projectId": project["id"], "logicalId": "main"})
    (found,) = data(client.get("/v1/databases", params={"projectId": project["id"], "logicalId": "main"}))
    assert wait_until_ready(client, found)


def test_another_project_may_have_the_same_logical_id(client: httpx.Client) -> None:
    first, second = (new_database(client, logicalId="main") for _ in range(2))
    assert first["branchId"] != second["branchId"]


def test_a_branch_is_created_and_found_by_its_name(client: httpx.Client) -> None:
    project = new_project(client)
    main = new_database(client, project)
    feature, again = (new_database(client, project, branchGitName="feature") for _ in range(2))
    assert main["branchId"] != feature["branchId"] == again["branchId"]
    assert ids(client.get("/v1/databases", params={"branchGitName": "feature"})) == [feature["id"], again["id"]]
    assert ids(client.get("/v1/databases", params={"branchId": main["branchId"]})) == [main["id"]]


def test_databases_are_found_by_project_and_logical_id(client: httpx.Client) -> None:
    requested = new_database(client, new_project(client), logicalId="main")
    new_database(client, new_project(client), logicalId="main")
    query = {"projectId": requested["project"]["id"], "logicalId": "main"}
    assert ids(client.get("/v1/databases", params=query)) == [requested["id"]]
    assert ids(client.get("/v1/databases", params={**query, "logicalId": "other"})) == []


def test_a_database_is_renamed_in_place(client: httpx.Client) -> None:
    database = new_database(client)
    renamed = data(client.patch(f"/v1/databases/{database['id']}", json={"name": "orders"}))
    assert (renamed["name"], renamed["connections"][0]["database"]["name"]) == ("orders", "orders")
    assert data(client.get(f"/v1/databases/{database['id']}"))["createdAt"] == database["createdAt"]


def test_a_logical_id_can_be_set_later(client: httpx.Client) -> None:
    database = new_database(client)
    changed = data(client.patch(f"/v1/databases/{database['id']}", json={"logicalId": "main"}))
    assert changed["logicalId"] == "main"


def test_a_logical_id_in_use_cannot_be_set(client: httpx.Client) -> None:
    project = new_project(client)
    new_database(client, project, logicalId="main")
    other = new_database(client, project)
    answer = client.patch(f"/v1/databases/{other['id']}", json={"logicalId": "main"})
    assert error_of(answer) == (409, "logicalIdTaken")


def test_a_database_can_be_moved_to_another_branch(client: httpx.Client) -> None:
    database = new_database(client)
    moved = data(client.patch(f"/v1/databases/{database['id']}", json={"branchGitName": "feature"}))
    assert moved["branchId"] != database["branchId"]


def test_a_move_cannot_be_combined_with_a_new_logical_id(client: httpx.Client) -> None:
    database = new_database(client)
    answer = client.patch(f"/v1/databases/{database['id']}", json={"branchGitName": "feature", "logicalId": "main"})
    assert error_of(answer) == (400, "validationFailed")


def test_deleting_a_database_deletes_its_connections(client: httpx.Client) -> None:
    database = new_database(client)
    connection = new_connection(client, database)
    answer = client.delete(f"/v1/databases/{database['id']}")
    assert (answer.status_code, answer.content) == (204, b"")
    assert client.get(f"/v1/databases/{database['id']}").status_code == 404
    assert client.get(f"/v1/connections/{connection['id']}").status_code == 404
    assert data(client.get("/v1/connections")) == []


def test_the_default_database_cannot_be_deleted(client: httpx.Client) -> None:
    database = new_database(client, isDefault=True)
    assert error_of(client.delete(f"/v1/databases/{database['id']}")) == (403, "defaultDatabase")


def test_a_project_has_one_default_database(client: httpx.Client) -> None:
    project = new_project(client)
    first = new_database(client, project, isDefault=True)
    new_database(client, project, isDefault=True)
    assert data(client.get(f"/v1/databases/{first['id']}"))["isDefault"] is False


def test_the_limit_of_the_plan_has_a_special_error_code(start: Start) -> None:
    client = start(max_databases=1)
    project = new_project(client)
    database = new_database(client, project)
    answer = client.post("/v1/databases", json={"projectId": project["id"]})
    assert error_of(answer) == (400, "planLimitReached")
    assert answer.json()["error"]["message"] == "Workspace plan limit reached."
    client.delete(f"/v1/databases/{database['id']}")
    assert new_database(client, project)["status"] == "provisioning"


def test_a_project_beyond_the_limit_of_the_plan_is_not_created(start: Start) -> None:
    client = start(max_databases=0)
    assert error_of(client.post("/v1/projects", json={"name": "shop"})) == (400, "planLimitReached")
    assert data(client.get("/v1/projects")) == []


def test_the_id_of_a_branch_has_the_prefix_of_prisma(client: httpx.Client) -> None:
    assert new_database(client)["branchId"].startswith("br_c")


@pytest.mark.parametrize(("plan", "days"), [(Plan.FREE, 0), (Plan.STARTER, 7), (Plan.PRO, 7), (Plan.BUSINESS, 30)])
def test_the_list_of_backups_is_empty_and_has_the_days_of_the_plan(start: Start, plan: Plan, days: int) -> None:
    client = start(plan=plan)
    answer = client.get(f"/v1/databases/{new_database(client)['id']}/backups").json()
    assert (answer["data"], answer["meta"]) == ([], {"backupRetentionDays": days})


@pytest.mark.parametrize("plan", Plan)
def test_the_subscription_of_the_workspace_has_the_plan(start: Start, plan: Plan) -> None:
    client = start(plan=plan)
    (workspace,) = data(client.get("/v1/workspaces"))
    shown = data(client.get(f"/v1/workspaces/{workspace['id']}/subscription"))
    assert shown["planName"].lower() == plan
