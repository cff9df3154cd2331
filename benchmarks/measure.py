"""One run of a command, measured by the operating system; and the middle of several."""

import os
import statistics
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Figure:
    """Seconds of wall-clock time, and MiB of the largest process at its peak."""

    seconds: float
    mebibytes: float


def run(command: Sequence[str], folder: Path, environment: Mapping[str, str]) -> Figure:
    """Runs a command to its end. Raises ``RuntimeError`` where it fails."""
    started = time.perf_counter()
    silent = os.open(os.devnull, os.O_RDWR)
    pid = os.posix_spawnp(
        "env",
        ["env", "-C", str(folder), *command],
        dict(environment),
        file_actions=[(os.POSIX_SPAWN_DUP2, silent, descriptor) for descriptor in (0, 1, 2)],
    )
    os.close(silent)
    _, status, usage = os.wait4(pid, 0)
    if status != 0:
        raise RuntimeError(f"`{' '.join(command[:3])} …` ended with status {os.waitstatus_to_exitcode(status)}")
    return Figure(time.perf_counter() - started, usage.ru_maxrss / 1024)


def in_turn(runs: int, *measured: Callable[[], Figure]) -> list[list[Figure]]:
    """Each one ``runs`` times, A B A B …, after one run that does not count: the machine drifts for all alike."""
    for once in measured:
        once()
    rounds = [[once() for once in measured] for _ in range(runs)]
    return [list(figures) for figures in zip(*rounds, strict=True)]


def median(figures: Sequence[Figure]) -> Figure:
    """The middle of several runs."""
    return Figure(
        statistics.median(figure.seconds for figure in figures),
        statistics.median(figure.mebibytes for figure in figures),
    )


def ratio(ours: Sequence[Figure], theirs: Sequence[Figure]) -> float:
    """Returns the median of the ratios of paired runs."""
    return statistics.median(our.seconds / their.seconds for our, their in zip(ours, theirs, strict=True))
