"""A process that continues after the command that started it has ended."""

import os
import resource
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import psutil

from localcloud.account import Account, command_as
from localcloud.errors import LocalCloudError

# Two processes with the same pid start much further apart. Two readings of the same process differ by rounding only.
START_TOLERANCE_SECONDS = 0.5
KILL_TIMEOUT_SECONDS = 5.0

# Keeps a reference, because Popen emits a ResourceWarning if it is collected while the child runs.
_started: list[subprocess.Popen[bytes]] = []


@dataclass(frozen=True)
class BackgroundProcess:
    """A process, identified by pid and start time, because a later process may get the same pid."""

    pid: int
    started_at: float
    """Seconds after the boot of the machine. A time of day would change when the clock is corrected."""

    @classmethod
    def start(
        cls,
        command: Sequence[str],
        *,
        environment: Mapping[str, str],
        directory: Path,
        log: Path,
        account: Account | None = None,
    ) -> "BackgroundProcess":
        """Starts `command` in a new session and appends its output to `log` (mode 0600)."""
        log.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            child = subprocess.Popen(
                command_as(account, command),
                env=dict(environment),
                cwd=directory,
                stdin=subprocess.DEVNULL,
                stdout=descriptor,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        except OSError as error:
            raise LocalCloudError(f"`{command[0]}` cannot be started: {error.strerror}.") from error
        finally:
            os.close(descriptor)
        _started.append(child)
        if account is None:  # `command_as` changes the limit of other accounts
            _forbid_core_dumps(child.pid)
        return cls.of(child.pid)

    @classmethod
    def of(cls, pid: int) -> "BackgroundProcess":
        """Returns the process that has this pid now. Raises ``psutil.NoSuchProcess``."""
        return cls(pid, _start_after_boot(psutil.Process(pid)))

    @classmethod
    def find(cls, command: Sequence[str]) -> "BackgroundProcess | None":
        """Finds the process with exactly this command line, if a start was interrupted before it stored the pid."""
        for process in psutil.process_iter(["cmdline"]):
            if process.info["cmdline"] == list(command):
                with suppress(psutil.NoSuchProcess):
                    return cls.of(process.pid)
        return None

    def is_alive(self) -> bool:
        process = self._process()
        try:
            return process is not None and process.status() != psutil.STATUS_ZOMBIE
        except psutil.NoSuchProcess:
            return False

    def stop(self, first: signal.Signals, timeout_seconds: float) -> bool:
        """Stops the process and all other processes of its session. Returns True if SIGKILL was necessary."""
        killed = False
        process = self._process()
        if process is not None:
            _signal(process, first)
            if not _has_ended(process, timeout_seconds):
                killed = True
                _signal(process, signal.SIGKILL)
                _has_ended(process, KILL_TIMEOUT_SECONDS)
        for orphan in self._orphans():
            _signal(orphan, signal.SIGKILL)
            _has_ended(orphan, KILL_TIMEOUT_SECONDS)
        return killed

    def _process(self) -> psutil.Process | None:
        try:
            process = psutil.Process(self.pid)
            return process if abs(_start_after_boot(process) - self.started_at) < START_TOLERANCE_SECONDS else None
        except psutil.NoSuchProcess:
            return None

    def _orphans(self) -> list[psutil.Process]:
        """Returns other processes of the session that this process led. Its id is not reused while it has members."""
        if psutil.pid_exists(self.pid) and self._process() is None:
            return []
        orphans = []
        for process in psutil.process_iter():
            try:
                if process.pid != self.pid and os.getsid(process.pid) == self.pid:
                    orphans.append(process)
            except (ProcessLookupError, PermissionError):
                continue
        return orphans


def _forbid_core_dumps(pid: int) -> None:
    """A core dump in the working directory would contain passwords and keys. Children inherit the limit."""
    if psutil.LINUX:
        with suppress(ProcessLookupError):
            resource.prlimit(pid, resource.RLIMIT_CORE, (0, 0))


def _start_after_boot(process: psutil.Process) -> float:
    """Returns the seconds between the boot of the machine and the start of the process."""
    # `create_time` adds the time of the boot to the kernel's figure. Linux rounds that time to seconds, and moves it
    # with each correction of the clock.
    return process.create_time() - psutil.boot_time()


def _signal(process: psutil.Process, number: signal.Signals) -> None:
    try:
        process.send_signal(number)
    except psutil.NoSuchProcess:
        return


def _has_ended(process: psutil.Process, timeout_seconds: float) -> bool:
    deadline = time.monotonic() + timeout_seconds
    while time.monotonic() < deadline:
        for child in _started:
            child.poll()  # reaps children of this process
        try:
            if not process.is_running() or process.status() == psutil.STATUS_ZOMBIE:
                return True
        except psutil.NoSuchProcess:
            return True
        time.sleep(0.02)
    return False
