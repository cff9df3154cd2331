"""Matrices of long tests: finished cells are not repeated, and the table shows which cells were run."""

import json
from dataclasses import replace
from pathlib import Path

import pytest

from tools.matrix import Cell, CellFailure, Matrix, Progress, code_version, main, run_cells, table


class Cells:
    """Runs of cells, of which some fail."""

    def __init__(self, *failing: str) -> None:
        self.failing = set(failing)
        self.runs: list[str] = []

    def run(self, row: str, column: str) -> None:
        self.runs.append(f"{row}/{column}")
        if f"{row}/{column}" in self.failing:
            raise CellFailure("an update\nof a script")

    @property
    def matrix(self) -> Matrix:
        omitted = {"rds": "has no emulator."}
        return Matrix("conformance", "Updates", "Stack", ["a", "b"], ["x", "y"], self.run, omitted)


@pytest.fixture
def progress(tmp_path: Path) -> Progress:
    return Progress(tmp_path / "conformance.json", "0123456789abcdef")


def run(cells: Cells, progress: Progress, rows: tuple[str, ...] = ("a", "b")) -> int:
    return run_cells(cells.matrix, progress, rows, ["x", "y"], progress.path.with_suffix(".md"))


def test_every_cell_runs_once(progress: Progress) -> None:
    cells = Cells()
    assert run(cells, progress) == 0
    assert cells.runs == ["a/x", "a/y", "b/x", "b/y"]


def test_a_run_resumes_after_the_finished_cells(progress: Progress) -> None:
    run(Cells(), progress, rows=("a",))
    cells = Cells()
    run(cells, Progress.load(progress.path, progress.version))
    assert cells.runs == ["b/x", "b/y"]


def test_a_failed_cell_is_repeated(progress: Progress) -> None:
    assert run(Cells("a/y"), progress) == 1
    cells = Cells()
    assert run(cells, Progress.load(progress.path, progress.version)) == 0
    assert cells.runs == ["a/y"]


def test_another_version_of_the_code_repeats_all_cells(progress: Progress) -> None:
    run(Cells(), progress)
    assert Progress.load(progress.path, "other").cells == {}


def test_a_damaged_file_of_finished_cells_counts_as_empty(progress: Progress) -> None:
    progress.path.write_text("{")
    assert Progress.load(progress.path, progress.version).cells == {}


def test_another_error_than_a_failure_of_the_cell_ends_the_run(progress: Progress) -> None:
    def run_with_error(row: str, column: str) -> None:
        raise RuntimeError("no engine")

    matrix = Matrix("conformance", "Updates", "Stack", ["a"], ["x"], run_with_error)
    with pytest.raises(RuntimeError):
        run_cells(matrix, progress, ["a"], ["x"], progress.path.with_suffix(".md"))


def test_an_interrupted_run_ends_with_a_sentence(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def interrupt(_row: str, _column: str) -> None:
        raise KeyboardInterrupt

    monkeypatch.setenv("LOCALCLOUD_HOME", str(tmp_path / "cloud"))
    assert main(replace(Cells().matrix, run=interrupt), []) == 130
    assert capsys.readouterr().err == "conformance: interrupted. Run the same command again to continue.\n"


def test_the_table_has_commit_date_results_failures_and_omitted_rows(progress: Progress) -> None:
    progress.store("a", "x", Cell("passed", date="2026-11-29"))
    progress.store("a", "y", Cell("failed", "update of a script", date="2026-11-30"))
    assert "\n".join(table(Cells().matrix, progress)) == (
        "# Updates\n\nCommit `0123456789ab`, 2026-11-30.\n`make conformance` writes this file.\n\n"
        "| Stack | x | y |\n|---|---|---|\n| a | passed | failed |\n| b | not run | not run |\n\n"
        "## Failures\n\n- a, y:\n\n  ```text\n  update of a script\n  ```\n\n"
        "## Rows that are not part of the matrix\n\n- rds: has no emulator."
    )


def test_a_combination_without_a_cell_is_not_run_and_is_a_dash_in_the_table(progress: Progress) -> None:
    cells = Cells()
    matrix = replace(cells.matrix, has_cell=lambda row, column: (row, column) != ("a", "y"))
    assert run_cells(matrix, progress, ["a", "b"], ["x", "y"], progress.path.with_suffix(".md")) == 0
    assert cells.runs == ["a/x", "b/x", "b/y"]
    assert "| a | passed | – |" in list(table(matrix, progress))


def test_the_table_mentions_uncommitted_changes(progress: Progress) -> None:
    progress.version = "0123456789abcdef+1234"
    assert "Commit `0123456789ab` with uncommitted changes, no date." in list(table(Cells().matrix, progress))


def test_the_message_of_a_failure_has_one_line(progress: Progress) -> None:
    run(Cells("a/x"), progress)
    assert json.loads(progress.path.read_text())["cells"]["a/x"]["detail"] == "an update of a script"


def test_the_version_of_the_code_is_a_commit() -> None:
    assert code_version() == "unknown" or len(code_version().partition("+")[0]) == 40
