"""The real engine creates, updates and deletes a Neon project at the emulator of Neon's API."""

import signal
from typing import Any

import httpx
import pytest

from localcloud.deploy import call_worker
from localcloud.instance import Instance
from localcloud.vendors import NeonEmulator
from tests.engine.deployment import SCRIPT, Deployment
from tests.engine.lifecycle import Lifecycle, run_lifecycle
from tests.engine.test_stack import deploying_engine
from tests.engine.vendor_stacks import (
    ITEM_IN_VENDOR_DATABASE,
    databases_on,
    error_of,
    one_error_per_call,
    password_in,
    resources_at,
    run_statement,
    with_settings,
    with_vendor_database,
    without_variables,
)
from tests.waiting import wait_until

pytestmark = [pytest.mark.engine, pytest.mark.usefixtures("vendors")]

PROJECT: dict[str, Any] = {"provider": "neon", "project": {"region": "aws-eu-central-1"}, "branch": {"name": "dev"}}


@pytest.fixture
def stack(deployment: Deployment) -> Deployment:
    return with_vendor_database(deployment, PROJECT)


@pytest.fixture
def neon(stack: Deployment) -> NeonEmulator:
    return stack.cloud.neon


def call_api(neon: NeonEmulator, method: str, path: str, **options: Any) -> Any:
    """A response of Neon's API."""
    token = {"authorization": f"Bearer {neon.key}"}
    answer = httpx.request(method, neon.base_url + path, headers=token, timeout=10, trust_env=False, **options)
    return answer.raise_for_status().json() if answer.content else None


def only_project(neon: NeonEmulator) -> dict[str, Any]:
    (project,) = call_api(neon, "GET", "/projects")["projects"]
    return dict(project)


def only_branch(neon: NeonEmulator) -> tuple[str, dict[str, Any]]:
    project = only_project(neon)["id"]
    (branch,) = call_api(neon, "GET", f"/projects/{project}/branches")["branches"]
    return f"/projects/{project}/branches/{branch['id']}", branch


def finish_start(neon: NeonEmulator, project: str) -> None:
    """Reads the operations until all have finished, because the project rejects other requests before."""
    for _ in range(50):
        operations = call_api(neon, "GET", f"/projects/{project}/operations")["operations"]
        if all(each["status"] in ("finished", "skipped", "cancelled") for each in operations):
            return
        for each in operations:
            call_api(neon, "GET", f"/projects/{project}/operations/{each['id']}")
    raise AssertionError("the operations do not end")


@pytest.fixture(scope="module")
def life(shared_deployment: Deployment) -> Lifecycle:
    """A lifecycle in which the Worker reads a row that only the created branch has."""
    stack, neon = with_vendor_database(shared_deployment, PROJECT), shared_deployment.cloud.neon
    admin = stack.cloud.postgres.admin_url
    before = databases_on(admin)

    def look() -> Any:
        path, branch = only_branch(neon)
        query = {"database_name": "neondb", "role_name": "neondb_owner", "branch_id": branch["id"]}
        url = call_api(neon, "GET", f"{path.partition('/branches')[0]}/connection_uri", params=query)["uri"]
        run_statement(url, ITEM_IN_VENDOR_DATABASE)
        return branch["name"], call_worker(stack.cloud.worker_url(SCRIPT)), databases_on(admin) - before

    life = run_lifecycle(stack, look)
    assert call_api(neon, "GET", "/projects")["projects"] == []
    assert databases_on(admin) == before
    return life


def test_the_worker_reads_from_the_created_branch(life: Lifecycle) -> None:
    branch, answer, _ = life.observed
    assert branch == "dev"
    assert [item["name"] for item in answer["result"]] == ["found in the created database"]


def test_destroy_removes_everything(life: Lifecycle) -> None:
    _, _, created = life.observed
    assert len(created) == 1
    assert life.leftovers == {}


def test_a_second_up_changes_nothing(life: Lifecycle) -> None:
    assert set(life.second_up) == {"same"}


def test_a_preview_after_a_refresh_shows_no_change(life: Lifecycle) -> None:
    assert life.refresh_error == ""
    assert life.after_refresh == {}


def test_no_password_is_in_plain_text(life: Lifecycle, cloud: Instance) -> None:
    password = password_in(life.requests)
    assert len(password) >= 12
    assert password not in life.output
    assert cloud.neon.key not in life.output


def test_a_rename_is_an_update_in_place(stack: Deployment, neon: NeonEmulator) -> None:
    stack.up()
    before = only_project(neon)
    renamed = with_settings(stack, project={**PROJECT["project"], "name": "renamed"}, branch={"name": "main"})
    assert renamed.previewed() == {"Project main-project": "update"}
    renamed.up()
    after = only_project(neon)
    assert (after["id"], after["name"]) == (before["id"], "renamed")
    assert only_branch(neon)[1]["name"] == "main"


def test_another_region_is_a_replacement(stack: Deployment, neon: NeonEmulator) -> None:
    stack.up()
    before = only_project(neon)
    moved = with_settings(stack, project={"region": "aws-us-east-1"})
    assert "replace" in " ".join(moved.previewed().values())
    moved.up()
    assert only_project(neon)["id"] != before["id"]
    assert only_project(neon)["region_id"] == "aws-us-east-1"
    assert call_worker(moved.cloud.worker_url(SCRIPT))["success"] is True


def test_a_change_outside_pulumi_is_shown_by_a_refresh_and_reverted(stack: Deployment, neon: NeonEmulator) -> None:
    stack.up()
    project, (path, _) = only_project(neon)["id"], only_branch(neon)
    call_api(neon, "PATCH", path, json={"branch": {"name": "renamed-outside"}})
    finish_start(neon, project)
    stack.stack.pulumi("refresh", "--yes", "--skip-preview")
    assert stack.previewed() == {"Project main-project": "update"}
    stack.up()
    assert only_branch(neon)[1]["name"] == "dev"


def test_a_resource_that_was_deleted_outside_pulumi_is_recreated(stack: Deployment, neon: NeonEmulator) -> None:
    stack.up()
    call_api(neon, "DELETE", f"/projects/{only_project(neon)['id']}")
    stack.stack.pulumi("refresh", "--yes", "--skip-preview")
    assert stack.previewed()["Project main-project"] == "create"
    stack.up()
    assert call_worker(stack.cloud.worker_url(SCRIPT))["success"] is True


def test_a_role_that_was_deleted_outside_pulumi_is_recreated(stack: Deployment, neon: NeonEmulator) -> None:
    stack.up()
    project, (path, _) = only_project(neon)["id"], only_branch(neon)
    call_api(neon, "DELETE", f"{path}/roles/hyperdrive")
    finish_start(neon, project)
    stack.stack.pulumi("refresh", "--yes", "--skip-preview")
    stack.up()
    assert call_worker(stack.cloud.worker_url(SCRIPT))["success"] is True


FAULTS: dict[str, dict[str, Any]] = {
    "locked": {"status": 423, "times": 3},
    "too many requests": {"status": 429, "retry_after": 0.2, "times": 2},
    "not available": {"status": 503, "times": 2},
    "a server's error": {"status": 500, "times": 1},
    "an answer that is lost": {"drop": "after", "times": 1},
    "a request that is lost": {"drop": "before", "times": 1},
}


CALLS = (
    ("POST", "^/projects$"),
    ("POST", "^/projects/[^/]+/branches/[^/]+/roles$"),
    ("GET", "^/projects/[^/]+/operations/"),
)


@pytest.mark.parametrize("turn", range(len(FAULTS)))
def test_injected_errors_do_not_fail_the_update(turn: int, stack: Deployment, neon: NeonEmulator) -> None:
    """Each call has a different injected error. Over all turns, each call has every error."""
    neon.control("POST", "faults", json=one_error_per_call(turn, CALLS, FAULTS))
    stack.up()
    assert neon.control("GET", "faults").json() == []
    assert resources_at(neon)["projects"] == 1
    path, _ = only_branch(neon)
    assert [role["name"] for role in call_api(neon, "GET", f"{path}/roles")["roles"]].count("hyperdrive") == 1
    assert call_worker(stack.cloud.worker_url(SCRIPT))["success"] is True


def test_a_deletion_whose_response_is_lost_succeeds(stack: Deployment, neon: NeonEmulator) -> None:
    stack.up()
    neon.control("POST", "faults", json=[{"method": "DELETE", "drop": "after", "times": 1}])
    stack.stack.pulumi("destroy", "--yes", "--skip-preview")
    assert call_api(neon, "GET", "/projects")["projects"] == []


def test_a_killed_up_creates_no_duplicates(stack: Deployment, neon: NeonEmulator) -> None:
    slow = {"method": "GET", "path": "^/projects/[^/]+/operations/", "latency_ms": 4000, "times": 1}
    neon.control("POST", "faults", json=[slow])
    engine = deploying_engine(stack)
    wait_until(lambda: resources_at(neon).get("projects") == 1)
    engine.send_signal(signal.SIGKILL)
    engine.wait(30)

    stack.stack.pulumi("cancel", "--yes")
    stack.up()
    assert resources_at(neon)["projects"] == 1
    assert call_worker(stack.cloud.worker_url(SCRIPT))["success"] is True


def test_a_missing_key_is_one_error_and_nothing_is_created(stack: Deployment, neon: NeonEmulator) -> None:
    error = error_of(without_variables(stack, "NEON_API_KEY"), "preview")
    assert "neon:apiKey  is required. Run `pulumi config set --secret neon:apiKey`" in error
    assert "or set the environment variable NEON_API_KEY." in error
    assert "Traceback" not in error
    assert resources_at(neon) == {}


def test_a_wrong_key_is_one_error_and_nothing_is_created(stack: Deployment, neon: NeonEmulator) -> None:
    error = error_of(without_variables(stack, NEON_API_KEY="napi_wrong_key"), "preview")
    assert "neon:apiKey" in error
    assert "napi_wrong_key" not in error
    assert "Traceback" not in error
    assert resources_at(neon) == {}


def test_a_key_in_the_stack_has_precedence_over_the_environment(stack: Deployment, neon: NeonEmulator) -> None:
    stack.stack.pulumi("config", "set", "--secret", "neon:apiKey", stdin=neon.key)
    keyed = without_variables(stack, NEON_API_KEY="napi_wrong_key")
    keyed.up()
    assert neon.key not in keyed.exported()


def test_a_rotation_changes_the_password_of_the_idle_role_only(stack: Deployment, neon: NeonEmulator) -> None:
    first = with_settings(stack, credentials={"activeSlot": "a"})
    first.up()
    path, _ = only_branch(neon)

    def password(slot: str) -> str:
        return str(call_api(neon, "GET", f"{path}/roles/hyperdrive_{slot}/reveal_password")["password"])

    before = {slot: password(slot) for slot in "ab"}
    second = with_settings(first, credentials={"activeSlot": "b"})
    warning = "The role hyperdrive_b gets a new password. Neon closes all connections of the branch's compute"
    assert warning in second.stack.pulumi("preview")
    second.up()
    assert warning not in second.stack.pulumi("preview")
    assert password("a") == before["a"]
    assert password("b") != before["b"]
    assert call_worker(stack.cloud.worker_url(SCRIPT))["success"] is True
    assert set(second.up()) == {"same"}


def test_a_protected_branch_is_kept_until_its_protection_is_removed(stack: Deployment, neon: NeonEmulator) -> None:
    guarded = with_settings(stack, branch={"name": "dev", "protected": True})
    guarded.up()
    error = error_of(guarded, "destroy", "--yes", "--skip-preview")
    assert "Neon returned 422 for DELETE /projects/" in error
    assert "Traceback" not in error
    assert only_branch(neon)[1]["name"] == "dev"

    released = with_settings(stack, branch={"name": "dev", "protected": False})
    released.up()
    released.stack.pulumi("destroy", "--yes", "--skip-preview")
    assert call_api(neon, "GET", "/projects")["projects"] == []
