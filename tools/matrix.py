"""Matrices of long tests: cells by row and column, a file of finished cells, and a table for the repository.

A run executes the cells that have not passed for the current version of the code, and writes the table after each
cell. An interrupted run resumes with the same command. The table contains the commit, the date, and each cell that was
not run.
"""

import argparse
import hashlib
import json
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from localcloud.state_directory import CHECKOUT, StateDirectory

TABLES = CHECKOUT / "tests" / "matrices"
_CODE = ("--", ".", ":(exclude)tests", ":(exclude)docs", ":(exclude)*.md")
"""The files that a cell can depend on. A new table, a test or a page is no new version of the code."""
PASSED, FAILED, NOT_RUN, NO_CELL = "passed", "failed", "not run", "–"


class CellFailure(Exception):
    """The test of a cell fails. The message is for the table."""


@dataclass(frozen=True)
class Cell:
    """The result of one cell."""

    result: str
    detail: str = ""
    seconds: int = 0
    date: str = ""


@dataclass(frozen=True)
class Matrix:
    """A long test for each combination of a row and a column."""

    name: str
    """Name of the make target and of the files."""
    title: str
    row_title: str
    rows: Sequence[str]
    columns: Sequence[str]
    run: Callable[[str, str], None]
    """Runs one cell. Raises ``CellFailure``."""
    omitted: Mapping[str, str] = field(default_factory=dict)
    """Rows that this machine cannot run, with the reason."""
    has_cell: Callable[[str, str], bool] = lambda row, column: True  # noqa: ARG005
    """Returns whether a row and a column have a cell. The table shows `–` for a combination without one."""


@dataclass
class Progress:
    """The file of finished cells for one version of the code."""

    path: Path
    version: str
    cells: dict[str, Cell] = field(default_factory=dict)

    @classmethod
    def load(cls, path: Path, version: str) -> "Progress":
        """Reads the file. Cells of another version do not count."""
        try:
            content = json.loads(path.read_text())
        except (FileNotFoundError, ValueError):
            content = {}
        if content.get("version") != version:
            return cls(path, version)
        return cls(path, version, {name: Cell(**cell) for name, cell in content["cells"].items()})

    def get(self, row: str, column: str) -> Cell:
        return self.cells.get(f"{row}/{column}", Cell(NOT_RUN))

    def store(self, row: str, column: str, cell: Cell) -> None:
        self.cells[f"{row}/{column}"] = cell
        content = {"version": self.version, "cells": {name: asdict(each) for name, each in self.cells.items()}}
        temporary = self.path.with_suffix(".new")
        temporary.write_text(json.dumps(content, indent=1) + "\n")
        temporary.replace(self.path)


def main(matrix: Matrix, arguments: Sequence[str]) -> int:
    """Runs the unfinished cells, and writes the table.

    Returns the exit code: 1 if a selected cell has failed, 130 after an interruption.
    """
    parser = argparse.ArgumentParser(prog=f"make {matrix.name}", description=matrix.title)
    parser.add_argument("--rows", default="", help="comma-separated rows (default: all)")
    parser.add_argument("--columns", default="", help="comma-separated columns (default: all)")
    options = parser.parse_args(arguments)
    rows = _selected(parser, "row", options.rows, matrix.rows)
    columns = _selected(parser, "column", options.columns, matrix.columns)
    directory = StateDirectory.from_environment()
    directory.prepare()
    progress = Progress.load(directory.folder("matrices") / f"{matrix.name}.json", code_version())
    try:
        failed = run_cells(matrix, progress, rows, columns, TABLES / f"{matrix.name}.md")
    except KeyboardInterrupt:
        print(f"{matrix.name}: interrupted. Run the same command again to continue.", file=sys.stderr)
        return 130
    return 1 if failed else 0


def run_cells(matrix: Matrix, progress: Progress, rows: Sequence[str], columns: Sequence[str], target: Path) -> int:
    """Runs the cells that have not passed. Returns the number of failed ones."""
    failed = 0
    for row in rows:
        for column in filter(partial(matrix.has_cell, row), columns):
            if progress.get(row, column).result != PASSED:
                cell = _run(matrix, row, column)
                progress.store(row, column, cell)
                target.write_text("\n".join(table(matrix, progress)) + "\n")
                print(f"{row}, {column}: {cell.result} ({cell.seconds} s) {cell.detail}".rstrip(), flush=True)
            failed += progress.get(row, column).result == FAILED
    return failed


def table(matrix: Matrix, progress: Progress) -> Iterator[str]:
    """Yields the lines of the table."""
    commit, _, changes = progress.version.partition("+")
    dates = sorted(cell.date for cell in progress.cells.values())
    yield f"# {matrix.title}"
    yield ""
    version = f"`{commit[:12]}`{' with uncommitted changes' if changes else ''}"
    yield f"Commit {version}, {dates[-1] if dates else 'no date'}."
    yield f"`make {matrix.name}` writes this file."
    yield ""
    yield f"| {' | '.join([matrix.row_title, *matrix.columns])} |"
    yield "|---" * (len(matrix.columns) + 1) + "|"
    for row in matrix.rows:
        yield f"| {' | '.join([row, *(_shown(matrix, progress, row, column) for column in matrix.columns)])} |"
    failures = [
        f"- {row}, {column}:\n\n  ```text\n  {cell.detail}\n  ```"
        for row in matrix.rows
        for column in matrix.columns
        for cell in [progress.get(row, column)]
        if cell.result == FAILED
    ]
    for heading, lines in (
        ("Failures", failures),
        ("Rows that are not part of the matrix", [f"- {row}: {reason}" for row, reason in matrix.omitted.items()]),
    ):
        if lines:
            yield from ("", f"## {heading}", "", *lines)


def _shown(matrix: Matrix, progress: Progress, row: str, column: str) -> str:
    return progress.get(row, column).result if matrix.has_cell(row, column) else NO_CELL


def code_version() -> str:
    """Returns the last commit of the code, and after a `+` a hash of uncommitted changes."""
    if not shutil.which("git") or not (CHECKOUT / ".git").exists():
        return "unknown"
    commit = _git("log", "-1", "--format=%H", *_CODE).strip()
    new_files = _git("ls-files", "--others", "--exclude-standard", *_CODE).splitlines()
    changes = _git("diff", "HEAD", *_CODE) + "".join(f"{name}\n{_content(CHECKOUT / name)}" for name in new_files)
    return f"{commit}+{hashlib.sha256(changes.encode()).hexdigest()[:12]}" if changes else commit


def _run(matrix: Matrix, row: str, column: str) -> Cell:
    started = time.monotonic()
    result, detail = PASSED, ""
    try:
        matrix.run(row, column)
    except CellFailure as failure:
        result, detail = FAILED, " ".join(str(failure).split())
    return Cell(result, detail, round(time.monotonic() - started), datetime.now(UTC).date().isoformat())


def _selected(parser: argparse.ArgumentParser, kind: str, names: str, known: Sequence[str]) -> Sequence[str]:
    chosen = [name for name in names.split(",") if name]
    for name in chosen:
        if name not in known:
            parser.error(f"{name}: is an unknown {kind}. Use some of {', '.join(known)}.")
    return chosen or known


def _git(*arguments: str) -> str:
    command = ["git", *arguments]
    return subprocess.run(command, cwd=CHECKOUT, stdout=subprocess.PIPE, check=True, text=True).stdout


def _content(path: Path) -> str:
    return path.read_text(errors="replace") if path.is_file() else ""
