"""The limits of the plan of the organization."""

from typing import Any

import pytest

from edge_postgres.origins.neon.limits import NeonPlan
from localcloud.neon import plan_limits
from tests.localcloud.neon.api import branch_path, endpoint_path, error_of, new_branch, new_project, ok, project_path
from tests.localcloud.neon.conftest import Start


@pytest.mark.parametrize(
    "compute",
    [
        {"autoscaling_limit_max_cu": 4},
        {"suspend_timeout_seconds": -1},
        {"suspend_timeout_seconds": 600},
    ],
)
def test_a_compute_above_the_free_plan_is_rejected(start: Start, compute: dict[str, Any]) -> None:
    client = start(plan=NeonPlan.FREE)
    project = new_project(client)
    assert error_of(client.patch(endpoint_path(project), json={"endpoint": compute}))[0] == 422
    body = {"project": {"name": "other", "default_endpoint_settings": compute}}
    assert error_of(client.post("/projects", json=body))[0] == 422
    assert len(ok(client.get("/projects"))["projects"]) == 1


def test_the_launch_plan_has_no_protected_branch_after_the_second(start: Start) -> None:
    client = start(plan=NeonPlan.LAUNCH)
    project = new_project(client)
    for name in ("one", "two"):
        new_branch(client, project, name=name, protected=True, endpoint=False)
    error = error_of(client.patch(branch_path(project), json={"branch": {"protected": True}}))
    assert error == (422, "the plan launch has 2 protected branches per project")


def test_the_free_plan_has_ten_branches_and_three_root_branches(start: Start, monkeypatch: pytest.MonkeyPatch) -> None:
    assert (plan_limits.BRANCHES_OF_PROJECT[NeonPlan.FREE], plan_limits.ROOT_BRANCHES[NeonPlan.FREE]) == (10, 3)
    monkeypatch.setitem(plan_limits.BRANCHES_OF_PROJECT, NeonPlan.FREE, 3)
    monkeypatch.setitem(plan_limits.ROOT_BRANCHES, NeonPlan.FREE, 1)
    client = start(plan=NeonPlan.FREE)
    project = new_project(client)
    path = f"{project_path(project)}/branches"
    root = {"branch": {"name": "root", "init_source": "schema-only"}}
    assert error_of(client.post(path, json=root)) == (422, "a project of the plan free has at most 1 root branches")
    for name in ("one", "two"):
        new_branch(client, project, name=name, endpoint=False)
    error = error_of(client.post(path, json={"branch": {"name": "three"}}))
    assert error == (422, "a project of the plan free has at most 3 branches")


@pytest.mark.parametrize(
    "change",
    [
        {"history_retention_seconds": 604_801},
        {"settings": {"allowed_ips": {"ips": ["192.0.2.1"]}}},
        {"settings": {"block_public_connections": True}},
    ],
)
def test_a_feature_of_the_scale_plan_is_rejected_on_the_launch_plan(start: Start, change: dict[str, Any]) -> None:
    client = start(plan=NeonPlan.LAUNCH)
    project = new_project(client)
    assert error_of(client.patch(project_path(project), json={"project": change}))[0] == 422


@pytest.mark.parametrize(("plan", "seconds"), [(NeonPlan.FREE, 21_600), (NeonPlan.SCALE, 86_400)])
def test_the_plan_determines_the_default_history(start: Start, plan: NeonPlan, seconds: int) -> None:
    assert new_project(start(plan=plan))["project"]["history_retention_seconds"] == seconds
