"""`python -m tools.drivers [--rows SUITE,…]`."""

import sys

from tools import matrix
from tools.drivers.comparison import SUITES, run_cell


def main() -> int:
    """Runs the matrix. Returns the exit code."""
    return matrix.main(
        matrix.Matrix(
            name="drivers",
            title="Published test suites of drivers, through the gateway",
            row_title="Suite",
            rows=list(SUITES),
            columns=["gateway"],
            run=run_cell,
        ),
        sys.argv[1:],
    )


if __name__ == "__main__":
    sys.exit(main())
