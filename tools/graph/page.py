"""A stack on one page: its resources, and who takes the connections of its databases."""

from localcloud.stack_file import StackFile
from localcloud.state_directory import CHECKOUT
from tools.graph.budget import budgets
from tools.graph.flowchart import flowchart
from tools.graph.nodes import LOCK
from tools.graph.recording import recorded
from tools.graph.stack import drawable

LEGEND = f"""A box is a component; an arrow leads from what is made first to what waits for it. {LOCK} marks a secret of
the stack file, by its path, and what holds one, by the names of its inputs."""


def page(name: str) -> str:
    """The page of a stack file, in Markdown, which GitHub and the documentation draw.

    Raises ``LocalCloudError`` where there is no such file, ``pulumi.RunError`` where it is faulty.
    """
    file = StackFile.of(name).path
    with drawable(name) as (stack, config):
        recording = recorded(stack, config)
    found = list(budgets(recording.stack))
    parts = [
        f"# {name}",
        f"The resources of `{file.relative_to(CHECKOUT)}`, drawn by `make graph STACK={name}`.",
        f"```mermaid\n{flowchart(recording)}\n```",
        LEGEND,
        *(["## Connections", *found] if found else []),
    ]
    return "\n\n".join(parts) + "\n"
