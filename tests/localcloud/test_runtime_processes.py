"""The processes of the Workers runtime, and how they end."""

import psutil
import pytest

from localcloud.runtime import WorkerRuntime
from localcloud.state_directory import StateDirectory
from localcloud.supervisor import Supervisor
from tests.localcloud.test_runtime import Cloud, answers, store, worker
from tests.processes import wait_until_ended


@pytest.fixture
def processes(state_directory: StateDirectory) -> list[psutil.Process]:
    """The runtime, and then the processes that it started, with one Worker."""
    runtime = WorkerRuntime(state_directory)
    supervisor = Supervisor(state_directory)
    supervisor.ensure(runtime, print)
    assert Cloud(runtime).deploy(worker(answers("well"), store("any"))).is_success
    pid = supervisor.status(runtime).pid
    assert pid is not None
    return [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]


def test_no_process_outlives_a_killed_runtime(processes: list[psutil.Process]) -> None:
    runtime, *others = processes
    assert [process.name() for process in others].count("workerd") == 2
    runtime.kill()
    for process in others:
        wait_until_ended(process)


def test_no_process_outlives_a_stopped_runtime(
    processes: list[psutil.Process], state_directory: StateDirectory
) -> None:
    Supervisor(state_directory).stop("workers", print)
    for process in processes:
        wait_until_ended(process)
