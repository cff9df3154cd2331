"""`DatabaseVariables`: the environment variables of a Worker that connects to a database without Hyperdrive."""

from dataclasses import dataclass, field

import pulumi


@dataclass(frozen=True)
class DatabaseVariables:
    """Environment variables by name. The names are plain strings, and the values can be Outputs."""

    plain: dict[str, pulumi.Input[str]] = field(default_factory=dict)
    """Plain variables, readable by everybody with access to the account."""
    secret: dict[str, pulumi.Input[str]] = field(default_factory=dict)
    """Secret variables, whose values are already marked as secrets."""
