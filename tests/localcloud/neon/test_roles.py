"""Roles: passwords, rights, and the objects of deleted roles."""

import asyncpg
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
    run_statements,
    session,
    url,
    url_of,
    wait_until_finished,
)


def test_a_role_logs_in_with_the_password_of_the_response(client: httpx.Client) -> None:
    project = new_project(client)
    role = new_role(client, project)["role"]
    assert role["authentication_method"] == "password"
    address = url(client, project, "app")
    assert f"app:{role['password']}@" in address
    assert run_statements(address) == 1


def test_a_password_is_returned_only_when_it_is_created(client: httpx.Client) -> None:
    project = new_project(client)
    new_role(client, project)
    shown = ok(client.get(f"{branch_path(project)}/roles/app"))["role"]
    listed = ok(client.get(f"{branch_path(project)}/roles"))["roles"]
    assert [role["name"] for role in listed] == ["neondb_owner", "app"]
    assert not any("password" in role for role in (shown, *listed))


def test_a_role_is_unusable_until_its_operation_has_finished(client: httpx.Client) -> None:
    project = new_project(client)
    answer = client.post(f"{branch_path(project)}/roles", json={"role": {"name": "app"}})
    with pytest.raises(asyncpg.InvalidPasswordError):
        run_statements(url(client, project, "app"))
    wait_until_finished(client, answer)
    assert run_statements(url(client, project, "app")) == 1


def test_a_new_role_closes_the_sessions_of_the_compute(client: httpx.Client) -> None:
    project = new_project(client)
    with session(url_of(project)) as run_statement:
        new_role(client, project)
        with pytest.raises(CUT):
            run_statement("select 1")


def test_a_new_role_does_not_close_sessions_of_other_branches(client: httpx.Client) -> None:
    project = new_project(client)
    branch = new_branch(client, project)
    with session(url_of(project)) as run_statement:
        new_role(client, branch)
        assert run_statement("select 1") == 1


def test_a_new_role_starts_a_suspended_compute_temporarily(client: httpx.Client) -> None:
    project = new_project(client)
    wait_until_finished(client, client.post(f"{endpoint_path(project)}/suspend"))
    actions = [each["action"] for each in new_role(client, project)["operations"]]
    assert actions == ["start_compute", "apply_config", "suspend_compute"]
    assert ok(client.get(endpoint_path(project)))["endpoint"]["current_state"] == "idle"
    assert run_statements(url(client, project, "app")) == 1


def test_a_role_reads_and_writes_the_tables_of_others(client: httpx.Client) -> None:
    project = new_project(client)
    run_statements(url_of(project), "create table t (answer int)", "select 1")
    new_role(client, project)
    assert run_statements(url(client, project, "app"), "insert into t values (42)", "select answer from t") == 42


def test_a_role_bypasses_row_level_security(client: httpx.Client) -> None:
    project = new_project(client)
    statements = ("create table t as select 42 as answer", "alter table t enable row level security", "select 1")
    run_statements(url_of(project), *statements)
    new_role(client, project)
    assert run_statements(url(client, project, "app"), "select count(*) from t") == 1


def test_a_role_that_cannot_log_in_has_no_password(client: httpx.Client) -> None:
    project = new_project(client)
    role = new_role(client, project, "group", no_login=True)["role"]
    assert role["authentication_method"] == "no_login"
    assert "password" not in role
    assert client.get(f"{branch_path(project)}/roles/group/reveal_password").status_code == 412


def test_a_name_must_be_unique(client: httpx.Client) -> None:
    project = new_project(client)
    new_role(client, project)
    again = client.post(f"{branch_path(project)}/roles", json={"role": {"name": "app"}})
    assert error_of(again) == (409, "role already exists")


def test_creating_a_role_needs_a_compute(client: httpx.Client) -> None:
    branch = new_branch(client, new_project(client), endpoint=False)
    assert error_of(client.post(f"{branch_path(branch)}/roles", json={"role": {"name": "app"}}))[0] == 422


def test_a_name_of_63_bytes_is_accepted(client: httpx.Client) -> None:
    project = new_project(client)
    for name in ("ä" * 31 + "a", "ä" * 31 + "b"):
        new_role(client, project, name)
        assert run_statements(url(client, project, name)) == 1


def test_a_password_is_revealed(client: httpx.Client) -> None:
    project = new_project(client)
    role = new_role(client, project)["role"]
    revealed = ok(client.get(f"{branch_path(project)}/roles/app/reveal_password"))
    assert revealed == {"password": role["password"]}


def test_a_password_that_is_not_stored_is_not_revealed(client: httpx.Client) -> None:
    project = new_project(client, store_passwords=False)
    error = error_of(client.get(f"{branch_path(project)}/roles/neondb_owner/reveal_password"))
    assert error == (412, "storing passwords is disabled for the project")


def test_the_password_of_a_missing_role_is_404(client: httpx.Client) -> None:
    path = f"{branch_path(new_project(client))}/roles/nobody/reveal_password"
    assert error_of(client.get(path)) == (404, "role not found")


def test_the_old_password_is_valid_until_the_operation_has_finished(client: httpx.Client) -> None:
    project = new_project(client)
    answer = client.post(f"{branch_path(project)}/roles/neondb_owner/reset_password")
    new = ok(answer)["role"]["password"]
    assert run_statements(url_of(project)) == 1
    with pytest.raises(asyncpg.InvalidPasswordError):
        run_statements(url(client, project))
    wait_until_finished(client, answer)
    with pytest.raises(asyncpg.InvalidPasswordError):
        run_statements(url_of(project))
    assert f":{new}@" in url(client, project)
    assert run_statements(url(client, project)) == 1


def test_a_password_reset_closes_sessions(client: httpx.Client) -> None:
    project = new_project(client)
    with session(url_of(project)) as run_statement:
        wait_until_finished(client, client.post(f"{branch_path(project)}/roles/neondb_owner/reset_password"))
        with pytest.raises(CUT):
            run_statement("select 1")


def test_a_password_reset_on_a_branch_does_not_affect_the_parent(client: httpx.Client) -> None:
    project = new_project(client)
    branch = new_branch(client, project)
    wait_until_finished(client, client.post(f"{branch_path(branch)}/roles/neondb_owner/reset_password"))
    assert run_statements(url_of(project)) == 1


def test_deleting_a_role_can_be_repeated(client: httpx.Client) -> None:
    project = new_project(client)
    new_role(client, project)
    address = url(client, project, "app")
    wait_until_finished(client, client.delete(f"{branch_path(project)}/roles/app"), 200)
    with pytest.raises(asyncpg.InvalidPasswordError):
        run_statements(address)
    again = client.delete(f"{branch_path(project)}/roles/app")
    assert (again.status_code, again.content) == (204, b"")


def test_objects_of_a_deleted_role_are_reassigned_to_the_owner_of_the_database(client: httpx.Client) -> None:
    project = new_project(client)
    new_role(client, project)
    new_branch(client, project, endpoint=False)  # the role is kept on this branch
    run_statements(url_of(project), "grant create on schema public to public", "select 1")
    run_statements(url(client, project, "app"), "create table t as select 42 as answer", "select 1")
    wait_until_finished(client, client.delete(f"{branch_path(project)}/roles/app"))
    assert run_statements(url_of(project), "alter table t rename to u", "select answer from u") == 42


def test_a_role_that_owns_a_database_cannot_be_deleted(client: httpx.Client) -> None:
    project = new_project(client)
    new_role(client, project)
    new_database(client, project, "shop", "app")
    error = error_of(client.delete(f"{branch_path(project)}/roles/app"))
    assert error == (422, "the role owns the databases shop")


def test_a_name_can_be_used_again(client: httpx.Client) -> None:
    project = new_project(client)
    new_role(client, project)
    wait_until_finished(client, client.delete(f"{branch_path(project)}/roles/app"))
    new_role(client, project)
    assert run_statements(url(client, project, "app")) == 1
