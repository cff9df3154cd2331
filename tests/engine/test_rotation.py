"""A password changes while a client calls the Worker without pause, and no call fails."""

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
from tests.engine.life import Life, lived
from tests.engine.test_stack import at_work, until

pytestmark = pytest.mark.engine

CLIENTS = 4
CALLS_AT_LEAST = 20


class Load:
    """Clients that call the Worker without pause, and what they got."""

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
    return slotted(deployment)


@pytest.fixture(autouse=True)
def no_roles_left(cloud: Instance) -> Iterator[None]:
    yield
    for role in ("app_a", "app_b"):
        told(cloud, f"drop role if exists {role}")


def slotted(deployment: Deployment) -> Deployment:
    """The local database with two roles that the superuser makes; slot `a` is in use."""
    admin = urlsplit(deployment.cloud.postgres.admin_url)
    deployment.prepare(**{"databases.main.admin": unquote(admin.password or "")})

    def rotate(config: dict[str, Any]) -> None:
        config["edge-postgres:databases"]["main"]["credentials"] = {
            "activeSlot": "a",
            "adminUser": admin.username,
            "adminPasswordSecret": "databases.main.admin",
        }

    return deployment.changed(rotate)


def moved_to(stack: Deployment, slot: str) -> Deployment:
    def move(config: dict[str, Any]) -> None:
        config["edge-postgres:databases"]["main"]["credentials"]["activeSlot"] = slot

    return stack.changed(move)


def told(cloud: Instance, statement: str) -> Any:
    """What the superuser gets."""

    async def run() -> Any:
        server = await asyncpg.connect(cloud.postgres.admin_url, timeout=10)
        try:
            return await server.fetch(statement)
        finally:
            await server.close()

    return asyncio.run(run())


def signed_in(stack: Deployment, user: str, password: str) -> bool:
    """Whether the database takes the password."""
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
    """The password that Cloudflare was given last for each role."""
    requests = json.loads(stack.control("GET", "requests", params={"raw": "1"}).text)["requests"]
    sent = [json.loads(each["body"]) for each in requests if '"origin"' in each["body"]]
    return {each["origin"]["user"]: each["origin"]["password"] for each in sent}


def roles(stack: Deployment) -> list[str]:
    found = told(stack.cloud, "select rolname from pg_roles where rolname in ('app', 'app_a', 'app_b')")
    return sorted(role["rolname"] for role in found)


def last_changes(stack: Deployment) -> set[str]:
    """What the last `up` did."""
    history = json.loads(stack.stack.pulumi("stack", "history", "--json"))
    return set(history[0]["resourceChanges"])


@dataclass(frozen=True)
class Rotated:
    """What was seen of a stack that got slots and was rotated twice under load."""

    configurations: list[list[str]]
    """Hyperdrive's, without slots and with them."""
    load: Load
    passwords: list[dict[str, str]] = field(repr=False)
    """By role: of slot `a`, then of `b`, then of `a` again."""
    changes: list[set[str]]
    """What each rotation did."""
    taken: dict[str, bool]
    """Which passwords the database takes at the end."""
    roles: list[str]
    shown: str = field(repr=False)
    """What the engine said of a rotation, and of one to come."""
    roles_left: list[str] = field(default_factory=list)
    """After the stack's end."""


@pytest.fixture(scope="module")
def life(shared_deployment: Deployment) -> Life:
    """It begins without slots; each slot is in use once, and `a` once more."""
    shared_deployment.up()
    configurations = [shared_deployment.stored()["hyperdrive"]]
    stack = slotted(shared_deployment)

    def look() -> Rotated:
        configurations.append(stack.stored()["hyperdrive"])
        passwords = [sent_passwords(stack)]
        changes = []
        load = Load(stack.cloud.worker_url(SCRIPT))
        with load.running():
            until(lambda: len(load.answers) >= CALLS_AT_LEAST)
            shown = moved_to(stack, "b").stack.pulumi("up", "--yes", "--skip-preview", "--diff")
            until(lambda: len(load.answers) >= 2 * CALLS_AT_LEAST)
            passwords.append(sent_passwords(stack))
            changes.append(last_changes(stack))
            changes.append(set(moved_to(stack, "a").up()))
            seen = len(load.answers)
            until(lambda: len(load.answers) >= seen + CALLS_AT_LEAST)
        passwords.append(sent_passwords(stack))
        taken = {
            "a, revoked": signed_in(stack, "app_a", passwords[0]["app_a"]),
            "b": signed_in(stack, "app_b", passwords[1]["app_b"]),
        }
        shown += moved_to(stack, "b").stack.pulumi("preview", "--diff")
        moved_to(stack, "a")
        return Rotated(configurations, load, passwords, changes, taken, roles(stack), shown)

    life = lived(stack, look)
    return replace(life, seen=replace(life.seen, roles_left=roles(stack)))


def test_two_rotations_under_load_fail_no_request(life: Life) -> None:
    load: Load = life.seen.load
    first, second, third = life.seen.passwords
    assert load.failures == []
    assert len(load.answers) >= 3 * CALLS_AT_LEAST
    assert second["app_b"] != first["app_b"]
    assert second["app_a"] == first["app_a"]
    assert third["app_a"] != first["app_a"]
    assert life.seen.taken == {"a, revoked": False, "b": True}


def test_a_password_that_is_revoked_too_early_is_noticed(stack: Deployment) -> None:
    stack.up()
    load = Load(stack.cloud.worker_url(SCRIPT))
    rotating = moved_to(stack, "b")
    # The Worker moves late: until then it uses slot `a`.
    slow = {"method": "PUT", "path": "*/workers/scripts/*", "latency_ms": 3000, "times": 1}
    stack.control("POST", "faults", json=[slow])
    with load.running():
        engine = at_work(rotating)
        until(lambda: stack.control("GET", "faults").json() == [])
        told(stack.cloud, "alter role app_a with password 'revoked too early'")
        told(stack.cloud, "select pg_terminate_backend(pid) from pg_stat_activity where usename = 'app_a'")
        engine.wait(120)
    assert load.failures != []


def test_one_value_moves_the_slot_and_nothing_else_changes(life: Life) -> None:
    assert len(life.seen.changes) == 2
    assert set.union(*life.seen.changes) <= {"same", "update"}
    assert set(life.again) == {"same"}


def test_a_preview_after_a_refresh_shows_no_change(life: Life) -> None:
    assert life.refusal == ""
    assert life.after_refresh == {}


def test_a_stack_without_slots_keeps_its_configuration_when_it_gets_them(life: Life) -> None:
    (kept,), with_slots = life.seen.configurations
    assert kept in with_slots
    assert len(with_slots) == 2


def test_a_role_that_was_dropped_outside_is_made_again(stack: Deployment) -> None:
    stack.up()
    told(stack.cloud, "drop role app_b")
    stack.stack.pulumi("refresh", "--yes", "--skip-preview")
    stack.up()
    assert signed_in(stack, "app_b", sent_passwords(stack)["app_b"])


def test_destroy_drops_the_roles(life: Life) -> None:
    assert life.seen.roles == ["app", "app_a", "app_b"]
    assert life.seen.roles_left == ["app"]


def test_no_password_is_in_plain(life: Life, cloud: Instance) -> None:
    admin = unquote(urlsplit(cloud.postgres.admin_url).password or "")
    sent = {password for each in life.seen.passwords for password in each.values()}
    assert len(sent) >= 4
    for password in [*sent, admin]:
        assert len(password) >= 16
        assert password not in life.seen.shown + life.told
