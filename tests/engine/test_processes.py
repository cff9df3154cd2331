"""Processes of a deployment after a part of it was killed, and the next deployment."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field

import psutil
import pytest

from localcloud.emulator import CloudflareEmulator
from localcloud.engines import stop_engines
from localcloud.instance import Instance
from localcloud.state_directory import CHECKOUT
from tests.processes import SECONDS, wait_until_ended
from tests.waiting import wait_until

pytestmark = [pytest.mark.engine, pytest.mark.usefixtures("vendors")]

ROLES = {"method": "POST", "path": "*/roles", "latency_ms": 600_000, "times": None}
"""Neon does not respond until the rule is deleted. A dynamic provider waits, so the engine cannot finish before it is
killed."""

SECONDS_TO_START = 300
"""Time in which a deployment creates the first resources."""


@dataclass(frozen=True)
class Run:
    """`python -m localcloud deploy neon`, which waits for Neon."""

    command: subprocess.Popen[str]
    engine: psutil.Process
    others: list[psutil.Process] = field(default_factory=list)
    """The processes that the engine started."""

    @property
    def program(self) -> psutil.Process:
        """The process that runs `__main__.py`."""
        (program,) = (each for each in self.others if "--monitor=" in " ".join(each.cmdline()))
        return program


@pytest.fixture
def run(cloud: Instance) -> Iterator[Run]:
    cloud.neon.control("POST", "faults", json=[ROLES])
    with deploy(cloud) as command:
        deployment = psutil.Process(command.pid)
        wait_until(lambda: is_waiting(cloud), "the deployment did not ask Neon for a role", SECONDS_TO_START)
        (engine,) = (each for each in deployment.children() if each.name() == "pulumi")
        others = engine.children(recursive=True)
        assert any("dynamic_provider" in " ".join(each.cmdline()) for each in others)
        yield Run(command, engine, others)
    destroyed = deploy(cloud, "destroy")
    assert destroyed.wait(120) == 0, destroyed.stdout and destroyed.stdout.read()


def deploy(cloud: Instance, command: str = "deploy") -> subprocess.Popen[str]:
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a background job of a shell ignores it
    return subprocess.Popen(
        [sys.executable, "-m", "localcloud", command, "neon"],
        cwd=CHECKOUT,
        env={**os.environ, "LOCALCLOUD_HOME": str(cloud.path)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def test_no_process_outlives_a_killed_engine(run: Run) -> None:
    run.engine.kill()
    for process in run.others:
        wait_until_ended(process)
    assert run.command.wait(SECONDS) == 1


@pytest.mark.skipif(not psutil.LINUX, reason="only Linux ends a process with the process that started it")
def test_no_process_outlives_a_killed_deployment(run: Run, cloud: Instance) -> None:
    program = run.program
    run.command.kill()
    # The engine ends the program, and waits for the response to the request.
    wait_until_ended(program)
    respond(cloud)
    for process in [run.engine, *run.others]:
        wait_until_ended(process)
    assert scripts(cloud) == [], "the engine finished the deployment"


@pytest.mark.skipif(not psutil.LINUX, reason="only Linux ends a process with the process that started it")
def test_no_process_outlives_a_closed_terminal(run: Run, cloud: Instance) -> None:
    program = run.program
    os.killpg(run.command.pid, signal.SIGHUP)
    # The engine ends the program, and waits for the response to the request.
    wait_until_ended(program)
    respond(cloud)
    for process in [run.engine, *run.others]:
        wait_until_ended(process)
    assert scripts(cloud) == [], "the engine finished the deployment"


def test_an_interrupted_deployment_ends_with_its_engine_and_unlocks_the_stack(run: Run, cloud: Instance) -> None:
    program = run.program
    os.killpg(run.command.pid, signal.SIGINT)
    wait_until_ended(program)
    respond(cloud)
    output, _ = run.command.communicate(timeout=60)
    assert run.command.returncode == 130, output
    for process in [run.engine, *run.others]:
        wait_until_ended(process)
    assert list((cloud.path / "pulumi" / "state" / ".pulumi" / "locks").rglob("*.json")) == []


def test_down_ends_a_running_deployment(run: Run, cloud: Instance) -> None:
    stop_engines(cloud.state_directory.path / "passphrase", print)
    for process in [run.engine, *run.others]:
        wait_until_ended(process)
    assert run.command.wait(SECONDS) == 1


def test_a_deployment_unlocks_the_stack_of_a_killed_engine(run: Run, cloud: Instance) -> None:
    run.engine.kill()
    run.command.wait(SECONDS)
    respond(cloud)
    with deploy(cloud) as again:
        output, _ = again.communicate(timeout=120)
    unlocked = f"local-neon: unlocked, because the engine that had locked the stack (pid {run.engine.pid}) has ended"
    assert unlocked in output.splitlines()
    assert "currently locked" not in output


def test_a_deployment_respects_the_lock_of_a_running_engine(run: Run, cloud: Instance) -> None:
    with deploy(cloud) as second:
        output, _ = second.communicate(timeout=120)
    assert second.returncode == 1
    assert "the stack is currently locked by 1 lock(s)" in output
    assert "unlocked" not in output
    run.engine.kill()


def is_waiting(cloud: Instance) -> bool:
    """Returns whether Neon has received the request, and has not responded."""
    return any(
        each["method"] == "POST" and each["path"].endswith("/roles") and each["status"] is None
        for each in cloud.neon.requests()
    )


def respond(cloud: Instance) -> None:
    """Ends the delays of Neon's responses."""
    cloud.neon.control("DELETE", "faults")


def scripts(cloud: Instance) -> list[str]:
    """Returns the scripts of the deployment that Cloudflare's emulator has."""
    store = CloudflareEmulator(cloud.state_directory).control("GET", "store").json()
    return [name for name in store.get("scripts", []) if "local-neon" in name]
