"""Computes: one for each branch, asleep until somebody comes."""

from typing import Any

import httpx
import pytest

from tests.localcloud.neon.api import (
    CUT,
    branch_path,
    endpoint_path,
    new_branch,
    new_project,
    ok,
    project_path,
    refused,
    session,
    settled,
    signed_in,
    url,
    url_of,
)
from tests.localcloud.neon.conftest import Start


def new_endpoint(client: httpx.Client, made: Any, **stated: Any) -> httpx.Response:
    body = {"endpoint": {"branch_id": made["branch"]["id"], "type": "read_write", **stated}}
    return client.post(f"/projects/{made['branch']['project_id']}/endpoints", json=body)


def state(client: httpx.Client, made: Any) -> Any:
    return ok(client.get(endpoint_path(made)))["endpoint"]["current_state"]


def suspend(client: httpx.Client, made: Any) -> None:
    settled(client, client.post(f"{endpoint_path(made)}/suspend"))


def test_a_branch_without_a_compute_gets_one(client: httpx.Client) -> None:
    branch = new_branch(client, new_project(client), endpoint=False)
    made = settled(client, new_endpoint(client, branch, autoscaling_limit_min_cu=1, name="primary"), 201)
    assert (made["endpoint"]["autoscaling_limit_min_cu"], made["endpoint"]["name"]) == (1, "primary")
    assert signed_in(url(client, branch)) == 1


def test_a_second_read_write_compute_is_refused(client: httpx.Client) -> None:
    assert refused(new_endpoint(client, new_project(client)))[0] == 409


def test_a_read_only_compute_is_refused(client: httpx.Client) -> None:
    told = refused(new_endpoint(client, new_project(client), type="read_only"))
    assert told == (422, "the local cloud has no read_only endpoints")


def test_a_compute_elsewhere_is_refused(client: httpx.Client) -> None:
    branch = new_branch(client, new_project(client), endpoint=False)
    assert refused(new_endpoint(client, branch, region_id="aws-eu-central-1"))[0] == 400


def test_computes_are_listed_by_project_and_by_branch(client: httpx.Client) -> None:
    project = new_project(client)
    branch = new_branch(client, project)
    ids = {made["endpoints"][0]["id"] for made in (project, branch)}
    assert {each["id"] for each in ok(client.get(f"{project_path(project)}/endpoints"))["endpoints"]} == ids
    shown = ok(client.get(f"{branch_path(branch)}/endpoints"))["endpoints"]
    assert [each["id"] for each in shown] == [branch["endpoints"][0]["id"]]


def test_a_compute_is_active_once_it_has_started(client: httpx.Client) -> None:
    made = ok(client.post("/projects", json={"project": {}}), 201)
    assert (made["endpoints"][0]["current_state"], made["endpoints"][0]["pending_state"]) == ("init", "active")
    settled(client, client.get(f"{project_path(made)}/operations"))
    endpoint = ok(client.get(endpoint_path(made)))["endpoint"]
    assert endpoint["current_state"] == "active"
    assert "pending_state" not in endpoint


def test_a_suspended_compute_is_idle_and_its_sessions_are_broken_off(client: httpx.Client) -> None:
    project = new_project(client)
    with session(url_of(project)) as told:
        suspend(client, project)
        with pytest.raises(CUT):
            told("select 1")
    assert state(client, project) == "idle"


def test_a_connection_wakes_a_compute(client: httpx.Client) -> None:
    project = new_project(client)
    suspend(client, project)
    assert signed_in(url_of(project)) == 1
    assert state(client, project) == "active"


def test_a_compute_can_be_started(client: httpx.Client) -> None:
    project = new_project(client)
    suspend(client, project)
    settled(client, client.post(f"{endpoint_path(project)}/start"), 200)
    assert state(client, project) == "active"


def test_a_restart_breaks_off_sessions(client: httpx.Client) -> None:
    project = new_project(client)
    with session(url_of(project)) as told:
        made = settled(client, client.post(f"{endpoint_path(project)}/restart"), 200)
        assert [each["action"] for each in made["operations"]] == ["suspend_compute", "start_compute"]
        with pytest.raises(CUT):
            told("select 1")
    assert state(client, project) == "active"


def test_a_disabled_compute_lets_nobody_in_until_it_is_enabled(client: httpx.Client) -> None:
    project = new_project(client)
    settled(client, client.patch(endpoint_path(project), json={"endpoint": {"disabled": True}}))
    with pytest.raises(Exception, match="disabled"):
        signed_in(url_of(project))
    assert refused(client.post(f"{endpoint_path(project)}/start")) == (422, "the endpoint is disabled")
    settled(client, client.patch(endpoint_path(project), json={"endpoint": {"disabled": False}}))
    assert signed_in(url_of(project)) == 1


def test_settings_can_be_changed(client: httpx.Client) -> None:
    project = new_project(client)
    change = {"autoscaling_limit_min_cu": 1, "autoscaling_limit_max_cu": 2, "suspend_timeout_seconds": -1}
    made = settled(client, client.patch(endpoint_path(project), json={"endpoint": change}))
    assert [each["action"] for each in made["operations"]] == ["apply_config"]
    endpoint = ok(client.get(endpoint_path(project)))["endpoint"]
    assert {key: endpoint[key] for key in change} == change


def test_one_limit_moves_the_other_along(client: httpx.Client) -> None:
    project = new_project(client)
    settled(client, client.patch(endpoint_path(project), json={"endpoint": {"autoscaling_limit_min_cu": 8}}))
    assert ok(client.get(endpoint_path(project)))["endpoint"]["autoscaling_limit_max_cu"] == 8


def test_another_name_asks_nothing_of_the_compute(client: httpx.Client) -> None:
    project = new_project(client)
    answer = ok(client.patch(endpoint_path(project), json={"endpoint": {"name": "primary"}}))
    assert answer["operations"] == []


def test_a_sleeping_compute_wakes_for_a_change_and_sleeps_again(client: httpx.Client) -> None:
    project = new_project(client)
    suspend(client, project)
    change = {"endpoint": {"autoscaling_limit_max_cu": 4}}
    made = settled(client, client.patch(endpoint_path(project), json=change))
    assert [each["action"] for each in made["operations"]] == ["start_compute", "apply_config", "suspend_compute"]
    assert state(client, project) == "idle"


def test_a_changed_compute_is_not_usable_before_the_last_operation_is_done(client: httpx.Client) -> None:
    project = new_project(client)
    answer = client.patch(endpoint_path(project), json={"endpoint": {"autoscaling_limit_max_cu": 4}})
    with pytest.raises(Exception, match="not ready"):
        signed_in(url_of(project))
    settled(client, answer)
    assert signed_in(url_of(project)) == 1


def test_no_more_connections_than_the_smallest_size_allows(start: Start) -> None:
    client = start(max_connections={0.25: 9, 1: 10})  # 7 of them are Neon's own
    project = new_project(client)
    with session(url_of(project)), session(url_of(project)):
        with pytest.raises(Exception, match="too many clients"):
            signed_in(url_of(project))
        change = {"endpoint": {"autoscaling_limit_min_cu": 1}}
        settled(client, client.patch(endpoint_path(project), json=change))
        assert signed_in(url_of(project)) == 1


def test_the_pooler_takes_more_clients_than_the_compute(start: Start) -> None:
    client = start(max_connections={0.25: 8})
    project = new_project(client)
    with session(url_of(project)):
        assert signed_in(url(client, project, pooled="true")) == 1


def test_a_deleted_compute_lets_nobody_in_and_is_deleted_again(client: httpx.Client) -> None:
    project = new_project(client)
    with session(url_of(project)) as told:
        settled(client, client.delete(endpoint_path(project)), 200)
        with pytest.raises(CUT):
            told("select 1")
    again = client.delete(endpoint_path(project))
    assert (again.status_code, again.content) == (204, b"")
    with pytest.raises(ConnectionRefusedError):
        signed_in(url_of(project))


def test_a_compute_of_a_protected_branch_cannot_be_deleted(client: httpx.Client) -> None:
    branch = new_branch(client, new_project(client), protected=True)
    assert refused(client.delete(endpoint_path(branch)))[0] == 422
