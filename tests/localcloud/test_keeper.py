"""The keeper of processes, on a part that is a small HTTP server."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import ClassVar

import httpx
import psutil
import pytest

from localcloud import keeper as keeper_module
from localcloud.errors import LocalCloudError
from localcloud.home import Home
from localcloud.keeper import Keeper, Record
from localcloud.part import Health, Launch, Part
from localcloud.ports import Ports, free_port
from localcloud.process import BackgroundProcess

SERVER = """
import http.server, os, signal, subprocess, sys
print("listens", flush=True)
if "deaf" in sys.argv: signal.signal(signal.SIGTERM, signal.SIG_IGN)
if "parent" in sys.argv: subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), http.server.SimpleHTTPRequestHandler).serve_forever()
"""


@dataclass(frozen=True)
class Server(Part):
    home: Home
    words: tuple[str, ...] = ()
    source: str = SERVER
    environment: Mapping[str, str] = field(default_factory=dict)

    name: ClassVar[str] = "server"
    ports: ClassVar[tuple[str, ...]] = ("server",)

    def launch(self, ports: Mapping[str, int]) -> Launch:
        command = (sys.executable, "-c", self.source, str(ports[self.name]), *self.words)
        return Launch(command, self.environment, directory=self.home.folder(self.name))

    def is_healthy(self, ports: Mapping[str, int]) -> bool:
        try:
            return httpx.get(f"http://127.0.0.1:{ports[self.name]}/", timeout=0.5).is_success
        except httpx.HTTPError:
            return False


class Follower(Server):
    name = "follower"
    ports = ("follower",)
    restarts_with = ("server",)


@pytest.fixture
def keeper(home: Home) -> Keeper:
    return Keeper(home)


@pytest.fixture
def bystander() -> Iterator[subprocess.Popen[bytes]]:
    """A process that is none of ours."""
    process = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def started(keeper: Keeper, part: Part, said: list[str] | None = None) -> int:
    """Pid of the part's process."""
    keeper.ensure(part, (said if said is not None else []).append)
    pid = keeper.status(part).pid
    assert pid is not None
    return pid


def has_ended(pid: int) -> bool:
    return not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE


def test_what_runs_already_is_kept(keeper: Keeper) -> None:
    part = Server(keeper.home)
    assert started(keeper, part) == started(keeper, part)


def test_a_killed_part_is_started_again_on_its_port(keeper: Keeper) -> None:
    part = Server(keeper.home)
    first, address = started(keeper, part), keeper.status(part).address
    os.kill(first, signal.SIGKILL)
    second = started(keeper, part)
    assert (second != first, keeper.status(part).address) == (True, address)


def test_a_part_that_does_not_answer_is_started_anew(keeper: Keeper, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeper_module, "ANSWER_PATIENCE_SECONDS", 0.5)
    monkeypatch.setattr(keeper_module, "STOP_PATIENCE_SECONDS", 0.5)
    part = Server(keeper.home)
    first = started(keeper, part)
    os.kill(first, signal.SIGSTOP)
    said: list[str] = []
    assert started(keeper, part, said) != first
    assert said[0] == "server: does not answer: starting it anew"
    assert has_ended(first)


def test_a_part_whose_environment_changed_is_started_anew(keeper: Keeper) -> None:
    first = started(keeper, Server(keeper.home))
    assert started(keeper, Server(keeper.home, environment={"TOKEN": "another"})) != first


def test_a_part_starts_anew_with_the_one_it_depends_on(keeper: Keeper) -> None:
    server, follower = Server(keeper.home), Follower(keeper.home)
    started(keeper, server)
    first = started(keeper, follower)
    assert started(keeper, follower) == first
    keeper.stop("server", print)
    started(keeper, server)
    assert started(keeper, follower) != first


def test_a_port_that_is_taken_is_replaced_and_said(keeper: Keeper) -> None:
    taken = free_port()
    keeper.home.write("ports.json", {"server": taken})
    said: list[str] = []
    with socket.create_server(("127.0.0.1", taken)):
        started(keeper, Server(keeper.home), said)
    assert (
        said[0] == f"port {taken} of server is taken by another process: using {Ports(keeper.home).known()['server']}"
    )


def test_a_port_that_is_lost_between_choice_and_use_is_replaced(keeper: Keeper) -> None:
    with socket.socket() as rival:

        class Unlucky(Server):
            def launch(self, ports: Mapping[str, int]) -> Launch:
                if rival.getsockname()[1] == 0:
                    rival.bind(("127.0.0.1", ports["server"]))
                    rival.listen()
                return super().launch(ports)

        part = Unlucky(keeper.home)
        started(keeper, part)
        assert keeper.status(part).address != f"127.0.0.1:{rival.getsockname()[1]}"


def test_a_part_that_ends_at_once_is_named_with_its_last_words_and_the_way_out(keeper: Keeper) -> None:
    started(keeper, Server(keeper.home))
    with pytest.raises(LocalCloudError) as refused:
        keeper.ensure(Server(keeper.home, source="import sys; sys.exit('no such database')"), print)
    assert "`server` was started and ended" in str(refused.value)
    assert "  no such database\n" in str(refused.value)
    assert "run `up` again" in str(refused.value)
    assert "listens" not in str(refused.value), "a line of an older start"


def test_an_interrupted_start_is_found_by_its_command_line(keeper: Keeper) -> None:
    part = Server(keeper.home)
    pid = started(keeper, part)
    forget_pid(keeper.home)
    assert keeper.status(part).pid == pid
    keeper.stop(part.name, print)
    assert has_ended(pid)


def test_a_process_that_got_a_remembered_pid_is_left_alone(keeper: Keeper, bystander: subprocess.Popen[bytes]) -> None:
    record = Record(["server"], "", {"server": free_port()}, "SIGTERM", pid=bystander.pid, started_at=1.0)
    keeper.home.write("parts.json", {"server": asdict(record)})
    keeper.stop("server", print)
    assert bystander.poll() is None


def test_a_part_that_does_not_end_is_killed(keeper: Keeper, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keeper_module, "STOP_PATIENCE_SECONDS", 0.3)
    pid = started(keeper, Server(keeper.home, words=("deaf",)))
    said: list[str] = []
    keeper.stop("server", said.append)
    assert has_ended(pid)
    assert said == ["server: killed: it did not end when asked to"]


def test_what_a_killed_part_left_behind_ends_too(keeper: Keeper) -> None:
    pid = started(keeper, Server(keeper.home, words=("parent",)))
    (child,) = psutil.Process(pid).children()
    os.kill(pid, signal.SIGKILL)
    keeper.stop("server", print)
    assert has_ended(child.pid)


def test_stopping_twice_is_well(keeper: Keeper) -> None:
    started(keeper, Server(keeper.home))
    said: list[str] = []
    keeper.stop("server", said.append)
    keeper.stop("server", said.append)
    assert said == ["server: stopped"]


def test_status_tells_healthy_from_stopped(keeper: Keeper) -> None:
    part = Server(keeper.home)
    assert keeper.status(part).health is Health.STOPPED
    started(keeper, part)
    assert keeper.status(part).health is Health.HEALTHY
    keeper.stop(part.name, print)
    assert keeper.status(part).health is Health.STOPPED


def test_status_tells_when_a_part_hangs(keeper: Keeper) -> None:
    part = Server(keeper.home)
    pid = started(keeper, part)
    os.kill(pid, signal.SIGSTOP)
    health = keeper.status(part).health
    os.kill(pid, signal.SIGCONT)
    assert health is Health.NOT_ANSWERING


def test_status_tells_when_another_process_has_the_port(keeper: Keeper) -> None:
    part = Server(keeper.home)
    started(keeper, part)
    port = Ports(keeper.home).known()["server"]
    keeper.stop(part.name, print)
    with socket.create_server(("127.0.0.1", port)):
        assert keeper.status(part).health is Health.PORT_TAKEN


def test_a_secret_of_the_environment_is_in_no_file(keeper: Keeper) -> None:
    started(keeper, Server(keeper.home, environment={"TOKEN": "sentinel-secret"}))
    files = [path for path in keeper.home.path.rglob("*") if path.is_file()]
    assert [path for path in files if "sentinel-secret" in path.read_text()] == []


def test_a_log_is_readable_to_its_owner_only(keeper: Keeper) -> None:
    started(keeper, Server(keeper.home))
    assert keeper.home.log("server").stat().st_mode & 0o777 == 0o600


def test_a_dead_process_that_nobody_waited_for_counts_as_ended(bystander: subprocess.Popen[bytes]) -> None:
    process = BackgroundProcess(bystander.pid, psutil.Process(bystander.pid).create_time())
    bystander.kill()
    while psutil.Process(bystander.pid).status() != psutil.STATUS_ZOMBIE:
        time.sleep(0.01)
    assert not process.is_alive()


def forget_pid(home: Home) -> None:
    (record,) = (Record(**content) for content in home.read("parts.json").values())
    home.write("parts.json", {"server": asdict(replace(record, pid=None))})
