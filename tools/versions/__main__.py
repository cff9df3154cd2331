"""`python -m tools.versions [--rows SITUATION,…] [--columns VERSION,…]`."""

import sys

from tools import matrix
from tools.versions.programs import VERSIONS
from tools.versions.rotation import run_cell
from tools.versions.situations import SITUATIONS


def main() -> int:
    """Runs the matrix. Returns the exit code."""
    return matrix.main(
        matrix.Matrix(
            name="versions",
            title="Rotation on databases that already have tables",
            row_title="Roles",
            rows=list(SITUATIONS),
            columns=VERSIONS,
            run=run_cell,
        ),
        sys.argv[1:],
    )


if __name__ == "__main__":
    sys.exit(main())
