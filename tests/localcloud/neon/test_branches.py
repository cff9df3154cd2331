"""Branches: copies of their parents, on computes of their own."""

from typing import Any

import httpx
import pytest

from tests.localcloud.neon.api import (
    CUT,
    branch_path,
    endpoint_path,
    new_branch,
    new_database,
    new_project,
    new_role,
    ok,
    project_path,
    refused,
    session,
    settled,
    signed_in,
    url,
    url_of,
)

PAST, FUTURE = "2020-01-01T00:00:00Z", "2120-01-01T00:00:00Z"


def test_a_branch_holds_what_its_parent_holds(client: httpx.Client) -> None:
    project = new_project(client)
    signed_in(url_of(project), "create table t as select 42 as answer", "select 1")
    branch = new_branch(client, project)
    assert branch["branch"]["parent_id"] == project["branch"]["id"]
    assert signed_in(url_of(branch), "select answer from t") == 42


def test_what_changes_on_a_branch_does_not_change_on_its_parent(client: httpx.Client) -> None:
    project = new_project(client)
    signed_in(url_of(project), "create table t as select 42 as answer", "select 1")
    signed_in(url_of(new_branch(client, project)), "update t set answer = 7", "select 1")
    assert signed_in(url_of(project), "select answer from t") == 42


def test_a_role_owns_on_a_branch_what_it_owned_on_the_parent(client: httpx.Client) -> None:
    project = new_project(client)
    signed_in(url_of(project), "create table t ()", "select 1")
    assert signed_in(url_of(new_branch(client, project)), "alter table t rename to u", "select count(*) from u") == 0


def test_roles_keep_the_passwords_of_the_parent(client: httpx.Client) -> None:
    project = new_project(client)
    branch = new_branch(client, project)
    passwords = [made["connection_uris"][0]["connection_parameters"]["password"] for made in (project, branch)]
    assert passwords[0] == passwords[1]


def test_roles_of_a_protected_parent_get_new_passwords(client: httpx.Client) -> None:
    project = new_project(client)
    settled(client, client.patch(branch_path(project), json={"branch": {"protected": True}}))
    branch = new_branch(client, project)
    passwords = [made["connection_uris"][0]["connection_parameters"]["password"] for made in (project, branch)]
    assert passwords[0] != passwords[1]
    assert signed_in(url_of(branch)) == 1
    settled(client, client.patch(branch_path(project), json={"branch": {"protected": False}}))


def test_roles_keep_their_passwords_where_none_is_stored(client: httpx.Client) -> None:
    project = new_project(client, store_passwords=False)
    branch = new_branch(client, project)
    assert "connection_uris" not in branch
    role, database = project["roles"][0], project["databases"][0]
    port = ok(client.get("/__localcloud/computes"))[branch["endpoints"][0]["id"]]["direct"]
    address = f"{role['name']}:{role['password']}@127.0.0.1:{port}"
    assert signed_in(f"postgresql://{address}/{database['name']}") == 1


def test_a_schema_only_branch_is_a_root_without_rows(client: httpx.Client) -> None:
    project = new_project(client)
    signed_in(url_of(project), "create table t as select 42 as answer", "select 1")
    branch = new_branch(client, project, init_source="schema-only", parent_id=project["branch"]["id"])
    assert "parent_id" not in branch["branch"]
    assert signed_in(url_of(branch), "select count(*) from t") == 0


def test_a_branch_of_nothing_stated_is_a_child_of_the_default_one_without_compute(client: httpx.Client) -> None:
    project = new_project(client)
    made = settled(client, client.post(f"{project_path(project)}/branches"), 201)
    assert made["branch"]["name"]
    assert made["branch"]["parent_id"] == project["branch"]["id"]
    assert made["endpoints"] == []
    assert "connection_uris" not in made


def test_there_is_no_connection_string_where_the_parent_has_several_roles(client: httpx.Client) -> None:
    project = new_project(client)
    new_role(client, project)
    assert "connection_uris" not in new_branch(client, project)


def test_there_is_no_connection_string_where_the_parent_has_several_databases(client: httpx.Client) -> None:
    project = new_project(client)
    new_database(client, project)
    branch = new_branch(client, project)
    assert "connection_uris" not in branch
    assert [each["name"] for each in branch["databases"]] == ["neondb", "more"]


def test_a_branch_of_a_branch_can_be_made(client: httpx.Client) -> None:
    project = new_project(client)
    first = new_branch(client, project)
    signed_in(url_of(first), "create table t as select 42 as answer", "select 1")
    second = new_branch(client, project, name="deeper", parent_id=first["branch"]["id"])
    assert signed_in(url_of(second), "select answer from t") == 42


def test_a_name_is_given_once(client: httpx.Client) -> None:
    project = new_project(client)
    body = {"branch": {"name": "main"}}
    told = refused(client.post(f"{project_path(project)}/branches", json=body))
    assert told == (409, 'branch already exists; branch_name:"main"')


def test_a_parent_that_is_not_there_is_404(client: httpx.Client) -> None:
    project = new_project(client)
    body = {"branch": {"parent_id": "br-quiet-term-a1234567"}}
    assert refused(client.post(f"{project_path(project)}/branches", json=body)) == (404, "branch not found")


@pytest.mark.parametrize("field", [{"parent_timestamp": PAST}, {"parent_lsn": "0/1"}, {"archived": True}])
def test_what_the_local_cloud_cannot_do_is_refused(client: httpx.Client, field: dict[str, Any]) -> None:
    project = new_project(client)
    told = refused(client.post(f"{project_path(project)}/branches", json={"branch": field}))
    assert told[0] == 422
    assert "the local cloud" in told[1]


def test_a_branch_can_be_renamed_and_protected(client: httpx.Client) -> None:
    branch = new_branch(client, new_project(client))
    settled(client, client.patch(branch_path(branch), json={"branch": {"name": "qa", "protected": True}}))
    told = ok(client.get(branch_path(branch)))["branch"]
    assert (told["name"], told["protected"]) == ("qa", True)
    settled(client, client.patch(branch_path(branch), json={"branch": {"protected": False}}))


def test_a_branch_is_deleted_and_deleted_again(client: httpx.Client) -> None:
    branch = new_branch(client, new_project(client))
    told = settled(client, client.delete(branch_path(branch)), 200)
    assert [each["action"] for each in told["operations"]] == ["suspend_compute", "delete_timeline"]
    again = client.delete(branch_path(branch))
    assert (again.status_code, again.content) == (204, b"")
    assert client.get(branch_path(branch)).status_code == 404
    assert client.get(endpoint_path(branch)).status_code == 404


def test_deleting_a_branch_breaks_off_its_sessions(client: httpx.Client) -> None:
    branch = new_branch(client, new_project(client))
    with session(url_of(branch)) as told:
        settled(client, client.delete(branch_path(branch)))
        with pytest.raises(CUT):
            told("select 1")


def test_the_default_branch_cannot_be_deleted(client: httpx.Client) -> None:
    assert refused(client.delete(branch_path(new_project(client)))) == (422, "the default branch cannot be deleted")


def test_a_root_branch_cannot_be_deleted(client: httpx.Client) -> None:
    project = new_project(client)
    branch = new_branch(client, project)
    ok(client.post(f"{branch_path(branch)}/set_as_default"))
    settled(client, client.patch(branch_path(branch), json={"branch": {"name": "first"}}))
    other_root = new_branch(client, project, init_source="schema-only")
    assert refused(client.delete(branch_path(other_root))) == (422, "a root branch cannot be deleted")


def test_a_branch_with_children_cannot_be_deleted(client: httpx.Client) -> None:
    project = new_project(client)
    branch = new_branch(client, project)
    new_branch(client, project, name="deeper", parent_id=branch["branch"]["id"], endpoint=False)
    assert refused(client.delete(branch_path(branch))) == (422, "a branch that has children cannot be deleted")


def test_a_protected_branch_cannot_be_deleted(client: httpx.Client) -> None:
    branch = new_branch(client, new_project(client), protected=True)
    assert refused(client.delete(branch_path(branch))) == (422, "a protected branch cannot be deleted")


def test_another_branch_can_be_the_default_one(client: httpx.Client) -> None:
    project = new_project(client)
    branch = new_branch(client, project)
    assert ok(client.post(f"{branch_path(branch)}/set_as_default"))["branch"]["default"] is True
    assert ok(client.get(branch_path(project)))["branch"]["default"] is False


def test_a_branch_keeps_when_it_expires(client: httpx.Client) -> None:
    branch = new_branch(client, new_project(client), expires_at="2120-01-01T02:00:00+02:00")
    assert ok(client.get(branch_path(branch)))["branch"]["expires_at"] == FUTURE


def test_null_takes_the_expiry_away(client: httpx.Client) -> None:
    branch = new_branch(client, new_project(client), expires_at=FUTURE)
    ok(client.patch(branch_path(branch), json={"branch": {"expires_at": None}}))
    assert "expires_at" not in ok(client.get(branch_path(branch)))["branch"]


def test_an_expired_branch_is_gone(client: httpx.Client) -> None:
    project = new_project(client)
    branch = new_branch(client, project)
    ok(client.patch(branch_path(branch), json={"branch": {"expires_at": PAST}}))
    assert client.get(branch_path(branch)).status_code == 404
    assert [each["name"] for each in ok(client.get(f"{project_path(project)}/branches"))["branches"]] == ["main"]
    with pytest.raises(ConnectionRefusedError):
        signed_in(url_of(branch))


def test_the_default_branch_does_not_expire(client: httpx.Client) -> None:
    project = new_project(client)
    assert refused(client.patch(branch_path(project), json={"branch": {"expires_at": FUTURE}}))[0] == 422


def test_names_are_not_confused_between_branches(client: httpx.Client) -> None:
    project = new_project(client)
    branch = new_branch(client, project)
    new_role(client, branch, "app")
    assert signed_in(url(client, branch, role="app")) == 1
    roles = ok(client.get(f"{branch_path(project)}/roles"))["roles"]
    assert [role["name"] for role in roles] == ["neondb_owner"]
