"""The engines that deploy to one local cloud: how they start, how they end, and the locks that killed ones leave."""

import json
import signal
import socket
import subprocess
import sys
from collections.abc import Sequence
from os import getpid
from pathlib import Path

import psutil

from localcloud.errors import LocalCloudError
from localcloud.process import BackgroundProcess
from localcloud.service import Report
from localcloud.state_directory import CHECKOUT

NAME = "pulumi"
STOP_TIMEOUT_SECONDS = 20.0
"""Time in which an engine finishes its running operations."""
PASSPHRASE_VARIABLE = "PULUMI_CONFIG_PASSPHRASE_FILE"  # noqa: S105  # its name
"""Identifies the local cloud of an engine, because each has its own file."""

# Arguments: the pid of the process that starts the command, and the command. 1 is PR_SET_PDEATHSIG of linux/prctl.h.
# A closed terminal ends that process, and the kernel then sends SIGTERM, so SIGHUP is ignored. After SIGTERM an engine
# finishes its running operations and unlocks the stack. A core dump would contain secrets.
_LAUNCHER = """
import ctypes, os, resource, signal, sys
resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
signal.signal(signal.SIGHUP, signal.SIG_IGN)
ctypes.CDLL(None).prctl(1, signal.SIGTERM)
if os.getppid() != int(sys.argv[1]):
    sys.exit("The process that started this command has ended.")
try:
    os.execvp(sys.argv[2], sys.argv[2:])
except OSError as error:
    sys.exit(f"`{sys.argv[2]}` cannot be started: {error.strerror}.")
"""


def find_engine() -> Path:
    """Returns the path of the program `pulumi`. Raises ``LocalCloudError`` if it is not installed."""
    result = subprocess.run([CHECKOUT / "tools" / "pulumi.sh"], stdout=subprocess.PIPE, text=True)
    if result.returncode != 0:
        raise LocalCloudError("The Pulumi engine is not installed. Run `tools/pulumi.sh` to see why.")
    return Path(result.stdout.strip())


def ending_with_this_process(command: Sequence[str]) -> list[str]:
    """Returns a command that replaces itself with ``command`` (exec), and gets SIGTERM when this process ends.

    Only Linux sends that signal. On other systems it is ``command``.
    """
    if not psutil.LINUX:
        return list(command)
    return [sys.executable, "-I", "-S", "-c", _LAUNCHER, str(getpid()), *command]


def stop_engines(passphrase: Path, report: Report) -> None:
    """Ends the engines whose stacks are encrypted with this passphrase file, and the processes that they started."""
    for process in psutil.process_iter(["name", "environ"]):
        if process.info["name"] != NAME or (process.info["environ"] or {}).get(PASSPHRASE_VARIABLE) != str(passphrase):
            continue
        try:
            engine, children = BackgroundProcess.of(process.pid), process.children(recursive=True)
        except psutil.NoSuchProcess:
            continue
        engine.stop(signal.SIGTERM, STOP_TIMEOUT_SECONDS)
        for child in children:
            if child.is_running():
                child.kill()
        psutil.wait_procs(children, STOP_TIMEOUT_SECONDS)
        report(f"pulumi: stopped the engine with pid {process.pid}")


def remove_stale_locks(state: Path, stack: str, report: Report) -> None:
    """Deletes each lock of the stack whose engine has ended. ``state`` is the folder of a `file://` backend."""
    for lock in (state / ".pulumi" / "locks").rglob("*.json"):
        if lock.parent.name != stack:
            continue
        content = json.loads(lock.read_text())
        if content["hostname"] == socket.gethostname() and not _is_engine(content["pid"]):
            lock.unlink(missing_ok=True)
            report(f"{stack}: unlocked, because the engine that had locked the stack (pid {content['pid']}) has ended")


def _is_engine(pid: int) -> bool:
    """Whether the process may be an engine. A later process can have the same pid."""
    try:
        process = psutil.Process(pid)
        return NAME in process.name() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False
