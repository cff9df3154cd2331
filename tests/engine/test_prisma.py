"""The real engine makes a Prisma database, and keeps it, against the stand-in for Prisma's API."""

import json
import signal
from typing import Any

import httpx
import pytest

from localcloud.deploy import call_worker
from localcloud.instance import Instance
from localcloud.vendors import PrismaEmulator
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

DATABASE = {"provider": "prisma", "region": "eu-central-1", "plan": "free"}


@pytest.fixture
def stack(deployment: Deployment) -> Deployment:
    return at(deployment, DATABASE)


@pytest.fixture
def prisma(stack: Deployment) -> PrismaEmulator:
    return stack.cloud.prisma


def called(prisma: PrismaEmulator, method: str, path: str, **options: Any) -> Any:
    """An answer of Prisma's API."""
    token = {"authorization": f"Bearer {prisma.key}"}
    answer = httpx.request(method, prisma.base_url + path, headers=token, timeout=10, trust_env=False, **options)
    return answer.raise_for_status().json()["data"] if answer.content else None


def only(prisma: PrismaEmulator, path: str) -> dict[str, Any]:
    (found,) = called(prisma, "GET", path)
    return dict(found)


@pytest.fixture(scope="module")
def life(shared_deployment: Deployment) -> Life:
    """The Worker is asked for what only the database that was made has."""
    stack, prisma = at(shared_deployment, DATABASE), shared_deployment.cloud.prisma
    admin = stack.cloud.postgres.admin_url
    before = databases_on(admin)

    def look() -> Any:
        body = {"databaseId": only(prisma, "/databases")["id"], "name": "a person's own"}
        url = called(prisma, "POST", "/connections", json=body)["endpoints"]["direct"]["connectionString"]
        ran(url.replace("/?", "/postgres?"), ITEM_OF_ITS_OWN)
        return call_worker(stack.cloud.worker_url(SCRIPT)), databases_on(admin) - before

    life = lived(stack, look)
    assert made_at(prisma) == {}
    assert databases_on(admin) == before
    return life


def test_the_worker_answers_from_the_database_that_was_made(life: Life) -> None:
    answer, _ = life.seen
    assert [item["name"] for item in answer["result"]] == ["found where it was made"]


def test_destroy_removes_it(life: Life) -> None:
    _, made = life.seen
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
    assert cloud.prisma.key not in life.told


def test_a_rename_is_an_update_in_place(stack: Deployment, prisma: PrismaEmulator) -> None:
    stack.up()
    before = only(prisma, "/databases")
    renamed = changed(stack, databaseName="renamed")
    assert renamed.previewed() == {"main-database": "update"}
    renamed.up()
    after = only(prisma, "/databases")
    assert (after["id"], after["name"]) == (before["id"], "renamed")


def test_another_region_is_a_replacement(stack: Deployment, prisma: PrismaEmulator) -> None:
    stack.up()
    before = only(prisma, "/databases")
    moved = changed(stack, region="us-east-1")
    assert "replace" in moved.previewed()["main-database"]
    moved.up()
    after = only(prisma, "/databases")
    assert after["id"] != before["id"]
    assert after["region"]["id"] == "us-east-1"
    assert call_worker(moved.cloud.worker_url(SCRIPT))["success"] is True


def test_what_was_changed_outside_is_seen_by_a_refresh_and_put_back(stack: Deployment, prisma: PrismaEmulator) -> None:
    stack.up()
    database = only(prisma, "/databases")
    called(prisma, "PATCH", f"/databases/{database['id']}", json={"name": "renamed outside"})
    stack.stack.pulumi("refresh", "--yes", "--skip-preview")
    assert stack.previewed() == {"main-database": "update"}
    stack.up()
    assert only(prisma, "/databases")["name"] == database["name"]


def test_what_was_deleted_outside_is_noticed_and_made_again(stack: Deployment, prisma: PrismaEmulator) -> None:
    stack.up()
    called(prisma, "DELETE", f"/databases/{only(prisma, '/databases')['id']}")
    stack.stack.pulumi("refresh", "--yes", "--skip-preview")
    assert stack.previewed()["main-database"] == "create"
    stack.up()
    assert call_worker(stack.cloud.worker_url(SCRIPT))["success"] is True


def test_a_connection_that_was_deleted_outside_is_made_again(stack: Deployment, prisma: PrismaEmulator) -> None:
    stack.up()
    before = made_at(prisma)["connections"]
    (ours,) = (each for each in called(prisma, "GET", "/connections") if each["name"] == "hyperdrive")
    called(prisma, "DELETE", f"/connections/{ours['id']}")
    stack.stack.pulumi("refresh", "--yes", "--skip-preview")
    stack.up()
    assert made_at(prisma)["connections"] == before
    assert call_worker(stack.cloud.worker_url(SCRIPT))["success"] is True


FAULTS: dict[str, dict[str, Any]] = {
    "too many requests": {"status": 429, "retry_after": 0.2, "times": 2},
    "not available": {"status": 503, "times": 2},
    "a server's error": {"status": 500, "times": 1},
    "an answer that is lost": {"drop": "after", "times": 1},
    "a request that is lost": {"drop": "before", "times": 1},
}


CALLS = (
    ("POST", "^/projects$"),
    ("POST", "^/databases$"),
    ("POST", "^/connections$"),
    ("GET", "^/databases/[^/]+$"),
)


@pytest.mark.parametrize("turn", range(len(FAULTS)))
def test_faults_in_the_middle_are_got_over(turn: int, stack: Deployment, prisma: PrismaEmulator) -> None:
    """Each call has a fault of its own, and in the course of the turns all of them."""
    prisma.control("POST", "faults", json=in_turn(turn, CALLS, FAULTS))
    stack.up()
    assert prisma.control("GET", "faults").json() == []
    assert (made_at(prisma)["projects"], made_at(prisma)["databases"]) == (1, 1)
    names = [each["name"] for each in called(prisma, "GET", "/connections")]
    assert len(names) == len(set(names))
    assert call_worker(stack.cloud.worker_url(SCRIPT))["success"] is True


def test_a_deletion_whose_answer_is_lost_is_done(stack: Deployment, prisma: PrismaEmulator) -> None:
    stack.up()
    prisma.control("POST", "faults", json=[{"method": "DELETE", "drop": "after", "times": 1}])
    stack.stack.pulumi("destroy", "--yes", "--skip-preview")
    assert made_at(prisma) == {}


def test_an_up_that_was_killed_leaves_nothing_twice(stack: Deployment, prisma: PrismaEmulator) -> None:
    slow = {"method": "GET", "path": "^/databases/[^/]+$", "latency_ms": 4000, "times": 1}
    prisma.control("POST", "faults", json=[slow])
    engine = at_work(stack)
    until(lambda: made_at(prisma).get("databases") == 1)
    engine.send_signal(signal.SIGKILL)
    engine.wait(30)

    stack.stack.pulumi("cancel", "--yes")
    stack.up()
    assert (made_at(prisma)["projects"], made_at(prisma)["databases"]) == (1, 1)
    assert call_worker(stack.cloud.worker_url(SCRIPT))["success"] is True


def test_no_token_is_told_in_one_sentence_and_nothing_is_made(stack: Deployment, prisma: PrismaEmulator) -> None:
    told = refused(without(stack, "PRISMA_SERVICE_TOKEN"), "preview")
    assert "prisma:serviceToken: is required." in told
    assert "PRISMA_SERVICE_TOKEN" in told
    assert "Traceback" not in told
    assert made_at(prisma) == {}


def test_a_wrong_token_is_told_in_one_sentence_and_nothing_is_made(stack: Deployment, prisma: PrismaEmulator) -> None:
    told = refused(without(stack, PRISMA_SERVICE_TOKEN="prsc_wrong_token"), "preview")
    assert "prisma:serviceToken" in told
    assert "prsc_wrong_token" not in told
    assert "Traceback" not in told
    assert made_at(prisma) == {}


def test_a_token_of_the_stack_goes_before_the_environments(stack: Deployment, prisma: PrismaEmulator) -> None:
    stack.stack.pulumi("config", "set", "--secret", "prisma:serviceToken", stdin=prisma.key)
    keyed = without(stack, PRISMA_SERVICE_TOKEN="prsc_wrong_token")
    keyed.up()
    assert prisma.key not in keyed.exported()


def test_a_rotation_gives_the_idle_connection_new_credentials(stack: Deployment, prisma: PrismaEmulator) -> None:
    given = changed(stack, region="eu-central-1", credentials={"activeSlot": "a"})
    told = refused(given, "preview")
    assert "needs 5 connections more than the database grants" in told

    roomy = changed(given, maxConnections=50)
    roomy.up()
    second = changed(roomy, credentials={"activeSlot": "b"})
    second.up()
    raw = json.loads(stack.control("GET", "requests", params={"raw": "1"}).text)["requests"]
    sent = [json.loads(each["body"])["origin"] for each in raw if '"origin"' in each["body"]]
    assert len(sent) == 3
    assert len({each["password"] for each in sent}) == 3
    assert call_worker(stack.cloud.worker_url(SCRIPT))["success"] is True
    assert set(second.up()) == {"same"}
