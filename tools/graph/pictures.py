"""The diagrams of the documentation: a page for each of these stack files, and an index."""

from localcloud.stack_file import StackFile
from localcloud.state_directory import CHECKOUT
from tools.graph.page import LEGEND

FOLDER = CHECKOUT / "docs" / "pictures"
STACKS = ("local", "dev", "staging", "prod", "neon", "pages", "rds", "rds-private", "worker")
"""Names of stack files and examples."""

_INDEX = f"""# Pictures

These diagrams show the resources that the stack program registers for a stack file. `make graph STACK=…` draws any
stack file. The program runs in memory, like a preview. It needs no account, no secret and no network.

{LEGEND}

A component without resources, such as `ConnectionBudget`, has no box. Several resources of one kind are one node, and
arrows that others imply are omitted. If the connection limit of a database is known, a table shows its budget. The
diagram of a password rotation is in [rotation](../rotation.md).

| Stack | Stack file |
|---|---|
"""


def index() -> str:
    """The index page."""
    return _INDEX + "".join(
        f"| [{name}]({name}.md) | `{StackFile.of(name).path.relative_to(CHECKOUT)}` |\n" for name in STACKS
    )
