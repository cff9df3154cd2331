"""Waits for the end of processes."""

import psutil

from tests.waiting import wait_until

SECONDS = 120


def wait_until_ended(process: psutil.Process) -> None:
    def has_ended() -> bool:
        return not process.is_running() or process.status() == psutil.STATUS_ZOMBIE

    wait_until(has_ended, f"{process} did not end", SECONDS)
