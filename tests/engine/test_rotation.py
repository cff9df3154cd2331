"""A password is rotated while clients call the Worker without a pause, and no call fails."""

import asyncio
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import unquote, urlsplit

import asyncpg
import httpx
import pytest

from localcloud.instance import Instance
from tests.engine.deployment import SCRIPT, Deployment
from tests.engine.lifecycle import Lifecycle, run_lifecycle
from tests.engine.test_stack import deploying_engine
from tests.engine.vendor_stacks import error_of, origins_in
from tests.waiting import wait_until

pytestmark = pytest.mark.engine

CLIENTS = 4
CALLS_AT_LEAST = 20


class Load:
    """Clients that call the Worker without a pause, and their responses."""

    def __init__(self, url: str) -> None:
        parsed = httpx.URL(url)
        self._url, self._host = parsed.copy_with(host="127.0.0.1"), parsed.netloc.decode()
        self._ended = threading.Event()
        self.answers: list[int | str] = []

    @property
    def failures(self) -> list[int | str]:
        return [answer for answer in self.answers if answer != 200]

    @contextmanager
    def running(self) -> Iterator[None]:
        threads = [threading.Thread(target=self._call) for _ in range(CLIENTS)]
        for thread in threads:
            thread.start()
        try:
            yield
        finally:
            self._ended.set()
            for thread in threads:
                thread.join(60)

    def _call(self) -> None:
        with httpx.Client(timeout=30, trust_env=False, headers={"host": self._host}) as client:
            while not self._ended.is_set():
                try:
                    self.answers.append(client.get(self._url).status_code)
                except httpx.HTTPError as error:
                    self.answers.append(type(error).__name__)


@pytest.fixture
def stack(deployment: Deployment) -> Deployment:
    return with_slots_a_and_b(deployment)


@pytest.fixture(autouse=True)
def no_roles_left(cloud: Instance) -> Iterator[None]:
    yield
    for role in ("app_a", "app_b"):
        as_superuser(cloud, f"drop role if exists {role}")


def with_slots_a_and_b(deployment: Deployment) -> Deployment:
    """The local database with two roles that the superuser creates. Slot `a` is in use."""
    admin = urlsplit(deployment.cloud.postgres.admin_url)
    deployment.prepare(**{"databases.main.admin": unquote(admin.password or "")})

    def rotate(config: dict[str, Any]) -> None:
        config["edge-postgres:databases"]["main"]["credentials"] = {
            "activeSlot": "a",
            "adminUser": admin.username,
            "adminPasswordSecret": "databases.main.admin",
        }

    return deployment.changed(rotate)


def with_active_slot(stack: Deployment, slot: str) -> Deployment:
    def move(config: dict[str, Any]) -> None:
        config["edge-postgres:databases"]["main"]["credentials"]["activeSlot"] = slot

    return stack.changed(move)


def as_superuser(cloud: Instance, statement: str) -> Any:
    """Returns the rows of a statement that the superuser runs."""

    async def run() -> Any:
        server = await asyncpg.connect(cloud.postgres.admin_url, timeout=10)
        try:
            return await server.fetch(statement)
        finally:
            await server.close()

    return asyncio.run(run())


def can_log_in(stack: Deployment, user: str, password: str) -> bool:
    """Returns whether the database accepts the password."""
    address = urlsplit(stack.cloud.database_url)

    async def run() -> None:
        server = await asyncpg.connect(
            host=address.hostname, port=address.port, user=user, password=password, database="app", ssl="require"
        )
        await server.close()

    try:
        asyncio.run(run())
    except asyncpg.InvalidPasswordError:
        return False
    return True


def sent_passwords(stack: Deployment) -> dict[str, str]:
    """Returns the password that Cloudflare received last, by role."""
    sent = origins_in(stack.control("GET", "requests", params={"raw": "1"}).text)
    return {origin["user"]: origin["password"] for origin in sent}


def roles(stack: Deployment) -> list[str]:
    found = as_superuser(stack.cloud, "select rolname from pg_roles where rolname in ('app', 'app_a', 'app_b')")
    return sorted(role["rolname"] for role in found)


def last_changes(stack: Deployment) -> set[str]:
    """Returns the operations of the last `up`."""
    history = json.loads(stack.stack.pulumi("stack", "history", "--json"))
    return set(history[0]["resourceChanges"])


@dataclass(frozen=True)
class Rotated:
    """The results of two rotations under load, on a stack that starts without slots."""

    configurations: list[list[str]]
    """Hyperdrive's, without slots and with them."""
    load: Load
    passwords: list[dict[str, str]] = field(repr=False)
    """By role: of slot `a`, then of `b`, then of `a` again."""
    changes: list[set[str]]
    """The operations of each rotation."""
    accepted: dict[str, bool]
    """Whether the database accepts each password at the end."""
    roles: list[str]
    output: str = field(repr=False)
    """The engine's output of a rotation and of the preview of the next one."""
    roles_left: list[str] = field(default_factory=list)
    """After the stack's end."""


@pytest.fixture(scope="module")
def life(shared_deployment: Deployment) -> Lifecycle:
    """A lifecycle that begins without slots. Slot `a` is used twice, slot `b` once."""
    shared_deployment.up()
    configurations = [shared_deployment.stored()["hyperdrive"]]
    stack = with_slots_a_and_b(shared_deployment)

    def look() -> Rotated:
        configurations.append(stack.stored()["hyperdrive"])
        passwords = [sent_passwords(stack)]
        changes = []
        load = Load(stack.cloud.worker_url(SCRIPT))
        with load.running():
            wait_until(lambda: len(load.answers) >= CALLS_AT_LEAST)
            output = with_active_slot(stack, "b").stack.pulumi("up", "--yes", "--skip-preview", "--diff")
            wait_until(lambda: len(load.answers) >= 2 * CALLS_AT_LEAST)
            passwords.append(sent_passwords(stack))
            changes.append(last_changes(stack))
            changes.append(set(with_active_slot(stack, "a").up()))
            observed = len(load.answers)
            wait_until(lambda: len(load.answers) >= observed + CALLS_AT_LEAST)
        passwords.append(sent_passwords(stack))
        accepted = {
            "a, revoked": can_log_in(stack, "app_a", passwords[0]["app_a"]),
            "b": can_log_in(stack, "app_b", passwords[1]["app_b"]),
        }
        output += with_active_slot(stack, "b").stack.pulumi("preview", "--diff")
        with_active_slot(stack, "a")
        return Rotated(configurations, load, passwords, changes, accepted, roles(stack), output)

    life = run_lifecycle(stack, look)
    return replace(life, observed=replace(life.observed, roles_left=roles(stack)))


def test_two_rotations_under_load_fail_no_request(life: Lifecycle) -> None:
    load: Load = life.observed.load
    first, second, third = life.observed.passwords
    assert load.failures == []
    assert len(load.answers) >= 3 * CALLS_AT_LEAST
    assert second["app_b"] != first["app_b"]
    assert second["app_a"] == first["app_a"]
    assert third["app_a"] != first["app_a"]
    assert life.observed.accepted == {"a, revoked": False, "b": True}


def test_a_password_that_is_revoked_too_early_causes_failed_calls(stack: Deployment) -> None:
    stack.up()
    load = Load(stack.cloud.worker_url(SCRIPT))
    rotating = with_active_slot(stack, "b")
    # The Worker changes to slot `b` late, so it still uses slot `a`.
    slow = {"method": "PUT", "path": "*/workers/scripts/*", "latency_ms": 3000, "times": 1}
    stack.control("POST", "faults", json=[slow])
    with load.running():
        engine = deploying_engine(rotating)
        wait_until(lambda: stack.control("GET", "faults").json() == [])
        as_superuser(stack.cloud, "alter role app_a with password 'revoked too early'")
        as_superuser(stack.cloud, "select pg_terminate_backend(pid) from pg_stat_activity where usename = 'app_a'")
        engine.wait(120)
    assert load.failures != []


def test_the_active_slot_is_the_only_changed_value(life: Lifecycle) -> None:
    assert len(life.observed.changes) == 2
    assert set.union(*life.observed.changes) <= {"same", "update"}
    assert set(life.second_up) == {"same"}


def test_a_preview_after_a_refresh_shows_no_change(life: Lifecycle) -> None:
    assert life.refresh_error == ""
    assert life.after_refresh == {}


def test_adding_slots_keeps_the_existing_configuration(life: Lifecycle) -> None:
    (kept,), with_slots = life.observed.configurations
    assert kept in with_slots
    assert len(with_slots) == 2


@pytest.fixture
def checking_provider(deployment: Deployment) -> Iterator[None]:
    """Switches on the check of results that a later release of the provider could make, as Terraform does."""
    deployment.control("PUT", "unplanned-results", json={"rejected": True})
    yield
    deployment.control("PUT", "unplanned-results", json={"rejected": False})


def with_limit(stack: Deployment, limit: int) -> Deployment:
    def change(config: dict[str, Any]) -> None:
        config["edge-postgres:databases"]["main"]["hyperdrive"]["connectionLimit"] = limit

    return stack.changed(change)


@pytest.mark.usefixtures("checking_provider")
def test_a_rotation_that_the_provider_rejects_recovers_with_another_limit(stack: Deployment) -> None:
    """The procedure of the page, while clients call the Worker without a pause."""
    stack.up()
    configurations = sorted(stack.stored()["hyperdrive"])
    load = Load(stack.cloud.worker_url(SCRIPT))
    with load.running():
        rotating = with_active_slot(stack, "b")
        for _ in range(2):
            error = error_of(rotating, "up", "--yes", "--skip-preview")
            assert "Provider produced inconsistent result after apply" in error
        recovering = with_limit(rotating, 9)
        assert set(recovering.up()) == {"same", "update"}
        assert set(with_limit(recovering, 10).up()) == {"same", "update"}
        observed = len(load.answers)
        wait_until(lambda: len(load.answers) >= observed + CALLS_AT_LEAST)
    assert load.failures == []
    assert sorted(stack.stored()["hyperdrive"]) == configurations
    assert can_log_in(stack, "app_b", sent_passwords(stack)["app_b"])
    assert set(with_limit(recovering, 10).up()) == {"same"}


def test_a_role_that_was_dropped_outside_pulumi_is_recreated(stack: Deployment) -> None:
    stack.up()
    as_superuser(stack.cloud, "drop role app_b")
    stack.stack.pulumi("refresh", "--yes", "--skip-preview")
    stack.up()
    assert can_log_in(stack, "app_b", sent_passwords(stack)["app_b"])


def test_destroy_drops_the_roles(life: Lifecycle) -> None:
    assert life.observed.roles == ["app", "app_a", "app_b"]
    assert life.observed.roles_left == ["app"]


def test_no_password_is_in_plain_text(life: Lifecycle, cloud: Instance) -> None:
    admin = unquote(urlsplit(cloud.postgres.admin_url).password or "")
    sent = {password for each in life.observed.passwords for password in each.values()}
    assert len(sent) >= 4
    for password in [*sent, admin]:
        assert len(password) >= 16
        assert password not in life.observed.output + life.output
