"""The supervisor of processes, with a small HTTP server as the service."""

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

from localcloud import supervisor as supervisor_module
from localcloud.errors import LocalCloudError
from localcloud.ports import Ports, free_port
from localcloud.process import BackgroundProcess
from localcloud.service import Health, Launch, Service
from localcloud.state_directory import StateDirectory
from localcloud.supervisor import Record, Supervisor

SERVER = """
import http.server, os, signal, subprocess, sys
print("listens", flush=True)
if "deaf" in sys.argv: signal.signal(signal.SIGTERM, signal.SIG_IGN)
if "parent" in sys.argv: subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
http.server.HTTPServer(("127.0.0.1", int(sys.argv[1])), http.server.SimpleHTTPRequestHandler).serve_forever()
"""


@dataclass(frozen=True)
class Server(Service):
    state_directory: StateDirectory
    options: tuple[str, ...] = ()
    source: str = SERVER
    environment: Mapping[str, str] = field(default_factory=dict)

    name: ClassVar[str] = "server"
    ports: ClassVar[tuple[str, ...]] = ("server",)

    def launch(self, ports: Mapping[str, int]) -> Launch:
        command = (sys.executable, "-c", self.source, str(ports[self.name]), *self.options)
        return Launch(command, self.environment, directory=self.state_directory.folder(self.name))

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
def supervisor(state_directory: StateDirectory) -> Supervisor:
    return Supervisor(state_directory)


@pytest.fixture
def bystander() -> Iterator[subprocess.Popen[bytes]]:
    """A process that the supervisor did not start."""
    process = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(600)"])
    try:
        yield process
    finally:
        process.kill()
        process.wait()


def started(supervisor: Supervisor, service: Service, lines: list[str] | None = None) -> int:
    """Starts the service and returns the pid of its process."""
    supervisor.ensure(service, (lines if lines is not None else []).append)
    pid = supervisor.status(service).pid
    assert pid is not None
    return pid


def has_ended(pid: int) -> bool:
    return not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE


def test_a_running_service_is_kept(supervisor: Supervisor) -> None:
    service = Server(supervisor.state_directory)
    assert started(supervisor, service) == started(supervisor, service)


def test_a_killed_service_is_restarted_on_its_port(supervisor: Supervisor) -> None:
    service = Server(supervisor.state_directory)
    first, address = started(supervisor, service), supervisor.status(service).address
    os.kill(first, signal.SIGKILL)
    second = started(supervisor, service)
    assert (second != first, supervisor.status(service).address) == (True, address)


def test_a_service_that_does_not_respond_is_restarted(supervisor: Supervisor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor_module, "HEALTH_TIMEOUT_SECONDS", 0.5)
    monkeypatch.setattr(supervisor_module, "STOP_TIMEOUT_SECONDS", 0.5)
    service = Server(supervisor.state_directory)
    first = started(supervisor, service)
    os.kill(first, signal.SIGSTOP)
    lines: list[str] = []
    assert started(supervisor, service, lines) != first
    assert lines[0] == "server: restarting, because it does not respond"
    assert has_ended(first)


def test_a_service_whose_environment_changed_is_restarted(supervisor: Supervisor) -> None:
    first = started(supervisor, Server(supervisor.state_directory))
    assert started(supervisor, Server(supervisor.state_directory, environment={"TOKEN": "another"})) != first


def test_a_service_is_restarted_together_with_its_dependency(supervisor: Supervisor) -> None:
    server, follower = Server(supervisor.state_directory), Follower(supervisor.state_directory)
    started(supervisor, server)
    first = started(supervisor, follower)
    assert started(supervisor, follower) == first
    supervisor.stop("server", print)
    started(supervisor, server)
    assert started(supervisor, follower) != first


def test_a_port_that_is_in_use_is_replaced_and_reported(supervisor: Supervisor) -> None:
    taken = free_port()
    supervisor.state_directory.write("ports.json", {"server": taken})
    lines: list[str] = []
    with socket.create_server(("127.0.0.1", taken)):
        started(supervisor, Server(supervisor.state_directory), lines)
    replacement = Ports(supervisor.state_directory).known()["server"]
    assert lines[0] == f"port {taken} of server is in use by another process: using {replacement}"


def test_a_port_that_another_process_takes_during_the_start_is_replaced(supervisor: Supervisor) -> None:
    with socket.socket() as rival:

        class Unlucky(Server):
            def launch(self, ports: Mapping[str, int]) -> Launch:
                if rival.getsockname()[1] == 0:
                    rival.bind(("127.0.0.1", ports["server"]))
                    rival.listen()
                return super().launch(ports)

        service = Unlucky(supervisor.state_directory)
        started(supervisor, service)
        assert supervisor.status(service).address != f"127.0.0.1:{rival.getsockname()[1]}"


def test_the_error_about_a_service_that_exits_at_once_has_its_log_and_the_fix(supervisor: Supervisor) -> None:
    started(supervisor, Server(supervisor.state_directory))
    with pytest.raises(LocalCloudError) as error:
        supervisor.ensure(Server(supervisor.state_directory, source="import sys; sys.exit('no such database')"), print)
    assert "`server` of the local cloud exited within" in str(error.value)
    assert "  no such database\n" in str(error.value)
    assert "run `up` again" in str(error.value)
    assert "listens" not in str(error.value), "a line of a previous start"


def test_the_process_of_an_interrupted_start_is_found_by_its_command_line(supervisor: Supervisor) -> None:
    service = Server(supervisor.state_directory)
    pid = started(supervisor, service)
    forget_pid(supervisor.state_directory)
    assert supervisor.status(service).pid == pid
    supervisor.stop(service.name, print)
    assert has_ended(pid)


def test_another_process_with_a_recorded_pid_is_not_stopped(
    supervisor: Supervisor, bystander: subprocess.Popen[bytes]
) -> None:
    record = Record(["server"], "", {"server": free_port()}, "SIGTERM", pid=bystander.pid, started_at=1.0)
    supervisor.state_directory.write("parts.json", {"server": asdict(record)})
    supervisor.stop("server", print)
    assert bystander.poll() is None


def test_a_service_that_does_not_stop_is_killed(supervisor: Supervisor, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(supervisor_module, "STOP_TIMEOUT_SECONDS", 0.3)
    pid = started(supervisor, Server(supervisor.state_directory, options=("deaf",)))
    lines: list[str] = []
    supervisor.stop("server", lines.append)
    assert has_ended(pid)
    assert lines == ["server: killed, because it did not stop in time"]


def test_child_processes_of_a_killed_service_are_stopped_too(supervisor: Supervisor) -> None:
    pid = started(supervisor, Server(supervisor.state_directory, options=("parent",)))
    (child,) = psutil.Process(pid).children()
    os.kill(pid, signal.SIGKILL)
    supervisor.stop("server", print)
    assert has_ended(child.pid)


def test_stopping_twice_succeeds(supervisor: Supervisor) -> None:
    started(supervisor, Server(supervisor.state_directory))
    lines: list[str] = []
    supervisor.stop("server", lines.append)
    supervisor.stop("server", lines.append)
    assert lines == ["server: stopped"]


def test_status_distinguishes_healthy_and_stopped(supervisor: Supervisor) -> None:
    service = Server(supervisor.state_directory)
    assert supervisor.status(service).health is Health.STOPPED
    started(supervisor, service)
    assert supervisor.status(service).health is Health.HEALTHY
    supervisor.stop(service.name, print)
    assert supervisor.status(service).health is Health.STOPPED


def test_status_shows_a_service_that_hangs(supervisor: Supervisor) -> None:
    service = Server(supervisor.state_directory)
    pid = started(supervisor, service)
    os.kill(pid, signal.SIGSTOP)
    health = supervisor.status(service).health
    os.kill(pid, signal.SIGCONT)
    assert health is Health.NOT_RESPONDING


def test_status_shows_that_another_process_uses_the_port(supervisor: Supervisor) -> None:
    service = Server(supervisor.state_directory)
    started(supervisor, service)
    port = Ports(supervisor.state_directory).known()["server"]
    supervisor.stop(service.name, print)
    with socket.create_server(("127.0.0.1", port)):
        assert supervisor.status(service).health is Health.PORT_TAKEN


def test_a_secret_environment_variable_is_in_no_file(supervisor: Supervisor) -> None:
    started(supervisor, Server(supervisor.state_directory, environment={"TOKEN": "sentinel-secret"}))
    files = [path for path in supervisor.state_directory.path.rglob("*") if path.is_file()]
    assert [path for path in files if "sentinel-secret" in path.read_text()] == []


@pytest.mark.skipif(not psutil.LINUX, reason="only Linux changes the limits of a running process")
def test_a_crash_writes_no_core_dump(supervisor: Supervisor) -> None:
    process = psutil.Process(started(supervisor, Server(supervisor.state_directory, options=("parent",))))
    for each in (process, *process.children()):
        assert each.rlimit(psutil.RLIMIT_CORE) == (0, 0)


def test_a_log_is_readable_to_its_owner_only(supervisor: Supervisor) -> None:
    started(supervisor, Server(supervisor.state_directory))
    assert supervisor.state_directory.log("server").stat().st_mode & 0o777 == 0o600


def test_a_zombie_process_counts_as_ended(bystander: subprocess.Popen[bytes]) -> None:
    process = BackgroundProcess.of(bystander.pid)
    bystander.kill()
    while psutil.Process(bystander.pid).status() != psutil.STATUS_ZOMBIE:
        time.sleep(0.01)
    assert not process.is_alive()


@pytest.mark.skipif(not psutil.LINUX, reason="replaces psutil's function for Linux")
@pytest.mark.parametrize("correction", [-1, 1, 3600])
def test_a_process_is_found_after_a_correction_of_the_clock(
    bystander: subprocess.Popen[bytes], correction: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    process = BackgroundProcess.of(bystander.pid)
    boot_time = psutil.boot_time()
    monkeypatch.setattr("psutil._pslinux.boot_time", lambda: boot_time + correction)
    assert process.is_alive()


def forget_pid(state_directory: StateDirectory) -> None:
    (record,) = (Record(**content) for content in state_directory.read("parts.json").values())
    state_directory.write("parts.json", {"server": asdict(replace(record, pid=None))})
