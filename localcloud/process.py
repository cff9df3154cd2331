"""One process that outlives the command that started it."""

import os
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil

from localcloud.account import Account, popen_user
from localcloud.errors import LocalCloudError

# Two processes with one pid begin much further apart; the same one, asked twice, may differ by clock corrections.
START_TOLERANCE_SECONDS = 1.0
KILL_PATIENCE_SECONDS = 5.0

# A child whose Popen is collected while it runs would raise a ResourceWarning: here it is meant to run on.
_started: list[subprocess.Popen[bytes]] = []


@dataclass(frozen=True)
class BackgroundProcess:
    """A process, known by its pid and its start, so that another process with the same pid is never taken for it."""

    pid: int
    started_at: float
    """Seconds since the epoch."""

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
        """Starts `command` in a session of its own; its output is appended to `log` (mode 0600)."""
        log.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        descriptor = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        try:
            child = subprocess.Popen(
                command,
                env=dict(environment),
                cwd=directory,
                stdin=subprocess.DEVNULL,
                stdout=descriptor,
                stderr=subprocess.STDOUT,
                start_new_session=True,
                **popen_user(account),
            )
        except OSError as error:
            raise LocalCloudError(f"`{command[0]}` cannot be started: {error.strerror}.") from error
        finally:
            os.close(descriptor)
        _started.append(child)
        return cls(child.pid, psutil.Process(child.pid).create_time())

    @classmethod
    def find(cls, command: Sequence[str]) -> "BackgroundProcess | None":
        """The process that runs exactly this command line: for a start that was interrupted before its pid was kept."""
        for process in psutil.process_iter(["cmdline", "create_time"]):
            if process.info["cmdline"] == list(command):
                return cls(process.pid, process.info["create_time"])
        return None

    def is_alive(self) -> bool:
        process = self._process()
        try:
            return process is not None and process.status() != psutil.STATUS_ZOMBIE
        except psutil.NoSuchProcess:
            return False

    def stop(self, first: signal.Signals, patience_seconds: float) -> bool:
        """Ends the process and what it left behind in its session; True when it had to be killed."""
        killed = False
        process = self._process()
        if process is not None:
            _signal(process, first)
            if not _has_ended(process, patience_seconds):
                killed = True
                _signal(process, signal.SIGKILL)
                _has_ended(process, KILL_PATIENCE_SECONDS)
        for orphan in self._orphans():
            _signal(orphan, signal.SIGKILL)
            _has_ended(orphan, KILL_PATIENCE_SECONDS)
        return killed

    def _process(self) -> psutil.Process | None:
        try:
            process = psutil.Process(self.pid)
            return process if abs(process.create_time() - self.started_at) < START_TOLERANCE_SECONDS else None
        except psutil.NoSuchProcess:
            return None

    def _orphans(self) -> list[psutil.Process]:
        """Members of the session that this process led. Its number is not given away again while it has members."""
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


def _signal(process: psutil.Process, number: signal.Signals) -> None:
    try:
        process.send_signal(number)
    except psutil.NoSuchProcess:
        return


def _has_ended(process: psutil.Process, patience_seconds: float) -> bool:
    deadline = time.monotonic() + patience_seconds
    while time.monotonic() < deadline:
        for child in _started:
            child.poll()  # reaps what this very process started
        try:
            if not process.is_running() or process.status() == psutil.STATUS_ZOMBIE:
                return True
        except psutil.NoSuchProcess:
            return True
        time.sleep(0.02)
    return False
