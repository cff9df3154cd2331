"""Databases of a branch."""

import asyncpg
import httpx
import pytest

from tests.localcloud.neon.api import (
    branch_path,
    error_of,
    new_branch,
    new_database,
    new_project,
    new_role,
    ok,
    run_statements,
    url,
    url_of,
    wait_until_finished,
)


def test_a_database_belongs_to_its_owner(client: httpx.Client) -> None:
    project = new_project(client)
    new_role(client, project)
    created = new_database(client, project, "shop", "app")["database"]
    assert isinstance(created["id"], int)
    assert (created["name"], created["owner_name"]) == ("shop", "app")
    assert run_statements(url(client, project, "app", "shop"), "create table t ()", "select count(*) from t") == 0


def test_a_database_does_not_exist_until_its_operation_has_finished(client: httpx.Client) -> None:
    project = new_project(client)
    body = {"database": {"name": "shop", "owner_name": "neondb_owner"}}
    answer = client.post(f"{branch_path(project)}/databases", json=body)
    with pytest.raises(asyncpg.InvalidCatalogNameError, match='database "shop" does not exist'):
        run_statements(url(client, project, database="shop"))
    wait_until_finished(client, answer)
    assert run_statements(url(client, project, database="shop")) == 1


def test_a_missing_owner_is_404(client: httpx.Client) -> None:
    body = {"database": {"name": "shop", "owner_name": "nobody"}}
    answer = client.post(f"{branch_path(new_project(client))}/databases", json=body)
    assert error_of(answer) == (404, "role not found")


def test_a_name_must_be_unique(client: httpx.Client) -> None:
    body = {"database": {"name": "neondb", "owner_name": "neondb_owner"}}
    answer = client.post(f"{branch_path(new_project(client))}/databases", json=body)
    assert error_of(answer) == (409, "database already exists")


def test_creating_a_database_needs_a_compute(client: httpx.Client) -> None:
    branch = new_branch(client, new_project(client), endpoint=False)
    body = {"database": {"name": "shop", "owner_name": "neondb_owner"}}
    assert error_of(client.post(f"{branch_path(branch)}/databases", json=body))[0] == 422


def test_databases_are_listed_and_shown(client: httpx.Client) -> None:
    project = new_project(client)
    new_database(client, project, "shop")
    listed = ok(client.get(f"{branch_path(project)}/databases"))["databases"]
    assert [each["name"] for each in listed] == ["neondb", "shop"]
    assert ok(client.get(f"{branch_path(project)}/databases/shop"))["database"] == listed[1]
    assert error_of(client.get(f"{branch_path(project)}/databases/none")) == (404, "database not found")


def test_a_renamed_database_keeps_its_id_and_its_content(client: httpx.Client) -> None:
    project = new_project(client)
    run_statements(url_of(project), "create table t as select 42 as answer", "select 1")
    change = {"database": {"name": "shop"}}
    new = wait_until_finished(client, client.patch(f"{branch_path(project)}/databases/neondb", json=change))["database"]
    assert (new["name"], new["id"]) == ("shop", project["databases"][0]["id"])
    assert run_statements(url(client, project, database="shop"), "select answer from t") == 42
    assert client.get(f"{branch_path(project)}/databases/neondb").status_code == 404


def test_the_owner_of_a_database_can_be_changed(client: httpx.Client) -> None:
    project = new_project(client)
    new_role(client, project)
    change = {"database": {"owner_name": "app"}}
    wait_until_finished(client, client.patch(f"{branch_path(project)}/databases/neondb", json=change))
    assert ok(client.get(f"{branch_path(project)}/databases/neondb"))["database"]["owner_name"] == "app"
    assert run_statements(url(client, project, "app"), "create table t ()", "select count(*) from t") == 0


def test_deleting_a_database_can_be_repeated(client: httpx.Client) -> None:
    project = new_project(client)
    wait_until_finished(client, client.delete(f"{branch_path(project)}/databases/neondb"), 200)
    with pytest.raises(asyncpg.InvalidCatalogNameError):
        run_statements(url_of(project))
    again = client.delete(f"{branch_path(project)}/databases/neondb")
    assert (again.status_code, again.content) == (204, b"")
