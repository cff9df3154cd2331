"""A password changes while a client calls the Worker without pause, and no call fails."""

import asyncio
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import unquote, urlsplit

import asyncpg
import httpx
import pytest

from tests.engine.deployment import SCRIPT, Deployment
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


@pytest.fixture(autouse=True)
def no_roles_left(deployment: Deployment) -> Iterator[None]:
    yield
    for role in ("app_a", "app_b"):
        told(deployment, f"drop role if exists {role}")


def moved_to(stack: Deployment, slot: str) -> Deployment:
    def move(config: dict[str, Any]) -> None:
        config["edge-postgres:databases"]["main"]["credentials"]["activeSlot"] = slot

    return stack.changed(move)


def told(stack: Deployment, statement: str) -> Any:
    """What the superuser gets."""

    async def run() -> Any:
        server = await asyncpg.connect(stack.cloud.postgres.admin_url, timeout=10)
        try:
            return await server.fetch(statement)
        finally:
            await server.close()

    return asyncio.run(run())


def sign_in(stack: Deployment, user: str, password: str) -> Any:
    address = urlsplit(stack.cloud.database_url)

    async def run() -> Any:
        server = await asyncpg.connect(
            host=address.hostname, port=address.port, user=user, password=password, database="app", ssl="require"
        )
        await server.close()

    return asyncio.run(run())


def sent_passwords(stack: Deployment) -> dict[str, str]:
    """The password that Cloudflare was given last for each role."""
    requests = json.loads(stack.control("GET", "requests", params={"raw": "1"}).text)["requests"]
    sent = [json.loads(each["body"]) for each in requests if '"origin"' in each["body"]]
    return {each["origin"]["user"]: each["origin"]["password"] for each in sent}


def test_two_rotations_under_load_fail_no_request(stack: Deployment) -> None:
    stack.up()
    first = sent_passwords(stack)
    load = Load(stack.cloud.worker_url(SCRIPT))
    with load.running():
        until(lambda: len(load.answers) >= CALLS_AT_LEAST)
        moved_to(stack, "b").up()
        until(lambda: len(load.answers) >= 2 * CALLS_AT_LEAST)
        second = sent_passwords(stack)
        moved_to(stack, "a").up()
        seen = len(load.answers)
        until(lambda: len(load.answers) >= seen + CALLS_AT_LEAST)
    third = sent_passwords(stack)

    assert load.failures == []
    assert len(load.answers) >= 3 * CALLS_AT_LEAST
    assert second["app_b"] != first["app_b"]
    assert second["app_a"] == first["app_a"]
    assert third["app_a"] != first["app_a"]
    with pytest.raises(asyncpg.InvalidPasswordError):
        sign_in(stack, "app_a", first["app_a"])
    sign_in(stack, "app_b", second["app_b"])


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
        told(stack, "alter role app_a with password 'revoked too early'")
        told(stack, "select pg_terminate_backend(pid) from pg_stat_activity where usename = 'app_a'")
        engine.wait(120)
    assert load.failures != []


def test_one_value_moves_the_slot_and_nothing_else_changes(stack: Deployment) -> None:
    stack.up()
    rotated = moved_to(stack, "b")
    assert set(rotated.up()) <= {"same", "update"}
    assert set(rotated.up()) == {"same"}
    assert moved_to(stack, "b").previewed() == {}


def test_a_stack_without_slots_keeps_its_configuration_when_it_gets_them(
    deployment: Deployment, stack: Deployment
) -> None:
    def plain(config: dict[str, Any]) -> None:
        del config["edge-postgres:databases"]["main"]["credentials"]

    before = stack.changed(plain)
    before.up()
    (kept,) = before.stored()["hyperdrive"]
    stack.changed(lambda _: None).up()
    assert kept in stack.stored()["hyperdrive"]
    assert len(stack.stored()["hyperdrive"]) == 2


def test_a_role_that_was_dropped_outside_is_made_again(stack: Deployment) -> None:
    stack.up()
    told(stack, "drop role app_b")
    stack.stack.pulumi("refresh", "--yes", "--skip-preview")
    stack.up()
    sign_in(stack, "app_b", sent_passwords(stack)["app_b"])


def test_destroy_drops_the_roles(stack: Deployment) -> None:
    stack.up()
    assert len(told(stack, "select 1 from pg_roles where rolname in ('app_a', 'app_b')")) == 2
    stack.stack.pulumi("destroy", "--yes", "--skip-preview")
    assert told(stack, "select 1 from pg_roles where rolname in ('app_a', 'app_b')") == []
    assert len(told(stack, "select 1 from pg_roles where rolname = 'app'")) == 1


def test_no_password_is_in_plain(stack: Deployment, tmp_path: Any) -> None:
    shown = stack.stack.pulumi("up", "--yes", "--diff")
    shown += moved_to(stack, "b").stack.pulumi("up", "--yes", "--diff") + stack.exported()
    logs = (stack.cloud.home.path / "logs").rglob("*")
    shown += "".join(file.read_text(errors="replace") for file in [*tmp_path.rglob("*"), *logs] if file.is_file())
    admin = unquote(urlsplit(stack.cloud.postgres.admin_url).password or "")
    for password in [*sent_passwords(stack).values(), admin]:
        assert len(password) >= 16
        assert password not in shown
