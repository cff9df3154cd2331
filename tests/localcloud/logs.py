"""Reads the log of the Workers. The runtime writes it beside the response, so a line can arrive after the response."""

from localcloud.runtime import WorkerRuntime
from tests.waiting import wait_until


def log_of(runtime: WorkerRuntime) -> str:
    """Returns the log of the Workers."""
    return runtime.state_directory.log(runtime.name).read_text()


def wait_for_log(runtime: WorkerRuntime, text: str, after: int = 0) -> str:
    """Returns the log from the position ``after`` on, as soon as it has a whole line that contains ``text``."""

    def is_written() -> bool:
        return any(text in line and line.endswith("\n") for line in log_of(runtime)[after:].splitlines(keepends=True))

    wait_until(is_written, f"`{text}` did not appear in the log of the Workers")
    return log_of(runtime)[after:]
