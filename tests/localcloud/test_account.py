"""Processes of another account: they start without ``fork``, and run as that account and no other."""

import json
import os
import subprocess
import sys

import pytest

from localcloud.account import Account, command_as

pytestmark = pytest.mark.skipif(os.geteuid() != 0, reason="only root can start a process of another account")

# Counts the calls of `fork` in a separate process, because its handlers cannot be removed.
COUNT_FORKS = """
import ctypes, json, subprocess, sys
forks = []
handler = ctypes.CFUNCTYPE(None)(lambda: forks.append(1))
ctypes.CDLL(None).__register_atfork(handler, None, None, None)
subprocess.run(json.loads(sys.argv[1]), check=True, **json.loads(sys.argv[2]))
print(len(forks))
"""


def forks(command: list[str], **options: object) -> int:
    counted = [sys.executable, "-c", COUNT_FORKS, json.dumps(command), json.dumps(options)]
    return int(subprocess.run(counted, check=True, capture_output=True, text=True).stdout)


@pytest.fixture
def account() -> Account:
    found = Account.unprivileged()
    assert found
    return found


def test_the_command_runs_as_the_account(account: Account) -> None:
    command = ["/usr/bin/env", "sh", "-c", 'echo "$(id -u) $(id -g) $(id -G)"']
    shown = subprocess.run(command_as(account, command), check=True, capture_output=True, text=True, cwd="/")
    assert shown.stdout.split() == [str(account.user_id), *[str(account.group_id)] * 2]


def test_a_crash_of_the_command_writes_no_core_dump(account: Account) -> None:
    command = command_as(account, ["/bin/sh", "-c", "ulimit -H -c"])
    assert subprocess.run(command, check=True, capture_output=True, text=True, cwd="/").stdout == "0\n"


def test_the_command_keeps_the_pid_of_its_launcher(account: Account) -> None:
    with subprocess.Popen(
        command_as(account, ["/bin/sh", "-c", "echo $$"]), stdout=subprocess.PIPE, text=True, cwd="/"
    ) as process:
        shown, _ = process.communicate(timeout=30)
    assert int(shown) == process.pid


def test_the_command_starts_without_fork(account: Account) -> None:
    assert forks(command_as(account, ["/bin/true"])) == 0


def test_a_start_with_the_user_argument_of_popen_forks(account: Account) -> None:
    assert forks(["/bin/true"], user=account.user_id, group=account.group_id) == 1


def test_a_command_that_does_not_exist_is_reported(account: Account) -> None:
    shown = subprocess.run(command_as(account, ["/no/such"]), capture_output=True, text=True, cwd="/")
    assert (shown.returncode, shown.stderr) == (1, "`/no/such` cannot be started: No such file or directory.\n")
