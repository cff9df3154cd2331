"""Computes: one for each branch, which starts when a client connects."""

from pathlib import Path
from typing import Any

import httpx
import pytest

from localcloud.neon.settings import Settings
from tests.localcloud.neon.api import (
    CUT,
    branch_path,
    endpoint_path,
    error_of,
    new_branch,
    new_project,
    ok,
    project_path,
    run_statements,
    session,
    url,
    url_of,
    wait_until_finished,
)
from tests.localcloud.neon.conftest import Start


def new_endpoint(client: httpx.Client, response: Any, **fields: Any) -> httpx.Response:
    body = {"endpoint": {"branch_id": response["branch"]["id"], "type": "read_write", **fields}}
    return client.post(f"/projects/{response['branch']['project_id']}/endpoints", json=body)


def state(client: httpx.Client, response: Any) -> Any:
    return ok(client.get(endpoint_path(response)))["endpoint"]["current_state"]


def suspend(client: httpx.Client, response: Any) -> None:
    wait_until_finished(client, client.post(f"{endpoint_path(response)}/suspend"))


def test_a_compute_can_be_added_to_a_branch(client: httpx.Client) -> None:
    branch = new_branch(client, new_project(client), endpoint=False)
    response = wait_until_finished(
        client, new_endpoint(client, branch, autoscaling_limit_min_cu=1, name="primary"), 201
    )
    assert (response["endpoint"]["autoscaling_limit_min_cu"], response["endpoint"]["name"]) == (1, "primary")
    assert run_statements(url(client, branch)) == 1


def test_a_second_read_write_compute_is_rejected(client: httpx.Client) -> None:
    assert error_of(new_endpoint(client, new_project(client)))[0] == 409


def test_a_read_only_compute_is_rejected(client: httpx.Client) -> None:
    error = error_of(new_endpoint(client, new_project(client), type="read_only"))
    assert error == (422, "the local cloud has no read_only endpoints")


def test_a_compute_in_another_region_is_rejected(client: httpx.Client) -> None:
    branch = new_branch(client, new_project(client), endpoint=False)
    assert error_of(new_endpoint(client, branch, region_id="aws-eu-central-1"))[0] == 400


def test_computes_are_listed_by_project_and_by_branch(client: httpx.Client) -> None:
    project = new_project(client)
    branch = new_branch(client, project)
    ids = {response["endpoints"][0]["id"] for response in (project, branch)}
    assert {each["id"] for each in ok(client.get(f"{project_path(project)}/endpoints"))["endpoints"]} == ids
    shown = ok(client.get(f"{branch_path(branch)}/endpoints"))["endpoints"]
    assert [each["id"] for each in shown] == [branch["endpoints"][0]["id"]]


def test_a_compute_is_active_after_its_start(client: httpx.Client) -> None:
    response = ok(client.post("/projects", json={"project": {}}), 201)
    assert (response["endpoints"][0]["current_state"], response["endpoints"][0]["pending_state"]) == ("init", "active")
    wait_until_finished(client, client.get(f"{project_path(response)}/operations"))
    endpoint = ok(client.get(endpoint_path(response)))["endpoint"]
    assert endpoint["current_state"] == "active"
    assert "pending_state" not in endpoint


def test_suspending_a_compute_closes_its_sessions(client: httpx.Client) -> None:
    project = new_project(client)
    with session(url_of(project)) as run_statement:
        suspend(client, project)
        with pytest.raises(CUT):
            run_statement("select 1")
    assert state(client, project) == "idle"


def test_a_connection_starts_a_suspended_compute(client: httpx.Client) -> None:
    project = new_project(client)
    suspend(client, project)
    assert run_statements(url_of(project)) == 1
    assert state(client, project) == "active"


def test_a_compute_can_be_started(client: httpx.Client) -> None:
    project = new_project(client)
    suspend(client, project)
    wait_until_finished(client, client.post(f"{endpoint_path(project)}/start"), 200)
    assert state(client, project) == "active"


def test_a_restart_closes_sessions(client: httpx.Client) -> None:
    project = new_project(client)
    with session(url_of(project)) as run_statement:
        response = wait_until_finished(client, client.post(f"{endpoint_path(project)}/restart"), 200)
        assert [each["action"] for each in response["operations"]] == ["suspend_compute", "start_compute"]
        with pytest.raises(CUT):
            run_statement("select 1")
    assert state(client, project) == "active"


def test_a_disabled_compute_rejects_logins_until_it_is_enabled(client: httpx.Client) -> None:
    project = new_project(client)
    wait_until_finished(client, client.patch(endpoint_path(project), json={"endpoint": {"disabled": True}}))
    with pytest.raises(Exception, match="disabled"):
        run_statements(url_of(project))
    assert error_of(client.post(f"{endpoint_path(project)}/start")) == (422, "the endpoint is disabled")
    wait_until_finished(client, client.patch(endpoint_path(project), json={"endpoint": {"disabled": False}}))
    assert run_statements(url_of(project)) == 1


def test_settings_can_be_changed(client: httpx.Client) -> None:
    project = new_project(client)
    change = {"autoscaling_limit_min_cu": 1, "autoscaling_limit_max_cu": 2, "suspend_timeout_seconds": -1}
    response = wait_until_finished(client, client.patch(endpoint_path(project), json={"endpoint": change}))
    assert [each["action"] for each in response["operations"]] == ["apply_config"]
    endpoint = ok(client.get(endpoint_path(project)))["endpoint"]
    assert {key: endpoint[key] for key in change} == change


def test_changing_one_limit_adjusts_the_other(client: httpx.Client) -> None:
    project = new_project(client)
    wait_until_finished(
        client, client.patch(endpoint_path(project), json={"endpoint": {"autoscaling_limit_min_cu": 8}})
    )
    assert ok(client.get(endpoint_path(project)))["endpoint"]["autoscaling_limit_max_cu"] == 8


def test_a_new_name_needs_no_operation_of_the_compute(client: httpx.Client) -> None:
    project = new_project(client)
    answer = ok(client.patch(endpoint_path(project), json={"endpoint": {"name": "primary"}}))
    assert answer["operations"] == []


def test_a_suspended_compute_starts_for_a_change_and_stops_again(client: httpx.Client) -> None:
    project = new_project(client)
    suspend(client, project)
    change = {"endpoint": {"autoscaling_limit_max_cu": 4}}
    response = wait_until_finished(client, client.patch(endpoint_path(project), json=change))
    assert [each["action"] for each in response["operations"]] == ["start_compute", "apply_config", "suspend_compute"]
    assert state(client, project) == "idle"


def test_a_changed_compute_is_unusable_until_the_last_operation_has_finished(client: httpx.Client) -> None:
    project = new_project(client)
    answer = client.patch(endpoint_path(project), json={"endpoint": {"autoscaling_limit_max_cu": 4}})
    with pytest.raises(Exception, match="not ready"):
        run_statements(url_of(project))
    wait_until_finished(client, answer)
    assert run_statements(url_of(project)) == 1


def test_a_compute_accepts_a_limited_number_of_connections(start: Start) -> None:
    client = start(max_connections=9)  # Neon reserves 7 of them
    project = new_project(client)
    with session(url_of(project)), session(url_of(project)), pytest.raises(Exception, match="too many clients"):
        run_statements(url_of(project))


@pytest.mark.parametrize(("least", "most", "clients"), [(0.25, 0.25, 97), (0.25, 1, 412), (0.25, 8, 832), (1, 8, 3350)])
def test_the_sizes_of_a_compute_determine_its_connections(
    least: float, most: float, clients: int, tmp_path: Path
) -> None:
    assert Settings(store=tmp_path, api_key="key").connections(least, most) == clients


@pytest.mark.parametrize(
    "sizes", [(0.3, 0.3), (0.25, 9), (9, 17), (17, 17), (58, 58), (10, 18)], ids=lambda sizes: "-".join(map(str, sizes))
)
def test_a_size_that_neon_does_not_offer_is_rejected(client: httpx.Client, sizes: tuple[float, float]) -> None:
    project = new_project(client)
    change = dict(zip(("autoscaling_limit_min_cu", "autoscaling_limit_max_cu"), sizes, strict=True))
    assert error_of(client.patch(endpoint_path(project), json={"endpoint": change}))[0] == 422


def test_a_large_compute_is_not_suspended(client: httpx.Client) -> None:
    project = new_project(client)
    sizes = {"autoscaling_limit_min_cu": 18, "autoscaling_limit_max_cu": 18}
    change = {"endpoint": {**sizes, "suspend_timeout_seconds": 300}}
    assert error_of(client.patch(endpoint_path(project), json=change)) == (
        422,
        "a compute above 16 CU is not suspended",
    )
    wait_until_finished(client, client.patch(endpoint_path(project), json={"endpoint": sizes}), 200)


def test_an_idle_compute_cannot_be_restarted(client: httpx.Client) -> None:
    project = new_project(client)
    wait_until_finished(client, client.post(f"{endpoint_path(project)}/suspend"))
    assert error_of(client.post(f"{endpoint_path(project)}/restart"))[0] == 422


def test_a_compute_moves_to_a_branch_without_one(client: httpx.Client) -> None:
    project = new_project(client)
    branch = new_branch(client, project, endpoint=False)
    change = {"endpoint": {"branch_id": branch["branch"]["id"]}}
    moved = wait_until_finished(client, client.patch(endpoint_path(project), json=change), 200)
    assert moved["endpoint"]["branch_id"] == branch["branch"]["id"]
    assert ok(client.get(f"{branch_path(project)}/endpoints"))["endpoints"] == []


def test_the_pooler_accepts_more_clients_than_the_compute(start: Start) -> None:
    client = start(max_connections=8)
    project = new_project(client)
    with session(url_of(project)):
        assert run_statements(url(client, project, pooled="true")) == 1


def test_a_deleted_compute_rejects_logins_and_deleting_it_can_be_repeated(client: httpx.Client) -> None:
    project = new_project(client)
    with session(url_of(project)) as run_statement:
        wait_until_finished(client, client.delete(endpoint_path(project)), 200)
        with pytest.raises(CUT):
            run_statement("select 1")
    again = client.delete(endpoint_path(project))
    assert (again.status_code, again.content) == (204, b"")
    with pytest.raises(ConnectionRefusedError):
        run_statements(url_of(project))


def test_a_compute_of_a_protected_branch_cannot_be_deleted(client: httpx.Client) -> None:
    branch = new_branch(client, new_project(client), protected=True)
    assert error_of(client.delete(endpoint_path(branch)))[0] == 422
