"""Waits for the end of processes."""

import time

import psutil

SECONDS = 30


def wait_until_ended(process: psutil.Process) -> None:
    deadline = time.monotonic() + SECONDS
    while process.is_running() and process.status() != psutil.STATUS_ZOMBIE:
        assert time.monotonic() < deadline, f"{process} runs after {SECONDS} seconds"
        time.sleep(0.05)
