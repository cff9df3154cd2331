"""Operations: they take their time, lock their project, and may go wrong."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import asyncpg
import httpx
import pytest

from localcloud.neon.errors import LOCKED_MESSAGE
from tests.localcloud.neon.api import (
    branch_path,
    new_branch,
    new_project,
    ok,
    project_path,
    refused,
    settled,
    signed_in,
    url,
)
from tests.localcloud.neon.conftest import Start

WALKS = "/__localcloud/operations"


def walk(client: httpx.Client, *statuses: str, **rule: Any) -> None:
    ok(client.post(WALKS, json=[{"statuses": statuses, **rule}]))


def make_role(client: httpx.Client, project: Any, name: str = "app") -> httpx.Response:
    return client.post(f"{branch_path(project)}/roles", json={"role": {"name": name}})


def looks(client: httpx.Client, operation: Any, number: int) -> list[Any]:
    """What an operation is at each look."""
    path = f"/projects/{operation['project_id']}/operations/{operation['id']}"
    return [ok(client.get(path))["operation"] for _ in range(number)]


def test_an_operation_goes_from_scheduling_to_finished_look_by_look(client: httpx.Client) -> None:
    (operation,) = ok(make_role(client, new_project(client)), 201)["operations"]
    assert (operation["action"], operation["status"]) == ("apply_config", "scheduling")
    assert [each["status"] for each in looks(client, operation, 3)] == ["running", "finished", "finished"]


def test_how_many_looks_it_takes_can_be_set(start: Start) -> None:
    client = start(operation_looks=4)
    (operation,) = ok(make_role(client, new_project(client)), 201)["operations"]
    seen = [each["status"] for each in looks(client, operation, 4)]
    assert seen == ["running", "running", "running", "finished"]


def test_a_state_lasts_as_long_as_is_set(start: Start) -> None:
    client = start(operation_delay_seconds=3600)
    made = ok(client.post("/projects", json={"project": {}}), 201)
    assert [each["status"] for each in looks(client, made["operations"][0], 3)] == ["scheduling"] * 3


def test_operations_of_a_project_are_done_one_after_the_other(client: httpx.Client) -> None:
    made = ok(client.post("/projects", json={"project": {}}), 201)
    first, second = made["operations"]
    assert (first["action"], second["action"]) == ("create_timeline", "start_compute")
    assert looks(client, second, 1)[0]["status"] == "scheduling"
    assert looks(client, first, 1)[0]["status"] == "finished"


def test_a_project_is_locked_while_operations_run(client: httpx.Client) -> None:
    project = new_project(client)
    answer = make_role(client, project)
    assert refused(make_role(client, project, "other")) == (423, LOCKED_MESSAGE)
    settled(client, answer)
    settled(client, make_role(client, project, "other"), 201)


def test_of_two_changes_at_once_one_is_refused(client: httpx.Client) -> None:
    project = new_project(client)
    with ThreadPoolExecutor() as threads:
        answers = list(threads.map(lambda name: make_role(client, project, name), ("a", "b")))
    assert sorted(answer.status_code for answer in answers) == [201, 423]


def test_reading_is_not_locked(client: httpx.Client) -> None:
    project = new_project(client)
    make_role(client, project)
    assert client.get(branch_path(project)).status_code == 200


def test_another_project_is_not_locked(client: httpx.Client) -> None:
    project, other = new_project(client), new_project(client)
    make_role(client, project)
    settled(client, make_role(client, other), 201)


def test_who_only_repeats_a_refused_change_gets_it_done(client: httpx.Client) -> None:
    project = new_project(client)
    make_role(client, project)
    answers = [make_role(client, project, "other").status_code for _ in range(3)]
    assert answers == [423, 423, 201]


def test_a_branch_is_ready_once_its_operation_is_done(client: httpx.Client) -> None:
    project = new_project(client)
    made = ok(client.post(f"{project_path(project)}/branches", json={"branch": {"name": "dev"}}), 201)
    assert (made["branch"]["current_state"], made["branch"]["pending_state"]) == ("init", "ready")
    settled(client, client.get(f"{project_path(project)}/operations"))
    branch = ok(client.get(branch_path(made)))["branch"]
    assert branch["current_state"] == "ready"
    assert "pending_state" not in branch


def test_an_operation_that_failed_may_still_finish(client: httpx.Client) -> None:
    project = new_project(client)
    walk(client, "scheduling", "failed", "running", "finished", error="the compute is busy")
    (operation,) = ok(make_role(client, project), 201)["operations"]
    failed, running, finished = looks(client, operation, 3)
    assert (failed["status"], failed["failures_count"], failed["error"]) == ("failed", 1, "the compute is busy")
    assert "retry_at" in failed
    assert [running["status"], finished["status"]] == ["running", "finished"]
    assert signed_in(url(client, project, "app")) == 1


def test_a_failed_operation_keeps_the_lock(client: httpx.Client) -> None:
    project = new_project(client)
    walk(client, "running", "failed")
    (operation,) = ok(make_role(client, project), 201)["operations"]
    assert [each["status"] for each in looks(client, operation, 3)] == ["failed"] * 3
    assert refused(make_role(client, project, "other"))[0] == 423


@pytest.mark.parametrize("end", ["error", "cancelled"])
def test_what_did_not_happen_has_no_effect(client: httpx.Client, end: str) -> None:
    project = new_project(client)
    walk(client, "scheduling", "running", end)
    made = settled(client, make_role(client, project))
    assert looks(client, made["operations"][0], 1)[0]["status"] == end
    with pytest.raises(asyncpg.InvalidPasswordError):
        signed_in(url(client, project, "app"))


def test_what_was_skipped_is_so_all_the_same(client: httpx.Client) -> None:
    project = new_project(client)
    walk(client, "scheduling", "skipped")
    settled(client, make_role(client, project))
    assert signed_in(url(client, project, "app")) == 1


def test_a_compute_whose_start_failed_lets_nobody_in(client: httpx.Client) -> None:
    walk(client, "running", "error", action="start_compute")
    project = new_project(client)
    with pytest.raises(asyncpg.CannotConnectNowError):
        signed_in(url(client, project))


def test_a_rule_meets_its_action_as_often_as_it_says(client: httpx.Client) -> None:
    project = new_project(client)
    walk(client, "cancelled", action="apply_config", times=2)
    new_branch(client, project)
    told = [ok(make_role(client, project, name), 201)["operations"][0]["status"] for name in ("a", "b", "c")]
    assert told == ["cancelled", "cancelled", "scheduling"]


def test_rules_are_shown_and_cleared(client: httpx.Client) -> None:
    walk(client, "running", action="apply_config")
    assert [rule["action"] for rule in ok(client.get(WALKS))] == ["apply_config"]
    ok(client.delete(WALKS))
    assert ok(client.get(WALKS)) == []


@pytest.mark.parametrize(
    "rule", [{"statuses": []}, {"statuses": ["done"]}, {"statuses": ["running"], "x": 1}, {"statuses": ["finished"]}]
)
def test_a_rule_of_another_form_is_refused(client: httpx.Client, rule: dict[str, Any]) -> None:
    assert client.post(WALKS, json=[rule]).status_code == 400


def test_operations_are_listed_newest_first_and_page_by_page(client: httpx.Client) -> None:
    project = new_project(client)
    settled(client, make_role(client, project))
    path, seen = f"{project_path(project)}/operations", []
    cursor: dict[str, str] = {}
    for _ in range(3):
        answer = ok(client.get(path, params={"limit": 1, **cursor}))
        seen += [each["action"] for each in answer["operations"]]
        cursor = answer["pagination"]
    assert seen == ["apply_config", "start_compute", "create_timeline"]
    assert ok(client.get(path, params={"limit": 1, **cursor}))["operations"] == []


def test_an_operation_that_is_not_there_is_404(client: httpx.Client) -> None:
    assert refused(client.get(f"{project_path(new_project(client))}/operations/none")) == (404, "operation not found")
