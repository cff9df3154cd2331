"""The dynamic providers of Neon's resources: requests, objects at Neon, errors."""

import base64
import logging
import re
import threading
import time
import traceback
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import dill  # type: ignore[import-untyped]
import httpx
import pytest
from pulumi import UNKNOWN
from pulumi.dynamic import Config, ConfigureRequest
from pulumi.dynamic.dynamic import serialize_provider

from edge_postgres.http import creation
from edge_postgres.http.client import ApiClient
from edge_postgres.http.errors import AlreadyExists, ApiError
from edge_postgres.http.provider import adopted_ids
from edge_postgres.origins.neon import api as neon_api
from edge_postgres.origins.neon.operations import OperationFailed
from edge_postgres.origins.neon.providers import (
    BranchProvider,
    DatabaseProvider,
    DefaultBranchProvider,
    NeonProvider,
    ProjectProvider,
    RoleProvider,
)
from tests.unit.fake_neon import PASSWORD, FakeNeon, ago

KEY = "sentinel-key"
PROVIDERS = (ProjectProvider, BranchProvider, DefaultBranchProvider, RoleProvider, DatabaseProvider)
WEEK = 604800.0

# The engine passes every number as a float.
PROJECT = {
    "name": "shop",
    "region_id": "aws-eu-central-1",
    "pg_version": 17.0,
    "branch_name": "main",
    "protected": False,
    "database_name": "neondb",
    "min_cu": 0.25,
    "max_cu": 1.0,
}


@pytest.fixture
def fake(monkeypatch: pytest.MonkeyPatch) -> FakeNeon:
    """Neon in this process, without delays."""
    fake = FakeNeon()

    def pause(_seconds: float) -> None:
        return None

    def open_api(credentials: Any) -> neon_api.NeonApi:
        client = ApiClient(
            "Neon",
            credentials.base_url,
            credentials.api_key,
            retryable=neon_api.LOCKED,
            retryable_messages=neon_api.NOT_READY,
            transport=httpx.MockTransport(fake),
            sleep=pause,
        )
        return neon_api.NeonApi(client, pause)

    monkeypatch.setattr(neon_api, "open_api", open_api)
    monkeypatch.setattr(creation, "POLL_SECONDS", 0)
    adopted_ids.clear()
    return fake


@pytest.fixture(autouse=True)
def no_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NEON_API_KEY", raising=False)
    monkeypatch.delenv("NEON_API_BASE_URL", raising=False)


def configured(kind: type[NeonProvider], **config: str) -> Any:
    provider = kind()
    settings = {f"neon:{key}": value for key, value in ({"apiKey": KEY} | config).items() if value}
    provider.configure(ConfigureRequest(Config(settings, "edge-postgres")))
    return provider


def project(**changes: Any) -> dict[str, Any]:
    return {**PROJECT, **changes}


def create(kind: type[NeonProvider], props: dict[str, Any]) -> tuple[str, dict[str, Any]]:
    result = configured(kind).create(props)
    return result.id, result.outs


def create_project(**changes: Any) -> tuple[str, dict[str, Any]]:
    return create(ProjectProvider, project(**changes))


def branch(fake: FakeNeon, **changes: Any) -> dict[str, Any]:
    """The inputs of a branch in an existing project with a default branch `main`."""
    there = next(iter(fake.projects.values()), None) or fake.add_project("there", created_at=ago(days=9))
    if not there["branches"]:
        fake.add_branch(there, "main", created_at=ago(days=9))
    return {"project_id": there["id"], "name": "pr-1", "protected": False, "min_cu": 0.25, "max_cu": 0.25, **changes}


def create_branch(fake: FakeNeon, **changes: Any) -> tuple[str, dict[str, Any]]:
    return create(BranchProvider, branch(fake, **changes))


def role(fake: FakeNeon, **changes: Any) -> dict[str, Any]:
    at, _ = create_branch(fake)
    return {"branch": at, "name": "hyperdrive", "take_over": False, **changes}


def update(kind: type[NeonProvider], id_: str, olds: dict[str, Any], **changes: Any) -> dict[str, Any]:
    provider = configured(kind)
    news = {**provider.select_inputs(olds), **changes}
    result = provider.update(id_, olds, news)
    outs: dict[str, Any] = result.outs
    return outs


def replaced_by(kind: type[NeonProvider], olds: dict[str, Any], **changes: Any) -> list[str]:
    provider = configured(kind)
    found: list[str] = provider.diff("id", olds, {**provider.select_inputs(olds), **changes}).replaces
    return found


def posts(fake: FakeNeon) -> list[str]:
    return [re.sub(r"(br|quiet-term)-\d+", "*", change) for change in fake.changes("POST")]


# A project.


def test_one_request_creates_a_project_with_branch_compute_and_database(fake: FakeNeon) -> None:
    create_project(suspend_after_seconds=120.0, org_id="org-one")
    assert fake.changes() == ["POST /projects"]
    assert repr(fake.body("POST /projects")["project"]) == repr(
        {
            "name": "shop",
            "region_id": "aws-eu-central-1",
            "pg_version": 17,
            "org_id": "org-one",
            "store_passwords": True,
            "branch": {"name": "main", "database_name": "neondb"},
            "default_endpoint_settings": {
                "autoscaling_limit_min_cu": 0.25,
                "autoscaling_limit_max_cu": 1,
                "suspend_timeout_seconds": 120,
            },
        }
    )


def test_the_id_of_a_project_contains_the_id_of_its_branch(fake: FakeNeon) -> None:
    id_, _ = create_project()
    assert fake.branch(id_)["name"] == "main"


def test_the_outputs_of_a_project_are_its_inputs_and_its_organization(fake: FakeNeon) -> None:
    assert create_project()[1] == {**PROJECT, "owner_org_id": "org-one"}


def test_a_creation_waits_for_its_operations(fake: FakeNeon) -> None:
    fake.course = ("scheduling", "running", "running", "cancelling", "running", "finished")
    create_project()
    assert [operation["looks"] for operation in fake.operations.values()] == [len(fake.course)]


@pytest.mark.parametrize("end", ["finished", "skipped"])
def test_a_creation_ends_with_each_status_of_success(fake: FakeNeon, end: str) -> None:
    fake.course = ("scheduling", end)
    create_project()


@pytest.mark.parametrize("status", ["failed", "error", "cancelled"])
def test_a_failed_operation_ends_a_creation_at_once_as_an_error(fake: FakeNeon, status: str) -> None:
    fake.course = ("scheduling", status, "running")
    with pytest.raises(OperationFailed, match=rf"apply_config \(op-\d+\) on project quiet-term-1 ended .* {status}"):
        create_project()
    assert [operation["looks"] for operation in fake.operations.values()] == [2]


def test_the_error_of_a_failed_operation_contains_the_reason_of_neon_and_a_fix(fake: FakeNeon) -> None:
    fake.course, fake.reason = ("failed",), "no capacity\nin this region."
    with pytest.raises(OperationFailed) as raised:
        create_project()
    assert "the status failed: no capacity in this region. Run `pulumi up` again within an hour" in str(raised.value)
    fake.reason = None
    with pytest.raises(OperationFailed, match="failed, and Neon reports no reason"):
        create_project(name="other")


def test_a_failed_operation_ends_an_update_and_the_next_update_repeats_it(fake: FakeNeon) -> None:
    id_, outs = create_project()
    fake.course = ("running", "error")
    with pytest.raises(OperationFailed, match="Run `pulumi up` again"):
        update(ProjectProvider, id_, outs, max_cu=2.0)
    fake.course = ("finished",)
    fake.requests.clear()
    assert update(ProjectProvider, id_, outs, max_cu=2.0)["max_cu"] == 2
    assert len(fake.changes("PATCH")) == 1


def test_a_role_whose_creation_failed_gets_a_new_password_in_the_next_update(fake: FakeNeon) -> None:
    props = role(fake)
    fake.course = ("cancelled",)
    with pytest.raises(OperationFailed):
        create(RoleProvider, props)
    fake.course = ("finished",)
    id_, outs = create(RoleProvider, props)
    assert posts(fake)[-1].endswith("/reset_password")
    assert outs["password"] == fake.branch(id_)["roles"]["hyperdrive"]["password"]


def test_an_operation_that_does_not_end_is_an_error_at_the_deadline(
    fake: FakeNeon, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(neon_api, "OPERATIONS_DEADLINE_SECONDS", 0.0)
    fake.course = ("running",)
    with pytest.raises(ApiError, match=r"Neon's operation apply_config on project quiet-term-1 took longer than 0 s"):
        create_project()


def test_a_project_of_an_interrupted_creation_is_adopted_with_the_current_settings(
    fake: FakeNeon, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake.course = ("running",)
    with monkeypatch.context() as patched:
        patched.setattr(neon_api, "OPERATIONS_DEADLINE_SECONDS", 0.0)
        with pytest.raises(ApiError):
            create_project()
    fake.course = ("running", "running", "finished")
    id_, outs = create_project(max_cu=2.0, protected=True)
    assert len(fake.projects) == 1
    assert fake.branch(id_)["endpoint"]["autoscaling_limit_max_cu"] == 2
    assert fake.branch(id_)["protected"]
    assert outs["max_cu"] == 2


def test_an_adoption_waits_for_all_operations(fake: FakeNeon) -> None:
    fake.faults = [("POST /projects", "after")]
    id_, _ = create_project()
    assert fake._at_work(id_.split("/")[0]) == []


def test_a_project_is_found_on_a_later_page(fake: FakeNeon) -> None:
    fake.page = 2
    for number in range(5):
        fake.add_branch(fake.add_project(f"shop-{number}"), "main")
    fake.add_branch(fake.add_project("shop"), "main")
    create_project()
    assert len(fake.projects) == 6


def test_a_project_that_the_list_contains_only_as_an_id_is_adopted(fake: FakeNeon) -> None:
    there = fake.add_project("shop")
    fake.add_branch(there, "main")
    fake.add_branch(fake.add_project("another"), "main")
    fake.unavailable = set(fake.projects)
    id_, _ = create_project()
    assert id_.split("/")[0] == there["id"]
    assert len(fake.projects) == 2


@pytest.mark.parametrize("lost", ["before", "after"])
def test_a_project_is_created_once_if_the_response_is_lost(fake: FakeNeon, lost: str) -> None:
    fake.faults = [("POST /projects", lost)]
    create_project()
    assert [there["name"] for there in fake.projects.values()] == ["shop"]


def test_a_project_that_the_stack_did_not_create_is_not_adopted(fake: FakeNeon) -> None:
    fake.add_branch(fake.add_project("shop", created_at=ago(hours=2)), "main")
    with pytest.raises(AlreadyExists, match="Neon's project shop already exists, and this stack did not create it"):
        create_project()
    assert fake.changes() == []


@pytest.mark.parametrize("other", [{"region_id": "aws-us-east-1"}, {"pg_version": 16}, {"name": "shop-2"}])
def test_a_project_with_another_region_version_or_name_is_not_adopted(fake: FakeNeon, other: dict[str, Any]) -> None:
    fake.add_branch(fake.add_project(**{"name": "shop", "created_at": ago(hours=2), **other}), "main")
    create_project()
    assert len(fake.projects) == 2


def test_projects_are_looked_up_in_their_organization(fake: FakeNeon) -> None:
    create_project(org_id="org-one")
    assert {query.get("org_id") for path, query in fake.queries if path == "GET /projects"} == {"org-one"}


def test_a_root_branch_is_protected_after_its_creation(fake: FakeNeon) -> None:
    id_, _ = create_project(protected=True)
    assert fake.branch(id_)["protected"]


@pytest.mark.parametrize(
    ("changes", "method"),
    [
        ({"name": "store"}, "PATCH /projects/[^/]+"),
        ({"history_retention_seconds": 3600}, "PATCH /projects/[^/]+"),
        ({"branch_name": "root"}, "PATCH /projects/[^/]+/branches/[^/]+"),
        ({"protected": True}, "PATCH /projects/[^/]+/branches/[^/]+"),
        ({"database_name": "orders"}, "PATCH /projects/[^/]+/branches/[^/]+/databases/neondb"),
        ({"max_cu": 4.0}, "PATCH /projects/[^/]+/endpoints/[^/]+"),
        ({"suspend_after_seconds": -1.0}, "PATCH /projects/[^/]+/endpoints/[^/]+"),
    ],
)
def test_a_project_is_updated_in_place(fake: FakeNeon, changes: dict[str, Any], method: str) -> None:
    id_, outs = create_project()
    assert replaced_by(ProjectProvider, outs, **changes) == []
    fake.requests.clear()
    outs = update(ProjectProvider, id_, outs, **changes)
    (change,) = fake.changes()
    assert re.fullmatch(method, change)
    assert outs == configured(ProjectProvider).read(id_, outs).outs
    assert {key: outs[key] for key in changes} == changes


@pytest.mark.parametrize("lost", ["before", "after", 408, 500, 524])
def test_an_update_is_repeated_if_its_response_is_lost(fake: FakeNeon, lost: int | str) -> None:
    id_, outs = create_project()
    fake.faults = [("PATCH .*", lost)] * 3
    update(ProjectProvider, id_, outs, name="store")
    assert [there["name"] for there in fake.projects.values()] == ["store"]


def test_renaming_a_renamed_database_succeeds(fake: FakeNeon) -> None:
    id_, outs = create_project()
    update(ProjectProvider, id_, outs, database_name="orders")
    assert update(ProjectProvider, id_, outs, database_name="orders")["database_name"] == "orders"


def test_a_missing_database_is_an_error_instead_of_a_new_database(fake: FakeNeon) -> None:
    id_, outs = create_project()
    fake.branch(id_)["databases"].clear()
    drifted = configured(ProjectProvider).read(id_, outs).outs
    assert "database_name" not in drifted
    with pytest.raises(ApiError, match="has neither the database neondb"):
        update(ProjectProvider, id_, drifted, database_name="neondb")


def test_a_project_is_created_with_its_history(fake: FakeNeon) -> None:
    id_, _ = create_project(history_retention_seconds=604800.0)
    assert fake.projects[id_.split("/")[0]]["history_retention_seconds"] == 604800


def test_without_the_setting_the_history_is_that_of_neon_and_changes_of_others_stay(fake: FakeNeon) -> None:
    id_, outs = create_project()
    (there,) = fake.projects.values()
    there["history_retention_seconds"] = 3600
    assert (
        configured(ProjectProvider).diff(id_, configured(ProjectProvider).read(id_, outs).outs, project()).changes
        is False
    )
    update(ProjectProvider, id_, outs, name="store")
    assert there["history_retention_seconds"] == 3600


def test_an_omitted_history_stays_as_it_is(fake: FakeNeon) -> None:
    id_, outs = create_project(history_retention_seconds=604800.0)
    configured(ProjectProvider).update(id_, outs, project())
    assert fake.projects[id_.split("/")[0]]["history_retention_seconds"] == 604800


def test_a_refresh_detects_another_history(fake: FakeNeon) -> None:
    id_, outs = create_project(history_retention_seconds=604800.0)
    next(iter(fake.projects.values()))["history_retention_seconds"] = 0
    drifted = configured(ProjectProvider).read(id_, outs).outs
    assert drifted["history_retention_seconds"] == 0
    assert configured(ProjectProvider).diff(id_, drifted, project(history_retention_seconds=604800.0)).changes


def test_an_omitted_suspension_returns_to_neons_default(fake: FakeNeon) -> None:
    id_, outs = create_project(suspend_after_seconds=120.0)
    news = project()
    assert configured(ProjectProvider).diff(id_, outs, news).changes
    configured(ProjectProvider).update(id_, outs, news)
    assert fake.branch(id_)["endpoint"]["suspend_timeout_seconds"] == 0


@pytest.mark.parametrize(
    "change",
    [{"region_id": "aws-us-east-1"}, {"pg_version": 18.0}, {"org_id": "org-two"}],
    ids=lambda change: next(iter(change)),
)
def test_a_project_is_replaced_only_for_what_neon_cannot_change(fake: FakeNeon, change: dict[str, Any]) -> None:
    _, outs = create_project()
    assert replaced_by(ProjectProvider, outs, **change) == list(change)


def test_setting_or_omitting_its_organization_does_not_replace_a_project(fake: FakeNeon) -> None:
    _, outs = create_project()
    assert replaced_by(ProjectProvider, outs, org_id="org-one") == []
    _, outs = create_project(name="other", org_id="org-one")
    assert configured(ProjectProvider).diff("id", outs, project(name="other")).replaces == []


def test_equal_inputs_are_no_change(fake: FakeNeon) -> None:
    _, outs = create_project()
    assert not configured(ProjectProvider).diff("id", outs, project()).changes
    assert not configured(ProjectProvider).diff("id", {**outs, "pg_version": 17}, project()).changes


def test_a_refresh_without_drift_changes_nothing(fake: FakeNeon) -> None:
    id_, outs = create_project()
    read = configured(ProjectProvider).read(id_, outs)
    assert (read.id, read.outs, read.inputs) == (id_, outs, project())


def test_a_refresh_detects_changes_outside_pulumi(fake: FakeNeon) -> None:
    id_, outs = create_project()
    fake.projects[id_.split("/")[0]]["name"] = "renamed"
    fake.branch(id_).update(name="trunk", protected=True)
    fake.branch(id_)["databases"][0]["name"] = "orders"
    fake.branch(id_)["endpoint"]["autoscaling_limit_max_cu"] = 8
    read = configured(ProjectProvider).read(id_, outs)
    drift = {"name": "renamed", "branch_name": "trunk", "protected": True, "database_name": "orders", "max_cu": 8}
    assert {key: read.inputs[key] for key in drift} == drift
    assert configured(ProjectProvider).diff(id_, read.outs, project()).changes
    update(ProjectProvider, id_, read.outs, **project())
    assert configured(ProjectProvider).read(id_, read.outs).inputs == project()


def test_a_compute_that_was_deleted_outside_pulumi_is_created_again(fake: FakeNeon) -> None:
    id_, outs = create_project()
    fake.branch(id_)["endpoint"] = None
    drifted = configured(ProjectProvider).read(id_, outs).outs
    assert configured(ProjectProvider).diff(id_, drifted, project()).changes
    fake.faults = [("POST .*/endpoints", "after")]
    update(ProjectProvider, id_, drifted, **project())
    assert len([change for change in posts(fake) if change.endswith("/endpoints")]) == 1
    assert fake.branch(id_)["endpoint"]["autoscaling_limit_max_cu"] == 1


def test_a_refresh_detects_a_deleted_project(fake: FakeNeon) -> None:
    id_, outs = create_project()
    fake.projects.clear()
    read = configured(ProjectProvider).read(id_, outs)
    assert (read.id, read.outs) == ("", {})


@pytest.mark.parametrize("lost", [None, "before", "after"])
def test_deleting_a_project_twice_succeeds(fake: FakeNeon, lost: str | None) -> None:
    id_, outs = create_project()
    fake.faults = [("DELETE .*", lost)] if lost else []
    configured(ProjectProvider).delete(id_, outs)
    assert fake.projects == {}
    configured(ProjectProvider).delete(id_, outs)


def test_a_project_that_replaces_itself_is_not_deleted(fake: FakeNeon) -> None:
    id_, outs = create_project()
    replacement, _ = create_project()
    configured(ProjectProvider).delete(id_, outs)
    assert replacement == id_
    assert len(fake.projects) == 1


# A branch.


def test_a_branch_is_created_from_its_parent_with_a_compute(fake: FakeNeon) -> None:
    props = branch(fake, parent="main", protected=True, max_cu=2.0)
    id_, outs = create(BranchProvider, props)
    (main,) = (found["id"] for found in fake.projects[props["project_id"]]["branches"].values() if found["default"])
    assert fake.body("POST .*/branches") == {
        "branch": {"name": "pr-1", "parent_id": main, "protected": True},
        "endpoints": [{"type": "read_write", "autoscaling_limit_min_cu": 0.25, "autoscaling_limit_max_cu": 2}],
    }
    assert len(fake.changes()) == 1
    assert fake.branch(id_)["name"] == "pr-1"
    assert outs["parent_id"] == main
    assert {key: outs[key] for key in props} == props


def test_a_branch_without_a_parent_is_a_child_of_the_default_branch(fake: FakeNeon) -> None:
    props = branch(fake)
    fake.page = 1
    fake.add_branch(fake.projects[props["project_id"]], "other", default=False)
    _, outs = create(BranchProvider, props)
    (main,) = (found["id"] for found in fake.projects[props["project_id"]]["branches"].values() if found["default"])
    assert outs["parent_id"] == main


def test_a_missing_parent_is_an_error_with_its_name(fake: FakeNeon) -> None:
    with pytest.raises(ApiError, match="has no branch trunk"):
        create_branch(fake, parent="trunk")


def test_a_parent_that_expires_is_an_error_before_a_request_for_a_branch(fake: FakeNeon) -> None:
    props = branch(fake, parent="qa")
    fake.add_branch(fake.projects[props["project_id"]], "qa", default=False, expires_at=ago(days=-1))
    with pytest.raises(ApiError, match="Branch qa of Neon's project quiet-term-1 expires"):
        create(BranchProvider, props)
    assert fake.changes() == []


def test_the_lifetime_of_a_branch_starts_at_its_creation(fake: FakeNeon) -> None:
    before = datetime.now(UTC).timestamp()
    id_, outs = create_branch(fake, expires_after_seconds=WEEK)
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", outs["expires_at"])
    end = datetime.fromisoformat(outs["expires_at"]).timestamp()
    assert before + WEEK - 1 <= end <= datetime.now(UTC).timestamp() + WEEK
    assert fake.branch(id_)["expires_at"] == outs["expires_at"]


def test_the_expiry_moves_only_if_the_lifetime_changes(fake: FakeNeon) -> None:
    id_, outs = create_branch(fake, expires_after_seconds=WEEK)
    fake.branch(id_)["expires_at"] = outs["expires_at"] = ago(days=-1)
    assert update(BranchProvider, id_, outs, name="pr-2")["expires_at"] == outs["expires_at"]
    assert update(BranchProvider, id_, outs, expires_after_seconds=2 * WEEK)["expires_at"] > ago(days=-13)


def test_an_omitted_lifetime_removes_the_expiry(fake: FakeNeon) -> None:
    id_, outs = create_branch(fake, expires_after_seconds=WEEK)
    outs = update(BranchProvider, id_, outs, expires_after_seconds=None)
    assert "expires_at" not in outs
    assert fake.branch(id_)["expires_at"] is None


@pytest.mark.parametrize("lost", ["before", "after"])
def test_a_branch_is_created_once_if_the_response_is_lost(fake: FakeNeon, lost: str) -> None:
    fake.faults = [("POST .*/branches", lost)]
    id_, _ = create_branch(fake)
    assert [found["name"] for found in fake.projects[id_.split("/")[0]]["branches"].values()] == ["main", "pr-1"]


def test_a_branch_whose_name_has_the_same_prefix_is_not_adopted(fake: FakeNeon) -> None:
    props = branch(fake)
    fake.add_branch(fake.projects[props["project_id"]], "pr-10", created_at=ago(hours=2))
    assert fake.branch(create(BranchProvider, props)[0])["name"] == "pr-1"


def test_a_branch_that_the_stack_did_not_create_is_not_adopted(fake: FakeNeon) -> None:
    props = branch(fake)
    fake.add_branch(fake.projects[props["project_id"]], "pr-1", created_at=ago(hours=2))
    with pytest.raises(AlreadyExists, match=r"Branch pr-1 of Neon's project quiet-term-1 already exists"):
        create(BranchProvider, props)
    assert fake.changes() == []


@pytest.mark.parametrize(
    "change", [{"name": "pr-2"}, {"protected": True}, {"max_cu": 2.0}, {"expires_after_seconds": WEEK}]
)
def test_a_branch_is_updated_in_place(fake: FakeNeon, change: dict[str, Any]) -> None:
    id_, outs = create_branch(fake)
    assert replaced_by(BranchProvider, outs, **change) == []
    outs = update(BranchProvider, id_, outs, **change)
    assert configured(BranchProvider).read(id_, outs).outs == outs
    assert {key: outs[key] for key in change} == change


def test_a_branch_is_replaced_for_another_parent_or_project(fake: FakeNeon) -> None:
    id_, outs = create_branch(fake, parent="main")
    fake.add_branch(fake.projects[id_.split("/")[0]], "other", default=False)
    assert replaced_by(BranchProvider, outs, parent="other") == ["parent"]
    assert replaced_by(BranchProvider, outs, parent=UNKNOWN) == ["parent"]
    assert replaced_by(BranchProvider, outs, project_id="another") == ["project_id"]


def test_renaming_the_parent_does_not_replace_the_branch(fake: FakeNeon) -> None:
    id_, outs = create_branch(fake, parent="main")
    next(iter(fake.projects[id_.split("/")[0]]["branches"].values()))["name"] = "trunk"
    found = configured(BranchProvider).diff(id_, outs, {**outs, "parent": "trunk"})
    assert (found.changes, found.replaces) == (True, [])


def test_a_refresh_detects_a_changed_removed_or_added_expiry(fake: FakeNeon) -> None:
    id_, outs = create_branch(fake, expires_after_seconds=WEEK)
    provider = configured(BranchProvider)
    assert provider.read(id_, outs).inputs["expires_after_seconds"] == WEEK
    fake.branch(id_).update(expires_at=ago(days=-1), ttl_interval_seconds=86400)
    assert provider.read(id_, outs).inputs["expires_after_seconds"] == 86400
    fake.branch(id_)["expires_at"] = None
    assert "expires_after_seconds" not in provider.read(id_, outs).inputs
    id_, outs = create_branch(fake, name="stays")
    fake.branch(id_)["expires_at"] = ago(days=-1)
    assert provider.diff(id_, provider.read(id_, outs).outs, branch(fake, name="stays")).changes


@pytest.mark.parametrize("lost", [None, "before", "after"])
def test_deleting_a_branch_twice_succeeds(fake: FakeNeon, lost: str | None) -> None:
    id_, outs = create_branch(fake)
    fake.faults = [("DELETE .*", lost)] if lost else []
    configured(BranchProvider).delete(id_, outs)
    assert configured(BranchProvider).read(id_, outs).id == ""
    configured(BranchProvider).delete(id_, outs)


# The default branch of an existing project.


def test_a_default_branch_is_only_read(fake: FakeNeon) -> None:
    props = branch(fake)
    id_, outs = create(DefaultBranchProvider, {"project_id": props["project_id"]})
    assert (fake.branch(id_)["name"], outs["min_cu"], outs["max_cu"]) == ("main", 0.25, 2)
    configured(DefaultBranchProvider).delete(id_, outs)
    assert fake.changes() == []
    assert configured(DefaultBranchProvider).read(id_, outs).outs == outs


def test_a_default_branch_without_a_compute_is_an_error(fake: FakeNeon) -> None:
    there = fake.add_project("there")
    fake.add_branch(there, "main", endpoint=None)
    with pytest.raises(ApiError, match="default branch of Neon's project quiet-term-1 has no compute"):
        create(DefaultBranchProvider, {"project_id": there["id"]})


def test_a_refresh_keeps_the_size_of_a_deleted_compute(fake: FakeNeon) -> None:
    id_, outs = create(DefaultBranchProvider, {"project_id": branch(fake)["project_id"]})
    fake.branch(id_)["endpoint"] = None
    assert configured(DefaultBranchProvider).read(id_, outs).outs == outs


def test_a_default_branch_is_replaced_for_another_project() -> None:
    assert replaced_by(DefaultBranchProvider, {"project_id": "a"}, project_id="b") == ["project_id"]


def test_an_update_reads_the_largest_compute_that_a_former_state_does_not_have(fake: FakeNeon) -> None:
    id_, outs = create(DefaultBranchProvider, {"project_id": branch(fake)["project_id"]})
    former = {key: value for key, value in outs.items() if key != "max_cu"}
    provider = configured(DefaultBranchProvider)
    found = provider.diff(id_, former, provider.select_inputs(former))
    assert (found.changes, found.replaces) == (True, [])
    assert update(DefaultBranchProvider, id_, former) == outs
    assert not provider.diff(id_, outs, provider.select_inputs(outs)).changes


# A role.


def test_a_role_has_the_password_that_neon_generates(fake: FakeNeon) -> None:
    props = role(fake)
    id_, outs = create(RoleProvider, props)
    assert {key: outs[key] for key in props} == props
    assert outs["password"] == fake.branch(id_)["roles"]["hyperdrive"]["password"]
    assert id_ == f"{props['branch']}/hyperdrive"


def test_a_role_has_the_addresses_of_the_database_and_the_pooler(fake: FakeNeon) -> None:
    id_, outs = create(RoleProvider, role(fake))
    host = fake.branch(id_)["endpoint"]["host"]
    label, _, rest = host.partition(".")
    assert {key: outs[key] for key in ("host", "port", "pooled_host", "pooled_port")} == {
        "host": host,
        "port": 5432,
        "pooled_host": f"{label}-pooler.{rest}",
        "pooled_port": 6543,
    }


@pytest.mark.parametrize("absent", ["passwords", "databases"])
def test_without_a_connection_string_the_address_is_the_host_of_the_compute(fake: FakeNeon, absent: str) -> None:
    props = role(fake)
    if absent == "passwords":
        fake.stores_passwords = False
    else:
        fake.branch(props["branch"])["databases"].clear()
    id_, outs = create(RoleProvider, props)
    assert (outs["host"], outs["port"], outs["pooled_port"]) == (fake.branch(id_)["endpoint"]["host"], 5432, 5432)
    assert re.fullmatch(r"ep-\d+-pooler\.eu-central-1\.aws\.neon\.tech", outs["pooled_host"])


def test_a_role_gets_the_new_address_of_its_branch(fake: FakeNeon) -> None:
    id_, outs = create(RoleProvider, role(fake))
    endpoint, fake.branch(id_)["endpoint"] = fake.branch(id_)["endpoint"], None
    provider = configured(RoleProvider)
    lost = provider.read(id_, outs).outs
    assert "host" not in lost
    assert (provider.diff(id_, lost, provider.select_inputs(outs)).changes, replaced_by(RoleProvider, lost)) == (
        True,
        [],
    )
    with pytest.raises(ApiError, match="has no compute"):
        update(RoleProvider, id_, lost)
    fake.branch(id_)["endpoint"] = {**endpoint, "host": "ep-new.aws.neon.tech"}
    assert update(RoleProvider, id_, lost) == {
        **outs,
        "host": "ep-new.aws.neon.tech",
        "pooled_host": "ep-new-pooler.aws.neon.tech",
    }


@pytest.mark.parametrize("lost", ["before", "after"])
def test_a_role_is_created_once_and_its_password_is_known_if_the_response_is_lost(fake: FakeNeon, lost: str) -> None:
    fake.faults = [("POST .*/roles", lost)]
    id_, outs = create(RoleProvider, role(fake))
    assert list(fake.branch(id_)["roles"]) == ["neondb_owner", "hyperdrive"]
    assert outs["password"] == fake.branch(id_)["roles"]["hyperdrive"]["password"]


def test_a_role_of_the_parent_branch_gets_a_new_password(fake: FakeNeon) -> None:
    props = role(fake, name="neondb_owner", take_over=True)
    id_, outs = create(RoleProvider, props)
    assert outs["password"] == fake.branch(id_)["roles"]["neondb_owner"]["password"] != PASSWORD
    assert posts(fake)[1:] == ["POST /projects/*/branches/*/roles/neondb_owner/reset_password"]


def test_a_role_that_the_stack_did_not_create_is_not_adopted(fake: FakeNeon) -> None:
    with pytest.raises(AlreadyExists, match=r"Role neondb_owner on branch br-\d+ of Neon's project"):
        create(RoleProvider, role(fake, name="neondb_owner"))
    assert len(fake.changes()) == 1


def test_a_role_that_replaces_itself_gets_a_new_password_and_stays(fake: FakeNeon) -> None:
    props = role(fake, take_over=True)
    id_, first = create(RoleProvider, props)
    _, second = create(RoleProvider, props)
    configured(RoleProvider).delete(id_, first)
    assert first["password"] != second["password"] == fake.branch(id_)["roles"]["hyperdrive"]["password"]


def test_a_role_is_replaced_for_another_name_or_branch(fake: FakeNeon) -> None:
    _, outs = create(RoleProvider, role(fake))
    assert replaced_by(RoleProvider, outs, name="other") == ["name"]
    assert replaced_by(RoleProvider, outs, branch="p/b") == ["branch"]
    assert replaced_by(RoleProvider, outs, take_over=True) == []


def test_an_update_of_a_role_keeps_its_password(fake: FakeNeon) -> None:
    id_, outs = create(RoleProvider, role(fake))
    assert update(RoleProvider, id_, outs, take_over=True) == {**outs, "take_over": True}


MOVED = {"active": True}, {"active": False}
ADDED: tuple[dict[str, Any], dict[str, Any]] = {"take_over": False}, {}


@pytest.mark.parametrize(("changes", "olds"), [MOVED, ADDED], ids=["the slot moves", "the role is created"])
def test_a_request_that_closes_all_connections_causes_a_warning_in_the_preview(
    fake: FakeNeon, warnings: list[str], changes: dict[str, Any], olds: dict[str, Any]
) -> None:
    props = role(fake, **changes)
    configured(RoleProvider).check({**props, **olds} if olds else {}, props)
    shown = "\n".join(warnings)
    assert "Neon closes all connections of the branch's compute" in shown
    assert "The role hyperdrive " in shown
    assert PASSWORD not in shown


@pytest.mark.parametrize(
    ("changes", "olds"),
    [
        ({"active": True}, {"active": True}),
        ({"active": False}, {"active": True}),
        ({"active": None}, {"active": None}),
        ({"take_over": True}, {}),
    ],
    ids=["still active", "becomes idle", "without slots", "with a branch of the stack"],
)
def test_a_role_that_closes_no_connection_of_others_causes_no_warning(
    fake: FakeNeon, warnings: list[str], changes: dict[str, Any], olds: dict[str, Any]
) -> None:
    props = role(fake, **changes)
    configured(RoleProvider).check({**props, **olds} if olds else {}, props)
    assert warnings == []


def test_a_refresh_detects_a_password_that_was_reset_outside_pulumi(fake: FakeNeon) -> None:
    id_, outs = create(RoleProvider, role(fake))
    fake.branch(id_)["roles"]["hyperdrive"]["password"] = "another"
    assert configured(RoleProvider).read(id_, outs).outs["password"] == "another"


def test_a_refresh_keeps_the_password_if_neon_does_not_store_it(fake: FakeNeon) -> None:
    id_, outs = create(RoleProvider, role(fake))
    fake.stores_passwords = False
    assert configured(RoleProvider).read(id_, outs).outs["password"] == outs["password"]


@pytest.mark.parametrize("gone", ["role", "branch", "project"])
def test_a_role_is_deleted_with_its_branch_and_its_project(fake: FakeNeon, gone: str) -> None:
    id_, outs = create(RoleProvider, role(fake))
    project_id, branch_id, _ = id_.split("/")
    removed: dict[str, Callable[[], Any]] = {
        "role": fake.branch(id_)["roles"].clear,
        "branch": lambda: fake.projects[project_id]["branches"].pop(branch_id),
        "project": fake.projects.clear,
    }
    removed[gone]()
    assert configured(RoleProvider).read(id_, outs).id == ""
    configured(RoleProvider).delete(id_, outs)


def test_the_name_of_a_role_is_encoded_in_paths(fake: FakeNeon) -> None:
    id_, outs = create(RoleProvider, role(fake, name="a/b c?d"))
    assert configured(RoleProvider).read(id_, outs).outs == outs
    configured(RoleProvider).delete(id_, outs)
    assert list(fake.branch(id_)["roles"]) == ["neondb_owner"]


# A database.


def database(fake: FakeNeon, **changes: Any) -> dict[str, Any]:
    at, _ = create_branch(fake)
    return {"branch": at, "name": "orders", "owner_name": "neondb_owner", **changes}


def names(fake: FakeNeon, id_: str) -> list[str]:
    return [found["name"] for found in fake.branch(id_)["databases"]]


@pytest.mark.parametrize("lost", [None, "before", "after"])
def test_a_database_is_created_once(fake: FakeNeon, lost: str | None) -> None:
    fake.faults = [("POST .*/databases", lost)] if lost else []
    props = database(fake)
    id_, outs = create(DatabaseProvider, props)
    assert (names(fake, id_), outs) == (["neondb", "orders"], props)


def test_a_database_that_the_stack_did_not_create_is_not_adopted(fake: FakeNeon) -> None:
    props = database(fake)
    fake.branch(props["branch"])["databases"][0]["created_at"] = ago(days=9)
    with pytest.raises(AlreadyExists, match="Omit `create_database` to use the existing database"):
        create(DatabaseProvider, {**props, "name": "neondb"})


@pytest.mark.parametrize("change", [{"name": "sales"}, {"owner_name": "hyperdrive"}])
def test_a_database_is_updated_in_place(fake: FakeNeon, change: dict[str, Any]) -> None:
    id_, outs = create(DatabaseProvider, database(fake))
    assert replaced_by(DatabaseProvider, outs, **change) == []
    changed = update(DatabaseProvider, id_, outs, **change)
    assert update(DatabaseProvider, id_, outs, **change) == changed
    assert configured(DatabaseProvider).read(id_, changed).outs == {**outs, **change}


def test_a_database_is_replaced_for_another_branch(fake: FakeNeon) -> None:
    _, outs = create(DatabaseProvider, database(fake))
    assert replaced_by(DatabaseProvider, outs, branch="p/b") == ["branch"]


def test_a_database_that_was_renamed_outside_pulumi_stays_the_same_resource(fake: FakeNeon) -> None:
    id_, outs = create(DatabaseProvider, database(fake))
    fake.branch(id_)["databases"][1]["name"] = "sales"
    assert configured(DatabaseProvider).read(id_, outs).inputs["name"] == "sales"
    configured(DatabaseProvider).delete(id_, outs)
    assert names(fake, id_) == ["neondb"]


def test_deleting_a_missing_database_succeeds(fake: FakeNeon) -> None:
    id_, outs = create(DatabaseProvider, database(fake))
    fake.projects.clear()
    assert configured(DatabaseProvider).read(id_, outs).id == ""
    configured(DatabaseProvider).delete(id_, outs)


# All providers.


@pytest.mark.parametrize("status", [423, 429, 503])
def test_a_request_that_neon_rejects_temporarily_is_repeated(fake: FakeNeon, status: int) -> None:
    for path in ("POST /projects", "GET .*/operations/.*", "POST .*/roles"):
        fake.faults += [(path, status)] * 3
    id_, _ = create_project()
    create(RoleProvider, {"branch": id_, "name": "hyperdrive"})
    assert posts(fake) == ["POST /projects", "POST /projects/*/branches/*/roles"]
    assert fake.faults == []


def test_a_request_for_a_branch_that_is_not_ready_is_repeated(fake: FakeNeon) -> None:
    props = role(fake)
    fake.faults = [("POST .*/roles", (422, "Branch not ready yet"))] * 3
    create(RoleProvider, props)
    assert fake.faults == []


def test_another_rejection_with_the_same_status_is_not_repeated(fake: FakeNeon) -> None:
    props = role(fake)
    fake.faults = [("POST .*/roles", (422, "the role cannot log in"))] * 2
    with pytest.raises(ApiError, match="the role cannot log in"):
        create(RoleProvider, props)
    assert len(fake.faults) == 1


@pytest.mark.parametrize("status", [408, 520, 524])
def test_a_creation_without_a_confirmed_outcome_creates_one_project(fake: FakeNeon, status: int) -> None:
    fake.faults = [("POST /projects", status)]
    create_project()
    assert len(fake.projects) == 1
    assert [path for path, _ in fake.queries].count("GET /projects") == 2


def test_a_refresh_with_a_key_without_access_keeps_the_resource(fake: FakeNeon) -> None:
    id_, outs = create_project()
    fake.faults = [("GET /projects/.*", 403)]
    with pytest.raises(ApiError, match="Check the API key and its permissions"):
        configured(ProjectProvider).read(id_, outs)


def test_a_creation_continues_after_a_server_error(fake: FakeNeon) -> None:
    fake.faults = [(path, 500) for path in ("GET .*/operations/.*", "POST /projects", "GET .*/endpoints")]
    id_, _ = create_project()
    create(RoleProvider, {"branch": id_, "name": "hyperdrive"})
    assert (len(fake.projects), fake.faults) == (1, [])


def test_changes_of_one_project_wait_for_each_other(fake: FakeNeon, monkeypatch: pytest.MonkeyPatch) -> None:
    at, _ = create_project()
    statuses: list[int] = []
    answer = fake._answer

    def record_response(*request_line: Any) -> httpx.Response:
        found = answer(*request_line)
        statuses.append(found.status_code)
        # Without a lock, another thread would send its request now.
        time.sleep(0.001)
        return found

    monkeypatch.setattr(fake, "_answer", record_response)
    provider = configured(RoleProvider)
    threads = [
        threading.Thread(target=provider.create, args=({"branch": at, "name": f"role-{number}"},), daemon=True)
        for number in range(4)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=10)
    assert sorted(fake.branch(at)["roles"])[1:] == ["role-0", "role-1", "role-2", "role-3"]
    assert 423 not in statuses


@pytest.mark.parametrize("kind", PROVIDERS)
def test_the_state_contains_only_the_name_of_a_provider(kind: type[NeonProvider]) -> None:
    serialized = base64.b64decode(serialize_provider(kind()))
    assert len(serialized) < 100
    assert type(dill.loads(serialized)) is kind
    assert not kind.serialize_as_secret_always


@pytest.mark.parametrize("kind", PROVIDERS)
def test_a_missing_key_is_reported_with_its_fix(kind: type[NeonProvider]) -> None:
    provider = configured(kind, apiKey="")
    (failure,) = provider.check({}, {}).failures
    assert failure.property == ""
    assert (
        failure.reason == "neon:apiKey: is required. Run `pulumi config set --secret neon:apiKey`, "
        "or set the environment variable NEON_API_KEY."
    )
    with pytest.raises(ApiError, match="neon:apiKey: is required"):
        provider.read("p/b/n", {"project_id": "p", "branch": "p/b", "name": "n"})


def test_the_key_can_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NEON_API_KEY", KEY)
    assert configured(ProjectProvider, apiKey="").credentials_of({}).api_key == KEY


def test_the_address_of_an_emulator_is_read_from_the_configuration() -> None:
    provider = configured(ProjectProvider, apiBaseUrl="http://127.0.0.1:1/api/v2")
    assert provider.credentials_of({}).base_url == "http://127.0.0.1:1/api/v2"
    assert configured(ProjectProvider).credentials_of({}).base_url == "https://console.neon.tech/api/v2"


def test_a_key_is_not_sent_unencrypted() -> None:
    (failure,) = configured(ProjectProvider, apiBaseUrl="http://neon.example/api/v2").check({}, {}).failures
    assert "neon:apiBaseUrl: must be an https URL" in failure.reason


def respond_with(monkeypatch: pytest.MonkeyPatch, answer: Callable[[httpx.Request], httpx.Response]) -> list[str]:
    """Makes Neon respond to the check of a key with ``answer``. Returns the paths of the requests."""
    request_line: list[str] = []

    def transport(request: httpx.Request) -> httpx.Response:
        request_line.append(request.url.path)
        return answer(request)

    def client(*args: Any, **options: Any) -> ApiClient:
        options["retry_seconds"] = 0.0
        return ApiClient(*args, **options, transport=httpx.MockTransport(transport))

    monkeypatch.setattr(neon_api, "ApiClient", client)
    neon_api.is_api_key_rejected.cache_clear()
    return request_line


def test_a_key_that_neon_rejects_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    request_line = respond_with(monkeypatch, lambda _: httpx.Response(401, json={"code": "", "message": "not valid"}))
    for kind in PROVIDERS:
        (failure,) = configured(kind).check({}, {}).failures
        assert "neon:apiKey: is rejected by Neon" in failure.reason
        assert KEY not in failure.reason
    assert request_line == ["/api/v2/regions"]


@pytest.mark.parametrize("status", [200, 403, 404, 500])
def test_other_errors_do_not_count_as_a_rejected_key(monkeypatch: pytest.MonkeyPatch, status: int) -> None:
    respond_with(monkeypatch, lambda _: httpx.Response(status, json={}))
    checked = configured(ProjectProvider).check({}, {"name": "shop"})
    assert (checked.failures, checked.inputs) == ([], {"name": "shop"})


def test_without_a_network_a_preview_is_not_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    def unreachable(_: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError("no route")

    respond_with(monkeypatch, unreachable)
    assert configured(ProjectProvider).check({}, {}).failures == []


def test_no_error_contains_a_key_or_a_password(fake: FakeNeon, caplog: pytest.LogCaptureFixture) -> None:
    props = role(fake)
    at = props["branch"]
    attempts: list[tuple[str, int | str, Callable[[], Any]]] = [
        ("POST .*/roles", "before", lambda: create(RoleProvider, props)),
        ("GET .*/connection_uri", 501, lambda: create(RoleProvider, {"branch": at, "name": "other"})),
        ("POST /projects", "before", lambda: create_project(name="other")),
    ]
    with caplog.at_level(logging.DEBUG):
        for path, failed_as, attempt in attempts:
            fake.faults = [(path, failed_as)] * creation.ATTEMPTS
            with pytest.raises(ApiError) as error:
                attempt()
            text = "".join(traceback.format_exception(error.value))
            assert KEY not in text
            assert PASSWORD not in text
    assert KEY not in caplog.text
    assert PASSWORD not in caplog.text


# The API key of a component.

ONE = {"api_key": "sentinel-one"}
TWO = {"api_key": "sentinel-two"}
INPUTS: dict[type[NeonProvider], Callable[[FakeNeon], dict[str, Any]]] = {
    ProjectProvider: lambda _: project(),
    BranchProvider: branch,
    DefaultBranchProvider: lambda fake: {"project_id": branch(fake)["project_id"]},
    RoleProvider: role,
    DatabaseProvider: database,
}


def create_with_key(kind: type[NeonProvider], fake: FakeNeon, api: Any = ONE) -> tuple[str, dict[str, Any]]:
    """Creates an object with the key of a component and without a configured key. Then forgets all requests."""
    props = {**INPUTS[kind](fake), "api": api}
    result = configured(kind, apiKey="").create(props)
    fake.requests.clear()
    fake.keys.clear()
    return result.id, result.outs


@pytest.mark.parametrize("kind", PROVIDERS)
def test_a_resource_uses_the_key_of_its_component(kind: type[NeonProvider], fake: FakeNeon) -> None:
    props = {**INPUTS[kind](fake), "api": ONE}
    fake.keys.clear()
    provider = configured(kind, apiKey="")
    created = provider.create(props)
    assert provider.read(created.id, created.outs).id == created.id
    provider.delete(created.id, created.outs)
    assert set(fake.keys) == {"sentinel-one"}


def test_two_resources_in_one_process_use_two_keys(fake: FakeNeon) -> None:
    provider = configured(ProjectProvider)
    for name, given in (("one", {"api": ONE}), ("two", {"api": TWO}), ("three", {})):
        fake.keys.clear()
        provider.create({**project(name=name), **given})
        assert set(fake.keys) == {given.get("api", {}).get("api_key", KEY)}


def test_each_omitted_value_comes_from_the_configuration() -> None:
    provider = configured(ProjectProvider, apiBaseUrl="https://config.example")
    key = provider.credentials_of({"api": ONE})
    assert (key.api_key, key.base_url) == ("sentinel-one", "https://config.example")
    address = provider.credentials_of({"api": {"base_url": "http://localhost:1"}})
    assert (address.api_key, address.base_url) == (KEY, "http://localhost:1")


@pytest.mark.parametrize("kind", PROVIDERS)
def test_the_state_contains_the_key_of_a_component_only(kind: type[NeonProvider], fake: FakeNeon) -> None:
    id_, outs = create_with_key(kind, fake)
    assert outs["api"] == ONE
    found = configured(kind, apiKey="").read(id_, outs)
    assert (found.outs["api"], found.inputs["api"]) == (ONE, ONE)
    configured_outs = configured(kind).read(id_, {key: value for key, value in outs.items() if key != "api"})
    assert "api" not in configured_outs.outs
    assert "api" not in configured_outs.inputs


@pytest.mark.parametrize("kind", PROVIDERS)
def test_a_new_key_is_an_update_that_changes_nothing_at_neon(kind: type[NeonProvider], fake: FakeNeon) -> None:
    id_, outs = create_with_key(kind, fake)
    provider = configured(kind, apiKey="")
    news = {**provider.select_inputs(outs), "api": TWO}
    found = provider.diff(id_, outs, news)
    assert (found.changes, found.replaces) == (True, [])
    updated = provider.update(id_, outs, news).outs
    assert fake.changes() == []
    assert set(fake.keys) == {"sentinel-two"}
    assert updated == {**outs, "api": TWO}


@pytest.mark.parametrize("kind", PROVIDERS)
def test_a_key_can_move_to_the_configuration(kind: type[NeonProvider], fake: FakeNeon) -> None:
    id_, outs = create_with_key(kind, fake)
    provider = configured(kind)
    news = {key: value for key, value in provider.select_inputs(outs).items() if key != "api"}
    found = provider.diff(id_, outs, news)
    assert (found.changes, found.replaces) == (True, [])
    updated = provider.update(id_, outs, news).outs
    assert updated == {key: value for key, value in outs.items() if key != "api"}
    assert set(fake.keys) == {KEY}
    assert fake.changes() == []


@pytest.mark.parametrize("kind", PROVIDERS)
def test_a_new_key_that_cannot_see_the_object_is_rejected(kind: type[NeonProvider], fake: FakeNeon) -> None:
    id_, outs = create_with_key(kind, fake)
    fake.projects.clear()
    with pytest.raises(ApiError, match=f"Neon has no object {id_} for the new API key") as raised:
        update(kind, id_, outs, api=TWO)
    assert "sentinel" not in str(raised.value)


def test_a_deletion_uses_the_key_of_the_state(fake: FakeNeon) -> None:
    id_, outs = create_with_key(ProjectProvider, fake)
    configured(ProjectProvider).delete(id_, outs)
    assert fake.changes() == [f"DELETE /projects/{id_.split('/')[0]}"]
    assert set(fake.keys) == {"sentinel-one"}


@pytest.mark.parametrize("kind", PROVIDERS)
def test_an_unknown_key_is_accepted_in_a_preview(kind: type[NeonProvider], fake: FakeNeon) -> None:
    id_, outs = create_with_key(kind, fake)
    provider = configured(kind, apiKey="")
    news = {**provider.select_inputs(outs), "api": UNKNOWN}
    checked = provider.check(outs, news)
    assert (checked.failures, checked.inputs) == ([], news)
    found = provider.diff(id_, outs, news)
    assert (found.changes, found.replaces) == (True, [])
    assert fake.keys == []


def test_with_an_unknown_key_a_new_parent_replaces_a_branch_in_a_preview(fake: FakeNeon) -> None:
    id_, outs = create_with_key(BranchProvider, fake)
    provider = configured(BranchProvider, apiKey="")
    news = {**provider.select_inputs(outs), "api": UNKNOWN, "parent": "renamed"}
    assert provider.diff(id_, outs, news).replaces == ["parent"]
    assert fake.keys == []


def test_a_rejected_key_of_a_component_is_reported_by_its_argument(monkeypatch: pytest.MonkeyPatch) -> None:
    respond_with(
        monkeypatch,
        lambda request: httpx.Response(401 if "sentinel-one" in request.headers["authorization"] else 200, json={}),
    )
    for kind in PROVIDERS:
        (failure,) = configured(kind).check({}, {"api": ONE}).failures
        assert (failure.property, failure.reason) == (
            "",
            "api.api_key: is rejected by Neon. Create a new API key in the Neon console, and set the new value in "
            "`api.api_key`.",
        )
        assert configured(kind).check({}, {"api": TWO}).failures == []


@pytest.mark.parametrize(
    ("api", "reason"),
    [
        (
            {"api_key": "sentinel one"},
            "api.api_key: must not contain spaces, control characters or characters outside ASCII.",
        ),
        ({"api_key": " "}, "api.api_key: must not be empty."),
        ({"base_url": "http://neon.example"}, "api.base_url: must be an https URL"),
    ],
)
def test_a_malformed_value_of_a_component_is_reported_and_not_shown(api: dict[str, str], reason: str) -> None:
    provider = configured(ProjectProvider)
    (failure,) = provider.check({}, project(api=api)).failures
    assert failure.reason.startswith(reason)
    assert "sentinel" not in failure.reason
    with pytest.raises(ApiError, match=re.escape(reason)):
        provider.create(project(api=api))


def test_a_missing_key_is_reported_for_a_component_with_an_address_only() -> None:
    (failure,) = configured(ProjectProvider, apiKey="").check({}, {"api": {"base_url": "https://x.example"}}).failures
    assert failure.reason.startswith("neon:apiKey: is required.")
