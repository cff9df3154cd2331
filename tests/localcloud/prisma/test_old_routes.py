"""The older routes, which Prisma's Terraform provider uses, and their additional fields."""

import httpx
import pytest

from tests.localcloud.prisma.api import data, direct_url, error_of, new_database, new_project


def test_a_new_database_of_a_project_has_the_old_fields(client: httpx.Client) -> None:
    project = new_project(client)
    answer = client.post(f"/v1/projects/{project['id']}/databases", json={"name": "main", "region": "eu-west-3"})
    database = data(answer, 201)
    (connection,), (api_key,) = database["connections"], database["apiKeys"]
    assert database["directConnection"] == connection["directConnection"] == api_key["directConnection"]
    assert database["connectionString"] == api_key["connectionString"]
    assert database["region"]["id"] == "eu-west-3"
    assert database["directConnection"]["pass"] in direct_url(connection)


def test_only_the_create_response_has_the_old_fields(client: httpx.Client) -> None:
    project = new_project(client)
    data(client.post(f"/v1/projects/{project['id']}/databases", json={}), 201)
    (shown,) = data(client.get(f"/v1/projects/{project['id']}/databases"))
    assert not {"apiKeys", "connectionString", "directConnection"} & set(shown)


def test_the_databases_of_a_project_are_listed(client: httpx.Client) -> None:
    database = new_database(client)
    new_database(client)
    listed = data(client.get(f"/v1/projects/{database['project']['id']}/databases"))
    assert [each["id"] for each in listed] == [database["id"]]


def test_a_database_can_be_copied_with_the_old_key(client: httpx.Client) -> None:
    project = new_project(client)
    source = new_database(client, project)
    body = {"fromDatabase": {"id": source["id"]}}
    copy = data(client.post(f"/v1/projects/{project['id']}/databases", json=body), 201)
    assert copy["source"] == {"type": "database", "databaseId": source["id"]}


def test_a_backup_in_the_old_key_is_not_found(client: httpx.Client) -> None:
    project = new_project(client)
    body = {"fromDatabase": {"id": new_database(client, project)["id"], "backupId": "none"}}
    assert error_of(client.post(f"/v1/projects/{project['id']}/databases", json=body)) == (404, "notFound")


@pytest.mark.parametrize(("is_old", "status"), [(True, 200), (False, 201)])
def test_the_two_routes_of_a_connection_differ_only_in_the_status(
    client: httpx.Client, is_old: bool, status: int
) -> None:
    database = new_database(client)
    if is_old:
        answer = client.post(f"/v1/databases/{database['id']}/connections", json={"name": "worker"})
    else:
        answer = client.post("/v1/connections", json={"databaseId": database["id"], "name": "worker"})
    created = data(answer, status)
    assert created["name"] == "worker"
    assert {"connectionString", "directConnection", "host", "user", "pass"} <= set(created)
