"""The functions that measure for the benchmarks."""

import os
from pathlib import Path

import pytest

from benchmarks.measure import Figure, in_turn, median, ratio, run


def figures(*seconds: float) -> list[Figure]:
    return [Figure(each, 1) for each in seconds]


def test_a_run_is_measured(tmp_path: Path) -> None:
    figure = run(["true"], tmp_path, os.environ)
    assert figure.seconds > 0
    assert figure.mebibytes > 0


def test_a_failed_run_raises_an_error(tmp_path: Path) -> None:
    with pytest.raises(RuntimeError, match="ended with status 1"):
        run(["false"], tmp_path, os.environ)


def test_a_run_starts_in_its_folder(tmp_path: Path) -> None:
    run(["touch", "here"], tmp_path, os.environ)
    assert (tmp_path / "here").exists()


def test_measured_commands_alternate_after_a_warm_up_run() -> None:
    order: list[str] = []

    def once(name: str) -> Figure:
        order.append(name)
        return Figure(len(order), 1)

    ours, theirs = in_turn(2, lambda: once("a"), lambda: once("b"))
    assert "".join(order) == "ababab"
    assert [figure.seconds for figure in ours] == [3, 5]
    assert [figure.seconds for figure in theirs] == [4, 6]


def test_one_outlier_does_not_change_the_median_or_the_ratio() -> None:
    assert median(figures(1, 2, 90)).seconds == 2
    assert ratio(figures(1, 2, 90), figures(2, 4, 4)) == 0.5
