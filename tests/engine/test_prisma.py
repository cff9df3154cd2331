"""The real engine creates, updates and deletes a Prisma database at the emulator of Prisma's API."""

import signal
from typing import Any

import asyncpg
import httpx
import pytest

from localcloud.deploy import call_worker
from localcloud.instance import Instance
from localcloud.vendors import PrismaEmulator
from tests.engine.deployment import SCRIPT, Deployment
from tests.engine.lifecycle import Lifecycle, run_lifecycle
from tests.engine.test_stack import deploying_engine
from tests.engine.vendor_stacks import (
    ITEM_IN_VENDOR_DATABASE,
    databases_on,
    error_of,
    one_error_per_call,
    origins_in,
    password_in,
    resources_at,
    run_statement,
    with_settings,
    with_vendor_database,
    without_variables,
)
from tests.waiting import wait_until

pytestmark = [pytest.mark.engine, pytest.mark.usefixtures("vendors")]

DATABASE = {"provider": "prisma", "region": "eu-central-1", "plan": "free"}


@pytest.fixture
def stack(deployment: Deployment) -> Deployment:
    return with_vendor_database(deployment, DATABASE)


@pytest.fixture
def prisma(stack: Deployment) -> PrismaEmulator:
    return stack.cloud.prisma


def call_api(prisma: PrismaEmulator, method: str, path: str, **options: Any) -> Any:
    """A response of Prisma's API."""
    token = {"authorization": f"Bearer {prisma.key}"}
    answer = httpx.request(method, prisma.base_url + path, headers=token, timeout=10, trust_env=False, **options)
    return answer.raise_for_status().json()["data"] if answer.content else None


def only(prisma: PrismaEmulator, path: str) -> dict[str, Any]:
    (found,) = call_api(prisma, "GET", path)
    return dict(found)


@pytest.fixture(scope="module")
def life(shared_deployment: Deployment) -> Lifecycle:
    """A lifecycle in which the Worker reads a row that only the created database has."""
    stack, prisma = with_vendor_database(shared_deployment, DATABASE), shared_deployment.cloud.prisma
    admin = stack.cloud.postgres.admin_url
    before = databases_on(admin)

    def look() -> Any:
        body = {"databaseId": only(prisma, "/databases")["id"], "name": "a person's own"}
        url = call_api(prisma, "POST", "/connections", json=body)["endpoints"]["direct"]["connectionString"]
        run_statement(url.replace("/?", "/postgres?"), ITEM_IN_VENDOR_DATABASE)
        return call_worker(stack.cloud.worker_url(SCRIPT)), databases_on(admin) - before

    life = run_lifecycle(stack, look)
    assert resources_at(prisma) == {}
    assert databases_on(admin) == before
    return life


def test_the_worker_reads_from_the_created_database(life: Lifecycle) -> None:
    answer, _ = life.observed
    assert [item["name"] for item in answer["result"]] == ["found in the created database"]


def test_destroy_removes_everything(life: Lifecycle) -> None:
    _, created = life.observed
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
    assert cloud.prisma.key not in life.output


def test_a_rename_is_an_update_in_place(stack: Deployment, prisma: PrismaEmulator) -> None:
    stack.up()
    before = only(prisma, "/databases")
    renamed = with_settings(stack, databaseName="renamed")
    assert renamed.previewed() == {"Database main-database": "update"}
    renamed.up()
    after = only(prisma, "/databases")
    assert (after["id"], after["name"]) == (before["id"], "renamed")


def test_a_protected_database_is_renamed_but_not_replaced(stack: Deployment, prisma: PrismaEmulator) -> None:
    protected = with_settings(stack, protect=True)
    protected.up()
    before = only(prisma, "/databases")
    error = error_of(with_settings(protected, region="us-east-1"), "preview")
    assert "marked for protection" in error
    renamed = with_settings(protected, region=DATABASE["region"], databaseName="renamed")
    renamed.up()
    after = only(prisma, "/databases")
    assert (after["id"], after["name"]) == (before["id"], "renamed")


def test_another_region_is_a_replacement(stack: Deployment, prisma: PrismaEmulator) -> None:
    stack.up()
    before = only(prisma, "/databases")
    moved = with_settings(stack, region="us-east-1")
    assert "replace" in moved.previewed()["Database main-database"]
    moved.up()
    after = only(prisma, "/databases")
    assert after["id"] != before["id"]
    assert after["region"]["id"] == "us-east-1"
    assert call_worker(moved.cloud.worker_url(SCRIPT))["success"] is True


def test_a_change_outside_pulumi_is_shown_by_a_refresh_and_reverted(stack: Deployment, prisma: PrismaEmulator) -> None:
    stack.up()
    database = only(prisma, "/databases")
    call_api(prisma, "PATCH", f"/databases/{database['id']}", json={"name": "renamed outside"})
    stack.stack.pulumi("refresh", "--yes", "--skip-preview")
    assert stack.previewed() == {"Database main-database": "update"}
    stack.up()
    assert only(prisma, "/databases")["name"] == database["name"]


def test_a_resource_that_was_deleted_outside_pulumi_is_recreated(stack: Deployment, prisma: PrismaEmulator) -> None:
    stack.up()
    call_api(prisma, "DELETE", f"/databases/{only(prisma, '/databases')['id']}")
    stack.stack.pulumi("refresh", "--yes", "--skip-preview")
    assert stack.previewed()["Database main-database"] == "create"
    stack.up()
    assert call_worker(stack.cloud.worker_url(SCRIPT))["success"] is True


def test_a_connection_that_was_deleted_outside_pulumi_is_recreated(stack: Deployment, prisma: PrismaEmulator) -> None:
    stack.up()
    before = resources_at(prisma)["connections"]
    (ours,) = (each for each in call_api(prisma, "GET", "/connections") if each["name"] == "hyperdrive")
    call_api(prisma, "DELETE", f"/connections/{ours['id']}")
    stack.stack.pulumi("refresh", "--yes", "--skip-preview")
    stack.up()
    assert resources_at(prisma)["connections"] == before
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
def test_injected_errors_do_not_fail_the_update(turn: int, stack: Deployment, prisma: PrismaEmulator) -> None:
    """Each call has a different injected error. Over all turns, each call has every error."""
    prisma.control("POST", "faults", json=one_error_per_call(turn, CALLS, FAULTS))
    stack.up()
    assert prisma.control("GET", "faults").json() == []
    assert (resources_at(prisma)["projects"], resources_at(prisma)["databases"]) == (1, 1)
    names = [each["name"] for each in call_api(prisma, "GET", "/connections")]
    assert len(names) == len(set(names))
    assert call_worker(stack.cloud.worker_url(SCRIPT))["success"] is True


def test_a_deletion_whose_response_is_lost_succeeds(stack: Deployment, prisma: PrismaEmulator) -> None:
    stack.up()
    prisma.control("POST", "faults", json=[{"method": "DELETE", "drop": "after", "times": 1}])
    stack.stack.pulumi("destroy", "--yes", "--skip-preview")
    assert resources_at(prisma) == {}


def test_a_killed_up_creates_no_duplicates(stack: Deployment, prisma: PrismaEmulator) -> None:
    slow = {"method": "GET", "path": "^/databases/[^/]+$", "latency_ms": 4000, "times": 1}
    prisma.control("POST", "faults", json=[slow])
    engine = deploying_engine(stack)
    wait_until(lambda: resources_at(prisma).get("databases") == 1)
    engine.send_signal(signal.SIGKILL)
    engine.wait(30)

    stack.stack.pulumi("cancel", "--yes")
    stack.up()
    assert (resources_at(prisma)["projects"], resources_at(prisma)["databases"]) == (1, 1)
    assert call_worker(stack.cloud.worker_url(SCRIPT))["success"] is True


def test_a_missing_token_is_one_error_and_nothing_is_created(stack: Deployment, prisma: PrismaEmulator) -> None:
    error = error_of(without_variables(stack, "PRISMA_SERVICE_TOKEN"), "preview")
    assert "prisma:serviceToken  is required." in error
    assert "PRISMA_SERVICE_TOKEN" in error
    assert "Traceback" not in error
    assert resources_at(prisma) == {}


def test_a_wrong_token_is_one_error_and_nothing_is_created(stack: Deployment, prisma: PrismaEmulator) -> None:
    error = error_of(without_variables(stack, PRISMA_SERVICE_TOKEN="prsc_wrong_token"), "preview")
    assert "prisma:serviceToken" in error
    assert "prsc_wrong_token" not in error
    assert "Traceback" not in error
    assert resources_at(prisma) == {}


def test_a_token_in_the_stack_has_precedence_over_the_environment(stack: Deployment, prisma: PrismaEmulator) -> None:
    stack.stack.pulumi("config", "set", "--secret", "prisma:serviceToken", stdin=prisma.key)
    keyed = without_variables(stack, PRISMA_SERVICE_TOKEN="prsc_wrong_token")
    keyed.up()
    assert prisma.key not in keyed.exported()


def test_a_rotation_gives_the_idle_connection_new_credentials(stack: Deployment, prisma: PrismaEmulator) -> None:
    given = with_settings(stack, region="eu-central-1", credentials={"activeSlot": "a"})
    error = error_of(given, "preview")
    assert "needs 5 more connections than the database has available" in error

    roomy = with_settings(given, maxConnections=50)
    roomy.up()
    second = with_settings(roomy, credentials={"activeSlot": "b"})
    second.up()
    sent = origins_in(sent_to_cloudflare(stack))
    assert len(sent) == 3
    assert len({each["password"] for each in sent}) == 3
    assert call_worker(stack.cloud.worker_url(SCRIPT))["success"] is True
    assert set(second.up()) == {"same"}


def connections_at(prisma: PrismaEmulator) -> dict[str, str]:
    """The IDs of the stack's connections by name."""
    found = call_api(prisma, "GET", "/connections")
    return {each["name"]: each["id"] for each in found if each["name"] != "Default connection"}


def accepts(url: str) -> bool:
    try:
        run_statement(url, "select 1")
    except asyncpg.InvalidPasswordError:
        return False
    return True


def sent_to_cloudflare(stack: Deployment) -> str:
    """The raw requests to Cloudflare's emulator, which contain the secrets of Hyperdrive and of Workers."""
    return stack.control("GET", "requests", params={"raw": "1"}).text


def test_another_name_of_a_connection_revokes_only_its_credentials(stack: Deployment, prisma: PrismaEmulator) -> None:
    """A stack with Hyperdrive gets direct TCP too, and then another name for the connection of Hyperdrive."""
    stack.up()
    (hyperdrive,) = connections_at(prisma).values()
    shown = call_api(prisma, "GET", f"/connections/{hyperdrive}")["endpoints"]["direct"]
    (origin,) = origins_in(sent_to_cloudflare(stack))
    first = f"postgres://{origin['user']}:{origin['password']}@{shown['host']}:{shown['port']}/postgres"
    assert accepts(first)

    def connect_directly(config: dict[str, Any]) -> None:
        config["edge-postgres:workers"]["api"]["direct"] = {"database": "main"}

    both = stack.changed(connect_directly)
    both.up()
    direct = connections_at(prisma)["direct"]
    assert connections_at(prisma) == {"hyperdrive": hyperdrive, "direct": direct}
    assert accepts(first)
    both_twice = both.up()
    assert set(both_twice) == {"same"}

    renamed = with_settings(both, connectionNames={"hyperdrive": "edge"})
    renamed.up()
    assert set(connections_at(prisma)) == {"edge", "direct"}
    assert connections_at(prisma)["direct"] == direct
    assert not accepts(first)
    assert call_worker(stack.cloud.worker_url(SCRIPT))["success"] is True
