"""Projects."""

import httpx
import pytest

from tests.localcloud.prisma.api import (
    data,
    direct_url,
    error_of,
    new_database,
    new_project,
    run_statements,
    wait_until_ready,
)


def test_a_project_is_created_with_a_database_by_default(client: httpx.Client) -> None:
    project = data(client.post("/v1/projects", json={"name": "shop"}), 201)
    database = project["database"]
    assert (database["isDefault"], database["status"]) == (True, "provisioning")
    assert run_statements(direct_url(wait_until_ready(client, database)["connections"][0]), "select 1") == 1


def test_no_field_is_required(client: httpx.Client) -> None:
    assert data(client.post("/v1/projects"), 201)["database"]["isDefault"] is True


def test_a_project_can_be_created_without_a_database(client: httpx.Client) -> None:
    project = new_project(client)
    assert project["database"] is None
    assert data(client.get(f"/v1/projects/{project['id']}/databases")) == []


def test_a_project_is_returned_unchanged_without_its_database(client: httpx.Client) -> None:
    created = new_project(client, region="eu-west-3", logicalId="stack/shop")
    assert created["workspace"]["id"].startswith("wksp_")
    shown = data(client.get(f"/v1/projects/{created['id']}"))
    assert {**shown, "database": None} == created
    assert data(client.get("/v1/projects")) == [shown]
    assert (shown["defaultRegion"], shown["logicalId"]) == ("eu-west-3", "stack/shop")


def test_the_region_of_a_project_is_optional(client: httpx.Client) -> None:
    assert new_project(client)["defaultRegion"] is None


def test_the_database_of_a_new_project_is_in_its_region(client: httpx.Client) -> None:
    project = data(client.post("/v1/projects", json={"region": "ap-northeast-1"}), 201)
    assert project["database"]["region"] == {"id": "ap-northeast-1", "name": "Asia Pacific (Tokyo)"}


def test_an_unknown_region_is_rejected(client: httpx.Client) -> None:
    assert client.post("/v1/projects", json={"region": "eu-north-1"}).status_code == 400


def test_names_need_not_be_unique(client: httpx.Client) -> None:
    assert new_project(client)["id"] != new_project(client)["id"]


def test_a_logical_id_must_be_unique(client: httpx.Client) -> None:
    new_project(client, logicalId="stack/shop")
    again = client.post("/v1/projects", json={"createDatabase": False, "logicalId": "stack/shop"})
    assert error_of(again) == (409, "logicalIdTaken")
    assert len(data(client.get("/v1/projects"))) == 1


def test_a_logical_id_can_be_used_again_after_its_project_is_deleted(client: httpx.Client) -> None:
    client.delete(f"/v1/projects/{new_project(client, logicalId='stack/shop')['id']}")
    assert new_project(client, logicalId="stack/shop")["logicalId"] == "stack/shop"


@pytest.mark.parametrize(("requested", "found"), [("stack/two", ["two"]), ("stack/three", [])])
def test_projects_are_found_by_logical_id(client: httpx.Client, requested: str, found: list[str]) -> None:
    for name in ("one", "two"):
        new_project(client, name=name, logicalId=f"stack/{name}")
    listed = data(client.get("/v1/projects", params={"logicalId": requested}))
    assert [each["name"] for each in listed] == found


def test_a_project_is_renamed_in_place(client: httpx.Client) -> None:
    project = new_project(client)
    renamed = data(client.patch(f"/v1/projects/{project['id']}", json={"name": "store", "settings": {}}))
    assert {**project, "name": "store"} == {**renamed, "database": None}
    assert data(client.get(f"/v1/projects/{project['id']}")) == renamed


def test_an_invalid_change_has_a_special_status(client: httpx.Client) -> None:
    project = new_project(client)
    assert error_of(client.patch(f"/v1/projects/{project['id']}", json={"name": 7})) == (422, "validationFailed")


def test_a_project_without_databases_can_be_deleted(client: httpx.Client) -> None:
    path = f"/v1/projects/{new_project(client)['id']}"
    answer = client.delete(path)
    assert (answer.status_code, answer.content) == (204, b"")
    assert client.get(path).status_code == 404


def test_a_project_with_databases_cannot_be_deleted(client: httpx.Client) -> None:
    project = new_project(client)
    database = new_database(client, project)
    assert error_of(client.delete(f"/v1/projects/{project['id']}")) == (400, "projectHasDependencies")
    client.delete(f"/v1/databases/{database['id']}")
    assert client.delete(f"/v1/projects/{project['id']}").status_code == 204


def test_another_workspace_is_not_found(client: httpx.Client) -> None:
    assert error_of(client.post("/v1/projects", json={"workspaceId": "wksp_other"})) == (404, "notFound")


@pytest.mark.parametrize("name", ["", "x" * 257])
def test_a_new_name_of_a_project_has_1_to_256_characters(client: httpx.Client, name: str) -> None:
    path = f"/v1/projects/{new_project(client)['id']}"
    assert error_of(client.patch(path, json={"name": name})) == (422, "validationFailed")
    assert data(client.patch(path, json={"name": "x" * 256}))["name"] == "x" * 256
