"""A killed test run leaves no process of a local cloud."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import psutil

from localcloud.state_directory import CHECKOUT, StateDirectory
from localcloud.supervisor import Supervisor
from tests.localcloud.test_supervisor import Server, started
from tests.processes import SECONDS, wait_until_ended


def test_local_clouds_of_a_killed_run_are_removed(state_directory: StateDirectory, tmp_path: Path) -> None:
    service = psutil.Process(started(Supervisor(state_directory), Server(state_directory)))
    with subprocess.Popen(["sleep", "600"]) as run:
        guard = subprocess.Popen([sys.executable, "-m", "localcloud.guard", str(run.pid), str(tmp_path)], cwd=CHECKOUT)
        assert service.is_running()
        os.kill(run.pid, signal.SIGKILL)
    wait_until_ended(service)
    assert guard.wait(SECONDS) == 0
    assert not state_directory.log("server").exists()


def test_local_clouds_of_another_run_stay(state_directory: StateDirectory, tmp_path: Path) -> None:
    service = psutil.Process(started(Supervisor(state_directory), Server(state_directory)))
    (tmp_path / "another").mkdir()
    with subprocess.Popen(["true"]) as run:
        run.wait()
    command = [sys.executable, "-m", "localcloud.guard", str(run.pid), str(tmp_path / "another")]
    subprocess.run(command, cwd=CHECKOUT, check=True)
    assert service.is_running()
