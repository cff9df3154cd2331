"""Outputs of other stacks."""

from collections.abc import Mapping

import pulumi


def connections_of_other_stacks(stacks: Mapping[str, str]) -> dict[str, pulumi.Output[float]]:
    """Returns the connections that other stacks use of a database, from their output `connections`.

    Args:
        stacks: Name of the database in each other stack, by `organization/project/stack`.
    """
    outputs = {name: pulumi.StackReference(name).require_output("connections") for name in stacks}
    return {name: outputs[name][database] for name, database in stacks.items()}
