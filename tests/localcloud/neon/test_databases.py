"""Databases of a branch."""

import asyncpg
import httpx
import pytest

from tests.localcloud.neon.api import (
    branch_path,
    new_branch,
    new_database,
    new_project,
    new_role,
    ok,
    refused,
    settled,
    signed_in,
    url,
    url_of,
)


def test_a_database_is_its_owners(client: httpx.Client) -> None:
    project = new_project(client)
    new_role(client, project)
    made = new_database(client, project, "shop", "app")["database"]
    assert isinstance(made["id"], int)
    assert (made["name"], made["owner_name"]) == ("shop", "app")
    assert signed_in(url(client, project, "app", "shop"), "create table t ()", "select count(*) from t") == 0


def test_a_database_is_not_there_before_its_operation_is_done(client: httpx.Client) -> None:
    project = new_project(client)
    body = {"database": {"name": "shop", "owner_name": "neondb_owner"}}
    answer = client.post(f"{branch_path(project)}/databases", json=body)
    with pytest.raises(asyncpg.InvalidCatalogNameError, match='database "shop" does not exist'):
        signed_in(url(client, project, database="shop"))
    settled(client, answer)
    assert signed_in(url(client, project, database="shop")) == 1


def test_an_owner_that_is_not_there_is_404(client: httpx.Client) -> None:
    body = {"database": {"name": "shop", "owner_name": "nobody"}}
    answer = client.post(f"{branch_path(new_project(client))}/databases", json=body)
    assert refused(answer) == (404, "role not found")


def test_a_name_is_given_once(client: httpx.Client) -> None:
    body = {"database": {"name": "neondb", "owner_name": "neondb_owner"}}
    answer = client.post(f"{branch_path(new_project(client))}/databases", json=body)
    assert refused(answer) == (409, "database already exists")


def test_a_branch_without_a_compute_gets_no_databases(client: httpx.Client) -> None:
    branch = new_branch(client, new_project(client), endpoint=False)
    body = {"database": {"name": "shop", "owner_name": "neondb_owner"}}
    assert refused(client.post(f"{branch_path(branch)}/databases", json=body))[0] == 422


def test_databases_are_listed_and_shown(client: httpx.Client) -> None:
    project = new_project(client)
    new_database(client, project, "shop")
    listed = ok(client.get(f"{branch_path(project)}/databases"))["databases"]
    assert [each["name"] for each in listed] == ["neondb", "shop"]
    assert ok(client.get(f"{branch_path(project)}/databases/shop"))["database"] == listed[1]
    assert refused(client.get(f"{branch_path(project)}/databases/none")) == (404, "database not found")


def test_a_renamed_database_keeps_its_id_and_its_content(client: httpx.Client) -> None:
    project = new_project(client)
    signed_in(url_of(project), "create table t as select 42 as answer", "select 1")
    change = {"database": {"name": "shop"}}
    new = settled(client, client.patch(f"{branch_path(project)}/databases/neondb", json=change))["database"]
    assert (new["name"], new["id"]) == ("shop", project["databases"][0]["id"])
    assert signed_in(url(client, project, database="shop"), "select answer from t") == 42
    assert client.get(f"{branch_path(project)}/databases/neondb").status_code == 404


def test_a_database_can_get_another_owner(client: httpx.Client) -> None:
    project = new_project(client)
    new_role(client, project)
    change = {"database": {"owner_name": "app"}}
    settled(client, client.patch(f"{branch_path(project)}/databases/neondb", json=change))
    assert ok(client.get(f"{branch_path(project)}/databases/neondb"))["database"]["owner_name"] == "app"
    assert signed_in(url(client, project, "app"), "create table t ()", "select count(*) from t") == 0


def test_a_database_is_deleted_and_deleted_again(client: httpx.Client) -> None:
    project = new_project(client)
    settled(client, client.delete(f"{branch_path(project)}/databases/neondb"), 200)
    with pytest.raises(asyncpg.InvalidCatalogNameError):
        signed_in(url_of(project))
    again = client.delete(f"{branch_path(project)}/databases/neondb")
    assert (again.status_code, again.content) == (204, b"")
