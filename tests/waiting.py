"""Waits for a condition that another process brings about."""

import time
from collections.abc import Callable

SECONDS = 60


def wait_until(condition: Callable[[], object], failure: str = "it did not happen", seconds: float = SECONDS) -> None:
    """Returns as soon as the condition holds. Raises `AssertionError` with ``failure`` after ``seconds``."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, f"{failure} within {seconds} seconds"
        time.sleep(0.05)
