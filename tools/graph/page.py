"""Writes the page of a stack: its resources, and the connection budgets of its databases."""

from localcloud.stack_file import StackFile
from localcloud.state_directory import CHECKOUT
from tools.graph.budget import budget_tables
from tools.graph.flowchart import flowchart
from tools.graph.nodes import LOCK
from tools.graph.recording import record
from tools.graph.stack import drawable_stack

LEGEND = f"""A box is a component. An arrow leads from a resource to the resources that depend on it. {LOCK} marks a
secret of the stack file with its path, and a resource that holds secrets with the names of these inputs."""


def page(name: str) -> str:
    """The page of a stack file in Markdown. GitHub and the documentation draw its diagram.

    Raises ``LocalCloudError`` if there is no such file, ``pulumi.RunError`` if it has validation errors.
    """
    file = StackFile.of(name).path
    with drawable_stack(name) as (stack, config):
        recording = record(stack, config)
    found = list(budget_tables(recording.stack))
    parts = [
        f"# {name}",
        f"The resources of `{file.relative_to(CHECKOUT)}`, drawn by `make graph STACK={name}`.",
        f"```mermaid\n{flowchart(recording)}\n```",
        LEGEND,
        *(["## Connections", *found] if found else []),
    ]
    return "\n\n".join(parts) + "\n"
