"""The pictures of the documentation: a page for each of some stack files, and the list of them."""

from localcloud.stack_file import StackFile
from localcloud.state_directory import CHECKOUT
from tools.graph.page import LEGEND

FOLDER = CHECKOUT / "docs" / "pictures"
DRAWN = ("local", "dev", "staging", "prod", "neon", "pages", "rds", "rds-private", "worker")
"""Names of stack files and of examples."""

_INDEX = f"""# Pictures

What the stack program registers for a stack file: `make graph STACK=…` draws any of them, deployed or not. It needs no
account and no secret, and asks nobody: the program runs in memory, as a preview would.

{LEGEND}

What makes nothing of its own (`ConnectionBudget`) has no box, what a component makes several of is drawn once, and an
arrow that others imply is left out. Where it is known how many connections a database accepts, a table says who takes
them. The order in which a password rotates is drawn in [rotation](../rotation.md).

| | drawn from |
|---|---|
"""


def index() -> str:
    """The page that leads to the others."""
    return _INDEX + "".join(
        f"| [{name}]({name}.md) | `{StackFile.of(name).path.relative_to(CHECKOUT)}` |\n" for name in DRAWN
    )
