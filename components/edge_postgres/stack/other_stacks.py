"""Outputs of other stacks."""

from collections.abc import Mapping

import pulumi


def connections_of_other_stacks(stacks: Mapping[str, str]) -> dict[str, pulumi.Output[float]]:
    """The connections that other stacks take of a database, from their output `connections`.

    ``stacks``: their name of the database, by `organization/project/stack`.
    """
    outputs = {name: pulumi.StackReference(name).require_output("connections") for name in stacks}
    return {name: outputs[name][database] for name, database in stacks.items()}
