"""The real engine makes a Neon project, and keeps it, against the stand-in for Neon's API."""

import signal
from typing import Any

import httpx
import pytest

from localcloud.deploy import call_worker
from localcloud.instance import Instance
from localcloud.vendors import NeonEmulator
from tests.engine.at_vendors import (
    ITEM_OF_ITS_OWN,
    at,
    changed,
    databases_on,
    in_turn,
    made_at,
    password_in,
    ran,
    refused,
    without,
)
from tests.engine.deployment import SCRIPT, Deployment
from tests.engine.life import Life, lived
from tests.engine.test_stack import at_work, until

pytestmark = [pytest.mark.engine, pytest.mark.usefixtures("vendors")]

PROJECT = {"provider": "neon", "project": {"region": "aws-eu-central-1"}, "branch": {"name": "dev"}}


@pytest.fixture
def stack(deployment: Deployment) -> Deployment:
    return at(deployment, PROJECT)


@pytest.fixture
def neon(stack: Deployment) -> NeonEmulator:
    return stack.cloud.neon


def called(neon: NeonEmulator, method: str, path: str, **options: Any) -> Any:
    """An answer of Neon's API."""
    token = {"authorization": f"Bearer {neon.key}"}
    answer = httpx.request(method, neon.base_url + path, headers=token, timeout=10, trust_env=False, **options)
    return answer.raise_for_status().json() if answer.content else None


def only_project(neon: NeonEmulator) -> dict[str, Any]:
    (project,) = called(neon, "GET", "/projects")["projects"]
    return dict(project)


def only_branch(neon: NeonEmulator) -> tuple[str, dict[str, Any]]:
    project = only_project(neon)["id"]
    (branch,) = called(neon, "GET", f"/projects/{project}/branches")["branches"]
    return f"/projects/{project}/branches/{branch['id']}", branch


def finish_start(neon: NeonEmulator, project: str) -> None:
    """Looks at the operations until none is at work: nothing else may be asked of the project before."""
    for _ in range(50):
        operations = called(neon, "GET", f"/projects/{project}/operations")["operations"]
        if all(each["status"] in ("finished", "skipped", "cancelled") for each in operations):
            return
        for each in operations:
            called(neon, "GET", f"/projects/{project}/operations/{each['id']}")
    raise AssertionError("the operations do not end")


@pytest.fixture(scope="module")
def life(shared_deployment: Deployment) -> Life:
    """The Worker is asked for what only the branch that was made has."""
    stack, neon = at(shared_deployment, PROJECT), shared_deployment.cloud.neon
    admin = stack.cloud.postgres.admin_url
    before = databases_on(admin)

    def look() -> Any:
        path, branch = only_branch(neon)
        query = {"database_name": "neondb", "role_name": "neondb_owner", "branch_id": branch["id"]}
        url = called(neon, "GET", f"{path.partition('/branches')[0]}/connection_uri", params=query)["uri"]
        ran(url, ITEM_OF_ITS_OWN)
        return branch["name"], call_worker(stack.cloud.worker_url(SCRIPT)), databases_on(admin) - before

    life = lived(stack, look)
    assert called(neon, "GET", "/projects")["projects"] == []
    assert databases_on(admin) == before
    return life


def test_the_worker_answers_from_the_branch_that_was_made(life: Life) -> None:
    branch, answer, _ = life.seen
    assert branch == "dev"
    assert [item["name"] for item in answer["result"]] == ["found where it was made"]


def test_destroy_removes_it(life: Life) -> None:
    _, _, made = life.seen
    assert len(made) == 1
    assert life.left == {}


def test_a_second_up_changes_nothing(life: Life) -> None:
    assert set(life.again) == {"same"}


def test_a_preview_after_a_refresh_shows_no_change(life: Life) -> None:
    assert life.refusal == ""
    assert life.after_refresh == {}


def test_no_password_is_in_plain(life: Life, cloud: Instance) -> None:
    password = password_in(life.sent)
    assert len(password) >= 12
    assert password not in life.told
    assert cloud.neon.key not in life.told


def test_a_rename_is_an_update_in_place(stack: Deployment, neon: NeonEmulator) -> None:
    stack.up()
    before = only_project(neon)
    renamed = changed(stack, branch={"name": "main"})
    assert renamed.previewed() == {"main-project": "update"}
    renamed.up()
    assert only_project(neon)["id"] == before["id"]
    assert only_branch(neon)[1]["name"] == "main"


def test_another_region_is_a_replacement(stack: Deployment, neon: NeonEmulator) -> None:
    stack.up()
    before = only_project(neon)
    moved = changed(stack, project={"region": "aws-us-east-1"})
    assert "replace" in " ".join(moved.previewed().values())
    moved.up()
    assert only_project(neon)["id"] != before["id"]
    assert only_project(neon)["region_id"] == "aws-us-east-1"
    assert call_worker(moved.cloud.worker_url(SCRIPT))["success"] is True


def test_what_was_changed_outside_is_seen_by_a_refresh_and_put_back(stack: Deployment, neon: NeonEmulator) -> None:
    stack.up()
    project, (path, _) = only_project(neon)["id"], only_branch(neon)
    called(neon, "PATCH", path, json={"branch": {"name": "renamed-outside"}})
    finish_start(neon, project)
    stack.stack.pulumi("refresh", "--yes", "--skip-preview")
    assert stack.previewed() == {"main-project": "update"}
    stack.up()
    assert only_branch(neon)[1]["name"] == "dev"


def test_what_was_deleted_outside_is_noticed_and_made_again(stack: Deployment, neon: NeonEmulator) -> None:
    stack.up()
    called(neon, "DELETE", f"/projects/{only_project(neon)['id']}")
    stack.stack.pulumi("refresh", "--yes", "--skip-preview")
    assert stack.previewed()["main-project"] == "create"
    stack.up()
    assert call_worker(stack.cloud.worker_url(SCRIPT))["success"] is True


def test_a_role_that_was_deleted_outside_is_made_again(stack: Deployment, neon: NeonEmulator) -> None:
    stack.up()
    project, (path, _) = only_project(neon)["id"], only_branch(neon)
    called(neon, "DELETE", f"{path}/roles/hyperdrive")
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
def test_faults_in_the_middle_are_got_over(turn: int, stack: Deployment, neon: NeonEmulator) -> None:
    """Each call has a fault of its own, and in the course of the turns all of them."""
    neon.control("POST", "faults", json=in_turn(turn, CALLS, FAULTS))
    stack.up()
    assert neon.control("GET", "faults").json() == []
    assert made_at(neon)["projects"] == 1
    path, _ = only_branch(neon)
    assert [role["name"] for role in called(neon, "GET", f"{path}/roles")["roles"]].count("hyperdrive") == 1
    assert call_worker(stack.cloud.worker_url(SCRIPT))["success"] is True


def test_a_deletion_whose_answer_is_lost_is_done(stack: Deployment, neon: NeonEmulator) -> None:
    stack.up()
    neon.control("POST", "faults", json=[{"method": "DELETE", "drop": "after", "times": 1}])
    stack.stack.pulumi("destroy", "--yes", "--skip-preview")
    assert called(neon, "GET", "/projects")["projects"] == []


def test_an_up_that_was_killed_leaves_nothing_twice(stack: Deployment, neon: NeonEmulator) -> None:
    slow = {"method": "GET", "path": "^/projects/[^/]+/operations/", "latency_ms": 4000, "times": 1}
    neon.control("POST", "faults", json=[slow])
    engine = at_work(stack)
    until(lambda: made_at(neon).get("projects") == 1)
    engine.send_signal(signal.SIGKILL)
    engine.wait(30)

    stack.stack.pulumi("cancel", "--yes")
    stack.up()
    assert made_at(neon)["projects"] == 1
    assert call_worker(stack.cloud.worker_url(SCRIPT))["success"] is True


def test_no_key_is_told_in_one_sentence_and_nothing_is_made(stack: Deployment, neon: NeonEmulator) -> None:
    told = refused(without(stack, "NEON_API_KEY"), "preview")
    assert "neon:apiKey: is required. Run `pulumi config set --secret neon:apiKey`, or set NEON_API_KEY." in told
    assert "Traceback" not in told
    assert made_at(neon) == {}


def test_a_wrong_key_is_told_in_one_sentence_and_nothing_is_made(stack: Deployment, neon: NeonEmulator) -> None:
    told = refused(without(stack, NEON_API_KEY="napi_wrong_key"), "preview")
    assert "neon:apiKey" in told
    assert "napi_wrong_key" not in told
    assert "Traceback" not in told
    assert made_at(neon) == {}


def test_a_key_of_the_stack_goes_before_the_environments(stack: Deployment, neon: NeonEmulator) -> None:
    stack.stack.pulumi("config", "set", "--secret", "neon:apiKey", stdin=neon.key)
    keyed = without(stack, NEON_API_KEY="napi_wrong_key")
    keyed.up()
    assert neon.key not in keyed.exported()


def test_a_rotation_gives_the_idle_role_a_new_password_and_leaves_the_other(
    stack: Deployment, neon: NeonEmulator
) -> None:
    first = changed(stack, credentials={"activeSlot": "a"})
    first.up()
    path, _ = only_branch(neon)

    def password(slot: str) -> str:
        return str(called(neon, "GET", f"{path}/roles/hyperdrive_{slot}/reveal_password")["password"])

    before = {slot: password(slot) for slot in "ab"}
    second = changed(first, credentials={"activeSlot": "b"})
    second.up()
    assert password("a") == before["a"]
    assert password("b") != before["b"]
    assert call_worker(stack.cloud.worker_url(SCRIPT))["success"] is True
    assert set(second.up()) == {"same"}


def test_a_protected_branch_stays_until_it_is_no_longer_protected(stack: Deployment, neon: NeonEmulator) -> None:
    guarded = changed(stack, branch={"name": "dev", "protected": True})
    guarded.up()
    told = refused(guarded, "destroy", "--yes", "--skip-preview")
    assert "Neon returned 422 for DELETE /projects/" in told
    assert "Traceback" not in told
    assert only_branch(neon)[1]["name"] == "dev"

    released = changed(stack, branch={"name": "dev", "protected": False})
    released.up()
    released.stack.pulumi("destroy", "--yes", "--skip-preview")
    assert called(neon, "GET", "/projects")["projects"] == []
