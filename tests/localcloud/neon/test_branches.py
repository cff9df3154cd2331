"""Branches: copies of their parents, on separate computes."""

import time
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from tests.localcloud.neon.api import (
    CUT,
    branch_path,
    endpoint_path,
    error_of,
    new_branch,
    new_database,
    new_project,
    new_role,
    ok,
    project_path,
    run_statements,
    session,
    url,
    url_of,
    wait_until_finished,
)

PAST = "2020-01-01T00:00:00Z"


def after(**time: float) -> str:
    """Returns a time in the future in Neon's format."""
    return (datetime.now(UTC) + timedelta(**time)).strftime("%Y-%m-%dT%H:%M:%SZ")


FUTURE = after(days=7)


def test_a_branch_has_the_data_of_its_parent(client: httpx.Client) -> None:
    project = new_project(client)
    run_statements(url_of(project), "create table t as select 42 as answer", "select 1")
    branch = new_branch(client, project)
    assert branch["branch"]["parent_id"] == project["branch"]["id"]
    assert run_statements(url_of(branch), "select answer from t") == 42


def test_changes_on_a_branch_do_not_affect_its_parent(client: httpx.Client) -> None:
    project = new_project(client)
    run_statements(url_of(project), "create table t as select 42 as answer", "select 1")
    run_statements(url_of(new_branch(client, project)), "update t set answer = 7", "select 1")
    assert run_statements(url_of(project), "select answer from t") == 42


def test_a_role_owns_the_same_objects_on_a_branch_as_on_its_parent(client: httpx.Client) -> None:
    project = new_project(client)
    run_statements(url_of(project), "create table t ()", "select 1")
    assert (
        run_statements(url_of(new_branch(client, project)), "alter table t rename to u", "select count(*) from u") == 0
    )


def test_roles_have_the_same_passwords_as_on_the_parent(client: httpx.Client) -> None:
    project = new_project(client)
    branch = new_branch(client, project)
    passwords = [created["connection_uris"][0]["connection_parameters"]["password"] for created in (project, branch)]
    assert passwords[0] == passwords[1]


def test_roles_of_a_protected_parent_get_new_passwords(client: httpx.Client) -> None:
    project = new_project(client)
    wait_until_finished(client, client.patch(branch_path(project), json={"branch": {"protected": True}}))
    branch = new_branch(client, project)
    passwords = [created["connection_uris"][0]["connection_parameters"]["password"] for created in (project, branch)]
    assert passwords[0] != passwords[1]
    assert run_statements(url_of(branch)) == 1
    wait_until_finished(client, client.patch(branch_path(project), json={"branch": {"protected": False}}))


def test_roles_have_the_same_passwords_even_if_they_are_not_stored(client: httpx.Client) -> None:
    project = new_project(client, store_passwords=False)
    branch = new_branch(client, project)
    assert "connection_uris" not in branch
    role, database = project["roles"][0], project["databases"][0]
    port = ok(client.get("/__localcloud/computes"))[branch["endpoints"][0]["id"]]["direct"]
    address = f"{role['name']}:{role['password']}@127.0.0.1:{port}"
    assert run_statements(f"postgresql://{address}/{database['name']}") == 1


def test_a_schema_only_branch_is_a_root_branch_without_rows(client: httpx.Client) -> None:
    project = new_project(client)
    run_statements(url_of(project), "create table t as select 42 as answer", "select 1")
    branch = new_branch(client, project, init_source="schema-only", parent_id=project["branch"]["id"])
    assert "parent_id" not in branch["branch"]
    assert run_statements(url_of(branch), "select count(*) from t") == 0


def test_by_default_a_branch_is_a_child_of_the_default_branch_without_a_compute(client: httpx.Client) -> None:
    project = new_project(client)
    created = wait_until_finished(client, client.post(f"{project_path(project)}/branches"), 201)
    assert created["branch"]["name"]
    assert created["branch"]["parent_id"] == project["branch"]["id"]
    assert created["endpoints"] == []
    assert "connection_uris" not in created


def test_no_connection_string_is_returned_if_the_parent_has_several_roles(client: httpx.Client) -> None:
    project = new_project(client)
    new_role(client, project)
    assert "connection_uris" not in new_branch(client, project)


def test_no_connection_string_is_returned_if_the_parent_has_several_databases(client: httpx.Client) -> None:
    project = new_project(client)
    new_database(client, project)
    branch = new_branch(client, project)
    assert "connection_uris" not in branch
    assert [each["name"] for each in branch["databases"]] == ["neondb", "more"]


def test_a_branch_of_a_branch_can_be_created(client: httpx.Client) -> None:
    project = new_project(client)
    first = new_branch(client, project)
    run_statements(url_of(first), "create table t as select 42 as answer", "select 1")
    second = new_branch(client, project, name="deeper", parent_id=first["branch"]["id"])
    assert run_statements(url_of(second), "select answer from t") == 42


def test_a_name_must_be_unique(client: httpx.Client) -> None:
    project = new_project(client)
    body = {"branch": {"name": "main"}}
    error = error_of(client.post(f"{project_path(project)}/branches", json=body))
    assert error == (409, 'branch already exists; branch_name:"main"')


def test_a_missing_parent_is_404(client: httpx.Client) -> None:
    project = new_project(client)
    body = {"branch": {"parent_id": "br-quiet-term-a1234567"}}
    assert error_of(client.post(f"{project_path(project)}/branches", json=body)) == (404, "branch not found")


@pytest.mark.parametrize(
    "field", [{"parent_timestamp": PAST}, {"parent_lsn": "0/1"}, {"archived": True}, {"init_source": "import"}]
)
def test_unsupported_features_are_rejected(client: httpx.Client, field: dict[str, Any]) -> None:
    project = new_project(client)
    error = error_of(client.post(f"{project_path(project)}/branches", json={"branch": field}))
    assert error[0] == 422
    assert "the local cloud" in error[1]


def test_a_branch_can_be_renamed_and_protected(client: httpx.Client) -> None:
    branch = new_branch(client, new_project(client))
    wait_until_finished(client, client.patch(branch_path(branch), json={"branch": {"name": "qa", "protected": True}}))
    response = ok(client.get(branch_path(branch)))["branch"]
    assert (response["name"], response["protected"]) == ("qa", True)
    wait_until_finished(client, client.patch(branch_path(branch), json={"branch": {"protected": False}}))


def test_deleting_a_branch_can_be_repeated(client: httpx.Client) -> None:
    branch = new_branch(client, new_project(client))
    response = wait_until_finished(client, client.delete(branch_path(branch)), 200)
    assert [each["action"] for each in response["operations"]] == ["suspend_compute", "delete_timeline"]
    again = client.delete(branch_path(branch))
    assert (again.status_code, again.content) == (204, b"")
    assert client.get(branch_path(branch)).status_code == 404
    assert client.get(endpoint_path(branch)).status_code == 404


def test_deleting_a_branch_closes_its_sessions(client: httpx.Client) -> None:
    branch = new_branch(client, new_project(client))
    with session(url_of(branch)) as response:
        wait_until_finished(client, client.delete(branch_path(branch)))
        with pytest.raises(CUT):
            response("select 1")


def test_the_default_branch_cannot_be_deleted(client: httpx.Client) -> None:
    assert error_of(client.delete(branch_path(new_project(client)))) == (422, "the default branch cannot be deleted")


def test_a_former_default_branch_with_children_cannot_be_deleted(client: httpx.Client) -> None:
    project = new_project(client)
    branch = new_branch(client, project)
    ok(client.post(f"{branch_path(branch)}/set_as_default"))
    wait_until_finished(client, client.patch(branch_path(branch), json={"branch": {"name": "first"}}))
    assert error_of(client.delete(branch_path(project))) == (422, "a branch that has children cannot be deleted")


def test_a_root_branch_with_only_a_schema_can_be_deleted(client: httpx.Client) -> None:
    root = new_branch(client, new_project(client), init_source="schema-only")
    wait_until_finished(client, client.delete(branch_path(root)), 200)
    assert client.get(branch_path(root)).status_code == 404


def test_a_branch_with_children_cannot_be_deleted(client: httpx.Client) -> None:
    project = new_project(client)
    branch = new_branch(client, project)
    new_branch(client, project, name="deeper", parent_id=branch["branch"]["id"], endpoint=False)
    assert error_of(client.delete(branch_path(branch))) == (422, "a branch that has children cannot be deleted")


def test_a_protected_branch_cannot_be_deleted(client: httpx.Client) -> None:
    branch = new_branch(client, new_project(client), protected=True)
    assert error_of(client.delete(branch_path(branch))) == (422, "a protected branch cannot be deleted")


def test_another_branch_can_be_the_default_one(client: httpx.Client) -> None:
    project = new_project(client)
    branch = new_branch(client, project)
    assert ok(client.post(f"{branch_path(branch)}/set_as_default"))["branch"]["default"] is True
    assert ok(client.get(branch_path(project)))["branch"]["default"] is False


def test_the_expiration_of_a_branch_is_returned(client: httpx.Client) -> None:
    branch = new_branch(client, new_project(client), expires_at=FUTURE.replace("Z", "+00:00"))
    found = ok(client.get(branch_path(branch)))["branch"]
    assert found["expires_at"] == FUTURE
    assert 0 < found["ttl_interval_seconds"] <= 7 * 86_400


def test_null_removes_the_expiration(client: httpx.Client) -> None:
    branch = new_branch(client, new_project(client), expires_at=FUTURE)
    ok(client.patch(branch_path(branch), json={"branch": {"expires_at": None}}))
    assert not {"expires_at", "ttl_interval_seconds"} & set(ok(client.get(branch_path(branch)))["branch"])


@pytest.mark.parametrize("moment", [PAST, after(days=31)], ids=["past", "after 31 days"])
def test_an_expiration_in_the_past_or_after_more_than_thirty_days_is_rejected(
    client: httpx.Client, moment: str
) -> None:
    project = new_project(client)
    body = {"branch": {"name": "dev", "expires_at": moment}}
    error = error_of(client.post(f"{project_path(project)}/branches", json=body))
    assert (error[0], "at most 30 days" in error[1]) == (400, True)


def test_a_branch_that_expires_has_no_children(client: httpx.Client) -> None:
    project = new_project(client)
    branch = new_branch(client, project, expires_at=FUTURE)
    body = {"branch": {"name": "deeper", "parent_id": branch["branch"]["id"]}}
    error = error_of(client.post(f"{project_path(project)}/branches", json=body))
    assert error == (422, "a branch that expires cannot have children")


def test_a_branch_with_children_cannot_expire(client: httpx.Client) -> None:
    project = new_project(client)
    branch = new_branch(client, project)
    new_branch(client, project, name="deeper", parent_id=branch["branch"]["id"], endpoint=False)
    error = error_of(client.patch(branch_path(branch), json={"branch": {"expires_at": FUTURE}}))
    assert error == (422, "a branch that has children cannot expire")


def test_a_taken_branch_name_is_rejected_with_neons_code(client: httpx.Client) -> None:
    project = new_project(client)
    answer = client.post(f"{project_path(project)}/branches", json={"branch": {"name": "main"}})
    assert error_of(answer) == (409, 'branch already exists; branch_name:"main"')
    assert answer.json()["code"] == "BRANCH_ALREADY_EXISTS"


def test_a_branch_has_the_annotation_of_its_creation(client: httpx.Client) -> None:
    project = new_project(client)
    body = {"branch": {"name": "dev"}, "annotation_value": {"github-pr": "7"}}
    branch = wait_until_finished(client, client.post(f"{project_path(project)}/branches", json=body), 201)
    assert ok(client.get(branch_path(branch)))["annotation"]["value"] == {"github-pr": "7"}


def test_a_child_can_have_only_the_schema_of_its_parent(client: httpx.Client) -> None:
    project = new_project(client)
    run_statements(url_of(project), "create table cats (id int)", "insert into cats values (1)")
    branch = new_branch(client, project, init_source="parent-schema")
    assert branch["branch"]["parent_id"] == project["branch"]["id"]
    assert run_statements(url_of(branch), "select count(*) from cats") == 0


def test_an_expired_branch_is_deleted(client: httpx.Client) -> None:
    project = new_project(client)
    branch = new_branch(client, project)
    ok(client.patch(branch_path(branch), json={"branch": {"expires_at": after(seconds=2)}}))
    deadline = time.monotonic() + 30
    while client.get(branch_path(branch)).status_code != 404 and time.monotonic() < deadline:
        time.sleep(0.2)
    assert client.get(branch_path(branch)).status_code == 404
    assert [each["name"] for each in ok(client.get(f"{project_path(project)}/branches"))["branches"]] == ["main"]
    with pytest.raises(ConnectionRefusedError):
        run_statements(url_of(branch))


def test_the_default_branch_cannot_expire(client: httpx.Client) -> None:
    project = new_project(client)
    assert error_of(client.patch(branch_path(project), json={"branch": {"expires_at": FUTURE}}))[0] == 422


def test_names_on_different_branches_are_independent(client: httpx.Client) -> None:
    project = new_project(client)
    branch = new_branch(client, project)
    new_role(client, branch, "app")
    assert run_statements(url(client, branch, role="app")) == 1
    roles = ok(client.get(f"{branch_path(project)}/roles"))["roles"]
    assert [role["name"] for role in roles] == ["neondb_owner"]
