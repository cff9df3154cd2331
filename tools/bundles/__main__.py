"""`python -m tools.bundles [--rows PACKAGE@VERSION,…] [--columns BUNDLER,…]`."""

import json
import sys

from tools import matrix
from tools.bundles.build import COLUMNS, PACKAGES_FOLDER, run_cell
from tools.bundles.samples import samples


def main() -> int:
    """Runs the matrix. Returns the exit code."""
    rows = samples(json.loads((PACKAGES_FOLDER / "package.json").read_text())["dependencies"])
    return matrix.main(
        matrix.Matrix(
            name="bundles",
            title="Packages that are recognised in bundles",
            row_title="Package",
            rows=list(rows),
            columns=COLUMNS,
            run=lambda row, column: run_cell(rows[row], column),
        ),
        sys.argv[1:],
    )


if __name__ == "__main__":
    sys.exit(main())
