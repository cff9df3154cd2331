"""`python -m tools.changes [--rows SETTING,…] [--columns mocks,preview,up]`."""

import os
import sys
import tempfile
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path

from edge_postgres import load_sdk_lazily
from localcloud.provider.project_files import VARIABLE
from tools import matrix
from tools.changes.engine import RunningStack, has_update
from tools.changes.mocks import Mocks
from tools.changes.table import Row, read_rows
from tools.conformance.stacks import MatrixCloud

MOCKS, PREVIEW, UP = COLUMNS = ("mocks", "preview", "up")


class Players:
    """The deployments on mocks, and the stack on a local cloud. Each starts with its first row."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._cloud = MatrixCloud()

    @cached_property
    def mocks(self) -> Mocks:
        load_sdk_lazily()
        return Mocks(self._folder / "mocks")

    @cached_property
    def engine(self) -> RunningStack:
        files = self._folder / "engine"
        os.environ[VARIABLE] = str(files)
        return RunningStack(self._cloud.instance, files)

    def play(self, row: Row, column: str) -> None:
        """Plays a row in a column. Raises ``CellFailure``."""
        match column:
            case "mocks":
                self.mocks.play(row)
            case "preview":
                self.engine.preview(row)
            case _:
                self.engine.up(row)

    def close(self) -> None:
        """Stops the local cloud."""
        self._cloud.close()


def has_cell(row: Row, column: str) -> bool:
    """Returns whether a row can be played in a column."""
    return column == MOCKS or (has_update(row) if column == UP else not row.mocks)


def main() -> int:
    """Runs the matrix. Returns the exit code."""
    rows: Mapping[str, Row] = {row.path: row for row in read_rows()}
    with tempfile.TemporaryDirectory(prefix="changes-") as folder:
        players = Players(Path(folder))
        try:
            return matrix.main(
                matrix.Matrix(
                    name="changes",
                    title="Changes of each setting",
                    row_title="Setting",
                    rows=list(rows),
                    columns=COLUMNS,
                    run=lambda row, column: players.play(rows[row], column),
                    has_cell=lambda row, column: has_cell(rows[row], column),
                ),
                sys.argv[1:],
            )
        finally:
            players.close()


if __name__ == "__main__":
    sys.exit(main())
