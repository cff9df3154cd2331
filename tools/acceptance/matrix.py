"""Writes the results of a run with a real account into the support matrix."""

import subprocess
from collections.abc import Sequence
from datetime import date

from localcloud.state_directory import CHECKOUT
from tools.acceptance.scenarios import SCENARIOS

PAGE = CHECKOUT / "docs" / "support-matrix.md"
COLUMN = 3
"""Position of the column "Real account" in a row, after the name, the mocks and the emulator."""


def recorded(page: str, names: Sequence[str], result: str) -> str:
    """Returns the page with ``result`` in the rows of the scenarios that passed."""
    rows = {row for name in names for row in SCENARIOS[name].rows}
    lines = []
    for line in page.splitlines(keepends=True):
        cells = line.strip().strip("|").split(" | ")
        if len(cells) > COLUMN and cells[0].strip() in rows:
            cells[COLUMN] = result
            line = f"| {' | '.join(cell.strip() for cell in cells)} |\n"
        lines.append(line)
    return "".join(lines)


def record(names: Sequence[str], today: date) -> str:
    """Writes the rows, and returns what was done. A changed checkout has no commit to name."""
    if _git("status", "--porcelain"):
        return "docs/support-matrix.md is unchanged, because the checkout has uncommitted changes"
    result = f"{today.isoformat()}, {_git('rev-parse', '--short=12', 'HEAD')}"
    PAGE.write_text(recorded(PAGE.read_text(), names, result))
    return f"docs/support-matrix.md: wrote `{result}` into the rows of {', '.join(names)}. Review and commit the page"


def _git(*arguments: str) -> str:
    done = subprocess.run(["git", *arguments], cwd=CHECKOUT, stdout=subprocess.PIPE, text=True, check=True)  # noqa: S607
    return done.stdout.strip()
