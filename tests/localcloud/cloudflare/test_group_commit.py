"""Changes that arrive while the runtime applies another one are applied together, and a rejected one fails alone."""

import asyncio
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from localcloud.cloudflare.runtime import MemoryRuntime, RuntimeUnreachable, ScriptRejected, Worker
from localcloud.ports import Ports
from localcloud.runtime import WorkerRuntime
from tests.localcloud.cloudflare.api import CONFIGS, SCRIPTS, config, error_of, message, result, text, upload
from tests.localcloud.cloudflare.conftest import Emulator, Running, Start

PATIENCE_SECONDS = 30
GREET = "export default { async fetch(request, env) { return new Response(env.GREETING); } };"


class GatedRuntime(MemoryRuntime):
    """Applies changes only while its gate is open, and rejects Workers named `bad`."""

    def __init__(self) -> None:
        super().__init__()
        self.gate = threading.Event()
        self.gate.set()
        self.applied: list[list[str]] = []
        self.is_down = False

    async def apply(self, workers: Sequence[Worker]) -> None:
        await asyncio.to_thread(self.gate.wait, PATIENCE_SECONDS)
        names = [worker["name"] for worker in workers]
        self.applied.append(names)
        if self.is_down:
            raise RuntimeUnreachable("The runtime does not respond.")
        if "bad" in names:
            raise ScriptRejected("Uncaught SyntaxError: Unexpected token")
        await super().apply(workers)

    @property
    def names(self) -> list[str]:
        return [worker["name"] for worker in self.workers]


class Crowd:
    """Sends requests that the emulator receives while the runtime applies an upload of Worker `first`."""

    def __init__(self, emulator: Emulator, runtime: GatedRuntime) -> None:
        self.emulator = emulator
        self.runtime = runtime
        runtime.applied.clear()

    def send(self, *requests: Callable[[], httpx.Response]) -> list[httpx.Response]:
        client, waiting = self.emulator.client, self.emulator.cloud
        self.runtime.gate.clear()
        with ThreadPoolExecutor(len(requests) + 1) as pool:
            pool.submit(upload, client, "first")
            self._wait(lambda: len(waiting._waiting) == 1)
            answers = []
            for request in requests:
                answers.append(pool.submit(request))
                self._wait(lambda: len(waiting._waiting) == len(answers) + 1 or answers[-1].done())
            self.runtime.gate.set()
            return [answer.result(PATIENCE_SECONDS) for answer in answers]

    def upload(self, *names: str) -> list[httpx.Response]:
        return self.send(*(lambda name=name: upload(self.emulator.client, name) for name in names))

    def stored(self) -> set[str]:
        return {script["id"] for script in result(self.emulator.client.get(SCRIPTS))}

    def _wait(self, condition: Callable[[], bool]) -> None:
        deadline = time.monotonic() + PATIENCE_SECONDS
        while not condition():
            assert time.monotonic() < deadline, "the request did not arrive"
            time.sleep(0.005)


@pytest.fixture
def crowd(start: Start) -> Iterator[Crowd]:
    runtime = GatedRuntime()
    yield Crowd(start(runtime), runtime)
    runtime.gate.set()


def test_uploads_that_arrive_during_a_deployment_are_deployed_together(crowd: Crowd) -> None:
    names = [f"w{number}" for number in range(9)]
    assert [answer.status_code for answer in crowd.upload(*names)] == [200] * 9
    assert crowd.runtime.applied == [["first"], ["first", *names]]
    assert crowd.stored() == {"first", *names}


def test_a_rejected_upload_fails_alone(crowd: Crowd) -> None:
    answers = crowd.upload("a", "b", "bad", "c", "d")
    assert [answer.status_code for answer in answers] == [200, 200, 400, 200, 200]
    assert error_of(answers[2]) == (400, 10021)
    assert message(answers[2]) == "Uncaught SyntaxError: Unexpected token"
    assert set(crowd.runtime.names) == crowd.stored() == {"first", "a", "b", "c", "d"}


def test_a_change_of_a_rejected_script_is_rejected(crowd: Crowd) -> None:
    client = crowd.emulator.client
    answers = crowd.send(
        lambda: upload(client, "bad"),
        lambda: client.post(f"{SCRIPTS}/bad/subdomain", json={"enabled": True}),
        lambda: upload(client, "good"),
    )
    assert [answer.status_code for answer in answers] == [400, 400, 200]
    assert crowd.stored() == {"first", "good"}


def test_two_changes_of_one_script_are_both_kept(crowd: Crowd) -> None:
    client = crowd.emulator.client
    crowd.send(
        lambda: upload(client, "api", text("GREETING", "hello")),
        lambda: client.post(f"{SCRIPTS}/api/subdomain", json={"enabled": True}),
    )
    (api,) = (worker for worker in crowd.runtime.workers if worker["name"] == "api")
    assert api["bindings"] == [text("GREETING", "hello")]
    assert "api.localhost" in api["hosts"]


def test_a_waiting_configuration_reserves_its_name(crowd: Crowd) -> None:
    client = crowd.emulator.client

    def create() -> httpx.Response:
        return client.post(CONFIGS, json=config("main"))

    assert sorted(answer.status_code for answer in crowd.send(create, create)) == [200, 400]


def test_an_unreachable_runtime_is_asked_once_for_all_waiting_changes(crowd: Crowd) -> None:
    crowd.runtime.is_down = True
    assert [answer.status_code for answer in crowd.upload("a", "b", "c")] == [500] * 3
    assert crowd.runtime.applied == [["first"], ["a", "b", "c"]]
    assert crowd.stored() == set()


def test_concurrent_uploads_start_few_processes_and_each_is_answered_when_its_version_serves(
    running: Running, runtime: WorkerRuntime
) -> None:
    def deploy(number: int) -> Any:
        name = f"w{number}"
        result(upload(running.client, name, text("GREETING", name), source=GREET))
        result(running.client.post(f"{SCRIPTS}/{name}/subdomain", json={"enabled": True}))
        return running.ask(f"{name}.localhost").text

    with ThreadPoolExecutor(12) as pool:
        answers = list(pool.map(deploy, range(12)))
    assert answers == [f"w{number}" for number in range(12)]
    with runtime.client(Ports(runtime.state_directory).known()) as control:
        assert 1 <= len(control.get("/health").json()["processes"]) <= 4
