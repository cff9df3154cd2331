"""Projects: created with a branch, a compute, a role and a database, and deleted with all their objects."""

import asyncio
from typing import Any

import asyncpg
import httpx
import pytest

from localcloud.emulation.server import LocalServer
from localcloud.postgres import Postgres
from tests.localcloud.neon.api import (
    branch_path,
    error_of,
    new_branch,
    new_project,
    ok,
    project_path,
    run_statements,
    url_of,
    wait_until_finished,
)
from tests.localcloud.neon.conftest import Start


def test_a_project_is_created_with_a_branch_a_compute_a_role_and_a_database(client: httpx.Client) -> None:
    created = new_project(client)
    assert created["project"]["region_id"] == "aws-us-east-1"
    assert created["project"]["pg_version"] == 17
    assert created["branch"]["name"] == "main"
    assert created["branch"]["default"] is True
    assert "parent_id" not in created["branch"]
    assert [role["name"] for role in created["roles"]] == ["neondb_owner"]
    assert [(each["name"], each["owner_name"]) for each in created["databases"]] == [("neondb", "neondb_owner")]
    assert [each["type"] for each in created["endpoints"]] == ["read_write"]


def test_its_connection_string_connects_to_its_database(client: httpx.Client) -> None:
    created = new_project(client)
    assert url_of(created).endswith("/neondb?sslmode=require&channel_binding=require")
    assert run_statements(url_of(created), "create table t ()", "select count(*) from t") == 0


def test_given_names_are_used(client: httpx.Client) -> None:
    created = new_project(client, branch={"name": "production", "role_name": "boss", "database_name": "shop"})
    parameters = created["connection_uris"][0]["connection_parameters"]
    assert created["branch"]["name"] == "production"
    assert (parameters["role"], parameters["database"]) == ("boss", "shop")
    assert parameters["password"] == created["roles"][0]["password"]


def test_the_owner_is_named_after_the_database(client: httpx.Client) -> None:
    created = new_project(client, branch={"database_name": "shop"})
    assert created["databases"][0]["owner_name"] == "shop_owner"


def test_the_name_of_a_project_defaults_to_its_id(client: httpx.Client) -> None:
    created = ok(client.post("/projects", json={"project": {}}), 201)
    assert created["project"]["name"] == created["project"]["id"]


def test_its_compute_has_the_default_settings(client: httpx.Client) -> None:
    sizes = {"autoscaling_limit_min_cu": 0.5, "autoscaling_limit_max_cu": 4, "suspend_timeout_seconds": 600}
    created = new_project(client, default_endpoint_settings=sizes)
    assert {key: created["endpoints"][0][key] for key in sizes} == sizes


@pytest.mark.parametrize(
    "fields",
    [
        {"region_id": "aws-mars-1"},
        {"region_id": "azure-eastus2"},
        {"pg_version": 13},
        {"pg_version": 20},
        {"pg_version": "17"},
        {"name": ""},
        {"name": "x" * 257},
        {"history_retention_seconds": 2_592_001},
        {"branch": {"role_name": "x" * 64}},
        {"branch": {"role_name": "pguser"}},
        {"branch": {"database_name": "postgres"}},
        {"default_endpoint_settings": {"autoscaling_limit_min_cu": 0.1}},
        {"default_endpoint_settings": {"suspend_timeout_seconds": 59}},
        {"default_endpoint_settings": {"autoscaling_limit_min_cu": 4, "autoscaling_limit_max_cu": 2}},
    ],
)
def test_values_out_of_range_are_rejected(client: httpx.Client, fields: dict[str, Any]) -> None:
    assert error_of(client.post("/projects", json={"project": fields}))[0] == 400
    assert ok(client.get("/projects"))["projects"] == []


def test_a_missing_project_is_404(client: httpx.Client) -> None:
    assert error_of(client.get("/projects/quiet-term-00000000")) == (404, "project not found")
    assert error_of(client.delete("/projects/quiet-term-00000000")) == (404, "project not found")


def test_no_project_is_shared_by_another_user(client: httpx.Client) -> None:
    new_project(client)
    assert ok(client.get("/projects/shared")) == {"projects": []}
    assert client.get("/projects/shared", params={"limit": 401}).status_code == 400


def test_a_name_and_settings_can_be_changed(client: httpx.Client) -> None:
    created = new_project(client, settings={"hipaa": False})
    change = {"name": "store", "settings": {"allowed_ips": {"ips": ["192.0.2.1"]}}}
    wait_until_finished(client, client.patch(project_path(created), json={"project": change}))
    project = ok(client.get(project_path(created)))["project"]
    assert project["name"] == "store"
    assert project["settings"] == {"hipaa": False, "allowed_ips": {"ips": ["192.0.2.1"]}}


@pytest.mark.parametrize("field", [{"region_id": "aws-eu-central-1"}, {"pg_version": 18}])
def test_immutable_fields_are_rejected(client: httpx.Client, field: dict[str, Any]) -> None:
    created = new_project(client)
    assert error_of(client.patch(project_path(created), json={"project": field}))[0] == 400


def test_logical_replication_cannot_be_disabled(client: httpx.Client) -> None:
    created = new_project(client, settings={"enable_logical_replication": True})
    change = {"project": {"settings": {"enable_logical_replication": False}}}
    assert error_of(client.patch(project_path(created), json=change)) == (422, "logical replication cannot be disabled")


def test_deleting_a_project_deletes_its_objects_on_the_server(client: httpx.Client, postgres: Postgres) -> None:
    before = _on_the_server(postgres)
    created = new_project(client)
    new_branch(client, created)
    assert _on_the_server(postgres) != before
    assert ok(client.delete(project_path(created)))["project"]["id"] == created["project"]["id"]
    assert _on_the_server(postgres) == before
    assert client.get(project_path(created)).status_code == 404


@pytest.mark.parametrize("kind", ["a project", "a branch"])
def test_a_failed_create_leaves_no_objects_on_the_server(
    client: httpx.Client, postgres: Postgres, monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    project = new_project(client)
    path = "/projects" if kind == "a project" else f"{project_path(project)}/branches"
    body: dict[str, Any] = {"project": {}} if kind == "a project" else {}
    before = _on_the_server(postgres)

    async def fail(*_: Any) -> None:
        raise asyncpg.ObjectInUseError("the template is in use")

    monkeypatch.setattr(LocalServer, "create_database", fail)
    assert error_of(client.post(path, json=body))[0] == 500
    monkeypatch.undo()
    assert _on_the_server(postgres) == before
    wait_until_finished(client, client.post(path, json=body), 201)


def test_a_deleted_projects_port_is_closed(client: httpx.Client) -> None:
    created = new_project(client)
    ok(client.delete(project_path(created)))
    with pytest.raises(ConnectionRefusedError):
        run_statements(url_of(created))


def test_a_project_with_a_protected_branch_cannot_be_deleted(client: httpx.Client) -> None:
    created = new_project(client)
    wait_until_finished(client, client.patch(branch_path(created), json={"branch": {"protected": True}}))
    fetch_names = error_of(client.delete(project_path(created)))
    assert fetch_names == (422, "a project with a protected branch cannot be deleted")


def test_a_personal_key_requires_the_organization(start: Start) -> None:
    client = start(personal_key=True)
    assert error_of(client.get("/projects"))[0] == 400
    assert error_of(client.post("/projects", json={"project": {}}))[0] == 400
    created = new_project(client, org_id="org-of-mine")
    assert created["project"]["org_id"] == "org-of-mine"


def test_projects_are_listed_by_organization(client: httpx.Client) -> None:
    new_project(client, org_id="org-of-mine")
    assert ok(client.get("/projects"))["projects"] == []
    assert len(ok(client.get("/projects", params={"org_id": "org-of-mine"}))["projects"]) == 1


def _on_the_server(postgres: Postgres) -> set[str]:
    """Returns the names of all roles and databases."""

    async def fetch_names() -> set[str]:
        admin = await asyncpg.connect(postgres.admin_url)
        try:
            return {
                record[0]
                for record in await admin.fetch(
                    "select rolname::text from pg_roles union select datname::text from pg_database"
                )
            }
        finally:
            await admin.close()

    return asyncio.run(fetch_names())
