"""`python -m tools.conformance [--rows STACK,…] [--columns ANSWER,…]`."""

import sys

from localcloud.cloudflare.undeclared import Answer
from tools import matrix
from tools.conformance.stacks import MatrixCloud, run_stack, stack_names


def main() -> int:
    """Runs the matrix. Returns the exit code."""
    cloud = MatrixCloud()
    rows, omitted = stack_names()
    try:
        return matrix.main(
            matrix.Matrix(
                name="conformance",
                title="Updates that no program asked for",
                row_title="Stack",
                rows=rows,
                columns=[*Answer],
                run=lambda row, column: run_stack(cloud.instance, row, Answer(column)),
                omitted=omitted,
            ),
            sys.argv[1:],
        )
    finally:
        cloud.close()


if __name__ == "__main__":
    sys.exit(main())
