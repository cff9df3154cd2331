"""`python -m tools.clock` gives a command a later date, and no other durations."""

import os
import shutil
import subprocess
import sys
import time

import pytest

from tools.clock.__main__ import SECONDS_PER_DAY, main

TIMES = """
import subprocess, sys, time
before = time.monotonic()
time.sleep(0.1)
assert 0.1 <= time.monotonic() - before < 50
child = [sys.executable, "-c", "import time; print(time.time())"]
print(subprocess.run(child, env={}, capture_output=True, text=True, check=True).stdout)
"""


@pytest.fixture
def mounts() -> None:
    """Skips the test where the command cannot work: in a container without mount namespaces, or without a compiler."""
    if not shutil.which("cc") or not shutil.which("unshare") or os.geteuid() != 0:
        pytest.skip("a later date needs Linux, root and a C compiler")
    if subprocess.run(["unshare", "--mount", "true"], capture_output=True).returncode != 0:
        pytest.skip("this system allows no mount namespace")


@pytest.mark.usefixtures("mounts")
def test_a_child_process_without_environment_variables_has_the_later_date() -> None:
    before = time.time()
    command = [sys.executable, "-m", "tools.clock", "365", sys.executable, "-c", TIMES]
    ended = subprocess.run(command, capture_output=True, text=True)
    assert ended.returncode == 0, ended.stderr
    assert before <= float(ended.stdout) - 365 * SECONDS_PER_DAY <= time.time()


@pytest.mark.usefixtures("mounts")
def test_the_exit_status_is_that_of_the_command() -> None:
    assert main(["1", "sh", "-c", "exit 3"]) == 3


@pytest.mark.parametrize("arguments", [[], ["365"], ["a year", "true"], ["-1", "true"]])
def test_wrong_arguments_are_reported(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments) == 2
    assert "Usage" in capsys.readouterr().err
