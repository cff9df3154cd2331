"""Reads the log of the Workers. The runtime writes it beside the response, so a line can arrive after the response."""

import time

from localcloud.runtime import WorkerRuntime

PATIENCE_SECONDS = 60


def log_of(runtime: WorkerRuntime) -> str:
    """Returns the log of the Workers."""
    return runtime.state_directory.log(runtime.name).read_text()


def wait_for_log(runtime: WorkerRuntime, text: str, after: int = 0) -> str:
    """Returns the log from the position ``after`` on, as soon as it has a whole line that contains ``text``."""
    deadline = time.monotonic() + PATIENCE_SECONDS
    while time.monotonic() < deadline:
        log = log_of(runtime)[after:]
        if any(text in line and line.endswith("\n") for line in log.splitlines(keepends=True)):
            return log
        time.sleep(0.05)
    raise AssertionError(f"`{text}` is not in the log:\n{log_of(runtime)[after:]}")
