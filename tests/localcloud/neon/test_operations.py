"""Operations: they take time, lock their project, and may fail."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import asyncpg
import httpx
import pytest

from localcloud.neon.errors import LOCKED_MESSAGE
from tests.localcloud.neon.api import (
    branch_path,
    error_of,
    new_branch,
    new_project,
    ok,
    project_path,
    run_statements,
    url,
    wait_until_finished,
)
from tests.localcloud.neon.conftest import Start

SCRIPTS = "/__localcloud/operations"


def add_script(client: httpx.Client, *statuses: str, **rule: Any) -> None:
    ok(client.post(SCRIPTS, json=[{"statuses": statuses, **rule}]))


def create_role(client: httpx.Client, project: Any, name: str = "app") -> httpx.Response:
    return client.post(f"{branch_path(project)}/roles", json={"role": {"name": name}})


def read_statuses(client: httpx.Client, operation: Any, number: int) -> list[Any]:
    """Reads an operation several times."""
    path = f"/projects/{operation['project_id']}/operations/{operation['id']}"
    return [ok(client.get(path))["operation"] for _ in range(number)]


def test_each_read_advances_an_operation_from_scheduling_to_finished(client: httpx.Client) -> None:
    (operation,) = ok(create_role(client, new_project(client)), 201)["operations"]
    assert (operation["action"], operation["status"]) == ("apply_config", "scheduling")
    assert [each["status"] for each in read_statuses(client, operation, 3)] == ["running", "finished", "finished"]


def test_the_number_of_reads_until_finished_can_be_set(start: Start) -> None:
    client = start(operation_reads=4)
    (operation,) = ok(create_role(client, new_project(client)), 201)["operations"]
    seen = [each["status"] for each in read_statuses(client, operation, 4)]
    assert seen == ["running", "running", "running", "finished"]


def test_the_duration_of_a_status_can_be_set(start: Start) -> None:
    client = start(operation_delay_seconds=3600)
    created = ok(client.post("/projects", json={"project": {}}), 201)
    assert [each["status"] for each in read_statuses(client, created["operations"][0], 3)] == ["scheduling"] * 3


def test_operations_of_a_project_run_sequentially(client: httpx.Client) -> None:
    created = ok(client.post("/projects", json={"project": {}}), 201)
    first, second = created["operations"]
    assert (first["action"], second["action"]) == ("create_timeline", "start_compute")
    assert read_statuses(client, second, 1)[0]["status"] == "scheduling"
    assert read_statuses(client, first, 1)[0]["status"] == "finished"


def test_a_project_is_locked_while_operations_run(client: httpx.Client) -> None:
    project = new_project(client)
    answer = create_role(client, project)
    assert error_of(create_role(client, project, "other")) == (423, LOCKED_MESSAGE)
    wait_until_finished(client, answer)
    wait_until_finished(client, create_role(client, project, "other"), 201)


def test_the_second_of_two_concurrent_changes_is_rejected(client: httpx.Client) -> None:
    project = new_project(client)
    with ThreadPoolExecutor() as threads:
        answers = list(threads.map(lambda name: create_role(client, project, name), ("a", "b")))
    assert sorted(answer.status_code for answer in answers) == [201, 423]


def test_reading_is_not_locked(client: httpx.Client) -> None:
    project = new_project(client)
    create_role(client, project)
    assert client.get(branch_path(project)).status_code == 200


def test_another_project_is_not_locked(client: httpx.Client) -> None:
    project, other = new_project(client), new_project(client)
    create_role(client, project)
    wait_until_finished(client, create_role(client, other), 201)


def test_retrying_a_rejected_change_succeeds_in_the_end(client: httpx.Client) -> None:
    project = new_project(client)
    create_role(client, project)
    answers = [create_role(client, project, "other").status_code for _ in range(3)]
    assert answers == [423, 423, 201]


def test_a_branch_is_ready_after_its_operation(client: httpx.Client) -> None:
    project = new_project(client)
    created = ok(client.post(f"{project_path(project)}/branches", json={"branch": {"name": "dev"}}), 201)
    assert (created["branch"]["current_state"], created["branch"]["pending_state"]) == ("init", "ready")
    wait_until_finished(client, client.get(f"{project_path(project)}/operations"))
    branch = ok(client.get(branch_path(created)))["branch"]
    assert branch["current_state"] == "ready"
    assert "pending_state" not in branch


def test_a_failed_operation_ends_with_its_reason_and_releases_the_project(client: httpx.Client) -> None:
    project = new_project(client)
    add_script(client, "scheduling", "failed", error="the compute is busy")
    (operation,) = ok(create_role(client, project), 201)["operations"]
    failed, same = read_statuses(client, operation, 2)
    assert (failed["status"], failed["failures_count"], failed["error"]) == ("failed", 1, "the compute is busy")
    assert same["status"] == "failed"
    ok(create_role(client, project, "other"), 201)


@pytest.mark.parametrize("end", ["error", "failed", "cancelled"])
def test_a_cancelled_operation_has_no_effect(client: httpx.Client, end: str) -> None:
    project = new_project(client)
    add_script(client, "scheduling", "running", end)
    created = wait_until_finished(client, create_role(client, project))
    assert read_statuses(client, created["operations"][0], 1)[0]["status"] == end
    with pytest.raises(asyncpg.InvalidPasswordError):
        run_statements(url(client, project, "app"))


def test_a_skipped_operation_has_its_effect(client: httpx.Client) -> None:
    project = new_project(client)
    add_script(client, "scheduling", "skipped")
    wait_until_finished(client, create_role(client, project))
    assert run_statements(url(client, project, "app")) == 1


def test_a_compute_whose_start_failed_rejects_logins(client: httpx.Client) -> None:
    add_script(client, "running", "error", action="start_compute")
    project = new_project(client)
    with pytest.raises(asyncpg.CannotConnectNowError):
        run_statements(url(client, project))


def test_a_script_applies_to_its_action_as_often_as_configured(client: httpx.Client) -> None:
    project = new_project(client)
    add_script(client, "cancelled", action="apply_config", times=2)
    new_branch(client, project)
    firsts = [ok(create_role(client, project, name), 201)["operations"][0]["status"] for name in ("a", "b", "c")]
    assert firsts == ["cancelled", "cancelled", "scheduling"]


def test_scripts_are_listed_and_cleared(client: httpx.Client) -> None:
    add_script(client, "running", action="apply_config")
    assert [rule["action"] for rule in ok(client.get(SCRIPTS))] == ["apply_config"]
    ok(client.delete(SCRIPTS))
    assert ok(client.get(SCRIPTS)) == []


@pytest.mark.parametrize(
    "rule",
    [
        {"statuses": []},
        {"statuses": ["done"]},
        {"statuses": ["running"], "x": 1},
        {"statuses": ["finished"]},
        {"statuses": ["running", "failed", "finished"]},
    ],
)
def test_an_invalid_script_is_rejected(client: httpx.Client, rule: dict[str, Any]) -> None:
    assert client.post(SCRIPTS, json=[rule]).status_code == 400


def test_operations_are_listed_in_pages_newest_first(client: httpx.Client) -> None:
    project = new_project(client)
    wait_until_finished(client, create_role(client, project))
    path, seen = f"{project_path(project)}/operations", []
    cursor: dict[str, str] = {}
    for _ in range(3):
        answer = ok(client.get(path, params={"limit": 1, **cursor}))
        seen += [each["action"] for each in answer["operations"]]
        cursor = answer["pagination"]
    assert seen == ["apply_config", "start_compute", "create_timeline"]
    assert ok(client.get(path, params={"limit": 1, **cursor}))["operations"] == []


def test_a_missing_operation_is_404(client: httpx.Client) -> None:
    assert error_of(client.get(f"{project_path(new_project(client))}/operations/none")) == (404, "operation not found")
