"""Engines: their end, and the locks that killed ones leave. A copy of `sleep` replaces the engine."""

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from localcloud.engines import PASSPHRASE_VARIABLE, ending_with_this_process, remove_stale_locks, stop_engines
from tests.processes import wait_until_ended

SECONDS = 30

STARTER = """
import os, subprocess, sys
from localcloud.engines import ending_with_this_process
command = subprocess.Popen(ending_with_this_process(sys.argv[1:]))
print(command.pid, flush=True)
command.wait()
"""


@pytest.fixture
def program(tmp_path: Path) -> Path:
    """A program with the name of the engine, which waits."""
    return Path(shutil.copy(str(shutil.which("sleep")), tmp_path / "pulumi"))


@pytest.fixture
def engine(program: Path, tmp_path: Path) -> Iterator[subprocess.Popen[bytes]]:
    """A running engine of the local cloud whose passphrase is in `passphrase`."""
    with subprocess.Popen([program, "600"], env={PASSPHRASE_VARIABLE: str(tmp_path / "passphrase")}) as process:
        yield process
        process.kill()


@pytest.fixture
def state(tmp_path: Path) -> Path:
    """The folder of a `file://` backend."""
    return tmp_path / "state"


def lock(state: Path, pid: int, host: str = socket.gethostname(), stack: str = "local") -> Path:
    """Locks a stack as an engine does."""
    file = state / ".pulumi" / "locks" / "organization" / "edge-postgres" / stack / "0f.json"
    file.parent.mkdir(parents=True)
    file.write_text(json.dumps({"pid": pid, "username": "ann", "hostname": host, "timestamp": "2026-11-30T12:00:00Z"}))
    return file


def ended_pid() -> int:
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        return process.pid


def test_the_lock_of_an_ended_engine_is_removed_with_a_sentence(state: Path) -> None:
    pid, lines = ended_pid(), list[str]()
    file = lock(state, pid)
    remove_stale_locks(state, "local", lines.append)
    assert lines == [f"local: unlocked, because the engine that had locked the stack (pid {pid}) has ended"]
    assert not file.exists()


def test_the_lock_of_an_engine_that_is_a_zombie_process_is_removed(
    state: Path, engine: subprocess.Popen[bytes]
) -> None:
    file = lock(state, engine.pid)
    engine.kill()
    while psutil.Process(engine.pid).status() != psutil.STATUS_ZOMBIE:
        time.sleep(0.01)
    remove_stale_locks(state, "local", print)
    assert not file.exists()


def test_the_lock_of_a_running_engine_stays(state: Path, engine: subprocess.Popen[bytes]) -> None:
    file, lines = lock(state, engine.pid), list[str]()
    remove_stale_locks(state, "local", lines.append)
    assert (file.exists(), lines) == (True, [])


def test_the_lock_is_removed_if_another_program_has_the_pid(state: Path) -> None:
    file = lock(state, os.getpid())
    remove_stale_locks(state, "local", print)
    assert not file.exists()


def test_the_lock_of_an_engine_on_another_machine_stays(state: Path) -> None:
    file = lock(state, ended_pid(), host="another")
    remove_stale_locks(state, "local", print)
    assert file.exists()


def test_the_lock_of_another_stack_stays(state: Path) -> None:
    file = lock(state, ended_pid(), stack="local-neon")
    remove_stale_locks(state, "local", print)
    assert file.exists()


def test_a_state_without_locks_is_unlocked(state: Path) -> None:
    lines: list[str] = []
    remove_stale_locks(state, "local", lines.append)
    assert lines == []


def test_engines_of_a_local_cloud_are_stopped(engine: subprocess.Popen[bytes], tmp_path: Path) -> None:
    lines: list[str] = []
    stop_engines(tmp_path / "passphrase", lines.append)
    assert engine.wait(SECONDS) == -signal.SIGTERM
    assert lines == [f"pulumi: stopped the engine with pid {engine.pid}"]


def test_processes_of_a_stopped_engine_are_stopped(program: Path, tmp_path: Path) -> None:
    program.write_bytes(Path("/bin/sh").read_bytes())
    environment = {PASSPHRASE_VARIABLE: str(tmp_path / "passphrase"), "PATH": os.environ["PATH"]}
    command = [str(program), "-c", "sleep 600 & echo $!; wait"]
    with subprocess.Popen(command, env=environment, stdout=subprocess.PIPE, text=True) as engine:
        assert engine.stdout
        child = psutil.Process(int(engine.stdout.readline()))
        stop_engines(tmp_path / "passphrase", print)
        wait_until_ended(child)


def test_engines_of_another_local_cloud_are_not_stopped(engine: subprocess.Popen[bytes], tmp_path: Path) -> None:
    stop_engines(tmp_path / "another" / "passphrase", print)
    assert engine.poll() is None


def test_another_program_with_the_environment_of_an_engine_is_not_stopped(tmp_path: Path) -> None:
    environment = {PASSPHRASE_VARIABLE: str(tmp_path / "passphrase"), "PATH": os.environ["PATH"]}
    with subprocess.Popen(["sleep", "600"], env=environment) as shell:
        stop_engines(tmp_path / "passphrase", print)
        assert shell.poll() is None
        shell.kill()


@pytest.mark.skipif(not psutil.LINUX, reason="only Linux ends a process with the process that started it")
@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGHUP, signal.SIGTERM])
def test_a_command_ends_with_the_process_that_started_it(number: signal.Signals) -> None:
    arguments = [sys.executable, "-c", STARTER, "sleep", "600"]
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True, start_new_session=True) as starter:
        assert starter.stdout
        command = psutil.Process(int(starter.stdout.readline()))
        os.kill(starter.pid, number)
    wait_until_ended(command)


@pytest.mark.skipif(not psutil.LINUX, reason="only Linux ends a process with the process that started it")
def test_a_closed_terminal_ends_a_command_through_the_process_that_started_it() -> None:
    """SIGTERM lets an engine finish its operations and unlock the stack. SIGHUP would end it at once."""
    script = "trap 'echo ends; exit' TERM; trap 'echo hangs up; exit' HUP; echo $$; while :; do sleep 0.1; done"
    arguments = [sys.executable, "-c", STARTER, "sh", "-c", script]
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True, start_new_session=True) as starter:
        assert starter.stdout
        starter.stdout.readline(), starter.stdout.readline()
        os.killpg(starter.pid, signal.SIGHUP)
        assert starter.stdout.read() == "ends\n"


@pytest.mark.skipif(not psutil.LINUX, reason="only Linux starts an engine with other limits")
def test_a_crash_of_an_engine_writes_no_core_dump() -> None:
    shown = subprocess.run(ending_with_this_process(["sh", "-c", "ulimit -H -c"]), capture_output=True, text=True)
    assert shown.stdout == "0\n"


def test_the_exit_status_is_that_of_the_command() -> None:
    assert subprocess.run(ending_with_this_process(["sh", "-c", "exit 7"])).returncode == 7


def test_a_command_that_does_not_exist_is_reported() -> None:
    shown = subprocess.run(ending_with_this_process(["/no/such"]), capture_output=True, text=True)
    assert (shown.returncode, shown.stderr) == (1, "`/no/such` cannot be started: No such file or directory.\n")
