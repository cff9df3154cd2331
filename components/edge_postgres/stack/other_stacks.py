"""Outputs of other stacks."""

from collections.abc import Mapping

import pulumi


def connections_of_other_stacks(stacks: Mapping[str, str]) -> dict[str, pulumi.Output[float]]:
    """Returns for each other stack the number of connections that it uses, from its output `connections`.

    Args:
        stacks: Name of each other stack, `organization/project/stack`, to the name of the database in that stack.
    """
    outputs = {name: pulumi.StackReference(name).require_output("connections") for name in stacks}
    return {name: outputs[name][database] for name, database in stacks.items()}
